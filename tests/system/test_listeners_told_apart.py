"""Who listens to rows that shared code writes: in the transaction of one caller those who listen to that caller's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

SAVED = """
    from django.db import transaction
    from shop.models import Bill, Order

    def store(row):
        row.save()

    @transaction.atomic
    def store_order(): store(Order())

    @transaction.atomic
    def store_bill(): store(Bill())
    """
MODELS = """
    from django.db import models
    class Order(models.Model): pass
    class Bill(models.Model): pass
    class OrderLog(models.Model): pass
    class BillLog(models.Model): pass
    """
OF_ONE = """
    from django.db.models.signals import post_save
    from django.dispatch import receiver
    from shop.models import Order, OrderLog

    @receiver(post_save, sender=Order)
    def note(sender, instance, **kwargs):
        OrderLog.objects.create()
    """
OF_BOTH = """
    from django.db.models.signals import post_delete, post_save
    from django.dispatch import receiver
    from shop.models import Bill, BillLog, Order, OrderLog

    @receiver(post_save, sender=Order)
    @receiver(post_save, sender=Bill)
    def note({parameters}):
        {look}.count()
    """
MAPPED = """
    from sqlalchemy import Column, Integer
    from sqlalchemy.event import listens_for
    from sqlalchemy.orm import Session, declarative_base
    Base = declarative_base()
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
    class Bill(Base):
        __tablename__ = "bills"
        id = Column(Integer, primary_key=True)
    class OrderLog(Base):
        __tablename__ = "order_logs"
        id = Column(Integer, primary_key=True)

    @listens_for(Order, "before_update")
    def note(mapper, connection, target):
        connection.execute(OrderLog.__table__.insert())

    def store(row, values):
        for key, value in values.items():
            setattr(row, key, value)

    def store_order(session: Session):
        store(session.get(Order, 1), {"total": 1})
        session.commit()

    def store_bill(session: Session):
        store(session.get(Bill, 1), {"total": 1})
        session.commit()
    """


def test_a_listener_to_one_class_runs_for_the_callers_that_give_its_rows(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/receivers.py": OF_ONE, "shop/use.py": SAVED})
    assert {(t.definition, t.tables_written) for t in app.system.transactions} == {
        ("shop.use:store_order", ("shop_order", "shop_orderlog")),
        ("shop.use:store_bill", ("shop_bill",)),
    }


def test_a_listener_to_mapped_rows_runs_for_the_callers_that_give_them(draw: Draw) -> None:
    app = draw({"shop.py": MAPPED})
    assert {(t.definition, t.tables_written) for t in app.system.transactions} == {
        ("shop:store_order", ("order_logs", "orders")),
        ("shop:store_bill", ("bills",)),
    }


@pytest.mark.parametrize(
    ("parameters", "look"),
    [
        ("sender, instance, **kwargs", "sender.objects"),
        ("sender, instance, **kwargs", "type(instance).objects"),
        ("sender, **kwargs", 'type(kwargs["instance"]).objects'),
    ],
)
def test_a_listener_to_several_classes_is_given_the_row_that_is_written(draw: Draw, parameters: str, look: str) -> None:
    listening = OF_BOTH.format(parameters=parameters, look=look)
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/receivers.py": listening, "shop/use.py": SAVED})
    assert {(t.definition, t.tables_read) for t in app.system.transactions} == {
        ("shop.use:store_order", ("shop_order",)),
        ("shop.use:store_bill", ("shop_bill",)),
    }


def test_who_listens_runs_in_each_transaction_of_a_function_that_writes_such_a_row(draw: Draw) -> None:
    app = draw(
        """
        from sqlalchemy import Column, Integer, event, insert
        from sqlalchemy.orm import Session, declarative_base
        Base = declarative_base()
        session = Session()
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
        class Log(Base):
            __tablename__ = "logs"
            id = Column(Integer, primary_key=True)
        @event.listens_for(Order, "after_insert")
        def made(mapper, connection, target):
            connection.execute(insert(Log))
        def twice():
            session.add(Order())
            session.commit()
            session.add(Order())
            session.commit()
        """
    )
    written = {t.line: t.tables_written for t in app.system.transactions if t.definition == "m:twice"}
    assert list(written.values()) == [("logs", "orders")] * 2
