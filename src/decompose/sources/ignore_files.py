"""The patterns of a ``.gitignore``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from decompose.sources.reading import read_lenient_text

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


def ignore_patterns(lines: Iterable[str]) -> GitIgnoreSpec:
    """What these lines leave out; raises `ValueError` where one is no pattern."""
    # Loaded when it is asked for: what takes longest to load of all that an unchanged run needs.
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(lines)


def read_ignore_file(path: str) -> GitIgnoreSpec:
    """What the file at ``path`` leaves out; nothing if it cannot be read."""
    try:
        lines = read_lenient_text(path).splitlines()
    except OSError:
        lines = []
    try:
        return ignore_patterns(lines)
    except ValueError:  # as for git, a line that is no pattern does not spoil the others
        return ignore_patterns(line for line in lines if _is_pattern(line))


def _is_pattern(line: str) -> bool:
    try:
        ignore_patterns([line])
    except ValueError:
        return False
    return True
