"""The cuts between each two services, with the lines behind them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decompose.report.cuts import FAMILIES, Cut, Family
from decompose.report.scene import Listed, Place, Scene, ServiceRef, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROWS_IN_ALL = 2000
_MOST_ROWS, _LEAST_ROWS = 40, 4
_MOST_PAIRS = 250


@dataclass(frozen=True)
class CutRow:
    """One cut and the line that causes it."""

    family: Family
    kind: str
    source: str
    target: str
    resolution: str
    place: Place


@dataclass(frozen=True)
class Pair:
    """All cuts from one service to another; ``guessed`` counts those matched by name alone."""

    source: ServiceRef
    target: ServiceRef
    counts: tuple[tuple[Family, int], ...]
    guessed: int
    rows: Listed[CutRow]

    @property
    def anchor(self) -> str:
        """The id of the list in the page."""
        return pair_anchor(self.source, self.target)


def pair_anchor(source: ServiceRef, target: ServiceRef) -> str:
    """The id under which the page lists the cuts from ``source`` to ``target``."""
    return f"cut-{source.number}-{target.number}"


def pairs(scene: Scene) -> Listed[Pair]:
    """Pairs of services, the most tied first. The number of rows for each keeps the page at a bounded size."""
    found = sorted(scene.cuts_of_pair.items(), key=lambda item: (-len(item[1]), item[0]))
    limit = max(_LEAST_ROWS, min(_MOST_ROWS, _ROWS_IN_ALL // max(len(found), 1)))
    return listed([_pair(scene, source, target, cuts, limit) for (source, target), cuts in found], _MOST_PAIRS)


def _pair(scene: Scene, source: str, target: str, cuts: Sequence[Cut], limit: int) -> Pair:
    counts = Counter(cut.family for cut in cuts)
    ordered = sorted(
        cuts,
        key=lambda cut: (cut.resolution == "guessed", FAMILIES.index(cut.family), cut.file, cut.line, cut.target),
    )
    shown = listed(ordered, limit)
    rows = tuple(
        CutRow(cut.family, cut.kind, cut.source, cut.target, cut.resolution, scene.place(cut.file, cut.line))
        for cut in shown.items
    )
    return Pair(
        source=scene.refs[source],
        target=scene.refs[target],
        counts=tuple((family, counts[family]) for family in FAMILIES if counts[family]),
        guessed=sum(cut.resolution == "guessed" for cut in cuts),
        rows=Listed(rows, shown.total),
    )
