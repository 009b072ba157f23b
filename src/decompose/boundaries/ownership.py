"""A table without a class that its service never touches goes to the service that does; one that only joins two others goes to one of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from decompose.boundaries.graph import TABLE, EvidenceGraph
from decompose.system.model import System

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels

_JOINED = 2


class Ownership:
    """Who touches the tables of a graph; laid out once for all its partitions."""

    def __init__(self, graph: EvidenceGraph) -> None:
        import numpy as np

        touched = Counter(
            (graph.table_node[access.table], user, access.operation != "read")
            for access in graph.system.accesses
            if access.resolution != "guessed" and access.table in graph.table_node
            if graph.members[graph.table_node[access.table]][0].startswith(TABLE)
            if (user := graph.node_of(access.definition, access.unit)) is not None
        )
        rows = np.array(sorted(touched), dtype=np.int64).reshape(-1, 3)
        self._tables, self._users = rows[:, 0], rows[:, 1]
        # Whoever writes it comes before everyone who only reads it.
        self._counts = 1 + rows[:, 2] * len(rows)
        self._writers: dict[int, Counter[int]] = defaultdict(Counter)
        for (table, user, writes), often in touched.items():
            if writes:
                self._writers[table][user] += often
        self._joined = {
            graph.table_node[table]: list(dict.fromkeys(graph.table_node[end] for end in ends))
            for table, ends in joined_tables(graph.system).items()
        }

    def handed_over(self, labels: Labels) -> Labels:
        """The same with tables that code of other services alone uses where most of it is, of what writes first; and tables that only
        join two others with one of these.

        Keys and names may tie a table to where nothing asks for it; who owned it there would have to answer for what others do. A table
        with a class of its own is where that is declared.
        """
        return self._beside_an_end(self._where_touched(labels))

    def _where_touched(self, labels: Labels) -> Labels:
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

    def _beside_an_end(self, labels: Labels) -> Labels:
        """A table that only joins others, of which its service has none, goes to that whose code writes it most; it stays where code
        writes it as often as that of any of them.
        """
        owned = labels.copy()
        for table, ends in self._joined.items():
            homes = [int(labels[end]) for end in ends if labels[end] >= 0]
            if not homes or labels[table] in homes:
                continue
            writes: Counter[int] = Counter()
            for user, often in self._writers[table].items():
                writes[int(labels[user])] += often
            best = max(homes, key=lambda home: writes[home])  # of equals the first
            if not writes[int(labels[table])] or writes[best] > writes[int(labels[table])]:
                owned[table] = best
        return owned


def joined_tables(system: System) -> dict[str, list[str]]:
    """The tables of rows between others, without a class and a column of their own, with what they join: first those to which fewest keys
    lead, as what joins anything with the users says something about that and nothing about users.
    """
    leading = Counter(key.target_table for key in system.foreign_keys)
    ends: dict[str, set[str]] = defaultdict(set)
    columns: dict[str, set[str]] = defaultdict(set)
    for key in system.foreign_keys:
        ends[key.table].add(key.target_table)
        columns[key.table].update(key.columns)
    known = {table.name for table in system.tables}
    return {
        table.name: sorted(ends[table.name], key=lambda end: (leading[end], end))
        for table in sorted(system.tables, key=lambda table: table.name)
        if not table.model and len(ends[table.name]) >= _JOINED and ends[table.name] <= known
        if table.between or {column.name for column in table.columns} <= columns[table.name].union(table.primary_key)
    }
