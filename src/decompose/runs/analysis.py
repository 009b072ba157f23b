"""The document that a run writes: everything that was found, versioned."""

from __future__ import annotations

from decompose.boundaries.folders import Package
from decompose.boundaries.ladder import Ladder
from decompose.boundaries.split import Recommendation, Split
from decompose.boundaries.toss_ups import TossUp
from decompose.boundaries.trust import Clusterings
from decompose.database.split import DatabaseSplit
from decompose.errors import UnknownNameError
from decompose.plan.step import Plan
from decompose.system.model import Record, System

FORMAT_VERSION = 1


class Analysis(Record, frozen=True):
    """The content of ``analysis.json``. ``databases`` and ``plans`` have one entry for each non-trivial split.

    ``commits``: for each commit of the history the files with units that it changed; empty without a history. ``clusterings``: what
    any split is compared with. ``packages``: how far each is one thing, which ties its units. ``ladder``: what fewer services
    would bring than the shown split has, or that which it is merged from. ``toss_ups``: what in the shown split belongs as well elsewhere.
    """

    format_version: int
    decompose_version: str
    system: System
    splits: tuple[Split, ...]
    recommendation: Recommendation
    databases: tuple[DatabaseSplit, ...]
    plans: tuple[Plan, ...]
    commits: tuple[tuple[str, ...], ...] = ()
    clusterings: Clusterings = Clusterings()
    packages: tuple[Package, ...] = ()
    ladder: Ladder = Ladder()
    toss_ups: tuple[TossUp, ...] = ()

    def toss_ups_of(self, split: Split) -> tuple[TossUp, ...]:
        """Those of a split of this run: of all but the shown one none are known."""
        return self.toss_ups if split.name == self.recommendation.shown else ()


def named_split(analysis: Analysis, name: str = "") -> Split:
    """The split called ``name``, or the recommended one or that which comes nearest, or the first; raises `UnknownNameError`."""
    wanted = name or analysis.recommendation.shown or (analysis.splits[0].name if analysis.splits else "")
    for split in analysis.splits:
        if split.name == wanted:
            return split
    raise UnknownNameError(
        f"{wanted or '(none)'}: this run has no such split. It has: {', '.join(s.name for s in analysis.splits)}."
    )
