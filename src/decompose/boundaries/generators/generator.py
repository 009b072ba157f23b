"""What a generator is given and what it gives: partitions over a range of resolutions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, Protocol

from decompose.boundaries.clustering import UNPLACED, Edges, Explanation, clusterings, explained, marks_of
from decompose.boundaries.generators.follow import Following
from decompose.boundaries.grains import Turns
from decompose.boundaries.graph import EvidenceGraph

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Marks

RESOLUTIONS = tuple(round(0.5 * 1.42**step, 3) for step in range(10))
_AT_ONCE = 6
_HIGHEST = 2
_LOOKS, _EDGES = 3, 45_000
"""How often at most a resolution is tried to know how well it explains the edges, and over how many of them: between seeds a single
partition is better or worse by more than neighbouring resolutions are, the more the fewer edges there are.
"""
_TRIALS, _EDGES_OF_TRIALS = 8, 120_000
"""Of how many runs at most the partition that is taken is the best, and over how many edges these go."""
_AS_WELL = 0.05
"""What a resolution takes more than the best, in nats for each node, at which it counts 1/e."""


class Material(NamedTuple):
    """What generators work on. ``edges`` leave out hubs, which would glue everything; ``with_terms`` adds likeness of words."""

    graph: EvidenceGraph
    edges: Edges
    with_terms: Edges
    weights: Mapping[str, float]
    hubs: frozenset[int]
    atoms: Labels
    """For each node the table, or the lone node, that it follows; see `decompose.boundaries.generators.tables`."""
    grains: Labels
    """For each node its grain: modules that are one thing, and lone nodes; see `decompose.boundaries.grains`."""
    turns: Turns
    """The same for each time that grains are looked at again."""
    layered: float
    """The share of nodes in modules with something of everything in them."""
    following: Following
    seed: int
    executor: Executor
    resolutions: Sequence[float] = RESOLUTIONS

    def of_nodes(self, labels: Labels, groups: Labels) -> Labels:
        """The labels of nodes, from those of their groups; hubs are in none."""
        found: Labels = labels[groups]
        found[list(self.hubs)] = UNPLACED
        return found

    def marks(self, groups: Labels | None = None) -> Marks:
        """What the noise of nodes, or of groups of them, is drawn from."""
        return marks_of((members[0] for members in self.graph.members), groups)

    def sweep(self, edges: Edges, groups: Labels | None = None) -> Sweep:
        """Leiden over all resolutions; with ``groups``, of these as wholes."""
        nodes = len(self.graph.members)
        if groups is not None:
            edges = edges.contracted(groups)
            nodes = int(groups.max(initial=-1)) + 1
        return Sweep(self, edges, groups, nodes)


class Sweep:
    """The partitions that one generator found, by resolution, once they are asked for.

    High resolutions take longest and are seldom the best: they are tried where the best so far is among the highest.
    """

    def __init__(self, material: Material, edges: Edges, groups: Labels | None, nodes: int) -> None:
        self._material, self.edges, self._groups, self._nodes = material, edges, groups, nodes
        self._started = 0
        self._waiting = self._start(_AT_ONCE)
        self._found: list[tuple[Labels, Explanation]] = []
        self.finish: Callable[[Labels], Labels] = lambda labels: labels
        """What is done to a partition that is taken, such as letting code follow its data."""

    def _start(self, count: int) -> Iterator[Labels]:
        resolutions = self._material.resolutions[self._started : self._started + count]
        self._started += len(resolutions)
        runs = [(resolution, self._material.seed) for resolution in resolutions]
        return clusterings(self._material.executor, self.edges, self._nodes, runs)

    def _take(self) -> None:
        self._found += [(labels, explained(labels, self.edges)) for labels in self._waiting]
        self._waiting = iter(())

    def best(self, evidence: float) -> int | None:
        """The number of the resolution whose partition explains the edges best, None where nothing was found."""
        self._take()
        while True:
            best = min(range(len(self._found)), key=lambda i: self._found[i][1].length(evidence), default=None)
            more = (
                best is not None
                and best >= self._started - _HIGHEST
                and self._started < len(self._material.resolutions)
            )
            if not more:
                return best
            self._waiting = self._start(_HIGHEST)
            self._take()

    def likely(self, evidence: float) -> float:
        """The resolution that explains the edges best: the mean (geometric) over those that explain them about as well, for one alone would
        be another each time.
        """
        import numpy as np

        if self.best(evidence) is None:
            return 1.0
        resolutions = self._material.resolutions[: len(self._found)]
        often = min(_LOOKS, max(1, _EDGES // max(1, len(self.edges.weights))))
        seeds = range(self._material.seed + 1, self._material.seed + often)
        runs = [(resolution, seed) for seed in seeds for resolution in resolutions]
        again = clusterings(self._material.executor, self.edges, self._nodes, runs)
        told = [one for _, one in self._found] + [explained(labels, self.edges) for labels in again]
        looks = np.array([one.length(evidence) for one in told]).reshape(often, -1)
        lengths = looks.mean(axis=0) / max(1, self._nodes)
        weights = np.exp((lengths.min() - lengths) / _AS_WELL)
        tried = np.log(resolutions)
        return round(float(np.exp((weights * tried).sum() / weights.sum())), 3)

    def ranked(self, evidence: float) -> Iterator[Labels]:
        """All partitions of nodes, that which explains the edges best first, each made when it is asked for. The first is the best of several
        runs at its resolution: one alone would be another with each seed.
        """
        best = self.best(evidence)
        trials = min(_TRIALS, _EDGES_OF_TRIALS // max(1, len(self.edges.weights)))
        again = best is not None and trials > 1
        if best is not None and again:
            run = (self._material.resolutions[best], self._material.seed)
            made = clusterings(self._material.executor, self.edges, self._nodes, [run], trials=trials)
            yield from map(self._of_nodes, made)
        tried = len(self._found)
        for start, end in ((0, tried), (tried, len(self._material.resolutions))):
            if start:  # none of the others will do
                self._waiting = self._start(end - start)
                self._take()
            numbers = (number for number in range(start, len(self._found)) if not (again and number == best))
            yield from map(self.partition, sorted(numbers, key=lambda i: self._found[i][1].length(evidence)))

    def tried(self) -> list[Labels]:
        """The partitions of nodes at all resolutions that were tried so far."""
        self._take()
        return [self.partition(number) for number in range(len(self._found))]

    def again(self, seeds: Iterable[int], spread: float) -> Iterator[Labels]:
        """The same resolutions once more for each seed, with perturbed weights; all are started at once."""
        resolutions = self._material.resolutions[: self._started]
        marks = self._material.marks(self._groups)
        pending = [
            clusterings(
                self._material.executor,
                self.edges.perturbed(seed, spread, marks),
                self._nodes,
                [(resolution, seed) for resolution in resolutions],
            )
            for seed in seeds
        ]
        return map(self._of_nodes, chain.from_iterable(pending))

    def partition(self, number: int) -> Labels:
        """The partition of nodes at a resolution."""
        return self._of_nodes(self._found[number][0])

    def _of_nodes(self, labels: Labels) -> Labels:
        if self._groups is not None:
            labels = self._material.of_nodes(labels, self._groups)
        return self.finish(labels)


class Generator(Protocol):
    """A way to make splits. ``evidence``: how many observations a unit of weight of its graph is taken for."""

    name: str
    about: str
    evidence: float

    def sweep(self, material: Material) -> Sweep:
        """Partitions over the resolutions of the material."""
