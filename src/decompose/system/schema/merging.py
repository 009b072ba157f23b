"""What several sources say of one table, put together; and where the code and the database disagree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeVar

import msgspec

from decompose.system.model import (
    DATABASE_SOURCES,
    Column,
    DifferenceKind,
    ForeignKey,
    Index,
    SchemaDifference,
    Side,
    Table,
    TableSource,
)

S = TypeVar("S", Table, Column, ForeignKey)


def merged_tables(known: Table, other: Table) -> Table:
    """A table as two sources know it: the place in the code, or else the first one's, the columns and indexes of both."""
    columns = {column.name.lower(): column for column in known.columns}
    has_key = any(column.primary_key for column in known.columns)
    for column in other.columns:
        place = column.name.lower()
        if place in columns:
            columns[place] = _merged_columns(columns[place], column, keyed=has_key)
        else:
            columns[place] = column
    said = _said_by(known, other)
    return msgspec.structs.replace(
        known,
        source=said.source,
        file=said.file,
        line=said.line,
        model=known.model or other.model,
        columns=tuple(columns.values()),
        kind=other.kind if other.source in DATABASE_SOURCES else known.kind,
        reads=tuple(dict.fromkeys((*known.reads, *other.reads))),
        indexes=_merged_indexes(known.indexes, other.indexes),
        known_from=_both(known.known_from, other.known_from),
        rows=known.rows if other.rows is None else other.rows,
        rows_estimated=known.rows_estimated if other.rows is None else other.rows_estimated,
        unseen_base=known.unseen_base or other.unseen_base,
    )


def _merged_columns(known: Column, other: Column, *, keyed: bool) -> Column:
    is_so = other.source in DATABASE_SOURCES  # the database says what is, the code what should be
    said = _said_by(known, other)
    return msgspec.structs.replace(
        known,
        source=said.source,
        file=said.file,
        line=said.line,
        type=known.type or other.type,
        sql_type=(other.sql_type or known.sql_type) if is_so else (known.sql_type or other.sql_type),
        nullable=other.nullable if other.nullable is not None and (is_so or known.nullable is None) else known.nullable,
        primary_key=known.primary_key or (other.primary_key and not keyed),
        generated=known.generated or other.generated,
    )


def _merged_indexes(known: Iterable[Index], others: Iterable[Index]) -> tuple[Index, ...]:
    """An index over the same columns is the same, whatever each source calls it."""
    found: dict[tuple[object, ...], Index] = {}
    for index in (*known, *others):
        columns = tuple(column.lower() for column in index.columns)
        place = (columns, index.unique, index.partial) if columns else ("", index.name)
        before = found.setdefault(place, index)
        if not before.name and index.name:
            found[place] = msgspec.structs.replace(before, name=index.name)
    return tuple(found.values())


def merged_keys(known: ForeignKey, other: ForeignKey) -> ForeignKey:
    """A foreign key as two sources know it. What the database says of it holds."""
    is_so = other.source in DATABASE_SOURCES
    said = _said_by(known, other)
    return msgspec.structs.replace(
        known,
        source=said.source,
        file=said.file,
        line=said.line,
        target_columns=known.target_columns if any(known.target_columns) else other.target_columns,
        on_delete=known.on_delete or other.on_delete,
        enforced=known.enforced or is_so,
        known_from=_both(known.known_from, other.known_from),
    )


def _said_by(known: S, other: S) -> S:
    """Whose place is shown: one in the code is where somebody can change it."""
    return other if known.source in DATABASE_SOURCES and other.source not in DATABASE_SOURCES else known


def _both(known: tuple[TableSource, ...], others: tuple[TableSource, ...]) -> tuple[TableSource, ...]:
    return tuple(sorted(dict.fromkeys((*known, *others)), key=DATABASE_SOURCES.__contains__))


