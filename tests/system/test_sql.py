"""SQL text: which tables it touches, how surely, and what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

STATEMENTS = [
    pytest.param("'SELECT id FROM users'", {("read", "users")}, id="select"),
    pytest.param("'select id from users where id = ?', (1,)", {("read", "users")}, id="question mark"),
    pytest.param("'SELECT id FROM users WHERE id = %s', (1,)", {("read", "users")}, id="percent s"),
    pytest.param("'SELECT id FROM users WHERE id = %(id)s', {}", {("read", "users")}, id="percent name"),
    pytest.param("'SELECT id FROM users WHERE id = :id', {}", {("read", "users")}, id="colon name"),
    pytest.param("'SELECT id::text FROM users WHERE id IN %s', (1,)", {("read", "users")}, id="cast of postgres"),
    pytest.param("'SELECT `id` FROM `users` LIMIT 1, 2'", {("read", "users")}, id="quotes of mysql"),
    pytest.param('\'SELECT "Id" FROM "Users"\'', {("read", "Users")}, id="quoted name"),
    pytest.param(
        "'SELECT * FROM users u LEFT JOIN orders AS o ON o.uid = u.id, tags'",
        {("read", "users"), ("read", "orders"), ("read", "tags")},
        id="joins",
    ),
    pytest.param(
        "'WITH recent AS (SELECT * FROM orders) SELECT * FROM recent'",
        {("read", "orders")},
        id="common table expression",
    ),
    pytest.param(
        "'SELECT * FROM users WHERE id IN (SELECT uid FROM orders)'",
        {("read", "users"), ("read", "orders")},
        id="subquery",
    ),
    pytest.param("'INSERT INTO users (name) VALUES (?)', ('x',)", {("insert", "users")}, id="insert"),
    pytest.param(
        "'INSERT INTO users (name) VALUES (%s) ON CONFLICT (name) DO UPDATE SET name = %s'",
        {("insert", "users"), ("update", "users")},
        id="insert on conflict",
    ),
    pytest.param(
        "'INSERT INTO users (name) VALUES (%s) ON CONFLICT DO NOTHING', ('x',)",
        {("insert", "users")},
        id="insert unless it is there",
    ),
    pytest.param(
        "'INSERT INTO archive SELECT * FROM users'", {("insert", "archive"), ("read", "users")}, id="insert from select"
    ),
    pytest.param("'UPDATE users SET name = ? WHERE id = ?', (1, 2)", {("update", "users")}, id="update"),
    pytest.param(
        "'UPDATE users SET name = o.name FROM orders o WHERE o.uid = users.id'",
        {("update", "users"), ("read", "orders")},
        id="update from",
    ),
    pytest.param("'UPDATE OR REPLACE users SET id = ? WHERE id = ?'", {("update", "users")}, id="update or replace"),
    pytest.param(
        "'SELECT o.id FROM orders AS o INDEXED BY by_day JOIN users NOT INDEXED ON users.id = o.uid WHERE o.day > ?'",
        {("read", "orders"), ("read", "users")},
        id="name of an index",
    ),
    pytest.param("'DELETE FROM users WHERE id = ?', (1,)", {("delete", "users")}, id="delete"),
    pytest.param("'TRUNCATE TABLE users'", {("delete", "users")}, id="truncate"),
    pytest.param("'SELECT 1; DELETE FROM users;'", {("delete", "users")}, id="two statements"),
    pytest.param("'SELECT 1'", set(), id="no table"),
    pytest.param("'CREATE OR REPLACE VIEW paid AS SELECT * FROM orders'", set(), id="definition of a view"),
    pytest.param("'CREATE TABLE copy AS SELECT * FROM orders'", {("read", "orders")}, id="table from select"),
    pytest.param(
        "'SELECT * FROM generate_series(1, 3)'",
        set(),
        id="function",
    ),
    pytest.param("'SELECT * FROM information_schema.tables'", set(), id="catalogue"),
    *(
        pytest.param(f"'SELECT name FROM {catalogue}'", set(), id=f"catalogue {catalogue}")
        for catalogue in (
            "DUAL",
            "svv_columns",
            "syscat.tables",
            "all_tab_cols",
            "V$SESSION",
            "system.columns",
            "alembic_version",
            "alembic_version_billing",
            "public.django_migrations",
        )
    ),
    pytest.param(
        "'SELECT table_name, column_name FROM columns WHERE is_system = 0'", set(), id="catalogue by its columns"
    ),
    pytest.param(
        "'SELECT table_name, column_name FROM columns WHERE table_schema NOT IN (^a^)'",
        set(),
        id="catalogue, not parsed",
    ),
    pytest.param("'SELECT title, column_name FROM columns'", {("read", "columns")}, id="a table of that name"),
    pytest.param("'SELECT name FROM user_sessions'", {("read", "user_sessions")}, id="no catalogue"),
    pytest.param("'SELECT name FROM alembic_versions'", {("read", "alembic_versions")}, id="no table of a tool"),
    pytest.param("'SELECT * FROM sales.orders'", {("read", "sales.orders")}, id="schema"),
    pytest.param(
        "'''\n        -- the users\n        SELECT id\n        FROM users\n    '''",
        {("read", "users")},
        id="comment and lines",
    ),
    pytest.param("'EXPLAIN ANALYZE SELECT * FROM users'", {("read", "users")}, id="explained"),
    pytest.param("'COPY users (id) FROM STDIN'", {("insert", "users")}, id="copied in"),
    pytest.param("'COPY users (id) TO STDOUT'", {("read", "users")}, id="copied out"),
    pytest.param(
        "'MERGE INTO stock s USING sent d ON s.id = d.id WHEN MATCHED THEN DELETE'"
        "' WHEN NOT MATCHED THEN INSERT (id) VALUES (d.id)'",
        {("delete", "stock"), ("insert", "stock"), ("read", "sent")},
        id="merge",
    ),
    pytest.param(
        "'SELECT * FROM users WHERE a = 1 {% if b %} AND b = {{ b }} {% endif %}'", {("read", "users")}, id="template"
    ),
    pytest.param("'SELECT TOP 5 [id] FROM [users] WITH (NOLOCK)'", {("read", "users")}, id="an unusual dialect"),
    pytest.param("'SELECT id ' + 'FROM users'", {("read", "users")}, id="added strings"),
    pytest.param("'SELECT id FROM users WHERE id = %d' % 3", {("read", "users")}, id="percent formatting"),
    pytest.param("'SELECT id FROM users WHERE id = {}'.format(3)", {("read", "users")}, id="format"),
    pytest.param("f'SELECT id FROM users ORDER BY {order}'", {("read", "users")}, id="f-string with a hole"),
    pytest.param("f'SELECT {columns} FROM users WHERE {where} LIMIT {limit}'", {("read", "users")}, id="many holes"),
    pytest.param(
        "f'WITH recent AS (SELECT * FROM orders o {where} GROUP BY o.x), more AS (SELECT * FROM recent) SELECT * FROM more m {where} LIMIT 1'",
        {("read", "orders")},
        id="holes in statements that begin with tables of their own",
    ),
    pytest.param(
        "'WITH recent (a) AS (SELECT * FROM orders) SELECTED x -- taken from there\\n FROM recent JOIN users /* not from tags */'",
        {("read", "orders"), ("read", "users")},
        id="by pattern, neither comments nor tables of its own",
    ),
    pytest.param(
        "'SELECT EXTRACT(year FROM made) FROM users JOIN generate_series(1, 2) AS n ON ON 1 = 1'",
        {("read", "users")},
        id="by pattern, no values and no functions",
    ),
    pytest.param("QUERY", {("read", "users")}, id="constant of the module"),
    pytest.param(
        "QUERIES['all']",
        {("read", "users")},
        id="constant in a table",
    ),
    pytest.param(
        "f'SELECT id FROM {TABLE}'",
        {("read", "users")},
        id="table name from a constant",
    ),
]


@pytest.mark.parametrize(("statement", "expected"), STATEMENTS)
@pytest.mark.parametrize("library", ["sqlite3", "psycopg2"])
def test_statements(draw: Draw, library: str, statement: str, expected: set[tuple[str, str]]) -> None:
    app = draw(
        f"import {library}\nTABLE = 'users'\nQUERY = 'SELECT id FROM users'\nQUERIES = {{'all': QUERY}}\n"
        f"def f(order, columns, where, limit):\n"
        f"    cursor = {library}.connect('').cursor()\n    cursor.execute({statement})\n"
    )
    assert app.accesses() == {("m:f", operation, table) for operation, table in expected}
    assert app.blind_spots("dynamic sql") == []


def test_evidence_of_a_statement(draw: Draw) -> None:
    app = draw(
        """
        import sqlite3
        def f():
            connection = sqlite3.connect("x")
            connection.execute(
                "SELECT u.name, o.total FROM users u JOIN orders o ON o.uid = u.id"
            )
        """
    )
    assert {(a.table, a.columns, a.resolution, a.role, a.file, a.line) for a in app.system.accesses} == {
        ("users", ("id", "name"), "exact", "execute", "m.py", 4),
        ("orders", ("total", "uid"), "exact", "execute", "m.py", 4),
    }
    assert app.tables() == {"users": "sql", "orders": "sql"}


@pytest.mark.parametrize(
    "statement",
    [
        "f'SELECT id FROM {name}'",
        "'SELECT id FROM ' + name",
        "'DELETE FROM %s' % name",
        "'UPDATE {} SET x = 1'.format(name)",
        pytest.param(
            "f'INSERT INTO prefix_{name} VALUES (1)'",
        ),
        pytest.param("'SELECT * FROM {{ table }} WHERE a = 1'", id="a template"),
        pytest.param("'SELECT id FROM %s', (name,)", id="a parameter"),
        pytest.param("'SELECT id FROM'", id="half a statement"),
    ],
)
def test_a_table_name_that_is_put_together_is_a_blind_spot(draw: Draw, statement: str) -> None:
    app = draw(f"import sqlite3\ndef f(name):\n    sqlite3.connect('').execute({statement})\n")
    assert app.accesses() == set()
    assert [(s.definition, s.file, s.line) for s in app.blind_spots("dynamic sql")] == [("m:f", "m.py", 3)]


def test_a_statement_that_is_not_known_at_all_is_a_blind_spot(draw: Draw) -> None:
    app = draw("import sqlite3\ndef f(statement):\n    sqlite3.connect('').execute(statement)\n")
    assert app.accesses() == set()
    assert [(s.definition, s.line) for s in app.blind_spots("dynamic sql")] == [("m:f", 3)]


def test_a_statement_whose_beginning_is_not_known_is_a_blind_spot(draw: Draw) -> None:
    app = draw("""
        import sqlite3
        def f(quick, other):
            verb = "DELETE FROM" if quick else other
            sqlite3.connect('').execute(f"{verb} orders")
    """)
    assert app.accesses() == set()
    assert [(s.definition, s.line) for s in app.blind_spots("dynamic sql")] == [("m:f", 4)]


def test_a_statement_whose_first_words_are_one_of_several_is_each_of_them(draw: Draw) -> None:
    app = draw("""
        import sqlite3
        def f(quick):
            verb = "TRUNCATE" if quick else "DELETE FROM"
            sqlite3.connect('').execute(f"{verb} orders")
        def g(keep):
            if keep:
                verb = "INSERT INTO"
            else:
                verb = "REPLACE INTO"
            sqlite3.connect('').execute(f"{verb} lines VALUES ({keep})")
    """)
    assert app.accesses() == {("m:f", "delete", "orders"), ("m:g", "insert", "lines")}
    assert app.blind_spots("dynamic sql") == []


@pytest.mark.parametrize(
    ("head", "base", "body"),
    [
        ("from typing import Protocol", "Protocol", "..."),
        ("from abc import ABC", "ABC", "pass"),
    ],
)
def test_sql_given_to_a_method_that_is_only_promised_is_taken_to_run(
    draw: Draw, head: str, base: str, body: str
) -> None:
    app = draw(f"""
        {head}
        class Cursor({base}):
            def execute(self, sql: str, parameters: tuple = ()) -> None: {body}
        class Silent:
            def execute(self, sql: str) -> None: pass
        def promised(cursor: Cursor): cursor.execute("SELECT id FROM orders", ())
        def silent(cursor: Silent): cursor.execute("SELECT id FROM orders")
    """)
    assert {(a.definition, a.table, a.resolution) for a in app.system.accesses} == {
        ("m:promised", "orders", "inferred")
    }


def test_one_unknown_part_does_not_hide_the_known_ones(draw: Draw) -> None:
    app = draw(
        "import sqlite3\ndef f(name):\n    sqlite3.connect('').execute(f'SELECT * FROM users JOIN {name} ON 1 = 1')\n"
    )
    assert app.accesses() == {("m:f", "read", "users")}
    assert len(app.blind_spots("dynamic sql")) == 1


def test_sql_runs_where_it_is_executed(draw: Draw) -> None:
    app = draw(
        """
        import sqlite3
        class Database:
            def __init__(self): self.connection = sqlite3.connect("x")
            def run(self, statement): return self.connection.execute(statement)
        def users(database: Database): return database.run("SELECT * FROM users")
        def orders(database: Database): return database.run("SELECT * FROM orders")
        """
    )
    assert {table for _, _, table in app.executed()} == {"users", "orders"}
    assert {definition for definition, _, _ in app.executed()} == {"m:Database.run"}


def test_sql_given_to_unknown_code_is_inferred(draw: Draw) -> None:
    app = draw("import lib\ndef f():\n    lib.fetch('SELECT id FROM users')\n")
    assert {(a.definition, a.operation, a.table, a.resolution) for a in app.system.accesses} == {
        ("m:f", "read", "users", "inferred")
    }


@pytest.mark.parametrize(
    "text",
    ["Select a user from the list", "Update your profile to set a name", "select", "delete from", "with love"],
)
def test_prose_is_no_statement(draw: Draw, text: str) -> None:
    app = draw(f"import lib\ndef f():\n    lib.say({text!r})\n")
    assert app.accesses() == set()
    assert app.tables() == {}


def test_a_name_in_sql_means_the_table_of_the_model(draw: Draw) -> None:
    app = draw(
        {
            "models.py": """
                from sqlalchemy import Column, Integer
                from sqlalchemy.orm import declarative_base
                Base = declarative_base()
                class User(Base):
                    __tablename__ = "users"
                    id = Column(Integer, primary_key=True)
            """,
            "m.py": "import sqlite3\ndef f(): sqlite3.connect('').execute('SELECT * FROM public.USERS')",
        }
    )
    assert app.accesses() == {("m:f", "read", "users")}
    assert app.tables() == {"users": "model"}


def test_ddl_files(draw: Draw) -> None:
    app = draw(
        {
            "m.py": "def f(): pass",
            "db/schema.sql": """
                CREATE TABLE users (
                    id serial PRIMARY KEY,
                    name varchar(80) NOT NULL
                );
                CREATE TABLE IF NOT EXISTS orders (
                    id int PRIMARY KEY,
                    user_id int REFERENCES users (id) ON DELETE CASCADE,
                    item_id int,
                    FOREIGN KEY (item_id) REFERENCES items (number)
                );
            """,
        }
    )
    # What a key points to is a table, though nothing else tells of it.
    assert app.tables() == {"users": "ddl", "orders": "ddl", "items": "ddl"}
    assert (app.table("orders").file, app.table("orders").line) == ("db/schema.sql", 5)
    assert app.columns("users")["name"].nullable is False
    assert app.columns("users")["id"].primary_key
    assert app.foreign_keys() == {("orders", "user_id", "users", "id"), ("orders", "item_id", "items", "number")}
    assert {key.on_delete for key in app.system.foreign_keys} == {"CASCADE", ""}


ALEMBIC = """
    import sqlalchemy as sa
    from alembic import op
    revision = "{revision}"
    down_revision = {down}
    OLD = ["a", "x"]
    GONE = "b"
    RENAMED = (("a", "x"), ("c", "y"))
    def upgrade():
        {upgrade}
    def downgrade():
        op.drop_table("users")
        op.create_table("phantom")
