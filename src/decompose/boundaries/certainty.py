"""How sure it is where things belong: what an ensemble of other partitions says."""

from __future__ import annotations

from functools import cached_property
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

        votes = self.votes(labels, len(names))
        everyone = np.arange(len(labels))
        total, own = votes.sum(axis=1), votes[everyone, labels]
        votes[everyone, labels] = 0
        best, most = votes.argmax(axis=1).tolist(), votes.max(axis=1).tolist()
        known = np.flatnonzero((total > 0) & (labels != SHARED_LABEL))
        shares: dict[str, float] = {}
        runners_up: dict[str, str] = {}
        for node, share in zip(known.tolist(), (own[known] / total[known]).tolist(), strict=True):
            for thing in sorted(self._graph.members[node]):
                shares[thing] = round(share, 3)
                if most[node] > 0:
                    runners_up[thing] = names[best[node]]
        return shares, runners_up

    def votes(self, labels: Labels, count: int) -> Weights:
        """For each node the votes for each of ``count`` services, and in a last column those for none."""
        import numpy as np

        votes: Weights = np.zeros((len(labels), count + 1))
        service = np.where(labels < 0, count, labels)  # the last column is the shared library
        for placed, community, groups, trust in self._placed:
            inside = np.bincount(community * (count + 1) + service[placed], minlength=groups * (count + 1))
            inside = inside.reshape(groups, count + 1)
            inside[:, count] = 0
            votes[placed, inside.argmax(axis=1)[community]] += trust
        return votes

    @cached_property
    def _placed(self) -> list[tuple[Labels, Labels, int, float]]:
        """Of each member that places any the nodes that it places, their communities, how many there are, and its weight."""
        import numpy as np

        weights = self._ensemble.weights.tolist()
        found = [(np.flatnonzero(m >= 0), m, w) for m, w in zip(self._ensemble.members, weights, strict=True)]
        return [(nodes, m[nodes], int(m.max()) + 1, w) for nodes, m, w in found if len(nodes)]
