"""Packages that are one thing, and the ties that follow: as far as the rest of the evidence puts their code together.

Where an application is laid out by domain its packages are what its owners would call its parts; where it is laid out by layer they hold
something of everything. Which of the two a package is, is asked of partitions that were made without looking at modules or packages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from decompose.boundaries.clustering import Edges
from decompose.boundaries.graph import EvidenceGraph

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights

_TOGETHER = 0.3
"""How much more than chance the pairs of a package's units have to be together for it to say anything: folders of layers are below that."""
_STRIDES = 6


def folder_ties(graph: EvidenceGraph, looks: Iterable[Labels], weight: float) -> Edges:
    """Ties between the units of different modules of a package; each unit has ``weight`` of them, as far as the package is one thing.

    ``looks``: partitions that are made without what ties the units of a module.
    """
    import numpy as np

    partitions, count = list(looks), len(graph.members)
    modules = _numbered(places[0] for places in graph.places)
    found = [(np.empty((0, 2), dtype=np.int64), np.empty(0))]
    for depth in range(1, max(map(len, graph.places), default=0)):
        # What is not below any package of that depth stands for itself.
        packages = _numbered(
            places[-depth] if len(places) > depth else f"{node}:" for node, places in enumerate(graph.places)
        )
        together = _together(packages, partitions)
        found += _around(packages, modules, np.where(together >= _TOGETHER, weight * together, 0.0))
    ends = np.concatenate([pairs for pairs, _ in found])
    keys, which = np.unique(ends.min(axis=1) * count + ends.max(axis=1), return_inverse=True)
    weights = np.bincount(which, np.concatenate([weights for _, weights in found]), len(keys)).astype(np.float64)
    return Edges(np.stack([keys // max(1, count), keys % max(1, count)], axis=1), weights).rounded()


def _numbered(names: Iterable[str]) -> Labels:
    import numpy as np

    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


def _together(packages: Labels, partitions: Sequence[Labels]) -> Weights:
    """For each package how often two of its units are in one community, corrected for chance: 0 as often as any two units, 1 always."""
    import numpy as np

    count = int(packages.max(initial=-1)) + 1
    told = np.zeros(count)
    for labels in partitions:
        placed = np.flatnonzero(labels >= 0)
        communities = int(labels.max(initial=-1)) + 1
        keys, sizes = np.unique(packages[placed] * communities + labels[placed], return_counts=True)
        same = np.bincount(keys // max(1, communities), _pairs(sizes), count)
        every = _pairs(np.bincount(packages[placed], minlength=count))
        chance = float(_pairs(np.bincount(labels[placed])).sum()) / max(1.0, float(_pairs(np.array([len(placed)]))[0]))
        if chance < 1:
            told += np.where(every > 0, (same / np.maximum(every, 1) - chance) / (1 - chance), 0.0)
    return np.round(told / max(1, len(partitions)), 6)


def _pairs(sizes: Labels) -> Weights:
    return sizes * (sizes - 1) / 2


def _around(packages: Labels, modules: Labels, weights: Weights) -> Iterator[tuple[Labels, Weights]]:
    """Ties around a circle of the units of each package, to those next to each and farther on: evenly, and in number linear in the units."""
    import numpy as np

    order = np.argsort(packages, kind="stable")
    sizes = np.bincount(packages, minlength=len(weights))
    starts, size = (np.cumsum(sizes) - sizes)[packages[order]], sizes[packages[order]]
    place = np.arange(len(order)) - starts
    for stride in range(1, _STRIDES + 1):
        step = np.maximum(1, size * stride // (2 * _STRIDES + 1))
        other = order[starts + (place + step) % np.maximum(1, size)]
        kept = (modules[order] != modules[other]) & (weights[packages[order]] > 0)
        pairs = np.stack([order[kept], other[kept]], axis=1)
        yield pairs, weights[packages[order[kept]]] / (2 * _STRIDES)
