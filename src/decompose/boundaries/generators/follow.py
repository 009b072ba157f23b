"""Code follows what it is tied to."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from decompose.boundaries.clustering import UNPLACED, Edges

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels

_ROUNDS = 20


class Following:
    """Spreads labels from the nodes that have one along the edges; these keep theirs (Zhu and Ghahramani, 2002)."""

    def __init__(self, edges: Edges) -> None:
        self._edges = edges
        self._ties: dict[int, list[tuple[int, float]]] = {}

    def followed(self, labels: Labels) -> Labels:
        """The labels with those of the nodes that had none, where a tie leads there."""
        import numpy as np

        if not self._ties:
            ties: dict[int, list[tuple[int, float]]] = defaultdict(list)
            for (a, b), weight in zip(self._edges.ends.tolist(), self._edges.weights.tolist(), strict=True):
                ties[a].append((b, weight))
                ties[b].append((a, weight))
            self._ties = ties
        listed: list[int] = labels.tolist()
        self._spread(listed, {node for node, label in enumerate(listed) if label != UNPLACED})
        return np.array(listed, dtype=np.int64)

    def _spread(self, labels: list[int], seeds: set[int]) -> None:
        ties = self._ties
        waiting = {other for node in seeds for other, _ in ties.get(node, ())} - seeds
        stale = set(waiting)
        for _ in range(_ROUNDS):
            changed: list[int] = []
            for node in sorted(waiting):
                if node not in stale:  # a change that it saw when it came later in the same round
                    continue
                stale.remove(node)
                votes: dict[int, float] = {}
                for other, weight in ties[node]:
                    label = labels[other]
                    if label in votes:
                        votes[label] += weight
                    elif label != UNPLACED:
                        votes[label] = weight
                best, most = UNPLACED, 0.0
                for label, weight in votes.items():
                    if weight > most or (weight == most and label < best):
                        best, most = label, weight
                if labels[node] != best:
                    labels[node] = best
                    changed.append(node)
                    stale.update(other for other, _ in ties[node])
            if not changed:
                break
            waiting = {other for node in changed for other, _ in ties[node]} - seeds
