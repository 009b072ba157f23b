"""How sure it is where things belong: what an ensemble of other partitions says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries.clustering import SHARED_LABEL
from decompose.boundaries.generators.consensus import Ensemble
from decompose.boundaries.graph import TABLE, EvidenceGraph

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights

_ROUNDS = 3
_CLEARLY = 1.25
"""So many times the votes for where it is must be for another service before code goes there."""


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

    def followed(self, labels: Labels, accessed: Labels) -> Labels:
        """The same with code of no table moved to where most of the votes for it are, when that is not where it was put.

        A whole module is placed as one, and the last look at it is a single one: what nearly all others say of it counts more. But no
        service loses in this way most of its code, or all that uses a table of its own; ``accessed``: the nodes of tables and of what uses
        them, in two rows.
        """
        import numpy as np

        moved = labels.copy()
        free = np.array([not any(m.startswith(TABLE) for m in members) for members in self._graph.members], dtype=bool)
        for _ in range(_ROUNDS):
            placed = np.flatnonzero(free & (moved != SHARED_LABEL))
            votes = np.round(self._votes(moved, int(moved.max(initial=-1)) + 1)[:, :-1], 9)
            best = votes[placed].argmax(axis=1)
            better = votes[placed, best] > votes[placed, moved[placed]] * _CLEARLY
            if not better.any():
                break
            moved[placed[better]] = best[better]
        count = int(labels.max(initial=-1)) + 1
        tables, users = moved[accessed]
        using = np.bincount(tables[(tables == users) & (tables >= 0)], minlength=count) > 0
        code = labels[free & (labels >= 0)]
        stays = np.bincount(labels[free & (labels >= 0) & (moved == labels)], minlength=count)
        kept = using & (2 * stays >= np.bincount(code, minlength=count))
        return np.where((labels >= 0) & ~kept[labels], labels, moved)

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
