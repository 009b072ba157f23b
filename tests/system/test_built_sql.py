"""SQL that is put together by something: composed by a driver, built by a query builder, joined from pieces."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

COMPOSED = [
    ('c.execute(sql.SQL("SELECT * FROM {} WHERE id = %s").format(sql.Identifier("users")), [1])', {"read users"}),
    ('c.execute(sql.SQL("INSERT INTO {t} VALUES (1)").format(t=sql.Identifier("users")))', {"insert users"}),
    ('q = sql.SQL("UPDATE {} SET a = 1").format(sql.Identifier("users"))\n    c.execute(q)', {"update users"}),
    ('c.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(USERS)))', {"delete users"}),
    (
        'c.execute(sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join([sql.Identifier("a")]), sql.Identifier("users")))',
        {"read users"},
    ),
]


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
@pytest.mark.parametrize(("body", "expected"), COMPOSED)
def test_statements_that_a_driver_composes(draw: Draw, driver: str, body: str, expected: set[str]) -> None:
    app = draw(
        f"import {driver}\nfrom {driver} import sql\nUSERS = 'users'\nc = {driver}.connect().cursor()\ndef f(x):\n    {body}\n"
    )
    assert {f"{operation} {table}" for _, operation, table in app.accesses()} == expected
    assert app.blind_spots("dynamic sql") == []


def test_the_name_of_a_table_that_is_composed_is_told_by_callers(draw: Draw) -> None:
    app = draw(
        """
        from psycopg import Cursor, sql
        def clear(c: Cursor, table): c.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        def f(c: Cursor): clear(c, "users")
        """
    )
    assert app.accesses() == {("m:clear", "delete", "users"), ("m:f", "delete", "users")}


@pytest.mark.parametrize(
    "body",
    [
        'c.execute(sql.Composed([sql.SQL("DELETE FROM "), x]))',
        'c.execute(sql.SQL("DELETE FROM ") + x)',
        'c.execute(" ".join(x))',
    ],
)
def test_what_is_not_known_of_a_statement_is_a_blind_spot(draw: Draw, body: str) -> None:
    app = draw(f"import psycopg\nfrom psycopg import sql\nc = psycopg.connect().cursor()\ndef f(x):\n    {body}\n")
    assert app.accesses() == set()
    assert [spot.definition for spot in app.blind_spots("dynamic sql")] == ["m:f"]


BUILT = [
    ("str(Query.from_(users).select(users.id).where(users.id == 1))", {"read users"}),
    ("Query.from_('users').select('id').get_sql()", {"read users"}),
    (
        "Query.from_(users).join(orders).on(users.id == orders.user_id).select('*').get_sql()",
        {"read users", "read orders"},
    ),
    ("Query.into(users).insert(1, 2).get_sql()", {"insert users"}),
    ("str(PostgreSQLQuery.update(users).set(users.a, 1))", {"update users"}),
    ("MySQLQuery.from_('users').delete().get_sql()", {"delete users"}),
]


@pytest.mark.parametrize(("built", "expected"), BUILT)
def test_statements_of_a_query_builder_run_where_they_are_executed(draw: Draw, built: str, expected: set[str]) -> None:
    source = f"""
    import sqlite3
    from pypika import MySQLQuery, PostgreSQLQuery, Query, Table
    users, orders = Table("users"), Table("orders")
    def build(): return {built}
    def run(c: sqlite3.Cursor): c.execute(build())
    """
    app = draw(textwrap.dedent(source))
    run = {f"{a.operation} {a.table}" for a in app.system.accesses if a.definition == "m:run" and a.role == "execute"}
    assert run == expected


def test_pieces_that_are_joined(draw: Draw) -> None:
    app = draw(
        """
        import sqlite3
        def f(c: sqlite3.Cursor):
            parts = ["SELECT *", "FROM users"]
            c.execute(" ".join(parts))
        def g(c: sqlite3.Cursor, extra):
            parts = ["SELECT * FROM users"]
            parts.append("JOIN orders ON orders.user_id = users.id")
            if extra:
                parts.append(extra)
            c.execute(" ".join(parts))
        """
    )
    assert app.accesses() == {("m:f", "read", "users"), ("m:g", "read", "users"), ("m:g", "read", "orders")}


def test_a_wrapper_that_puts_the_text_together_for_another_is_told_by_its_callers(draw: Draw) -> None:
    app = draw(
        """
        import asyncpg
        class Database:
            def __init__(self, pool: asyncpg.Pool): self.pool = pool
            async def fetch(self, query, *args):
                async with self.pool.acquire() as connection:
                    return await connection.fetch(query, *args)
            async def all(self, table): return await self.fetch(f"SELECT * FROM {table}")
        async def f(database: Database): await database.all("users")
        """
    )
    assert app.accesses() == {("m:Database.fetch", "read", "users"), ("m:f", "read", "users")}
    assert app.blind_spots("dynamic sql") == []


def test_a_table_that_is_named_by_an_attribute_is_that_of_each_class_that_acts(draw: Draw) -> None:
    """Also where a method hands the text to one that runs it; what overrides a method without asking for it does not act in it."""
    code = """
    import sqlite3
    class Connected:
        def __init__(self): self.connection = sqlite3.connect("x")
        def run(self, statement, values=()):
            return self.connection.execute(statement, values)
    class Record(Connected):
        table: str
        def all(self):
            return self.connection.execute(f"SELECT * FROM {self.table}")
        def remove(self, number):
            with self.connection:
                for _ in range(2):
                    self.run(f"DELETE FROM {self.table} WHERE id = ?", (number,))
        @classmethod
        def count(cls, connection: sqlite3.Connection):
            return connection.execute("SELECT count(*) FROM %s" % cls.table)
    class Item(Record):
        table = "items"
    class Album(Record):
        table = "albums"
        def all(self):
            return []
    class Loose(Record):
        pass
    def drop(item: Item): item.remove(1)
    def clear(album: Album): album.remove(2)
    def show(item: Item, album: Album): return item.all(), album.all(), Item.count(item.connection)
    """
    app = draw({"m.py": code})
    found = {(a.definition, a.unit, a.table, a.operation, a.resolution) for a in app.system.accesses}
    assert found == {
        ("m:Record.all", "m:Item", "items", "read", "inferred"),
        ("m:Record.count", "m:Item", "items", "read", "inferred"),
        ("m:Record.remove", "m:Item", "items", "delete", "inferred"),
        ("m:Record.remove", "m:Album", "albums", "delete", "inferred"),
    }
    assert {(t.unit, t.tables_written) for t in app.system.transactions} == {
        ("m:Item", ("items",)),
        ("m:Album", ("albums",)),
    }


TABLES_AS_OBJECTS = """
from typing import NamedTuple
from sqlalchemy import Column, Connection, Integer, MetaData, Table, text
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
class Line(Base):
    __tablename__ = "lines"
    id = Column(Integer, primary_key=True)
