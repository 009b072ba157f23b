"""What follows from a finished system: what is inside of its transactions, and what its entry points lead to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from decompose.system.model import Access, Dependency, EntryPoint, System
from decompose.system.transactions.events import Actor
from decompose.system.transactions.narrowed import Recorded, numbered, plain
from decompose.system.transactions.reach import Reach, at_run_time

_METHODS = frozenset({"get", "head", "options", "post", "put", "patch", "delete"})
"""A class is entered by the method of its own that has the name of the request's."""

_READ = {"head": "get", "options": "get"}
"""What is answered by another method where it has none of its own."""


class Inside(NamedTuple):
    """What a transaction comprises besides its tables: the definitions that run in it, and the entry points that lead to it."""

    definitions: tuple[str, ...]
    entry_points: tuple[str, ...]


def followed(system: System) -> Iterator[Dependency]:
    """The dependencies of a system in which what a function is given is called by those who give it, not by everybody who calls that function."""
    moved = {handed.call: handed.givers for handed in system.handed_over}
    for dependency in system.dependencies:
        givers = moved.get(dependency)
        if givers is None:
            yield dependency
        for source, unit, file, line in givers or ():
            yield msgspec.structs.replace(dependency, source=source, source_unit=unit, file=file, line=line)


def running(system: System, recorded: Recorded, *, after_commit: bool = False) -> Reach:
    """Who runs whom when a request does, without what tasks do later; ``after_commit``: with what waits for the end of a transaction."""
    return Reach(at_run_time(followed(system), system.classes), recorded, after_commit=after_commit)


def what_is_inside(system: System) -> list[Inside]:
    """For each transaction of a system, in their order, what it comprises."""
    reach = running(system, Recorded(system))
    entries: dict[str, list[EntryPoint]] = {}
    for entry in system.entry_points:
        entries.setdefault(entry.handler, []).append(entry)
    told = {(t.definition, t.unit, t.line) for t in system.transactions}
    heirs: dict[str, set[Actor]] = {}
    for called in reach.before:
        heirs.setdefault(called[0], set()).add(called)
    found = []
    for t in system.transactions:
        actor = numbered((t.definition, t.unit), t.number)
        # What a class inherits as it is, is told where it is written: who asks an heir for it leads there too.
        written = t.number < 0 and reach.home(actor) == actor
        own = {a for a in heirs.get(t.definition, ()) if (*a, t.line) not in told} if written else set()
        actors = reach.called(actor, t.lines) if t.lines else {actor}
        definitions = t.inside or tuple(sorted({t.definition} | reach.inside(actors)))
        leading = set().union(*map(reach.leading_to, sorted({actor, *own})))
        names = {
            f"{entry.kind} {entry.name}"
            for handler in {definition for definition, _ in leading} & entries.keys()
            for entry in _leading(
                entries[handler], _entered(reach, handler, leading) if handler in system.classes else set()
            )
        }
        found.append(Inside(definitions, tuple(sorted(names))))
    return found


def _entered(reach: Reach, handler: str, leading: set[Actor]) -> set[str]:
    """The names of the HTTP methods by which alone a class leads to something; none where it does so otherwise."""
    called = {plain(target) for target in reach.called_by_class(handler)}
    names = {definition.rpartition(".")[2] for definition, _ in called & leading}
    return names if names <= _METHODS else set()


def _leading(entries: list[EntryPoint], methods: set[str]) -> list[EntryPoint]:
    """Those of the entry points of one handler that lead to something: of a class that is entered by its methods, theirs."""
    asked = [(entry, entry.name.partition(" ")[0].lower()) for entry in entries]
    return [
        entry for entry, verb in asked if not methods or verb not in _METHODS or {verb, _READ.get(verb, verb)} & methods
    ]


class Reached(NamedTuple):
    """An access that an entry point leads to; ``via`` are the definitions on the shortest way, the accessing one included."""

    entry: EntryPoint
    access: Access
    via: tuple[str, ...]


def reached_accesses(system: System) -> Iterator[Reached]:
    """What each entry point does to which table through calls; each definition, table and operation once."""
    recorded = Recorded(system)
    reach = running(system, recorded, after_commit=True)
    by_place: dict[Actor, list[Access]] = {}
    for access in system.accesses:
        if access.resolution != "guessed":
            by_place.setdefault((access.definition, access.unit), []).append(access)
    for entry in system.entry_points:
        known = reach.paths(reach.home((entry.handler, "")))
        seen = set()
        for actor in known:
            for place in reach.places(actor):
                for access in by_place.get(place, ()):
                    key = (access.definition, access.table, access.operation)
                    if key not in seen and recorded.touches(actor, access):
                        seen.add(key)
                        way = [actor[0]]
                        before = known[actor]
                        while before is not None:
                            way.append(before[0])
                            before = known[before]
                        yield Reached(entry, access, tuple(reversed(way)))
