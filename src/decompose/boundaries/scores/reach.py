"""What one request of each entry point may run: calls followed from it, whatever branch is taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from decompose.system.components import components

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights
    from decompose.boundaries.scores.layout import Columns, Values


class Reach:
    """``requests[i]``: the share of entry points that reach call ``i``. Calls in a cycle count once, and make no chain."""

    def __init__(self, messages: Labels, nodes: int, entries: Sequence[int]) -> None:
        import numpy as np

        self.entries = np.array(entries, dtype=np.int64)
        calls: list[list[int]] = [[] for _ in range(nodes)]
        for caller, called in messages.T.tolist():
            calls[caller].append(called)
        component = [0] * nodes
        order = components(calls)  # callees first
        for number, members in enumerate(order):
            for node in members:
                component[node] = number
        reaching = [0] * len(order)
        for bit, entry in enumerate(entries):
            reaching[component[entry]] |= 1 << bit
        height = [0] * len(order)
        for number, members in enumerate(order):
            for node in members:
                for called in calls[node]:
                    if component[called] != number:
                        height[number] = max(height[number], height[component[called]] + 1)
        for number in range(len(order) - 1, -1, -1):
            for node in order[number]:
                for called in calls[node]:
                    reaching[component[called]] |= reaching[number]
        counts = [reaching[component[source]].bit_count() for source in messages[0].tolist()]
        self.requests: Weights = np.array(counts, dtype=np.float64) / max(1, len(entries))
        self.component = np.array(component, dtype=np.int64)
        self.count = len(order)
        whence, whither = self.component[messages[0]], self.component[messages[1]]
        apart = whence != whither
        level = np.array(height, dtype=np.int64)[whence]
        reached = np.array([bits > 0 for bits in reaching])[whence]
        keep = np.flatnonzero(apart & reached)
        self._order = keep[np.lexsort((whence[keep], level[keep]))]
        self._whence, self._whither, self._level = whence[self._order], whither[self._order], level[self._order]

    def longest_chain(self, crossing: Columns) -> Values:
        """The mean over entry points of the most crossing calls on any path; ``crossing`` has a row for each message."""
        import numpy as np

        depth = np.zeros((self.count, crossing.shape[1]), dtype=np.int16)
        bounds = np.flatnonzero(np.diff(self._level, prepend=-1, append=-1))
        for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            here = slice(start, end)
            length = depth[self._whither[here]] + crossing[self._order[here]]
            whence = self._whence[here]
            first = np.flatnonzero(np.diff(whence, prepend=-1))
            depth[whence[first]] = np.maximum.reduceat(length, first, axis=0)
        found: Values = depth[self.component[self.entries]].mean(axis=0) if len(self.entries) else depth[:0].sum(axis=0)
        return found
