"""What one request of each entry point would cost once the services are apart.

Counted is everything that the handler can reach through calls, over all branches: an upper bound of the remote calls that
one request makes, where a call in a loop counts once. Sets of cut ties are integers with one bit for each, added up along
the call graph from callees to callers; definitions that call each other in a circle share one set (Tarjan, 1972).
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from decompose.boundaries.split import SHARED, Split
from decompose.database.split import SpanningTransaction
from decompose.report.ties import Ties

_CALL, _ACCESS = 0, 2
_GUESSED = 2


class RequestCost(NamedTuple):
    """One entry point: the remote calls and accesses to other services' tables that it reaches, and into which services.

    ``breaks`` are the positions of the spanning transactions that it reaches.
    """

    kind: str
    name: str
    handler: str
    thing: str
    service: str
    calls: int
    accesses: int
    services: list[str]
    breaks: list[int]
    place: str

    @property
    def broken(self) -> int:
        """How many transactions that it reaches would be broken."""
        return len(self.breaks)


def request_costs(ties: Ties, split: Split, spanning: list[SpanningTransaction]) -> list[RequestCost]:
    """The cost of each entry point, the dearest first."""
    system = ties.system
    labels = ties.labels(split).tolist()
    own: dict[str, int] = defaultdict(int)
    into = [0] * len(split.services)
    calls_mask = accesses_mask = 0
    callees: dict[str, set[str]] = defaultdict(set)
    bit = 1
    source, target, family, sure = (column.tolist() for column in (ties.source, ties.target, ties.family, ties.sure))
    for row, start in enumerate(ties.starts):
        kind = family[row]
        if sure[row] == _GUESSED or kind not in (_CALL, _ACCESS):
            continue
        if kind == _CALL:
            callees[start].add(ties.ends[row])
        first, second = labels[source[row]], labels[target[row]]
        if first != second and first >= 0 and second >= 0:
            own[start] |= bit
            into[second] |= bit
            if kind == _CALL:
                calls_mask |= bit
            else:
                accesses_mask |= bit
            bit <<= 1
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
    reached = _reached(handlers, callees, own)
    service_of = split.service_of_unit()
    costs = []
    for entry in system.entry_points:
        bits = reached.get(entry.handler, 0)
        unit = ties.unit_of.get(entry.handler, "")
        costs.append(
            RequestCost(
                kind=entry.kind,
                name=entry.name,
                handler=entry.handler,
                thing=unit if unit in ties.number else "",
                service=service_of.get(unit, SHARED),
                calls=(bits & calls_mask).bit_count(),
                accesses=(bits & accesses_mask).bit_count(),
                services=[s.name for s, mask in zip(split.services, into, strict=True) if bits & mask],
                breaks=_positions(bits >> first_broken),
                place=f"{entry.file}:{entry.line}",
            )
        )
    return sorted(costs, key=lambda c: (-c.calls - c.accesses, -c.broken, c.kind, c.name))


def _positions(bits: int) -> list[int]:
    """Where ``bits`` has ones, from the lowest."""
    found = []
    while bits:
        found.append((bits & -bits).bit_length() - 1)
        bits &= bits - 1
    return found


def _reached(starts: list[str], callees: dict[str, set[str]], own: dict[str, int]) -> dict[str, int]:
    """For each definition that the starts reach the set that it and all below it own."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    found: dict[str, int] = {}
    stack: list[str] = []
    for start in starts:
        if start in index:
            continue
        index[start] = low[start] = len(index)
        stack.append(start)
        work = [(start, iter(sorted(callees.get(start, ()))))]
        while work:
            node, remaining = work[-1]
            for callee in remaining:
                if callee not in index:
                    index[callee] = low[callee] = len(index)
                    stack.append(callee)
                    work.append((callee, iter(sorted(callees.get(callee, ())))))
                    break
                if callee not in found:
                    low[node] = min(low[node], index[callee])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    circle = [stack.pop()]
                    while circle[-1] != node:
                        circle.append(stack.pop())
                    bits = 0
                    for member in circle:
                        bits |= own.get(member, 0)
                        for callee in callees.get(member, ()):
                            bits |= found.get(callee, 0)
                    found.update(dict.fromkeys(circle, bits))
    return found
