"""Functions, procedures and triggers in the database: whoever sets them off accesses their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.conftest import Application, Draw
    from tests.database.postgres_server import Server

SCHEMA = """CREATE TABLE orders (id int PRIMARY KEY, total int, state text);
CREATE TABLE lines (order_id int REFERENCES orders, price int);
CREATE TABLE audit (id serial PRIMARY KEY, said text);
CREATE TABLE alerts (id serial PRIMARY KEY, audit_id int);
CREATE TABLE prices (item int, price int);
CREATE FUNCTION refresh_total(wanted int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  found int; -- DELETE FROM prices
BEGIN
  SELECT sum(price) INTO found FROM lines WHERE order_id = wanted;
  UPDATE orders SET total = found WHERE id = wanted;
  RAISE NOTICE 'DELETE FROM prices';
  RETURN found;
END $$;
CREATE FUNCTION price_of(wanted int) RETURNS int LANGUAGE sql STABLE AS 'SELECT price FROM prices WHERE item = wanted';
CREATE PROCEDURE refresh_all() LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refresh_total(id) FROM orders;
END $$;
CREATE FUNCTION clear(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('DELETE FROM %I', name);
END $$;
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit (said) VALUES (NEW.state);
  RETURN NEW;
END $$;
CREATE TRIGGER noted AFTER UPDATE OR DELETE ON orders FOR EACH ROW EXECUTE FUNCTION note();
CREATE FUNCTION alert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO alerts (audit_id) VALUES (NEW.id);
  RETURN NEW;
END $$;
CREATE TRIGGER alerted AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION alert();
"""
TOTAL = {"read lines", "update orders", "insert audit", "insert alerts"}
STATEMENTS = [
    ("SELECT refresh_total(1)", TOTAL),
    ("SELECT * FROM refresh_total(1)", TOTAL),
    ("SELECT price_of(1)", {"read prices"}),
    ("INSERT INTO lines (order_id, price) VALUES (1, price_of(1))", {"insert lines", "read prices"}),
    ("CALL refresh_all()", {*TOTAL, "read orders"}),
    ("UPDATE orders SET state = 'sent' WHERE id = 1", {"update orders", "insert audit", "insert alerts"}),
    ("INSERT INTO orders (id) VALUES (2)", {"insert orders"}),
    ("SELECT 'refresh_total(1)' FROM prices", {"read prices"}),
    ("SELECT count(*) FROM prices", {"read prices"}),
]


def done(app: Application) -> set[str]:
    """Operations with their tables of ``m:f``."""
    return {f"{a.operation} {a.table}" for a in app.system.accesses if a.definition == "m:f" and a.role == "execute"}


@pytest.fixture(scope="module")
def filled(postgres: Server) -> str:
    """A real database with the schema and a row that each statement finds."""
    postgres.create("routines")
    postgres.execute("routines", SCHEMA)
    postgres.execute("routines", "INSERT INTO orders VALUES (1, 0, 'new'); INSERT INTO prices VALUES (1, 5)")
    postgres.execute("routines", "INSERT INTO lines VALUES (1, 5)")
    return postgres.dsn("routines")


def counted(dsn: str, statement: str) -> set[str]:
    """Operations with their tables, as the database counts them in the transaction of a statement.

    A key looks its rows up, and a change finds its own: of both it is not told which reads they are.
    """
    with psycopg.connect(dsn) as connection:
        connection.execute(statement)
        rows: list[tuple[Any, ...]] = connection.execute(
            "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)"
            " FROM pg_stat_xact_user_tables"
        ).fetchall()
        connection.rollback()
    operations = ("insert", "update", "delete", "read")
    return {
        f"{name} {table}" for table, *counts in rows for name, count in zip(operations, counts, strict=True) if count
    }


@pytest.mark.parametrize(("statement", "expected"), STATEMENTS)
def test_what_a_statement_sets_off_is_what_a_real_database_does(
    draw: Draw, filled: str, statement: str, expected: set[str]
) -> None:
    app = draw({"schema.sql": SCHEMA, "m.py": f"def f(cursor):\n    cursor.execute({statement!r})\n"})
    assert done(app) == expected
    assert app.blind_spots("dynamic sql") == []
    counts = counted(filled, statement)
    assert {each for each in expected if not each.startswith("read ")} == {
        e for e in counts if not e.startswith("read ")
    }
    looked_up = {f"read {each.split()[1]}" for each in expected if each.startswith(("update ", "delete "))}
    assert {each for each in counts if each.startswith("read ")} - looked_up - {"read orders"} == {
        each for each in expected if each.startswith("read ")
    } - {"read orders"}


def test_the_rule_has_the_place_of_the_body(draw: Draw) -> None:
    app = draw({"schema.sql": SCHEMA, "m.py": "def f(cursor):\n    cursor.execute('SELECT refresh_total(1)')\n"})
    told = {(a.operation, a.table, a.resolution, a.rule, a.file, a.line) for a in app.system.accesses}
    apart = ", in a statement of its own"
    assert told == {
        ("read", "lines", "inferred", f"SQL of function refresh_total at schema.sql:6{apart}", "m.py", 2),
        ("update", "orders", "inferred", f"SQL of function refresh_total at schema.sql:6{apart}", "m.py", 2),
        ("insert", "audit", "inferred", f"trigger noted, function note at schema.sql:24{apart}", "m.py", 2),
        ("insert", "alerts", "inferred", f"trigger alerted, function alert at schema.sql:30{apart}", "m.py", 2),
    }
    assert {
        (r.name, r.does, r.runs, r.hidden) for r in app.system.routines if r.name.startswith(("refresh", "clear"))
    } == {
        ("refresh_total", ("read lines", "update orders"), (), ""),
        ("refresh_all", ("read orders",), ("refresh_total",), ""),
        ("clear", (), (), "it runs SQL that is put together"),
    }


UNKNOWN = [
    ("SELECT clear('orders')", "what the function clear does is not all known: it runs SQL that is put together"),
    ("SELECT close_day(1)", "what the function close_day does is in the database"),
    ("SELECT * FROM shop.close_day(%s)", "what the function shop.close_day does is in the database"),
    ("CALL close_day()", "what the function close_day does is in the database"),
    ("SELECT pg_advisory_xact_lock(1)", ""),
    ("SELECT nextval('numbers')", ""),
    ("SELECT now()", ""),
    ("SELECT last_insert_rowid()", ""),
    ("SELECT count(*)", ""),
]


@pytest.mark.parametrize(("statement", "reason"), UNKNOWN)
def test_a_function_of_which_nothing_is_known_is_a_blind_spot(draw: Draw, statement: str, reason: str) -> None:
    app = draw({"schema.sql": SCHEMA, "m.py": f"def f(cursor):\n    cursor.execute({statement!r})\n"})
    assert [(s.line, s.reason) for s in app.blind_spots("dynamic sql")] == ([(2, reason)] if reason else [])
    assert done(app) == set()


CALLED = [
    "import psycopg2\ndef f():\n    psycopg2.connect().cursor().callproc('refresh_total', [1])\n",
    "import sqlalchemy as sa\ndef f(c: sa.Connection):\n    c.execute(sa.select(sa.func.refresh_total(1)))\n",
    "import sqlalchemy as sa\ndef f(c: sa.Connection):\n    c.scalar(sa.func.public.refresh_total(1))\n",
    "import sqlalchemy as sa\ndef f(c: sa.Connection):\n    c.execute(sa.text('SELECT refresh_total(1)'))\n",
]


@pytest.mark.parametrize("source", CALLED)
def test_other_ways_to_call_a_function(draw: Draw, source: str) -> None:
    app = draw({"schema.sql": SCHEMA, "m.py": source})
    assert done(app) == TOTAL


def test_a_function_of_the_database_in_a_query_of_django(draw: Draw) -> None:
    app = draw(
        {
            "schema.sql": SCHEMA,
            "m.py": """
            from django.db import models
            from django.db.models import F, Func
            class Item(models.Model): pass
            class PriceOf(Func):
                function = "price_of"
            def f(): return list(Item.objects.annotate(price=PriceOf(F("id"))))
            def g(): return list(Item.objects.annotate(price=Func(F("id"), function="price_of")))
            """,
        }
    )
    assert app.executed() == {(f"m:{name}", "read", table) for name in "fg" for table in ("m_item", "prices")}


def test_functions_and_triggers_that_migrations_and_strings_make(draw: Draw) -> None:
    body = "BEGIN DELETE FROM lines WHERE order_id = OLD.id; RETURN OLD; END"
    app = draw(
        {
            "alembic/versions/1_first.py": f"""
                from alembic import op
                revision, down_revision = "1", None
                def upgrade():
                    op.execute("CREATE TABLE orders (id int)")
                    op.execute("CREATE TABLE lines (order_id int)")
                    op.execute("CREATE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
                    op.execute("CREATE TRIGGER gone AFTER DELETE ON orders FOR EACH ROW EXECUTE FUNCTION gone()")
                """,
            "m.py": """
                def make(cursor):
                    cursor.execute("CREATE TRIGGER counted AFTER INSERT ON lines BEGIN UPDATE orders SET n = n + 1; END")
                def f(cursor): cursor.execute("DELETE FROM orders")
                def g(cursor): cursor.execute("INSERT INTO lines VALUES (1)")
                """,
        }
    )
    assert app.accesses() == {
        ("m:f", "delete", "orders"), ("m:f", "delete", "lines"), ("m:g", "insert", "lines"), ("m:g", "update", "orders")
    }  # fmt: skip


def test_triggers_of_rows_that_a_session_writes(draw: Draw) -> None:
    app = draw(
        {
            "schema.sql": SCHEMA,
            "m.py": """
            from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
            class Base(DeclarativeBase): pass
            class Order(Base):
                __tablename__ = "orders"
                id: Mapped[int] = mapped_column(primary_key=True)
                state: Mapped[str]
            def f(session: Session):
                order = session.get(Order, 1)
                order.state = "sent"
                session.commit()
            """,
        }
    )
    flushed = {(a.operation, a.table) for a in app.system.flushes}
    assert flushed == {("update", "orders"), ("insert", "audit"), ("insert", "alerts")}


def test_what_a_later_file_drops_is_gone(draw: Draw) -> None:
    app = draw(
        {
            "sql/1.sql": SCHEMA,
            "sql/2.sql": "DROP TRIGGER noted ON orders;\nDROP FUNCTION IF EXISTS price_of(int);\n",
            "sql/2.down.sql": "DROP FUNCTION refresh_total(int);\n",
            "m.py": """
            def f(cursor): cursor.execute("DELETE FROM orders")
            def g(cursor): cursor.execute("SELECT price_of(1)")
            def h(cursor): cursor.execute("SELECT refresh_total(1)")
            """,
        }
    )
    assert app.accesses() == {("m:f", "delete", "orders"), ("m:h", "read", "lines"), ("m:h", "update", "orders")}
    assert [s.definition for s in app.blind_spots("dynamic sql")] == ["m:g"]


BODIES = [
    ("AS $$ BEGIN UPDATE orders SET n = 1 WHERE language IS NULL; END $$ LANGUAGE plpgsql", ("update orders",), ""),
    ("AS $$ DELETE FROM orders $$ LANGUAGE plpython3u", (), "its body is written in plpython3u"),
    ("LANGUAGE C AS 'orders', 'shop_f'", (), "its body is written in c"),
    ("AS $$ BEGIN EXECUTE 'DELETE FROM orders WHERE id = $1' USING i; END $$ LANGUAGE plpgsql", ("delete orders",), ""),
    (
        "AS $$ BEGIN EXECUTE 'DELETE FROM ' || name; END $$ LANGUAGE plpgsql",
        (),
        "it runs SQL that is put together",
    ),
    (
        "AS $$ DECLARE i int; BEGIN INSERT INTO orders VALUES (1) RETURNING id INTO i; END $$ LANGUAGE plpgsql",
        ("insert orders",),
        "",
    ),
    (
        "AS $$ BEGIN CREATE TEMP TABLE found AS SELECT * FROM orders; DELETE FROM found; END $$ LANGUAGE plpgsql",
        ("read orders",),
        "",
    ),
]


@pytest.mark.parametrize(("body", "does", "hidden"), BODIES)
def test_what_a_body_says(draw: Draw, body: str, does: tuple[str, ...], hidden: str) -> None:
    schema = f"CREATE TABLE orders (id int);\nCREATE FUNCTION f(name text) RETURNS void {body};\n"
    app = draw({"schema.sql": schema, "m.py": "def f(): ..."})
    assert [(routine.does, routine.hidden) for routine in app.system.routines] == [(does, hidden)]
