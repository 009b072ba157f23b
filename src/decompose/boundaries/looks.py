"""What partitions tell of modules and packages that are made without looking at either: each partition is asked once."""

from __future__ import annotations

from concurrent.futures import Executor
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from decompose.boundaries.clustering import Edges, clusterings, marks_of
from decompose.boundaries.folders import Folders, Package
from decompose.boundaries.generators.consensus import turns
from decompose.boundaries.generators.packages import modules_of
from decompose.boundaries.grains import Turns, Whole, grains_of, layered, turns_of, whole_in, wholeness
from decompose.boundaries.graph import EvidenceGraph

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights

_RESOLUTIONS = (0.6, 1.0)
_EDGES = 180_000
_FEWEST, _MOST = 3, 48
"""At which resolutions it is looked, over how many edges at each, and how often at least and at most. Whether one module of forty units is
whole can decide where services end, so that it must not be another each time.
"""


class Seen(NamedTuple):
    """How far packages are one thing, which modules are, at once and turn by turn, and how far code is laid out by layer."""

    packages: tuple[Package, ...]
    grains: Labels
    turns: Turns
    layered: float


class Looks:
    """Partitions by edges that tie nothing for its module or package; ``weight``: how much a package counts that is wholly one thing."""

    def __init__(self, graph: EvidenceGraph, edges: Edges, weight: float, seed: int, executor: Executor) -> None:
        self.folders, self._modules, self._weight = Folders(graph), modules_of(graph), weight
        self._marks = marks_of((members[0] for members in graph.members), self._modules)
        turn = range(max(_FEWEST, turns(edges, _EDGES, _MOST)))
        runs = [(resolution, seed + number) for resolution in _RESOLUTIONS for number in turn]
        looks = map(self._told_by, clusterings(executor, edges, len(graph.members), runs))
        self._told = [list(islice(looks, len(turn))) for _ in _RESOLUTIONS]

    def seen(self, part: slice = slice(None)) -> Seen:
        """What all of them tell together, or at each resolution a ``part``."""
        told = [looks[part] for looks in self._told]
        whole = wholeness(int(self._modules.max(initial=-1)) + 1, [[one.whole for one in looks] for looks in told])
        packages = self.folders.packages([one.together for one in chain.from_iterable(told)], self._weight)
        grains, again = grains_of(self._modules, whole), turns_of(self._modules, whole, self._marks)
        return Seen(packages, grains, again, layered(self._modules, whole))

    def _told_by(self, look: Labels) -> _Told:
        return _Told(whole_in(look, self._modules), self.folders.together(look))


class _Told(NamedTuple):
    """What one look tells of modules and of packages."""

    whole: Whole
    together: tuple[Weights, ...]
