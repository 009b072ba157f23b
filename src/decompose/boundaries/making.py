"""From all ways of looking at an application to finished splits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from decompose.boundaries.certainty import Certainty
from decompose.boundaries.clustering import Edges, clusterings, renumbered
from decompose.boundaries.folders import Package
from decompose.boundaries.generators import GENERATORS, Material
from decompose.boundaries.generators.consensus import TRIALS, Agreed, Ensemble, consensus, divides_modules, gather
from decompose.boundaries.generators.follow import Following
from decompose.boundaries.generators.refinement import Refinement
from decompose.boundaries.generators.tables import atoms_of
from decompose.boundaries.graph import DEFAULT_WEIGHTS
from decompose.boundaries.judging import Judging
from decompose.boundaries.looks import Looks
from decompose.boundaries.naming import Vocabulary
from decompose.boundaries.options import SplitOptions
from decompose.boundaries.ownership import Ownership
from decompose.boundaries.partition import split_from_labels
from decompose.boundaries.pins import Settled
from decompose.boundaries.platform import Platform, Released
from decompose.boundaries.scattered import Scattered, without_scattered
from decompose.boundaries.scores import Scored, Scorer, with_told
from decompose.boundaries.shaping import Shaper
from decompose.boundaries.sharing import hubs
from decompose.boundaries.soundness import MAX_LARGEST_SHARE, ROOM
from decompose.boundaries.split import Split
from decompose.boundaries.trust import Trust
from decompose.system.model import System

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels
    from decompose.boundaries.grains import Choice

HALVES = 2
REFINED = "{}, with single units and tables moved"
_KINDS = (("calls", "inheritance", "references"), ("writes", "reads"), ("foreign keys", "transactions"), ("modules",))
"""Layers that say the same kind of thing."""


class Making:
    """Makes splits of one application: what generators look at, and what becomes of the labels that they give."""

    def __init__(
        self,
        scorer: Scorer,
        options: SplitOptions,
        settled: Settled,
        executor: Executor,
        found: Callable[[Split], None],
    ) -> None:
        self.scorer = scorer
        self.options = options
        self.settled = settled
        graph = self.graph = scorer.graph
        self._unpacked = settled.pulled(graph.combined(options.weights))
        self._held_back = hubs(graph) - settled.held
        with_terms = settled.pulled(graph.combined(options.weights, terms=True)).without(self._held_back)
        apart = settled.pulled(graph.combined(options.weights, [name for name in DEFAULT_WEIGHTS if name != "modules"]))
        apart = apart.without(self._held_back)
        packages_weigh = {**DEFAULT_WEIGHTS, **(options.weights or {})}["packages"]
        self._looks = Looks(graph, apart, packages_weigh, options.seed, executor)
        seen = self._looks.seen()
        self.packages = seen.packages
        self.edges = self._with_folders(seen.packages)
        inner = self.edges.without(self._held_back)
        self.material = Material(
            graph=graph,
            edges=inner,
            following=Following(inner),
            with_terms=with_terms,
            weights=options.weights or {},
            hubs=frozenset(self._held_back),
            atoms=atoms_of(graph, with_terms),
            grains=seen.grains,
            turns=seen.turns,
            layered=seen.layered,
            seed=options.seed,
            executor=executor,
        )
        self._sweeps = {generator.name: generator.sweep(self.material) for generator in GENERATORS}
        self._shaper = Shaper(graph, self.edges, self._held_back)
        self._platform = Platform(graph, inner, settled.held)
        self._shaping = Shaping(self._shaper, options.services, default_range(graph.system))
        self._ownership = Ownership(graph)
        self._vocabulary = Vocabulary(graph)
        self._ensemble = gather(self.material, self._sweeps, GENERATORS)
        self._trust = Trust(self._ensemble, tuple(_by_layer(self.material)))
        self.judging = Judging(scorer, Certainty(graph, self._ensemble), self._trust, found, settled.held)
        self.refinement = Refinement(scorer, settled.held, options.pins.max_size)
        self._least = options.services[0] if options.services else 2
        self._everything = Agreed(self.material, self._ensemble)
        self._single = divides_modules(self._everything)

    def _with_folders(self, packages: tuple[Package, ...]) -> Edges:
        return self._unpacked.plus(self._looks.folders.ties(packages).without(self.settled.ignored))

    def agreed(self) -> tuple[Labels | None, list[Scattered]]:
        """What most ways of looking agree on, and what of it was no service."""
        return self._agreed_by(self._everything, TRIALS)

    def agreed_by_halves(self) -> list[Labels | None]:
        """The same of each half of the ways."""
        halves = enumerate(self._ensemble.halves())
        return [self._agreed_by(self._of_half(*half), TRIALS // HALVES)[0] for half in halves]

    def _of_half(self, number: int, half: Ensemble) -> Agreed:
        own = self._looks.seen(slice(number, None, HALVES))
        ties = self._with_folders(own.packages).without(self._held_back)
        return Agreed(self.material._replace(edges=ties, grains=own.grains, turns=own.turns, layered=own.layered), half)

    def _agreed_by(self, ways: Agreed, trials: int) -> tuple[Labels | None, list[Scattered]]:
        ranked = consensus(ways, trials, single=self._single, any_number=self.options.services is not None)
        made = self._shaping.first(ranked, divided=True)
        if made is None:
            return None, []
        placed, found = without_scattered(self.graph, self.judging.certainty, made, self.settled.held, self._least)
        return renumbered(self._shaper.place_rest(placed)) if found else made, found

    def of_generators(self) -> Iterator[tuple[str, str, Labels | None]]:
        """Name, description and best labels of each generator."""
        for generator in GENERATORS:
            ranked = self._sweeps[generator.name].ranked(generator.evidence)
            yield generator.name, generator.about, self._shaping.first(ranked)

    def finished(
        self, name: str, about: str, labels: Labels, *, refined: bool
    ) -> tuple[list[Split], tuple[Released, ...]]:
        """The split of some labels, and the same refined; and what of it was platform code."""
        kept, names, freed = self._placed(labels)
        made = [self._judged(name, about, kept, names)]
        better = self.refinement.front(kept) if refined else ()
        made += [self._judged(each.name, REFINED.format(name), each.labels, names) for each in better]
        return made, freed

    def _judged(self, name: str, about: str, labels: Labels, names: Mapping[int, str]) -> Split:
        made = split_from_labels(self.graph, self._vocabulary, labels.tolist(), name=name, generator=about, names=names)
        return self.judging.judged(made)

    def _placed(self, labels: Labels) -> tuple[Labels, dict[int, str], tuple[Released, ...]]:
        made, freed = self._platform.released(labels, self._least)
        made = self._ownership.handed_over(self._shaper.shared_again(made) if freed else made)
        kept, names = self.settled.kept(made, self.edges)
        return kept, names, freed

    def trivial(self, name: str, about: str, labels: Labels, scores: Scored) -> Split:
        """A trivial split with the scores that are found elsewhere."""
        made = split_from_labels(
            self.graph, self._vocabulary, labels.tolist(), name=name, generator=about, trivial=True
        )
        return msgspec.structs.replace(made, scores=with_told(scores(), self._trust.scores(labels)))

    def half(self, labels: Labels) -> Split:
        """A split of half of the ways, with its scores alone."""
        kept, _, _ = self._placed(labels)
        made = split_from_labels(
            self.graph, self._vocabulary, kept.tolist(), name="half", generator="half of the ensemble"
        )
        return msgspec.structs.replace(made, scores=self.scorer.scores(kept, shuffles=0))


def _by_layer(material: Material) -> list[Labels]:
    """What each kind of evidence alone would give."""
    found: list[Labels] = []
    for layers in _KINDS:
        edges = material.graph.combined(material.weights, layers).without(material.hubs)
        found += clusterings(material.executor, edges, len(material.graph.members), [(1.0, material.seed)])
    return found


def default_range(system: System) -> tuple[int, int]:
    """How many services are worth considering at most: each needs tables of its own, and code."""
    by_tables = max(3, len(system.tables) // 2)
    return 2, max(2, min(by_tables, len(system.units) // 12))


class Shapes(Protocol):
    """What makes services of communities, at most and at least so many: a `Shaper`."""

    @property
    def is_unit(self) -> Choice:
        """For each node whether it is code, and no table."""

    def shaped(self, labels: Labels, most: int, least: int = 1) -> Labels:
        """The services."""


class Shaping(NamedTuple):
    """Turns communities into services, as many as were asked for, or at most as many as are worth considering."""

    shaper: Shapes
    wanted: tuple[int, int] | None
    usual: tuple[int, int]

    def first(self, ranked: Iterable[Labels], *, divided: bool = False) -> Labels | None:
        """The first of the partitions that keeps the number of services, else the one that comes nearest; ``divided``: that also
        divides the code, where any of them does.
        """
        least, most = self.wanted or self.usual
        best: tuple[int, bool] | None = None
        chosen = None
        for labels in ranked:
            shaped = self.shaper.shaped(labels, most, least if self.wanted else 1)
            count = len(set(shaped[shaped >= 0].tolist()))
            found = max(least - count, count - most, 0), divided and self._one_holds_most(shaped)
            if best is None or found < best:
                best, chosen = found, shaped
            if not any(found):
                break
        return chosen

    def _one_holds_most(self, labels: Labels) -> bool:
        import numpy as np

        code = labels[self.shaper.is_unit]
        sizes = np.bincount(code[code >= 0], minlength=1)
        # Within the room of the limit another seed would be on its other side.
        return bool(sizes.max() >= (MAX_LARGEST_SHARE - ROOM) * sizes.sum())
