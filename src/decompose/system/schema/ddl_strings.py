"""The schema in text that the program itself runs: ``CREATE TABLE`` in its strings, file by file, in the order of the lines.

What is put into a text and is not known stays out: tables, columns and keys of such names, and such types. Every record has the line
of the call that runs the text, or that gives it to what does.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import NamedTuple, TypeVar

import msgspec

from decompose.facts import HOLE, Op
from decompose.linking import Linked
from decompose.linking.program import Scope
from decompose.linking.sql_found import SqlUse
from decompose.system.model import Column, ForeignKey, Index, Routine, Table
from decompose.system.schema.catalogue import Catalogue
from decompose.system.schema.ddl import read_ddl

_DEFINES = re.compile(r"^\s*(?:--[^\n]*\n\s*)*(?:CREATE|ALTER|DROP)\b", re.IGNORECASE)
_DROPS = re.compile(r"\s*DROP\b", re.IGNORECASE)
_MAKES = re.compile(r"\bCREATE\b|\bRENAME\b", re.IGNORECASE)
_OF_SOME_SCHEMA = re.compile(rf"[\"`]?{HOLE}[\"`]?\.(?=[\"`\w])")
_UNKNOWN = "__unknown__"
_PARTLY_UNKNOWN = re.compile(rf"(?<!\w)\w*+{HOLE}[\w{HOLE}]*")

R = TypeVar("R", Column, Index, Table, ForeignKey, Routine)


class _Text(NamedTuple):
    file: str
    line: int
    text: str


def ddl_in_strings(linked: Linked, uses: Iterable[SqlUse]) -> Catalogue:
    """What the statements define that the application runs; ``uses`` are those of all its SQL text."""
    lines, places, written = [], [], 1
    for found in sorted(_texts(linked, uses)):
        text = _PARTLY_UNKNOWN.sub(_UNKNOWN, _OF_SOME_SCHEMA.sub("", found.text)).rstrip().rstrip(";")
        places.append((written, found.file, found.line))
        lines.append(f"{text};")
        written += text.count("\n") + 1
    return _placed(read_ddl("\n".join(lines), "", "ddl"), places)


def _texts(linked: Linked, uses: Iterable[SqlUse]) -> Iterator[_Text]:
    """The texts, each where it is written, or where it is run if it is written elsewhere; what only tidies up is left out."""
    run: dict[str, set[tuple[int, int]]] = {}
    for use in uses:
        text = linked.values[use.text][1]
        if _DEFINES.match(text) and use.text not in linked.engine.sql.places_of_files:  # files are read as such
            run.setdefault(text, set()).add((use.scope, use.line))
    written: set[str] = set()
    by_scope: dict[int, list[_Text]] = {}
    for scope in linked.program.scopes if run else ():
        for text, line in _given(scope) if not scope.library else ():
            if text in run:
                written.add(text)
                by_scope.setdefault(scope.index, []).append(_Text(scope.module.file, line, text))
    for text in sorted(run.keys() - written):
        index, line = min(run[text])
        if not linked.program.scopes[index].library:
            file = linked.program.scopes[index].module.file
            by_scope.setdefault(index, []).append(_Text(file, line, text))
    for _, found in sorted(by_scope.items()):
        makes = any(_MAKES.search(one.text) for one in found)
        yield from (one for one in found if makes or not _DROPS.match(one.text))


def _given(scope: Scope) -> Iterator[tuple[str, int]]:
    """The constant texts that a scope gives to what it calls, each with the line."""
    for operation in scope.facts.ops:
        if operation[0] == Op.CALL:
            for ref in (*operation[3], *(ref for _, ref in operation[4])):
                if isinstance(ref, str):
                    yield ref, operation[-1]


def _placed(read: Catalogue, places: list[tuple[int, str, int]]) -> Catalogue:
    def place(records: Iterable[R]) -> tuple[R, ...]:
        placed = []
        for record in records:
            _, file, line = places[max(bisect_right(places, record.line, key=itemgetter(0)) - 1, 0)]
            placed.append(msgspec.structs.replace(record, file=file, line=line))
        return tuple(placed)

    tables = []
    for table in place(t for t in read.tables if _UNKNOWN not in t.name):
        columns = place(_told(column) for column in table.columns if _UNKNOWN not in column.name)
        indexes = place(index for index in table.indexes if not any(_UNKNOWN in name for name in index.columns))
        reads = tuple(name for name in table.reads if _UNKNOWN not in name)
        tables.append(msgspec.structs.replace(table, columns=columns, indexes=indexes, reads=reads))
    keys = place(
        key
        for key in read.foreign_keys
        if not any(_UNKNOWN in name for name in (key.table, key.target_table, *key.columns, *key.target_columns))
    )
    routines = place(r for r in read.routines if _UNKNOWN not in f"{r.name} {r.table}")
    return Catalogue(about=read.about, tables=tuple(tables), foreign_keys=keys, routines=routines)


def _told(column: Column) -> Column:
    if _UNKNOWN not in f"{column.type} {column.sql_type}":
        return column
    # What is not known may also say that it is a key, or never empty.
    return msgspec.structs.replace(column, type="", sql_type="", nullable=column.nullable and None)
