"""Entry points that the analysed project declares: in pyproject.toml, setup.cfg, setup.py, which is read and never run, or a template."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from decompose.sources.declared_functions import TEMPLATES, functions_in_cloud
from decompose.sources.parsing import Unparsable, parse
from decompose.sources.reading import read_file
from decompose.sources.records import DeclaredEntry, SourceRoot

COMMANDS = frozenset({"console_scripts", "gui_scripts"})
"""The groups whose entry points are programs that people start."""

_MAX_BYTES = 2_000_000
_TARGET = re.compile(r"[\w.]+(?::[\w.]+)?")
Found = tuple[str, str, str]
"""(group, name, what it names)."""


def declared_entries(base: Path, roots: Iterable[SourceRoot]) -> tuple[DeclaredEntry, ...]:
    """What is declared beside the roots of the code, and in the folders around those; broken files declare nothing."""
    found: dict[Found, DeclaredEntry] = {}
    for file in declaring_files(base, roots):
        text, path = _text(file), file.relative_to(base).as_posix()
        for group, entry, target, line in _read(file.name, text) if text else ():
            if _TARGET.fullmatch(target):
                found.setdefault((group, entry, target), DeclaredEntry(group, entry, target, path, line))
    return tuple(found[key] for key in sorted(found))


def _read(name: str, text: str) -> Iterator[tuple[str, str, str, int]]:
    if name in TEMPLATES:
        yield from functions_in_cloud(text)
        return
    for group, entry, target in _READ[name](text):
        yield group, entry, target, _line(text, entry, target)


def declaring_files(base: Path, roots: Iterable[SourceRoot]) -> list[Path]:
    """Where something may be declared, be there such files or not."""
    folders = {""}
    for root in roots:
        if not root.path.startswith(".."):
            place = PurePosixPath(root.path)
            folders.update("" if str(folder) == "." else str(folder) for folder in (place, place.parent))
    return [base / folder / name for folder in sorted(folders) for name in (*_READ, *TEMPLATES)]


def _text(path: Path) -> str:
    try:
        return read_file(path, _MAX_BYTES).decode()
    except (OSError, ValueError):
        return ""


def _line(text: str, name: str, target: str) -> int:
    """The line that names both, else the target."""
    lines = text.splitlines()
    both = (number for number, line in enumerate(lines, 1) if name in line and target in line)
    return next(both, next((number for number, line in enumerate(lines, 1) if target in line), 1))


def _in_pyproject(text: str) -> Iterator[Found]:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    project, poetry = _table(document, "project"), _table(_table(document, "tool"), "poetry")
    for scripts in (_table(project, "scripts"), _table(poetry, "scripts")):
        yield from _pairs("console_scripts", scripts)
    yield from _pairs("gui_scripts", _table(project, "gui-scripts"))
    for groups in (_table(project, "entry-points"), _table(poetry, "plugins")):
        for group in groups:
            yield from _pairs(group, _table(groups, group))


def _table(document: dict[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _pairs(group: str, table: dict[str, Any]) -> Iterator[Found]:
    for name, target in table.items():
        if isinstance(target, str):
            yield group, name, _bare(target)


def _bare(target: str) -> str:
    """Without the extras that follow: ``shop.cli:main [color]``."""
    return target.partition("[")[0].strip().replace(" ", "")


def _in_setup_cfg(text: str) -> Iterator[Found]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    if parser.has_section("options.entry_points"):
        for group, lines in parser.items("options.entry_points"):
            yield from _listed(group, lines.splitlines())


def _listed(group: str, lines: Iterable[Any]) -> Iterator[Found]:
    for line in lines:
        if isinstance(line, str) and "=" in line:
            name, _, target = line.partition("=")
            yield group, name.strip(), _bare(target)


def _in_setup_py(text: str) -> Iterator[Found]:
    try:
        tree = parse(text.encode())
    except (Unparsable, RecursionError):
        return
    constants = {
        target.id: statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        for keyword in node.keywords if isinstance(node, ast.Call) else ():
            if keyword.arg == "entry_points":
                value = keyword.value
                yield from _in_table(constants.get(value.id, value) if isinstance(value, ast.Name) else value)


def _in_table(value: ast.expr) -> Iterator[Found]:
    try:
        table = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return
    if isinstance(table, str):
        yield from _in_setup_cfg(
            "[options.entry_points]\n" + re.sub(r"^\[([\w.]+)\]$", r"\1 =", _indented(table), flags=re.MULTILINE)
        )
    for group, lines in table.items() if isinstance(table, dict) else ():
        if isinstance(group, str) and isinstance(lines, str | list | tuple):
            yield from _listed(group, lines.splitlines() if isinstance(lines, str) else lines)


def _indented(text: str) -> str:
    """The lines of a file of entry points, those below a group's head moved to the right."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line if line.startswith("[") else f"    {line}" for line in lines if line)


_READ: dict[str, Callable[[str], Iterator[Found]]] = {
    "pyproject.toml": _in_pyproject,
    "setup.cfg": _in_setup_cfg,
    "setup.py": _in_setup_py,
}
