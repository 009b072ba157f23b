"""The schema as migrations leave it: Django's operations and Alembic's, replayed in order from their facts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec

from decompose.facts import FileFacts, Op, ScopeFacts
from decompose.sources import SourceFile
from decompose.system.catalogue import Catalogue
from decompose.system.ddl import read_ddl
from decompose.system.sql import read_changes

_DJANGO = frozenset({"CreateModel", "DeleteModel", "RenameModel", "AlterModelTable", "RunSQL"})
_ALEMBIC = frozenset({"create_table", "drop_table", "rename_table", "execute"})
_RUN_SQL = frozenset({"RunSQL", "execute"})
_DEFINES = re.compile(r"\bCREATE\b.{0,60}\b(?:TABLE|VIEW|TRIGGER|FUNCTION|PROCEDURE)\b", re.IGNORECASE | re.DOTALL)
_DROPPED = re.compile(
    r"\bDROP\s+(?:MATERIALIZED\s+)?(?:VIEW|TRIGGER|FUNCTION)\s+(?:IF\s+EXISTS\s+)?[\"`]?(\w+)", re.IGNORECASE
)
Place = tuple[str, int]


def tables_of_migrations(files: Sequence[SourceFile], facts: Sequence[FileFacts]) -> dict[str, Place]:
    """Table -> file and line of the migration that made it, for the tables that exist after all of them."""
    tables: dict[str, Place] = {}
    names: dict[tuple[str, str], str] = {}
    alembic: list[tuple[SourceFile, FileFacts]] = []
    for file, file_facts in sorted(zip(files, facts, strict=True), key=lambda pair: pair[0].path):
        if not file_facts.scopes:
            continue
        if "revision" in file_facts.scopes[0].names and "down_revision" in file_facts.scopes[0].names:
            alembic.append((file, file_facts))
        else:
            _replay_django(file, file_facts, tables, names)
    for file, file_facts in _in_revision_order(alembic):
        _replay_alembic(file, file_facts, tables)
    return tables


def ddl_of_migrations(
    files: Sequence[SourceFile], facts: Sequence[FileFacts], tables: Collection[str]
) -> Iterator[Catalogue]:
    """What SQL in migrations defines beside whole tables: views, code in the database, and the columns of ``tables``.

    Views that later SQL drops are left out; every record has the line of the call.
    """
    found: dict[str, Catalogue] = {}
    for file, file_facts in sorted(zip(files, facts, strict=True), key=lambda pair: pair[0].path):
        for scope in file_facts.scopes:
            if scope.name == "downgrade":
                continue
            for name, operation in _calls(scope, _RUN_SQL):
                text = _argument(operation, "sql" if name == "RunSQL" else "sqltext", 0)
                for dropped in _DROPPED.findall(text) if isinstance(text, str) else ():
                    found.pop(dropped.lower(), None)
                if isinstance(text, str) and _DEFINES.search(text):
                    for catalogue in _placed(read_ddl(text, file.path, "migration"), operation[-1], tables):
                        found[(catalogue.tables or catalogue.routines)[0].name.lower()] = catalogue
    yield from found.values()


def _placed(catalogue: Catalogue, line: int, tables: Collection[str]) -> Iterator[Catalogue]:
    about = catalogue.about
    for table in catalogue.tables:
        if table.kind == "view" or table.name in tables:
            columns = tuple(msgspec.structs.replace(column, line=line) for column in table.columns)
            indexes = tuple(msgspec.structs.replace(index, line=line) for index in table.indexes)
            placed = msgspec.structs.replace(table, line=line, columns=columns, indexes=indexes)
            keys = tuple(
                msgspec.structs.replace(key, line=line) for key in catalogue.foreign_keys if key.table == table.name
            )
            yield Catalogue(about=about, tables=(placed,), foreign_keys=keys)
    for routine in catalogue.routines:
        yield Catalogue(about=about, routines=(msgspec.structs.replace(routine, line=line),))


def _calls(scope: ScopeFacts, names: frozenset[str]) -> Iterator[tuple[str, list[Any]]]:
    called = {operation[1]: operation[3] for operation in scope.ops if operation[0] == Op.ATTRIBUTE}
    called.update((operation[1], operation[4]) for operation in scope.ops if operation[0] == Op.FROM)
    for operation in scope.ops:
        if operation[0] == Op.CALL and called.get(operation[2]) in names:
            yield called[operation[2]], operation


def _argument(operation: list[Any], name: str, position: int) -> Any:
    for keyword, ref in operation[4]:
        if keyword == name:
            return ref
    return operation[3][position] if position < len(operation[3]) else None


def _replay_django(
    file: SourceFile, facts: FileFacts, tables: dict[str, Place], names: dict[tuple[str, str], str]
) -> None:
    """``names`` are the tables of the models so far, by label and lower-case name."""
    parts = file.module.split(".")
    label = parts[parts.index("migrations") - 1] if "migrations" in parts[1:] else parts[0]
    for scope in facts.scopes:
        for name, operation in _calls(scope, _DJANGO):
            place = (file.path, operation[-1])
            if name == "RunSQL":
                _replay_sql(_argument(operation, "sql", 0), tables, place)
                continue
            model = _argument(operation, "old_name" if name == "RenameModel" else "name", 0)
            if not isinstance(model, str):
                continue
            key = (label, model.lower())
            default = f"{label}_{model.lower()}"
            if name == "CreateModel":
                options = _argument(operation, "options", 2)
                constant = isinstance(options, list) and isinstance(options[1], dict)
                plain = options[1] if constant else _options(scope, options)
                if plain.get("proxy") is True:
                    continue
                given = plain.get("db_table")
                names[key] = given if isinstance(given, str) else default
                tables[names[key]] = place
            elif name == "DeleteModel":
                tables.pop(names.pop(key, default), None)
            elif name == "RenameModel":
                new = _argument(operation, "new_name", 1)
                if isinstance(new, str):
                    old = names.pop(key, default)
                    table = f"{label}_{new.lower()}" if old == default else old
                    names[label, new.lower()] = table
                    before = tables.pop(old, None)
                    tables[table] = place if before is None or table != old else before
            elif name == "AlterModelTable":
                given = _argument(operation, "table", 1)
                if isinstance(given, str):
                    tables.pop(names.get(key, default), None)
                    names[key] = given
                    tables[given] = place


def _replay_sql(text: Any, tables: dict[str, Place], place: Place) -> None:
    """DDL in a migration: tables made, renamed and dropped."""
    for operation, name, new in read_changes(text) if isinstance(text, str) else ():
        if operation == "create":
            tables.setdefault(name, place)
        else:
            tables.pop(name, None)
            if operation == "rename":
                tables[new] = place


def _options(scope: ScopeFacts, ref: Any) -> dict[str, Any]:
    """The constant entries of a dictionary that is not constant as a whole."""
    for operation in scope.ops:
        if operation[0] == Op.CONTAINER and operation[1] == ref and operation[4] is not None:
            pairs = zip(operation[4], operation[3], strict=True)
            return {
                key: value[1] if isinstance(value, list) else value
                for key, value in pairs
                if isinstance(key, str) and isinstance(value, str | list)
            }
    return {}


def _in_revision_order(migrations: list[tuple[SourceFile, FileFacts]]) -> list[tuple[SourceFile, FileFacts]]:
    by_revision = {str(facts.scopes[0].names["revision"]): (file, facts) for file, facts in migrations}
    ordered: dict[str, None] = {}

    for start in sorted(by_revision):
        stack = [start]
        while stack:
            revision = stack[-1]
            before = [r for r in _parents(by_revision[revision][1]) if r in by_revision and r not in ordered]
            pending = [r for r in before if r not in stack]
            if pending:
                stack.append(pending[0])
            else:
                ordered.setdefault(stack.pop())
    return [by_revision[revision] for revision in ordered]


def _parents(facts: FileFacts) -> list[str]:
    down = facts.scopes[0].names["down_revision"]
    if isinstance(down, str):
        return [down]
    if isinstance(down, list) and isinstance(down[1], list):
        return [str(parent) for parent in down[1]]
    return []


def _replay_alembic(file: SourceFile, facts: FileFacts, tables: dict[str, Place]) -> None:
    for scope in facts.scopes:
        if scope.name == "downgrade" or re.match(r"downgrade", scope.qualname):
            continue
        for name, operation in _calls(scope, _ALEMBIC):
            if name == "execute":
                _replay_sql(_argument(operation, "sqltext", 0), tables, (file.path, operation[-1]))
                continue
            table = _argument(operation, "table_name", 0)
            if not isinstance(table, str):
                continue
            if name == "create_table":
                tables[table] = (file.path, operation[-1])
            elif name == "drop_table":
                tables.pop(table, None)
            else:
                new = _argument(operation, "new_table_name", 1)
                if isinstance(new, str):
                    tables.pop(table, None)
                    tables[new] = (file.path, operation[-1])