"""


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param(['op.create_table("users", sa.Column("id", sa.Integer))'], {"users"}, id="created"),
        pytest.param(['op.create_table("users")', 'op.drop_table("users")'], set(), id="dropped"),
        pytest.param(['op.create_table("users")', 'op.rename_table("users", "people")'], {"people"}, id="renamed"),
        pytest.param(
            ['op.execute("CREATE TABLE users (id integer);")'],
            {"users"},
            id="made by SQL",
        ),
        pytest.param(
            ['op.create_table("users")', 'op.execute("DROP TABLE users")'],
            set(),
            id="dropped by SQL",
        ),
        pytest.param(
            ['[op.create_table(f"{kind}_history") for kind in KINDS]', 'op.create_table("users")'],
            {"users"},
            id="made under names that are put together",
        ),
        pytest.param(
            ['[op.create_table(name) for name in ("a", "b", "c", "d")]', "[op.drop_table(n) for n in OLD + NEW]"],
            {"a", "b", "c", "d"},
            id="made in a loop over names, and dropped in one over what is not known",
        ),
        pytest.param(
            [
                '[op.create_table(name) for name in ("a", "b", "c")]',
                "[op.drop_table(n) for n in OLD]",
                "op.drop_table(GONE)",
            ],
            {"c"},
            id="dropped in a loop over names that stand elsewhere",
        ),
        pytest.param(
            [
                '[op.create_table(name) for name in ("a", "c", "d", "e")]',
                "[op.rename_table(old, new) for old, new in RENAMED]",
                '[op.rename_table(old, new) for old, new in {"d": "g"}.items()]',
                '[op.rename_table(name, f"old_{name}") for name in ("e",)]',
            ],
            {"x", "y", "g", "old_e"},
            id="renamed in loops over pairs",
        ),
        pytest.param(
            ['op.create_table("a")', "[op.rename_table(old, new) for old, new in zip(OLD, NEW)]"],
            {"a"},
            id="renamed to what is not known",
        ),
    ],
)
def test_tables_that_only_alembic_knows(draw: Draw, steps: list[str], expected: set[str]) -> None:
    files = {"m.py": "def f(): pass"}
    for number, step in enumerate(steps):
        # The file names sort against the order of the revisions.
        down = f'"r{number - 1}"' if number else "None"
        files[f"alembic/versions/{9 - number}_step.py"] = ALEMBIC.format(revision=f"r{number}", down=down, upgrade=step)
    assert draw(files).tables() == dict.fromkeys(expected, "migration")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            "def f(env):\n    return env.query('SELECT name FROM orders')",
            {("m:f", "orders", "read", "inferred")},
            id="given to an unknown object",
        ),
        pytest.param(
            "def f(run):\n    run('DELETE FROM orders WHERE id = 1')",
            {("m:f", "orders", "delete", "inferred")},
            id="given to an unknown function",
        ),
        pytest.param("def f(log):\n    log.debug('SELECT name FROM orders')", set(), id="only shown"),
        pytest.param(
            "import structlog\ndef f():\n    structlog.get_logger().info('SELECT name FROM orders')",
            set(),
            id="only shown by a library",
        ),
        pytest.param(
            "from opentelemetry import trace\n"
            "def f():\n    trace.get_current_span().set_attribute('db.statement', 'SELECT name FROM orders')",
            set(),
            id="only noted in a trace",
        ),
        pytest.param("def f(parts):\n    parts.append('SELECT name FROM orders')", set(), id="only kept"),
    ],
)
def test_sql_that_is_given_to_something_unknown_is_taken_to_run(
    draw: Draw, source: str, expected: set[tuple[str, str, str, str]]
) -> None:
    found = {(a.definition, a.table, a.operation, a.resolution) for a in draw(source).system.accesses}
    assert found == expected


WRAPPERS = """
import sqlite3
import pandas as pd
import psycopg2
from names import TABLE
class Db:
    def __init__(self, connection: sqlite3.Connection): self.connection = connection
    def simple_select(self, table, keyvalues):
        where = " AND ".join(f"{k} = ?" for k in keyvalues)
        return self.connection.execute("SELECT * FROM %s WHERE %s" % (table, where))
    def simple_insert(self, table, values): self.connection.execute(f"INSERT INTO {table} VALUES (?)", values)
