"""Code that is laid out by layer: there a split that looks at single units may break less than what most ways of looking agree on.

The consensus is mostly made of modules as wholes. Where modules hold something of everything, a few small ones that are taken for
whole put its boundaries where these are, and cut what belongs together.
"""

from __future__ import annotations

from collections.abc import Sequence

from decompose.boundaries.generators.packages import PackageStructure
from decompose.boundaries.generators.tables import TablesFirst
from decompose.boundaries.generators.whole_graph import WholeGraph
from decompose.boundaries.scores import DIRECTIONS
from decompose.boundaries.soundness import value_of
from decompose.boundaries.split import Split

BROKEN = (
    "spanning_transactions",
    "foreign_writes",
    "single_writer_tables",
    "foreign_reads",
    "cut_foreign_keys",
    "crossing_joins",
    "inter_call",
)
"""Scores of what a split breaks."""

SINGLE = (WholeGraph.name, TablesFirst.name)
"""Generators that look at all evidence, and not at modules as wholes."""

FAR = 0.15
"""So much less than with the best the ensemble agrees with modules as wholes where code is laid out by layer: from one seed to another that
differs by up to 0.09, and between the applications of either kind that were looked at lie 0.12 and 0.18.
"""


def breaking_less(best: Split, sound: Sequence[Split], splits: Sequence[Split], equal_trust: float) -> Split | None:
    """Of the ``sound`` splits of single units that break nothing more than the ``best`` and something less, that with the fewest services,
    if the ensemble agrees with it about as well (within ``equal_trust``); None where there is none, or modules are telling.
    """
    trust = {split.name: value_of(split, "seed_agreement") for split in splits if not split.trivial}
    most = max(trust.values(), default=0.0)
    if trust.get(PackageStructure.name, 0.0) >= most - FAR:
        return None
    found = [
        split
        for split in sound
        if split.name in SINGLE and trust[split.name] >= most - equal_trust and _breaks_less(split, best)
    ]
    return min(found, key=lambda split: (len(split.services), -trust[split.name]), default=None)


def _breaks_less(one: Split, other: Split) -> bool:
    """Whether one split breaks nothing more than another and something less (Pareto)."""
    ours, theirs = ({score.name: score.value for score in split.scores} for split in (one, other))
    saved = [(ours[name] - theirs[name]) * DIRECTIONS[name] for name in BROKEN if name in ours and name in theirs]
    return bool(saved) and min(saved) >= 0 < max(saved)
