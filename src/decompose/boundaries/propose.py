"""Generate candidate splits, score them, and recommend one or none, with the reason."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from decompose.boundaries.alike import told_of_alike
from decompose.boundaries.candidates import candidates_of, trivial_splits
from decompose.boundaries.coarser import or_merged
from decompose.boundaries.fewer import told_of_folds, told_of_ladder
from decompose.boundaries.folders import Package
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.judging import Judging
from decompose.boundaries.keeping import Earlier, keep
from decompose.boundaries.ladder import Ladder, ladder_of, merged
from decompose.boundaries.making import HALVES
from decompose.boundaries.options import SplitOptions, Start
from decompose.boundaries.partition import split_from_assignment
from decompose.boundaries.pins import Settled, check_count
from decompose.boundaries.platform import Released, told_of_platform
from decompose.boundaries.recommend import AGREED, MERGED, how_sure, kept_to, recommend, told_of_range
from decompose.boundaries.scattered import Scattered, told_of_scattered
from decompose.boundaries.scores import Scored, Scorer, labels_of
from decompose.boundaries.small import told_of_small
from decompose.boundaries.soundness import reasons_against
from decompose.boundaries.split import Recommendation, Split
from decompose.boundaries.stateless import told_of_stateless
from decompose.boundaries.toss_ups import TossUp, told_of_toss_ups, toss_ups
from decompose.boundaries.trust import Clusterings
from decompose.boundaries.unreached import unreached
from decompose.system.model import System

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Pair

_MAX_THREADS = 4


class Proposal(NamedTuple):
    """All candidate splits, trivial ones last, the recommendation, what any split is compared with, how far packages are one thing,
    what fewer services would bring, and what in the shown split belongs as well elsewhere.
    """

    splits: tuple[Split, ...]
    recommendation: Recommendation
    clusterings: Clusterings = Clusterings()
    packages: tuple[Package, ...] = ()
    ladder: Ladder = Ladder()
    toss_ups: tuple[TossUp, ...] = ()


def propose(
    system: System,
    options: SplitOptions | None = None,
    scorer: Scorer | None = None,
    found: Callable[[Split], None] = lambda _: None,
    score: Callable[[Labels], Scored] | None = None,
) -> Proposal:
    """Candidate splits of ``system``, each with scores, and a recommendation. ``scorer``: that of the system, if it is at hand.

    ``found`` is called with each that is not trivial as soon as it is known, before it is scored. ``score`` begins to score the trivial
    ones, somewhere else, while the others are made.
    """
    options = options or SplitOptions()
    scorer = scorer or Scorer(EvidenceGraph(system), options.commits)
    if not scorer.graph.members:
        return Proposal((), Recommendation(split="", sentence="Do not split: there is no code to split."))
    kept = keep(scorer.graph, options.start) if isinstance(options.start, Earlier) else None
    start = kept.split if kept is not None else None
    if isinstance(options.start, Start):
        start = split_from_assignment(system, options.start.placements, options.start.name, scorer.graph)
    system = scorer.graph.system  # what is divided is judged
    check_count(options.pins, options.services)
    settled = Settled(scorer.graph, options.pins)
    fewer = _merged(scorer, options, settled) if options.services and start is None else None
    executor = ThreadPoolExecutor(min(_MAX_THREADS, os.cpu_count() or 1))
    try:
        trivially = [(*one, (score or scorer.later)(one[-1])) for one in trivial_splits(scorer.graph)]
        splits, remade, judging, packages, released, apart = candidates_of(
            scorer, options, settled, executor, start, fewer, found, trivially
        )
    finally:
        executor.shutdown(cancel_futures=True)
    if kept is not None:
        verdict = kept_to(system, splits[0], kept.summary, kept.changes)
    else:
        verdict = recommend(system, splits, options.services, options.smallest)
        missed = told_of_range(splits, verdict, options.services) if options.services and start is None else ""
        verdict = msgspec.structs.replace(verdict, sentence=f"{verdict.sentence} {missed}".rstrip())
    # Where it is merged that one is recommended, the ladder still begins at what is merged.
    fine = next((split for split in splits if split.name == verdict.shown), None)
    ladder = ladder_of(scorer, fine, *_bounds(scorer, fine, settled)) if fine else Ladder()
    if kept is None and not options.services and not reasons_against(system, options.smallest):
        splits, verdict = or_merged(
            scorer, splits, verdict, judging.judged, lambda split: _bounds(scorer, split, settled), remade
        )
    asked = verdict.shown == MERGED and options.services is not None
    # What was decided on before is no toss-up any more; how a number that was asked for is reached by merging, the halves do not tell.
    tossed = _tossed(scorer, splits, verdict, () if asked else remade, judging) if start is None else ()
    besides = _besides(scorer, splits, verdict, remade, released, apart, ladder, tossed)
    verdict = msgspec.structs.replace(verdict, reasons=(*verdict.reasons, *besides))
    return Proposal(tuple(splits), verdict, judging.trust.kept(scorer.graph), packages, ladder, tossed)


def _tossed(
    scorer: Scorer, splits: list[Split], verdict: Recommendation, remade: Sequence[Split], judging: Judging
) -> tuple[TossUp, ...]:
    """What in the shown split belongs as well elsewhere; of what is not the consensus, or made of it, the halves say nothing."""
    shown = next((split for split in splits if split.name == verdict.shown), None)
    if shown is None:
        return ()
    halves = remade if shown.name in (*AGREED, MERGED) else ()
    merged_in = shown.name == MERGED
    return toss_ups(scorer, judging.certainty, shown, halves, pinned=judging.pinned, divided=not merged_in)


def _merged(scorer: Scorer, options: SplitOptions, settled: Settled) -> Split | None:
    """What would be proposed without a number of services, made as few as are asked for; None where it has no more."""
    unasked = propose(scorer.graph.system, options._replace(services=None), scorer)
    shown = next((split for split in unasked.splits if split.name == unasked.recommendation.shown), None)
    if shown is None or not options.services:
        return None
    if shown.name == MERGED and options.services[0] <= len(shown.services) <= options.services[1]:
        return shown
    fine = next(split for split in unasked.splits if split.name == unasked.ladder.split)
    return merged(scorer, fine, options.services, *_bounds(scorer, fine, settled))


def _bounds(scorer: Scorer, split: Split, settled: Settled) -> tuple[set[Pair], int | None]:
    """Which services of a split pins keep apart, and how many units one may have."""
    return settled.parted(labels_of(scorer.graph, split)), settled.pins.max_size


def _besides(
    scorer: Scorer,
    splits: list[Split],
    verdict: Recommendation,
    remade: list[Split],
    released: Mapping[str, tuple[Released, ...]],
    no_service: Sequence[Scattered],
    ladder: Ladder,
    tossed: Sequence[TossUp],
) -> Iterator[str]:
    """What is said beside why a split is recommended: how far that holds, and what it does not know."""
    system = scorer.graph.system
    if len(remade) == HALVES and verdict.shown in AGREED:
        yield how_sure(system, verdict, remade)
    if told := told_of_toss_ups(tossed):
        yield told
    for split in splits:
        if split.name == verdict.shown:
            yield from told_of_platform(scorer.graph, split, released.get(split.name, ()))
            yield from told_of_scattered(scorer.graph, split, no_service if split.name in AGREED else ())
        if split.name == verdict.split and (small := told_of_small(scorer, split)):
            yield small
        if split.name == verdict.shown and (without := told_of_stateless(scorer.graph, split)):
            yield without
        if split.name == verdict.shown and (apart := told_of_alike(split)):
            yield apart
    if ladder.split == verdict.shown and (fewer := told_of_ladder(ladder)):
        yield fewer
    if folds := told_of_folds(ladder):
        yield folds
    if left := unreached(scorer.graph):
        yield (
            f"nothing in view enters, calls or names {len(left)} of {len(system.units)} units, such as {left[0].id}: "
            "they are placed by their ties (`decompose export RUN unreached`)"
        )
    if splits and not any(score.name == "lockstep" for score in splits[0].scores):
        yield "there is no git history of this folder: what changes together is judged by calls"