"""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(c: sqlite3.Connection): c.execute('SELECT id FROM %s' % TABLE)", {"read orders"}),
        ("def f(c: sqlite3.Connection): c.execute('SELECT id FROM {} x'.format(TABLE))", {"read orders"}),
        ("def f(c: sqlite3.Connection): c.execute('SELECT id FROM {t}'.format(t=TABLE))", {"read orders"}),
        ("def f(c: sqlite3.Connection, x): c.execute(f'SELECT {x} FROM {TABLE}')", {"read orders"}),
        ("def f(db: Db): db.simple_select(table='users', keyvalues={'id': 1})", {"read users"}),
        ("def f(db: Db): db.simple_insert('users', {'id': 1})", {"insert users"}),
        ("def f(db: Db, table): db.simple_insert(table, {'id': 1})", set()),
        ("def f(c): pd.read_sql('SELECT * FROM orders', c).to_sql('users', c)", {"read orders", "insert users"}),
        ("def f(c): pd.read_sql_table('orders', c)", {"read orders"}),
        ("def f(): psycopg2.connect().cursor().copy_expert('COPY orders FROM STDIN', None)", {"insert orders"}),
    ],
)
def test_names_of_tables_that_are_put_into_text(draw: Draw, source: str, expected: set[str]) -> None:
    ddl = "CREATE TABLE users (id int);\nCREATE TABLE orders (id int);\n"
    app = draw({"schema.sql": ddl, "names.py": "TABLE = 'orders'\n", "m.py": WRAPPERS + source})
    found = {f"{a.operation} {a.table}" for a in app.system.accesses if a.definition == "m:f"}
    assert found == expected


def test_a_wrapper_does_what_its_callers_name(draw: Draw) -> None:
    calls = "def f(db: Db): db.simple_select('users', {})\ndef g(db: Db): db.simple_select('orders', {})\n"
    calls += "def h(db: Db): db.simple_select(input(), {})\n"
    app = draw({"names.py": "TABLE = 'orders'\n", "m.py": WRAPPERS + calls})
    assert {(a.definition, a.table, a.resolution) for a in app.system.accesses} == {
        ("m:f", "users", "inferred"),
        ("m:g", "orders", "inferred"),
    }
    assert {(a.definition, a.table, a.resolution) for a in app.system.flushes} == {
        ("m:Db.simple_select", "users", "inferred"),
        ("m:Db.simple_select", "orders", "inferred"),
    }
    unknown = [(s.definition, s.reason) for s in app.system.blind_spots if s.kind == "dynamic sql"]
    assert ("m:h", "read of a table whose name is put together") in unknown
    assert not any("simple_select" in definition for definition, _ in unknown)


def test_what_an_object_is_made_with_names_the_table(draw: Draw) -> None:
    app = draw("""
        import sqlite3
        def largest(connection: sqlite3.Connection, table):
            connection.execute("SELECT MAX(id) FROM %s" % (table,))
        class Ids:
            def __init__(self, connection, table): self.next = largest(connection, table)
        def users(connection: sqlite3.Connection): return Ids(connection, "users")
        def orders(connection: sqlite3.Connection): return Ids(connection, table="orders")
    """)
    assert app.accesses() == {("m:users", "read", "users"), ("m:orders", "read", "orders")}
    assert app.shown() == {("m:largest", "read", table) for table in ("users", "orders")}


def test_a_call_that_leaves_the_name_of_the_table_out_leaves_it_to_who_has_the_default(draw: Draw) -> None:
    app = draw("""
        import sqlite3
        def rows(connection: sqlite3.Connection, table="orders", *, kind: str = ""):
            connection.execute(f"SELECT id FROM {kind}{table}")
        def all_rows(connection: sqlite3.Connection, table: str = "users"): rows(connection, table)
        def orders(connection: sqlite3.Connection): rows(connection)
        def logs(connection: sqlite3.Connection): rows(connection, "logs")
        def old(connection: sqlite3.Connection): rows(connection, kind="old_")
        def users(connection: sqlite3.Connection): all_rows(connection)
        def unknown(connection: sqlite3.Connection, **options): rows(connection, **options)
    """)
    tables = {"rows": "orders", "logs": "logs", "old": "old_orders", "all_rows": "users"}
    assert app.accesses() == {(f"m:{function}", "read", table) for function, table in tables.items()}
    assert app.shown() == {("m:rows", "read", table) for table in tables.values() if table != "orders"}


@pytest.mark.parametrize(
    ("loop", "users", "orders"),
    [
        ("for table in tables", '["users", "logs"]', '["orders"]'),
        ("for table, column in tables", '[("users", "id"), ("logs", "at")]', 'tables=[("orders", "id")]'),
        ("for at, table, column in tables", 'tables=((1, "users", "id"), (2, "logs", "at"))', '[(1, "orders", "id")]'),
        ("for table, column in tables", '[("users", "id"), ("logs", "at")]', "OWN"),
    ],
)
def test_tables_that_a_list_of_the_caller_names(draw: Draw, loop: str, users: str, orders: str) -> None:
    app = draw(f"""
        import sqlite3
        OWN = [("orders", "id")]
        def first(connection: sqlite3.Connection, tables):
            {loop}:
                connection.execute(f"SELECT id FROM {{table}}")
        def through(connection: sqlite3.Connection, tables): first(connection, tables)
        def users(connection: sqlite3.Connection): first(connection, {users})
        def orders(connection: sqlite3.Connection): through(connection, {orders})
    """)
    assert app.accesses() == {
        *(("m:users", "read", table) for table in ("users", "logs")),
        ("m:orders", "read", "orders"),
    }
    assert app.shown() == {("m:first", "read", table) for table in ("users", "logs", "orders")}
    assert not app.blind_spots("dynamic sql")


def test_temporary_tables_are_kept_out_and_procedures_are_blind_spots(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            import psycopg2
            def f():
                cursor = psycopg2.connect().cursor()
                cursor.execute("CREATE TEMP TABLE found (id int)")
                cursor.execute("INSERT INTO found SELECT id FROM orders")
                cursor.execute("SELECT id FROM found")
                cursor.callproc("close_orders")
            """
        }
    )
    assert app.accesses() == {("m:f", "read", "orders")}
    assert [s.reason for s in app.system.blind_spots if s.kind == "dynamic sql"] == [
        "what the procedure close_orders does is in the database"
    ]


