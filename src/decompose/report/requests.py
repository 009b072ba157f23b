"""What one request of each entry point would cost once the services are apart.

Counted is what the handler can reach through calls, over all branches: which operations of other services are called and which
of their tables are touched, each once, however often and from wherever. What it sends off as a task is an operation; what the task
does then is the task's. Who runs whom is told with the class that acts and with what callers give, as it is for transactions: a
method of a base class does not lead to what all of its heirs do. Sets are integers with one bit for each operation, table or
transaction, added up along the calls from callees to callers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from decompose.boundaries.split import SHARED, Split
from decompose.database.split import SpanningTransaction
from decompose.report.ties import GUESSED_TIE, Ties
from decompose.system.gathered import Gathered, positions, union
from decompose.system.model import Access, Dependency, EntryPoint
from decompose.system.transactions.entered import Entered, does_answer
from decompose.system.transactions.events import Actor
from decompose.system.transactions.reached import Opened

_TYPED = "command"
"""Entry points that only somebody at a terminal starts."""

_CALL, _ACCESS = 0, 2


class RequestCost(NamedTuple):
    """One entry point: how many operations and tables of other services it may come to, and of which services.

    ``breaks`` are the positions of the spanning transactions that it reaches.
    """

    kind: str
    name: str
    handler: str
    thing: str
    service: str
    operations: int
    tables: int
    services: list[str]
    breaks: list[int]
    place: str

    @property
    def broken(self) -> int:
        """How many transactions that it reaches would be broken."""
        return len(self.breaks)


def request_costs(ties: Ties, split: Split, spanning: list[SpanningTransaction]) -> list[RequestCost]:
    """The cost of each entry point, the dearest first; those of commands last."""
    system = ties.system
    crossings = _Crossings(ties, split, spanning)
    methods: dict[str, list[str]] = defaultdict(list)
    for definition in system.definitions:
        if definition.id != definition.unit:
            methods[definition.unit].append(definition.id)
    reach = crossings.reach
    entered = Entered(system.classes, system.dependencies, system.entry_points, reach)
    handlers = {entry.handler for entry in system.entry_points}
    whole = {reach.home((entry.handler, "")) for entry in system.entry_points if not entry.method}

    def callees(actor: Actor) -> list[Actor]:
        found = reach.called_in_order(actor)
        if actor in whole:
            # A class of which it is not known how it answers is entered by its methods, except for those that are entered for themselves.
            found += [(method, actor[0]) for method in methods.get(actor[0], ()) if method not in handlers]
        return found

    reached = Gathered(callees, crossings.own)
    service_of = split.service_of_unit()
    costs = []
    for entry in system.entry_points:
        found = entered.start(entry).gather(reached, partial(crossings.own, method=entry.method))
        found |= crossings.around(entered, entry) | crossings.led_on(reach.home((entry.handler, ""))[1], entry.method)
        unit = ties.unit_of.get(entry.handler, "")
        costs.append(
            RequestCost(
                kind=entry.kind,
                name=entry.name,
                handler=entry.handler,
                thing=unit if unit in ties.number else "",
                service=service_of.get(unit, SHARED),
                operations=(found & crossings.operations).bit_count(),
                tables=(found & crossings.tables).bit_count(),
                services=[s.name for s, mask in zip(split.services, crossings.into, strict=True) if found & mask],
                breaks=positions(found >> crossings.first_broken),
                place=f"{entry.file}:{entry.line}",
            )
        )
    return sorted(costs, key=lambda c: (c.kind == _TYPED, -c.operations - c.tables, -c.broken, c.kind, c.name))


class _Crossings:
    """What each actor does itself that a split makes remote, or breaks.

    ``operations`` and ``tables`` are the bits of these, ``into`` those of each service; transactions begin at ``first_broken``.
    """

    def __init__(self, ties: Ties, split: Split, spanning: Sequence[SpanningTransaction]) -> None:
        self.recorded, self.reach = ties.recorded, ties.reach
        self.operations = self.tables = 0
        self.into = [0] * len(split.services)
        self._led_on: dict[str, list[tuple[int, Access]]] = defaultdict(list)
        self._done: dict[Actor, list[tuple[int, Access | Dependency]]] = defaultdict(list)
        labels = ties.labels(split)
        first, second = labels[ties.source], labels[ties.target]
        bits: dict[str, int] = {}
        crossing = (first != second) & (first >= 0) & (second >= 0) & (ties.sure != GUESSED_TIE)
        for row in (crossing & ((ties.family == _CALL) | (ties.family == _ACCESS))).nonzero()[0].tolist():
            item, end = ties.items[row], ties.ends[row]
            bit = bits.setdefault(end, 1 << len(bits))
            self.into[second[row]] |= bit
            if isinstance(item, Access):
                self.tables |= bit
                if item.is_led_on:
                    self._led_on[item.unit].append((bit, item))
                else:
                    self._done[item.definition, item.unit].append((bit, item))
            elif isinstance(item, Dependency):
                self.operations |= bit
                # What a helper is given is called by who gives it: nobody else who calls the helper comes there.
                for actor in ties.givers.get(item, [(item.source, item.source_unit)]):
                    self._done[actor].append((bit, item))
        self.first_broken = len(bits)
        self._opened = Opened(ties.system.transactions, [item.transaction for item in spanning])

    def around(self, entered: Entered, entry: EntryPoint) -> int:
        """The bits of the transactions that are opened around a request itself."""
        return self._opened.around(entered, entry) << self.first_broken

    def led_on(self, unit: str, method: str) -> int:
        """The bits of what a framework's method of a class does that answers, where one of its own leads on to it."""
        return union(bit for bit, access in self._led_on.get(unit, ()) if does_answer(method, access))

    def own(self, actor: Actor, method: str = "") -> int:
        """The bits of what an actor does itself; of a class, of what it says once, what is done where a ``method`` of it answers."""
        found = self._opened.by(self.reach, actor) << self.first_broken
        for place in self.reach.places(actor):
            for bit, item in self._done.get(place, ()):
                if not does_answer(method, item):
                    continue
                if isinstance(item, Access):
                    done = self.recorded.touches(actor, item) and not self.reach.only_begins(item)
                else:
                    done = self.recorded.calls(actor, item.line, (item.target, item.target_unit))
                if done:
                    found |= bit
        return found


