"""What each service does in a transaction that spans services, and in which order: the raw material of a saga."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from decompose.boundaries.split import SHARED
from decompose.database.places import Places
from decompose.database.split import SpanningTransaction
from decompose.database.ties import Step
from decompose.system.model import Access

MAX_DEPTH = 2
"""An exception that deep below what others call still counts as a refusal; deeper down it is more often a fault."""
SAVE = "insert or update"
"""What is done to a row that may be there or not."""


class Write(NamedTuple):
    access: Access
    by_event: bool


class Part:
    """What one service does in a transaction. ``refuses`` and ``leaves``: definitions that do."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.writes: list[Write] = []
        self.refuses: list[str] = []
        self.leaves: list[str] = []

    @property
    def by_event(self) -> bool:
        return all(write.by_event for write in self.writes)

    @property
    def by_cascade(self) -> bool:
        return all(write.access.by_cascade for write in self.writes)

    @property
    def saved(self) -> frozenset[str]:
        """Tables into which it only inserts where it updates instead if the row is there, as ``save`` of a mapper does."""
        updating = {_place_of(w.access) for w in self.writes if w.access.operation == "update"}
        inserting = [w.access for w in self.writes if w.access.operation == "insert"]
        surely = {access.table for access in inserting if _place_of(access) not in updating}
        return frozenset(access.table for access in inserting) - surely

    def done(self) -> dict[tuple[str, str], list[Write]]:
        """(Operation, table) -> the writes, in the order in which the code comes to them."""
        found: dict[tuple[str, str], list[Write]] = {}
        saved = self.saved
        for write in self.writes:
            operation, table = write.access.operation, write.access.table
            saves = table in saved and operation != "delete"
            found.setdefault((SAVE if saves else operation, table), []).append(write)
        return found


def _place_of(access: Access) -> tuple[str, str, str, int, str]:
    return access.definition, access.unit, access.table, access.line, access.rule


def followers_of(places: Places, spanning: Iterable[SpanningTransaction]) -> list[tuple[str, ...]]:
    """The services that only follow, for each transaction: those whose steps `sagas_of` says can be retried."""
    found = []
    for item in spanning:
        ordered, _, pivot, _ = arranged(places, item, parts_of(places, item))
        found.append(tuple(part.service for part in ordered[pivot:]))
    return found


class Arranged(NamedTuple):
    """The parts in the order of their steps, who coordinates them, and the number of the pivot.

    ``awaited``: services whose new rows those of others point to, so that these wait for their identifiers.
    """

    ordered: list[Part]
    coordinator: str
    pivot: int
    awaited: frozenset[str]


def arranged(places: Places, spanning: SpanningTransaction, parts: Mapping[str, Part]) -> Arranged:
    home = places.service_of(spanning.transaction.definition, spanning.transaction.unit)
    coordinator = home if home in parts else next(iter(parts), home)
    needs = _needs(places, parts)
    awaited = _awaited(parts, coordinator, needs)
    ordered = _in_order(list(parts.values()), coordinator, awaited, needs)
    return Arranged(ordered, coordinator, _pivot(ordered, coordinator, awaited), awaited)


def _needs(places: Places, parts: Mapping[str, Part]) -> dict[str, set[str]]:
    """Service -> those that insert rows which the rows that it inserts point to; none where they point to each other."""
    inserting: dict[str, str] = {}
    for service, part in parts.items():
        saved = part.saved
        for write in part.writes:
            access = write.access
            new = access.operation == "insert" and access.table not in saved and not access.follows
            if new and not write.by_event:
                inserting[access.table] = service
    found: dict[str, set[str]] = defaultdict(set)
    for key in places.system.foreign_keys if len(inserting) > 1 else ():
        here, there = inserting.get(key.table), inserting.get(key.target_table)
        if here is not None and there is not None and here != there:
            found[here].add(there)
    return {
        service: {other for other in others if service not in _all_needed(found, other)}
        for service, others in found.items()
    }


def _all_needed(needs: Mapping[str, set[str]], service: str) -> set[str]:
    """What a service needs first, and what these need."""
    found: set[str] = set()
    stack = [service]
    while stack:
        for other in needs.get(stack.pop(), ()):
            if other not in found:
                found.add(other)
                stack.append(other)
    return found


