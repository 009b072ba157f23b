"""The patterns of a ``.gitignore``."""

from __future__ import annotations

from pathlib import Path

from pathspec import GitIgnoreSpec


def read_ignore_file(path: str) -> GitIgnoreSpec:
    """What the file at ``path`` leaves out; nothing if it cannot be read."""
    try:
        lines = Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:  # as for git, a line that is no pattern does not spoil the others
        return GitIgnoreSpec.from_lines(line for line in lines if _is_pattern(line))


def _is_pattern(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True
