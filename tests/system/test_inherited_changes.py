"""What inherited methods flush for each class: changes that others of its inherited methods made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

BASE = """
    from sqlalchemy import Column, Integer, String
    from sqlalchemy.orm import Session, declarative_base, scoped_session, sessionmaker
    Model = declarative_base()
    session = scoped_session(sessionmaker())
    class Kept:
        @classmethod
        def create(cls, **values):
            made = cls.create_unsaved(**values)
            session.commit()
            return made
        @classmethod
        def create_unsaved(cls, **values):
            made = cls(**values)
            session.add(made)
            return made
        def drop(self, now=False):
            self.drop_soon()
            if now:
                session.commit()
        def drop_soon(self):
            self.drop_later()
        def drop_later(self):
            session.delete(self)
    class Order(Kept, Model):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
    class Bill(Kept, Model):
        __tablename__ = "bills"
        id = Column(Integer, primary_key=True)
    class Letter(Kept, Model):
        __tablename__ = "letters"
        id = Column(Integer, primary_key=True)
        @classmethod
        def create(cls, **values):
            return cls.create_unsaved(**values)
"""


def test_a_flush_of_an_inherited_method_writes_what_another_one_left(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": BASE,
            "shop/views.py": """
            from shop.models import Bill, Letter, Order, session
            def order(): Order.create(id=1)
            def letter(): Letter.create(id=1)
            def drop_bill(id): session.get(Bill, id).drop(now=True)
            def drop_letter(id):
                session.get(Letter, id).drop()
                session.commit()
            """,
        }
    )
    found = {
        (f.definition.partition(":")[2], f.unit.partition(":")[2], f.table, f.operation) for f in app.system.flushes
    }
    assert found == {
        ("Kept.create", "Order", "orders", "insert"),
        ("Kept.drop", "Bill", "bills", "delete"),
        ("Kept.drop", "Letter", "letters", "delete"),
        ("drop_letter", "drop_letter", "letters", "delete"),
    }
    assert {f.resolution for f in app.system.flushes} == {"inferred"}