TOOLS = [
    ("cursor.copy_from(file, 'users')", {("insert", "users")}),
    ("cursor.copy_to(file, 'users')", {("read", "users")}),
    ("pandas.read_sql('users', connection)", {("read", "users")}),
    ("pandas.read_sql('SELECT * FROM users', connection)", {("read", "users")}),
    ("pandas.DataFrame().groupby('a').sum().to_sql('users', connection)", {("insert", "users")}),
    ("pool.acquire().fetchrow('SELECT * FROM users')", {("read", "users")}),
    ("pool.copy_records_to_table('users', records=file)", {("insert", "users")}),
    ("database.fetch_all('SELECT * FROM users')", {("read", "users")}),
    ("database.execute(orders.insert())", {("insert", "orders")}),
    ("database.execute(query='INSERT INTO users VALUES (1)', values={})", {("insert", "users")}),
    ("database.iterate('SELECT * FROM users')", {("read", "users")}),
    ("cursor.executemany('INSERT INTO users VALUES (%s)', [])", {("insert", "users")}),
    ("pool.fetchval('SELECT 1 FROM users')", {("read", "users")}),
    ("pool.acquire().cursor('SELECT * FROM users')", {("read", "users")}),
    ("pool.acquire().executemany('DELETE FROM users WHERE id = $1', [])", {("delete", "users")}),
    ("pool.acquire().copy_from_query('SELECT * FROM users', output=file)", {("read", "users")}),
]


