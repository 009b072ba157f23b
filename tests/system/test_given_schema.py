"""A schema given beside the code, as a dump or as a live database: what it adds, what differs, and what never happens."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import psycopg
import pytest

from decompose.errors import ConfigurationError, InputError
from decompose.system.schema.given import read_given
from decompose.system.schema.live import read_database
from tests.applications import run_cli
from tests.conftest import write_files

if TYPE_CHECKING:
    from tests.database.postgres_server import Server

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
            nickname: Mapped[str] = mapped_column(String(20))
        class Order(Base):
            __tablename__ = "orders"
            id: Mapped[int] = mapped_column(primary_key=True)
            user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
        class Forgotten(Base):
            __tablename__ = "forgotten"
            id: Mapped[int] = mapped_column(primary_key=True)
    """,
    "shop/work.py": """
        from shop.models import Order, User
        def place(session):
            session.add(User())
            session.add(Order())
            session.commit()
    """,
}
SCHEMA = """
    CREATE TABLE users (id serial PRIMARY KEY, email varchar(120), legacy text);
    CREATE TABLE orders (id serial PRIMARY KEY, user_id integer NOT NULL);
    CREATE TABLE archive (id integer PRIMARY KEY, user_id integer REFERENCES users (id) ON DELETE CASCADE);
    CREATE TABLE parts (id integer, year integer) PARTITION BY RANGE (year);
    CREATE TABLE parts_2024 PARTITION OF parts FOR VALUES FROM (2024) TO (2025);
    CREATE UNIQUE INDEX one_email ON users (email) WHERE legacy IS NULL;
    CREATE VIEW buyers AS SELECT u.email FROM users u JOIN orders o ON o.user_id = u.id;
    CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO archive (id) VALUES (OLD.id); RETURN OLD; END $$;
    CREATE TRIGGER kept BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION keep();
    INSERT INTO users (email) SELECT 'u' || n FROM generate_series(1, 3) n;
"""
DIFFERENCES = {
    ("table", "archive", "", "database"),
    ("table", "buyers", "", "database"),
    ("table", "forgotten", "", "code"),
    ("table", "parts", "", "database"),
    ("column", "users", "legacy", "database"),
    ("column", "users", "nickname", "code"),
    ("nullability", "users", "email", ""),
    ("type", "users", "email", ""),
    ("foreign key", "orders", "user_id", "code"),
}


@pytest.fixture(name="app")
def _app(tmp_path: Path) -> Path:
    write_files(tmp_path / "app", APPLICATION)
    return tmp_path / "app"


@pytest.fixture(name="database", scope="module")
def _database(postgres: Server) -> str:
    """A database with a role that may only read, and that has a password; the name of the database."""
    postgres.create("given")
    postgres.execute("given", "CREATE EXTENSION pg_stat_statements")
    postgres.execute("given", SCHEMA)
    postgres.execute("given", "CREATE ROLE onlooker LOGIN PASSWORD 'h0rse-b@ttery'")
    postgres.execute(
        "given", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO onlooker; GRANT pg_read_all_stats TO onlooker"
    )
    for _ in range(7):
        postgres.query("given", "SELECT email FROM users WHERE id = 1")
    return "given"


def url(server: Server, database: str, user: str = "onlooker", password: str = "h0rse-b%40ttery") -> str:
    """The URL of a database; the password is written as it must be in a URL."""
    return f"postgresql://{user}:{password}@127.0.0.1:{server.port}/{database}"


def analysis(app: Path, *options: str | Path) -> dict[str, object]:
    """The document of a run of the command."""
    run = app.parent / "run"
    result = run_cli("analyze", app, "-o", run, "--no-cache", "-q", *options, cwd=app.parent)
    assert result.returncode == 0, result.stderr
    found: dict[str, object] = json.loads((run / "analysis.json").read_text())["system"]
    return found


def differences(system: dict[str, object]) -> set[tuple[str, str, str, str]]:
    """(kind, table, name, which side has it)."""
    found = msgspec.convert(system["schema_differences"], list[dict[str, object]])
    return {(str(d["kind"]), str(d["table"]), str(d["name"]), str(d["only_in"])) for d in found}


