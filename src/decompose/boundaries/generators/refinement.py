"""Moving single units and tables across boundaries, to reduce what hurts most."""

from __future__ import annotations

from collections import defaultdict
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
    """A split that was found: its name, ``refined`` or ``refined-`` and what it favours; its labels and what it breaks."""

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
        self._ties: dict[int, dict[int, int]] = _weighed(scorer.edges.T.tolist(), (scorer.weights * GRAIN).astype(int).tolist())
        self._members: list[list[int]] = []
        starts = [*scorer.transactions.tolist(), len(scorer.in_transactions)]
        nodes = scorer.in_transactions.tolist()
        self._transactions: dict[int, list[int]] = defaultdict(list)
        for number, (start, end) in enumerate(pairwise(starts)):
            self._members.append(nodes[start:end])
            for node in nodes[start:end]:
                self._transactions[node].append(number)

    def front(self, labels: Labels) -> list[Refined]:
        """The splits that no other of those found beats, each once; ``labels`` themselves are not among them."""
        import numpy as np

        safe = self._descent(labels.tolist(), None)
        found = {"refined": safe}
        found |= {f"refined-{cost}": self._descent(list(safe), index) for index, cost in enumerate(_FAVOURED)}
        costed = [Refined(name, np.array(one, dtype=np.int64), self.costs(one)) for name, one in found.items()]
        front: list[Refined] = []
        for one in costed:
            known = any((one.labels == other).all() for other in [labels, *(other.labels for other in front)])
            if not known and not any(other.costs.beats(one.costs) for other in costed):
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
        waiting: Iterable[int] = range(self._nodes)
        for _ in range(_PASSES):
            touched: set[int] = set()
            for node in waiting:
                own = labels[node]
                if own == SHARED_LABEL or node in self._fixed or (node in self._tables and holds[own] < 2):
                    continue
                best: tuple[Costs, int] | None = None
                for other in self._candidates(node, labels):
                    if sizes[other] >= most:
                        continue
                    change = self._change(node, own, other, labels)
                    if _accepted(change, favoured) and (best is None or (change, other) < best):
                        best = change, other
                if best is not None:
                    other = best[1]
                    labels[node] = other
                    sizes[own] -= 1
                    sizes[other] += 1
                    holds[own] -= node in self._tables
                    holds[other] += node in self._tables
                    touched.update(self._calls.get(node, ()), self._writes.get(node, ()))
            if not touched:
                break
            waiting = sorted(touched)
        return labels

    def _candidates(self, node: int, labels: list[int]) -> list[int]:
        near = {labels[other] for ties in (self._calls, self._writes) for other in ties.get(node, ())}
        near |= {labels[other] for number in self._transactions.get(node, ()) for other in self._members[number]}
        return sorted(near - {labels[node], SHARED_LABEL})

    def _change(self, node: int, own: int, other: int, labels: list[int]) -> Costs:
        spanning = 0
        for number in self._transactions.get(node, ()):
            rest = {labels[member] for member in self._members[number] if member != node}
            if rest:
                spanning += (rest != {other}) - (rest != {own})
        changes = []
        for ties in (self._writes, self._calls, self._ties):
            change = 0
            for neighbour, count in ties.get(node, {}).items():
                label = labels[neighbour]
                change += count * ((label == own) - (label == other))
            changes.append(change)
        return Costs(spanning, *changes)


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