@pytest.mark.parametrize(("body", "expected"), TOOLS)
def test_what_drivers_and_tools_do_with_a_table(draw: Draw, body: str, expected: set[tuple[str, str]]) -> None:
    app = draw(
        f"""
        import asyncpg, databases, pandas, psycopg2
        from sqlalchemy import Column, Integer, MetaData, Table
        orders = Table("orders", MetaData(), Column("id", Integer))
        connection = psycopg2.connect("")
        cursor = connection.cursor()
        database = databases.Database("")
        pool = asyncpg.create_pool("")
        def f(file): {body}
        """
    )
    assert app.accesses() == {("m:f", operation, table) for operation, table in expected}
    assert app.blind_spots("dynamic sql") == []


DRIVEN = [
    ("sqlite3.connect('x').cursor()", "c.execute({})"),
    ("sqlite3.connect('x')", "c.executescript({})"),
    ("psycopg.connect()", "c.execute({})"),
    ("psycopg.connect().cursor()", "c.copy({})"),
    ("psycopg.AsyncConnection.connect()", "c.execute(query={})"),
    ("psycopg.AsyncConnection.connect().cursor()", "c.executemany({}, [])"),
    ("psycopg_pool.ConnectionPool('x').getconn()", "c.execute({})"),
    ("psycopg2.pool.ThreadedConnectionPool(1, 5).getconn().cursor()", "c.execute({})"),
    ("aiosqlite.connect('x')", "c.execute({})"),
    ("aiosqlite.connect('x')", "c.execute_fetchall({})"),
    ("aiosqlite.connect('x').cursor()", "c.executemany({}, [])"),
    ("asyncpg.connect()", "c.fetch({})"),
    ("databases.Database('x')", "c.fetch_one(query={})"),
]


