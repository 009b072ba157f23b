"""Splits side by side as one HTML file, in the look of the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from decompose.boundaries import Comparison
from decompose.boundaries.comparison import Move, Shift, better, by_weight, shifts
from decompose.boundaries.scores import DESCRIPTIONS, DIRECTIONS
from decompose.boundaries.split import SHARED, Split
from decompose.report.cards import by_size
from decompose.report.cuts import find_cuts
from decompose.report.page import PALETTE, as_file, environment, policy, style
from decompose.report.ring import Ring, draw_ring
from decompose.report.ties import Ties
from decompose.system.model import System
from decompose.wording import counted

_MOVES = 300
_SHIFTS = 15


class Compared(NamedTuple):
    """Two splits, each with the system that it is of; ``ties`` are those inside its service of what moved, before and after."""

    comparison: Comparison
    first: Split
    second: Split
    first_system: System
    second_system: System
    ties: dict[str, tuple[int, int]]


class ScoreLine(NamedTuple):
    """One score of both; ``better`` is 1 for the first, 2 for the second, else 0."""

    name: str
    about: str
    direction: int
    first: float | None
    second: float | None
    better: int


class _Side(NamedTuple):
    """One split as it is drawn: ``numbers`` are those by which its services are shown."""

    split: Split
    numbers: dict[str, int]
    map: Ring | None


class _Pair(NamedTuple):
    compared: Compared
    sides: tuple[_Side, _Side]
    scores: list[ScoreLine]
    shifts: list[Shift]
    moved: list[Move]


def render_comparison(pairs: Sequence[Compared]) -> bytes:
    """One page for all pairs, one below the other."""
    known: dict[int, Ties] = {}  # by identity: one system has many splits

    def ties_of(system: System) -> Ties:
        if id(system) not in known:
            known[id(system)] = Ties(system)
        return known[id(system)]

    shown = []
    for pair in pairs:
        first, second = _numbered(pair)
        count = max([*first.values(), *second.values()], default=0)
        longest = max((len(name) for name in (*first, *second)), default=0)
        sides = (
            _side(pair.first, ties_of(pair.first_system), first, count, longest),
            _side(pair.second, ties_of(pair.second_system), second, count, longest),
        )
        moved = pair.comparison.moved
        scores = score_lines(pair.first, pair.second)
        shown.append(_Pair(pair, sides, scores, shifts(moved), by_weight(moved, pair.ties)))
    text = (
        environment()
        .get_template("comparison.html")
        .render(
            pairs=shown,
            colours=len(PALETTE),
            counted=counted,
            max_moves=_MOVES,
            max_shifts=_SHIFTS,
            shared=SHARED,
            style=style(),
            policy=policy(style()),
        )
    )
    return as_file(text)


def score_lines(first: Split, second: Split) -> list[ScoreLine]:
    """Every score that one of the two has."""
    ours, theirs = ({score.name: score.value for score in split.scores} for split in (first, second))
    lines = []
    for name, direction in DIRECTIONS.items():
        one, other = ours.get(name), theirs.get(name)
        if one is None and other is None:
            continue
        which = better(direction, one, other) if one is not None and other is not None else 0
        lines.append(ScoreLine(name, DESCRIPTIONS[name], direction, one, other, which))
    return lines


def _numbered(pair: Compared) -> tuple[dict[str, int], dict[str, int]]:
    """Numbers for the services of both: by size in the first, and what matches one of those has its number."""
    lines = {unit.id: unit.lines for unit in pair.first_system.units}
    first = {service.name: number for number, service in enumerate(by_size(pair.first, lines).services, 1)}
    matched = {match.second: first[match.first] for match in pair.comparison.matches if match.first and match.second}
    second = {}
    following = len(first)
    for service in by_size(pair.second, {unit.id: unit.lines for unit in pair.second_system.units}).services:
        if service.name not in matched:
            following += 1
        second[service.name] = matched.get(service.name, following)
    return first, second


def _side(split: Split, ties: Ties, numbers: dict[str, int], count: int, longest: int) -> _Side:
    return _Side(split, numbers, draw_ring(split, find_cuts(ties, split, shown_lines=0), numbers, count, longest))
