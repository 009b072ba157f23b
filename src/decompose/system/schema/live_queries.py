"""What the inspector does not tell of a live database: rows, code in it, and how often statements ran."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from decompose.system.model import Routine, RoutineKind, StatementCount
from decompose.system.schema.catalogue import plain_name
from decompose.system.schema.ddl import read_body, read_ddl, tables_in

if TYPE_CHECKING:
    from sqlalchemy import Connection

COUNTED_BYTES = 8_000_000
"""Tables up to this size are counted; of larger ones the database's own estimate is taken."""

MAX_STATEMENTS = 1000
"""So many of the statements that ran most often are taken."""

_MAX_TEXT = 500
_COUNTED_FILE = 500_000_000

_POSTGRES_SIZES = """
    SELECT n.nspname, c.relname, c.reltuples::bigint, pg_table_size(c.oid), n.nspname = current_schema()
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
"""
_POSTGRES_NOT_OWN = """
    SELECT n.nspname, c.relname, n.nspname = current_schema()
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relispartition OR EXISTS (
        SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e'
    )
"""
_POSTGRES_TRIGGERS = """
    SELECT t.tgname, n.nspname, c.relname, pg_get_triggerdef(t.oid), p.proname, n.nspname = current_schema()
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal ORDER BY 1, 2, 3
"""
_POSTGRES_FUNCTIONS = """
    SELECT p.proname, p.prokind, COALESCE(p.prosrc, '')
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND p.prokind IN ('f', 'p')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    ORDER BY 1, 3
"""
_POSTGRES_STATEMENTS = """
    SELECT query, SUM(calls)::bigint FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    GROUP BY query ORDER BY 2 DESC, 1 LIMIT :limit
"""
_MYSQL_STATEMENTS = """
    SELECT digest_text, SUM(count_star) FROM performance_schema.events_statements_summary_by_digest
    WHERE schema_name = DATABASE() AND digest_text IS NOT NULL GROUP BY digest_text ORDER BY 2 DESC, 1 LIMIT :limit
"""
_COUNTERS = {
    "postgresql": ("pg_stat_statements", "SELECT to_regclass('pg_stat_statements') IS NOT NULL", _POSTGRES_STATEMENTS),
    "mysql": ("performance_schema", "SELECT @@performance_schema", _MYSQL_STATEMENTS),
}
"""What counts statements, whether it does, and the counts."""


def _rows(connection: Connection, statement: str, **values: Any) -> list[Any]:
    import sqlalchemy

    return list(connection.execute(sqlalchemy.text(statement), values))


def _tried(connection: Connection, statement: str) -> list[Any] | None:
    """The rows of a statement that may be refused, without giving up the transaction."""
    import sqlalchemy

    try:
        with connection.begin_nested():
            return _rows(connection, statement)
    except sqlalchemy.exc.SQLAlchemyError:
        return None


