"""SQLAlchemy: relations of objects that no session has written yet read nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from sqlalchemy import Column, ForeignKey, Integer, create_engine
    from sqlalchemy.orm import declarative_base, relationship, sessionmaker
    Base = declarative_base()
    session = sessionmaker(create_engine("sqlite://"))()
    class User(Base):
        __tablename__ = "users"
        id = Column(Integer, primary_key=True)
        orders = relationship("Order")
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
        user_id = Column(ForeignKey("users.id"))
    def keep(user):
        session.add(user)
        session.flush()
"""


@pytest.mark.parametrize(
    ("before", "reads"),
    [
        ("user = User()", False),
        ("user = User(); session.add(user)", False),
        ("made = User(); user = made", False),
        ("user = User(); session.add(user); session.commit()", True),
        ("user = User(); session.add(user); session.get(Order, 1)", True),
        ("user = User(); keep(user)", True),
        ("user = session.get(User, 1)", True),
        ("user = User() if again else session.get(User, 1)", True),
    ],
)
def test_only_what_may_have_been_written_is_read(draw: Draw, before: str, reads: bool) -> None:
    code = "\n        ".join(before.split("; "))
    app = draw({"models.py": MODELS, "m.py": f"""
        from models import Order, User, keep, session
        def f(again):
            {code.replace(chr(10), chr(10) + "    ")}
            user.orders.append(Order())
    """})  # fmt: skip
    rules = {
        a.rule for a in app.system.accesses if a.definition == "m:f" and a.table == "orders" and a.operation == "read"
    }
    assert ("sqlalchemy.orm:Relationship.__get__" in rules) == reads
