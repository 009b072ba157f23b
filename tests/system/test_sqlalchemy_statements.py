"""SQLAlchemy: what statements, sessions and classes of every form do to tables."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from sqlalchemy import *
    from sqlalchemy.ext.associationproxy import association_proxy
    from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession
    from sqlalchemy.ext.hybrid import hybrid_property
    from sqlalchemy.orm import *
    class Base(AsyncAttrs, DeclarativeBase): pass
    tagging = Table("tagging", Base.metadata, Column("order_id", ForeignKey("orders.id")), Column("tag_id", ForeignKey("tags.id")))
    logs = Table("logs", Base.metadata, Column("id", Integer, primary_key=True), Column("message", Text))
    parts = Table("parts", Base.metadata, Column("id", Integer, primary_key=True), Column("log_id", ForeignKey("logs.id")))
    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        orders: Mapped[list["Order"]] = relationship(back_populates="user")
        @hybrid_property
        def count(self):
            return len(self.orders)
        @count.expression
        def count(cls):
            return select(func.count(Order.id)).where(Order.user_id == cls.id).scalar_subquery()
        @hybrid_property
        def known(self):
            return self.name != ""
    class Tag(Base):
        __tablename__ = "tags"
        id: Mapped[int] = mapped_column(primary_key=True)
        word: Mapped[str]
    class Order(Base):
        __tablename__ = "orders"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
        status: Mapped[str]
        user: Mapped[User] = relationship(back_populates="orders")
        tags: Mapped[list[Tag]] = relationship(secondary=tagging)
        words = association_proxy("tags", "word")
"""

STATEMENTS = [
    ("s.scalars(select(func.json_extract(Order.status, '$.x')))", {"read orders"}),
    ("s.query(func.year(Order.id).label('y'), func.count('*')).all()", {"read orders"}),
    ("s.execute(select(func.row_number().over(partition_by=Order.status)))", {"read orders"}),
    ("s.execute(select(distinct(Order.status), extract('year', User.name)))", {"read orders", "read users"}),
    ("s.execute(select(case((Order.status == 'x', 1), else_=0)))", {"read orders"}),
    ("s.execute(union(select(Order.id), select(User.id)))", {"read orders", "read users"}),
    ("s.execute(select(union_all(select(Order.id), select(User.id)).subquery().c.id))", {"read orders", "read users"}),
    ("s.execute(select(Order.id).intersect(select(User.id)))", {"read orders", "read users"}),
    ("s.scalars(select(Order).where(exists(select(User.id))))", {"read orders", "read users"}),
    ("s.execute(select(logs).select_from(join(logs, parts)))", {"read logs", "read parts"}),
    ("s.execute(outerjoin(logs, parts).select())", {"read logs", "read parts"}),
    ("s.execute(logs.delete(logs.c.id.in_(select(parts.c.log_id))))", {"delete logs", "read parts"}),
    ("s.execute(Base.metadata.tables['logs'].select())", {"read logs"}),
    ("s.scalars(select(Order).options(selectinload(Order.user)))", {"read orders", "read users"}),
    ("s.query(Order).join(Order.user).all()", {"read orders", "read users"}),
    ("s.query(User).options(joinedload(User.orders)).all()", {"read orders", "read users"}),
    ("s.query(Order).filter(Order.tags.contains(1)).all()", {"read orders", "read tagging"}),
    ("Query([User], session=s).all()", {"read users"}),
    ("s.query(User).from_statement(text('SELECT 1')).all()", {"read users"}),
    ("s.query(User).value(User.name)", {"read users"}),
    ("s.query(with_polymorphic(User, '*')).all()", {"read users"}),
    ("s.query(User).filter(User.count > 3).all()", {"read users", "read orders"}),
    ("s.scalars(select(User).where(User.known))", {"read users"}),
    ("s.get(Order, 1).words", {"read orders", "read tags", "read tagging"}),
    ("s.run_sync(lambda inner: inner.query(User).all())", {"read users"}),
    ("s.get(User, 1).awaitable_attrs.orders", {"read users", "read orders"}),
]


@pytest.mark.parametrize(("body", "expected"), STATEMENTS)
def test_statements(draw: Draw, body: str, expected: set[str]) -> None:
    app = draw({"models.py": MODELS, "m.py": f"from models import *\ndef f(s: AsyncSession): return {body}\n"})
    assert {
        f"{operation} {table}" for definition, operation, table in app.accesses() if definition == "m:f"
    } == expected


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite", "mysql"])
def test_an_upsert_inserts_and_updates(draw: Draw, dialect: str) -> None:
    method = "on_duplicate_key_update" if dialect == "mysql" else "on_conflict_do_update"
    source = f"""
    from models import logs
    from sqlalchemy import Connection
    from sqlalchemy.dialects.{dialect} import insert
    def f(c: Connection): c.execute(insert(logs).values(message="x").{method}())
    """
    app = draw({"models.py": MODELS, "m.py": textwrap.dedent(source)})
    assert {found for found in app.accesses() if found[0] == "m:f"} == {
        ("m:f", "insert", "logs"),
        ("m:f", "update", "logs"),
    }


def test_listeners_are_given_what_they_listen_to(draw: Draw) -> None:
    source = """
    from models import Order, User, logs
    from sqlalchemy import event
    from sqlalchemy.orm import Session
    @event.listens_for(Order, "before_update")
    def touch(mapper, connection, target): target.status = "changed"
    @event.listens_for(Order, "after_insert")
    def note(mapper, connection, target): connection.execute(logs.insert())
    def count(session, context): session.query(User).count()
    event.listen(Session, "after_flush", count)
    """
    app = draw({"models.py": MODELS, "m.py": textwrap.dedent(source)})
    assert {found for found in app.accesses() if found[0].startswith("m:")} == {
        ("m:touch", "update", "orders"),
        ("m:note", "insert", "logs"),
        ("m:count", "read", "users"),
    }
    changed = next(access for access in app.system.accesses if access.definition == "m:touch")
    assert changed.resolution == "inferred"


CLASSES = [
    pytest.param(
        """
        from sqlalchemy.orm import registry
        reg = registry()
        @reg.mapped
        class Item:
            __tablename__ = "items"
            id = Column(Integer, primary_key=True)
        """,
        id="decorated",
    ),
    pytest.param(
        """
        from sqlalchemy.orm import registry
        reg = registry()
        class Item: pass
        reg.map_imperatively(Item, Table("items", reg.metadata, Column("id", Integer, primary_key=True)))
        """,
        id="mapped by a call",
    ),
    pytest.param(
        """
        from company.database import Base
        class Item(Base):
            __tablename__ = "items"
            id = Column(Integer, primary_key=True)
        """,
        id="a base that is not in view",
    ),
]


@pytest.mark.parametrize("declared", CLASSES)
def test_classes_that_no_base_in_view_shows_to_be_mapped(draw: Draw, declared: str) -> None:
    use = "def f(store): return store.query(Item).all()\ndef g(item: Item): item.id = 3\n"
    app = draw(f"from sqlalchemy import *\n{textwrap.dedent(declared)}{use}")
    assert app.accesses() == {("m:f", "read", "items"), ("m:g", "update", "items")}