def _awaited(parts: Mapping[str, Part], coordinator: str, needs: Mapping[str, set[str]]) -> frozenset[str]:
    waiting = [service for service, part in parts.items() if service == coordinator or not _retriable(part)]
    return frozenset(other for service in waiting for other in _all_needed(needs, service)) - {coordinator}


def parts_of(places: Places, spanning: SpanningTransaction) -> dict[str, Part]:
    """What each service does in a transaction, by service, in the order in which it first writes."""
    walk = places.ties.walk((spanning.transaction.definition, spanning.transaction.unit), spanning.transaction.lines)
    parts: dict[str, Part] = {}
    written = frozenset(spanning.transaction.tables_written)
    for access, position in walk.writes:
        service = places.owner(access.table)
        # What the code that it shares with others writes for them is none of it.
        if service in spanning.services and access.table in written:
            parts.setdefault(service, Part(service)).writes.append(Write(access, walk.steps[position].by_event))
    entered, begins = _Entered(places, walk.steps), walk.begins()
    for position in walk.telling:
        definition, unit = walk.steps[position].actor
        service, depth = entered.at(position)
        part = parts.get(service)
        if part is None:
            continue
        if definition in places.ties.acting_outside:
            part.leaves.append(definition)
        if position in walk.harmless:
            continue
        if depth <= MAX_DEPTH and definition in places.raising:
            part.refuses.append(definition)
        if depth < MAX_DEPTH:
            part.refuses += _refusing_checks(places, definition, unit, begins.get(position, 0))
    return parts


class _Entered:
    """The service for which each step of a walk acts, and the calls since it was entered: 1 is what others call.

    Shared code acts for the service that calls it.
    """

    def __init__(self, places: Places, steps: Sequence[Step]) -> None:
        self._places, self._steps = places, steps
        self._known: dict[int, tuple[str, int]] = {-1: ("", 0)}

    def at(self, position: int) -> tuple[str, int]:
        way = []
        while position not in self._known:
            way.append(position)
            position = self._steps[position].parent
        before, depth = self._known[position]
        for here in reversed(way):
            service = self._places.service_of(*self._steps[here].actor)
            within = service in (before, SHARED)
            before, depth = before if within and before else service, depth + 1 if within else 1
            self._known[here] = before, depth
        return before, depth


def _refusing_checks(places: Places, definition: str, unit: str, first: int) -> Iterator[str]:
    """What a definition calls in its own service that touches no table, and may refuse: checks.

    From the line ``first`` on: what is checked before anything is written leaves nothing to undo.
    """
    checks = places.ties.checks.get((definition, unit))
    near = (places.service_of(definition, unit), SHARED) if checks else ()
    for line, (target, target_unit) in checks or ():
        if line >= first and places.service_of(target, target_unit) in near:
            yield target


def _retriable(part: Part) -> bool:
    """Whether nothing in a step can refuse, so that it may be done later and until it succeeds."""
    return part.by_event or not (part.refuses or part.leaves)


def _in_order(
    parts: list[Part], coordinator: str, awaited: frozenset[str], needs: Mapping[str, set[str]]
) -> list[Part]:
    """The coordinator first, then as the code goes; what can be retried comes last, and before each that whose rows its own point to."""
    position = {part.service: number for number, part in enumerate(parts)}
    listed = sorted(
        parts,
        key=lambda part: (
            part.service != coordinator,
            _retriable(part) and part.service not in awaited,
            position[part.service],
        ),
    )
    known = {part.service: part for part in parts}
    found: dict[str, Part] = {}
    for part in listed:
        before = _all_needed(needs, part.service) - found.keys()
        # Each of them needs fewer than those that need it.
        for service in sorted(before, key=lambda name: (len(_all_needed(needs, name)), position[name])):
            found[service] = known[service]
        found.setdefault(part.service, part)
    return list(found.values())


def _pivot(parts: list[Part], coordinator: str, awaited: frozenset[str]) -> int:
    """The last step that may fail: one that leaves the process, else one that may refuse, else the last that is not retriable."""
    undoable = [
        n
        for n, part in enumerate(parts, 1)
        if part.service == coordinator or part.service in awaited or not _retriable(part)
    ]
    for reasons in ("leaves", "refuses"):
        found = [n for n in undoable if getattr(parts[n - 1], reasons)]
        if found and (reasons == "leaves" or len(undoable) > 1):
            return found[-1]
    return undoable[-1] if undoable else 1