@pytest.mark.parametrize(("made", "run"), DRIVEN)
def test_what_runs_sql_is_known_where_it_is_passed_to(draw: Draw, made: str, run: str) -> None:
    app = draw(
        "import aiosqlite, asyncpg, databases, psycopg, psycopg_pool, psycopg2.pool, sqlite3\n"
        f"def f(c): {run.format('Q')}\n"
        f"Q = 'SELECT id FROM users'\ndef g(): f({made})\n"
    )
    assert [(a.definition, a.operation, a.table, a.resolution) for a in app.system.accesses] == [
        ("m:f", "read", "users", "exact")
    ]


def test_connections_that_a_pool_lends_for_a_block_commit_at_its_end(draw: Draw) -> None:
    app = draw("""
        import contextlib
        from psycopg import AsyncConnection
        from psycopg_pool import AsyncConnectionPool, ConnectionPool
        class Store:
            def __init__(self, pool: AsyncConnectionPool): self.pool = pool
            @contextlib.asynccontextmanager
            async def cursor(self, connection: AsyncConnection | None = None):
                around = contextlib.nullcontext(connection) if connection else self.pool.connection()
                async with around as lent:
                    async with lent.cursor() as cursor:
                        yield cursor
            async def visit(self):
                async with self.cursor() as cursor:
                    await cursor.execute("INSERT INTO visits DEFAULT VALUES")
        def pay(pool: ConnectionPool):
            with pool.connection() as connection, connection.cursor() as cursor:
                cursor.execute("UPDATE orders SET paid = true")
    """)
    assert app.accesses() == {("m:Store.visit", "insert", "visits"), ("m:pay", "update", "orders")}
    written = {t.definition: t.tables_written for t in app.system.transactions if t.tables_written}
    assert written["m:pay"] == ("orders",)


