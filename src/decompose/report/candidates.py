"""The candidate splits side by side, the trivial ones beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from decompose.boundaries.scores import DESCRIPTIONS, DIRECTIONS

if TYPE_CHECKING:
    from decompose.boundaries.split import Score
    from decompose.report.scene import Scene

_SHOWN_ANYWAY = frozenset({"services", "largest_share"})
"""Measures that have their own columns."""
_BETTER = {1: "higher", -1: "lower"}


@dataclass(frozen=True)
class ScoreColumn:
    """One measure; ``better`` is ``higher``, ``lower``, or empty where neither is."""

    name: str
    better: str
    meaning: str


@dataclass(frozen=True)
class Candidate:
    """One split; ``scores`` has one entry for each column, None where it was not computed."""

    name: str
    generator: str
    trivial: bool
    shown: bool
    services: int
    largest: float
    shared: int
    scores: tuple[Score | None, ...]


@dataclass(frozen=True)
class Candidates:
    """The rows and columns of the comparison."""

    columns: tuple[ScoreColumn, ...]
    rows: tuple[Candidate, ...]


def candidates(scene: Scene) -> Candidates:
    """All splits of the analysis, proposals first, in the order in which they were ranked."""
    splits = scene.analysis.splits
    names = list(
        dict.fromkeys(score.name for split in splits for score in split.scores if score.name not in _SHOWN_ANYWAY)
    )
    rows = []
    for split in sorted(splits, key=lambda split: split.trivial):
        scores = {score.name: score for score in split.scores}
        units = sum(len(service.units) for service in split.services) + len(split.shared)
        largest = max((len(service.units) for service in split.services), default=0)
        rows.append(
            Candidate(
                name=split.name,
                generator=split.generator,
                trivial=split.trivial,
                shown=split.name == scene.split.name,
                services=len(split.services),
                largest=largest / units if units else 0.0,
                shared=len(split.shared),
                scores=tuple(scores.get(name) for name in names),
            )
        )
    columns = tuple(
        ScoreColumn(name, _BETTER.get(DIRECTIONS.get(name, 0), ""), DESCRIPTIONS.get(name, "")) for name in names
    )
    return Candidates(columns, tuple(rows))
