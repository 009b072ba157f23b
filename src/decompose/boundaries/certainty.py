"""How sure it is where things belong: what an ensemble of other partitions says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries.clustering import SHARED_LABEL
from decompose.boundaries.generators.consensus import Ensemble
from decompose.boundaries.graph import EvidenceGraph

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights


class Certainty:
    """Votes of the ensemble: a member votes for the service that most of a thing's community is in."""

    def __init__(self, graph: EvidenceGraph, ensemble: Ensemble) -> None:
        self._graph, self._ensemble = graph, ensemble

    def of(self, labels: Labels, names: list[str]) -> tuple[dict[str, float], dict[str, str]]:
        """For each unit and table the share of votes for its service, and the service with most of the other votes.

        A thing that nobody ever votes about, such as a hub, has no share; one that all vote alike about has no runner-up.
        """
        import numpy as np

        votes = self._votes(labels, len(names))
        total = votes.sum(axis=1)
        everyone = np.arange(len(labels))
        own = np.where(labels == SHARED_LABEL, 0.0, votes[everyone, labels])
        rivals = votes.copy()
        rivals[everyone, labels] = 0
        best = rivals.argmax(axis=1).tolist()
        most = rivals.max(axis=1)
        shares: dict[str, float] = {}
        runners_up: dict[str, str] = {}
        known = np.flatnonzero((total > 0) & (labels != SHARED_LABEL)).tolist()
        for node in known:
            for thing in sorted(self._graph.members[node]):
                shares[thing] = round(float(own[node] / total[node]), 3)
                if most[node] > 0:
                    runners_up[thing] = names[best[node]]
        return shares, runners_up

    def _votes(self, labels: Labels, count: int) -> Weights:
        """For each node the votes for each of ``count`` services, and in a last column those for none."""
        import numpy as np

        votes: Weights = np.zeros((len(labels), count + 1))
        for member, trust in zip(self._ensemble.members, self._ensemble.weights.tolist(), strict=True):
            placed = np.flatnonzero(member >= 0)
            if not len(placed):
                continue
            inside = np.zeros((int(member.max()) + 1, count + 1))
            np.add.at(inside, (member[placed], labels[placed]), 1.0)  # the last column is the shared library
            inside[:, count] = 0
            votes[placed, inside.argmax(axis=1)[member[placed]]] += trust
        return votes
