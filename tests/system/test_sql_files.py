"""SQL that stands in files: statements that are called by name, and files that are read and executed."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

USERS = """-- name: get_user^
-- One user.
SELECT id, name FROM users
WHERE id = :id;

-- name: add-user<!
INSERT INTO users (name) VALUES (:name) RETURNING id;
"""


def told(app: Application) -> set[tuple[str, str, str, str, str, int]]:
    """(definition, operation, table, resolution, rule, line)."""
    return {(a.definition, a.operation, a.table, a.resolution, a.rule, a.line) for a in app.system.accesses}


def test_statements_of_files_are_called_by_name(draw: Draw) -> None:
    app = draw(
        {
            "sql/users.sql": USERS,
            "sql/orders/lines.sql": "-- name: lines\nSELECT * FROM order_lines;\n",
            "other/never.sql": "-- name: get_user\nSELECT * FROM elsewhere;\n",
            "app.py": """
            from pathlib import Path
            import aiosql
            queries = aiosql.from_path(Path(__file__).parent / "sql", "sqlite3")
            class Repository:
                def __init__(self):
                    self.queries = aiosql.from_path("sql/users.sql", "asyncpg")
                async def add(self, connection):
                    await self.queries.add_user(connection, name="x")
            def get(connection):
                return queries.get_user(connection, id=1)
            def several(connection):
                with queries.lines_cursor(connection) as cursor:
                    return list(cursor)
            def missing(connection):
                return queries.no_such_thing(connection)
            """,
        }
    )
    assert told(app) == {
        ("app:Repository.add", "insert", "users", "exact", "SQL of sql/users.sql:7", 8),
        ("app:get", "read", "users", "exact", "SQL of sql/users.sql:3", 10),
        ("app:several", "read", "order_lines", "exact", "SQL of sql/orders/lines.sql:2", 12),
    }
    assert [(s.definition, s.line) for s in app.system.blind_spots if s.kind == "dynamic sql"] == [("app:missing", 15)]
    assert (app.table("users").file, app.table("users").line) == ("sql/users.sql", 7)


LOADED = [
    ("aiosql.from_path('sql', 'sqlite3')", "sql/users.sql:3"),
    ("anosql.from_path('sql/users.sql', 'sqlite3')", "sql/users.sql:3"),
    ("anosql.load_queries('sqlite', 'sql/users.sql')", "sql/users.sql:3"),
    ("pugsql.module('sql')", "sql/users.sql:3"),
    ("aiosql.from_str(USERS, 'sqlite3')", "m.py:3"),
    ("anosql.from_str(USERS, 'sqlite3')", "m.py:3"),
    ("anosql.load_queries_from_string('sqlite', USERS)", "m.py:3"),
]


@pytest.mark.parametrize(("loaded", "place"), LOADED)
def test_libraries_that_give_statements_by_their_names(draw: Draw, loaded: str, place: str) -> None:
    source = f"import aiosql, anosql, pugsql\nfrom texts import USERS\nqueries = {loaded}\n"
    app = draw(
        {
            "sql/users.sql": USERS,
            "texts.py": f"USERS = {USERS!r}\n",
            "m.py": f"{source}def f(c): return queries.get_user(c, id=1)\ndef g(c): queries.add_user(c, name='x')\n",
        }
    )
    assert {(d, operation, table, resolution) for d, operation, table, resolution, _, _ in told(app)} == {
        ("m:f", "read", "users", "exact"),
        ("m:g", "insert", "users", "exact"),
    }
    assert f"SQL of {place}" in {rule for *_, rule, _ in told(app)}


def test_files_that_are_read_and_executed(draw: Draw) -> None:
    app = draw(
        {
            "app/sql/clean.sql": "DELETE FROM logs;\nUPDATE counts SET n = 0;\n",
            "app/sql/report.sql": "SELECT * FROM sales JOIN shops ON true;\n",
            "app/__init__.py": "",
            "app/use.py": """
            import os
            import sqlite3
            from pathlib import Path
            SQL = Path(__file__).parent / "sql"
            def clean():
                connection = sqlite3.connect("x")
                with open(os.path.join(os.path.dirname(__file__), "sql", "clean.sql")) as file:
                    connection.executescript(file.read())
            def report():
                return sqlite3.connect("x").execute((SQL / "report.sql").read_text())
            def gone():
                return sqlite3.connect("x").execute((SQL / "gone.sql").read_text())
            """,
        }
    )
    assert told(app) == {
        ("app.use:clean", "delete", "logs", "exact", "SQL of app/sql/clean.sql:1", 8),
        ("app.use:clean", "update", "counts", "exact", "SQL of app/sql/clean.sql:2", 8),
        ("app.use:report", "read", "sales", "exact", "SQL of app/sql/report.sql:1", 10),
        ("app.use:report", "read", "shops", "exact", "SQL of app/sql/report.sql:1", 10),
    }
    assert [s.definition for s in app.system.blind_spots if s.kind == "dynamic sql"] == ["app.use:gone"]


SHOP = """-- open_orders --
-- What is not paid yet
SELECT id FROM orders WHERE paid IS NULL;

