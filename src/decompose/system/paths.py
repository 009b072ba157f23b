"""Which lines of a function can run before which, and what must run between: from the branches of its body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

END = 1 << 30
"""The end of a function, as a line."""


class Arm(NamedTuple):
    """Lines that run on some paths only. Arms of one branching exclude each other; ``stops``: it returns or raises."""

    first: int
    last: int
    branching: int
    stops: bool

    def has(self, line: int) -> bool:
        return self.first <= line <= self.last


class Mark(NamedTuple):
    """A line that is looked for, or a whole ``branching`` that no path gets through without meeting one."""

    first: int
    last: int
    branching: int = 0


class Paths:
    """The paths through one function, told by lines; ``marks`` are lines that are looked for on them.

    A loop may run several times: what stands behind a mark in it is before the mark of the next time.
    """

    def __init__(self, arms: Iterable[Sequence[int]], loops: Iterable[Sequence[int]], first: int, last: int) -> None:
        inside = [Arm(a[0], a[1], a[2], bool(a[3])) for a in arms if first <= a[0] and a[1] <= last]
        self.arms = sorted(inside, key=lambda arm: (arm.last - arm.first, arm.first))
        self.loops = [(loop[0], loop[1]) for loop in loops if first <= loop[0] and loop[1] <= last]
        self.marks: list[Mark] = []

    def mark(self, lines: Iterable[int]) -> None:
        """Look for these lines from now on. A branching of which each arm has a mark, or stops, is a mark as a whole."""
        self.marks = [Mark(line, line) for line in sorted(set(lines))]
        branchings: dict[int, list[Arm]] = {}
        for arm in self.arms:
            if arm.branching > 0:
                branchings.setdefault(arm.branching, []).append(arm)
        for number, arms in sorted(
            branchings.items(), key=lambda item: max(arm.last for arm in item[1]) - item[1][0].first
        ):
            if any(not arm.stops for arm in arms) and all(arm.stops or self._always_marked(arm) for arm in arms):
                self.marks.append(Mark(min(arm.first for arm in arms), max(arm.last for arm in arms), number))

    def _always_marked(self, arm: Arm) -> bool:
        """Whether an arm has a mark that no smaller arm in it may pass by."""
        inner = [other for other in self.arms if other.last - other.first < arm.last - arm.first]
        return any(
            arm.has(mark.first) and arm.has(mark.last) and not any(_holds(other, mark) for other in inner)
            for mark in self.marks
        )

    def reaches(self, start: int, end: int) -> bool:
        """Whether code at ``start`` may be followed by ``end`` without a mark between."""
        if start <= end:
            return self._goes_on(start, end) and not self._is_marked(start, end)
        around = [loop for loop in self.loops if loop[0] <= end and start <= loop[1]]
        return any(
            not self._is_marked(start, last + 1) and not self._is_marked(first - 1, end) for first, last in around
        )

    def leaves(self, start: int) -> bool:
        """Whether code at ``start`` may be the last that runs without a mark behind it."""
        ends = [arm.last for arm in self.arms if arm.stops and arm.has(start)]
        return not self._is_marked(start, min(ends, default=END - 1) + 1)

    def _goes_on(self, start: int, end: int) -> bool:
        """Whether the arms that hold two lines allow one to follow the other."""
        for arm in self.arms:
            if arm.has(start) and not arm.has(end):
                if arm.stops:
                    return False
                if any(other.branching == arm.branching and other.has(end) for other in self.arms):
                    return False
        return True

    def _is_marked(self, start: int, end: int) -> bool:
        return any(start < mark.first and mark.last < end and self._between(start, mark, end) for mark in self.marks)

    def _between(self, start: int, mark: Mark, end: int) -> bool:
        """Whether all paths from one line to another pass a mark: no arm around it can be passed by."""
        return all(arm.has(start) or arm.has(end) for arm in self.arms if _holds(arm, mark))


def _holds(arm: Arm, mark: Mark) -> bool:
    """Whether a mark stands in an arm, and is not the branching that the arm belongs to."""
    return arm.has(mark.first) and arm.has(mark.last) and arm.branching != mark.branching
