"""Scores of a split, each against splits of the same sizes with shuffled labels (the null model).

All are shares between 0 and 1 unless said otherwise. What a nonsense split would win is named in each formula's
note, because every structural score has such a split.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from decompose.boundaries.clustering import SHARED_LABEL, Pair
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.split import Score, Split

if TYPE_CHECKING:
    import numpy as np

    from decompose.boundaries.clustering import Labels

    Columns = np.ndarray[Any, np.dtype[np.int16 | np.int32]]

SHUFFLES = 200
_CHUNK = 40

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
        self.calls = self._pairs((s, t) for s, t, layer in graph.dependency_pairs if layer in ("calls", "tasks"))
        writes: list[Pair] = []
        reads: list[Pair] = []
        for access in graph.system.accesses:
            unit, table = graph.node_of(access.definition, access.unit), graph.table_node.get(access.table)
            if unit is not None and table is not None and access.resolution != "guessed":
                (reads if access.operation == "read" else writes).append((unit, table))
        self.reads = self._pairs(reads)
        # The writes of one table stand together, as do the tables of one transaction.
        self.writes = self._pairs(sorted(writes, key=lambda pair: pair[1]))
        self.written = np.flatnonzero(np.diff(self.writes[1], prepend=-1))
        self.keys = self._pairs(
            (graph.table_node[k.table], graph.table_node[k.target_table])
            for k in graph.system.foreign_keys
            if k.table in graph.table_node and k.target_table in graph.table_node and k.table != k.target_table
        )
        transactions = [
            nodes
            for t in graph.system.transactions
            if (nodes := sorted({graph.table_node[name] for name in t.tables_written if name in graph.table_node}))
        ]
        self.in_transactions = np.array([node for nodes in transactions for node in nodes], dtype=np.int64)
        self.transactions = np.cumsum([0, *map(len, transactions)])[:-1]
        combined = graph.combined()
        self.edges = self._pairs(combined)
        self.weights = np.array(list(combined.values()), dtype=np.float64)
        self.total = self.weights.sum()
        self.degree = np.zeros(len(graph.members))
        np.add.at(self.degree, self.edges[0], self.weights)
        np.add.at(self.degree, self.edges[1], self.weights)

    def _pairs(self, pairs: Iterable[Pair]) -> Labels:
        """The first nodes of the pairs, and the second ones."""
        return self.np.ascontiguousarray(self.np.array(list(pairs), dtype=self.np.int64).reshape(-1, 2).T)

    @cached_property
    def _shuffles(self) -> np.ndarray[Any, np.dtype[np.int32]]:
        """Orders of the nodes, one in each column, the same for every split."""
        generator = self.np.random.default_rng(20_240_229)
        orders = [generator.permutation(len(self.degree)).astype(self.np.int32) for _ in range(SHUFFLES)]
        return self.np.stack(orders, axis=1)

    def scores(self, labels: Labels, *, shuffles: int = SHUFFLES) -> tuple[Score, ...]:
        """All scores of a partition (`SHARED_LABEL`: shared library), with z against ``shuffles`` shuffles."""
        np = self.np
        # Most of the time goes into gathering labels, and less of it where they are small.
        own: Columns = labels.astype(np.int16 if labels.max(initial=0) < np.iinfo(np.int16).max else np.int32)
        values = {name: float(value[0]) for name, value in self._measure(own.reshape(-1, 1)).items()}
        spread: dict[str, list[float]] = {name: [] for name in values}
        for start in range(0, shuffles, _CHUNK):
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
            "services": float((sizes > 0).sum()),
        }
        scores = [Score(name=name, value=_rounded(value), z=_z(value, spread[name])) for name, value in values.items()]
        scores += [Score(name=name, value=_rounded(value)) for name, value in fixed.items()]
        order = list(DIRECTIONS)
        return tuple(sorted(scores, key=lambda score: order.index(score.name)))

    def _measure(self, columns: Columns) -> dict[str, Any]:
        """Each score for every column of labels."""
        np = self.np
        single = np.ones(columns.shape[1])
        if len(self.written):
            writers = columns[self.writes[0]]
            # The shared library has no data of its own: what it writes, it writes for whoever calls it.
            high = np.maximum.reduceat(writers, self.written)
            low = np.minimum.reduceat(np.where(writers < 0, np.iinfo(writers.dtype).max, writers), self.written)
            single = (low >= high).mean(axis=0)
        spanning = np.zeros(columns.shape[1])
        if len(self.transactions):
            owners = columns[self.in_transactions]
            high, low = (extreme.reduceat(owners, self.transactions) for extreme in (np.maximum, np.minimum))
            spanning = (low != high).mean(axis=0)
        return {
            "single_writer_tables": single,
            "foreign_writes": self._crossing(columns, self.writes),
            "foreign_reads": self._crossing(columns, self.reads),
            "cut_foreign_keys": self._crossing(columns, self.keys),
            "inter_call": self._crossing(columns, self.calls),
            "spanning_transactions": spanning,
            "modularity": self._modularity(columns),
        }

    def _crossing(self, columns: Columns, pairs: Labels) -> Any:
        """The share of pairs that lie in two different services; pairs with the shared library count as local."""
        np = self.np
        if not pairs.size:
            return np.zeros(columns.shape[1])
        first, second = columns[pairs[0]], columns[pairs[1]]
        return ((first != second) & (np.minimum(first, second) >= 0)).mean(axis=0)

    def _modularity(self, columns: Columns) -> Any:
        np = self.np
        if not self.total:
            return np.zeros(columns.shape[1])
        same = columns[self.edges[0]] == columns[self.edges[1]]
        inside = np.einsum("e,ec->c", self.weights, same) / self.total
        strength = [np.bincount(column + 1, weights=self.degree) / (2 * self.total) for column in columns.T]
        return inside - [(shares**2).sum() for shares in strength]


def scored(scorer: Scorer, split: Split, *, shuffles: int = SHUFFLES) -> Split:
    """``split`` with its scores."""
    import msgspec

    return msgspec.structs.replace(split, scores=scorer.scores(labels_of(scorer.graph, split), shuffles=shuffles))


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
