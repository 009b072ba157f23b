"""What follows from a finished system: what is inside of its transactions, and what its entry points lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from decompose.system.gathered import Gathered, positions
from decompose.system.model import AFTER_COMMIT, REQUEST, Access, Dependency, EntryPoint, System, Transaction
from decompose.system.transactions.entered import Asked, Entered, does_answer, without_dispatch
from decompose.system.transactions.events import Actor
from decompose.system.transactions.narrowed import Recorded, numbered, plain
from decompose.system.transactions.reach import Reach, at_run_time


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


def running(system: System, recorded: Recorded, *, after_commit: bool = False, dispatching: bool = True) -> Reach:
    """Who runs whom when a request does, without what tasks do later.

    ``after_commit``: with what waits for the end of a transaction; ``dispatching``: with the way from what is called on each request
    to all methods that may answer one.
    """
    run = at_run_time(followed(system), system.classes, system.entry_points)
    kept = run if dispatching else without_dispatch(run, system.entry_points)
    return Reach(kept, recorded, after_commit=after_commit, accesses=system.accesses)


def what_is_inside(system: System) -> list[Inside]:
    """For each transaction of a system, in their order, what it comprises."""
    recorded = Recorded(system)
    reach, entering = running(system, recorded), running(system, recorded, dispatching=False)
    entered = Entered(system.classes, system.dependencies, system.entry_points, entering)
    asked: dict[Asked, set[Actor]] = {}
    methods: dict[Actor, set[str]] = {}
    for by in (by for t in system.transactions if t.scope == REQUEST for by in asked_of(t)):
        methods.setdefault(by.actor, set()).add(by.answering)
    for entry in system.entry_points if methods else ():
        names = methods.get(entered.asked(entry).actor, ()) if entry.kind != "http" else ("",)
        for name in names:
            asked.setdefault(entered.asked(entry, name), set()).update(entered.start(entry, name).actors)
    found = []
    leading, led = entering, entered
    if any(d.rule == AFTER_COMMIT for d in system.dependencies):
        # What waits for the end of a transaction is in none of it, but may open one of its own.
        leading = running(system, recorded, after_commit=True, dispatching=False)
        led = Entered(system.classes, system.dependencies, system.entry_points, leading)
    for t, names in zip(system.transactions, _leading(system, leading, led), strict=True):
        actor = numbered((t.definition, t.unit), t.number)
        if t.scope == REQUEST:
            start = {one for by in asked_of(t) for one in asked.get(by, ())}
            definitions = tuple(sorted({t.definition} | entering.inside(sorted(start))))
        else:
            actors = reach.called(actor, t.lines) if t.lines else {actor}
            definitions = t.inside or tuple(sorted({t.definition} | reach.inside(actors)))
        found.append(Inside(definitions, tuple(sorted(names))))
    return found


def _leading(system: System, reach: Reach, entered: Entered) -> list[set[str]]:
    """For each transaction the entry points that come to it."""
    opened = Opened(system.transactions, system.transactions)

    def own(actor: Actor) -> int:
        return opened.by(reach, actor)

    reached = Gathered(reach.called_in_order, own)
    found: list[set[str]] = [set() for _ in system.transactions]
    for entry in system.entry_points:
        for at in positions(entered.start(entry).gather(reached, own) | opened.around(entered, entry)):
            found[at].add(f"{entry.kind} {entry.name}")
    return found


class Opened:
    """Of some ``counted`` transactions of ``all_of_them`` those that an actor opens itself, or a request, by their positions."""

    def __init__(self, all_of_them: Iterable[Transaction], counted: Sequence[Transaction]) -> None:
        all_of_them = [t for t in all_of_them if t.scope != REQUEST]
        # A method that acts for a class opens the transaction of that class, if it has one of its own.
        self._bits: dict[Actor, int] = {(t.definition, t.unit): 0 for t in all_of_them}
        self._anyhow: dict[Actor, int] = {}
        """Who opens what, whatever it is given."""
        told_apart = {(t.definition, t.unit, t.line) for t in all_of_them if t.number >= 0}
        self._around: dict[Asked, int] = {}
        self._around_pages: dict[Actor, int] = {}
        """The same for what opens them by any of the methods that answer it."""
        for position, t in enumerate(counted):
            actor = (t.definition, t.unit)
            if t.scope == REQUEST:
                for asked in asked_of(t):
                    self._around[asked] = self._around.get(asked, 0) | (1 << position)
                    self._around_pages[asked.actor] = self._around_pages.get(asked.actor, 0) | (1 << position)
                continue
            # Who is given anything may be any of those that are told apart.
            for one in {actor, numbered(actor, t.number)}:
                self._bits[one] = self._bits.get(one, 0) | (1 << position)
            if (*actor, t.line) not in told_apart:
                self._anyhow[actor] = self._anyhow.get(actor, 0) | (1 << position)

    def by(self, reach: Reach, actor: Actor) -> int:
        """A set with one bit for each position."""
        known = plain(actor)
        if known not in self._bits:
            return self._bits.get(reach.home(actor), 0)
        return self._bits.get(actor, 0) | self._anyhow.get(known, 0)

    def around(self, entered: Entered, entry: EntryPoint) -> int:
        """The same for what a framework opens around the request itself: only who asks from outside comes there."""
        asked = entered.asked(entry)
        return self._around.get(asked, 0) if entry.kind == "http" else self._around_pages.get(asked.actor, 0)


def asked_of(transaction: Transaction) -> list[Asked]:
    """Who answers the requests that a transaction is opened around."""
    actor = (transaction.definition, transaction.unit)
    return [Asked(actor, name) for name in transaction.answering or ("",)]


class Reached(NamedTuple):
    """An access that an entry point leads to; ``via`` are the definitions on the shortest way, the accessing one included."""

    entry: EntryPoint
    access: Access
    via: tuple[str, ...]


def reached_accesses(system: System) -> Iterator[Reached]:
    """What each entry point does to which table through calls; each definition, table and operation once."""
    recorded = Recorded(system, by_request=True)
    reach = running(system, recorded, after_commit=True, dispatching=False)
    classes = system.classes
    entered = Entered(classes, system.dependencies, system.entry_points, reach)
    by_place: dict[Actor, list[Access]] = {}
    for access in system.accesses:
        if access.resolution != "guessed" and not reach.only_begins(access):
            by_place.setdefault((access.definition, access.unit), []).append(access)
    for entry in system.entry_points:
        start, unit = entered.start(entry), reach.home((entry.handler, ""))[1]
        known = reach.paths(*start.actors, alone=start.alone)
        seen = set()
        for actor in known:
            for place in reach.places(actor):
                for access in by_place.get(place, ()):
                    key = (access.definition, access.table, access.operation)
                    if key not in seen and _answers(entry, unit, access) and recorded.touches(actor, access):
                        seen.add(key)
                        way = [actor[0]]
                        before = known[actor]
                        while before is not None:
                            way.append(before[0])
                            before = known[before]
                        if entry.handler in classes and way[-1] != entry.handler:
                            way.append(entry.handler)
                        yield Reached(entry, access, tuple(reversed(way)))


def _answers(entry: EntryPoint, unit: str, access: Access) -> bool:
    """Whether an entry point leads to a method that does what its class says once for all of them, or comes to where one leads on."""
    own = access.unit == unit if access.is_led_on else access.definition == entry.handler
    return not own or does_answer(entry.method, access)
