"""Generate candidate splits, score them, and recommend one or none, with the reason."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from decompose.boundaries import trivial
from decompose.boundaries.clustering import SHARED_LABEL, clusterings, strongest
from decompose.boundaries.comparison import rand_index_of_sizes
from decompose.boundaries.generators import GENERATORS
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.naming import Vocabulary
from decompose.boundaries.partition import split_from_labels
from decompose.boundaries.scores import Scorer, labels_of
from decompose.boundaries.shaping import Shaper, hubs, without
from decompose.boundaries.split import Recommendation, Split
from decompose.system.model import System

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels

MIN_UNITS = 20
MIN_TABLES = 2
MAX_LARGEST_SHARE = 0.5
MIN_MODULARITY_Z = 2.0
MAX_SPANNING = 0.6
MIN_TRANSACTIONS = 5
AS_GOOD = 0.1
"""Resolutions, and candidates, whose worth differs by less than this are equally good: the scores are no finer."""

_ENSEMBLE = 8
_MAX_THREADS = 4
_SELECTION = (
    ("independence", 3.0),
    ("spanning_transactions", -1.2),
    ("foreign_writes", -1.0),
    ("single_writer_tables", 1.0),
    ("cut_foreign_keys", -0.5),
    ("foreign_reads", -0.5),
    ("inter_call", -0.5),
    ("modularity", 1.0),
)
"""What chooses among the resolutions of one generator, and among candidates: what a split gives, and what it costs.

