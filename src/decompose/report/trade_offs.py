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

MAX_CANDIDATES = 24

_NEAR = 16.0
_ROOM = 110.0


class Tick(NamedTuple):
    """A line of the grid."""

    at: float
    text: str


class Dot(NamedTuple):
    """One candidate; ``number`` is its place among the candidates, from 1."""

    number: int
    name: str
    x: float
    y: float
    trivial: bool


class Mark(NamedTuple):
    """The numbers of dots that touch, beside them: to their right, or to their left where there is no room."""

    text: str
    x: float
    y: float
    left: bool


class Scatter(NamedTuple):
    """A laid out scatter plot, in pixels. What is ``outside`` is trivial and so far off that the others would be one blot."""

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
    marks: list[Mark]
    outside: list[Dot]


def scatter(splits: Sequence[Split]) -> Scatter | None:
    """Data against change, or None where fewer than two candidates have both scores."""
    known = [{score.name: score.value for score in split.scores} for split in splits]
    change = next((pair for pair in CHANGE if any(pair[0] in scores for scores in known)), CHANGE[-1])
    points = [
        (scores[DATA[0]], scores[change[0]], number, split)
        for number, (scores, split) in enumerate(zip(known, splits, strict=True), 1)
        if DATA[0] in scores and change[0] in scores
    ]
    if len(points) < 2:
        return None
    left, right, top, bottom = 52, 505, 26, 290
    scale = [point for point in points if not point[3].trivial] or points
    most_x, most_y = _round_up(max(x for x, *_ in scale)), _round_up(max(y for _, y, *_ in scale))
    dots = [
        Dot(
            number,
            split.name,
            round(left + (right - left) * x / most_x, 1),
            round(bottom - (bottom - top) * y / most_y, 1),
            split.trivial,
        )
        for x, y, number, split in points
    ]
    inside = [dot for dot in dots if dot.x <= right and dot.y >= top]
    return Scatter(
        540, 340, left, right, top, bottom, DATA[1], change[1],
        [Tick(round(left + (right - left) * part / 4, 1), f"{most_x * part / 4:.0%}") for part in range(5)],
        [Tick(round(bottom - (bottom - top) * part / 4, 1), f"{most_y * part / 4:.0%}") for part in range(5)],
        inside,
        _marks(inside, right, bottom),
        [dot for dot in dots if dot not in inside],
    )  # fmt: skip


def _marks(dots: Sequence[Dot], right: int, bottom: int) -> list[Mark]:
    """The numbers of all dots, those of dots that touch together."""
    groups: list[list[Dot]] = []
    for dot in dots:
        touched = [group for group in groups if any(math.dist(dot[2:4], other[2:4]) < _NEAR for other in group)]
        groups = [group for group in groups if group not in touched] + [[dot, *(d for group in touched for d in group)]]
    marks = []
    for group in groups:
        text = ", ".join(str(number) for number in sorted(dot.number for dot in group))
        left = max(dot.x for dot in group) > right - _ROOM
        x = min(dot.x for dot in group) - 9 if left else max(dot.x for dot in group) + 9
        y = min(sum(dot.y for dot in group) / len(group) + 4, bottom - 5)  # not on the axis
        marks.append(Mark(text, round(x, 1), round(y, 1), left))
    return sorted(marks)


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
    matrix = [[Agreement(1.0, 4) for _ in splits] for _ in splits]
    for i, first in enumerate(labels):
        for j, second in enumerate(labels[:i]):
            together = np.unique(first * len(sizes[j]) + second, return_counts=True)[1].tolist()
            value = round(rand_index_of_sizes(together, sizes[i], sizes[j]), 2) + 0.0
            matrix[i][j] = matrix[j][i] = Agreement(value, max(0, min(4, int(value * 4 + 0.5))))
    return matrix
