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


class Exclusion:
    """What a user leaves out, and which of these patterns have fitted nothing so far."""

    def __init__(self, patterns: Iterable[str]) -> None:
        given = tuple(dict.fromkeys(patterns))
        self._all = ignore_patterns(given) if given else None
        self._unfitted = {pattern: ignore_patterns([pattern]) for pattern in given}

    @property
    def unfitted(self) -> tuple[str, ...]:
        """The patterns that fit nothing that was looked at, in the order in which they were given."""
        return tuple(self._unfitted)

    def look_at(self, path: str) -> None:
        """To be called for everything that is there, also where nothing would be read of it; a folder ends in ``/``."""
        fitting = [text for text, pattern in self._unfitted.items() if pattern.check_file(path).include is not None]
        for text in fitting:
            del self._unfitted[text]

    def leaves_out(self, path: str) -> bool:
        return self._all is not None and self._all.match_file(path)


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
