"""What is added to a session inserts a row only where the application made the object."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from sqlalchemy import Column, Integer, String
    from sqlalchemy.orm import Session, declarative_base
    Base = declarative_base()
    session = Session()
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
        status = Column(String)
        def keep(self):
            session.add(self)
            session.commit()
    def one(key):
        return session.query(Order).filter_by(id=key).first()
"""

CASES = [
    pytest.param("def f(key):\n    x = one(key)\n    session.add(x)\n    session.commit()", "f", set(), id="loaded"),
    pytest.param(
        "def f(key):\n    x = one(key)\n    x.status = 'new'\n    session.add(x)\n    session.commit()",
        "f",
        {"update"},
        id="loaded, and changed",
    ),
    pytest.param("def f(key):\n    session.add(Order())\n    session.commit()", "f", {"insert"}, id="made"),
    pytest.param(
        "def f(key):\n    x = one(key) or Order()\n    session.add(x)\n    session.commit()",
        "f",
        {"insert"},
        id="loaded or made",
    ),
    pytest.param(
        "def f(key):\n    rows = session.query(Order).all()\n    for row in rows:\n        row.status = 'old'\n        session.add(row)\n    session.commit()",
        "f",
        {"update"},
        id="each of many",
    ),
    pytest.param(
        "def f(key):\n    for row in session.query(Order):\n        row.status = 'old'\n        session.add(row)\n    session.commit()",
        "f",
        {"update"},
        id="each of a query",
    ),
    pytest.param("def f(key):\n    one(key).keep()", "Order.keep", set(), id="a method of what is loaded"),
    pytest.param(
        "def f(key):\n    x = one(key)\n    x.status = 'new'\n    x.keep()",
        "Order.keep",
        {"update"},
        id="a method of what its caller has changed",
    ),
    pytest.param(
        "def f(key):\n    x = one(key)\n    x.status = 'new'\n    session.commit()\n    x.keep()\n    x.status = 'old'",
        "Order.keep",
        set(),
        id="a method of what its caller has changed and written, or changes later",
    ),
    pytest.param(
        "def f(key):\n    x = one(key)\n    for n in range(3):\n        x.keep()\n        x.status = n",
        "Order.keep",
        {"update"},
        id="a method of what is changed in the turn of the loop before",
    ),
    pytest.param(
        "def close(order):\n    order.status = 'old'\ndef f(key):\n    x = one(key)\n    close(x)\n    x.keep()",
        "Order.keep",
        {"update"},
        id="a method of what another function has changed",
    ),
    pytest.param(
        "def f(key, fields):\n    x = one(key)\n    for name, value in fields.items():\n        setattr(x, name, value)\n    x.keep()",
        "Order.keep",
        {"update"},
        id="a method of what some attributes of are set",
    ),
    pytest.param(
        "import elsewhere\ndef f(key):\n    x = one(key)\n    elsewhere.fill(x)\n    x.keep()",
        "Order.keep",
        {"update"},
        id="a method of what was given to who knows whom",
    ),
    pytest.param(
        "def f(key):\n    x = one(key)\n    rows = [x]\n    elsewhere(rows)\n    x.keep()",
        "Order.keep",
        {"update"},
        id="a method of what something else holds",
    ),
    pytest.param(
        "class Product(Base):\n    __tablename__ = 'products'\n    id = Column(Integer, primary_key=True)\n"
        "    name = Column(String)\ndef f(key, product: Product):\n    x = one(key)\n    product.name = 'new'\n    x.keep()",
        "Order.keep",
        set(),
        id="a method of what stands beside a row that is changed",
    ),
    pytest.param(
        "def f(key):\n    one(key).keep()\n    Order().keep()",
        "Order.keep",
        {"insert", "update"},
        id="a method of what is loaded, and of what is made",
    ),
    pytest.param(
        "def f(key):\n    x = Order()\n    session.add(x)\n    session.commit()\n    x.keep()",
        "Order.keep",
        set(),
        id="a method of what was added before",
    ),
    pytest.param(
        "def first(x):\n    session.add(x)\n    session.commit()\ndef f(key):\n    x = Order()\n    first(x)\n    x.keep()",
        "Order.keep",
        set(),
        id="a method of what another function has added and written",
    ),
    pytest.param(
        "def f():\n    x = Order()\n    x.keep()\n    session.add(x)",
        "Order.keep",
        {"insert"},
        id="a method of what is added afterwards",
    ),
    pytest.param(
        "def new():\n    x = Order()\n    session.add(x)\n    return x\ndef f():\n    new().keep()",
        "Order.keep",
        {"update"},
        id="a method of what another function has added",
    ),
    pytest.param(
        "class Job:\n    def __init__(self, key):\n        self.order = one(key) if key else None\n"
        "    def f(self):\n        session.add(self.order)\ndef g():\n    Job(1).f()",
        "Job.f",
        {"update"},
        id="what an object keeps that was loaded",
    ),
    pytest.param(
        "class Job:\n    def __init__(self, key):\n        self.order = one(key) if key else Order()\n"
        "    def f(self):\n        session.add(self.order)\ndef g():\n    Job(1).f()",
        "Job.f",
        {"insert"},
        id="what an object keeps that was made",
    ),
    pytest.param("def f(x: Order):\n    session.add(x)\n    session.commit()", "f", {"insert"}, id="nobody knows"),
    pytest.param(
        "def f(key):\n    session.add_all([one(key), one(2)])\n    session.commit()", "f", {"update"}, id="a list"
    ),
    pytest.param(
        "def f(x):\n    x.status = 'new'\n    session.add(x)\n    f(x)\ndef g():\n    f(one(1))",
        "f",
        {"update"},
        id="in a circle",
    ),
]

