"""Candidates beside each other: the scatter of data against change, and who agrees with whom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from decompose.boundaries.agreement import rand_index_of_sizes
from decompose.boundaries.split import Split
from decompose.report.ties import Ties

DATA = ("foreign_writes", "writes to other services' tables")
CHANGE = (("lockstep", "commits that touch several services"), ("inter_call", "calls that cross"))
"""The first of these that was computed."""

MAX_CANDIDATES = 12


class Tick(NamedTuple):
    """A line of the grid."""

    at: float
    text: str


class Dot(NamedTuple):
    """One candidate."""

    x: float
    y: float
    text: str
    trivial: bool
    label_x: float
    label_y: float
    anchor: str


class Scatter(NamedTuple):
    """A laid out scatter plot, in pixels."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    x_name: str
    y_name: str
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    dots: list[Dot]


def scatter(splits: Sequence[Split]) -> Scatter | None:
    """Data against change, or None where fewer than two candidates have both scores."""
    known = [{score.name: score.value for score in split.scores} for split in splits]
    change = next((pair for pair in CHANGE if any(pair[0] in scores for scores in known)), CHANGE[-1])
    points = [
        (scores[DATA[0]], scores[change[0]], split)
        for scores, split in zip(known, splits, strict=True)
        if DATA[0] in scores and change[0] in scores
    ]
    if len(points) < 2:
        return None
    left, right, top, bottom = 52, 500, 26, 290
    most_x, most_y = _round_up(max(x for x, _, _ in points)), _round_up(max(y for _, y, _ in points))
    dots: list[Dot] = []
    for x, y, split in sorted(points, key=lambda point: (point[1], point[0], point[2].name)):
        at_x, at_y = left + (right - left) * x / most_x, bottom - (bottom - top) * y / most_y
        label_y = at_y + 4
        before = at_x > (left + right) / 2
        while any(abs(dot.label_y - label_y) < 14 and abs(dot.x - at_x) < 190 for dot in dots):
            label_y -= 14
        name = split.name if len(split.name) <= 22 else f"{split.name[:21]}…"
        dots.append(
            Dot(
                round(at_x, 1), round(at_y, 1), name, split.trivial,
                round(at_x + (-11 if before else 11), 1), round(label_y, 1), "end" if before else "start",
            )
        )  # fmt: skip
    return Scatter(
        540, 340, left, right, top, bottom, DATA[1], change[1],
        [Tick(round(left + (right - left) * part / 4, 1), f"{most_x * part / 4:.0%}") for part in range(5)],
        [Tick(round(bottom - (bottom - top) * part / 4, 1), f"{most_y * part / 4:.0%}") for part in range(5)],
        dots,
    )  # fmt: skip


def _round_up(value: float) -> float:
    """The end of an axis: a multiple of 4 %, so that its quarters are whole."""
    return max(0.04, math.ceil(round(value * 25, 6)) / 25)


class Agreement(NamedTuple):
    """The adjusted Rand index of two candidates; ``heat`` is 0 to 4."""

    value: float
    heat: int


def agreements(ties: Ties, splits: Sequence[Split]) -> list[list[Agreement]]:
    """The agreement of each candidate with each, over the units; empty where there is but one or very many."""
    import numpy as np

    if not 1 < len(splits) <= MAX_CANDIDATES or not ties.units:
        return []
    labels = [ties.labels(split)[: ties.units] + 1 for split in splits]
    sizes = [np.bincount(column).tolist() for column in labels]
    matrix = []
    for first, own in zip(labels, sizes, strict=True):
        row = []
        for second, other in zip(labels, sizes, strict=True):
            together = np.unique(first * len(other) + second, return_counts=True)[1].tolist()
            value = round(rand_index_of_sizes(together, own, other), 6) + 0.0
            row.append(Agreement(value, max(0, min(4, int(value * 4 + 0.5)))))
        matrix.append(row)
    return matrix
