"""What is told when every candidate is too fine: services that are merged as far as that pays may be sound where they are not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

import msgspec

from decompose.boundaries.fewer import steps_to
from decompose.boundaries.ladder import Ladder, ladder_of, merged
from decompose.boundaries.recommend import AGREED, mean_confidence, sentence_of
from decompose.boundaries.scores import Scorer, labels_of
from decompose.boundaries.soundness import (
    MAX_CROSSING,
    MAX_SPANNING,
    ROOM,
    flaws_of,
    flaws_of_crossing,
    flaws_of_shape,
    has_room,
    ledgers,
)
from decompose.boundaries.split import Recommendation, Split
from decompose.system.model import System

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Pair

Bounds = Callable[[Split], tuple[Collection["Pair"], int | None]]
"""Which services of a split stay apart, and how many units one may have."""


def or_merged(
    scorer: Scorer,
    splits: list[Split],
    verdict: Recommendation,
    judged: Callable[[Split], Split],
    bounds: Bounds = lambda _: ((), None),
    remade: Sequence[Split] = (),
) -> tuple[list[Split], Recommendation]:
    """Candidates and ``verdict``; where that is against splitting only because too much crosses, and the last rung that pays is sound with room
    to spare, with that rung. ``remade`` is the consensus made again from each half of the clusterings: where it is what is nearest, both have
    to be sound as well, merged as far as that pays.
    """
    system = scorer.graph.system
    finer = next((split for split in splits if split.name == verdict.nearest), None)
    if verdict.split or finer is None or not _too_fine(system, finer):
        return splits, verdict
    ladder, fewer = _merged_while_it_pays(scorer, finer, bounds)
    made = judged(fewer) if fewer else None
    if made is None or not has_room(system, made, ledgers(system)):
        return splits, verdict
    halves = [_half(scorer, split, bounds) for split in remade] if finer.name in AGREED else []
    counts = " and ".join(str(len(half.services)) for half in halves)
    again = f"made again from each half of the clusterings and merged as far as that pays, there are {counts} services"
    flaw = next((found[0] for half in halves if (found := flaws_of(system, half, ledgers(system)))), "")
    if flaw:
        chance = f"merged to {len(made.services)} services it would be sound, but that is chance: {again}, and not both are sound: {flaw}"
        return splits, msgspec.structs.replace(verdict, reasons=(*verdict.reasons, chance))
    proposed = sum(not split.trivial for split in splits)
    sure = (f"{again}; both are sound",) if halves else ()
    return [*splits[:proposed], made, *splits[proposed:]], _instead(system, verdict, finer, ladder, made, sure)


def _merged_while_it_pays(scorer: Scorer, split: Split, bounds: Bounds) -> tuple[Ladder, Split | None]:
    """The ladder of a split, and the last of its rungs to which every merge pays; None where none does."""
    parted, most_units = bounds(split)
    ladder = ladder_of(scorer, split, parted, most_units)
    count = ladder.stop.services if ladder.stop else 0
    return ladder, merged(scorer, split, (count, count), parted, most_units) if count else None


def _half(scorer: Scorer, split: Split, bounds: Bounds) -> Split:
    """What was made of half of the clusterings, merged as far as that pays, with its scores."""
    _, fewer = _merged_while_it_pays(scorer, split, bounds)
    if fewer is None:
        return split
    return msgspec.structs.replace(fewer, scores=scorer.scores(labels_of(scorer.graph, fewer), shuffles=0))


def _too_fine(system: System, split: Split) -> bool:
    """Whether a split is unsound by the calls and transactions that cross, and by nothing else: that is what merging heals."""
    return not flaws_of_shape(system, split) and bool(flaws_of_crossing(system, split, ledgers(system)))


def _instead(
    system: System, verdict: Recommendation, finer: Split, ladder: Ladder, made: Split, sure: tuple[str, ...]
) -> Recommendation:
    """The ``verdict`` that recommends what is ``made`` of a ``finer`` split by merging; ``sure`` says how far that holds."""
    apart = ledgers(system)
    steps = steps_to(ladder, ladder.stop) if ladder.stop else ""
    why = (
        f"{finer.name} itself is not sound: {'; '.join(flaws_of_crossing(system, finer, apart))}. So it is merged from "
        f"{len(finer.services)} services to {len(made.services)}, as far as each merge pays: {steps}"
    )
    room = (
        "what is merged is recommended only with room to spare, as another seed or a little more code would move it: at most "
        f"{MAX_CROSSING - ROOM:.0%} of the calls may cross, and it must be sure that at most {MAX_SPANNING:.0%} of the writing transactions break"
    )
    others = (reason for reason in verdict.reasons if not reason.startswith(f"{finer.name}: "))
    return Recommendation(
        split=made.name,
        sentence=sentence_of(system, made, apart),
        reasons=(why, room, *sure, *others),
        confidence=round(mean_confidence(made), 3),
    )
