"""Transactions that SQL text opens and ends: BEGIN, COMMIT, ROLLBACK, SAVEPOINT."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

Told = set[tuple[str, str, tuple[str, ...], tuple[str, ...]]]


def told(draw: Draw, code: str) -> Told:
    app = draw({"m.py": dedent(code)})
    return {(t.definition, t.scope, t.tables_written, t.tables_read) for t in app.system.transactions}


def test_text_that_commits_ends_what_was_done_since_text_that_begins(draw: Draw) -> None:
    code = """
    import sqlite3
    BEGIN = "BEGIN IMMEDIATE"
    def save():
        c = sqlite3.connect("x").cursor()
        c.execute("UPDATE before SET a = 1")
        c.execute(BEGIN)
        try:
            c.execute("INSERT INTO orders VALUES (1)")
            log(c)
            c.execute("COMMIT;")
        except Exception:
            c.execute("ROLLBACK")
            raise
        c.execute("DELETE FROM behind")
    def log(c):
        c.execute("INSERT INTO logs SELECT id FROM users")
    def dry():
        c = sqlite3.connect("x").cursor()
        c.execute("BEGIN")
        c.execute("INSERT INTO orders VALUES (1)")
        c.execute("ROLLBACK")
    def ends(c):
        c.execute("END OF LINE")
        c.execute("INSERT INTO orders VALUES (1)")
        c.execute("ROLLBACK TO s1")
    """
    assert told(draw, code) == {("m:save", "explicit", ("logs", "orders"), ("users",))}


def test_a_savepoint_around_a_yield_is_a_transaction_of_who_enters_it_and_joins_the_one_around(draw: Draw) -> None:
    code = """
    import contextlib
    import aiosqlite
    class Wrapper:
        def __init__(self, connection: aiosqlite.Connection):
            self.connection = connection
            self.count = 0
            self.busy = False
        @contextlib.asynccontextmanager
        async def _savepoint(self):
            name = f"s{self.count}"
            try:
                await self.connection.execute(f"SAVEPOINT {name}")
                yield
            except Exception:
                await self.connection.execute(f"ROLLBACK TO {name}")
                raise
            finally:
                await self.connection.execute(f"RELEASE {name}")
        @contextlib.asynccontextmanager
        async def writer(self):
            if self.busy:
                async with self._savepoint():
                    yield self.connection
                return
            async with self._savepoint():
                self.busy = True
                yield self.connection
        @contextlib.asynccontextmanager
        async def reader(self):
            yield self.connection
    class Store:
        def __init__(self, wrapper: Wrapper): self.wrapper = wrapper
        async def add(self):
            async with self.wrapper.writer() as w:
                await w.execute("INSERT INTO orders VALUES (1)")
                await self.log()
            async with self.wrapper.reader() as r:
                await r.execute("SELECT * FROM users")
        async def log(self):
            async with self.wrapper.writer() as w:
                await w.execute("INSERT INTO logs VALUES (1)")
    """
    assert told(draw, code) == {
        ("m:Store.add", "savepoint", ("logs", "orders"), ()),
        ("m:Store.log", "savepoint", ("logs",), ()),
    }


def test_text_that_a_wrapper_is_given_is_said_by_who_gives_it(draw: Draw) -> None:
    code = """
    import sqlite3
    class Database:
        def __init__(self): self.connection = sqlite3.connect("x", isolation_level=None)
        def run(self, text, *values): return self.connection.execute(text, values)
        def quietly(self, text): self.run(text)
        def begin(self): self.quietly("BEGIN")
    def save(database: Database):
        database.run("UPDATE before SET a = 1")
        database.begin()
        database.run("INSERT INTO orders VALUES (1)")
        database.connection.execute("INSERT INTO logs VALUES (1)")
        database.quietly("COMMIT")
        database.run("DELETE FROM behind")
    def show(database: Database):
        database.connection.execute("INSERT INTO orders VALUES (1)")
        database.run("SELECT * FROM logs")
    """
    found = told(draw, code)
    assert {(definition, "logs" in written) for definition, _, written, _ in found} == {("m:save", True)}


def test_a_text_that_begins_and_commits_is_a_transaction_of_its_line(draw: Draw) -> None:
    code = """
    import sqlite3
    def migrate(c: sqlite3.Connection):
        c.execute("DELETE FROM before")
        c.executescript("PRAGMA x = 1; BEGIN; INSERT INTO orders VALUES (1); UPDATE logs SET a = 'b'; COMMIT;")
        c.executescript("BEGIN IMMEDIATE; UPDATE users SET a = 1; END")
    def apart(c: sqlite3.Connection):
        c.executescript("BEGIN; INSERT INTO orders VALUES (1); COMMIT; BEGIN; DELETE FROM logs; COMMIT;")
        c.executescript("INSERT INTO orders VALUES (1); DELETE FROM logs;")
    """
    assert told(draw, code) == {
        ("m:migrate", "explicit", ("logs", "orders"), ()),
        ("m:migrate", "explicit", ("users",), ()),
    }
