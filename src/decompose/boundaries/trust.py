"""How far a split agrees with other ways of looking: with an ensemble of partitions, and with each kind of evidence alone.

They are kept with a run, so that any split of it can be compared with them later, also one made by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from decompose.boundaries.clustering import UNPLACED, Compared
from decompose.boundaries.generators.consensus import Ensemble
from decompose.boundaries.graph import EvidenceGraph
from decompose.system.model import Record

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels


class Clustering(Record, frozen=True):
    """One partition of all groups: the community of each, negative for none. ``weight`` says how much it counts among others."""

    weight: float
    communities: tuple[int, ...]


class Clusterings(Record, frozen=True):
    """What splits are compared with: the ensemble of partitions, and what each kind of evidence alone would give.

    Things that none of them tells apart are one group: ``units`` and ``tables`` have the group of each, in the order of the
    system's.
    """

    units: tuple[int, ...] = ()
    tables: tuple[int, ...] = ()
    ensemble: tuple[Clustering, ...] = ()
    layers: tuple[Clustering, ...] = ()


class Trust(NamedTuple):
    """Partitions of the nodes of a graph that others are compared with."""

    ensemble: Ensemble
    layers: tuple[Labels, ...]

    def scores(self, labels: Labels) -> dict[str, float]:
        """``seed_agreement`` and ``layer_agreement`` of a partition, where there is something to compare it with."""
        told = {}
        if self.ensemble.members:
            told["seed_agreement"] = self.ensemble.support(labels)
        if self.layers:
            own = Compared.of(labels)
            told["layer_agreement"] = sum(own.agreement(Compared.of(other)) for other in self.layers) / len(self.layers)
        return told

    def kept(self, graph: EvidenceGraph) -> Clusterings:
        """The partitions as a record that needs no graph."""
        import numpy as np

        everyone = (*self.ensemble.members, *self.layers)
        if not everyone:
            return Clusterings()
        number: dict[bytes, int] = {}
        said = np.ascontiguousarray(np.stack(everyone, axis=1, dtype=np.int32))
        group = [number.setdefault(row.tobytes(), len(number)) for row in said]
        first = np.unique(np.array(group), return_index=True)[1]

        def clustering(labels: Labels, weight: float) -> Clustering:
            return Clustering(weight=weight, communities=tuple(labels[first].tolist()))

        return Clusterings(
            units=tuple(group[graph.unit_node[unit.id]] for unit in graph.system.units),
            tables=tuple(group[graph.table_node[table.name]] for table in graph.system.tables),
            ensemble=tuple(map(clustering, self.ensemble.members, self.ensemble.weights.tolist())),
            layers=tuple(clustering(labels, 1.0) for labels in self.layers),
        )


def trust_of(graph: EvidenceGraph, kept: Clusterings) -> Trust:
    """The partitions of a graph's nodes that were kept of it."""
    import numpy as np

    group = groups_of_nodes(graph, kept)

    def labels(clustering: Clustering) -> Labels:
        # The last one is of nodes that no unit or table of the record stands for.
        return np.array([*clustering.communities, UNPLACED], dtype=np.int64)[group]

    return Trust(
        Ensemble(tuple(map(labels, kept.ensemble)), np.array([member.weight for member in kept.ensemble])),
        tuple(map(labels, kept.layers)),
    )


def groups_of_nodes(graph: EvidenceGraph, kept: Clusterings) -> Labels:
    """For each node of a graph its group; -1 for those of which nothing is kept."""
    import numpy as np

    group = np.full(len(graph.members), -1)
    known: Mapping[int, int] = {
        **{graph.unit_node[unit.id]: own for unit, own in zip(graph.system.units, kept.units, strict=False)},
        **{graph.table_node[table.name]: own for table, own in zip(graph.system.tables, kept.tables, strict=False)},
    }
    group[list(known)] = list(known.values())
    return group
