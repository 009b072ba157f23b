"""A table without a class that its service never touches goes to the service that does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries.graph import TABLE, EvidenceGraph

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels


class Ownership:
    """Who touches the tables of a graph; laid out once for all its partitions."""

    def __init__(self, graph: EvidenceGraph) -> None:
        import numpy as np

        touched = {
            (graph.table_node[access.table], user, access.operation != "read")
            for access in graph.system.accesses
            if access.resolution != "guessed" and access.table in graph.table_node
            if graph.members[graph.table_node[access.table]][0].startswith(TABLE)
            if (user := graph.node_of(access.definition, access.unit)) is not None
        }
        rows = np.array(sorted(touched), dtype=np.int64).reshape(-1, 3)
        self._tables, self._users = rows[:, 0], rows[:, 1]
        # Whoever writes it comes before everyone who only reads it.
        self._counts = 1 + rows[:, 2] * len(rows)

    def handed_over(self, labels: Labels) -> Labels:
        """The same with tables that code of other services alone uses where most of it is, of what writes first.

        Keys and names may tie a table to where nothing asks for it; who owned it there would have to answer for what others do. A table
        with a class of its own is where that is declared.
        """
        import numpy as np

        owned = labels.copy()
        count = int(labels.max(initial=-1)) + 1
        users = labels[self._users]
        placed = users >= 0
        keys, which = np.unique(self._tables[placed] * max(1, count) + users[placed], return_inverse=True)
        votes = np.bincount(which, self._counts[placed], len(keys))
        tables, services = keys // max(1, count), keys % max(1, count)
        touched = tables[services == labels[tables]]
        order = np.lexsort((services, -votes, tables))
        most = order[np.diff(tables[order], prepend=-1) > 0]
        most = most[~np.isin(tables[most], touched)]
        owned[tables[most]] = services[most]
        return owned