def schema_differences(
    code: Mapping[str, Table], database: Mapping[str, Table], keys: Iterable[ForeignKey]
) -> tuple[SchemaDifference, ...]:
    """What only the code or only the database has, and what they say differently, sorted; nothing without a database."""
    if not database:
        return ()
    found = list(_of_tables(code, database))
    for key in keys:
        in_database = not DATABASE_SOURCES.isdisjoint(key.known_from)
        in_code = not DATABASE_SOURCES.issuperset(key.known_from)
        if in_database != in_code and key.table in code and key.table in database and key.enforced:
            side: Side = "code" if in_code else "database"
            columns = ";".join(key.columns)
            detail = f"to {key.target_table}"
            found.append(_difference("foreign key", key.table, columns, side, detail, key.file, key.line))
    return tuple(sorted(found, key=lambda d: (d.table, d.kind, d.name, d.only_in)))


def _of_tables(code: Mapping[str, Table], database: Mapping[str, Table]) -> Iterator[SchemaDifference]:
    for name in sorted({*code, *database}):
        ours, theirs = code.get(name), database.get(name)
        if ours is None or theirs is None:
            there = ours or theirs
            assert there is not None
            side: Side = "code" if theirs is None else "database"
            yield _difference("table", name, "", side, f"known from {there.source}", there.file, there.line)
        elif ours.columns and theirs.columns:
            yield from _of_columns(ours, theirs)


def _of_columns(ours: Table, theirs: Table) -> Iterator[SchemaDifference]:
    mine = {column.name.lower(): column for column in ours.columns}
    others = {column.name.lower(): column for column in theirs.columns}
    for place in sorted({*mine, *others}):
        column, other = mine.get(place), others.get(place)
        if column is None or other is None:
            there = column or other
            assert there is not None
            side: Side = "code" if other is None else "database"
            yield _difference(
                "column", ours.name, there.name, side, there.sql_type or there.type, there.file, there.line
            )
            continue
        if types_differ(column.sql_type, other.sql_type):
            detail = f"code: {column.sql_type}, database: {other.sql_type}"
            yield _difference("type", ours.name, column.name, "", detail, column.file, column.line)
        if None not in (column.nullable, other.nullable) and column.nullable != other.nullable:
            said = {True: "null", False: "not null"}
            detail = f"code: {said[bool(column.nullable)]}, database: {said[bool(other.nullable)]}"
            yield _difference("nullability", ours.name, column.name, "", detail, column.file, column.line)


_FAMILIES = {
    "whole": "integer int int4 serial bigint int8 bigserial smallint int2 smallserial mediumint tinyint uint ubigint",
    "text": "varchar char character text nvarchar nchar mediumtext longtext tinytext citext clob string enum",
    "boolean": "boolean bool bit",
    "number": "numeric decimal money",
    "float": "double float real float8 float4",
    "moment": "timestamp timestamptz datetime",
    "date": "date",
    "time": "time timetz",
    "bytes": "bytea blob longblob mediumblob binary varbinary",
}
_FAMILY_OF = {name: family for family, names in _FAMILIES.items() for name in names.split()}
_STORED_AS = frozenset(
    {("boolean", "whole"), ("number", "float"), ("number", "whole"), ("moment", "text"), ("number", "text")}
)
"""How databases store what they have no type of their own for: the code's family, and the database's."""

_TYPE = re.compile(r"\s*([a-z]\w*)[^(]*(?:\(\s*(\d+)[^)]*\))?")


def types_differ(code: str, database: str) -> bool:
    """Whether two types are of different kinds, or texts of different length; not where either is not known."""
    ours, theirs = _TYPE.match(code.lower()), _TYPE.match(database.lower())
    if ours is None or theirs is None or "[" in code + database:
        return False
    families = (_FAMILY_OF.get(ours[1]), _FAMILY_OF.get(theirs[1]))
    if None in families or families in _STORED_AS:
        return False
    if families[0] != families[1]:
        return True
    return families[0] == "text" and None not in (ours[2], theirs[2]) and ours[2] != theirs[2]


def _difference(
    kind: DifferenceKind, table: str, name: str, only_in: Side | Literal[""], detail: str, file: str, line: int
) -> SchemaDifference:
    return SchemaDifference(kind=kind, table=table, name=name, only_in=only_in, detail=detail, file=file, line=line)
