"""What is read after a call of what it writes: a message would not have arrived by then.

After a call comes what its caller does further down, and what the callers of that do after they called it, up to where the
request began. Loops are followed downwards only, and tables are not looked at by their columns.
"""

from __future__ import annotations

from collections.abc import Iterable
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
        for site in sites:
            effect = self._effect(site)
            found = self._read_after(site, effect) if effect.tables else None
            if found is not None:
                return f"{found.definition} reads {found.table} ({found.file}:{found.line})"
        return ""

    def _effect(self, site: Dependency) -> _Effect:
        service = self.places.service_of(site.target, site.target_unit)
        tables: set[str] = set()
        seen: set[Actor] = set()
        stack = [(site.target, site.target_unit)]
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

    def _read_after(self, site: Dependency, effect: _Effect) -> Access | None:
        """The first access behind a call, in its caller or behind the calls that lead there, that reads what it writes.

        Messages arrive in order: what the definition itself reads again, it finds.
        """
        tables = effect.tables & self.readings.tables_read
        if not tables:
            return None
        readers = [self.readings.readers(table) for table in sorted(tables)]
        seen: set[tuple[Actor, int]] = set()
        stack = [((site.source, site.source_unit), site.line)]
        while stack:
            actor, line = stack.pop()
            if (actor, line) in seen:
                continue
            seen.add((actor, line))
            for item in self.readings.proved(actor):
                found: Iterable[Access | None] = ()
                if isinstance(item, Access):
                    if (
                        item.table in effect.tables
                        and reads(item)
                        and (item.line > line or item.rule.startswith(RETURNED))
                    ):
                        found = [item]
                elif item.line > line:
                    found = [known.get((item.target, item.target_unit)) for known in readers]
                for access in found:
                    if access is not None and access.definition not in effect.definitions:
                        return access
            stack += self.readings.calling(actor)
        return None