users = Table("users", MetaData(), Column("id", Integer))
NAMES = {1: "orders", 2: "lines"}
class Kind(NamedTuple):
    prefix: str
    whole: str = ""
KINDS = {1: Kind("ord", "users"), 2: Kind("other_", whole="lines")}
class More:
    def __init__(self, size, table): self.size, self.table = size, table
MORE = [More(1, "users"), More(2, table="lines")]
"""


@pytest.mark.parametrize(
    ("body", "tables"),
    [
        ('c.execute(text(f"DELETE FROM {Order.__tablename__}"))', {"orders"}),
        ('c.execute(text(f"DELETE FROM {Order.__table__.name}"))', {"orders"}),
        ('c.execute(text(f"DELETE FROM {users.name} WHERE id = {x}"))', {"users"}),
        ('c.execute(text("DELETE FROM %s" % users.name))', {"users"}),
        ('c.execute(text("DELETE FROM %s WHERE id = %s" % (users.name, x)))', {"users"}),
        ('for m in (Order, Line): c.execute(text(f"DELETE FROM {m.__tablename__}"))', {"orders", "lines"}),
        ('t = "orders" if x else "lines"; c.execute(text(f"DELETE FROM {t}"))', {"orders", "lines"}),
        ('c.execute(text(f"DELETE FROM {NAMES[x]}"))', {"orders", "lines"}),
        ('k = KINDS[x]; c.execute(text(f"DELETE FROM {k.prefix}ers WHERE id = {x}"))', {"orders"}),
        ('k = KINDS[x]; c.execute(text(f"DELETE FROM {k.whole}"))', {"users", "lines"}),
        ('k = MORE[x]; c.execute(text(f"DELETE FROM {k.table}"))', {"users", "lines"}),
        ('c.execute(text(f"DELETE FROM {x.name}"))', set()),
        ('c.execute(text(f"DELETE FROM {Order()}"))', set()),
    ],
)
def test_the_name_of_a_table_is_asked_of_an_object(draw: Draw, body: str, tables: set[str]) -> None:
    app = draw(f"{TABLES_AS_OBJECTS}\ndef f(c: Connection, x):\n    {body}\n")
    assert app.accesses() == {("m:f", "delete", table) for table in tables}
    assert bool(app.blind_spots("dynamic sql")) == (not tables)
    assert {access.resolution for access in app.system.accesses if len(tables) > 1} <= {"inferred"}


def test_a_wrapper_that_is_given_a_table_is_told_by_its_callers(draw: Draw) -> None:
    app = draw(f"""{TABLES_AS_OBJECTS}
