"""The move on SQLite: plain statements, that copy into a file for each service and can be run again.

SQLite has no schemas, so both stages of the move are one.
"""

from __future__ import annotations

from collections.abc import Sequence

from decompose.database.ddl.postgres import file_name
from decompose.database.ddl.schema import one_line, owned_tables, quoted_name, string_constant
from decompose.database.places import Places
from decompose.system.model import Table

_EVENTS = ("INSERT", "UPDATE", "DELETE")


def sqlite_scripts(places: Places, order: Sequence[str], keys: Sequence[tuple[str, str, str]]) -> dict[str, str]:
    """Path -> text, for the program ``sqlite3``, opened on the old file; the new file is beside it.

    ``order``: the services, the first to move first; ``keys``: (table, columns, target) that are cut.
    """
    files: dict[str, str] = {}
    for number, service in enumerate(order, 1):
        tables = owned_tables(places, service)
        if not tables:
            continue
        attach = f"ATTACH DATABASE {string_constant(file_name(service) + '.db')} AS service;\n"
        plain = [table.rpartition(".")[2] for table in tables]
        names = [quoted_name(table) for table in plain]
        listed = [
            ", ".join(quoted_name(column.name) for column in places.tables[table].columns) or "*" for table in tables
        ]
        into = [f"{name} ({columns})" if columns != "*" else name for name, columns in zip(names, listed, strict=True)]
        of = list(zip(names, listed, into, strict=True))
        empty = "\n".join(f"DELETE FROM service.{name};" for name in reversed(names))
        copies = "\n".join(f"INSERT INTO service.{to} SELECT {columns} FROM main.{name};" for name, columns, to in of)
        gone = "\n".join(f"DELETE FROM main.{name};" for name in reversed(names))
        backs = "\n".join(f"INSERT INTO main.{to} SELECT {columns} FROM service.{name};" for name, columns, to in of)
        compare = "\n".join(_compared(places.tables[table]) for table in tables)
        drops = "\n".join(f"DROP TABLE IF EXISTS main.{name};" for name in reversed(names))
        frozen = [
            (table, event, quoted_name(f"decompose_{event.lower()}_{table}")) for table in plain for event in _EVENTS
        ]
        freeze = "\n".join(_refusing(table, event, trigger, service) for table, event, trigger in frozen)
        thaw = "\n".join(f"DROP TRIGGER IF EXISTS main.{trigger};" for *_, trigger in frozen)
        owned = ", ".join(map(string_constant, plain))
        unswitched = (
            "CREATE TEMP TABLE IF NOT EXISTS not_switched (tables_that_have_switched INTEGER CHECK (tables_that_have_switched = 0));\n"
            "INSERT INTO temp.not_switched SELECT COUNT(*) FROM main.sqlite_master\n"
            f"    WHERE type = 'trigger' AND name IN ({', '.join(string_constant(f'decompose_insert_{table}') for table in plain)});\n"
        )
        quiet = (
            "CREATE TEMP TABLE IF NOT EXISTS quiet (triggers_that_would_run INTEGER CHECK (triggers_that_would_run = 0));\n"
            "INSERT INTO temp.quiet SELECT COUNT(*) FROM service.sqlite_master WHERE type = 'trigger';\n"
        )
        folder = f"database-per-service/{number:02}-{file_name(service)}"
        what = one_line(service)
        off = "PRAGMA foreign_keys = OFF;\n"
        files |= {
            f"{folder}/1-expand.sql": f"-- A file for {what}. Opened on the new file {file_name(service)}.db: run schemas/{file_name(service)}.sql there.\n"
            "-- Triggers and views come by 4b-code.sql, when the rows are there.\n",
            f"{folder}/2-copy.sql": f"-- Run it as often as you like before the switch. After it it is refused: it would undo what was written since.\n-- Refused too while the new file has triggers, which would run for every row: drop them there first.\n{off}{unswitched}{attach}{quiet}BEGIN;\n{empty}\n{copies}\nCOMMIT;\nDETACH DATABASE service;\n",
            f"{folder}/3-verify.sql": "-- Stops with an error where a row differs, where the old table has a column that the code does not show, and\n"
            f"-- where a row breaks a key among the tables.\n{attach}{_CHECKED}{compare}\nSELECT * FROM temp.checked;\n"
            f"-- What is not moved, because it needs what stays:\n{_code(owned, moves=False)}DETACH DATABASE service;\n",
            f"{folder}/4-switch.sql": f"-- Nobody writes the old tables of {what} any more: copied and compared once more, the new file is the one that counts.\n"
            f"{off}{unswitched}{attach}{quiet}BEGIN IMMEDIATE;\n{_CHECKED}{freeze}\n{empty}\n{copies}\n{compare}\nCOMMIT;\nDETACH DATABASE service;\n",
            f"{folder}/4b-code.sql": f"-- After the switch, before the contract: prints the triggers and views that need no table of others.\n"
            f"--   sqlite3 OLD.db < 4b-code.sql | sqlite3 {file_name(service)}.db\n{_code(owned, moves=True)}",
            f"{folder}/5-contract.sql": f"-- THE POINT OF NO RETURN: the old tables of {what} are dropped. Keep a copy of the file.\n{_pointing(places, service, keys)}"
            f"{off}BEGIN;\n{drops}\nCOMMIT;\n",
            f"{folder}/back.sql": f"-- The way back, before the contract: rows of the new file replace those of the old one, and are compared.\n"
            f"{off}{attach}BEGIN IMMEDIATE;\n{_CHECKED}{thaw}\n{gone}\n{backs}\n{compare}\nCOMMIT;\nDETACH DATABASE service;\n",
        }  # fmt: skip
    return files


