"""Which calls are made for each of many things."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from decompose.system.model import Dependency, Surroundings


class Loops:
    """The bodies of loops, and the calls in comprehensions, of all files."""

    def __init__(self, around: Surroundings) -> None:
        self._bodies = {file: _merged(ranges) for file, ranges in around.loops.items()}
        self._looped = around.looped

    def cover(self, file: str, line: int) -> bool:
        """Whether a line stands in the body of a loop."""
        starts, ends = self._bodies.get(file, ([], []))
        position = bisect_right(starts, line) - 1
        return position >= 0 and line <= ends[position]

    def repeat(self, dependency: Dependency) -> bool:
        """Whether a call is made for each of many things."""
        names = self._looped.get(dependency.file, {}).get(dependency.line, ())
        name = dependency.target.rpartition(":")[2].rpartition(".")[2]
        return name in names or self.cover(dependency.file, dependency.line)


def _merged(ranges: Iterable[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Starts and ends of ranges of lines, joined where they overlap."""
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted(ranges):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends
