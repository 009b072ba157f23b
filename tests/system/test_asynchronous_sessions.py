"""Sessions whose calls are awaited: what is asked of a row was loaded before, or there is an error."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from sqlalchemy import Column, ForeignKey, Table, select
    from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
    class Base(AsyncAttrs, DeclarativeBase): pass
    labels = Table("labels", Base.metadata, Column("order_id", ForeignKey("orders.id")), Column("tag_id", ForeignKey("tags.id")))
    class Customer(Base):
        __tablename__ = "customers"
        id: Mapped[int] = mapped_column(primary_key=True)
    class Tag(Base):
        __tablename__ = "tags"
        id: Mapped[int] = mapped_column(primary_key=True)
    class Order(Base):
        __tablename__ = "orders"
        id: Mapped[int] = mapped_column(primary_key=True)
        customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
        customer: Mapped[Customer] = relationship()
        tags: Mapped[list[Tag]] = relationship(secondary=labels)
    def name(order: Order): return order.customer.id
    def relabel(order: Order, tags): order.tags = tags
    async def find(session: AsyncSession, key):
        return name(await session.get(Order, key))
"""

CASES = [
    pytest.param("", set(), id="only awaited"),
    pytest.param(
        """
        async def later(session: AsyncSession, key):
            order = await session.get(Order, key)
            return await order.awaitable_attrs.customer
        async def again(session: AsyncSession, order: Order): await session.refresh(order, ["customer"])
        """,
        {("later", "customers"), ("again", "customers")},
        id="asked for in ways that load",
    ),
    pytest.param(
        """
        def count(session): return session.connection().exec_driver_sql("PRAGMA page_count")
        async def pages(session: AsyncSession): return await session.run_sync(count)
        """,
        set(),
        id="run_sync of what asks for no relation",
    ),
    pytest.param(
        "def listed(session: AsyncSession): return session.scalars(select(Order))",
        set(),
        id="left to the caller to await",
    ),
]

ALL = {("name", "customers"), ("relabel", "labels"), ("relabel", "tags")}
LOADING = [
    pytest.param("def once(session: Session, key): return session.get(Order, key).id", id="a session that is not awaited"),
    pytest.param("def query(session: Session): return session.query(Order).all()", id="a query"),
    pytest.param("async def bridge(session: AsyncSession, order): await session.run_sync(lambda s: name(order))", id="run_sync"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), CASES)
def test_an_asynchronous_application_loads_no_relation_by_an_attribute(
    draw: Draw, code: str, expected: set[tuple[str, str]]
) -> None:
    assert _related(draw, code) == expected


@pytest.mark.parametrize("code", LOADING)
def test_one_synchronous_session_is_enough_to_load(draw: Draw, code: str) -> None:
    assert _related(draw, code) == ALL


def _related(draw: Draw, code: str) -> set[tuple[str, str]]:
    """Who reads tables other than that of the orders."""
    application = draw({"m.py": f"{textwrap.dedent(MODELS)}\n{textwrap.dedent(code)}"})
    return {
        (who.partition(":")[2], table)
        for who, does, table in application.executed()
        if does == "read" and table != "orders"
    }