def widest_first(spanning: Iterable[SpanningTransaction], owner: Mapping[str, str]) -> list[SpanningTransaction]:
    """By the services whose tables code asks to write whatever the classes of its objects are; then with those of which that is not so, or of
    which rows only go with what is deleted.

    ``owner``: table -> its service.
    """
    return sorted(spanning, key=lambda found: (_width(found, owner), found.transaction.definition))


def _width(found: SpanningTransaction, owner: Mapping[str, str]) -> tuple[int, int, int]:
    asked = set(found.transaction.asked) - set(found.transaction.tables_by_class)
    return -len({owner[table] for table in asked if table in owner}), -len(found.services), -len(asked)


def running_first(
    spanning: list[SpanningTransaction], requests: list[RequestCost], owner: Mapping[str, str]
) -> tuple[list[SpanningTransaction], list[RequestCost]]:
    """First the transactions that are reached by what runs by itself, then those that at most somebody at a terminal starts.

    Of each kind the widest first, and of equal ones those that most routes reach.
    """
    running = {at for cost in requests if cost.kind != _TYPED for at in cost.breaks}
    reaching = Counter(at for cost in requests if cost.kind == "http" for at in cost.breaks)
    order = sorted(
        range(len(spanning)),
        key=lambda at: (
            at not in running,
            _width(spanning[at], owner),
            -reaching[at],
            at,
        ),
    )
    place = {at: number for number, at in enumerate(order)}
    moved = [cost._replace(breaks=sorted(place[at] for at in cost.breaks)) for cost in requests]
    return [spanning[at] for at in order], moved


def alike(costs: Iterable[RequestCost]) -> list[list[RequestCost]]:
    """Entry points of one service that come to as much in the same services, in the order in which they come."""
    groups: dict[tuple[object, ...], list[RequestCost]] = {}
    for cost in costs:
        key = cost.service, cost.operations, cost.tables, tuple(cost.services), tuple(cost.breaks)
        groups.setdefault(key, []).append(cost)
    return list(groups.values())


def by_definition(breaks: Iterable[int], spanning: Sequence[SpanningTransaction]) -> list[tuple[int, int]]:
    """The first position of each definition's broken transactions, and how many of them there are."""
    groups: dict[str, list[int]] = {}
    for at in breaks:
        groups.setdefault(spanning[at].transaction.definition, []).append(at)
    return [(positions[0], len(positions)) for positions in groups.values()]
