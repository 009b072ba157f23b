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
_DIGIT = 7.0
_RADIUS = 6.0
_LEFT = 52
_BEYOND = 30
"""How far right of the grid there is paper."""


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
    """The numbers of dots that touch, beside them: on the first side where no other dot or number is. ``anchor`` is SVG's."""

    text: str
    x: float
    y: float
    anchor: str


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
    left, right, top, bottom = _LEFT, 505, 26, 290
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
    marks: list[Mark] = []
    for group in sorted(groups, key=lambda group: (len(group), group[0].number)):
        text = ", ".join(str(number) for number in sorted(dot.number for dot in group))
        across, down = [dot.x for dot in group], [dot.y for dot in group]
        left, end, top, low = min(across), max(across), min(down), max(down)
        middle, beside = (left + end) / 2, min((top + low) / 2 + 4, bottom - 5)  # not on the axis
        sides = [
            Mark(text, round(end + 9, 1), round(beside, 1), "start"),
            Mark(text, round(left - 9, 1), round(beside, 1), "end"),
            Mark(text, round(middle, 1), round(top - 9, 1), "middle"),
            Mark(text, round(middle, 1), round(low + 18, 1), "middle"),
        ]
        others = [dot for dot in dots if dot not in group]
        free = (mark for mark in sides if _is_free(mark, others, marks, right, bottom))
        marks.append(next(free, sides[0]))
    return sorted(marks)


Rectangle = tuple[float, float, float, float]


def _is_free(mark: Mark, dots: Sequence[Dot], marks: Sequence[Mark], right: int, bottom: int) -> bool:
    own = _extent(mark)
    taken = [_extent(other) for other in marks]
    taken += [(dot.x - _RADIUS, dot.y - _RADIUS, dot.x + _RADIUS, dot.y + _RADIUS) for dot in dots]
    inside = own[0] > _LEFT and own[2] < right + _BEYOND and own[3] < bottom
    return inside and not any(
        own[0] < other[2] and other[0] < own[2] and own[1] < other[3] and other[1] < own[3] for other in taken
    )


def _extent(mark: Mark) -> Rectangle:
    """About what the text covers: left, top, right, bottom."""
    width = _DIGIT * len(mark.text)
    left = mark.x - {"start": 0.0, "middle": width / 2, "end": width}[mark.anchor]
    return left, mark.y - 9, left + width, mark.y + 2


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
