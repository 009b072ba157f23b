"""Transactions: what commits or rolls back together, with everything that it reaches through calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from decompose.linking import Linked
from decompose.linking.libraries import requests_in_transactions
from decompose.system.model import AFTER_COMMIT, Access, Dependency, EntryPoint, System, Transaction
from decompose.system.placement import Placement

Actor = tuple[str, str]
"""A definition, and the unit on whose behalf it runs."""

REQUEST = "request"
"""The scope of a transaction that a framework opens around each request."""


class Inside(NamedTuple):
    """What a transaction comprises besides its tables: the definitions that run in it, and the entry points that lead to it."""

    definitions: tuple[str, ...]
    entry_points: tuple[str, ...]


class _Reach:
    """Who runs whom, as far as it is not guessed and happens at once."""

    def __init__(self, dependencies: Iterable[Dependency], *, after_commit: bool = False) -> None:
        self.following: dict[Actor, set[Actor]] = {}
        self.before: dict[Actor, set[Actor]] = {}
        self._homes: dict[str, str] = {}
        for d in dependencies:
            if d.runs and d.resolution != "guessed" and d.kind != "task" and (after_commit or d.rule != AFTER_COMMIT):
                source, target = (d.source, d.source_unit), (d.target, d.target_unit)
                self.following.setdefault(source, set()).add(target)
                self.before.setdefault(target, set()).add(source)

    def home(self, actor: Actor) -> Actor:
        """The actor for the class that defines a method: what it does for every class stands there."""
        definition = actor[0]
        unit = self._homes.get(definition)
        if unit is None:
            module, _, name = definition.partition(":")
            unit = self._homes[definition] = f"{module}:{name.partition('.')[0]}"
        return definition, unit

    def inside(self, actor: Actor) -> set[Actor]:
        """All that runs when an actor does."""
        seen = {actor}
        stack = [actor]
        while stack:
            current = stack.pop()
            for place in {current, self.home(current)}:
                seen.add(place)
                for following in self.following.get(place, ()):
                    if following not in seen:
                        seen.add(following)
                        stack.append(following)
        return seen

    def paths(self, actor: Actor) -> dict[Actor, Actor | None]:
        """All that runs when an actor does, nearest first, each with what runs it; the actor itself has nothing."""
        known: dict[Actor, Actor | None] = {actor: None}
        level = [actor]
        while level:
            following = []
            for current in level:
                for place in sorted({current, self.home(current)}):
                    for target in sorted(self.following.get(place, ())):
                        if target not in known:
                            known[target] = current
                            following.append(target)
            level = following
        return known

    def leading_to(self, actor: Actor) -> set[str]:
        """The definitions that lead to an actor, itself included."""
        seen = {actor}
        stack = [actor]
        while stack:
            for before in self.before.get(stack.pop(), ()):
                if before not in seen:
                    seen.add(before)
                    stack.append(before)
        return {definition for definition, _ in seen}


def transactions_of(
    linked: Linked,
    placement: Placement,
    dependencies: Iterable[Dependency],
    accesses: Iterable[Access],
    locks: Mapping[Actor, set[str]],
    entry_points: Iterable[EntryPoint],
) -> list[Transaction]:
    """The transactions with the tables that they reach through calls, and those whose rows they lock."""
    reach = _Reach(dependencies)
    written: dict[Actor, set[str]] = {}
    read: dict[Actor, set[str]] = {}
    for access in accesses:
        if access.resolution != "guessed":
            side = read if access.operation == "read" else written
            side.setdefault((access.definition, access.unit), set()).add(access.table)
    found: dict[tuple[str, str, str], Transaction] = {}

    def add(actor: Actor, kind: str, file: str, line: int) -> None:
        inside = reach.inside(actor)
        tables_written = {table for place in inside for table in written.get(place, ())}
        tables_read = {table for place in inside for table in read.get(place, ())}
        if tables_written or tables_read:
            found[*actor, kind] = Transaction(
                definition=actor[0],
                scope=kind,
                tables_written=tuple(sorted(tables_written)),
                tables_read=tuple(sorted(tables_read)),
                locked=tuple(sorted({table for place in inside for table in locks.get(place, ())})),
                file=file,
                line=line,
                unit=actor[1],
            )

    for index, receiver, kind, line in sorted(linked.engine.scopes_of_transactions()):
        scope = linked.program.scopes[index]
        actor = (scope.definition, placement.acting_unit(scope, receiver))
        if not scope.library and (*actor, kind) not in found:
            add(actor, kind, scope.module.file, line)
    if requests_in_transactions(linked):
        for entry in entry_points:
            actor = reach.home((entry.handler, ""))
            if entry.kind == "http" and (*actor, REQUEST) not in found:
                add(actor, REQUEST, entry.file, entry.line)
    own = [t for t in found.values() if not _like_at_home(t, found.get((*reach.home((t.definition, "")), t.scope)))]
    return sorted(own, key=lambda t: (t.definition, t.unit, t.scope))


def _like_at_home(transaction: Transaction, at_home: Transaction | None) -> bool:
    """Whether a subclass inherits a transaction that does the same as where it is written."""
    return (
        at_home is not None
        and at_home is not transaction
        and at_home.tables_written == transaction.tables_written
        and at_home.tables_read == transaction.tables_read
    )


def what_is_inside(system: System) -> dict[tuple[str, str, str], Inside]:
    """For each transaction, by its definition, unit and scope, what it comprises."""
    reach = _Reach(system.dependencies)
    entries: dict[str, list[str]] = {}
    for entry in system.entry_points:
        entries.setdefault(entry.handler, []).append(f"{entry.kind} {entry.name}")
    found = {}
    for t in system.transactions:
        actor = (t.definition, t.unit)
        definitions = tuple(sorted({definition for definition, _ in reach.inside(actor)}))
        leading = reach.leading_to(actor)
        names = {name for handler in leading for name in entries.get(handler, ())}
        found[t.definition, t.unit, t.scope] = Inside(definitions, tuple(sorted(names)))
    return found


class Reached(NamedTuple):
    """An access that an entry point leads to; ``via`` are the definitions on the shortest way, the accessing one included."""

    entry: EntryPoint
    access: Access
    via: tuple[str, ...]


def reached_accesses(system: System) -> Iterator[Reached]:
    """What each entry point does to which table through calls; each definition, table and operation once."""
    reach = _Reach(system.dependencies, after_commit=True)
    by_place: dict[Actor, list[Access]] = {}
    for access in system.accesses:
        if access.resolution != "guessed":
            by_place.setdefault((access.definition, access.unit), []).append(access)
    for entry in system.entry_points:
        known = reach.paths(reach.home((entry.handler, "")))
        seen = set()
        for actor in known:
            for place in dict.fromkeys((actor, reach.home(actor))):
                for access in by_place.get(place, ()):
                    key = (access.definition, access.table, access.operation)
                    if key not in seen:
                        seen.add(key)
                        way = [actor[0]]
                        before = known[actor]
                        while before is not None:
                            way.append(before[0])
                            before = known[before]
                        yield Reached(entry, access, tuple(reversed(way)))