def test_text_that_grows(draw: Draw) -> None:
    app = draw(
        """
        import sqlite3
        def f(c: sqlite3.Cursor, more):
            query = "SELECT * FROM users"
            if more:
                query += " JOIN orders ON orders.uid = users.id"
            query += " WHERE 1"
            c.execute(query)
        """
    )
    assert app.accesses() == {("m:f", "read", "users"), ("m:f", "read", "orders")}
    assert app.blind_spots("dynamic sql") == []


@pytest.mark.parametrize(
    ("given", "run"),
    [
        ("base = 'SELECT id FROM users'", 'f"{base} LIMIT {count}"'),
        ("base = f'SELECT id FROM users WHERE id IN ({count})'", 'f"{base} ORDER BY id {count}"'),
        ("base = 'SELECT id FROM users'", 'f"({base}) UNION {base} LIMIT {count}"'),
    ],
)
def test_text_that_goes_on_where_text_of_another_function_ends(draw: Draw, given: str, run: str) -> None:
    app = draw(
        f"""
        import sqlite3
        def f(c: sqlite3.Cursor, count):
            {given}
            def some(count):
                return c.execute({run})
            return some(count)
        """
    )
    assert app.accesses() == {("m:f.some", "read", "users")}


@pytest.mark.parametrize("text", ["'{}'.format(', '.join(names))", "'%s' % f'{names}'", "f'{names}{names}'"])
def test_text_that_seems_to_begin_with_itself_touches_nothing(draw: Draw, text: str) -> None:
    app = draw(
        f"""
        import outside
        import sqlite3
        def f(c: sqlite3.Cursor, names):
            outside.say({text})
            c.execute("DELETE FROM users")
        def g(c): f(c, [])
        """
    )
    assert app.accesses() == {("m:f", "delete", "users")}