MERGED = [
    pytest.param("def f(key):\n    session.merge(one(key))", "f", {"read"}, id="loaded"),
    pytest.param(
        "def f(key):\n    x = one(key)\n    x.status = 'new'\n    session.merge(x)",
        "f",
        {"read", "update"},
        id="changed",
    ),
    pytest.param("def f(key):\n    session.merge(Order())", "f", {"read", "insert", "update"}, id="made"),
    pytest.param("def f(x: Order):\n    session.merge(x)", "f", {"read", "insert", "update"}, id="nobody knows"),
    pytest.param(
        "def keep(x):\n    session.merge(x)\ndef f(key):\n    x = one(key)\n    x.status = 'new'\n    keep(x)",
        "keep",
        {"read", "update"},
        id="loaded by who gives it",
    ),
    pytest.param(
        "def f(key):\n    x = session.merge(Order())\n    x.status = 'new'\n    session.merge(x)\n",
        "f",
        {"read", "insert", "update"},
        id="made, and merged again",
    ),
]

MIXED = """
class Kept:
    def keep(self):
        session.add(self)
        session.commit()
class Bill(Kept, Base):
    __tablename__ = "bills"
    id = Column(Integer, primary_key=True)
class Offer(Kept, Base):
    __tablename__ = "offers"
    id = Column(Integer, primary_key=True)
def f():
    Bill().keep()
    session.get(Offer, 1).keep()
"""


def test_an_inherited_method_adds_the_rows_of_a_class_as_those_give_them_that_have_one(draw: Draw) -> None:
    app = draw(textwrap.dedent(MODELS) + MIXED)
    found = {(a.table, a.operation) for a in app.system.accesses if a.definition == "m:Kept.keep"}
    assert found == {("bills", "insert")}


@pytest.mark.parametrize(("source", "definition", "operations"), CASES)
def test_added_rows(draw: Draw, source: str, definition: str, operations: set[str]) -> None:
    app = draw(textwrap.dedent(MODELS) + source + "\n")
    found = {
        access.operation
        for access in app.system.accesses
        if access.definition == f"m:{definition}" and access.rule.endswith(("Session.add", "Session.add_all"))
    }
    assert found == operations


@pytest.mark.parametrize(("source", "definition", "operations"), MERGED)
def test_merged_rows(draw: Draw, source: str, definition: str, operations: set[str]) -> None:
    app = draw(textwrap.dedent(MODELS) + source + "\n")
    found = {
        a.operation for a in app.system.accesses if a.definition == f"m:{definition}" and a.rule.endswith(".merge")
    }
    assert found == operations


def test_who_listens_to_new_rows_does_not_hear_of_rows_that_were_loaded_and_are_merged(draw: Draw) -> None:
    app = draw(
        textwrap.dedent(MODELS)
        + """
from sqlalchemy import event
@event.listens_for(Order, "after_insert")
def made(mapper, connection, target): pass
@event.listens_for(Order, "after_update")
def changed(mapper, connection, target): pass
def f(key):
    x = one(key)
    x.status = "new"
    session.merge(x)
    session.commit()
"""
    )
    assert {d.target for d in app.system.dependencies if d.source == "m:f" and d.kind == "signal"} == {"m:changed"}
