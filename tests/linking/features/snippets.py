"""Reads the snippets of this folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

Edge = tuple[str, str]
"""(caller, callee)."""

FOLDER = Path(__file__).parent
_OUTSIDE = "outside/"


class Snippet(NamedTuple):
    """A small application; ``files`` and ``outside`` map relative path -> text."""

    name: str
    files: dict[str, str]
    outside: dict[str, str]
    driver: str
    edges: frozenset[Edge]
    unseen: frozenset[Edge]
    """Those of the edges that running the snippet does not show."""

    @property
    def theme(self) -> str:
        """The name of the file that it stands in."""
        return self.name.partition("/")[0]


def read_snippets(folder: Path = FOLDER) -> list[Snippet]:
    """All snippets, in order; each is named ``theme/name``."""
    return [snippet for path in sorted(folder.glob("*.txt")) for snippet in _read_theme(path)]


def _read_theme(path: Path) -> Iterator[Snippet]:
    for name, text in _parts(path.read_text(encoding="utf-8"), "===="):
        parts = dict(_parts(f"---- m.py\n{text}", "----"))
        unseen = _edges(parts.pop("edges not seen", ""))
        edges = _edges(parts.pop("edges"))
        outside = {file.removeprefix(_OUTSIDE): parts.pop(file) for file in list(parts) if file.startswith(_OUTSIDE)}
        driver = parts.pop("run", "")
        files = {file: code for file, code in parts.items() if code or file != "m.py" or len(parts) == 1}
        yield Snippet(
            f"{path.stem}/{name}",
            files,
            outside,
            driver or ("import main" if "main.py" in files else "import m"),
            edges | unseen,
            unseen,
        )


def _parts(text: str, mark: str) -> Iterator[tuple[str, str]]:
    pieces = re.split(rf"^{mark} (.+)\n", text, flags=re.MULTILINE)
    for title, body in zip(pieces[1::2], pieces[2::2], strict=True):
        yield title, body.strip("\n") + "\n" if body.strip() else ""


def _edges(text: str) -> frozenset[Edge]:
    lines = (line.partition(" -> ") for line in text.splitlines() if line)
    return frozenset((caller, callee) for caller, _, callees in lines for callee in callees.split(", "))
