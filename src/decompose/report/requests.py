"""What one request of each entry point would cost once the services are apart.

Counted is what the handler can reach through calls, over all branches: which operations of other services are called and which
of their tables are touched, each once, however often and from wherever. Sets of them are integers with one bit for each, added
up along the call graph from callees to callers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from decompose.boundaries.split import SHARED, Split
from decompose.database.split import SpanningTransaction
from decompose.report.ties import Ties
from decompose.system.gathered import Gathered, positions

_TYPED = "command"
"""Entry points that only somebody at a terminal starts."""

_CALL, _ACCESS = 0, 2
_GUESSED = 2


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
    labels = ties.labels(split).tolist()
    own: dict[str, int] = defaultdict(int)
    into = [0] * len(split.services)
    operations_mask = tables_mask = 0
    bits: dict[str, int] = {}
    callees: dict[str, set[str]] = defaultdict(set)
    source, target, family, sure = (column.tolist() for column in (ties.source, ties.target, ties.family, ties.sure))
    for row, start in enumerate(ties.starts):
        kind = family[row]
        if sure[row] == _GUESSED or kind not in (_CALL, _ACCESS):
            continue
        end = ties.ends[row]
        if kind == _CALL:
            callees[start].add(end)
        first, second = labels[source[row]], labels[target[row]]
        if first != second and first >= 0 and second >= 0:
            bit = bits.setdefault(end, 1 << len(bits))
            own[start] |= bit
            into[second] |= bit
            if kind == _CALL:
                operations_mask |= bit
            else:
                tables_mask |= bit
    bit = 1 << len(bits)
    first_broken = bit.bit_length() - 1
    for item in spanning:
        own[item.transaction.definition] |= bit
        bit <<= 1
    methods: dict[str, list[str]] = defaultdict(list)
    for definition in system.definitions:
        if definition.id != definition.unit:
            methods[definition.unit].append(definition.id)
    handlers = sorted({entry.handler for entry in system.entry_points})
    for handler in handlers:
        # A class that is an entry point is entered by its methods.
        callees[handler].update(methods.get(handler, ()))
    below = {definition: sorted(called) for definition, called in callees.items()}
    reached = Gathered(lambda definition: below.get(definition, ()), lambda definition: own.get(definition, 0))
    service_of = split.service_of_unit()
    costs = []
    for entry in system.entry_points:
        found = reached.of(entry.handler)
        unit = ties.unit_of.get(entry.handler, "")
        costs.append(
            RequestCost(
                kind=entry.kind,
                name=entry.name,
                handler=entry.handler,
                thing=unit if unit in ties.number else "",
                service=service_of.get(unit, SHARED),
                operations=(found & operations_mask).bit_count(),
                tables=(found & tables_mask).bit_count(),
                services=[s.name for s, mask in zip(split.services, into, strict=True) if found & mask],
                breaks=positions(found >> first_broken),
                place=f"{entry.file}:{entry.line}",
            )
        )
    return sorted(costs, key=lambda c: (c.kind == _TYPED, -c.operations - c.tables, -c.broken, c.kind, c.name))


def running_first(
    spanning: list[SpanningTransaction], requests: list[RequestCost]
) -> tuple[list[SpanningTransaction], list[RequestCost]]:
    """First the transactions that are reached by what runs by itself, then those that at most somebody at a terminal starts."""
    running = {at for cost in requests if cost.kind != _TYPED for at in cost.breaks}
    reaching = Counter(at for cost in requests if cost.kind == "http" for at in cost.breaks)
    order = sorted(
        range(len(spanning)),
        key=lambda at: (
            at not in running,
            -len(spanning[at].services),
            -len(spanning[at].transaction.tables_written),
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
