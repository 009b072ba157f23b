"""What is read after a call of what it writes: a message would not have arrived by then.

After a call comes what its caller does further down, and what the callers of that do after they called it, up to where the
request began. Loops are followed downwards only, and tables are not looked at by their columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from decompose.boundaries.split import SHARED
from decompose.database.places import Places
from decompose.database.ties import Actor
from decompose.plan.readings import readings_of, reads
from decompose.system.model import RETURNED, Access, Dependency


class _Effect(NamedTuple):
    """What a call does in the service that is called: the tables it writes, and the definitions that run."""

    tables: frozenset[str]
    definitions: frozenset[str]


class ReadBack:
    """Answers for the calls between the services of one split."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.readings = readings_of(places.ties)

    def after(self, sites: Iterable[Dependency]) -> str:
        """What reads a table after one of several calls of a definition that the definition writes; empty if nothing does."""
        effects: dict[Actor, _Effect] = {}
        fruitless: dict[_Effect, set[tuple[Actor, int]]] = {}
        for site in sites:
            called = site.target, site.target_unit
            if called not in effects:
                effects[called] = self._effect(called)
            effect = effects[called]
            found = self._read_after(site, effect, fruitless.setdefault(effect, set())) if effect.tables else None
            if found is not None:
                return f"{found.definition} reads {found.table} ({found.file}:{found.line})"
        return ""

    def _effect(self, called: Actor) -> _Effect:
        service = self.places.service_of(*called)
        tables: set[str] = set()
        seen: set[Actor] = set()
        stack = [called]
        while stack:
            actor = stack.pop()
            if actor in seen:
                continue
            seen.add(actor)
            for item in self.readings.proved(actor):
                if isinstance(item, Dependency):
                    if self.places.service_of(item.target, item.target_unit) in (service, SHARED):
                        stack.append((item.target, item.target_unit))
                elif item.operation != "read" and not item.comes_along:
                    tables.add(item.table)
        return _Effect(frozenset(tables), frozenset(definition for definition, _ in seen))

    def _read_after(self, site: Dependency, effect: _Effect, seen: set[tuple[Actor, int]]) -> Access | None:
        """The first access behind a call, in its caller or behind the calls that lead there, that reads what it writes.

        Messages arrive in order: what the definition itself reads again, it finds. ``seen``: where nothing was found for the same effect.
        """
        tables = effect.tables & self.readings.tables_read
        if not tables:
            return None
        readers = [self.readings.readers(table) for table in sorted(tables)]
        last_reads = [self.readings.last_read(table) for table in sorted(tables)]
        acting, calling = self.readings.acting, self.readings.calling
        stack = [((site.source, site.source_unit), site.line)]
        while stack:
            place = stack.pop()
            if place in seen:
                continue
            seen.add(place)
            actor, line = place
            # Nearly everywhere nothing is read: only where something may be, it is looked at what that is.
            if any(last.get(each, 0) > line for each in acting(actor) for last in last_reads):
                found = self._first_read(actor, line, effect, readers)
                if found is not None:
                    return found
            stack += calling(actor)
        return None

    def _first_read(
        self, actor: Actor, line: int, effect: _Effect, readers: Iterable[Mapping[Actor, Access]]
    ) -> Access | None:
        for item in self.readings.proved(actor):
            found: Iterable[Access | None] = ()
            if isinstance(item, Access):
                if item.table in effect.tables and reads(item) and (item.line > line or item.rule.startswith(RETURNED)):
                    found = [item]
            elif item.line > line:
                found = [known.get((item.target, item.target_unit)) for known in readers]
            for access in found:
                if access is not None and access.definition not in effect.definitions:
                    return access
        return None