Every count of broken things is best when nothing is split, so what splitting is for has to stand against them.
"""


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
    inner = without(edges, held_back)
    generated = {name: generate(graph, inner, options.seed, executor) for name, generate in GENERATORS.items()}
    runs = [(0.6 * 1.2**index, options.seed + index) for index in range(_ENSEMBLE)]
    repeated = clusterings(executor, inner, len(graph.members), runs)
    shaper, scorer, vocabulary = Shaper(graph, edges, held_back), Scorer(graph), Vocabulary(graph)
    least, most = options.services or default_range(graph.system)
    wanted = least if options.services else 1
    chosen: dict[str, Labels] = {}
    for name, clustered in generated.items():
        sweep: list[tuple[float, Labels]] = []
        for raw in clustered:
            labels = shaper.place_rest(shaper.merge_crumbs(raw, most, wanted))
            worth = _worth({score.name: score.value for score in scorer.scores(labels, shuffles=0)}, least, most)
            sweep.append((worth, labels))
        if sweep:
            chosen[name] = _most_stable(sweep)
    ensemble = list(repeated)
    splits = []
    for name, labels in chosen.items():
        split = split_from_labels(graph, vocabulary, labels.tolist(), name=name, generator=name)
        splits.append(_finished(scorer, split, ensemble))
    return splits + _trivial_splits(graph, vocabulary, scorer)


def default_range(system: System) -> tuple[int, int]:
    """How many services are worth considering: grows with the square root of the number of tables."""
    most = max(3, min(24, round(1.6 * (len(system.tables) + 1) ** 0.5)))
    by_code = max(2, len(system.units) // 12)
    return 2, max(2, min(most, by_code))


def _worth(scores: Mapping[str, float], least: int, most: int) -> float:
    worth = sum(weight * scores[name] for name, weight in _SELECTION)
    count = int(scores["services"])
    if count < least:
        worth -= 2.0 * (least - count)
    elif count > most:
        worth -= 2.0 * (count - most)
    largest = scores["largest_share"]
    if largest >= MAX_LARGEST_SHARE:
        worth -= 2.0
    return worth - 2.0 * max(0.0, largest - 1.8 / max(count, 2))


def _most_stable(sweep: list[tuple[float, Labels]]) -> Labels:
    """Of the resolutions that are as good as the best, the one whose partition most others of the sweep agree with."""
    highest = max(worth for worth, _ in sweep)
    close = [labels for worth, labels in sweep if worth >= highest - AS_GOOD]
    if len(close) == 1:
        return close[0]

    return max(close, key=lambda labels: sum(_agreement(labels, other) for _, other in sweep))


def _agreement(first: Labels, second: Labels) -> float:
    """The adjusted Rand index of two partitions."""
    import numpy as np

    both = (first - SHARED_LABEL) * (second.max() - SHARED_LABEL + 1) + (second - SHARED_LABEL)
    return rand_index_of_sizes(*(np.unique(labels, return_counts=True)[1].tolist() for labels in (both, first, second)))


def _finished(scorer: Scorer, split: Split, ensemble: list[Labels]) -> Split:
    labels = labels_of(scorer.graph, split)
    return msgspec.structs.replace(
        split, scores=scorer.scores(labels), confidence=_confidence(scorer.graph, labels, ensemble)
    )


def _confidence(graph: EvidenceGraph, labels: Labels, ensemble: list[Labels]) -> dict[str, float]:
    """For each unit and table the share of clusterings (other seeds, other resolutions) that put it with its service."""
    import numpy as np

    agreed = np.zeros(len(labels), dtype=np.int64)
    for other in ensemble:
        placed = np.flatnonzero(other >= 0)
        _, best = strongest(other[placed], labels[placed])
        agreed[placed] += best[other[placed]] == labels[placed]
    return {
        member: round(times / _ENSEMBLE, 3)
        for times, members in zip(agreed.tolist(), graph.members, strict=True)
        for member in sorted(members)
    }


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


def recommend(system: System, splits: list[Split], services: tuple[int, int] | None = None) -> Recommendation:
    """The best candidate by what it does to the data, or none when splitting would not help.

    A range of ``services`` that was asked for is kept if any sound candidate keeps it.
    """
    reasons = _reasons_against(system)
    if reasons:
        return Recommendation(split="", sentence=f"Do not split: {reasons[0]}.", reasons=tuple(reasons))
    candidates = [s for s in splits if not s.trivial and len(s.services) > 1]
    writing = sum(1 for transaction in system.transactions if transaction.tables_written)
    sound = [s for s in candidates if not _flaws(s, writing)]
    if not sound:
        flaws = [f"{s.name}: {'; '.join(_flaws(s, writing))}" for s in candidates]
        sentence = "Do not split: no candidate divides this application."
        name = ""
        if candidates:
            nearest = min(candidates, key=lambda s: (len(_flaws(s, writing)), -_gain(s), s.name))
            sentence = (
                f"Do not split: even in the best candidate ({nearest.name}) {' and '.join(_flaws(nearest, writing))}."
            )
            name = nearest.name
        return Recommendation(split="", sentence=sentence, reasons=tuple(flaws), nearest=name)
    least, most = services or (1, len(system.units))

    def rank(split: Split) -> tuple[int, float, int]:
        count = len(split.services)
        off = max(least - count, count - most, 0)
        return off, -_gain(split), splits.index(split)

    ranked = sorted(sound, key=rank)
    nearly_as_good = [s for s in ranked if rank(s)[0] == rank(ranked[0])[0] and _gain(s) >= _gain(ranked[0]) - AS_GOOD]
    best = max(nearly_as_good, key=_mean_confidence)
    ranked = [best, *(s for s in ranked if s is not best)]
    confidence = _mean_confidence(best)
    equal = [s.name for s in ranked[1:] if _parts(s) == _parts(best)]
    others = [s for s in ranked[1:] if s.name not in equal] + [s for s in splits if s.name == "one-per-package"]
    agreement = (f"{' and '.join(equal)} arrived at the same split by another way",) if equal else ()
    return Recommendation(
        split=best.name,
        sentence=_sentence(system, best),
        reasons=(*agreement, *(_against(best, other) for other in others[:2])),
        confidence=round(confidence, 3),
    )


def _mean_confidence(split: Split) -> float:
    return sum(split.confidence.values()) / len(split.confidence) if split.confidence else 0.0


def _parts(split: Split) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    return {(service.units, service.tables) for service in split.services}


def _reasons_against(system: System) -> list[str]:
    reasons = []
    if len(system.units) < MIN_UNITS:
        reasons.append(f"it has only {len(system.units)} units (classes and functions), fewer than {MIN_UNITS}")
    if len(system.tables) < MIN_TABLES:
        reasons.append(f"{len(system.tables)} database tables were found, and a split divides data first of all")
    return reasons


def _gain(split: Split) -> float:
    return sum(weight * split.score(name) for name, weight in _SELECTION)


def _flaws(split: Split, writing: int) -> list[str]:
    flaws = []
    if split.score("largest_share") >= MAX_LARGEST_SHARE:
        flaws.append(f"one service holds {split.score('largest_share'):.0%} of the units")
    z = next((score.z for score in split.scores if score.name == "modularity"), None)
    if z is not None and z < MIN_MODULARITY_Z:
        flaws.append("it is hardly better than chance")
    if split.score("spanning_transactions") > MAX_SPANNING and writing >= MIN_TRANSACTIONS:
        flaws.append(f"{split.score('spanning_transactions'):.0%} of the transactions would span services")
    return flaws


def _sentence(system: System, split: Split) -> str:
    written = {
        access.table for access in system.accesses if access.operation != "read" and access.resolution != "guessed"
    }
    single = round(split.score("single_writer_tables") * len(written))
    writing = sum(1 for t in system.transactions if t.tables_written)
    spanning = round(split.score("spanning_transactions") * writing)
    return (
        f"Split into {len(split.services)} services ({split.name}): "
        f"{single} of {len(written)} written tables have a single writing service, "
        f"{spanning} of {writing} writing transactions would span services, "
        f"and {split.score('inter_call'):.0%} of the calls would cross."
    )


def _against(best: Split, other: Split) -> str:
    """What an alternative does better and worse."""
    better: list[str] = []
    worse: list[str] = []
    from decompose.boundaries.scores import DIRECTIONS

    for name, direction in DIRECTIONS.items():
        if direction and name not in ("coverage", "largest_share"):
            delta = direction * (other.score(name) - best.score(name))
            theirs, ours = f"{other.score(name):.2f}", f"{best.score(name):.2f}"
            text = f"{name.replace('_', ' ')} {theirs} against {ours}"
            if theirs != ours:
                (better if delta > 0 else worse).append(text)
    parts = [f"{other.name} ({len(other.services)} services)"]
    parts.append(f"is better in {', '.join(better)}" if better else "is better in nothing")
    parts.append(f"and worse in {', '.join(worse)}" if worse else "and worse in nothing")
    return " ".join(parts)
