"""Scores splits of one system, each measure against shuffled labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from decompose.boundaries.clustering import SHARED_LABEL
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.scores.chance import SHUFFLES, orders
from decompose.boundaries.scores.layout import Layout
from decompose.boundaries.scores.measures import MEASURES, non_extreme_distribution
from decompose.boundaries.split import Score, Split

if TYPE_CHECKING:
    import numpy as np

    from decompose.boundaries.clustering import Labels
    from decompose.boundaries.scores.layout import Columns

Scored = Callable[[], tuple[Score, ...]]
"""Gives the scores of a partition, as soon as they are there."""

_CHUNK = 40


class Scorer(Layout):
    """All scores of partitions of a graph. ``commits``: the files that each commit changed, where there is a history."""

    def __init__(self, graph: EvidenceGraph, commits: Sequence[Sequence[str]] = ()) -> None:
        super().__init__(graph, commits)
        self._measures = [m for m in MEASURES if m.of is not None and (m.name != "lockstep" or len(self.changed[1]))]

    @cached_property
    def _shuffles(self) -> np.ndarray[Any, np.dtype[np.int32]]:
        """Orders of the nodes, one in each column, the same for every split."""
        return orders(len(self.degree))

    def scores(
        self, labels: Labels, *, shuffles: int = SHUFFLES, told: Mapping[str, float] | None = None
    ) -> tuple[Score, ...]:
        """All scores of a partition (`SHARED_LABEL`: shared library), with z against ``shuffles`` shuffles.

        ``told``: scores that are known from elsewhere, such as agreement.
        """
        np = self.np
        # Most of the time goes into gathering labels, and less of it where they are small.
        most = labels.max(initial=0)
        own: Columns = labels.astype(next(kind for kind in (np.int8, np.int16, np.int32) if most < np.iinfo(kind).max))
        values = {name: float(value[0]) for name, value in self._measure(own.reshape(-1, 1)).items()}
        spread: dict[str, list[float]] = {name: [] for name in values}
        # Where all nodes have one label, every order is the same.
        for start in range(0, shuffles if len(set(own.tolist())) > 1 else 0, _CHUNK):
            columns = own[self._shuffles[:, start : min(start + _CHUNK, shuffles)]]
            for name, measured in self._measure(columns).items():
                spread[name] += measured.tolist()
        sizes = np.bincount(own[own >= 0]) if (own >= 0).any() else np.array([0])
        placed = int(sizes.sum())
        shares = sizes / placed if placed else np.ones(1)
        fixed = {
            "independence": float(1 - (shares**2).sum()),
            "largest_share": float(sizes.max() / placed) if placed else 0.0,
            "coverage": placed / len(own) if len(own) else 0.0,
            "non_extreme_distribution": non_extreme_distribution([size for size in sizes.tolist() if size]),
            "services": float((sizes > 0).sum()),
            **self._exact_cuts(own),
        }
        found = {
            name: Score(name=name, value=_rounded(value), z=_z(value, spread[name])) for name, value in values.items()
        }
        return with_told(found.values(), {**fixed, **(told or {})})

    def later(self, labels: Labels) -> Scored:
        """The scores of a partition, once they are asked for."""
        return partial(self.scores, labels)

    def _measure(self, columns: Columns) -> dict[str, Any]:
        """Each score for every column of labels."""
        return {measure.name: measure.of(self, columns) for measure in self._measures if measure.of is not None}

    @cached_property
    def _sureness(self) -> tuple[Labels, Labels]:
        """Calls and accesses as pairs of nodes, and which are exact."""
        pairs, exact = [], []
        for item in self.graph.system.dependencies:
            if item.resolution != "guessed" and item.runs:
                source, target = (
                    self.graph.node_of(item.source, item.source_unit),
                    self.graph.node_of(item.target, item.target_unit),
                )
                if source is not None and target is not None:
                    pairs.append((source, target))
                    exact.append(item.resolution == "exact")
        for access in self.graph.system.accesses:
            unit, table = self.graph.node_of(access.definition, access.unit), self.graph.table_node.get(access.table)
            if access.resolution != "guessed" and unit is not None and table is not None:
                pairs.append((unit, table))
                exact.append(access.resolution == "exact")
        return self._pairs(pairs), self.np.array(exact, dtype=self.np.int64)

    def _exact_cuts(self, own: Columns) -> dict[str, float]:
        pairs, exact = self._sureness
        first, second = own[pairs[0]], own[pairs[1]]
        cut = (first != second) & (self.np.minimum(first, second) >= 0)
        return {"exact_cuts": float(exact[cut].mean())} if cut.any() else {}


def with_told(scores: Iterable[Score], told: Mapping[str, float]) -> tuple[Score, ...]:
    """Scores with those that are known from elsewhere, in the order of the measures."""
    found = {score.name: score for score in scores}
    found |= {name: Score(name=name, value=_rounded(value)) for name, value in told.items()}
    return tuple(found[measure.name] for measure in MEASURES if measure.name in found)


def scored(scorer: Scorer, split: Split, *, shuffles: int = SHUFFLES, told: Mapping[str, float] | None = None) -> Split:
    """``split`` with its scores."""
    import msgspec

    found = scorer.scores(labels_of(scorer.graph, split), shuffles=shuffles, told=told)
    return msgspec.structs.replace(split, scores=found)


def labels_of(graph: EvidenceGraph, split: Split) -> Labels:
    """For each node the number of its service, `SHARED_LABEL` for the shared library."""
    import numpy as np

    labels = np.full(len(graph.members), SHARED_LABEL)
    for number, service in enumerate(split.services):
        labels[[graph.unit_node[unit] for unit in service.units if unit in graph.unit_node]] = number
    for number, service in enumerate(split.services):
        labels[[graph.table_node[table] for table in service.tables if table in graph.table_node]] = number
    return labels


def _rounded(value: float) -> float:
    # Sums over many edges may differ in the last bits between processors.
    return round(value, 6) + 0.0


def _z(value: float, spread: list[float]) -> float | None:
    if len(spread) < 2:
        return None
    mean = sum(spread) / len(spread)
    deviation = (sum((x - mean) ** 2 for x in spread) / (len(spread) - 1)) ** 0.5
    return round((value - mean) / deviation, 2) + 0.0 if deviation > 1e-9 else None
