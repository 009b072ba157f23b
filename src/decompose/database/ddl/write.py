"""All files of `decompose ddl`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from decompose.boundaries.split import SHARED, Split
from decompose.database.ddl.alembic import alembic_scripts
from decompose.database.ddl.django import django_migrations
from decompose.database.ddl.mysql import mysql_scripts
from decompose.database.ddl.postgres import column_scripts, file_name, scripts
from decompose.database.ddl.schema import one_line, schema_of
from decompose.database.ddl.sqlite import sqlite_scripts
from decompose.database.places import Places
from decompose.database.split import DatabaseSplit
from decompose.system.divisible import EACH_ITS_OWN, NUMBERED_ANEW, had_by_each
from decompose.system.model import System

Dialect = Literal["postgres", "mysql", "sqlite"]
DIALECTS: tuple[Dialect, ...] = ("postgres", "mysql", "sqlite")


def write_ddl(
    system: System, split: Split, database: DatabaseSplit, order: Sequence[str], dialect: Dialect = "postgres"
) -> dict[str, str]:
    """Relative path -> text. ``order``: all services, the first to move first. The same input gives the same text."""
    places = Places(system, split)
    owning = [service for service in order if any(s.name == service and s.tables for s in split.services)]
    files = {
        f"schemas/{file_name(service)}.sql": schema_of(places, service, _tables(split, service), dialect)
        for service in owning
    }
    everywhere = had_by_each(system)
    leading_there = [
        key for key in system.foreign_keys if (key.table in everywhere) != (key.target_table in everywhere)
    ]
    cut = [*(c.key for c in database.cut_foreign_keys), *leading_there]
    keys = [(key.table, ",".join(key.columns), key.target_table) for key in cut]
    if dialect == "postgres":
        files |= scripts(places, owning, keys)
        files |= column_scripts(database.design.shared_tables if database.design else ())
    else:
        make = mysql_scripts if dialect == "mysql" else sqlite_scripts
        files |= make(places, owning, keys)
    if _uses(places, "django"):
        files |= django_migrations(places, database, owning)
    if _has_alembic(places) and dialect == "postgres":
        files |= alembic_scripts(places, owning)
    files["README.md"] = _readme(places, owning, dialect, files, sorted(everywhere))
    return dict(sorted(files.items()))


def _uses(places: Places, package: str) -> bool:
    """Whether any module of the application imports a package."""
    return any(package in packages for packages in places.system.surroundings.packages.values())


def _has_alembic(places: Places) -> bool:
    """Whether the schema is kept by Alembic: it is imported, or there are migrations that are not Django's."""
    if _uses(places, "alembic") or _uses(places, "flask_migrate"):
        return True
    return _uses(places, "sqlalchemy") and not _uses(places, "django") and "migration" in places.system.excluded_files


def _tables(split: Split, service: str) -> tuple[str, ...]:
    return next((s.tables for s in split.services if s.name == service), ())


def _partly_known(places: Places) -> list[str]:
    """Which tables may have columns that are not shown, by the base that may bring them."""
    by_base: dict[str, list[str]] = {}
    for table in places.system.tables:
        if table.may_miss_columns:
            by_base.setdefault(one_line(table.unseen_base), []).append(one_line(table.name))
    if not by_base:
        return []
    told = (
        f"- {base} is not in view, and may bring more columns to {', '.join(by_base[base])}."
        for base in sorted(by_base)
    )
    return ["", "Of these tables the code shows for certain a part of the columns only:", "", *told]


def _readme(
    places: Places, order: Sequence[str], dialect: Dialect, files: dict[str, str], everywhere: Sequence[str]
) -> str:
    lines = [
        f"# The database of {one_line(places.system.name)}, split as “{one_line(places.split.name)}”",
        "",
        f"Written by `decompose ddl` for {dialect}. Read every script before you run it, and try all of it on a copy first.",
        "",
    ]
    counted = any(table.rows is not None for table in places.tables.values())
    lines += (
        ["| service | tables | rows known |", "|---|---|---|"] if counted else ["| service | tables |", "|---|---|"]
    )
    for service in order:
        tables = _tables(places.split, service)
        rows = [places.tables[table].rows for table in tables if table in places.tables]
        known = [row for row in rows if row is not None]
        line = f"| {one_line(service)} | {', '.join(map(one_line, tables))} |"
        lines.append(f"{line} {sum(known) if known else '-'} |" if counted else line)
    lost = [t.name for t in places.system.tables if places.owner(t.name) == SHARED]
    if lost:
        lines += [
            "",
            f"No service owns {', '.join(map(one_line, lost))}: they stay where they are, and keys to them are not cut.",
        ]
    if everywhere:
        lines += [
            "",
            f"{', '.join(map(one_line, everywhere))}: {EACH_ITS_OWN}, so no script moves rows of it. {NUMBERED_ANEW}",
        ]
    lines += _partly_known(places)
    if not places.system.foreign_keys:
        lines += [
            "",
            "The code shows no foreign key. The scripts look into the database, and stop at a key between services that they find there.",
        ]
    lines += ["", *(_POSTGRES if dialect == "postgres" else _OTHERS[dialect])]
    if any(path.startswith("1b-") for path in files):
        lines += ["", *_COLUMNS]
    if any(path.startswith("django/") for path in files):
        lines += [
            "",
            "`django/` has the operations that make the models follow (`SeparateDatabaseAndState`): the rows move by SQL.",
        ]
    if any(path.startswith("alembic/") for path in files):
        lines += ["", "`alembic/` has the first stage as revisions."]
    return "\n".join(lines) + "\n"


