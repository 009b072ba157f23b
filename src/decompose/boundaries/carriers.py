"""Which units carry a word: in their names, in those of their modules, in paths that they answer to, or in tables that they use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from decompose.boundaries.graph import TABLE, EvidenceGraph
from decompose.system.words import singular, words_of

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights


class Carriers:
    """The carriers of words, each a stem by its number: ``paths`` are the stems of each node's paths, ``of_tables`` the words of tables
    (rows: a table's node, a stem, how often), ``uses`` who uses which table (rows: its node, its user, how often).
    """

    def __init__(
        self,
        graph: EvidenceGraph,
        numbers: Mapping[str, int],
        paths: Mapping[int, Sequence[set[str]]],
        of_tables: Labels,
        uses: Labels,
    ) -> None:
        import numpy as np

        self._span = max(1, len(numbers))
        self._units = np.array([not members[0].startswith(TABLE) for members in graph.members], dtype=bool)
        found: dict[str, set[int]] = {}

        def stems_of(text: str) -> set[int]:
            if text not in found:
                found[text] = {numbers[stem] for word in words_of(text) if (stem := singular(word)) in numbers}
            return found[text]

        own = {
            node * self._span + stem
            for node in np.flatnonzero(self._units).tolist()
            for text in graph.members[node][0].split(":", 1)
            for stem in stems_of(text)
        }
        own |= {
            node * self._span + numbers[stem]
            for node, told in paths.items()
            for stem in set().union(*told)
            if self._units[node] and stem in numbers
        }
        self._own: Labels = np.array(sorted(own), dtype=np.int64)
        """A unit and a stem that it carries by itself, as one number."""
        of_table: dict[int, list[int]] = defaultdict(list)
        for table, stem, _ in of_tables.T.tolist():
            of_table[table].append(stem)
        used = [
            (table, pair)
            for table, user, _ in uses.T.tolist()
            for stem in of_table.get(table, ())
            if (pair := user * self._span + stem) not in own
        ]
        self._used: Labels = np.array(used, dtype=np.int64).reshape(-1, 2).T
        """Two rows: a table's node, and its user with a stem that that one carries by the table alone, as one number."""

    def shares(self, own: Labels, groups: Labels, stems: Labels) -> Weights:
        """The share of the units of each of these groups that carry the stem beside it; ``own`` is the group of each node, or -1."""
        import numpy as np

        tables, used = self._used
        inside = own[tables] == own[used // self._span]
        pairs = np.concatenate([self._own, np.unique(used[inside])])
        group = own[pairs // self._span]
        said, counts = np.unique((group * self._span + pairs % self._span)[group >= 0], return_counts=True)
        asked = groups * self._span + stems
        at = np.minimum(np.searchsorted(said, asked), max(0, len(said) - 1))
        found = np.where(said[at] == asked, counts[at], 0) if len(said) else np.zeros(len(asked))
        sizes = np.bincount(own[(own >= 0) & self._units], minlength=int(groups.max(initial=-1)) + 1)
        shares: Weights = found / np.maximum(1, sizes[groups])
        return shares
