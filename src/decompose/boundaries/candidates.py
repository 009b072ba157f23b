"""All candidate splits of an application, each scored, with how sure it is where things belong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from decompose.boundaries import trivial
from decompose.boundaries.alike import alike_services
from decompose.boundaries.certainty import Certainty
from decompose.boundaries.clustering import clusterings
from decompose.boundaries.folders import Package
from decompose.boundaries.generators import GENERATORS, Material
from decompose.boundaries.generators.consensus import TRIALS, Agreed, Ensemble, consensus, divides_modules, gather
from decompose.boundaries.generators.follow import Following
from decompose.boundaries.generators.refinement import Refinement
from decompose.boundaries.generators.tables import atoms_of
from decompose.boundaries.graph import DEFAULT_WEIGHTS, EvidenceGraph
from decompose.boundaries.keeping import Earlier
from decompose.boundaries.looks import Looks
from decompose.boundaries.naming import Vocabulary
from decompose.boundaries.ownership import Ownership
from decompose.boundaries.partition import Placement, split_from_assignment, split_from_labels
from decompose.boundaries.pins import Pins, Settled
from decompose.boundaries.placing import Placing
from decompose.boundaries.platform import Platform, Released
from decompose.boundaries.scores import Scored, Scorer, labels_of, with_told
from decompose.boundaries.shaping import Shaper
from decompose.boundaries.sharing import hubs
from decompose.boundaries.soundness import MAX_LARGEST_SHARE, USUAL, Smallest
from decompose.boundaries.split import SHARED, Split
from decompose.boundaries.trust import Trust
from decompose.system.model import System

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels

HALVES = 2
REFINED = "{}, with single units and tables moved"
_KINDS = (("calls", "inheritance", "references"), ("writes", "reads"), ("foreign keys", "transactions"), ("modules",))
"""Layers that say the same kind of thing."""


class Start(NamedTuple):
    """A split by hand to begin with: its name, and where it puts units and tables."""

    name: str
    placements: tuple[Placement, ...]


class SplitOptions(NamedTuple):
    """What a user may ask for: the number of services, weights of evidence layers, pins, a split to start from, and the seed;
    and how small an application may be that is told to split. A split of an earlier run is kept, and shown.

    ``commits``: for each commit of the history the files that it changed; empty where there is no history.
    """

    services: tuple[int, int] | None = None
    weights: Mapping[str, float] | None = None
    seed: int = 1
    pins: Pins = Pins()
    start: Start | Earlier | None = None
    commits: tuple[tuple[str, ...], ...] = ()
    smallest: Smallest = USUAL


class Candidates(NamedTuple):
    """What is proposed from: the splits, trivial ones last; the consensus made again from each half of the ensemble; what judges
    splits; how far packages are one thing; and what was platform code in which split.
    """

    splits: list[Split]
    remade: list[Split]
    judging: Judging
    packages: tuple[Package, ...]
    released: dict[str, tuple[Released, ...]]


def candidates_of(
    scorer: Scorer,
    options: SplitOptions,
    settled: Settled,
    executor: Executor,
    start: Split | None,
    fewer: Split | None,
    found: Callable[[Split], None],
    trivially: Iterable[tuple[str, str, Labels, Scored]],
) -> Candidates:
    """All candidate splits, those made from ``start`` first, and ``fewer`` if that is given; ``trivially`` are scored elsewhere."""
    graph = scorer.graph
    edges = settled.pulled(graph.combined(options.weights))
    held_back = hubs(graph) - settled.held
    with_terms = settled.pulled(graph.combined(options.weights, terms=True)).without(held_back)
    apart = settled.pulled(graph.combined(options.weights, [name for name in DEFAULT_WEIGHTS if name != "modules"]))
    apart = apart.without(held_back)
    looks = Looks(graph, apart, {**DEFAULT_WEIGHTS, **(options.weights or {})}["packages"], options.seed, executor)
    unpacked, seen = edges, looks.seen()
    edges = unpacked.plus(looks.folders.ties(seen.packages).without(settled.ignored))
    inner = edges.without(held_back)
    material = Material(
        graph=graph,
        edges=inner,
        following=Following(inner),
        with_terms=with_terms,
        weights=options.weights or {},
        hubs=frozenset(held_back),
        atoms=atoms_of(graph, with_terms),
        grains=seen.grains,
        layered=seen.layered,
        seed=options.seed,
        executor=executor,
    )
    sweeps = {generator.name: generator.sweep(material) for generator in GENERATORS}
    shaper, platform = Shaper(graph, edges, held_back), Platform(graph, inner, settled.held)
    shaping = _Shaping(shaper, options.services, default_range(graph.system))
    ownership = Ownership(graph)
    vocabulary = Vocabulary(graph)
    ensemble = gather(material, sweeps, GENERATORS)
    trust = Trust(ensemble, tuple(_by_layer(material)))
    judging = Judging(scorer, Certainty(graph, ensemble), trust, found, settled.held)

    everything = Agreed(material, ensemble)
    single = divides_modules(everything)

    def of_half(number: int, half: Ensemble) -> Agreed:
        own = looks.seen(slice(number, None, HALVES))
        ties = unpacked.plus(looks.folders.ties(own.packages).without(settled.ignored)).without(held_back)
        return Agreed(material._replace(edges=ties, grains=own.grains, layered=own.layered), half)

    def agreed_by(ways: Agreed, trials: int) -> Labels | None:
        ranked = consensus(ways, trials, single=single, any_number=options.services is not None)
        return shaping.first(ranked, divided=True)

    agreed = agreed_by(everything, TRIALS)
    again = [agreed_by(of_half(*half), TRIALS // HALVES) for half in enumerate(ensemble.halves())]
    chosen = [("consensus", "what most ways of looking agree on", agreed)]
    chosen += [(g.name, g.about, shaping.first(sweeps[g.name].ranked(g.evidence))) for g in GENERATORS]

    def finished(name: str, about: str, labels: Labels, names: Mapping[int, str] | None = None) -> Split:
        split = split_from_labels(graph, vocabulary, labels.tolist(), name=name, generator=about, names=names)
        return judging.judged(split)

    def placed(labels: Labels) -> tuple[Labels, dict[int, str], tuple[Released, ...]]:
        made, freed = platform.released(labels, options.services[0] if options.services else 2)
        kept, names = settled.kept(ownership.handed_over(shaper.shared_again(made) if freed else made), edges)
        return kept, names, freed

    splits = []
    released: dict[str, tuple[Released, ...]] = {}
    refinement = Refinement(scorer, settled.held, options.pins.max_size)
    for name, about, labels in chosen:
        if labels is not None:
            kept, names, freed = placed(labels)
            made = [finished(name, about, kept, names)]
            if name == "consensus":
                told = REFINED.format(name)
                made += [finished(better.name, told, better.labels, names) for better in refinement.front(kept)]
            splits += made
            released |= {split.name: freed for split in made}
    if start is not None:
        splits = [*_from_start(graph, start, judging, refinement), *splits]
    if fewer is not None:
        splits.append(judging.judged(fewer))
    for name, about, labels, scores in trivially:
        split = split_from_labels(graph, vocabulary, labels.tolist(), name=name, generator=about, trivial=True)
        splits.append(msgspec.structs.replace(split, scores=with_told(scores(), trust.scores(labels))))
    remade = []
    for labels in again:
        if labels is not None:
            kept, _, _ = placed(labels)
            half = split_from_labels(graph, vocabulary, kept.tolist(), name="half", generator="half of the ensemble")
            remade.append(msgspec.structs.replace(half, scores=scorer.scores(kept, shuffles=0)))
    return Candidates(splits, remade, judging, seen.packages, released)


def _from_start(
    graph: EvidenceGraph,
    given: Split,
    judging: Judging,
    refinement: Refinement,
) -> list[Split]:
    """A split as it is, and refined."""
    names = [service.name for service in given.services]
    splits = [judging.judged(given)]
    before = labels_of(graph, given)
    service_of = dict(enumerate(names))
    for better in refinement.front(before):
        placements = [
            Placement(member, service_of.get(label, SHARED))
            for label, members in zip(better.labels.tolist(), graph.members, strict=True)
            for member in members
        ]
        refined = split_from_assignment(graph.system, placements, f"{given.name}-{better.name}", graph)
        refined = msgspec.structs.replace(refined, generator=REFINED.format(given.name))
        splits.append(judging.judged(refined))
    return splits


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


class _Shaping(NamedTuple):
    """Turns communities into services, as many as were asked for, or at most as many as are worth considering."""

    shaper: Shaper
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
        return bool(sizes.max() >= MAX_LARGEST_SHARE * sizes.sum())


class Judging(NamedTuple):
    """What judges a candidate, and who is told of it before that."""

    scorer: Scorer
    certainty: Certainty
    trust: Trust
    found: Callable[[Split], None]
    pinned: frozenset[int]

    def judged(self, split: Split) -> Split:
        """The split with its scores, and how sure it is where things belong."""
        self.found(split)
        labels = labels_of(self.scorer.graph, split)
        scores = self.scorer.scores(labels, told=self.trust.scores(labels))
        names = [service.name for service in split.services]
        shares, rivals = self.certainty.of(labels, names)
        because = Placing(self.scorer, labels, self.pinned).reasons(shares)
        alike = alike_services(self.scorer, labels, names)
        return msgspec.structs.replace(
            split, scores=scores, confidence=shares, runners_up=rivals, because=because, alike=alike
        )


def trivial_splits(graph: EvidenceGraph) -> Iterator[tuple[str, str, Labels]]:
    """The splits that every other one is laid beside: name, what it is, and labels."""
    import numpy as np

    for name, about, labels in (
        ("one-per-package", "package structure", trivial.by_package(graph)),
        ("connected-components", "connected components", trivial.connected_components(graph)),
        ("all-in-one", "everything in one service", trivial.everything_in_one(graph)),
    ):
        yield name, about, np.array(labels, dtype=np.int64)
