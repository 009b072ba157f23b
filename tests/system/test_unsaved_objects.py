"""An object of a mapped class makes a row only where it can come to a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
import outside
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import Session, declarative_base, relationship

Base = declarative_base()

class Stored:
    def keep(self, session): session.add(self)
    def keep_later(self, session): self.keep(session)
    def shown(self): return {}
    def show(self, session): pass

class Shop(Base):
    __tablename__ = "shops"
    id = Column(Integer, primary_key=True)
    orders = relationship("Order", back_populates="shop")

class Order(Base, Stored):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    status = Column(String)
    shop_id = Column(ForeignKey("shops.id"))
    shop = relationship(Shop, back_populates="orders")
    def forget(self): drop(self.key)
    @property
    def key(self): return key_of(self, kind="order")
    def hand_over(self, session): super().keep_later(session)
    def shown(self): return {**super().shown(), "key": self.key}
    def show(self, session):
        super().show(session)
        session.add(self)

class Line(Base):
    __tablename__ = "lines"
    id = Column(Integer, primary_key=True)
    order_id = Column(ForeignKey("orders.id"))
    order = relationship(Order)
    def __init__(self, order=None):
        self.order = order
        self.size = 1

class Note(Base):
    __tablename__ = "notes"
    id = Column(Integer, primary_key=True)
    def __init__(self, session): session.add(self)

def drop(key): pass
def key_of(order, kind): return f"{kind} {order.id}"
def put(order, session): session.add(order)
def put_later(session, order): put(session=session, order=order)
def again(order, times): return again(order, times - 1) if times else order.status
"""

VALUES = [
    pytest.param("Order(id=4).forget()", id="its own method looks at it"),
    pytest.param(
        "order = Order()\n    order.status = 'paid'\n    return key_of(order, 'order')", id="a function looks at it"
    ),
    pytest.param("order = Order()\n    if order.status: print(order)\n    return str(order)", id="it is shown"),
    pytest.param("key = (Order(id=4), 'order')\n    key_of(*key)\n    return key_of(*key)", id="part of a key"),
    pytest.param("return again(Order(), 3)", id="a function that calls itself"),
    pytest.param("return Order(id=4).shown()", id="its own method goes on to that of an ancestor"),
    pytest.param("line = Line(session.get(Order, 1))\n    return line.size", id="a relation without a way back"),
    pytest.param("for order in Shop(id=4).orders: drop(order)", id="a collection with a way back is read"),
    pytest.param("order = None\n    order = order or Order()\n    return order.key", id="a property looks at it"),
]

ROWS = [
    pytest.param("Order().keep(session)", "orders", id="its own method adds it"),
    pytest.param("Order().keep_later(session)", "orders", id="its own method calls one that adds it"),
    pytest.param("Order().hand_over(session)", "orders", id="an ancestor's method adds it"),
    pytest.param("Order().show(session)", "orders", id="its own method goes on to an ancestor's, and adds it"),
    pytest.param("keep = Order().keep\n    keep(session)", "orders", id="its method under another name"),
    pytest.param("put_later(session, Order())", "orders", id="a function hands it on to one that adds it"),
    pytest.param(
        "both = (Order(), session)\n    put(*both)", "orders", id="spread over the arguments of one that adds it"
    ),
    pytest.param("outside.send(Order())", "orders", id="given to code outside"),
    pytest.param("Order().unknown()", "orders", id="asked for what is not known"),
    pytest.param("return Order()", "orders", id="returned"),
    pytest.param("yield Order()", "orders", id="yielded"),
    pytest.param("return [Order()]", "orders", id="listed"),
    pytest.param("paid.order = Order()", "orders", id="stored"),
    pytest.param("order = Order()\n    return lambda: order", "orders", id="used by an inner function"),
    pytest.param("global order\n    order = Order()", "orders", id="a global variable"),
    pytest.param(
        "order = Order(shop=paid)\n    return order.status", "orders", id="made with a relation that has a way back"
    ),
    pytest.param(
        "order = Order()\n    order.shop = paid\n    return order.status",
        "orders",
        id="tied by a relation that has a way back",
    ),
    pytest.param(
        "shop = Shop()\n    shop.orders.append(paid)", "shops", id="a collection with a way back gets a member"
    ),
    pytest.param("note = Note(session)\n    return note.id", "notes", id="its constructor adds it"),
]


def _changed(draw: Draw, body: str) -> set[tuple[str, str]]:
    app = draw({"m.py": f"{MODELS}\ndef run(session: Session, paid):\n    {body}\n"})
    found = app.system.accesses
    return {(a.table, a.operation) for a in found if a.definition == "m:run" and a.operation in ("insert", "update")}


@pytest.mark.parametrize("body", VALUES)
def test_what_nobody_can_save_makes_no_row(draw: Draw, body: str) -> None:
    assert _changed(draw, body) == set()


@pytest.mark.parametrize(("body", "table"), ROWS)
def test_what_may_be_saved_makes_a_row(draw: Draw, body: str, table: str) -> None:
    assert (table, "insert") in _changed(draw, body)