_POSTGRES = """\
## What is where

- `schemas/` is what the code shows of each service's tables. The move does not use it: it takes columns, defaults, constraints and
  indexes from the catalogue of the database, so that nothing is lost that the code does not show. Compare the two.
- `0-functions.sql` has the functions that all scripts call, in the schema `decompose_move`. What was done is kept in tables there, so
  every script can be run again, and a script that fails changes nothing.

Run everything with `psql -X -v ON_ERROR_STOP=1`.

## First stage: a schema for each service, in one database

Once: `0-functions.sql`, then `1-schema-per-service/0-split.sql`, which lists where the split and the database differ, and keys that the code does not
show: such a key stops the move until it is accepted (`SELECT decompose_move.accept_unknown_keys()`). Then for each service, in the order of the folders:

1. `1-expand.sql`, `2-move.sql`: the tables change their schema; no row is copied. Keys to and from other services are cut: the code has
   to check by itself from here on. Views under the old names let old code go on.
2. `3-verify.sql`: rows and checksums, and that every constraint is checked.
3. Let the service use its own schema. When nobody uses the old names any more: `4-contract.sql`.

The way back is `back.sql`, the last service first.

## Second stage: a database for each service

Make the new database (`createdb`), run `0-functions.sql` there, then scripts ending in `.new.sql` there and in `.old.sql` in the old one:

1. `1-expand.new.sql`: the same tables, and a view of the old ones through `postgres_fdw`.
2. `2-copy.new.sql`, `3-verify.new.sql`, again and again while the old database is in use.
3. The switch, with the writes of the service stopped: `4-freeze.old.sql`, `2-copy.new.sql`, `3-verify.new.sql`, `5-switch.new.sql`; then
   start the service on the new database. A copy after the switch is refused.
4. When all is well: `6-contract.old.sql` puts the old tables aside. Much later: `7-drop.old.sql`, after which there is no way back.

The way back: stop the writes of the service; `back-1.old.sql`, `back-2.new.sql`, `back-3.old.sql`; start on the old database.

Large tables: the copy compares row by row. Where that takes too long, copy with logical replication, and verify and switch as here.
Grants on tables go along where the role exists. The switch makes views that read tables of the service alone, and triggers whose functions name no
table of others, as they were. Not moved: all other views and triggers, and row security; `3-verify.new.sql` lists them with their definitions, and
the switch warns of what is still missing then.
""".splitlines()

_COLUMNS = """\
`1b-split-by-columns/` divides tables whose columns serve several services, after the first stage: `1-copy.sql`, `2-verify.sql`, `3-switch.sql`, and
when nobody reads the old columns any more `4-contract.sql`; `back.sql` is the way back from each. Until the contract old code reads the old
columns as before. The new tables move to the other database like any other once they are in `decompose_move.owner` and `decompose_move.moved`.
""".splitlines()

_OTHERS: dict[Dialect, list[str]] = {
    "mysql": """\
MySQL has no schemas within a database, so there is one stage: a database for each service, on the same server. Run everything with the client
`mysql` or `mariadb`, connected to the old database. Once: `0-functions.sql` (procedures, in a database `decompose_move`) and `0-split.sql`. Then for
each service, in the order of the folders:

1. `1-expand.sql`: a database with the same tables, taken from the catalogue of the server.
2. `2-copy.sql`, `3-verify.sql`, again and again while the old tables are in use.
3. The switch: `4-freeze.sql` (keys between services are cut, triggers refuse writes), `2-copy.sql`, `3-verify.sql`, `5-switch.sql`; then let the
   service use the new database. A copy after the switch is refused.
4. When all is well: `6-contract.sql`, after which there is no way back.

The way back before that is `back.sql`: stop the writes of the service first. What a transaction of MySQL cannot take back (it commits at every
change of a table) is written so that the script can be run again. With the binary log on, triggers need the right `SUPER` or the
setting `log_bin_trust_function_creators`. The switch makes views that read tables of the service alone; `5b-triggers.sql` prints the triggers that need
nothing else, for the client to run: `mysql -N -r OLD < 5b-triggers.sql | mysql OLD`. Not moved: all other views and triggers, and grants; `3-verify.sql`
lists them with their text. To copy again after the way back, drop the triggers of the new database first (`back-triggers.sql`).
""".splitlines(),
    "sqlite": """\
SQLite has no schemas, so there is one stage: a file for each service. For each service, in the order of the folders: `1-expand.sql`, then
`2-copy.sql` and `3-verify.sql` on the old file; with writes stopped `4-switch.sql`, which copies and compares once more and makes the old tables
refuse writes; when all is well `5-contract.sql`. The way back before that is `back.sql`. The new tables are those that the code shows: a column of the
old file that it does not show stops the comparison. Triggers and views that need nothing else are printed by `4b-code.sql`, after the switch:
`sqlite3 OLD.db < 4b-code.sql | sqlite3 NEW.db`. Not moved: the others, which `3-verify.sql` lists with their text, and the counters of `AUTOINCREMENT`.
""".splitlines(),
}
