"""Leiden clustering (Traag, Waltman and van Eck, 2019) of weighted edges, with fixed seeds, and labels of nodes."""

from __future__ import annotations

import math
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.boundaries.agreement import rand_index

if TYPE_CHECKING:
    import numpy as np

    Labels = np.ndarray[Any, np.dtype[np.int64]]
    """For each node the number of its community or service; `SHARED_LABEL` and `UNPLACED` are below all of them."""
    Weights = np.ndarray[Any, np.dtype[np.float64]]
    Targets = np.ndarray[Any, np.dtype[np.int32]]
    Marks = np.ndarray[Any, np.dtype[np.uint64]]
    """For each node a number that is its own, wherever it stands among the others."""

Pair = tuple[int, int]
Run = tuple[float, int]
"""A resolution and a seed."""

_ITERATIONS = 2
_RANDOMNESS = 0.0001

_CELLS = 1_000_000
_STEP = 0x9E3779B97F4A7C15
"""Between the seeds of SplitMix64."""

SHARED_LABEL = -1
UNPLACED = -2
GRAIN = 4096
"""Weights are whole multiples of 1/4096."""


class Edges(NamedTuple):
    """Undirected weighted edges as arrays: ``ends[i]`` are two nodes, the smaller first, in ascending order.

    Weights are whole multiples of 1/4096, so that sums are exact and the last bits of a logarithm, which differ between
    machines, decide nothing.
    """

    ends: Labels
    weights: Weights

    @classmethod
    def of(cls, weighted: Mapping[Pair, float]) -> Edges:
        """From a mapping of pairs of different nodes."""
        import numpy as np

        ends = np.array(sorted(weighted), dtype=np.int64).reshape(-1, 2)
        return cls(ends, np.array([weighted[a, b] for a, b in ends.tolist()], dtype=np.float64)).rounded()

    def rounded(self) -> Edges:
        """Weights as multiples of the grain; edges that are finer than that are gone."""
        import numpy as np

        weights = np.round(self.weights * GRAIN) / GRAIN
        return Edges(self.ends[weights > 0], weights[weights > 0])

    def without(self, nodes: Collection[int]) -> Edges:
        """Those that touch none of the nodes."""
        import numpy as np

        kept = ~np.isin(self.ends, list(nodes)).any(axis=1)
        return Edges(self.ends[kept], self.weights[kept])

    def plus(self, other: Edges) -> Edges:
        """These and the others, added up."""
        import numpy as np

        ends, weights = np.concatenate([self.ends, other.ends]), np.concatenate([self.weights, other.weights])
        span = int(ends.max(initial=0)) + 1
        keys, which = np.unique(ends[:, 0] * span + ends[:, 1], return_inverse=True)
        summed = np.bincount(which, weights, len(keys)).astype(np.float64)
        return Edges(np.stack([keys // span, keys % span], axis=1), summed)

    def perturbed(self, seed: int, spread: float, marks: Marks) -> Edges:
        """The same with every weight multiplied by a number around 1 (log-normal), drawn from the seed and the ``marks`` of both ends: an
        edge more or less elsewhere changes nothing in it.
        """
        import numpy as np

        drawn = marks[self.ends].sum(axis=1, dtype=np.uint64) + np.uint64(seed * _STEP % 2**64)
        # The finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            drawn = (drawn ^ (drawn >> np.uint64(shift))) * np.uint64(factor)
        drawn ^= drawn >> np.uint64(31)
        # A sum of four uniform numbers is nearly normal, and the same on every machine.
        pieces = np.stack([(drawn >> np.uint64(16 * piece)) & np.uint64(0xFFFF) for piece in range(4)])
        noise = (pieces.sum(axis=0).astype(np.float64) / 0xFFFF - 2) * math.sqrt(3)
        return Edges(self.ends, self.weights * np.exp(spread * noise)).rounded()

    def contracted(self, group: Labels) -> Edges:
        """Edges between groups: ``group`` gives each node's. What is inside a group is gone."""
        import numpy as np

        ends = np.sort(group[self.ends], axis=1)
        between = ends[:, 0] != ends[:, 1]
        span = int(group.max(initial=0)) + 1
        keys, which = np.unique(ends[between, 0] * span + ends[between, 1], return_inverse=True)
        return Edges(
            np.stack([keys // span, keys % span], axis=1),
            np.bincount(which, self.weights[between], len(keys)).astype(np.float64),
        )

    def strengths(self, nodes: int) -> Weights:
        """For each of the nodes the sum of its weights."""
        import numpy as np

        return np.bincount(self.ends.ravel(), np.repeat(self.weights, 2), nodes).astype(np.float64)


def clusterings(
    executor: Executor, edges: Edges, nodes: int, runs: Iterable[Run], *, trials: int = 1
) -> Iterator[Labels]:
    """The communities that each run of Leiden finds, the best of its ``trials``; nodes without an edge stay unplaced.

    All runs start at once. The native code lets go of the interpreter's lock, so that threads are enough.
    """
    import numpy as np

    if not len(edges.weights):
        return iter(())
    starts, targets, weights = _rows(edges, nodes)
    alone = np.diff(starts) == 0
    pending = [executor.submit(_leiden, starts, targets, weights, alone, *run, trials) for run in runs]
    return (future.result() for future in pending)


def _rows(edges: Edges, nodes: int) -> tuple[Labels, Targets, Weights]:
    """Compressed sparse rows: where each node's begin, their targets in ascending order, their weights."""
    import numpy as np

    # The edges are in order: only what comes back from their larger ends has to be sorted, and stands in front in each row.
    back = np.argsort(edges.ends[:, 1], kind="stable")
    smaller, larger = edges.ends.T
    before = np.bincount(larger, minlength=nodes)
    behind = np.bincount(smaller, minlength=nodes)
    starts = np.concatenate([[0], np.cumsum(before + behind)])
    number = np.arange(len(smaller))
    forth_at = number + np.cumsum(before)[smaller]
    back_at = number + (np.cumsum(behind) - behind)[larger[back]]
    targets, weights = np.empty(2 * len(number), dtype=np.int32), np.empty(2 * len(number))
    targets[forth_at], targets[back_at] = larger, smaller[back]
    weights[forth_at], weights[back_at] = edges.weights, edges.weights[back]
    return starts, targets, weights


def _leiden(
    starts: Labels, targets: Targets, weights: Weights, alone: Labels, resolution: float, seed: int, trials: int
) -> Labels:
    import graspologic_native
    import numpy as np

    _, found = graspologic_native.leiden_csr(
        starts,
        targets,
        weights,
        len(alone),
        resolution=resolution,
        seed=seed,
        iterations=_ITERATIONS,
        randomness=_RANDOMNESS,
        trials=trials,
    )
    labels = np.full(len(alone), UNPLACED)
    labels[list(found)] = list(found.values())
    labels[alone] = UNPLACED
    return renumbered(labels)


class Explanation(NamedTuple):
    """How well a partition explains edges: what it takes to tell the partition, and what is saved by it, in nats.

    The degree-corrected planted partition (Zhang and Peixoto, Statistical inference of assortative community structures,
    2020; likelihood as in Newman, Equivalence between modularity optimization and maximum likelihood methods, 2016): edges
    fall inside communities at one rate and between them at another, and the partition has to be told as well, so that neither
    few large nor many small communities win by their number.
    """

    partition: float
    saved: float

    def length(self, evidence: float) -> float:
        """The description length, less is better; ``evidence``: the observations that a unit of weight stands for."""
        return round(self.partition - evidence * self.saved, 6)


def explained(labels: Labels, edges: Edges) -> Explanation:
    """How well the partition explains the edges, over the nodes that have one; what is unplaced counts as one group."""
    import numpy as np

    used = np.bincount(edges.ends.ravel(), minlength=len(labels)) > 0
    if not used.any():
        return Explanation(0.0, 0.0)
    placed = np.where(labels < 0, labels[used].max() + 1, labels)
    own = placed[used] - placed[used].min()
    total = float(edges.weights.sum())
    inside = float(edges.weights[placed[edges.ends[:, 0]] == placed[edges.ends[:, 1]]].sum())
    strength = np.bincount(own, edges.strengths(len(labels))[used])
    expected = float((strength**2).sum()) / (4 * total)
    saved = 0.0
    for seen, chance in ((inside, expected), (total - inside, total - expected)):
        if seen > 0 and chance > 0:
            saved += seen * math.log(seen / chance)
    sizes = [size for size in np.bincount(own).tolist() if size]
    count, groups = len(own), len(sizes)
    partition = math.lgamma(count + 1) - math.fsum(math.lgamma(size + 1) for size in sizes)
    partition += math.lgamma(count) - math.lgamma(groups) - math.lgamma(count - groups + 1) + math.log(count)
    return Explanation(partition, saved)


class Compared(NamedTuple):
    """A partition laid out to be compared with others: for each node its community, or their ``number`` where it has none."""

    communities: Labels
    number: int

    @classmethod
    def of(cls, labels: Labels) -> Compared:
        """From labels of nodes."""
        import numpy as np

        count = int(labels.max(initial=-1)) + 1
        return cls(np.where(labels < 0, count, labels), count)

    def agreement(self, other: Compared) -> float:
        """The adjusted Rand index of two partitions, over the nodes that both place in a community."""
        import numpy as np

        (one, rows), (two, columns) = self, other
        if rows * columns > _CELLS:
            both = (one < rows) & (two < columns)
            sizes = [np.unique(found[both], return_counts=True)[1] for found in (one * (columns + 1) + two, one, two)]
        else:
            # What is in no community is counted in a last row and column, which are left out.
            table = np.bincount(one * (columns + 1) + two, minlength=(rows + 1) * (columns + 1))
            table = table.reshape(rows + 1, columns + 1)[:rows, :columns]
            sizes = [table.ravel(), table.sum(axis=1), table.sum(axis=0)]
        items = int(sizes[2].sum())
        together, of_first, of_second = ((int(found @ found) - items) / 2 for found in sizes)
        return rand_index(together, of_first, of_second, items * (items - 1) / 2)


def agreement(first: Labels, second: Labels) -> float:
    """The adjusted Rand index of two partitions, over the nodes that both place in a community."""
    return Compared.of(first).agreement(Compared.of(second))


def marks_of(names: Iterable[str], groups: Labels | None = None) -> Marks:
    """Marks of nodes, from their names; of ``groups`` of them where these are given, from one that each has."""
    import numpy as np

    marks = np.array([zlib.crc32(name.encode(errors="replace")) for name in names], dtype=np.uint64)
    if groups is None:
        return marks
    least = np.full(int(groups.max(initial=-1)) + 1, 2**64 - 1, dtype=np.uint64)
    np.minimum.at(least, groups, marks)
    return least


def renumbered(labels: Labels) -> Labels:
    """Equal partitions get equal numbers: communities are numbered by their smallest node."""
    import numpy as np

    placed = labels >= 0
    _, first, community = np.unique(labels[placed], return_index=True, return_inverse=True)
    numbers = np.empty(len(first), dtype=np.int64)
    numbers[np.argsort(first)] = np.arange(len(first))
    made = labels.copy()
    made[placed] = numbers[community]
    return made


def strongest(groups: Labels, labels: Labels, weights: Weights | None = None) -> tuple[Labels, Labels]:
    """The groups in ascending order, and for each the label with the most weight; of equal ones the smallest.

    Weights are added up in the order in which they come, so that the result is the same on every machine.
    """
    import numpy as np

    span = int(labels.max(initial=0)) - UNPLACED + 1
    keys, which = np.unique(groups * span + (labels - UNPLACED), return_inverse=True)
    votes = np.bincount(which, weights)
    group = keys // span
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    if not len(starts):
        return group, group
    most = np.repeat(np.maximum.reduceat(votes, starts), np.diff(starts, append=len(group)))
    winners = np.flatnonzero(votes == most)
    winners = winners[np.diff(group[winners], prepend=-1) > 0]
    return group[winners], keys[winners] % span + UNPLACED


def majority(labels: Labels) -> int:
    """The label that most of them are; of equally many the smallest."""
    import numpy as np

    return int(np.bincount(labels - UNPLACED).argmax()) + UNPLACED
