"""What crosses between services, as a reader sees it."""

from __future__ import annotations

from typing import NamedTuple

from decompose.boundaries.split import Split
from decompose.report.ties import FAMILIES, GUESSED, Ties, resolution
from decompose.wording import counted

SHOWN_LINES = 5
"""So many lines of each cut stand in the page itself; all of them are in its data."""


class Evidence(NamedTuple):
    """One line of code behind a claim; ``more`` counts what else crosses by the same line, as where an object decides what a call runs."""

    source: str
    target: str
    kind: str
    resolution: str
    file: str
    line: int
    text: str
    more: int = 0


class Cut(NamedTuple):
    """Everything between two services, in one direction, counted by places: a line that may lead to many counts once for each family.

    ``total`` counts what is proved or inferred, ``guessed`` the rest; ``evidence`` is the start of both.
    """

    source: str
    target: str
    total: int
    guessed: int
    counts: dict[str, int]
    evidence: list[Evidence]

    def __str__(self) -> str:
        parts = [counted(self.counts[family], family) for family in FAMILIES if self.counts.get(family)]
        return ", ".join([*parts, *([f"{self.guessed} guessed"] if self.guessed else [])])

    @property
    def main_family(self) -> str:
        """The family with most ties; data before calls where they are equal."""
        return max(reversed(FAMILIES), key=lambda family: self.counts.get(family, 0))


def find_cuts(ties: Ties, split: Split, shown_lines: int = SHOWN_LINES) -> list[Cut]:
    """All cuts of a split, the heaviest first, each with its first ``shown_lines`` places of evidence."""
    found = ties.cut(ties.labels(split), len(split.services))
    rows_of_cuts = found.rows_of_cuts() if shown_lines else [[] for _ in found.pairs]
    cuts = []
    for (first, second), numbers, rows in zip(found.pairs, found.counts, rows_of_cuts, strict=True):
        counts = {family: number for family, number in zip(FAMILIES, numbers, strict=False) if number}
        shown = ties.first_shown(rows, shown_lines)
        source, target = split.services[first].name, split.services[second].name
        listed = [_evidence(ties, row)._replace(more=more) for row, more in shown]
        cuts.append(Cut(source, target, sum(counts.values()), numbers[GUESSED], counts, listed))
    return sorted(cuts, key=lambda cut: (-cut.total, -cut.guessed, cut.source, cut.target))


def _evidence(ties: Ties, row: int) -> Evidence:
    item = ties.items[row]
    text = ties.system.source_lines.get(item.file, {}).get(item.line, "")
    return Evidence(ties.starts[row], ties.ends[row], ties.kinds[row], resolution(item), item.file, item.line, text)