def test_text_that_begins_with_what_is_no_sql_touches_nothing(draw: Draw) -> None:
    app = draw(
        """
        import sqlite3
        class Users:
            def __str__(self): return "users"
        def f(c: sqlite3.Cursor, count):
            base = Users()
            def some(count):
                return c.execute(f"{base} LIMIT {count}")
            return some(count)
        """
    )
    assert app.accesses() == set()


@pytest.mark.parametrize(
    "listed",
    [
        "['PRAGMA x = 1', 'DELETE FROM users', 'DELETE FROM tags']",
        "{1: 'DELETE FROM users', 2: 'DELETE FROM tags'}.values()",
    ],
)
def test_statements_that_are_listed_and_run_one_by_one(draw: Draw, listed: str) -> None:
    app = draw(
        f"""
        import sqlite3
        def f(c: sqlite3.Cursor):
            statements = {listed}
            for statement in statements:
                c.execute(statement)
        """
    )
    assert app.accesses() == {("m:f", "delete", "users"), ("m:f", "delete", "tags")}


FILLED = [
    ("'SELECT * FROM {table}'.replace('{table}', 'orders')", {"f"}),
    ("'SELECT * FROM :t WHERE :t.id = 1'.replace(':t', table)", {"f", "g"}),
    ("Template('SELECT * FROM $t').substitute(t='orders')", {"f"}),
    ("Template('SELECT * FROM ${t}').safe_substitute(t=table)", {"f", "g"}),
    ("string.Template('SELECT * FROM $t WHERE $u = 1').substitute(u=1, t=table)", {"f", "g"}),
]


@pytest.mark.parametrize(("text", "told"), FILLED)
def test_what_replaces_a_part_of_a_text_names_the_table(draw: Draw, text: str, told: set[str]) -> None:
    app = draw(f"""
        import sqlite3, string
        from string import Template
        def f(table): sqlite3.connect("x").execute({text})
        def g(): f("orders")
    """)
    assert {(a.definition, a.operation, a.table) for a in app.system.accesses} == {
        (f"m:{name}", "read", "orders") for name in told
    }
    assert app.blind_spots("dynamic sql") == []


def test_what_stands_for_a_table_and_is_not_known_is_a_blind_spot(draw: Draw) -> None:
    app = draw("""
        import sqlite3, settings
        from string import Template
        def f(): sqlite3.connect("x").execute("DELETE FROM :t".replace(":t", settings.TABLE))
        def g(): sqlite3.connect("x").execute(Template("DELETE FROM $t").substitute(settings.TABLES))
    """)
    assert app.accesses() == set()
    assert {spot.definition for spot in app.blind_spots("dynamic sql")} == {"m:f", "m:g"}


def test_the_value_of_a_member_that_is_written_out_is_that_members(draw: Draw) -> None:
    app = draw("""
        import enum, sqlite3
        class Query(enum.Enum):
            ORDERS = "SELECT * FROM orders"
            DROP = "DELETE FROM users"
        def drop(): sqlite3.connect("x").execute(Query.DROP.value)
        def any_of(query: Query): sqlite3.connect("x").execute(query.value)
    """)
    assert app.accesses() == {
        ("m:drop", "delete", "users"),
        ("m:any_of", "delete", "users"),
        ("m:any_of", "read", "orders"),
    }


def test_a_table_is_named_by_the_value_of_a_member_of_an_enumeration(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            import sqlite3
            from enum import Enum
            class Kind(Enum):
                ORDERS = "orders"
                LOGS = "logs"
            class Odd(Enum):
                def __new__(cls, text): pass
                USERS = "users"
            class Plain:
                USERS = "users"
            def clear(c: sqlite3.Connection):
                orders = Kind.ORDERS
                c.execute(f"DELETE FROM {orders.value}")
                c.execute("INSERT INTO " + Kind.LOGS.value + " VALUES (1)")
            def strange(c: sqlite3.Connection):
                c.execute(f"DELETE FROM {Odd.USERS.value}")
                c.execute(f"DELETE FROM {Plain.USERS.value}")
            def either(c: sqlite3.Connection, kind: Kind):
                c.execute(f"UPDATE {kind.value} SET a = 1")
            """
        }
    )
    assert {(a.definition, a.table, a.operation, a.resolution) for a in app.system.accesses} == {
        ("m:clear", "orders", "delete", "exact"),
        ("m:clear", "logs", "insert", "exact"),
        ("m:either", "orders", "update", "inferred"),
        ("m:either", "logs", "update", "inferred"),
    }
