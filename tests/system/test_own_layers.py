"""A database layer of the application's own: who gives it a statement, or the name of a table, does what is said."""

from __future__ import annotations

from tests.conftest import Draw

LAYER = """
import sqlite3
from typing import Callable

class Cursor:
    def __init__(self, cursor: sqlite3.Cursor): self.cursor = cursor
    def execute(self, sql: str, *args): return self._run(self.cursor.execute, sql, *args)
    def execute_batch(self, sql, rows): self._run(lambda text: self.cursor.executemany(text, rows), sql)
    def _run(self, function, sql, *args):
        sql = sql.strip()
        return function(sql, *args)

class Pool:
    def run(self, description: str, function: Callable, *args, retry: bool = False, **kwargs):
        def attempt(connection): return function(Cursor(connection.cursor()), *args, **kwargs)
        return self.somewhere(attempt)

    def select(self, table, keys): return self.run("select", self.select_txn, table, keys)
    @staticmethod
    def select_txn(txn: Cursor, table, keys):
        sql = "SELECT %(columns)s FROM %(table)s" % {"columns": ", ".join(keys), "table": table}
        if keys:
            sql += " WHERE %s" % " AND ".join(keys)
        txn.execute(sql)

    def insert(self, table, values): return self.run("insert", self.insert_txn, table, values)
    def insert_txn(self, txn: Cursor, table, values): txn.execute("INSERT INTO %s VALUES (?)" % (table,), values)
"""

# More statements than could be told of the layer itself.
MANY = "".join(f"def f{n}(txn: Cursor): txn.execute('DELETE FROM t{n}')\n" for n in range(50))

USES = """
def read_users(txn: Cursor): txn.execute("SELECT name FROM users")
def move(pool: Pool):
    def move_txn(txn: Cursor): txn.execute_batch("UPDATE orders SET a = ?", [])
    pool.run("move", move_txn)
def direct(pool: Pool, txn): pool.select_txn(txn, "users", ["id"])
def handed(pool: Pool): pool.select("orders", ["id"])
def named(pool: Pool): pool.insert(values=[1], table="users")
def given(pool: Pool): pool.run("x", pool.insert_txn, "orders", [1])
def unknown(pool: Pool): pool.insert(input(), [1])
"""


def found(draw: Draw) -> dict[str, set[str]]:
    """Definition -> operation and table."""
    app = draw(LAYER + MANY + USES)
    done: dict[str, set[str]] = {}
    for access in app.system.accesses:
        assert access.role == "execute"
        done.setdefault(access.definition, set()).add(f"{access.operation} {access.table}")
    return done


def test_a_statement_is_run_by_who_gives_it_to_the_layer(draw: Draw) -> None:
    done = found(draw)
    assert {n: done[f"m:f{n}"] for n in range(50)} == {n: {f"delete t{n}"} for n in range(50)}
    assert done["m:read_users"] == {"read users"}
    assert done["m:move.move_txn"] == {"update orders"}


def test_the_layer_itself_does_not_do_what_everybody_does(draw: Draw) -> None:
    assert not {"m:Cursor.execute", "m:Cursor._run"} & found(draw).keys()


def test_a_table_is_named_through_all_who_hand_it_on(draw: Draw) -> None:
    done = found(draw)
    assert done["m:direct"] == {"read users"}
    assert done["m:handed"] == {"read orders"}
    assert done["m:named"] == {"insert users"}
    assert done["m:given"] == {"insert orders"}
    assert "m:unknown" not in done


def test_who_names_no_table_is_a_blind_spot(draw: Draw) -> None:
    app = draw(LAYER + MANY + USES)
    assert [(s.definition, s.reason) for s in app.system.blind_spots if s.kind == "dynamic sql"] == [
        ("m:unknown", "insert of a table whose name is put together")
    ]


def test_conditions_that_a_helper_collects_are_those_of_its_caller(draw: Draw) -> None:
    app = draw(
        {
            "shop.py": """
            from sqlalchemy import Column, Integer, String
            from sqlalchemy.orm import DeclarativeBase, Session
            class Base(DeclarativeBase):
                pass
            class Order(Base):
                __tablename__ = "orders"
                id = Column(Integer, primary_key=True)
            class Mail(Base):
                __tablename__ = "mails"
                id = Column(Integer, primary_key=True)
                text = Column(String)
            def conditions(text, columns):
                found = []
                for column in columns:
                    found.append(column.like(text))
                return found
            def orders(s: Session):
                return s.query(Order).filter(*conditions("a", [Order.id])).all()
            def mails(s: Session):
                return s.query(Mail).filter(*conditions("a", [Mail.text])).all()
            """
        }
    )
    found = {(a.definition, a.table) for a in app.system.accesses if a.operation == "read"}
    assert found == {("shop:orders", "orders"), ("shop:mails", "mails")}


def test_what_stands_in_one_class_with_the_layer_is_of_it_too(draw: Draw) -> None:
    reads = "".join(f"def f{n}(db: Db): db.rows('SELECT id FROM t{n}')\n" for n in range(8))
    app = draw(f"""
import sqlite3
class Db:
    def __init__(self, connection: sqlite3.Connection): self.connection = connection
    def rows(self, query): return self.connection.execute(query).fetchall()
    def write(self, query): self.connection.execute(query)
    def ping(self): self.connection.execute("SELECT id FROM pings")
class Other:
    def __init__(self, connection: sqlite3.Connection): self.connection = connection
    def write(self, query): self.connection.execute(query)
def pay(db: Db): db.write("UPDATE orders SET paid = 1")
def leave(db: Db): db.write("DELETE FROM users")
def note(other: Other): other.write("INSERT INTO notes VALUES (1)")
def strike(other: Other): other.write("DELETE FROM notes")
{reads}""")
    assert app.accesses() == {
        *((f"m:f{n}", "read", f"t{n}") for n in range(8)),
        ("m:pay", "update", "orders"),
        ("m:leave", "delete", "users"),
        ("m:Db.ping", "read", "pings"),
        ("m:Other.write", "insert", "notes"),
        ("m:Other.write", "delete", "notes"),
    }
