"""The move on MySQL and MariaDB: short scripts that call procedures, into a database for each service.

MySQL has no schemas within a database, so both stages of the move are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from decompose.database.ddl.postgres import file_name
from decompose.database.ddl.schema import one_line, owned_tables
from decompose.database.places import Places

_EVENTS = ("INSERT", "UPDATE", "DELETE")
_MAX_NAME = 64


def mysql_scripts(places: Places, order: Sequence[str], keys: Sequence[tuple[str, str, str]]) -> dict[str, str]:
    """Path -> text, for the client ``mysql``, connected to the old database.

    ``order``: the services, the first to move first; ``keys``: (table, columns, target) that are cut.
    """
    functions = resources.files("decompose.database.ddl").joinpath("mysql_functions.sql").read_text(encoding="utf-8")
    files = {"0-functions.sql": functions, "0-split.sql": _split(places, order, keys)}
    for number, service in enumerate(order, 1):
        tables = [table.rpartition(".")[2] for table in owned_tables(places, service)]
        if not tables:
            continue
        name, what = _text(service), one_line(service)
        frozen = [(table, event, _trigger(table, event)) for table in tables for event in _EVENTS]
        here = "\n".join(_refusing("", table, event, trigger, service) for table, event, trigger in frozen)
        there = "\n".join(
            _refusing(f"{_tick(service)}.", table, event, trigger, "") for table, event, trigger in frozen
        )
        thaw_here = "\n".join(f"DROP TRIGGER IF EXISTS {trigger};" for *_, trigger in frozen)
        thaw_there = "\n".join(f"DROP TRIGGER IF EXISTS {_tick(service)}.{trigger};" for *_, trigger in frozen)
        builds = "\n".join(f"CALL decompose_move.build_table({name}, {_text(table)});" for table in tables)
        drops = "\n".join(f"DROP TABLE IF EXISTS {_tick(table)};" for table in reversed(tables))
        folder = f"database-per-service/{number:02}-{file_name(service)}"
        files |= {
            f"{folder}/1-expand.sql": f"-- A database for {what}, with the same tables; keys among them come with verify.\n"
            f"CREATE DATABASE IF NOT EXISTS {_tick(service)};\n{builds}\n",
            f"{folder}/2-copy.sql": "-- Makes the rows of both sides equal. Run it as often as you like before the switch.\n"
            f"{thaw_there}\nCALL decompose_move.copy_tables({name});\n",
            f"{folder}/3-verify.sql": "-- Row counts and checksums of both sides: stops where they differ. Puts the keys among the tables back.\n"
            f"-- Shows what is not moved: grants on tables, and triggers and views that need tables of others.\nCALL decompose_move.verify({name});\n",
            f"{folder}/4-freeze.sql": f"-- From here on nobody writes the old tables of {what}, except by TRUNCATE, which no trigger sees.\n"
            "-- Keys to and from other services are cut: the code has to check by itself. Copy and verify once more afterwards.\n"
            f"CALL decompose_move.cut_keys({name});\n{thaw_here}\n{here}\n"
            f"UPDATE decompose_move.owner SET state = 'frozen' WHERE service = {name} AND state = 'new';\n",
            f"{folder}/5-switch.sql": "-- Compares once more, lets numbers go on where they were, makes views that read these tables alone, and makes the\n"
            f"-- new database the one that counts.\nCALL decompose_move.switch_to({name});\n",
            f"{folder}/5b-triggers.sql": "-- Prints the triggers that need no table of others, for the new database:\n"
            f"--   mysql -N -r OLD < 5b-triggers.sql | mysql OLD\nCALL decompose_move.print_triggers({name});\n",
            f"{folder}/back-triggers.sql": "-- Prints statements that drop the triggers of the new database, which would run for every row if the tables were\n"
            f"-- copied again after the way back:  mysql -N -r OLD < back-triggers.sql | mysql OLD\nCALL decompose_move.print_trigger_drops({name});\n",
            f"{folder}/6-contract.sql": f"-- THE POINT OF NO RETURN: the old tables of {what} are dropped. Keep a backup.\n"
            f"CALL decompose_move.may_drop({name});\nSET foreign_key_checks = 0;\n{drops}\nSET foreign_key_checks = 1;\n",
            f"{folder}/back.sql": "-- The way back: rows of the new database replace those of the old one, are compared, and keys are put back.\n"
            f"-- Triggers of the old tables run for the rows that differ.\n{thaw_there}\n{there}\n{thaw_here}\nCALL decompose_move.copy_back({name});\n",
        }
    return files


def _split(places: Places, order: Sequence[str], keys: Sequence[tuple[str, str, str]]) -> str:
    text = "-- The split: which service gets which table, and the keys between services that the code shows.\n"
    text += (
        "-- Run it in the old database, after 0-functions.sql. It changes nothing but the tables of decompose_move.\n"
    )
    for service in order:
        for name in owned_tables(places, service):
            schema, _, table = name.rpartition(".")
            text += (
                "INSERT IGNORE INTO decompose_move.owner (service, table_name, old_database) "
                f"VALUES ({_text(service)}, {_text(table)}, {_text(schema) if schema else 'DATABASE()'});\n"
            )
    for table, columns, target in sorted({(t.rpartition(".")[2], c, x.rpartition(".")[2]) for t, c, x in keys}):
        text += (
            f"INSERT IGNORE INTO decompose_move.known_key VALUES ({_text(table)}, {_text(columns)}, {_text(target)});\n"
        )
    return text


def _trigger(table: str, event: str) -> str:
    """The name of a trigger that refuses writes; a name that would be too long is cut, and told apart by its length."""
    name = f"decompose_{event.lower()}_{table}"
    return _tick(name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 4]}_{len(name):03}")


def _refusing(place: str, table: str, event: str, trigger: str, service: str) -> str:
    """A trigger that refuses writes; ``service`` is where the rows are now."""
    told = (
        f"moved to the database of {one_line(service)}: write there"[:100]
        if service
        else "gone back to the old database"
    )
    return (
        f"CREATE TRIGGER {place}{trigger} BEFORE {event} ON {place}{_tick(table)} FOR EACH ROW\n"
        f"    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = {_text(told)};"
    )


def _tick(name: str) -> str:
    return "`" + name.replace("\x00", "").replace("`", "``") + "`"


def _text(value: str) -> str:
    """A string constant, whatever is in it and whatever a backslash means in this session."""
    value = value.replace("\x00", "")
    if "\\" in value:
        return f"_utf8mb4 0x{value.encode().hex()}"
    return "'" + value.replace("'", "''") + "'"
