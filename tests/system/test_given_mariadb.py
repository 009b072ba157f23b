"""A live MariaDB given beside the code: what it adds, and that nothing is ever written or told of who connects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
import pymysql
import pytest

from decompose.system.schema.live import read_database
from tests.applications import run_cli
from tests.conftest import write_files
from tests.database.mariadb_server import Server, running_server

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from sqlalchemy import ForeignKey, String
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
        class Base(DeclarativeBase): ...
        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
            email: Mapped[str] = mapped_column(String(200))
        class Order(Base):
            __tablename__ = "orders"
            id: Mapped[int] = mapped_column(primary_key=True)
            user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """,
}
SCHEMA = (
    "CREATE TABLE users (id integer AUTO_INCREMENT PRIMARY KEY, email varchar(120) NOT NULL, legacy text, UNIQUE one_email (email))",
    "CREATE TABLE orders (id integer AUTO_INCREMENT PRIMARY KEY, user_id integer NOT NULL)",
    "CREATE TABLE archive (id integer PRIMARY KEY, user_id integer, FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE)",
    "CREATE VIEW buyers AS SELECT u.email FROM users u JOIN orders o ON o.user_id = u.id",
    "CREATE TRIGGER kept BEFORE DELETE ON users FOR EACH ROW INSERT INTO archive (id) VALUES (OLD.id)",
    "INSERT INTO users (email) VALUES ('a'), ('b'), ('c')",
)


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[Server]:
    """A server that counts statements, with a user that may only read, and another that may write."""
    with running_server("--performance-schema=ON") as server:
        server.execute(
            None, "CREATE DATABASE given", "CREATE DATABASE other", "CREATE TABLE other.elsewhere (id integer)"
        )
        server.execute("given", *SCHEMA)
        for user, rights in (("onlooker", "SELECT, SHOW VIEW, TRIGGER"), ("writer", "ALL")):
            server.execute(None, f"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'h0rse-b@ttery'")
            server.execute(None, f"GRANT {rights} ON given.* TO {user}@'127.0.0.1'")
        server.execute(None, "GRANT SELECT ON performance_schema.* TO onlooker@'127.0.0.1'")
        for _ in range(7):
            server.query("given", "SELECT email FROM users WHERE id = 1")
        yield server


@pytest.fixture(name="app")
def _app(tmp_path: Path) -> Path:
    write_files(tmp_path / "app", APPLICATION)
    return tmp_path / "app"


def url(server: Server, user: str = "onlooker") -> str:
    """The URL of the database; the password is written as it must be in a URL."""
    return f"mysql://{user}:h0rse-b%40ttery@127.0.0.1:{server.port}/given"


def contents(server: Server) -> list[tuple[object, ...]]:
    """Everything that somebody could have changed."""
    tables = server.query("given", "CHECKSUM TABLE users, orders, archive EXTENDED")
    return [
        *tables,
        *server.query(
            "given", "SELECT table_name, create_time FROM information_schema.tables WHERE table_schema = 'given'"
        ),
    ]


def test_what_the_database_adds_and_no_word_of_who_connects(app: Path, server: Server) -> None:
    run, before = app.parent / "run", contents(server)
    result = run_cli("analyze", app, "-o", run, "--no-cache", "--database", url(server), cwd=app.parent)
    assert result.returncode == 0, result.stderr
    written = result.stdout + result.stderr + "".join(f.read_text() for f in sorted(run.iterdir()))
    assert not [secret for secret in ("h0rse", "onlooker", "b%40ttery", "b@ttery") if secret in written]
    assert contents(server) == before

    system = json.loads((run / "analysis.json").read_text())["system"]
    differences = msgspec.convert(system["schema_differences"], list[dict[str, object]])
    assert {(d["kind"], d["table"], d["name"], d["only_in"]) for d in differences} == {
        ("table", "archive", "", "database"),
        ("table", "buyers", "", "database"),
        ("column", "users", "legacy", "database"),
        ("type", "users", "email", ""),
        ("foreign key", "orders", "user_id", "code"),
    }
    tables = {t["name"]: t for t in msgspec.convert(system["tables"], list[dict[str, object]])}
    assert (tables["users"]["rows"], tables["users"]["rows_estimated"]) == (3, False)
    assert "elsewhere" not in tables
    assert (tables["buyers"]["kind"], tables["buyers"]["reads"]) == ("view", ["orders", "users"])
    keys = msgspec.convert(system["foreign_keys"], list[dict[str, object]])
    assert ("archive", "users", "CASCADE") in {(k["table"], k["target_table"], k["on_delete"]) for k in keys}
    routines = msgspec.convert(system["routines"], list[dict[str, object]])
    assert [(r["kind"], r["name"], r["table"], r["tables_written"]) for r in routines] == [
        ("trigger", "kept", "users", ["archive"])
    ]
    counts = msgspec.convert(system["statement_counts"], list[dict[str, object]])
    assert [c["calls"] for c in counts if c["tables_read"] == ["users"] and "email" in str(c["statement"])] == [7]


def test_columns_and_indexes(server: Server) -> None:
    users = next(table for table in read_database(url(server)).tables if table.name == "users")
    assert [(c.name, c.sql_type, c.nullable, c.primary_key, c.generated) for c in users.columns] == [
        ("id", "integer", False, True, True),
        ("email", "varchar(120)", False, False, False),
        ("legacy", "text", True, False, False),
    ]
    assert [(i.columns, i.unique) for i in users.indexes] == [(("email",), True)]


def test_a_user_who_may_not_see_the_counts_is_told(server: Server) -> None:
    found = read_database(url(server, "writer"))
    assert found.statement_counts == ()
    assert any("performance_schema" in spot.reason for spot in found.blind_spots)


def test_neither_the_user_nor_the_connection_may_write(server: Server) -> None:
    import sqlalchemy

    from decompose.system.schema import live

    onlooker = {
        "host": "127.0.0.1",
        "port": server.port,
        "user": "onlooker",
        "password": "h0rse-b@ttery",
        "database": "given",
    }
    with (
        pymysql.connect(**onlooker) as connection,
        connection.cursor() as cursor,
        pytest.raises(pymysql.err.OperationalError, match="denied"),
    ):
        cursor.execute("DELETE FROM users")
    engine = live._engine(sqlalchemy.make_url(url(server, "writer")), "mysql")
    for statement in ("DELETE FROM users", "CREATE TABLE mine (id integer)", "DROP TABLE orders"):
        with engine.connect() as connection:
            live._refuse_to_write(connection, "mysql")
            with pytest.raises(sqlalchemy.exc.DBAPIError, match="READ ONLY"):
                connection.execute(sqlalchemy.text(statement))
    engine.dispose()


@pytest.mark.parametrize(
    "address",
    [
        "mysql://onlooker:wr0ng-w%40y@127.0.0.1:{port}/given",
        "mysql://onlooker:h0rse-b%40ttery@127.0.0.1:{port}/missing",
    ],
)
def test_a_refusal_is_told_without_credentials(app: Path, server: Server, address: str) -> None:
    run = app.parent / "run"
    result = run_cli("analyze", app, "-o", run, "-q", "--database", address.format(port=server.port), cwd=app.parent)
    assert result.returncode == 2
    assert result.stderr.startswith("decompose: --database:"), result.stderr
    assert "Traceback" not in result.stderr
    assert not [s for s in ("h0rse", "wr0ng", "onlooker", "ttery", "w@y") if s in result.stderr], result.stderr
    assert not run.exists()
