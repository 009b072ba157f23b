"""The templates of the application, by the names under which code renders them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from decompose.sources import SourceTree

_FOLDER = "/templates/"


def template_reader(tree: SourceTree) -> Callable[[str], str | None]:
    """A function that gives the text of a template, or None where there is none; of several the first by path."""
    by_name: dict[str, str] = {}
    for path in tree.template_files:
        rooted = f"/{path}"
        start = rooted.find(_FOLDER)
        while start >= 0:
            by_name.setdefault(rooted[start + len(_FOLDER) :], path)
            start = rooted.find(_FOLDER, start + 1)

    @cache
    def read(name: str) -> str | None:
        path = by_name.get(name)
        try:
            return Path(tree.base, path).read_bytes().decode("utf-8", errors="replace") if path is not None else None
        except OSError:
            return None

    return read
