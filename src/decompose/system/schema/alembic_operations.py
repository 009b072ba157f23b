"""Alembic's operations, replayed on the tables that migrations have made."""

from __future__ import annotations

from typing import Any

import msgspec

from decompose.facts import FileFacts
from decompose.sources import SourceFile
from decompose.system.model import Column, Index
from decompose.system.schema.migrated_columns import Calls
from decompose.system.schema.migrated_tables import MigratedTables, Place
from decompose.system.schema.migration_calls import argument, calls_named, sql_text

_OPERATIONS = frozenset({
    "create_table", "drop_table", "rename_table", "execute", "add_column", "drop_column", "alter_column",
    "create_foreign_key", "create_index", "create_unique_constraint", "drop_index", "drop_constraint",
})  # fmt: skip


_TABLE_NAMED_BY = {
    "create_foreign_key": ("source_table", 1), "create_index": ("table_name", 1), "create_unique_constraint": ("table_name", 1),
}  # fmt: skip
_SOME_ROWS = ("postgresql_where", "sqlite_where", "mssql_where")


def replay_alembic(tables: MigratedTables, file: SourceFile, facts: FileFacts) -> None:
    """The operations of one migration of Alembic."""
    for scope in facts.scopes:
        if scope.name == "downgrade" or scope.qualname.startswith("downgrade"):
            continue
        calls = Calls(scope, file.path, facts.scopes[0].names)
        for name, operation in calls_named(scope, _OPERATIONS):
            if name == "execute":
                tables.run_sql(sql_text(argument(operation, "sqltext", 0)), (file.path, operation[-1]))
                continue
            inside = calls.batch_table(operation[2])
            shift = 1 if inside else 0
            if name in ("drop_index", "drop_constraint"):
                label = _label(calls, operation)
                tables.indexes.drop(label)
                tables.keys.pop(tables.labels_of_keys.get(label, ("", ())), None)
                continue
            if name == "rename_table":
                _rename(tables, calls, operation, (file.path, operation[-1]))
                continue
            stated = _TABLE_NAMED_BY.get(name, ("table_name", 0))
            for table in [inside] if inside else calls.texts(argument(operation, *stated)):
                _change(tables, name, calls, operation, table, shift, (file.path, operation[-1]))


def _rename(tables: MigratedTables, calls: Calls, operation: list[Any], place: Place) -> None:
    """``op.rename_table("old", "new")``, or ``op.rename_table(old, new)`` in a loop over pairs."""
    before = calls.texts(argument(operation, "old_table_name", 0))
    after = calls.texts(argument(operation, "new_table_name", 1))
    if len(before) == len(after):
        for old, new in zip(before, after, strict=True):
            tables.rename(old, new, place)


def _change(
    tables: MigratedTables, name: str, calls: Calls, operation: list[Any], table: str, shift: int, place: Place
) -> None:
    """One operation on a table; ``shift``: so many arguments are left out inside of a batch."""
    columns = tables.columns.setdefault(table, {})
    if name == "create_table":
        tables.drop(table)
        tables.tables[table] = place
        found, keys = calls.columns(operation[3][1:], table)
        tables.columns[table] = {column.name: column for column in found}
        tables.keys.update({(table, key.columns): key for key in keys})
    elif name == "drop_table":
        tables.drop(table)
    elif name == "add_column":
        call = calls.call(argument(operation, "column", 1 - shift))
        column, keys = calls.column(call, table) if call is not None else (None, [])
        if column is not None:
            columns[column.name] = column
            tables.keys.update({(table, key.columns): key for key in keys})
    elif name == "drop_column":
        columns.pop(str(calls.keyword(operation, "column_name", 1 - shift)), None)
    elif name == "alter_column":
        _alter_column(calls, operation, columns, 1 - shift)
    elif name in ("create_index", "create_unique_constraint"):
        made = _index(calls, operation, name, 2 - shift, place)
        if made is not None:
            tables.indexes.put(table, made)
    elif name == "create_foreign_key":
        target = calls.keyword(operation, "referent_table", 2 - shift)
        pointed = calls.keyword(operation, "remote_cols", 4 - shift)
        targets = [f"{target}.{p}" for p in pointed] if isinstance(pointed, list) else None
        own = calls.keyword(operation, "local_cols", 3 - shift)
        key = calls.key(table, own, targets, calls.keyword(operation, "ondelete"), operation[-1])
        if key is not None and isinstance(target, str):
            tables.keys[table, key.columns] = key
            tables.labels_of_keys[_label(calls, operation)] = (table, key.columns)


def _index(calls: Calls, operation: list[Any], name: str, position: int, place: Place) -> Index | None:
    """An index, or a unique constraint; over expressions it has no columns. None where neither these nor its name are known."""
    columns = calls.keyword(operation, "columns", position)
    if not isinstance(columns, list):
        return None
    label, plain = _label(calls, operation), all(isinstance(column, str) for column in columns)
    if not label and not plain:
        return None
    return Index(
        label, tuple(columns) if plain else (),
        unique=name == "create_unique_constraint" or calls.keyword(operation, "unique") is True,
        partial=any(argument(operation, option) is not None for option in _SOME_ROWS),
        source="migration", file=place[0], line=place[1],
    )  # fmt: skip


def _label(calls: Calls, operation: list[Any]) -> str:
    """The name of an index or a constraint, also in ``op.f("name")``."""
    given = argument(operation, "index_name" if argument(operation, "index_name") else "constraint_name", 0)
    made = calls.call(given)
    found = calls.constant(made[3][0] if made is not None and made[3] else given)
    return found if isinstance(found, str) else ""


def _alter_column(calls: Calls, operation: list[Any], columns: dict[str, Column], position: int) -> None:
    name = calls.keyword(operation, "column_name", position)
    known = columns.get(name) if isinstance(name, str) else None
    if known is None:
        return
    nullable, new = calls.keyword(operation, "nullable"), calls.keyword(operation, "new_column_name")
    if isinstance(nullable, bool):
        known = msgspec.structs.replace(known, nullable=nullable)
    if isinstance(new, str):
        del columns[known.name]
        known = msgspec.structs.replace(known, name=new)
    columns[known.name] = known
