"""Scores of a split, each against splits of the same sizes with shuffled labels (the null model).

All are shares between 0 and 1 unless said otherwise. What a nonsense split would win is named in each formula's
note, because every structural score has such a split.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from decompose.boundaries.graph import EvidenceGraph, Pair
from decompose.boundaries.split import SHARED, Score, Split

if TYPE_CHECKING:
    import numpy as np

    Labels = np.ndarray[Any, np.dtype[np.int64]]

SHUFFLES = 200
_CHUNK = 25

DIRECTIONS: dict[str, int] = {
    "single_writer_tables": 1,
    "foreign_writes": -1,
    "foreign_reads": -1,
    "cut_foreign_keys": -1,
    "spanning_transactions": -1,
    "inter_call": -1,
    "modularity": 1,
    "independence": 1,
    "largest_share": -1,
    "coverage": 1,
    "services": 0,
}
"""Score -> 1 (higher is better), -1 (lower is better), 0 (neither)."""

DESCRIPTIONS: dict[str, str] = {
    "single_writer_tables": "tables that only one service writes, of all tables written",
    "foreign_writes": "writes to a table that another service owns, of all writes",
    "foreign_reads": "reads of a table that another service owns, of all reads",
    "cut_foreign_keys": "foreign keys between tables of different owners, of all keys",
    "spanning_transactions": "transactions that write tables of several services, of those that write at all",
    "inter_call": "calls between services, of all calls between units (inter-call percentage, Kalia et al. 2021)",
    "modularity": "Newman's modularity of the evidence graph (Newman and Girvan 2004), from -0.5 to 1",
    "independence": "pairs of units that need not be deployed together (the Gini-Simpson index of the services' sizes)",
    "largest_share": "units in the largest service, of all units in services",
    "coverage": "units in a service rather than in the shared library",
    "services": "number of services",
}


class Scorer:
    """Scores splits of one system; everything that does not depend on the split is laid out once, as arrays."""

    def __init__(self, graph: EvidenceGraph) -> None:
        import numpy as np

        self.np = np
        self.graph = graph
        self.calls = self._pairs((s, t) for s, t, layer in graph.dependency_pairs() if layer in ("calls", "tasks"))
        writes: list[Pair] = []
        reads: list[Pair] = []
        for access in graph.system.accesses:
            unit, table = graph.node_of(access.definition, access.unit), graph.table_node.get(access.table)
            if unit is not None and table is not None and access.resolution != "guessed":
                (reads if access.operation == "read" else writes).append((unit, table))
        self.writes, self.reads = self._pairs(writes), self._pairs(reads)
        self.keys = self._pairs(
            (graph.table_node[k.table], graph.table_node[k.target_table])
            for k in graph.system.foreign_keys
            if k.table in graph.table_node and k.target_table in graph.table_node and k.table != k.target_table
        )
        self.transactions = [
            np.array(nodes, dtype=np.int64)
            for t in graph.system.transactions
            if (nodes := sorted({graph.table_node[name] for name in t.tables_written if name in graph.table_node}))
        ]
        combined = graph.combined()
        self.edges = self._pairs(combined)
        self.weights = np.array(list(combined.values()), dtype=np.float64)

    def _pairs(self, pairs: Any) -> Labels:
        listed = list(pairs)
        return self.np.array(listed, dtype=self.np.int64).reshape(-1, 2)

    def scores(self, labels: Mapping[int, int], *, shuffles: int = SHUFFLES) -> tuple[Score, ...]:
        """All scores of the partition ``labels`` (-1: shared library), with z against ``shuffles`` shuffles."""
        np = self.np
        own = np.array([labels.get(node, -1) for node in range(len(self.graph.members))], dtype=np.int64)
        values = {name: float(value[0]) for name, value in self._measure(own.reshape(1, -1)).items()}
        spread: dict[str, list[float]] = {name: [] for name in values}
        generator = np.random.default_rng(20_240_229)
        for start in range(0, shuffles, _CHUNK):
            rows = np.stack([generator.permutation(own) for _ in range(min(_CHUNK, shuffles - start))])
            for name, measured in self._measure(rows).items():
                spread[name] += measured.tolist()
        sizes = np.bincount(own[own >= 0]) if (own >= 0).any() else np.array([0])
        placed = int(sizes.sum())
        shares = sizes / placed if placed else np.ones(1)
        fixed = {
            "independence": float(1 - (shares**2).sum()),
            "largest_share": float(sizes.max() / placed) if placed else 0.0,
            "coverage": placed / len(own) if len(own) else 0.0,
            "services": float((sizes > 0).sum()),
        }
        scores = [Score(name=name, value=_rounded(value), z=_z(value, spread[name])) for name, value in values.items()]
        scores += [Score(name=name, value=_rounded(value)) for name, value in fixed.items()]
        order = list(DIRECTIONS)
        return tuple(sorted(scores, key=lambda score: order.index(score.name)))

    def _measure(self, rows: Labels) -> dict[str, Any]:
        """Each score for every row of labels."""
        np = self.np
        crossing = {
            "foreign_writes": self._crossing(rows, self.writes),
            "foreign_reads": self._crossing(rows, self.reads),
            "cut_foreign_keys": self._crossing(rows, self.keys),
            "inter_call": self._crossing(rows, self.calls),
        }
        single = np.ones(len(rows))
        if len(self.writes):
            units, tables = self.writes[:, 0], self.writes[:, 1]
            order = np.argsort(tables, kind="stable")
            by_table = rows[:, units[order]]
            starts = np.flatnonzero(np.r_[True, np.diff(tables[order]) > 0])
            # The shared library has no data of its own: what it writes, it writes for whoever calls it.
            high = np.maximum.reduceat(by_table, starts, axis=1)
            low = np.minimum.reduceat(np.where(by_table < 0, np.iinfo(np.int64).max, by_table), starts, axis=1)
            single = (low >= high).mean(axis=1)
        spanning = np.zeros(len(rows))
        if self.transactions:
            for nodes in self.transactions:
                chosen = rows[:, nodes]
                spanning += chosen.max(axis=1) != chosen.min(axis=1)
            spanning /= len(self.transactions)
        return {
            "single_writer_tables": single,
            **crossing,
            "spanning_transactions": spanning,
            "modularity": self._modularity(rows),
        }

    def _crossing(self, rows: Labels, pairs: Labels) -> Any:
        """The share of pairs that lie in two different services; pairs with the shared library count as local."""
        np = self.np
        if not len(pairs):
            return np.zeros(len(rows))
        first, second = rows[:, pairs[:, 0]], rows[:, pairs[:, 1]]
        return ((first != second) & (first >= 0) & (second >= 0)).mean(axis=1)

    def _modularity(self, rows: Labels) -> Any:
        np = self.np
        total = self.weights.sum()
        if not total:
            return np.zeros(len(rows))
        count = int(rows.max()) + 2
        degree = np.zeros(len(self.graph.members))
        np.add.at(degree, self.edges[:, 0], self.weights)
        np.add.at(degree, self.edges[:, 1], self.weights)
        result = np.empty(len(rows))
        for index, row in enumerate(rows):
            same = row[self.edges[:, 0]] == row[self.edges[:, 1]]
            inside = self.weights[same].sum() / total
            strength = np.bincount(row + 1, weights=degree, minlength=count) / (2 * total)
            result[index] = inside - (strength**2).sum()
        return result


def scored(scorer: Scorer, split: Split, *, shuffles: int = SHUFFLES) -> Split:
    """``split`` with its scores."""
    import msgspec

    return msgspec.structs.replace(split, scores=scorer.scores(labels_of(scorer.graph, split), shuffles=shuffles))


def labels_of(graph: EvidenceGraph, split: Split) -> dict[int, int]:
    """Node -> number of its service, -1 for the shared library."""
    number = {service.name: index for index, service in enumerate(split.services)}
    labels = {}
    for unit, service in split.service_of_unit().items():
        if unit in graph.unit_node:
            labels[graph.unit_node[unit]] = -1 if service == SHARED else number[service]
    for table, service in split.service_of_table().items():
        if table in graph.table_node:
            labels[graph.table_node[table]] = number[service]
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
