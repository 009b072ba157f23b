"""Decorators that open a transaction only for who gives no session."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

CODE = """
    from contextlib import contextmanager
    from functools import wraps
    from sqlalchemy import Column, Integer, create_engine
    from sqlalchemy.orm import declarative_base, sessionmaker
    Base = declarative_base()
    Session = sessionmaker(create_engine("sqlite://"))
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
    class Log(Base):
        __tablename__ = "logs"
        id = Column(Integer, primary_key=True)
    def transactional(function):
        @wraps(function)
        def run(*args, session=None, **kwargs):
            if not session:
                session = Session()
                session.begin()
                try:
                    result = function(*args, session=session, **kwargs)
                    session.commit()
                except Exception:
                    session.rollback()
                    raise
            else:
                result = function(*args, session=session, **kwargs)
            return result
        return run
    @contextmanager
    def opened():
        session = Session()
        yield session
        session.commit()
    @transactional
    def add_order(*, session):
        session.add(Order())
    @transactional
    def add_log(*, session):
        session.add(Log())
    @transactional
    def add_both(*, session):
        add_order(session=session)
        add_log(session=session)
    @transactional
    def clear(*, session):
        session.query(Log).delete()
    def tidy(session=None):
        clear(session=session)
    def handle():
        with opened() as session:
            add_order(session=session)
            add_log(session=session)
    """


def test_a_function_that_all_callers_give_a_session_joins_their_transaction(draw: Draw) -> None:
    alone = "    def sweep(): add_log(session=None)\n    def nightly(): add_both()\n"
    app = draw({"m.py": CODE + alone})
    assert {(t.definition, t.tables_written) for t in app.system.transactions} == {
        ("m:handle", ("logs", "orders")),
        ("m:add_both", ("logs", "orders")),
        ("m:add_log", ("logs",)),
        ("m:clear", ("logs",)),
    }
