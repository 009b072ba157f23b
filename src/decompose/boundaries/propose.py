"""Generate candidate splits, score them, and recommend one or none, with the reason."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from decompose.boundaries import trivial
from decompose.boundaries.certainty import Certainty
from decompose.boundaries.clustering import agreement, clusterings
from decompose.boundaries.generators import GENERATORS, Material
from decompose.boundaries.generators.consensus import Ensemble, consensus, gather
from decompose.boundaries.generators.tables import atoms_of
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.naming import Vocabulary
from decompose.boundaries.partition import split_from_labels
from decompose.boundaries.recommend import recommend
from decompose.boundaries.scores import Scorer, labels_of
from decompose.boundaries.shaping import Shaper, hubs
from decompose.boundaries.split import Recommendation, Split
from decompose.system.model import System

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels

_MAX_THREADS = 4
_KINDS = (("calls", "inheritance", "references"), ("writes", "reads"), ("foreign keys", "transactions"), ("modules",))
"""Layers that say the same kind of thing."""


class SplitOptions(NamedTuple):
    """What a user may ask for: the number of services, weights of evidence layers, and the seed."""

    services: tuple[int, int] | None = None
    weights: Mapping[str, float] | None = None
    seed: int = 1


class Proposal(NamedTuple):
    """All candidate splits, trivial ones last, and the recommendation."""

    splits: tuple[Split, ...]
    recommendation: Recommendation


def propose(system: System, options: SplitOptions | None = None) -> Proposal:
    """Candidate splits of ``system``, each with scores, and a recommendation."""
    options = options or SplitOptions()
    graph = EvidenceGraph(system)
    if not graph.members:
        return Proposal((), Recommendation(split="", sentence="Do not split: there is no code to split."))
    # One processor is left for shaping and scoring, which go on meanwhile.
    executor = ThreadPoolExecutor(max(1, min(_MAX_THREADS, (os.cpu_count() or 1) - 1)))
    try:
        splits = _candidates(graph, options, executor)
    finally:
        executor.shutdown(cancel_futures=True)
    return Proposal(tuple(splits), recommend(system, splits, options.services))


def _candidates(graph: EvidenceGraph, options: SplitOptions, executor: Executor) -> list[Split]:
    edges = graph.combined(options.weights)
    held_back = hubs(graph)
    with_terms = graph.combined(options.weights, terms=True).without(held_back)
    material = Material(
        graph=graph,
        edges=edges.without(held_back),
        with_terms=with_terms,
        weights=options.weights or {},
        hubs=frozenset(held_back),
        atoms=atoms_of(graph, with_terms),
        seed=options.seed,
        executor=executor,
    )
    sweeps = {generator.name: generator.sweep(material) for generator in GENERATORS}
    shaping = _Shaping(Shaper(graph, edges, held_back), options.services, default_range(graph.system))
    ensemble = gather(material, sweeps, GENERATORS)
    chosen = [("consensus", "what most ways of looking agree on", shaping.first(consensus(material, ensemble)))]
    chosen += [(g.name, g.about, shaping.first(sweeps[g.name].ranked(g.evidence))) for g in GENERATORS]
    scorer, vocabulary = Scorer(graph), Vocabulary(graph)
    certainty = Certainty(graph, ensemble)
    layers = _by_layer(material)
    splits = []
    for name, about, labels in chosen:
        if labels is not None:
            split = split_from_labels(graph, vocabulary, labels.tolist(), name=name, generator=about)
            splits.append(_finished(scorer, certainty, split, ensemble, layers))
    return splits + _trivial_splits(graph, vocabulary, scorer)


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

    def first(self, ranked: Iterable[Labels]) -> Labels | None:
        """The first of the partitions that keeps the number of services, else the one that comes nearest."""
        least, most = self.wanted or self.usual
        best: tuple[int, Labels] | None = None
        for labels in ranked:
            shaped = self.shaper.place_rest(self.shaper.merge_crumbs(labels, most, least if self.wanted else 1))
            count = len(set(shaped[shaped >= 0].tolist()))
            off = max(least - count, count - most, 0)
            if best is None or off < best[0]:
                best = off, shaped
            if not off:
                break
        return best[1] if best else None


def _finished(
    scorer: Scorer, certainty: Certainty, split: Split, ensemble: Ensemble, layers: Sequence[Labels]
) -> Split:
    labels = labels_of(scorer.graph, split)
    told = {"seed_agreement": ensemble.support(labels)}
    if layers:
        told["layer_agreement"] = sum(agreement(labels, other) for other in layers) / len(layers)
    shares, rivals = certainty.of(labels, [service.name for service in split.services])
    return msgspec.structs.replace(split, scores=scorer.scores(labels, told=told), confidence=shares, runners_up=rivals)


def _trivial_splits(graph: EvidenceGraph, vocabulary: Vocabulary, scorer: Scorer) -> list[Split]:
    made = []
    for name, generator, labels in (
        ("one-per-package", "package structure", trivial.by_package(graph)),
        ("connected-components", "connected components", trivial.connected_components(graph)),
        ("all-in-one", "everything in one service", trivial.everything_in_one(graph)),
    ):
        split = split_from_labels(graph, vocabulary, labels, name=name, generator=generator, trivial=True)
        made.append(msgspec.structs.replace(split, scores=scorer.scores(labels_of(graph, split))))
    return made
