"""Functions that work on several connections: each commit is of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from sqlalchemy import Column, Integer, String, create_engine
    from sqlalchemy.orm import DeclarativeBase, Session as Plain, scoped_session, sessionmaker
    engine, other = create_engine("sqlite://"), create_engine("sqlite:///other")
    Session, Other = sessionmaker(engine), sessionmaker(other)
    Here, There = scoped_session(Session), scoped_session(Other)
    class Base(DeclarativeBase): pass
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
        state = Column(String)
    class Trace(Base):
        __tablename__ = "traces"
        id = Column(Integer, primary_key=True)
        text = Column(String)
    def save(session, row):
        session.add(row)
    """
BOTH = {("orders",), ("traces",)}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            """
    def work():
        one = Session()
        two = Other()
        one.add(Order())
        two.add(Trace())
        one.commit()
        two.commit()
    """,
            BOTH,
        ),
        (
            """
    def work():
        one = Session()
        two = Other()
        one.add(Order())
        two.add(Trace())
        one.commit()
    """,
            {("orders",)},
        ),
        (
            """
    def work():
        with Session.begin() as one:
            one.add(Order())
            with Other.begin() as two:
                two.add(Trace())
    """,
            BOTH,
        ),
        (
            """
    def work():
        Here.add(Order())
        There.add(Trace())
        Here.commit()
        There.commit()
    """,
            BOTH,
        ),
        (
            """
    class Work:
        def __init__(self):
            self.one = Session()
            self.two = Other()
        def work(self):
            for order in self.one.query(Order):
                self.two.add(Trace(text=order.state))
                order.state = "kept"
            self.two.commit()
            self.one.commit()
    """,
            BOTH,
        ),
        (
            """
    def work(given: Plain):
        own = Other()
        save(own, Trace())
        save(given, Order())
        own.commit()
        given.commit()
    """,
            BOTH,
        ),
        (
            """
    def work():
        connection = engine.connect()
        begun = connection.begin()
        connection.execute(Order.__table__.insert())
        connection.execute(Trace.__table__.insert())
        begun.commit()
    """,
            {("orders", "traces")},
        ),
        (
            """
    def work(given: Plain = None):
        session = given or Session()
        session.add(Order())
        if given is None:
            session.add(Trace())
            session.commit()
    """,
            {("orders", "traces")},
        ),
    ],
    ids=["made", "one commits", "blocks", "named", "attributes", "handed on", "begun", "one of two"],
)
def test_what_is_done_on_another_connection_is_not_committed(
    draw: Draw, body: str, expected: set[tuple[str, ...]]
) -> None:
    app = draw({"shop.py": MODELS + body})
    assert {t.tables_written for t in app.system.transactions} == expected
