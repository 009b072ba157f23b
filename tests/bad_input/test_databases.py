"""What a database layer may hold that is not as it should be: a clear message or a counted blind spot, never a crash or silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw


@pytest.mark.parametrize(
    ("statement", "known"),
    [
        pytest.param(
            "SELECT TOP 5 u.id FROM users u WITH (NOLOCK) OPTION (MAXDOP 1)", {("read", "users")}, id="another dialect"
        ),
        pytest.param("SELECT id FROM users QUALIFY !! FLUMMOX ~> 3 GUSTO BY", {("read", "users")}, id="no dialect"),
        pytest.param(
            "COPY INTO users FROM @stage/x FILE_FORMAT = (TYPE = CSV)", {("insert", "users")}, id="a warehouse"
        ),
        pytest.param("CALL close_orders(1)", set(), id="a procedure"),
        pytest.param("FLUMMOX TABLE users WITH GUSTO", set(), id="no statement that anybody knows"),
        pytest.param("SELECT id, name FROM", set(), id="half a query"),
        pytest.param("INSERT INTO users (id, name", {("insert", "users")}, id="half an insert"),
        pytest.param("UPDATE users SET", {("update", "users")}, id="half an update"),
        pytest.param("SELECT 'unfinished FROM users", {("read", "users")}, id="half a string"),
        pytest.param("SELECT id FROM {{ table }} {% if x %} WHERE a = 1 {% endif %}", set(), id="Jinja for the table"),
        pytest.param(
            "SELECT id FROM users {% if x %} WHERE a = {{ x }} {% endif %}", {("read", "users")}, id="Jinja elsewhere"
        ),
    ],
)
def test_a_statement_is_understood_or_counted(draw: Draw, statement: str, known: set[tuple[str, str]]) -> None:
    app = draw(f"import sqlite3\ndef f(c: sqlite3.Cursor):\n    c.execute({statement!r})\n")
    assert {(operation, table) for _, operation, table in app.accesses()} == known
    if not known:
        assert [(spot.definition, spot.line) for spot in app.blind_spots("dynamic sql")] == [("m:f", 3)]


@pytest.mark.parametrize(
    "statement", ["BEGIN", "SET search_path = shop", "PRAGMA foreign_keys = ON", "VACUUM", "LOCK TABLE x"]
)
def test_statements_without_rows_are_nothing(draw: Draw, statement: str) -> None:
    app = draw(f"import sqlite3\ndef f(c: sqlite3.Cursor):\n    c.execute({statement!r})\n")
    assert app.accesses() == set()
    assert app.blind_spots("dynamic sql") == []


TABLE = "CREATE TABLE users (id integer PRIMARY KEY, name varchar(40), note text);\n"
ROW = "INSERT INTO users VALUES (1, 'a name that is not very long', 'and; a text (with) -- signs');\n"


def test_nearly_five_megabytes_of_ddl_are_read(draw: Draw) -> None:
    more = "".join(
        f"CREATE TABLE t{n} (id integer PRIMARY KEY, user_id integer REFERENCES users (id));\n" for n in range(200)
    )
    app = draw({"schema.sql": TABLE + ROW * 51_000 + more, "m.py": "x = 1"})
    assert (app.base / "schema.sql").stat().st_size > 4_700_000
    assert {t.name for t in app.system.tables} == {"users", *(f"t{n}" for n in range(200))}
    assert {(k.target_table, k.columns) for k in app.system.foreign_keys} == {("users", ("user_id",))}


def test_more_than_that_is_counted_and_told(draw: Draw) -> None:
    app = draw({"schema.sql": TABLE + ROW * 60_000, "m.py": "x = 1"})
    assert app.system.tables == ()
    assert [(spot.kind, spot.file) for spot in app.system.blind_spots] == [("too large", "schema.sql")]


MAPPED = (
    "from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column\nclass Base(DeclarativeBase): pass\n"
)


def test_models_of_the_same_name_keep_their_own_tables(draw: Draw) -> None:
    model = "class Item(Base):\n    __tablename__ = '{}'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
    app = draw(
        {
            "base.py": MAPPED,
            "shop.py": "from base import *\n" + model.format("shop_items"),
            "store.py": "from base import *\n" + model.format("store_items"),
            "m.py": """
                from sqlalchemy.orm import Session
                import shop
                from store import Item
                def in_shop(s: Session): s.query(shop.Item).all()
                def in_store(s: Session): s.query(Item).all()
            """,
        }
    )
    assert app.accesses() == {("m:in_shop", "read", "shop_items"), ("m:in_store", "read", "store_items")}


def test_models_that_shadow_each_other_in_one_module(draw: Draw) -> None:
    """The later one is what the name means below; both tables are there."""
    model = "class Item(Base):\n    __tablename__ = '{}'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
    read = "def f(s: Session): s.query(Item).all()\n"
    app = draw(MAPPED + model.format("first_items") + model.format("second_items") + read)
    assert {t.name for t in app.system.tables} == {"first_items", "second_items"}
    assert ("m:f", "read", "second_items") in app.accesses()


def test_two_models_of_one_table(draw: Draw) -> None:
    models = "".join(
        f"class {name}(Base):\n    __tablename__ = 'items'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
        for name in ("Item", "OldItem")
    )
    uses = "def f(s: Session): s.query(Item).all()\ndef g(s: Session): s.add(OldItem())\n"
    app = draw(MAPPED + models + uses)
    assert [t.name for t in app.system.tables] == ["items"]
    assert app.accesses() == {("m:f", "read", "items"), ("m:g", "insert", "items")}
