"""Code follows what it is tied to."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from decompose.boundaries.clustering import UNPLACED, Edges, strongest

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights

_ROUNDS = 20
_CORRECTIONS = 8


class Following:
    """Spreads labels from the nodes that have one along the edges; these keep theirs (Zhu and Ghahramani, 2002)."""

    def __init__(self, edges: Edges) -> None:
        self._edges = edges

    @cached_property
    def _ties(self) -> tuple[Labels, Labels, Weights]:
        """Both directions of every edge, those of one node together."""
        import numpy as np

        ends = self._edges.ends
        order = np.argsort(ends.reshape(-1), kind="stable")
        return ends.reshape(-1)[order], ends[:, ::-1].reshape(-1)[order], np.repeat(self._edges.weights, 2)[order]

    def followed(self, labels: Labels) -> Labels:
        """The labels with those of the nodes that had none, where a tie leads there.

        Nodes take the label that they are tied to most, those next to labels first; then again, now that they see what is on their
        other side, every second node in turn, so that no two of them change places for ever.
        """
        import numpy as np

        found = labels.copy()
        free = labels == UNPLACED
        for _ in range(_ROUNDS):
            if not self._spread(found, free & (found == UNPLACED)):
                break
        half = np.arange(len(labels)) % 2 == 0
        still = 0
        for turn in range(_CORRECTIONS):
            still = 0 if self._spread(found, free & (half if turn % 2 else ~half)) else still + 1
            if still > 1:
                break
        return found

    def _spread(self, labels: Labels, which: Labels) -> bool:
        """Gives each of these nodes the label that it is tied to most; whether that changed any."""
        nodes, others, weights = self._ties
        telling = which[nodes] & (labels[others] != UNPLACED)
        placed, decided = strongest(nodes[telling], labels[others[telling]], weights[telling])
        changed = bool((labels[placed] != decided).any())
        labels[placed] = decided
        return changed
