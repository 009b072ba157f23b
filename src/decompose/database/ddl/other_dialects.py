"""The move on MySQL and SQLite: plain statements, that copy into a database for each service and can be run again.

MySQL has no schemas within a database, and SQLite none at all, so both stages are one: a database, or a file, for each service.
"""

from __future__ import annotations

from collections.abc import Sequence

from decompose.database.ddl.postgres import file_name
from decompose.database.ddl.schema import one_line, parents_first
from decompose.database.places import Places
from decompose.system.model import ForeignKey, Table


def mysql_scripts(places: Places, order: Sequence[str]) -> dict[str, str]:
    """Path -> text, for the client ``mysql``, connected to the old database."""
    files: dict[str, str] = {}
    for number, service in enumerate(order, 1):
        tables = _tables(places, service)
        if not tables:
            continue
        there = f"{_tick(service)}."
        names = [(table, _tick(table.rpartition(".")[2])) for table in tables]
        copies, verifies, backs = [], [], []
        for table, name in names:
            updates = _updates(places.tables[table], "VALUES(%s)", _tick)
            copies.append(
                f"INSERT INTO {there}{name} SELECT * FROM {name}{' ON DUPLICATE KEY UPDATE ' + updates if updates else ''};"
            )
            backs.append(f"REPLACE INTO {name} SELECT * FROM {there}{name};")
            verifies.append(
                f"SELECT '{one_line(name)}' AS table_name, (SELECT COUNT(*) FROM {name}) AS rows_old, (SELECT COUNT(*) FROM {there}{name}) AS rows_new;\nCHECKSUM TABLE {name}, {there}{name};"
            )
        creates = "\n".join(f"CREATE TABLE IF NOT EXISTS {there}{name} LIKE {name};" for _, name in names)
        empty = "\n".join(f"DELETE FROM {there}{name};" for _, name in reversed(names))
        drops = "\n".join(f"DROP TABLE IF EXISTS {name};" for _, name in reversed(names))
        folder = f"database-per-service/{number:02}-{file_name(service)}"
        what = one_line(service)
        quiet = "SET FOREIGN_KEY_CHECKS = 0;\n"
        files |= {
            f"{folder}/1-expand.sql": f"-- A database for {what}. Keys are made by schemas/{file_name(service)}.sql.\nCREATE DATABASE IF NOT EXISTS {_tick(service)};\n{creates}\n",
            f"{folder}/2-copy.sql": f"-- Run it as often as you like before the switch: rows that are gone go, others are made equal.\n{quiet}START TRANSACTION;\n{empty}\n" + "\n".join(copies) + "\nCOMMIT;\n",
            f"{folder}/3-verify.sql": "-- Both counts and both checksums of every table must be equal.\n" + "\n".join(verifies) + "\n",
            f"{folder}/4-switch.sql": f"-- The application of {what} writes the new database from now on; nobody writes the old tables: copy and verify once more before.\n"
            + "\n".join(f"REVOKE INSERT, UPDATE, DELETE ON {name} FROM CURRENT_USER; -- name the users that must not write any more" for _, name in names) + "\n",
            f"{folder}/5-contract.sql": f"-- THE POINT OF NO RETURN: the old tables of {what} are dropped. Keep a backup.\n{quiet}{drops}\n",
            f"{folder}/back.sql": f"-- The way back: rows of the new database replace those of the old one.\n{quiet}START TRANSACTION;\n" + "\n".join(f"DELETE FROM {name};" for _, name in reversed(names)) + "\n" + "\n".join(backs) + "\nCOMMIT;\nSET FOREIGN_KEY_CHECKS = 1;\n",
        }  # fmt: skip
    return files


def sqlite_scripts(places: Places, order: Sequence[str]) -> dict[str, str]:
    """Path -> text, for the program ``sqlite3``, opened on the old file; the new file is beside it."""
    files: dict[str, str] = {}
    for number, service in enumerate(order, 1):
        tables = _tables(places, service)
        if not tables:
            continue
        attach = f"ATTACH DATABASE {_text(file_name(service) + '.db')} AS service;\n"
        names = [_quote(table.rpartition(".")[2]) for table in tables]
        plain = [table.rpartition(".")[2] for table in tables]
        copies = "\n".join(f"INSERT INTO service.{name} SELECT * FROM main.{name};" for name in names)
        empty = "\n".join(f"DELETE FROM service.{name};" for name in reversed(names))
        compare = "\n".join(
            f"INSERT INTO temp.checked SELECT {_text(text)}, (SELECT COUNT(*) FROM main.{name}), (SELECT COUNT(*) FROM service.{name}),\n"
            f"    (SELECT COUNT(*) FROM (SELECT * FROM main.{name} EXCEPT SELECT * FROM service.{name}))\n"
            f"    + (SELECT COUNT(*) FROM (SELECT * FROM service.{name} EXCEPT SELECT * FROM main.{name}));"
            for text, name in zip(plain, names, strict=True)
        )
        backs = "\n".join(f"INSERT INTO main.{name} SELECT * FROM service.{name};" for name in names)
        gone = "\n".join(f"DELETE FROM main.{name};" for name in reversed(names))
        drops = "\n".join(f"DROP TABLE IF EXISTS main.{name};" for name in reversed(names))
        folder = f"database-per-service/{number:02}-{file_name(service)}"
        what = one_line(service)
        off = "PRAGMA foreign_keys = OFF;\n"
        checked = (
            "CREATE TEMP TABLE IF NOT EXISTS checked (table_name TEXT, rows_old INTEGER, rows_new INTEGER, rows_that_differ INTEGER,\n"
            "    CHECK (rows_old = rows_new AND rows_that_differ = 0));\nDELETE FROM temp.checked;\n"
        )
        files |= {
            f"{folder}/1-expand.sql": f"-- A file for {what}. Opened on the new file {file_name(service)}.db: run schemas/{file_name(service)}.sql there.\n",
            f"{folder}/2-copy.sql": f"-- Run it as often as you like before the switch.\n{off}{attach}BEGIN;\n{empty}\n{copies}\nCOMMIT;\nDETACH DATABASE service;\n",
            f"{folder}/3-verify.sql": f"-- Stops with an error where a row differs.\n{attach}{checked}{compare}\nSELECT * FROM temp.checked;\nDETACH DATABASE service;\n",
            f"{folder}/4-contract.sql": f"-- THE POINT OF NO RETURN: the old tables of {what} are dropped. Keep a copy of the file.\n{off}BEGIN;\n{drops}\nCOMMIT;\n",
            f"{folder}/back.sql": f"-- The way back, before the contract: rows of the new file replace those of the old one.\n{off}{attach}BEGIN;\n{gone}\n{backs}\nCOMMIT;\nDETACH DATABASE service;\n",
        }  # fmt: skip
    return files


def _tables(places: Places, service: str) -> list[str]:
    """The tables of a service, those that others point to first."""
    owned = next((s.tables for s in places.split.services if s.name == service), ())
    tables = [name for name in owned if places.tables[name].kind == "table"]
    keys: list[ForeignKey] = [key for key in places.system.foreign_keys if key.table in tables]
    return parents_first(tables, keys)


def _updates(table: Table, value: str, quote: object) -> str:
    names = [column.name for column in table.columns if not column.primary_key]
    assert callable(quote)
    return ", ".join(f"{quote(name)} = {value % quote(name)}" for name in names)


def _tick(name: str) -> str:
    return "`" + name.replace("\x00", "").replace("`", "``") + "`"


def _quote(name: str) -> str:
    return '"' + name.replace("\x00", "").replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("\x00", "").replace("'", "''") + "'"