def row_counts(connection: Connection, backend: str) -> dict[str, tuple[int | None, bool]]:
    """Table -> its rows, and whether the database only estimates them. Tables that may not be read are left out."""
    quoted = connection.dialect.identifier_preparer.quote
    counts: dict[str, tuple[int | None, bool]] = {}
    sizes: list[tuple[str, str, int, int]] = []
    if backend == "postgresql":
        sizes = [
            (table if default else plain_name(schema, table), f"{quoted(schema)}.{quoted(table)}", guess, size)
            for schema, table, guess, size, default in _rows(connection, _POSTGRES_SIZES)
        ]
    elif backend == "mysql":
        found = _rows(
            connection,
            "SELECT table_name, table_rows, data_length FROM information_schema.tables"
            " WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'",
        )
        sizes = [(table, quoted(table), guess if guess is not None else -1, size or 0) for table, guess, size in found]
    else:
        pages = _rows(connection, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        size = 0 if pages[0][0] <= _COUNTED_FILE else COUNTED_BYTES + 1
        names = _rows(
            connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        )
        sizes = [(name, quoted(name), -1, size) for (name,) in names]
    for name, written, guess, size in sizes:
        counted = _tried(connection, f"SELECT count(*) FROM {written}") if size <= COUNTED_BYTES else None  # noqa: S608 - a quoted name of the catalogue
        if counted is not None:
            counts[name] = (int(counted[0][0]), False)
        elif guess >= 0:
            counts[name] = (int(guess), True)
    return counts


def sqlite_actions(connection: Connection, table: str) -> dict[tuple[str, str], str]:
    """What SQLite does to the keys of a table on deletion: (column, target) -> ``CASCADE`` and the like."""
    quoted = connection.dialect.identifier_preparer.quote(table)
    found = connection.exec_driver_sql(f"PRAGMA foreign_key_list({quoted})").all()
    return {(row[3], row[2]): row[6] for row in found if row[6] != "NO ACTION"}


def not_own(connection: Connection, backend: str) -> set[str]:
    """Tables that the application does not know: parts of another, which are how that is stored, and an extension's own."""
    if backend != "postgresql":
        return set()
    found = _rows(connection, _POSTGRES_NOT_OWN)
    return {table if default else plain_name(schema, table) for schema, table, default in found}


def routines(connection: Connection, backend: str) -> Iterator[Routine]:
    """Triggers, functions and procedures, with the tables that they name."""
    if backend == "postgresql":
        for name, schema, table, definition, called, default in _rows(connection, _POSTGRES_TRIGGERS):
            event = re.search(r"\b((?:BEFORE|AFTER|INSTEAD OF)\b.*?)\s+ON\b", definition, re.DOTALL)
            place = table if default else plain_name(schema, table)
            yield _routine("trigger", name, place, event[1] if event else "", called, "")
        for name, kind, body in _rows(connection, _POSTGRES_FUNCTIONS):
            yield _routine("procedure" if kind == "p" else "function", name, "", "", "", body)
    elif backend == "mysql":
        triggers = _tried(
            connection,
            "SELECT trigger_name, event_object_table, action_timing, event_manipulation, action_statement"
            " FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY 1",
        )
        for name, table, timing, event, body in triggers or ():
            yield _routine("trigger", name, table, f"{timing} {event}", "", body)
        found = _tried(
            connection,
            "SELECT routine_name, routine_type, routine_definition FROM information_schema.routines"
            " WHERE routine_schema = DATABASE() ORDER BY 1",
        )
        for name, kind, body in found or ():
            yield _routine("procedure" if kind == "PROCEDURE" else "function", name, "", "", "", body or "")
    else:
        for (definition,) in _rows(connection, "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"):
            for routine in read_ddl(definition or "", "", "database", dialect="sqlite").routines:
                yield _routine(
                    "trigger", routine.name, routine.table, routine.event, "", definition.partition("BEGIN")[2]
                )  # fmt: skip


def _routine(kind: RoutineKind, name: str, table: str, event: str, calls: str, body: str) -> Routine:
    found = read_body(body)
    return Routine(
        kind=kind, name=name, table=table, event=event, calls=calls, tables_read=found.reads, tables_written=found.writes,
        source="database", file="", line=0, does=found.does, runs=found.names, hidden=found.hidden,
    )  # fmt: skip


def statement_counts(connection: Connection, backend: str) -> tuple[tuple[StatementCount, ...], str]:
    """How often statements ran, where the database counts them; and what could not be read of that."""
    import sqlalchemy

    if backend not in _COUNTERS:
        return (), ""
    counter, is_there, statements = _COUNTERS[backend]
    there = _tried(connection, is_there)
    if not there or not there[0][0]:
        return (), ""
    try:
        with connection.begin_nested():
            found = _rows(connection, statements, limit=MAX_STATEMENTS)
    except sqlalchemy.exc.SQLAlchemyError:
        return (), f"{counter} is there and may not be read, or counts nothing"
    counts = []
    hidden = 0
    for text, calls in found:
        if text == "<insufficient privilege>":
            hidden += int(calls)
            continue
        reads, writes = tables_in(text)
        if reads or writes:
            shown = " ".join(text.split())[:_MAX_TEXT]
            counts.append(StatementCount(calls=int(calls), tables_read=reads, tables_written=writes, statement=shown))
    return tuple(counts), f"{hidden} calls of statements that this user may not see" if hidden else ""
