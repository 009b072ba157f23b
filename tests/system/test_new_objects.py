"""What is assigned to an object is part of its insert until something else can have saved it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import Session, declarative_base, relationship

Base = declarative_base()

class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    status = Column(String)
    note = Column(String)

def announce(order): pass
"""

CASES = [
    pytest.param(
        """
        order = Order()
        order.status = "new"
        session.add(order)
        """,
        {"status": "insert"},
        id="made here",
    ),
    pytest.param(
        """
        order = Order()
        if paid:
            order.status = "paid"
        elif paid is None:
            order = Order(note="later")
        order.note = "x"
        session.add(order)
        """,
        {"status": "insert", "note": "insert"},
        id="made and assigned in branches",
    ),
    pytest.param(
        """
        order = Order()
        session.add(order)
        session.flush()
        order.status = "paid"
        """,
        {"status": "update"},
        id="added before",
    ),
    pytest.param(
        """
        order = Order()
        announce(order)
        order.status = "paid"
        """,
        {"status": "update"},
        id="given to a function before",
    ),
    pytest.param(
        """
        order = Order()
        for status in paid:
            order.status = status
            session.add(order)
            session.flush()
        """,
        {"status": "update"},
        id="added when the loop ran before",
    ),
    pytest.param(
        """
        for status in paid:
            order = Order()
            order.status = status
            session.add(order)
        """,
        {"status": "insert"},
        id="made each time the loop runs",
    ),
    pytest.param(
        """
        order = session.get(Order, 1) or Order()
        order.status = "paid"
        session.add(order)
        """,
        {"status": "update"},
        id="loaded or made",
    ),
    pytest.param(
        """
        order = None
        if paid:
            order = Order()
        else:
            order = session.get(Order, 1)
        order.status = "paid"
        session.add(order)
        """,
        {"status": "update"},
        id="loaded in one branch",
    ),
]


@pytest.mark.parametrize(("body", "expected"), CASES)
def test_what_is_assigned(draw: Draw, body: str, expected: dict[str, str]) -> None:
    app = draw(
        {
            "m.py": f"{MODELS}\ndef run(session: Session, paid):\n    {body.strip().replace(chr(10) + ' ' * 8, chr(10) + ' ' * 4)}\n"
        }
    )
    found = {
        column: access.operation
        for access in app.system.accesses
        if access.definition == "m:run" and access.operation != "read"
        for column in access.columns
        if column in expected
    }
    assert found == expected
