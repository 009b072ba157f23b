"""Files of SQL that the application reads while it runs: statements that it calls by name, and texts that it executes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.libraries import sql_files as libraries
from decompose.linking.program import Scope
from decompose.linking.statement_files import named_statements
from decompose.sources.reading import read_file
from decompose.system.sql.statements import detected_dialect, statements_of

MAX_FILE = 2_000_000
"""Bytes of a file that are looked at; larger ones are dumps and no statements of a program."""

_MAX_STATEMENTS = 200
_MAX_STEPS = 60
_ENDING = ".sql"


class RunFromFile(NamedTuple):
    """A statement of a file that a call runs. ``sure``: just one file can be meant."""

    site: Site
    text: str
    file: str
    line: int
    sure: bool


class SqlFiles:
    """The SQL files of an application and what runs them; ``paths`` are relative to ``base``."""

    def __init__(self, linked: Linked, base: str, paths: Sequence[str]) -> None:
        self.linked = linked
        self.base = base
        self.paths = [PurePosixPath(path) for path in paths]
        self._texts: dict[PurePosixPath, str] = {}

    @cached_property
    def loading(self) -> set[tuple[int, int]]:
        """Scopes and lines where statements are only given names, to be run elsewhere."""
        return {(load.site.frame.scope.index, load.site.line) for load in libraries.loaded_statements(self.linked)}

    def called_by_name(self) -> Iterator[RunFromFile]:
        """Statements that are called by their name."""
        calls = list(libraries.named_calls(self.linked))
        if not calls:
            return
        queries = self._queries
        for call in calls:
            found = next((found for name in libraries.method_names(call.names[-1]) if (found := queries.get(name))), [])
            folders = list(call.names[:-1])
            near = [item for item in found if set(folders) <= {*item[0].parent.parts, item[0].stem}]
            for path, text, line in near or found:
                yield RunFromFile(call.site, text, str(path), line, sure=len(near or found) == 1)

    def unknown_names(self) -> Iterator[Site]:
        """Calls by a name that no file has, though files are loaded."""
        queries = self._queries
        for call in libraries.named_calls(self.linked):
            if not any(name in queries for name in libraries.method_names(call.names[-1])):
                yield call.site

    @cached_property
    def _queries(self) -> dict[str, list[tuple[PurePosixPath, str, int]]]:
        """Name -> the files that have a statement of that name, with its text and line."""
        loaded: dict[PurePosixPath, None] = {}
        found: dict[str, list[tuple[PurePosixPath, str, int]]] = {}
        for load in libraries.loaded_statements(self.linked):
            scope = load.site.frame.scope
            if load.text:
                text = self.linked.constant(scope, load.told)
                for name, statement, _ in _named_statements(text if isinstance(text, str) else ""):
                    found.setdefault(name, []).append((PurePosixPath(scope.module.file), statement, load.site.line))
                continue
            tail = self._tail(scope, load.told)
            loaded.update(dict.fromkeys(path for path in self.paths if not tail or _is_below(path, tail)))
        for path in loaded:
            for name, statement, line in _named_statements(self._text(path)):
                found.setdefault(name, []).append((path, statement, line))
        return found

    def executed(self, site: Site, ref: Ref) -> list[RunFromFile]:
        """The statements of the file that an executed text is read from."""
        names = sorted(set(self._named(site.frame.scope, ref)))
        paths = [path for name in names for path in self.paths if _is_below(path, PurePosixPath(name).parts)]
        found = []
        for path in paths:
            for text, line in () if self._has_not(path, site, ref) else statements_in(self._text(path)):
                found.append(RunFromFile(site, text, str(path), line, sure=len(paths) == 1))
        return found if len(paths) <= len(names) else []

    def is_read_from_file(self, site: Site, ref: Ref) -> bool:
        """Whether an executed text is read from a file that is there."""
        names = set(self._named(site.frame.scope, ref))
        paths = (path for name in names for path in self.paths if _is_below(path, PurePosixPath(name).parts))
        return any(not self._has_not(path, site, ref) for path in paths)

    def _has_not(self, path: PurePosixPath, site: Site, ref: Ref) -> bool:
        """Whether a statement is asked for by its name, and the file has others: those of its names are told where they are given."""
        asked = site.frame.scope.operations_producing(ref) if type(ref) is int else ()
        by_name = any(each[0] == Op.ITEM and isinstance(each[3], str) for each in asked)
        return by_name and next(named_statements(self._text(path)), None) is not None

    def _text(self, path: PurePosixPath) -> str:
        known = self._texts.get(path)
        if known is None:
            try:
                content = read_file(Path(self.base, path), MAX_FILE)
            except OSError:
                content = b""
            text = content.decode("utf-8-sig", errors="replace")
            known = self._texts[path] = text.replace("\r\n", "\n")
        return known

    def _tail(self, scope: Scope, ref: Ref) -> tuple[str, ...]:
        """The last parts of a path, as far as they are constants."""
        constant = self.linked.constant(scope, ref)
        if isinstance(constant, str):
            return PurePosixPath(constant).parts
        parts: list[str] = []
        for text in self._constants(scope, ref):
            parts += [part for part in PurePosixPath(text).parts if part not in ("..", "/", ".")]
        return tuple(parts)

    def _named(self, scope: Scope, ref: Ref) -> Iterator[str]:
        for text in self._constants(scope, ref):
            if text.lower().endswith(_ENDING) and len(text) > len(_ENDING):
                yield "/".join(part for part in PurePosixPath(text).parts if part not in ("..", "/", "."))

    def _constants(self, scope: Scope, ref: Ref) -> list[str]:
        """The text constants that a value is made of, in the order in which they stand there."""
        found: list[str] = []
        seen: set[int] = set()
        stack: list[Ref] = [ref]
        while stack and len(seen) < _MAX_STEPS:
            current = stack.pop()
            if isinstance(current, str):
                found.append(current)
            if type(current) is not int or current < 0 or current in seen:
                continue
            seen.add(current)
            for operation in scope.operations_producing(current):
                stack.extend(reversed(list(_inputs(operation))))
                if operation[0] in (Op.FREE, Op.FROM):
                    constant = self.linked.constant(scope, current)
                    origin = self.linked.origin(scope, current)
                    if isinstance(constant, str):
                        found.append(constant)
                    elif origin is not None and origin.scope is not scope:
                        found += self._constants(origin.scope, origin.operation[1])
        return found


def _inputs(operation: list[object]) -> Iterable[Ref]:
    """What an operation makes its value of."""
    match operation:
        case [Op.COPY | Op.NARROW | Op.ATTRIBUTE | Op.ENTER | Op.ITERATE | Op.ITEM, _, source, *_]:
            return (source,)
        case [Op.CALL, _, function, list(arguments), list(keywords), _]:
            return (function, *arguments, *(ref for _, ref in keywords))
        case [Op.BINARY, _, left, right, *_]:
            return (left, right)
        case [Op.CONTAINER, _, _, list(elements), *_]:
            return elements
    return ()


def _is_below(path: PurePosixPath, tail: tuple[str, ...]) -> bool:
    """Whether a file is what the last parts of a path name, or is in that folder."""
    parts, size = path.parts, len(tail)
    return bool(tail) and any(parts[at : at + size] == tail for at in range(len(parts) - size + 1))


def _named_statements(text: str) -> Iterator[tuple[str, str, int]]:
    """The statements behind each line that names one: name, text and line."""
    heads = list(libraries.NAMED.finditer(text))
    for head, end in zip(heads, [*(head.start() for head in heads[1:]), len(text)], strict=False):
        body = text[head.end() : end]
        before = text.count("\n", 0, head.end())
        for statement, line in statements_in(body):
            yield libraries.query_name(head[1]), statement, before + line


def statements_in(text: str) -> Iterator[tuple[str, int]]:
    """The statements of a file, each with its line."""
    for number, statement in enumerate(statements_of(text, detected_dialect(text))):
        if number >= _MAX_STATEMENTS:
            return
        yield statement.text, statement.line