_CHECKED = (
    "CREATE TEMP TABLE IF NOT EXISTS checked (table_name TEXT, rows_old INTEGER, rows_new INTEGER, rows_that_differ INTEGER,\n"
    "    columns_not_shown_by_the_code INTEGER, rows_that_break_a_key INTEGER,\n"
    "    CHECK (rows_old = rows_new AND rows_that_differ = 0 AND columns_not_shown_by_the_code = 0 AND rows_that_break_a_key = 0));\n"
    "DELETE FROM temp.checked;\n"
)


def _code(owned: str, *, moves: bool) -> str:
    """A query for the triggers on tables of a service and the views that read them: those that name nothing else, as they are written,
    or the others by name.
    """
    printed = "c.sql || ';'" if moves else "c.type, c.name AS name_of_what_is_not_moved, c.sql"
    named = "' ' || lower(c.sql) || ' ' GLOB '*[^a-z0-9_]' || replace(lower(o.name), '[', '[[]') || '[^a-z0-9_]*'"
    other = f"o.type IN ('table', 'view') AND o.name <> c.name AND {named}"
    return (
        f"SELECT {printed} FROM main.sqlite_master c\n"
        f"    WHERE (c.type = 'trigger' AND c.tbl_name IN ({owned}) AND c.name NOT LIKE 'decompose!_%' ESCAPE '!'\n"
        f"        OR c.type = 'view' AND EXISTS (SELECT 1 FROM main.sqlite_master o WHERE o.name IN ({owned}) AND {other}))\n"
        f"    AND {'NOT ' if moves else ''}EXISTS (SELECT 1 FROM main.sqlite_master o WHERE o.name NOT IN ({owned}) AND {other})\n"
        "    ORDER BY c.type = 'trigger', c.rowid;\n"
    )


def _compared(table: Table) -> str:
    """Both sides of a table, column by column; a row that stands there twice has to stand there twice on both."""
    plain = table.name.rpartition(".")[2]
    name = quoted_name(plain)
    # Whatever a column says of upper and lower case: every letter has to be the same.
    columns = ", ".join(f"{quoted_name(column.name)} COLLATE BINARY" for column in table.columns)
    if columns:
        old, new = (f"SELECT {columns}, COUNT(*) FROM {side}.{name} GROUP BY {columns}" for side in ("main", "service"))
        more = f"(SELECT COUNT(*) - {len(table.columns)} FROM pragma_table_info({string_constant(plain)}, 'main'))"
    else:
        old, new = (f"SELECT * FROM {side}.{name}" for side in ("main", "service"))
        more = "0"
    return (
        f"INSERT INTO temp.checked SELECT {string_constant(plain)}, (SELECT COUNT(*) FROM main.{name}), (SELECT COUNT(*) FROM service.{name}),\n"
        f"    (SELECT COUNT(*) FROM ({old} EXCEPT {new}))\n"
        f"    + (SELECT COUNT(*) FROM ({new} EXCEPT {old})),\n"
        f"    {more}, (SELECT COUNT(*) FROM pragma_foreign_key_check({string_constant(plain)}, 'service'));"
    )


def _pointing(places: Places, service: str, keys: Sequence[tuple[str, str, str]]) -> str:
    """Tables of others that still declare a key to one that goes: SQLite cannot drop a key without the table."""
    found = sorted({f"{t}({c})" for t, c, target in keys if places.owner(target) == service})
    if not found:
        return ""
    return (
        f"-- These still declare a key to them, and refuse writes where foreign_keys is on: {', '.join(map(one_line, found))}.\n"
        "-- SQLite cannot drop a key by itself: make those tables again without it first.\n"
    )


def _refusing(table: str, event: str, trigger: str, service: str) -> str:
    told = string_constant(f"{one_line(table)} has moved to {file_name(service)}.db: write there")
    return (
        f"CREATE TRIGGER main.{trigger} BEFORE {event} ON {quoted_name(table)} BEGIN SELECT RAISE(ABORT, {told}); END;"
    )
