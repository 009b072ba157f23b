"""Wrappers that are told the table and commit at once: each call is a transaction of its own, of one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

WRAPPERS = """
    from contextlib import asynccontextmanager
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
    class Connection:
        def __init__(self, connection: AsyncConnection): self.connection = connection
        async def insert(self, table: str, row: dict):
            await self.connection.execute(text(f"INSERT INTO {table} VALUES (:id)"), row)
            await self.connection.commit()
    class Database:
        def __init__(self): self.engine = create_async_engine("sqlite+aiosqlite://")
        @asynccontextmanager
        async def connect(self):
            async with self.engine.connect() as connection:
                yield Connection(connection)
        async def insert(self, table: str, row: dict):
            async with self.connect() as connection:
                await connection.insert(table, row)
    database = Database()
    async def add_user(row, connection: Connection | None = None):
        await (connection or database).insert("users", row)
    async def add_order(row, connection: Connection | None = None):
        await (connection or database).insert("orders", row)
    async def register(user, order):
        async with database.connect() as connection:
            await add_user(user, connection)
            await add_order(order, connection)
"""


def test_wrappers_that_commit_at_once_leave_nothing_open_for_the_next(draw: Draw) -> None:
    assert draw(WRAPPERS).transactions() == {
        ("m:add_user", "explicit", ("users",)),
        ("m:add_order", "explicit", ("orders",)),
    }


def test_the_wrapper_itself_has_no_transaction_of_all_tables_that_its_callers_name(draw: Draw) -> None:
    app = draw(WRAPPERS)
    assert app.shown() == {("m:Connection.insert", "insert", table) for table in ("users", "orders")}
    assert not [t for t in app.system.transactions if t.definition.startswith(("m:Connection", "m:Database"))]