-- add_line --
INSERT INTO order_lines (order_id) VALUES (%(order)s);

-- purge --
DELETE FROM visits
"""

FILLS = {
    "a dictionary filled in a loop": """
        def read(text):
            found = {}
            for name, body in re.findall("-- ([a-z_]+) --(.*)", text):
                found[name] = body.strip()
            return found
        QUERIES = read((Path(__file__).parent / "shop.sql").read_text())
    """,
    "a comprehension": """
        FILE = "shop.sql"
        QUERIES = {name: body for name, body in re.findall("-- ([a-z_]+) --(.*)", open(FILE).read())}
    """,
    "dict": """
        def read(path="store/shop.sql"):
            with open(path) as file:
                return dict(part.split("--", 1) for part in file.read().split("-- ")[1:])
        QUERIES = read()
    """,
}


@pytest.mark.parametrize("fill", FILLS)
def test_statements_that_the_application_itself_reads_from_a_file_by_their_names(draw: Draw, fill: str) -> None:
    app = draw(
        {
            "store/__init__.py": "",
            "store/shop.sql": SHOP,
            "other/shop.sql": "-- open_orders --\nSELECT id FROM elsewhere\n",
            "store/statements.py": "import re\nfrom pathlib import Path\n" + dedent(FILLS[fill]),
            "store/shop.py": """
            import psycopg
            from store.statements import QUERIES
            def run(connection: psycopg.Connection, query, **values):
                connection.cursor().execute(query, values)
            def open_orders(connection: psycopg.Connection):
                return connection.execute(QUERIES["open_orders"]).fetchall()
            def add(connection: psycopg.Connection, order):
                run(connection, query=QUERIES["add_line"], order=order)
            def unknown(connection: psycopg.Connection):
                connection.execute(QUERIES["no_such_thing"])
            """,
        }
    )
    assert {each for each in told(app) if each[0] != "store.shop:run"} == {
        ("store.shop:open_orders", "read", "orders", "inferred", "SQL of store/shop.sql:1", 6),
    }
    assert {(a.operation, a.table) for a in app.system.accesses if a.definition == "store.shop:run"} == {
        ("insert", "order_lines")
    }
    assert [s.definition for s in app.system.blind_spots if s.kind == "dynamic sql"] == ["store.shop:unknown"]


def test_dictionaries_of_modules_that_do_not_name_the_file_hold_none_of_its_statements(draw: Draw) -> None:
    app = draw(
        {
            "shop.sql": SHOP,
            "tables.sql": "-- visits --\nCREATE TABLE visits (id int);\n",
            "counts.py": """
            import sqlite3
            COUNTS = {}
            def count(name): COUNTS[name] = input()
            def run(connection: sqlite3.Connection): connection.execute(COUNTS["open_orders"])
            """,
            "schema.py": "def text(): return open('shop.sql').read()",
        }
    )
    assert app.accesses() == set()


def test_a_file_without_named_statements_is_loaded_all_the_same(draw: Draw) -> None:
    app = draw(
        {
            "sql/users.sql": USERS,
            "sql/none.sql": "SELECT id FROM orders;\n",
            "app.py": """
            import aiosql
            queries = aiosql.from_path("sql", "sqlite3")
            def get(connection): return queries.get_user(connection, id=1)
            """,
        }
    )
    assert ("app:get", "read", "users") in app.accesses()


ORDERS = "-- Orders of a day.\nSELECT id FROM orders;\n"
LINES = "DELETE FROM lines WHERE day = %(day)s"
READ = [
    "cursor.execute((HERE / 'orders.sql').read_text())",
    "cursor.execute((HERE / 'sql' / 'orders.sql').read_text())",
    "with open('sql/orders.sql') as file:\n        cursor.execute(file.read())",
    "cursor.execute(load('orders.sql'))",
    "cursor.execute(load_by_stem('orders'))",
    "cursor.execute(through('orders'))",
    "statement = load(name='orders.sql').strip()\n    run(cursor, statement)",
    "cursor.execute(environment.get_template('orders.sql').render(day=1))",
    "query, bound = JinjaSql().prepare_query(load('orders.sql'), {'day': 1})\n    cursor.execute(query, bound)",
    "cursor.execute(QUERIES['orders'])",
    "cursor.execute(FILES['orders.sql'])",
]


@pytest.mark.parametrize("body", READ)
def test_files_that_are_read_by_their_names(draw: Draw, body: str) -> None:
    app = draw(
        {
            "shop/sql/orders.sql": ORDERS,
            "shop/sql/lines.sql": LINES,
            "shop/__init__.py": "",
            "shop/m.py": f"""
