"""Packages that are one thing, and the ties that follow: as far as the rest of the evidence puts their code together.

Where an application is laid out by domain its packages are what its owners would call its parts; where it is laid out by layer they hold
something of everything. Which of the two a package is, is asked of partitions that were made without looking at modules or packages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from decompose.boundaries.clustering import Edges
from decompose.boundaries.graph import EvidenceGraph
from decompose.system.model import Record

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights

_TOGETHER = 0.3
"""How much more than chance the pairs of a package's units have to be together for it to say anything: folders of layers are below that."""
_STRIDES = 6


class Package(Record, frozen=True):
    """A package of more than one module with code, and how far it is one thing.

    ``units`` counts those of all modules below it. ``together`` says how often two of them are in one community, in partitions that are made
    without looking at modules or packages: 0 as often as any two of the application, less where more seldom, 1 always. ``adds`` is the
    weight of the ties to units of its other modules that each has from that at most: 0 where the package is too little one thing to count.
    """

    name: str
    units: int
    together: float
    adds: float


class Folders:
    """The packages of an application, laid out once for all partitions that are asked about them."""

    def __init__(self, graph: EvidenceGraph) -> None:
        self._nodes = len(graph.members)
        self._modules = _numbered(places[0] for places in graph.places)[0]
        self._levels = list(_levels(graph))

    def together(self, look: Labels) -> tuple[Weights, ...]:
        """How far a partition, made without what ties the units of a module, puts each package together: an array for each depth."""
        return tuple(_together(numbers, look) for numbers, _ in self._levels)

    def packages(self, told: Sequence[tuple[Weights, ...]], weight: float) -> tuple[Package, ...]:
        """All packages by name, as partitions have ``told`` (`together`); a unit of one that is wholly one thing has ``weight`` of ties."""
        import numpy as np

        found = []
        for level, (numbers, packages) in enumerate(self._levels):
            shares = [one[level] for one in told]
            together = np.round(sum(shares, np.zeros(len(packages))) / max(1, len(told)), 6)
            adds = np.where(together >= _TOGETHER, np.round(weight * together, 6), 0.0)
            found += [
                Package(name=name, units=size, together=share, adds=added)
                for name, size, count, share, added in zip(
                    packages,
                    np.bincount(numbers).tolist(),
                    self._modules_of_each[level].tolist(),
                    together.tolist(),
                    adds.tolist(),
                    strict=True,
                )
                if count > 1  # of nothing but one module there are no ties
            ]
        return tuple(sorted(found, key=lambda package: package.name))

    def ties(self, packages: Iterable[Package]) -> Edges:
        """Ties between the units of different modules of a package; each unit has as much of them as its package adds."""
        import numpy as np

        count, adds = self._nodes, {package.name: package.adds for package in packages}
        found = [(np.empty((0, 2), dtype=np.int64), np.empty(0))]
        for numbers, names in self._levels:
            found += _around(numbers, self._modules, np.array([adds.get(name, 0.0) for name in names]))
        ends = np.concatenate([pairs for pairs, _ in found])
        keys, which = np.unique(ends.min(axis=1) * count + ends.max(axis=1), return_inverse=True)
        weights = np.bincount(which, np.concatenate([weights for _, weights in found]), len(keys)).astype(np.float64)
        return Edges(np.stack([keys // max(1, count), keys % max(1, count)], axis=1), weights).rounded()

    @cached_property
    def _modules_of_each(self) -> list[Labels]:
        """For each depth the number of modules in each package."""
        import numpy as np

        pairs = [np.unique(np.stack([numbers, self._modules]), axis=1) for numbers, _ in self._levels]
        return [np.bincount(numbers) for numbers, _ in pairs]


def _levels(graph: EvidenceGraph) -> Iterator[tuple[Labels, list[str]]]:
    """For each depth of packages, outermost first, the number of the one that each node is in, and their names by number."""
    for depth in range(1, max(map(len, graph.places), default=0)):
        # What is not below any package of that depth stands for itself.
        yield _numbered(
            places[-depth] if len(places) > depth else f"{node}:" for node, places in enumerate(graph.places)
        )


def _numbered(names: Iterable[str]) -> tuple[Labels, list[str]]:
    import numpy as np

    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64), list(numbers)


def _together(packages: Labels, labels: Labels) -> Weights:
    """For each package how often two of its units are in one community, corrected for chance: 0 as often as any two units, 1 always."""
    import numpy as np

    count = int(packages.max(initial=-1)) + 1
    placed = np.flatnonzero(labels >= 0)
    communities = int(labels.max(initial=-1)) + 1
    keys, sizes = np.unique(packages[placed] * communities + labels[placed], return_counts=True)
    same = np.bincount(keys // max(1, communities), _pairs(sizes), count)
    every = _pairs(np.bincount(packages[placed], minlength=count))
    chance = float(_pairs(np.bincount(labels[placed])).sum()) / max(1.0, float(_pairs(np.array([len(placed)]))[0]))
    if chance >= 1:
        return np.zeros(count)
    return np.where(every > 0, (same / np.maximum(every, 1) - chance) / (1 - chance), 0.0)


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
