"""Moving single units and tables across boundaries, to reduce what hurts most."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from decompose.boundaries.clustering import GRAIN, SHARED_LABEL

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels
    from decompose.boundaries.scores import Scorer

_PASSES = 6
_GROWTH = 1.15
_FAVOURED = ("transactions", "writes", "calls")
SAFE = "refined"
"""The name of the split, or its end, that makes nothing worse than it was."""

TRADED = tuple(f"refined-{cost}" for cost in _FAVOURED)
"""Names of splits, or their ends, that bought less of one cost with more of another."""


class Costs(NamedTuple):
    """What a split breaks: transactions that span services, writes of others' tables, calls between services, and ties of all
    evidence, in units of 1/4096.
    """

    transactions: int
    writes: int
    calls: int
    ties: int

    def beats(self, other: Costs) -> bool:
        """Whether nothing is worse and something better (Pareto)."""
        return self != other and all(a <= b for a, b in zip(self, other, strict=True))


class Refined(NamedTuple):
    """A split that was found: its name, ``refined`` or one of `TRADED`; its labels and what it breaks."""

    name: str
    labels: Labels
    costs: Costs


class Refinement:
    """A Pareto search: no cost is traded for another by a weight.

    First moves that make no cost worse; then, from there, for transactions, writes and calls in turn also moves that reduce these
    and raise the other two by no more than they take from it. Of what is found, the splits that no other beats are left. No service grows beyond 1.15 times the
    largest, nor beyond ``most``, or loses its last table. What is ``fixed`` stays.
    """

    def __init__(self, scorer: Scorer, fixed: Collection[int] = (), most: int | None = None) -> None:
        self._fixed = frozenset(fixed)
        self._most = most
        self._nodes = len(scorer.graph.members)
        self._tables = frozenset(scorer.graph.table_node.values())
        self._calls: dict[int, dict[int, int]] = _counted(scorer.messages.T.tolist())
        self._writes: dict[int, dict[int, int]] = _counted(scorer.writes.T.tolist())
        self._ties: dict[int, dict[int, int]] = _weighed(
            scorer.edges.T.tolist(), (scorer.weights * GRAIN).astype(int).tolist()
        )
        self._members: list[list[int]] = []
        starts = [*scorer.transactions.tolist(), len(scorer.in_transactions)]
        nodes = scorer.in_transactions.tolist()
        self._transactions: dict[int, list[int]] = defaultdict(list)
        for number, (start, end) in enumerate(pairwise(starts)):
            self._members.append(nodes[start:end])
            for node in nodes[start:end]:
                self._transactions[node].append(number)

    def front(self, labels: Labels) -> list[Refined]:
        """The split that makes nothing worse, and those that no other of those found beats, each once and without ``labels``."""
        import numpy as np

        safe = self._descent(labels.tolist(), None)
        found = {SAFE: safe}
        found |= {name: self._descent(list(safe), index) for index, name in enumerate(TRADED)}
        costed = [Refined(name, np.array(one, dtype=np.int64), self.costs(one)) for name, one in found.items()]
        front: list[Refined] = []
        for one in costed:
            known = any((one.labels == other).all() for other in [labels, *(other.labels for other in front)])
            kept = one.name == SAFE or not any(other.costs.beats(one.costs) for other in costed)
            if kept and not known:
                front.append(one)
        return front

    def costs(self, labels: list[int]) -> Costs:
        """What a split breaks."""
        spanning = sum(len({labels[node] for node in nodes}) > 1 for nodes in self._members)
        return Costs(spanning, *(_crossing(ties, labels) for ties in (self._writes, self._calls, self._ties)))

    def _descent(self, labels: list[int], favoured: int | None) -> list[int]:
        sizes: dict[int, int] = defaultdict(int)
        holds: dict[int, int] = defaultdict(int)
        for node, label in enumerate(labels):
            sizes[label] += 1
            holds[label] += node in self._tables
        most = int(_GROWTH * max((size for label, size in sizes.items() if label >= 0), default=0))
        most = min(most, self._most or most)
        inside = self._inside(labels)
        waiting: Iterable[int] = range(self._nodes)
        for _ in range(_PASSES):
            touched: set[int] = set()
            for node in waiting:
                own = labels[node]
                if own == SHARED_LABEL or node in self._fixed or (node in self._tables and holds[own] < 2):
                    continue
                near = self._near(node, labels, inside)
                others = [other for other in near if sizes[other] < most]
                changes = self._changes(node, own, others, labels, inside) if others else []
                accepted = [item for item in zip(changes, others, strict=True) if _accepted(item[0], favoured)]
                if accepted:
                    other = min(accepted)[1]
                    labels[node] = other
                    sizes[own] -= 1
                    sizes[other] += 1
                    holds[own] -= node in self._tables
                    holds[other] += node in self._tables
                    for number in self._transactions.get(node, ()):
                        inside[number][own] -= 1
                        inside[number][other] += 1
                    touched.update(self._calls.get(node, ()), self._writes.get(node, ()))
            if not touched:
                break
            waiting = sorted(touched)
        return labels

    def _inside(self, labels: list[int]) -> list[Counter[int]]:
        """For each transaction how many of its tables each service has."""
        return [Counter(labels[node] for node in nodes) for nodes in self._members]

    def _near(self, node: int, labels: list[int], inside: list[Counter[int]]) -> list[int]:
        near = {labels[other] for ties in (self._calls, self._writes) for other in ties.get(node, ())}
        for number in self._transactions.get(node, ()):
            near.update(label for label, count in inside[number].items() if count)
        return sorted(near - {labels[node], SHARED_LABEL})

    def _changes(
        self, node: int, own: int, others: list[int], labels: list[int], inside: list[Counter[int]]
    ) -> list[Costs]:
        """What moving a node to each of the other services changes."""
        spanning = dict.fromkeys(others, 0)
        for number in self._transactions.get(node, ()):
            counts = inside[number]
            rest = {label for label, count in counts.items() if count > (label == own)}
            if rest:
                before = rest != {own}
                for other in others:
                    spanning[other] += (rest != {other}) - before
        tied = []
        for ties in (self._writes, self._calls, self._ties):
            to: dict[int, int] = {}
            for neighbour, count in ties.get(node, {}).items():
                label = labels[neighbour]
                to[label] = to.get(label, 0) + count
            tied.append(to)
        return [Costs(spanning[other], *(to.get(own, 0) - to.get(other, 0) for to in tied)) for other in others]


def _accepted(change: Costs, favoured: int | None) -> bool:
    if favoured is None or max(change) <= 0:
        return max(change) <= 0 and min(change[:3]) < 0
    rest = sum(max(0, value) for index, value in enumerate(change[:3]) if index != favoured)
    return change[favoured] < 0 and rest <= -change[favoured]


def _counted(pairs: list[list[int]]) -> dict[int, dict[int, int]]:
    return _weighed(pairs, [1] * len(pairs))


def _weighed(pairs: list[list[int]], weights: list[int]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for (a, b), weight in zip(pairs, weights, strict=True):
        if a != b:
            found[a][b] = found[a].get(b, 0) + weight
            found[b][a] = found[b].get(a, 0) + weight
    return found


def _crossing(ties: dict[int, dict[int, int]], labels: list[int]) -> int:
    total = 0
    for node, others in ties.items():
        if labels[node] >= 0:
            total += sum(
                c for other, c in others.items() if other > node and labels[other] not in (labels[node], SHARED_LABEL)
            )
    return total
