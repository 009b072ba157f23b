"""What templates do, in the functions that render them: each operation with the place in the template that it comes from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from decompose.facts.records import HOLE

ELSEWHERE = "is no template of the application"
"""Ends the reason why a template is not followed that an installed package brings."""

_MOST_ALIKE = 8
_MOST_HOLES = 4


class Page(NamedTuple):
    """A template of the application: its file, its text, and the line on which the text begins."""

    file: str
    text: str
    line: int = 1


class Pages:
    """The templates of an application: ``files`` by their names, ``read`` gives the text of a file, or None.

    What is not there by its name is looked for in the folders of themes, of which the application chooses one while running: in
    the one with the most templates first.
    """

    def __init__(self, files: Mapping[str, str], read: Callable[[str], str | None]) -> None:
        self._files = files
        self._read = read

    def __call__(self, name: str) -> Page | None:
        """The template of that name, if there is one."""
        plain = "/".join(part for part in name.split("/") if part not in ("", "."))
        file = self._files.get(plain) or self._themed.get(plain)
        text = self._read(file) if file is not None else None
        return Page(file, text) if file is not None and text is not None else None

    @cached_property
    def _themed(self) -> dict[str, str]:
        """Names inside the outermost folders -> files."""
        inside = [(*name.partition("/")[::2], file) for name, file in self._files.items() if "/" in name]
        size = Counter(folder for folder, _, _ in inside)
        inside.sort(key=lambda found: (-size[found[0]], found[0]))
        return {name: file for _, name, file in reversed(inside)}

    def like(self, name: str) -> list[Page]:
        """The templates that a name may mean, of which parts are not known; none where that may be too many."""
        known = name.split(HOLE)
        if len(known) > _MOST_HOLES or not any(len(part.strip("/.")) > len(".html") for part in known):
            return []
        pattern = re.compile("[^/]*".join(re.escape(part) for part in known).lstrip("/"))
        whole = [own for own in self._files if pattern.fullmatch(own)]
        if not whole and name.startswith(HOLE):
            ending = "[^/]*".join(re.escape(part) for part in known[1:])
            whole = [own for own in self._files if re.search(f"(?:^|/){ending.lstrip('/')}$", own)]
        found = [page for own in sorted(whole) if (page := self(own)) is not None]
        return found if len(found) <= _MOST_ALIKE else []


NO_PAGES = Pages({}, lambda _: None)


class TemplateLine(NamedTuple):
    """A line of a template."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class NotFollowed(NamedTuple):
    """A template that could not be followed, or not to its end: where, and why; ``scope`` renders it."""

    file: str
    line: int
    reason: str
    scope: int


class Rendered:
    """The operations that stand for templates: they have the line of the call that renders the template."""

    def __init__(self) -> None:
        self.operations: dict[int, TemplateLine] = {}
        """By the identity of the operation, which its function keeps."""
        self.asked: dict[tuple[int, int, str], TemplateLine] = {}
        """By the function, the line of the call, and the name of what is asked for: the first place that asks."""
        self.not_followed: list[NotFollowed] = []

    def add(self, scope: int, operation: list[Any], name: str, place: TemplateLine) -> None:
        """Note an operation of a template, and the attribute or special method that it asks for."""
        self.operations[id(operation)] = place
        if name:
            self.asked.setdefault((scope, operation[-1], name), place)

    def place(self, scope: int, line: int, rule: str) -> TemplateLine | None:
        """Where a template asks for what an access or a call is told by: the rule, or the name of a function."""
        return self.asked.get((scope, line, rule.rpartition(".")[2])) if self.asked else None