def test_a_dump_adds_what_the_code_does_not_tell_and_what_only_one_side_has_is_told(app: Path, tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_text("-- PostgreSQL database dump\n" + SCHEMA)
    system = analysis(app, "--schema", tmp_path / "dump.sql")
    assert differences(system) == DIFFERENCES
    tables = {t["name"]: t for t in msgspec.convert(system["tables"], list[dict[str, object]])}
    assert (tables["users"]["source"], tables["users"]["known_from"]) == ("model", ["model", "dump"])
    assert (tables["archive"]["source"], tables["archive"]["file"], tables["archive"]["line"]) == (
        "dump", "schema:dump.sql", 5,
    )  # fmt: skip
    assert tables["buyers"]["reads"] == ["orders", "users"]


def test_what_migrations_say_as_well_is_shown_where_they_do(tmp_path: Path) -> None:
    first = """
        from alembic import op
        import sqlalchemy as sa
        revision, down_revision = "1", None
        def upgrade():
            op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))
            op.create_table(
                "orders", sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id")),
            )
    """
    work = """
        def place(connection): connection.cursor().execute("INSERT INTO orders VALUES (1, 2)")
        def main(connection): place(connection)
    """
    write_files(tmp_path / "app", {"shop/work.py": work, "migrations/versions/first.py": first})
    text = "CREATE TABLE users (id int PRIMARY KEY);\nCREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users (id));"
    (tmp_path / "dump.sql").write_text(text)
    system = analysis(tmp_path / "app", "--schema", tmp_path / "dump.sql")
    tables = {t["name"]: t for t in msgspec.convert(system["tables"], list[dict[str, object]])}
    assert (tables["orders"]["file"], tables["orders"]["known_from"]) == (
        "migrations/versions/first.py", ["migration", "dump"],
    )  # fmt: skip
    (key,) = msgspec.convert(system["foreign_keys"], list[dict[str, object]])
    assert (key["file"], key["source"], key["known_from"]) == (
        "migrations/versions/first.py", "migration", ["migration", "dump"],
    )  # fmt: skip
    assert differences(system) == {("nullability", "orders", "user_id", "")}


def test_a_live_database_adds_rows_and_how_often_statements_ran(app: Path, postgres: Server, database: str) -> None:
    system = analysis(app, "--database", url(postgres, database))
    assert differences(system) == DIFFERENCES
    tables = {t["name"]: t for t in msgspec.convert(system["tables"], list[dict[str, object]])}
    assert (tables["users"]["rows"], tables["users"]["rows_estimated"]) == (3, False)
    assert tables["forgotten"]["rows"] is None
    assert "parts_2024" not in tables
    assert tables["buyers"]["kind"] == "view"
    assert tables["buyers"]["reads"] == ["orders", "users"]
    counts = msgspec.convert(system["statement_counts"], list[dict[str, object]])
    assert [c["calls"] for c in counts if c["statement"] == "SELECT email FROM users WHERE id = $1"] == [7]
    assert {(r["kind"], r["name"], r["table"], r["calls"]) for r in msgspec.convert(system["routines"], list[dict[str, object]])} == {
        ("trigger", "kept", "users", "keep"), ("function", "keep", "", ""),
    }  # fmt: skip
    keys = {
        (k["table"], k["target_table"], k["on_delete"], k["source"])
        for k in msgspec.convert(system["foreign_keys"], list[dict[str, object]])
    }
    assert keys == {("orders", "users", "", "model"), ("archive", "users", "CASCADE", "database")}


def test_what_the_catalogue_says_of_columns_and_indexes(postgres: Server, database: str) -> None:
    found = {table.name: table for table in read_database(url(postgres, database)).tables}
    assert [(c.name, c.sql_type, c.nullable, c.primary_key, c.generated) for c in found["users"].columns] == [
        ("id", "integer", False, True, True),
        ("email", "varchar(120)", True, False, False),
        ("legacy", "text", True, False, False),
    ]
    assert [(i.name, i.columns, i.unique, i.partial) for i in found["users"].indexes] == [
        ("one_email", ("email",), True, True)
    ]


def test_nothing_is_written(app: Path, postgres: Server, database: str) -> None:
    """Neither by a role that may not write, nor by one that may."""
    state = (
        "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del), (SELECT count(*) FROM pg_class), pg_current_wal_insert_lsn() > '0/0'"
        " FROM pg_stat_all_tables WHERE schemaname = 'public'"
    )
    before = postgres.query(database, state)
    analysis(app, "--database", url(postgres, database))
    analysis(app, "--database", url(postgres, database, "shop", "none"))
    assert postgres.query(database, state) == before
    onlooker = f"host=127.0.0.1 port={postgres.port} user=onlooker dbname={database}"
    with psycopg.connect(onlooker) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM users")


def test_the_connection_itself_refuses_to_write(postgres: Server, database: str) -> None:
    import sqlalchemy

    from decompose.system.schema import live

    parsed = sqlalchemy.make_url(url(postgres, database, "shop", "none"))
    engine = live._engine(parsed, "postgresql")
    with engine.connect() as connection:
        live._refuse_to_write(connection, "postgresql")
        with pytest.raises(sqlalchemy.exc.InternalError, match="read-only"):
            connection.execute(sqlalchemy.text("DELETE FROM users"))
    engine.dispose()


def test_no_output_holds_the_credentials(app: Path, postgres: Server, database: str) -> None:
    address = url(postgres, database)
    run = app.parent / "run"
    result = run_cli("analyze", app, "-o", run, "--database", address, cwd=app.parent)
    assert result.returncode == 0, result.stderr
    written = result.stdout + result.stderr + "".join(f.read_text() for f in sorted(run.iterdir()))
    assert not [secret for secret in ("h0rse", "onlooker", "b%40ttery", "b@ttery") if secret in written]
    assert f"postgresql://127.0.0.1/{database}" in written


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://onlooker:h0rse-b%40ttery@127.0.0.1:1/given",
        "postgresql://onlooker:h0rse-b%40ttery@127.0.0.1:{port}/missing",
        "postgresql://nobody-here:h0rse-b%40ttery@127.0.0.1:{port}/given",
        "postgresql://onlooker:h0rse-b%40ttery@127.0.0.1:x/given",
        "postgresql://127.0.0.1:1/given?user=onlooker&password=h0rse-b%40ttery",
        "oracle://onlooker:h0rse-b%40ttery@127.0.0.1/given",
        "onlooker h0rse-b%40ttery",
        "sqlite:///nowhere/h.db",
        "mysql://onlooker:h0rse-b%40ttery@127.0.0.1:1/given",
    ],
)
def test_a_database_that_cannot_be_read_is_told_without_credentials(app: Path, postgres: Server, address: str) -> None:
    run = app.parent / "run"
    result = run_cli("analyze", app, "-o", run, "-q", "--database", address.format(port=postgres.port), cwd=app.parent)
    assert result.returncode == 2
    assert result.stderr.startswith("decompose: --database:"), result.stderr
    assert "Traceback" not in result.stderr
    assert not [s for s in ("h0rse", "onlooker", "nobody-here", "ttery") if s in result.stderr], result.stderr
    assert not run.exists()