def clear(c: Connection, table): c.execute(text(f"DELETE FROM {{table.name}}"))
def clear_rows(c: Connection, model): clear(c, model.__table__)
def f(c: Connection): clear(c, users)
def g(c: Connection): clear_rows(c, Order)
""")
    assert app.accesses() == {("m:f", "delete", "users"), ("m:g", "delete", "orders")}
    assert app.shown() == {("m:clear", "delete", "users"), ("m:clear", "delete", "orders")}


def test_what_a_wrapper_does_to_the_tables_that_its_callers_name_is_shown_however_many_they_are(draw: Draw) -> None:
    names = [f"t{number}" for number in range(9)]
    callers = "\n".join(f"def f{name}(c: Cursor): clear(c, '{name}')" for name in names)
    app = draw(
        f"from psycopg import Cursor\ndef clear(c: Cursor, table): c.execute(f'DELETE FROM {{table}}')\n{callers}\n"
    )
    assert app.accesses() == {(f"m:f{name}", "delete", name) for name in names}
    assert app.shown() == {("m:clear", "delete", name) for name in names}
    assert not [spot.reason for spot in app.system.blind_spots if spot.kind == "unknown table"]


def test_texts_that_differ_in_what_is_put_into_them_only_are_told_apart(draw: Draw) -> None:
    app = draw(
        {
            "shop/names.py": "ORDERS = 'orders'\nITEMS = 'items'",
            "shop/rows.py": """
                import sqlite3
                from shop.names import ITEMS, ORDERS
                c = sqlite3.connect("x")
                def f():
                    c.execute(f"SELECT * FROM {ORDERS}")
                    c.execute(f"DELETE FROM {ORDERS}")
                    c.execute(f"SELECT * FROM {ITEMS}")
                def g():
                    c.execute("DELETE FROM " + ORDERS)
                    c.execute("DELETE FROM " + ITEMS)
            """,
        }
    )
    assert app.accesses() == {
        ("shop.rows:f", "read", "orders"),
        ("shop.rows:f", "read", "items"),
        ("shop.rows:f", "delete", "orders"),
        ("shop.rows:g", "delete", "orders"),
        ("shop.rows:g", "delete", "items"),
    }


@pytest.mark.parametrize("cut", ["query[:-1]", "query[:len(query) - 1]", "query.rstrip(',')"])
def test_a_text_whose_end_is_cut_off_is_the_same_statement(draw: Draw, cut: str) -> None:
    app = draw(f"""
        import sqlite3
        def f(connection: sqlite3.Connection, named, key):
            query = "UPDATE books SET"
            for name in named:
                query += f" {{name}} = ?,"
            query = {cut}
            query += " WHERE id IN ({{}})".format(", ".join("?" * len(key)))
            connection.execute(query, [*named, key])
    """)
    assert app.accesses() == {("m:f", "update", "books")}


def test_an_empty_name_of_a_table_that_subclasses_replace_is_no_table(draw: Draw) -> None:
    app = draw("""
        import sqlite3
        class Rows:
            table = ""
            def __init__(self, connection: sqlite3.Connection): self.connection = connection
            def get(self): return self.connection.execute(f"SELECT * FROM {self.table} WHERE id = 1")
            def drop(self): self.connection.execute("DELETE FROM {} WHERE id = 1".format(self.table))
        class Books(Rows):
            table = "books"
        def f(connection):
            Books(connection).get()
            Books(connection).drop()
    """)
    assert app.accesses() == {("m:Rows.get", "read", "books"), ("m:Rows.drop", "delete", "books")}
