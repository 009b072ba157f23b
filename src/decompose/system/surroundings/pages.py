"""Files of the application that code names: the templates that it renders, the fixtures that it loads, its statements."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path, PurePosixPath

from decompose.linking.rendered import Pages
from decompose.linking.statement_files import StatementFiles
from decompose.sources import SourceTree
from decompose.sources.reading import read_beginning, read_lenient_text

_FOLDER = "/templates/"
_FIXTURES = "fixtures"
_FORMATS = (".json", ".yaml", ".yml", ".xml")
_MAX_STATEMENTS = 2_000_000
"""Larger files of SQL are dumps."""
_MAX_FIXTURE = 20_000_000
"""Of a larger file no more than so many bytes are looked at."""


def statement_files(tree: SourceTree) -> StatementFiles:
    """The files of SQL, of which those that are too large for statements of a program are not read."""

    def read(path: str) -> str | None:
        try:
            return read_lenient_text(Path(tree.base, path), _MAX_STATEMENTS)
        except OSError:
            return None

    return StatementFiles(tree.sql_files, read)


def template_reader(tree: SourceTree) -> Pages:
    """The templates by their names, of several of one name the first by path."""
    by_name: dict[str, str] = {}
    for path in tree.template_files:
        rooted = f"/{path}"
        start = rooted.find(_FOLDER)
        while start >= 0:
            by_name.setdefault(rooted[start + len(_FOLDER) :], path)
            start = rooted.find(_FOLDER, start + 1)

    @cache
    def read(path: str) -> str | None:
        try:
            return read_lenient_text(Path(tree.base, path))
        except OSError:
            return None

    return Pages(by_name, read)


def fixture_reader(tree: SourceTree) -> Callable[[str], list[tuple[str, str]]]:
    """A function that gives the path and the text of each file that the name of a fixture may mean."""

    @cache
    def folders() -> list[str]:
        packages = {str(PurePosixPath(file.path).parent) for file in tree.files}
        below = (str(PurePosixPath(package, _FIXTURES)) for package in sorted({"", *packages}))
        return [folder for folder in below if Path(tree.base, folder).is_dir()]

    @cache
    def read(name: str) -> list[tuple[str, str]]:
        named = PurePosixPath(name)
        if named.is_absolute() or ".." in named.parts:
            return []
        names = [name] if named.suffix in _FORMATS else [f"{name}{ending}" for ending in _FORMATS]
        found = []
        for path in dict.fromkeys(str(PurePosixPath(folder, one)) for folder in ("", *folders()) for one in names):
            try:
                found.append(
                    (path, read_beginning(Path(tree.base, path), _MAX_FIXTURE).decode("utf-8", errors="replace"))
                )
            except OSError:
                continue
        return found

    return read
