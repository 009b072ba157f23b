"""Leiden clustering (Traag, Waltman and van Eck, 2019) of edge lists, with fixed seeds, and labels of nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Labels = np.ndarray[Any, np.dtype[np.int64]]
    """For each node the number of its community or service; `SHARED_LABEL` and `UNPLACED` are below all of them."""
    Weights = np.ndarray[Any, np.dtype[np.float64]]

Pair = tuple[int, int]
Run = tuple[float, int]
"""A resolution and a seed."""

SHARED_LABEL = -1
UNPLACED = -2


def clusterings(executor: Executor, edges: Mapping[Pair, float], nodes: int, runs: Iterable[Run]) -> Iterator[Labels]:
    """The communities that each run of Leiden finds; nodes without an edge stay unplaced.

    All runs start at once. The native code lets go of the interpreter's lock, so that threads are enough.
    """
    listed = [(str(a), str(b), weight) for (a, b), weight in sorted(edges.items()) if weight > 0]
    if not listed:
        return iter(())
    pending = [executor.submit(_leiden, listed, nodes, *run) for run in runs]
    return (future.result() for future in pending)


def _leiden(edges: list[tuple[str, str, float]], nodes: int, resolution: float, seed: int) -> Labels:
    import graspologic_native
    import numpy as np

    _, found = graspologic_native.leiden(edges, resolution=resolution, seed=seed, iterations=2)
    labels = np.full(nodes, UNPLACED)
    labels[[int(node) for node in found]] = list(found.values())
    return renumbered(labels)


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