def test_a_database_of_sqlite_is_opened_read_only(tmp_path: Path) -> None:
    file = tmp_path / "shop.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(50) NOT NULL UNIQUE);"
            "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE);"
            "CREATE VIEW buyers AS SELECT email FROM users;"
            "CREATE TRIGGER t AFTER DELETE ON users BEGIN DELETE FROM orders WHERE user_id = old.id; END;"
            "INSERT INTO users VALUES (1, 'a'), (2, 'b');"
        )
    connection.close()
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    file.chmod(0o444)
    found = read_database(f"sqlite:///{file}")
    assert {t.name: (t.kind, t.rows, t.reads) for t in found.tables} == {
        "users": ("table", 2, ()), "orders": ("table", 0, ()), "buyers": ("view", None, ("users",)),
    }  # fmt: skip
    assert [(k.table, k.columns, k.target_table, k.on_delete) for k in found.foreign_keys] == [
        ("orders", ("user_id",), "users", "CASCADE")
    ]
    assert [(r.name, r.table, r.event, r.tables_written) for r in found.routines] == [
        ("t", "users", "AFTER DELETE", ("orders",))
    ]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before
    assert {entry.name for entry in tmp_path.iterdir()} == {"shop.db"}


def test_a_database_without_a_table_is_told(tmp_path: Path) -> None:
    file = tmp_path / "empty.db"
    file.touch()
    with pytest.raises(InputError, match=r"empty\.db \(sqlite\) has no table"):
        read_database(f"sqlite:///{file}")


def test_without_sqlalchemy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(InputError, match=r"decompose\[database\]"):
        read_database("postgresql://127.0.0.1/shop")


def test_a_dialect_that_nobody_knows_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE TABLE a (id int);")
    with pytest.raises(ConfigurationError, match="postgres, "):
        read_given(tmp_path, [tmp_path / "a.sql"], "klingon", "")


@pytest.mark.parametrize("text", ["", "SELECT 1;", "no SQL at all", "\x00\x01"])
def test_a_file_that_defines_no_table_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.sql").write_text(text)
    with pytest.raises(InputError, match="defines no table"):
        list(read_given(tmp_path, [tmp_path / "a.sql"], "", "").catalogues())


def test_a_changed_dump_is_another_run(app: Path, tmp_path: Path) -> None:
    dump, run, cache = tmp_path / "dump.sql", tmp_path / "run", tmp_path / "cache"
    names = []
    for text in ("CREATE TABLE first (id int);", "CREATE TABLE second (id int);"):
        dump.write_text(text)
        result = run_cli("analyze", app, "-o", run, "--cache-dir", cache, "--schema", dump, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        system = json.loads((run / "analysis.json").read_text())["system"]
        names.append({t["name"] for t in system["tables"]} - {"users", "orders", "forgotten"})
    assert names == [{"first"}, {"second"}]
