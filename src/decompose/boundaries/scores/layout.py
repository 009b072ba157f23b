"""What scores count, laid out once as arrays: nothing here depends on a split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from decompose.boundaries.clustering import Pair
from decompose.boundaries.graph import CALL_LAYERS, EvidenceGraph
from decompose.boundaries.scores.reach import Reach
from decompose.system.calls.loops import Loops
from decompose.system.model import APART

if TYPE_CHECKING:
    import numpy as np

    from decompose.boundaries.clustering import Labels, Weights

    Columns = np.ndarray[Any, np.dtype[np.int8 | np.int16 | np.int32]]
    """Labels of all nodes, one partition in each column."""
    Values = Any
    """One float for each column, as an array; numpy is loaded late, through an attribute, so that its types are not known."""
    Counts = Any


_DENSE = 8_000_000
"""Up to so many cells a table of pairs of services is quicker than sorting pairs."""


class Layout:
    """Pairs of nodes are two rows: ``calls[0]`` calls ``calls[1]``. Groups are their nodes and where each starts.

    ``commits``: for each commit the files that it changed, where there is a history.
    """

    def __init__(self, graph: EvidenceGraph, commits: Sequence[Sequence[str]] = ()) -> None:
        import numpy as np

        self.np = np
        self.graph = graph
        self.commits = commits
        self._looked_up: tuple[Columns, Values, Values, Values] | None = None
        self._flowing: tuple[Columns, Values, Values, Values, Values] | None = None
        calls = [at for at, (*_, layer) in enumerate(graph.steering) if layer in CALL_LAYERS]
        self.calls = self._pairs(graph.steering[at][1:3] for at in calls)
        self.call_shares = np.array([graph.shares[at] for at in calls])
        writes: list[Pair] = []
        reads: list[Pair] = []
        statements: dict[tuple[str, str, int], set[int]] = defaultdict(set)
        for access in graph.system.accesses:
            unit, table = graph.node_of(access.definition, access.unit), graph.table_node.get(access.table)
            if unit is not None and table is not None and access.resolution != "guessed":
                if access.operation == "read":
                    reads.append((unit, table))
                elif not access.follows:
                    writes.append((unit, table))
                if APART not in access.rule:
                    statements[access.definition, access.file, access.line].add(table)
        self.reads = self._pairs(reads)
        # The writes of one table stand together, as do the tables of one transaction.
        self.writes = self._pairs(sorted(writes, key=lambda pair: pair[1]))
        self.written = np.flatnonzero(np.diff(self.writes[1], prepend=-1))
        self.keys = self._pairs(
            (graph.table_node[k.table], graph.table_node[k.target_table])
            for k in graph.system.foreign_keys
            if k.table in graph.table_node and k.target_table in graph.table_node and k.table != k.target_table
        )
        written = [
            nodes
            for t in graph.system.transactions
            if (nodes := sorted({graph.table_node[name] for name in t.tables_written if name in graph.table_node}))
        ]
        self.in_transactions, self.transactions = self._groups(written)
        self.in_joins, self.joins = self._groups([sorted(group) for group in statements.values() if len(group) > 1])
        combined = graph.combined()
        self.edges, self.weights = np.ascontiguousarray(combined.ends.T), combined.weights
        self.total = float(self.weights.sum())
        self.degree: Weights = combined.strengths(len(graph.members))

    def _pairs(self, pairs: Iterable[Pair]) -> Labels:
        """The first nodes of the pairs, and the second ones."""
        return self.np.ascontiguousarray(self.np.array(list(pairs), dtype=self.np.int64).reshape(-1, 2).T)

    def _groups(self, groups: Sequence[Sequence[int]]) -> tuple[Labels, Labels]:
        np = self.np
        nodes = np.array([node for group in groups for node in group], dtype=np.int64)
        return nodes, np.cumsum([0, *map(len, groups)])[:-1].astype(np.int64)

    @cached_property
    def messages(self) -> Labels:
        """Distinct calls between units, in the order of the units that are called."""
        np = self.np
        span = len(self.graph.members)
        keys = np.unique(self.calls[1] * span + self.calls[0])
        found: Labels = np.stack([keys % span, keys // span])
        return found

    @cached_property
    def repeated(self) -> Labels:
        """The messages of which a call stands in a loop."""
        np = self.np
        loops, span = Loops(self.graph.system.surroundings), len(self.graph.members)
        keys = [
            target * span + source
            for call in self.graph.system.dependencies
            if call.runs and call.resolution != "guessed" and loops.repeat(call)
            if (source := self.graph.node_of(call.source, call.source_unit)) is not None
            and (target := self.graph.node_of(call.target, call.target_unit)) is not None
        ]
        found: Labels = np.flatnonzero(np.isin(self.messages[1] * span + self.messages[0], keys))
        return found

    def message_ends(self, columns: Columns) -> tuple[Values, Values, Values]:
        """The services that each message leaves and enters, and whether it crosses; several measures ask in turn."""
        if self._looked_up is None or self._looked_up[0] is not columns:
            np = self.np
            first, second = (columns.take(ends, axis=0) for ends in self.messages)
            self._looked_up = columns, first, second, (first != second) & (np.minimum(first, second) >= 0)
        return self._looked_up[1:]

    def flows(self, columns: Columns) -> tuple[Values, Values, Values, Values]:
        """How many messages each service sends to each, where there are any: the column, the services, and the number; several
        measures ask in turn.
        """
        if self._flowing is None or self._flowing[0] is not columns:
            np = self.np
            first, second, _ = self.message_ends(columns)
            # The shared library is number 0.
            span = int(columns.max(initial=-1)) + 2
            keys = ((np.arange(columns.shape[1]) * span + 1)[None, :] + first) * span
            keys += second
            keys += 1
            if columns.shape[1] * span * span <= _DENSE:
                counts = np.bincount(keys.ravel(), minlength=columns.shape[1] * span * span)
                found = np.flatnonzero(counts)
                counts = counts[found]
            else:
                found, counts = np.unique(keys, return_counts=True)
            self._flowing = columns, found // (span * span), found // span % span - 1, found % span - 1, counts
        return self._flowing[1:]

    @cached_property
    def call_counts(self) -> Values:
        """How many calls each message stands for; of one that may lead to several targets a part each."""
        np = self.np
        span = len(self.graph.members)
        which = np.unique(self.calls[1] * span + self.calls[0], return_inverse=True)[1]
        return np.bincount(which, self.call_shares)

    def counted(self, labels: Columns, which: Values, services: int = 0) -> Counts:
        """For each column, how many of its labels are each service's, where ``which`` holds; services in the second axis."""
        np = self.np
        count = services or max(1, int(labels.max(initial=-1)) + 1)
        keys = np.arange(labels.shape[1])[None, :] * count + labels
        return np.bincount(keys[which], minlength=labels.shape[1] * count).reshape(labels.shape[1], count)

    def sizes(self, columns: Columns) -> Counts:
        """For each column, how many nodes each service has; 1 for those that have none, and for the shared library, at the end."""
        np = self.np
        found = np.maximum(self.counted(columns, columns >= 0), 1)
        return np.concatenate([found, np.ones((len(found), 1), dtype=np.int64)], axis=1)

    @cached_property
    def reach(self) -> Reach:
        """What each entry point reaches through calls."""
        return Reach(self.messages, len(self.graph.members), sorted(self.graph.enters))

    @cached_property
    def changed(self) -> tuple[Labels, Labels]:
        """Commits as groups of nodes: each file that was changed stands for its largest unit."""
        largest: dict[str, tuple[int, int]] = {}
        for unit in self.graph.system.units:
            node = self.graph.unit_node[unit.id]
            largest[unit.file] = max(largest.get(unit.file, (-1, 0)), (unit.lines, -node))
        groups = [sorted({-largest[file][1] for file in files if file in largest}) for files in self.commits]
        return self._groups([group for group in groups if group])

    @cached_property
    def contexts(self) -> Labels:
        """Units that entry points enter, and the business context of each: the first telling word of its name or path."""
        from decompose.boundaries.nouns import context_of

        numbers: dict[str, int] = {}
        pairs = {
            (node, numbers.setdefault(context, len(numbers)))
            for entry in self.graph.system.entry_points
            if (node := self.graph.node_of(entry.handler)) is not None and (context := context_of(entry.name))
        }
        return self._pairs(sorted(pairs))
