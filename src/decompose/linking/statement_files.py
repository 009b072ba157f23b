"""Statements that the application takes by their names out of its own files of SQL: ``QUERIES["open_orders"]``.

Text of files does not flow through the program. But where a module names a file whose statements have names, by a line before each
(``-- open_orders --``, ``-- name: open_orders``), the dictionaries that its functions fill hold them under these names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from decompose.facts import Op
from decompose.linking.sql_text import looks_like_sql

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Module
    from decompose.linking.solver import Node

_NAME = re.compile(
    r"^[ \t]*--+[ \t]*(?:@?name[ \t]*[:=][ \t]*|:name[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*(?:--+)?[ \t]*\r?$", re.MULTILINE
)
ENDING = ".sql"
_ANY_FILE = "*.sql"
_MOST_LISTED = 500
_MAX_PATHS = 3
"""A name that so many files have in the end tells none of them."""
_MAKING = frozenset({"dict", "OrderedDict", "defaultdict"})


class StatementFiles(NamedTuple):
    """The application's files of SQL: their paths, and what gives the text of one, or None."""

    paths: Sequence[str]
    read: Callable[[str], str | None]


NO_FILES = StatementFiles((), lambda _: None)


class NamedStatement(NamedTuple):
    """A statement of a file, and the line of its name."""

    name: str
    text: str
    line: int


def named_statements(text: str) -> Iterator[NamedStatement]:
    """The statements that a line before each gives a name."""
    heads = list(_NAME.finditer(text))
    for head, end in zip(heads, [*(head.start() for head in heads[1:]), len(text)], strict=False):
        body = text[head.end() : end].strip()
        if looks_like_sql(body):
            yield NamedStatement(head[1], body, text.count("\n", 0, head.start()) + 1)


def give_by_name(engine: Engine) -> bool:
    """Put named statements into the dictionaries of the modules that name their files; whether there were any."""
    files = engine.program.statement_files
    given = _give_folders(engine)
    named = {path: found for path in files.paths if (found := list(named_statements(files.read(path) or "")))}
    for module in engine.program.modules if named else ():
        for path in () if module.library else _files_named(module, list(named)):
            for every in sorted(_dictionaries(engine, module)):
                for statement in named[path]:
                    value = engine.values.intern("Q", statement.text)
                    engine.sql.place(value, path, statement.line)
                    engine.put(engine.containers.slot(every, statement.name), value)
                    given = True
    return given


def _give_folders(engine: Engine) -> bool:
    """Put the files of a folder, by their stems and names, into the dictionaries of the modules that look for them."""
    files = engine.program.statement_files
    given = False
    for module in engine.program.modules if files.paths else ():
        listed = [] if module.library else _files_listed(module, files.paths)
        for every in sorted(_dictionaries(engine, module)) if listed else ():
            for path in listed:
                text = files.read(path)
                if text:
                    value = engine.values.intern("Q", text)
                    engine.sql.place(value, path)
                    for name in (PurePosixPath(path).stem, PurePosixPath(path).name):
                        engine.put(engine.containers.slot(every, name), value)
                    given = True
    return given


def _files_listed(module: Module, paths: Sequence[str]) -> list[str]:
    """The files that a module looks for by their ending, below a folder that it names, or beside it."""
    texts = _all_texts(module)
    if not any(text.endswith(_ANY_FILE) or text == ENDING for text in texts):
        return []
    near = {
        path: PurePosixPath(path).relative_to(PurePosixPath(module.file).parent)
        for path in paths
        if is_near(module, path)
    }
    said = {part for text in texts for part in PurePosixPath(text).parts}
    below = [path for path, inside in near.items() if len(inside.parts) > 1 and inside.parts[0] in said]
    found = below or [path for path, inside in near.items() if len(inside.parts) == 1]
    return found if len(found) <= _MOST_LISTED else []


def _all_texts(module: Module) -> set[str]:
    texts = {text for scope in module.scopes for operation in scope.facts.ops for text in _texts(operation)}
    for scope in module.scopes:
        bound = (*scope.facts.names.values(), *(parameter[3] for parameter in scope.facts.parameters))
        texts.update(ref for ref in bound if isinstance(ref, str))
    return texts


def _files_named(module: Module, paths: Sequence[str]) -> list[str]:
    """The files whose paths end as texts of a module say: ``HERE / "queries.sql"``."""
    texts = _all_texts(module)
    found: dict[str, None] = {}
    for text in sorted(text for text in texts if text.lower().endswith(ENDING)):
        tail = [part for part in PurePosixPath(text).parts if part not in ("..", "/", ".")]
        ending = [path for path in paths if list(PurePosixPath(path).parts[-len(tail) :]) == tail]
        beside = [path for path in ending if is_near(module, path)]
        if 0 < len(beside or ending) <= _MAX_PATHS:
            found.update(dict.fromkeys(beside or ending))
    return list(found)


def is_near(module: Module, path: str) -> bool:
    """Whether a file stands in the folder of a module or below it."""
    folder = PurePosixPath(module.file).parent
    return folder in PurePosixPath(path).parents


def _texts(operation: list[object]) -> Iterator[str]:
    for part in operation:
        if isinstance(part, str):
            yield part
        elif isinstance(part, list):
            yield from _texts(part)


def _dictionaries(engine: Engine, module: Module) -> set[Node]:
    """The dictionaries that functions of a module make and fill under names that are not known."""
    found: set[Node] = set()
    for frame in engine.frames:
        if frame.scope.module is module:
            for made in _making(frame):
                described = (engine.values[value] for value in engine.values_of(frame.nodes[made]))
                found.update(each[2] for each in described if each[0] == "O" and each[1] == "dict")
    return found


def _making(frame: Frame) -> Iterator[int]:
    scope = frame.scope
    for operation in scope.facts.ops:
        if operation[0] == Op.CONTAINER and operation[2] == "dict":
            if not any(isinstance(key, str) for key in operation[4] or ()):
                yield operation[1]
        elif operation[0] == Op.CALL:
            called = scope.operations_producing(operation[2])
            if any(each[0] == Op.FREE and each[2] in _MAKING for each in called):
                yield operation[1]
