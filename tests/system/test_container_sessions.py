"""Sessions that a container makes for a request, or for a block, and commits when it gives them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from advanced_alchemy.base import SQLQuery
    from sqlalchemy import ForeignKey
    from sqlalchemy.orm import Mapped, mapped_column, relationship

    class Model(SQLQuery):
        __abstract__ = True
        def fill(self, **data):
            for name, value in data.items():
                setattr(self, name, value)

    class Customer(Model):
        __tablename__ = "customers"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Order(Model):
        __tablename__ = "orders"
        id: Mapped[int] = mapped_column(primary_key=True)
        customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
        customer: Mapped[Customer] = relationship()
    """
PARTS = """
    from collections.abc import AsyncIterator
    from advanced_alchemy.repository import SQLAlchemyAsyncRepository
    from dishka import Provider, Scope, make_async_container, provide
    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
    from sqlalchemy.orm import selectinload
    from shop.models import Customer, Order

    makes = async_sessionmaker(create_async_engine("postgresql+asyncpg://"))

    async def open_session() -> AsyncIterator[AsyncSession]:
        async with makes() as session:
            yield session
            await session.commit()

    class Orders(SQLAlchemyAsyncRepository[Order]):
        model_type = Order

    class Service:
        def __init__(self, orders: Orders, session: AsyncSession):
            self.orders = orders
            self.session = session

        async def change(self, number):
            order = await self.orders.get_one(id=number, load=[selectinload(Order.customer)])
            order.fill(number=2)

        async def add(self):
            self.session.add(Customer())

    provider = Provider(scope=Scope.REQUEST)
    provider.provide(open_session, provides=AsyncSession)
    provider.provide_all(Orders, Service)
    container = make_async_container(provider)
    """
ROUTES = """
    from dishka.integrations.fastapi import DishkaRoute, FromDishka
    from fastapi import APIRouter, FastAPI
    from sqlalchemy import select
    from sqlalchemy.ext.asyncio import AsyncSession
    from shop.models import Order
    from shop.parts import Service, container

    router = APIRouter(route_class=DishkaRoute)

    @router.put("/orders/{number}")
    async def change(number: int, service: FromDishka[Service]): await service.change(number)

    @router.get("/orders")
    async def count(session: FromDishka[AsyncSession]): return (await session.scalars(select(Order))).all()

    @router.get("/empty")
    async def nothing(): pass

    async def nightly():
        async with container() as opened:
            service = await opened.get(Service)
            await service.add()

    app = FastAPI()
    app.include_router(router)
    """


def test_what_is_given_a_session_of_a_container_is_a_transaction(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/parts.py": PARTS, "shop/routes.py": ROUTES})
    assert {(t.definition, t.scope, t.tables_written, t.tables_read) for t in app.system.transactions} == {
        ("shop.routes:change", "session", ("orders",), ("customers", "orders")),
        ("shop.routes:count", "session", (), ("orders",)),
        ("shop.routes:nightly", "session", ("customers",), ()),
    }