from pathlib import Path
from jinja2 import Environment, PackageLoader
from jinjasql import JinjaSql
HERE = Path(__file__).parent
environment = Environment(loader=PackageLoader("shop", "sql"))
QUERIES = {{path.stem: path.read_text() for path in (HERE / "sql").glob("*.sql")}}
FILES = {{}}
for path in (HERE / "sql").iterdir():
    FILES[path.name] = path.read_text()
def load(name):
    return (HERE / "sql" / name).read_text(encoding="utf-8")
def load_by_stem(stem):
    with open(HERE / "sql" / f"{{stem}}.sql") as file:
        return file.read()
def through(name):
    return load_by_stem(name)
def run(cursor, text):
    cursor.execute(text)
def other(cursor):
    cursor.execute(load("lines.sql"))
    cursor.execute(load_by_stem("lines"))
    cursor.execute(through("lines"))
def f(cursor):
    {body}
""",
        }
    )
    expected = {("shop.m:other", "delete", "lines"), ("shop.m:run" if "run(" in body else "shop.m:f", "read", "orders")}
    assert app.accesses() == expected
    assert {a.rule.partition(", in a")[0] for a in app.system.accesses if a.table == "orders"} == {
        "SQL of shop/sql/orders.sql:2"
    }
    assert app.blind_spots("dynamic sql") == []


def test_a_function_that_runs_the_file_that_it_is_told(draw: Draw) -> None:
    app = draw(
        {
            "sql/orders.sql": ORDERS,
            "sql/lines.sql": LINES,
            "m.py": """
            from pathlib import Path
            def run(cursor, name):
                cursor.execute(Path("sql", f"{name}.sql").read_text())
            def hand_on(cursor, name): run(cursor, name)
            def f(cursor): run(cursor, "orders")
            def g(cursor): hand_on(cursor, "lines")
            """,
        }
    )
    assert app.accesses() == {("m:run", "read", "orders"), ("m:run", "delete", "lines")}
    assert {a.resolution for a in app.system.accesses} == {"inferred"}


def test_many_files_that_one_function_runs_are_told_of_who_names_them(draw: Draw) -> None:
    tables = [f"table_{number}" for number in range(8)]
    calls = "".join(f"def f{number}(cursor): run(cursor, 'table_{number}')\n" for number in range(8))
    app = draw(
        {
            **{f"sql/{table}.sql": f"SELECT * FROM {table}" for table in tables},
            "m.py": "from pathlib import Path\n"
            "def run(cursor, name):\n    cursor.execute(Path('sql', name + '.sql').read_text())\n" + calls,
        }
    )
    assert app.accesses() == {(f"m:f{number}", "read", table) for number, table in enumerate(tables)}
