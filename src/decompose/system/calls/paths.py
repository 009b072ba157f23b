"""Which lines of a function can run before which, and what must run between: from the branches of its body."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter
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
        self.marks: list[tuple[Mark, list[Arm]]] = []
        """Each mark with the arms that hold it, in the order of lines."""
        self._lines: frozenset[int] = frozenset()
        self._marked: dict[int, list[int]] = {}
        self._around: dict[int, list[Arm]] = {}
        self._known: dict[tuple[int, int], bool] = {}
        self._leaving: dict[tuple[int, int], bool] = {}

    def mark(self, lines: Iterable[int]) -> None:
        """Look for these lines from now on. A branching of which each arm has a mark, or stops, is a mark as a whole."""
        self._known.clear()
        self._leaving.clear()
        self._marked.clear()
        self._lines = frozenset(lines)
        self.marks = [(Mark(line, line), self._holding(line)) for line in sorted(self._lines)]
        # By identity: two arms of one line look alike.
        always_marked = {id(around[0]) for _, around in self.marks if around}
        branchings: dict[int, list[Arm]] = {}
        for arm in self.arms:
            if arm.branching > 0:
                branchings.setdefault(arm.branching, []).append(arm)
        for number, arms in sorted(
            branchings.items(), key=lambda item: max(arm.last for arm in item[1]) - item[1][0].first
        ):
            if any(not arm.stops for arm in arms) and all(arm.stops or id(arm) in always_marked for arm in arms):
                mark = Mark(min(arm.first for arm in arms), max(arm.last for arm in arms), number)
                around = [arm for arm in self._holding(mark.first) if arm.has(mark.last) and arm.branching != number]
                self.marks.append((mark, around))
                always_marked.update(id(arm) for arm in around[:1])
        self.marks.sort(key=itemgetter(0))

    def is_mark(self, line: int) -> bool:
        """Whether a line is itself one that is looked for."""
        return line in self._lines

    def _holding(self, line: int) -> list[Arm]:
        """The arms that a line is in, the smallest first."""
        known = self._around.get(line)
        if known is None:
            known = self._around[line] = [arm for arm in self.arms if arm.first <= line <= arm.last]
        return known

    def reaches(self, start: int, end: int) -> bool:
        """Whether code at ``start`` may be followed by ``end`` without a mark between."""
        known = self._known.get((start, end))
        if known is None:
            known = self._known[start, end] = self._reaches(start, end)
        return known

    def _reaches(self, start: int, end: int) -> bool:
        if start <= end:
            return not self._is_marked(start, end) and self._goes_on(start, end)
        around = [loop for loop in self.loops if loop[0] <= end and start <= loop[1]]
        return any(
            not self._is_marked(start, last + 1) and not self._is_marked(first - 1, end) for first, last in around
        )

    def leaves(self, start: int, last: int = END - 1) -> bool:
        """Whether code at ``start`` may be the last that runs, up to a ``last`` line, without a mark behind it."""
        known = self._leaving.get((start, last))
        if known is None:
            ends = [arm.last for arm in self._holding(start) if arm.stops and arm.last <= last]
            known = self._leaving[start, last] = not self._is_marked(start, min(ends, default=last) + 1)
        return known

    def breaks_off(self, start: int, end: int) -> bool:
        """Whether ``end`` is on an arm that leaves the function, as a handler that raises again does, and ``start`` is not."""
        return any(arm.stops and not arm.has(start) for arm in self._holding(end))

    def _goes_on(self, start: int, end: int) -> bool:
        """Whether the arms that hold two lines allow one to follow the other."""
        left = [arm for arm in self._holding(start) if end > arm.last]
        if not left:
            return True
        entered = {arm.branching for arm in self._holding(end)}
        return not any(arm.stops or arm.branching in entered for arm in left)

    def _is_marked(self, start: int, end: int) -> bool:
        """Whether all paths from one line to another pass a mark."""
        bounds = self._marked.get(start)
        if bounds is None:
            bounds = self._marked[start] = self._behind_marks(start)
        return bisect_right(bounds, end) % 2 == 1

    def _behind_marks(self, start: int) -> list[int]:
        """The ends to which all paths from a line pass a mark: where a range of them begins, where it is over, and so on.

        Those are behind the mark, and in each arm around it that does not hold the line: others can be reached past it.
        """
        ranges: list[tuple[int, int]] = []
        always = END + 1
        for mark, around in self.marks:
            if mark.first >= always:
                break
            if mark.first > start:
                until = min((arm.last for arm in around if not arm.has(start)), default=END)
                ranges.append((mark.last + 1, until + 1))
                if until == END:
                    always = min(always, mark.last + 1)
        bounds: list[int] = []
        for first, over in sorted(ranges):
            if bounds and first <= bounds[-1]:
                bounds[-1] = max(bounds[-1], over)
            elif first < over:
                bounds += (first, over)
        return bounds
