"""The move on PostgreSQL: short scripts, to be run by ``psql`` in the order of their names."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from decompose.database.ddl.schema import owned_tables, quoted_name, string_constant
from decompose.database.places import Places
from decompose.database.split import SharedTable

_DEFAULT_SCHEMA = "public"


def functions() -> str:
    """The functions that all scripts call."""
    return resources.files("decompose.database.ddl").joinpath("postgres_functions.sql").read_text(encoding="utf-8")


def scripts(places: Places, order: Sequence[str], keys: Sequence[tuple[str, str, str]]) -> dict[str, str]:
    """Path -> text. ``order``: the services, the first to move first; ``keys``: (table, columns, target) that are cut."""
    files = {"0-functions.sql": functions(), "1-schema-per-service/0-split.sql": _split(places, order, keys)}
    for number, service in enumerate(order, 1):
        tables = sorted(owned_tables(places, service))
        if not tables:
            continue
        first, second = (
            f"1-schema-per-service/{number:02}-{file_name(service)}",
            f"2-database-per-service/{number:02}-{file_name(service)}",
        )
        files |= {f"{first}/{name}": text for name, text in _first_stage(service, tables).items()}
        files |= {f"{second}/{name}": text for name, text in _second_stage(service, tables).items()}
    return files


def column_scripts(shared: Sequence[SharedTable]) -> dict[str, str]:
    """Path -> text, for every table that is best split by its columns; each runs in the old database, between the stages."""
    files: dict[str, str] = {}
    for item in shared:
        for group in item.options[0].groups if item.options and item.options[0].kind == "split by columns" else ():
            _, table = _parts(item.table)
            place = f"1b-split-by-columns/{file_name(table)}-{file_name(group.service)}"
            columns = ", ".join(string_constant(column) for column in group.columns)
            arguments = f"{string_constant(table)}, {string_constant(group.service)}"
            what = _comment(f"{', '.join(group.columns)} of {table} for {group.service}")
            files |= {
                f"{place}/1-copy.sql": f"-- {what}: a table of its own with the same key, which follows every write from here on.\n"
                f"BEGIN;\nSELECT decompose_move.split_columns({arguments}, ARRAY[{columns}]) AS rows_copied;\nCOMMIT;\n",
                f"{place}/2-verify.sql": f"-- {what}: every row on both sides, and equal.\nSELECT * FROM decompose_move.verify_columns({arguments});\n",
                f"{place}/3-switch.sql": f"-- {what}: the new table counts. The old columns show what it holds, and refuse other writes.\n"
                f"BEGIN;\nSELECT decompose_move.switch_columns({arguments});\nCOMMIT;\n",
                f"{place}/4-contract.sql": f"-- {what}: nobody reads the old columns any more, so they go. The way back still works.\n"
                f"BEGIN;\nSELECT decompose_move.contract_columns({arguments});\nCOMMIT;\n",
                f"{place}/back.sql": f"-- {what}: back in the old table, with what was written since; at its end.\n"
                f"BEGIN;\nSELECT decompose_move.columns_back({arguments});\nCOMMIT;\n",
            }
    return files


def _split(places: Places, order: Sequence[str], keys: Sequence[tuple[str, str, str]]) -> str:
    owners = [
        f"    ({string_constant(schema)}, {string_constant(table)}, {string_constant(service)})"
        for service in order
        for schema, table in sorted(_parts(name) for name in owned_tables(places, service))
    ]
    known = [
        f"    ({string_constant(_parts(t)[1])}, {string_constant(c)}, {string_constant(_parts(target)[1])})"
        for t, c, target in sorted(set(keys))
    ]
    text = "-- The split: which service gets which table, and the keys between services that the code shows.\n"
    text += "-- Run it in the old database, after 0-functions.sql. It changes nothing but the tables of decompose_move.\nBEGIN;\n"
    if owners:
        text += "INSERT INTO decompose_move.owner (table_schema, table_name, service) VALUES\n" + ",\n".join(owners)
        text += "\nON CONFLICT (table_schema, table_name) DO UPDATE SET service = excluded.service;\n"
    if known:
        text += "INSERT INTO decompose_move.known_key (table_name, columns, target_table) VALUES\n" + ",\n".join(known)
        text += "\nON CONFLICT DO NOTHING;\n"
    text += "COMMIT;\n-- Look at both before you go on: tables that only the split or only this database has, and keys that will stop the move.\n"
    return text + "SELECT * FROM decompose_move.differences();\nSELECT * FROM decompose_move.unknown_keys();\n"


def _first_stage(service: str, tables: Sequence[str]) -> dict[str, str]:
    name, schema = string_constant(service), quoted_name(service)
    moves = "\n".join(
        f"SELECT decompose_move.move_table({name}, {string_constant(table)});" for _, table in map(_parts, tables)
    )
    back = "\n".join(
        f"SELECT decompose_move.move_table_back({name}, {string_constant(t)});"
        for _, t in map(_parts, reversed(tables))
    )
    what = _comment(service)
    return {
        "1-expand.sql": f"-- A schema for {what}.\nCREATE SCHEMA IF NOT EXISTS {schema};\n",
        "2-move.sql": f"-- The tables of {what} move into its schema; no row is copied. Keys to and from other services are cut.\n"
        "-- Views stay under the old names, through which code that still uses them reads and writes.\n"
        f"BEGIN;\nSELECT decompose_move.cut_keys({name}) AS keys_cut;\n{moves}\nCOMMIT;\n",
        "3-verify.sql": f"-- Every row of {what} accounted for, every constraint checked. Stops with an error where that is not so.\n"
        f"SELECT * FROM decompose_move.verify_schema({name});\n",
        "4-contract.sql": f"-- Nobody uses the old names of {what} any more: the views go. The way back still works.\n"
        f"BEGIN;\nSELECT decompose_move.drop_views({name});\nCOMMIT;\n",
        "back.sql": f"-- The way back for {what}: tables and keys are as they were. Rows that break a key stop it, and change nothing.\n"
        f"BEGIN;\n{back}\nSELECT decompose_move.restore_keys({name}, false) AS keys_restored;\nCOMMIT;\n",
    }


def _second_stage(service: str, tables: Sequence[str]) -> dict[str, str]:
    name, schema, what = string_constant(service), quoted_name(service), _comment(service)
    builds = "\n".join(
        f"SELECT decompose_move.build_table({name}, {string_constant(table)});" for _, table in map(_parts, tables)
    )
    drops = "\n".join(
        f"DROP TABLE IF EXISTS decompose_retired.{quoted_name(table)};" for _, table in map(_parts, tables)
    )
    old, new = "-- Run it in the old database.\n", f"-- Run it in the new database of {what}.\n"
    return {
        "1-expand.new.sql": f"{new}-- Needs the variables host, port, dbname and user of the old one, and password if it asks for one:\n"
        "--   psql -v host=... -v port=... -v dbname=... -v user=... [-v password=...] -f 0-functions.sql -f 1-expand.new.sql\n"
        "\\if :{?password}\n\\else\n\\set password ''\n\\endif\n"
        "BEGIN;\nCREATE EXTENSION IF NOT EXISTS postgres_fdw;\n"
        "DROP SERVER IF EXISTS decompose_monolith CASCADE;\n"
        "CREATE SERVER decompose_monolith FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host :'host', port :'port', dbname :'dbname');\n"
        "CREATE USER MAPPING FOR CURRENT_USER SERVER decompose_monolith OPTIONS (user :'user', password :'password');\n"
        f"SELECT decompose_move.import_source({name});\nCREATE SCHEMA IF NOT EXISTS {schema};\n{builds}\nCOMMIT;\n",
        "2-copy.new.sql": f"{new}-- Copies all rows. Run it as often as you like before the switch: it makes both sides equal again.\n"
        f"BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT * FROM decompose_move.copy_tables({name});\nCOMMIT;\n",
        "3-verify.new.sql": f"{new}-- Row counts and checksums of both sides; keys among the tables are put back and checked.\n"
        f"BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT * FROM decompose_move.verify_copy({name});\nCOMMIT;\n"
        "-- What hangs on the tables in the old database and is not here: make it by hand, or let it go on purpose.\n"
        f"SELECT * FROM decompose_move.not_moved({name});\n",
        "4-freeze.old.sql": f"{old}-- From here on nobody writes the tables of {what} here. Copy and verify once more afterwards.\n"
        f"BEGIN;\nSELECT decompose_move.freeze({name});\nCOMMIT;\n",
        "5-switch.new.sql": f"{new}-- Compares once more, lets numbers go on where they were, and makes this database the one that counts.\n"
        f"BEGIN;\nSELECT decompose_move.switch({name});\nCOMMIT;\n",
        "6-contract.old.sql": f"{old}-- The old tables of {what} are put aside in decompose_retired. The way back still works.\n"
        f"BEGIN;\nSELECT decompose_move.retire({name});\nCOMMIT;\n",
        "7-drop.old.sql": f"{old}-- THE POINT OF NO RETURN: drops what was put aside. Keep a backup.\nBEGIN;\n{drops}\nCOMMIT;\n",
        "back-1.old.sql": f"{old}-- The way back, first part. Stop what writes the new database before.\n"
        f"BEGIN;\nSELECT decompose_move.reopen({name});\nCOMMIT;\n",
        "back-2.new.sql": f"{new}-- The way back, second part: what was written here goes to the old database, and is compared.\n"
        f"BEGIN;\nSELECT decompose_move.import_source({name});\nSELECT * FROM decompose_move.copy_back({name});\nCOMMIT;\n",
        "back-3.old.sql": f"{old}-- The way back, last part: keys among the tables are there again, and checked.\n"
        f"BEGIN;\nSELECT decompose_move.close_way_back({name});\nCOMMIT;\n",
    }


def _parts(table: str) -> tuple[str, str]:
    """Schema and name."""
    schema, _, name = table.rpartition(".")
    return schema or _DEFAULT_SCHEMA, name


def _comment(value: str) -> str:
    return " ".join(value.split())


def file_name(service: str) -> str:
    """A service's name as part of a path."""
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in service).strip(".") or "service"
