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
