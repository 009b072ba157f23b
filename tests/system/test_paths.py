"""Which lines of a function can follow which, held against what a mark on the way means."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from decompose.system.calls.paths import END, Paths

_LAST = 12
_LINES = st.integers(1, _LAST)
_ARMS = st.tuples(_LINES, st.integers(0, 6), st.integers(-1, 4), st.booleans()).map(
    lambda arm: (arm[0], min(_LAST, arm[0] + arm[1]), arm[2], arm[3])
)


@given(st.lists(_ARMS, max_size=8), st.sets(_LINES, max_size=5), st.integers(0, _LAST))
def test_a_line_is_last_unless_a_mark_behind_it_cannot_be_passed(
    arms: list[tuple[int, int, int, bool]], marked: set[int], start: int
) -> None:
    paths = Paths(arms, [], 1, _LAST)
    paths.mark(marked)
    leaving = [last for first, last, _, stops in arms if stops and first <= start <= last]
    end = min(leaving, default=END - 1) + 1

    stopped = any(
        start < mark.first and mark.last < end and all(arm.has(start) or arm.has(end) for arm in around)
        for mark, around in paths.marks
    )

    assert paths.leaves(start) is not stopped


def test_a_mark_on_one_arm_is_passed_by_the_others() -> None:
    paths = Paths([(2, 3, 1, 0), (5, 6, 1, 0)], [], 1, 9)

    paths.mark([3])
    assert [end for end in range(1, 10) if paths.reaches(1, end)] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert [end for end in range(2, 10) if paths.reaches(2, end)] == [2, 3]

    paths.mark([3, 6])
    assert [end for end in range(1, 10) if paths.reaches(1, end)] == [1, 2, 3, 4, 5, 6]
