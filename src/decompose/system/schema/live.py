"""A live database -> its catalogue, through SQLAlchemy's inspector. Nothing is ever written, and no credentials leave.

The connection is read-only by the database's own means: a read-only transaction (PostgreSQL, MySQL), or a file opened
read-only (SQLite). What a driver says is told without the user's name and password, and without its traceback.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from decompose.errors import InputError
from decompose.system.model import BlindSpot, Column, ForeignKey, Index, SchemaSource, Table
from decompose.system.schema import live_queries
from decompose.system.schema.catalogue import Catalogue, plain_name
from decompose.system.schema.ddl import tables_in

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

_DRIVERS = {"postgresql": ("psycopg", "psycopg2"), "mysql": ("pymysql", "MySQLdb"), "sqlite": ("sqlite3",)}
_NAMES = {"postgres": "postgresql", "mariadb": "mysql", "mssql": "mssql"}
_SYSTEM_SCHEMAS = re.compile(r"information_schema$|pg_|mysql$|sys$|performance_schema$", re.IGNORECASE)
_CONNECT_SECONDS = 10
_INSTALL = "Install it with: pip install 'decompose[database]'"
_WIDTH = re.compile(r"\b((?:small|medium|big)?int|integer)\(\d+\)")
"""How wide MySQL shows a number is nothing of its type."""

_SPELLED = {"timestamp without time zone": "timestamp", "int": "integer"}


def read_database(url: str) -> Catalogue:
    """The catalogue of the database at an SQLAlchemy URL (``postgresql://...``, ``mysql://...``, ``sqlite:///...``).

    Raises `InputError` where the URL is none, a driver is missing, or the database cannot be reached; its message never
    holds what the URL says of who connects.
    """
    try:
        import sqlalchemy
    except ImportError:
        raise InputError(f"--database needs SQLAlchemy, which is not installed. {_INSTALL}") from None
    try:
        parsed = sqlalchemy.make_url(url)
        parsed.port  # noqa: B018 - it is read here so that a port that is none is told here
    except (sqlalchemy.exc.ArgumentError, ValueError):
        raise InputError(
            "--database: this is no database URL. Its form is postgresql://USER:PASSWORD@HOST/NAME, or sqlite:///FILE."
        ) from None
    backend = parsed.get_backend_name()
    backend = _NAMES.get(backend, backend)
    if backend not in _DRIVERS:
        raise InputError(f"--database: {_shown(backend, parsed)} cannot be read; PostgreSQL, MySQL and SQLite can.")
    engine = _engine(parsed, backend)
    try:
        with engine.connect() as connection:
            _refuse_to_write(connection, backend)
            found = _Reader(connection, backend, f"{backend}://{parsed.host or ''}/{parsed.database or ''}").read()
    except sqlalchemy.exc.SQLAlchemyError as problem:
        raise InputError(_told(problem, parsed, backend)) from None
    finally:
        engine.dispose()
    if not found.tables:
        raise InputError(
            f"--database: {_shown(backend, parsed)} has no table that may be read. Check its name, and what the user may read."
        )
    return found


def _shown(backend: str, url: URL) -> str:
    return f"the database {url.database or ''} ({backend})".replace("  ", " ")


def _told(problem: Exception, url: URL, backend: str) -> str:
    """What went wrong, without the name and the password of who connects, however the driver writes them."""
    reason = str(getattr(problem, "orig", None) or problem).strip().split("\n")[0]
    secrets = [s for s in (url.password, url.username, *_values(url)) if isinstance(s, str) and s]
    for secret in sorted(
        {v for s in secrets for v in (s, quote(s), quote_plus(s), quote(s, safe=""))}, key=len, reverse=True
    ):
        if len(secret) < 3 and secret in reason:
            reason = type(problem).__name__
        reason = reason.replace(secret, "***")
    return (
        f"--database: {_shown(backend, url)} cannot be read: {reason}. "
        "Check that it runs, and that the user may connect and read."
    )


def _values(url: URL) -> Iterator[str]:
    for value in url.query.values():
        yield from [value] if isinstance(value, str) else value


def _engine(url: URL, backend: str) -> Engine:
    """An engine with a driver that is installed, and connections that give up soon."""
    from importlib.util import find_spec

    import sqlalchemy

    wanted = [url.get_driver_name()] if "+" in url.drivername else []
    drivers = [name for name in _DRIVERS[backend] if find_spec(name) is not None]
    if wanted and find_spec(wanted[0].replace("pysqlite", "sqlite3").replace("mysqldb", "MySQLdb")) is not None:
        drivers = wanted
    if not drivers:
        raise InputError(
            f"--database needs the driver {(wanted or _DRIVERS[backend])[0]}, which is not installed. {_INSTALL}"
        )
    if backend == "sqlite":
        return _sqlite(url)
    driver = drivers[0].replace("MySQLdb", "mysqldb")
    seconds = {"connect_timeout": _CONNECT_SECONDS}
    return sqlalchemy.create_engine(
        url.set(drivername=f"{backend}+{driver}"),
        connect_args=seconds,
        poolclass=sqlalchemy.NullPool,
        hide_parameters=True,
    )


def _sqlite(url: URL) -> Engine:
    import sqlite3
    from pathlib import Path

    import sqlalchemy

    file = Path(url.database or "")
    if not file.is_file():
        raise InputError(
            f"--database: there is no file {file}. The form is sqlite:///FILE, with four slashes for an absolute path."
        )

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)

    return sqlalchemy.create_engine("sqlite://", creator=connect, poolclass=sqlalchemy.NullPool)


def _refuse_to_write(connection: Connection, backend: str) -> None:
    """Make the database refuse every write of this connection, and see that it does."""
    import sqlalchemy

    if backend == "postgresql":
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        if connection.execute(sqlalchemy.text("SHOW transaction_read_only")).scalar() != "on":
            raise InputError("--database: the connection could not be made read-only, so nothing was read.")
        connection.execute(sqlalchemy.text("SET LOCAL statement_timeout = 60000"))
    elif backend == "mysql":
        connection.exec_driver_sql("SET SESSION TRANSACTION READ ONLY")
        connection.commit()
    else:
        connection.exec_driver_sql("PRAGMA query_only = ON")


class _Reader:
    def __init__(self, connection: Connection, backend: str, name: str) -> None:
        import sqlalchemy

        self.connection = connection
        self.backend = backend
        self.name = name
        self.inspector = sqlalchemy.inspect(connection)
        self.default = self.inspector.default_schema_name
        self.problems: list[BlindSpot] = []

    def read(self) -> Catalogue:
        tables: dict[str, Table] = {}
        keys: list[ForeignKey] = []
        rows = live_queries.row_counts(self.connection, self.backend)
        not_own = live_queries.not_own(self.connection, self.backend)
        for schema in self._schemas():
            for table in self._tables(schema):
                if table.name not in not_own:
                    count, estimated = rows.get(table.name, (None, False)) if table.kind == "table" else (None, False)
                    tables[table.name] = _with_rows(table, count, estimated=estimated)
            keys += [key for key in self._keys(schema) if key.table not in not_own]
        counts, problem = live_queries.statement_counts(self.connection, self.backend)
        if problem:
            self.problems.append(BlindSpot(kind="database", definition="", file="", line=0, reason=problem))
        about = SchemaSource(
            source="database",
            name=self.name,
            dialect={"postgresql": "postgres"}.get(self.backend, self.backend),
            tables=len(tables),
        )
        return Catalogue(
            about=about,
            tables=tuple(table for _, table in sorted(tables.items())),
            foreign_keys=tuple(sorted(keys, key=lambda k: (k.table, k.columns, k.target_table))),
            routines=tuple(live_queries.routines(self.connection, self.backend)),
            statement_counts=counts,
            blind_spots=tuple(self.problems),
        )

    def _schemas(self) -> list[str | None]:
        """The schemas of the application, the default one as None."""
        if self.backend != "postgresql":
            return [None]
        names = [n for n in self.inspector.get_schema_names() if not _SYSTEM_SCHEMAS.match(n) and n != self.default]
        return [None, *sorted(names)]

    def _name(self, schema: str | None, table: str) -> str:
        return plain_name(schema or "", table) if schema != self.default else table

    def _tables(self, schema: str | None) -> Iterator[Table]:
        from sqlalchemy.engine.reflection import ObjectKind, ObjectScope

        asked: dict[str, Any] = {"schema": schema, "kind": ObjectKind.ANY, "scope": ObjectScope.DEFAULT}
        columns = self.inspector.get_multi_columns(**asked)
        primary: dict[Any, Any] = self.inspector.get_multi_pk_constraint(schema=schema)
        unique = self.inspector.get_multi_unique_constraints(schema=schema)
        indexes = self.inspector.get_multi_indexes(schema=schema)
        views = {*self.inspector.get_view_names(schema=schema)}
        if self.backend == "postgresql":
            views |= {*self.inspector.get_materialized_view_names(schema=schema)}
        for place, found in sorted(columns.items(), key=lambda item: item[0][1]):
            table = place[1]
            key = (primary.get(place) or {}).get("constrained_columns") or []
            yield Table(
                name=self._name(schema, table), model="", source="database", file="", line=0,
                columns=tuple(_column(self.connection, column, key) for column in found),
                kind="view" if table in views else "table",
                reads=self._read_by(table, schema) if table in views else (),
                indexes=tuple(_indexes(unique.get(place) or [], indexes.get(place) or [])),
                known_from=("database",),
            )  # fmt: skip

    def _read_by(self, view: str, schema: str | None) -> tuple[str, ...]:
        definition = self.inspector.get_view_definition(view, schema=schema) or ""
        read = tables_in(re.sub(r"(?is)^\s*CREATE\b.*?\bAS\b", "", definition, count=1))[0]
        return tuple(name.removeprefix(f"{self.default}.") for name in read)

    def _keys(self, schema: str | None) -> Iterator[ForeignKey]:
        for (_, table), found in sorted(
            self.inspector.get_multi_foreign_keys(schema=schema).items(), key=lambda i: i[0][1]
        ):
            actions = (
                live_queries.sqlite_actions(self.connection, table or "") if self.backend == "sqlite" and found else {}
            )
            for key in found:
                stated = (key.get("options") or {}).get("ondelete")
                on_delete = stated or actions.get((key["constrained_columns"][0], key["referred_table"]))
                yield ForeignKey(
                    table=self._name(schema, table or ""), columns=tuple(key["constrained_columns"]),
                    target_table=self._name(key["referred_schema"], key["referred_table"]),
                    target_columns=tuple(key["referred_columns"]),
                    on_delete=str(on_delete or "").upper(),
                    file="", line=0, source="database", known_from=("database",),
                )  # fmt: skip


def _with_rows(table: Table, rows: int | None, *, estimated: bool) -> Table:
    import msgspec

    return msgspec.structs.replace(table, rows=rows, rows_estimated=estimated)


def _column(connection: Connection, found: Any, key: list[str]) -> Column:
    import sqlalchemy

    try:
        written = _WIDTH.sub(r"\1", found["type"].compile(dialect=connection.dialect).lower())
    except sqlalchemy.exc.SQLAlchemyError:
        written = ""  # a type that SQLAlchemy does not know
    generated = (
        bool(found.get("identity"))
        or "nextval(" in str(found.get("default") or "")
        or found.get("autoincrement") is True
    )
    return Column(
        name=found["name"], type=written, nullable=bool(found["nullable"]) and found["name"] not in key,
        primary_key=found["name"] in key, sql_type=_SPELLED.get(written, written), generated=generated, source="database",
    )  # fmt: skip


def _indexes(unique: list[Any], indexes: list[Any]) -> Iterator[Index]:
    seen = set()
    for constraint in unique:
        columns = tuple(constraint["column_names"])
        seen.add(constraint.get("name"))
        yield Index(name=str(constraint.get("name") or ""), columns=columns, unique=True, source="database")
    for index in indexes:
        if index.get("name") in seen:
            continue
        columns = tuple(name for name in index["column_names"] if name)
        options: dict[str, Any] = index.get("dialect_options") or {}
        partial = any(option.endswith("_where") for option in options)
        over = columns if len(columns) == len(index["column_names"]) else ()
        yield Index(
            name=str(index.get("name") or ""),
            columns=over,
            unique=bool(index["unique"]),
            partial=partial,
            source="database",
        )
