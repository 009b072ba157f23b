"""Transactions of methods that classes inherit: told of the classes that are asked for them, with all that these write."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import TYPE_CHECKING

import pytest

from decompose.system.transactions.reached import reached_accesses, what_is_inside

if TYPE_CHECKING:
    from tests.conftest import Draw

_CRUD = """
    from fastapi import FastAPI
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
    app = FastAPI()
    class Crud:
        @classmethod
        async def create(cls, db: AsyncSession):
            return await cls().save(db)
        async def save(self, db: AsyncSession):
            db.add(self)
            await db.commit()
    class Base(DeclarativeBase, Crud): ...
    class Order(Base):
        __tablename__ = "orders"
        id: Mapped[int] = mapped_column(primary_key=True)
    class Mail(Base):
        __tablename__ = "mails"
        id: Mapped[int] = mapped_column(primary_key=True)
    class Shelf(Base):
        __tablename__ = "shelves"
        id: Mapped[int] = mapped_column(primary_key=True)
    @app.post("/order")
    async def order(db: AsyncSession): await Order.create(db)
    @app.post("/mail")
    async def mail(db: AsyncSession): await Mail().save(db)
    """


def test_an_inherited_method_is_told_of_the_classes_that_are_asked_for_it(draw: Draw) -> None:
    app = draw({"m.py": _CRUD})
    found = {
        (t.definition, t.unit): (t.tables_written, inside.entry_points)
        for t, inside in zip(app.system.transactions, what_is_inside(app.system), strict=True)
    }
    assert found == {
        ("m:Crud.save", "m:Mail"): (("mails",), ("http POST /mail",)),
        ("m:Crud.save", "m:Order"): (("orders",), ("http POST /order",)),
    }


def test_an_inherited_method_that_is_asked_of_any_object_is_told_of_all_classes(draw: Draw) -> None:
    app = draw({"m.py": _CRUD + "async def keep(row: Crud, db: AsyncSession): await row.save(db)\n"})
    saved = {t.unit for t in app.system.transactions if t.definition == "m:Crud.save"}
    assert saved == {"m:Mail", "m:Order", "m:Shelf"}


def test_a_class_writes_the_inherited_part_of_its_rows_also_where_it_inherits_who_saves_them(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            from django.db import models, transaction
            class Log(models.Model):
                text = models.TextField()
            class Shelf(models.Model):
                name = models.TextField()
                def save(self, *args, **kwargs):
                    with transaction.atomic():
                        super().save(*args, **kwargs)
                        Log.objects.create(text="saved")
            class Rack(Shelf):
                height = models.IntegerField()
            """,
        }
    )
    assert {(t.unit, t.tables_written) for t in app.system.transactions} == {
        ("shop.models:Shelf", ("shop_log", "shop_shelf")),
        ("shop.models:Rack", ("shop_log", "shop_rack", "shop_shelf")),
    }


def test_a_view_leads_to_what_it_inherits_by_the_routes_of_that_method(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            from flask import Flask
            from flask.views import MethodView
            from flask_sqlalchemy import SQLAlchemy
            app = Flask(__name__)
            db = SQLAlchemy(app)
            class Order(db.Model):
                id = db.Column(db.Integer, primary_key=True)
            class Mail(db.Model):
                id = db.Column(db.Integer, primary_key=True)
            class Rows(MethodView):
                def get(self):
                    return self.model.query.all()
                def post(self):
                    db.session.add(self.model())
                    db.session.commit()
                def put(self):
                    self.post()
                def delete(self):
                    self.model.query.delete()
                    db.session.commit()
            class Orders(Rows):
                model = Order
            class Mails(Rows):
                model = Mail
            app.add_url_rule("/orders", view_func=Orders.as_view("orders"))
            app.add_url_rule("/mails", view_func=Mails.as_view("mails"))
            """,
        }
    )
    found = {
        (t.definition, t.unit): inside.entry_points
        for t, inside in zip(app.system.transactions, what_is_inside(app.system), strict=True)
    }
    assert found == {
        ("m:Rows.delete", "m:Mails"): ("http DELETE /mails",),
        ("m:Rows.delete", "m:Orders"): ("http DELETE /orders",),
        ("m:Rows.post", "m:Mails"): ("http POST /mails", "http PUT /mails"),
        ("m:Rows.post", "m:Orders"): ("http POST /orders", "http PUT /orders"),
    }


NESTED = """
    from celery import Celery
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import Session, declarative_base
    Base = declarative_base()
    celery = Celery()
    session = Session()
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
    class Bill(Base):
        __tablename__ = "bills"
        id = Column(Integer, primary_key=True)
    class Job:
{shared}
        def work(self): pass
    class OrderJob(Job):
        def work(self): session.add(Order())
    class BillJob(Job):
        def work(self): session.add(Bill())
    def bills(): BillJob().go()
    def orders(): OrderJob().go()
    """

IN_A_METHOD = """
        def go(self):
            def run():
                self.work()
                session.commit()
            run()
    """
AT_EACH_HEIR = """
        def __init_subclass__(cls):
            @celery.task
            def run():
                cls().work()
                session.commit()
            cls.task = run
        def go(self): self.task.delay()
    """


@pytest.mark.parametrize("shared", [IN_A_METHOD, AT_EACH_HEIR])
def test_a_function_inside_of_an_inherited_method_acts_for_the_class_that_inherits(draw: Draw, shared: str) -> None:
    app = draw({"jobs.py": NESTED.format(shared=indent(dedent(shared).strip(), " " * 8))})
    assert {(t.unit, t.tables_written) for t in app.system.transactions} == {
        ("jobs:BillJob", ("bills",)),
        ("jobs:OrderJob", ("orders",)),
    }
    if shared == AT_EACH_HEIR:
        assert [sorted(inside.entry_points) for inside in what_is_inside(app.system)] == [
            ["task jobs.Job.__init_subclass__.run"]
        ] * 2


def test_a_wrapper_that_an_inherited_method_makes_runs_for_whoever_calls_what_it_is_put_around(draw: Draw) -> None:
    source = """
        from fastapi import FastAPI
        from sqlalchemy import Column, Integer
        from sqlalchemy.orm import Session, declarative_base
        Base = declarative_base()
        session = Session()
        app = FastAPI()
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
        class Note(Base):
            __tablename__ = "notes"
            id = Column(Integer, primary_key=True)
        class Notes:
            def note(self): pass
            def around(self, function):
                def wrapper(*args):
                    function(*args)
                    self.note()
                return wrapper
        class KeptNotes(Notes):
            def note(self):
                session.add(Note())
                session.commit()
        notes = KeptNotes()
        class Shop:
            @notes.around
            def order(self): session.add(Order())
        @app.get("/")
        def caller(): Shop().order()
    """
    app = draw({"shop.py": source})
    assert ("shop:caller", ("notes", "orders")) in {(t.definition, t.tables_written) for t in app.system.transactions}


def test_what_an_inherited_method_returns_to_be_called_elsewhere_may_be_that_of_any_heir(draw: Draw) -> None:
    source = """
        from fastapi import FastAPI
        from sqlalchemy import Column, Integer
        from sqlalchemy.orm import Session, declarative_base
        Base = declarative_base()
        session = Session()
        app = FastAPI()
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
        class Export:
            def run(self):
                def fill(): self.fetch()
                return fill
            def fetch(self): pass
        class OrderExport(Export):
            def fetch(self):
                session.add(Order())
                session.commit()
        @app.get("/")
        def show():
            fill = OrderExport().run()
            fill()
    """
    app = draw({"shop.py": source})
    assert {inside.entry_points for inside in what_is_inside(app.system)} == {("http GET /",)}


def test_what_an_inherited_method_returns_acts_for_heirs_also_where_it_asks_the_same_of_all_of_them(draw: Draw) -> None:
    source = """
        from fastapi import FastAPI
        from sqlalchemy import Column, Integer
        from sqlalchemy.orm import Session, declarative_base
        Base = declarative_base()
        session = Session()
        app = FastAPI()
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
        class Note(Base):
            __tablename__ = "notes"
            id = Column(Integer, primary_key=True)
        class Export:
            model = None
            def run(self):
                def fill(): self.write()
                return fill
            def write(self):
                session.add(self.model())
                session.commit()
        class OrderExport(Export):
            model = Order
        class NoteExport(Export):
            model = Note
        class Own(Export):
            model = Order
            def run(self): return None
        @app.get("/")
        def show():
            fill = OrderExport().run()
            fill()
        @app.get("/note")
        def note():
            NoteExport().run()
        @app.get("/own")
        def own():
            Own().run()
            Own().write()
    """
    app = draw({"shop.py": source})
    reached = {(r.entry.name, r.access.table) for r in reached_accesses(app.system) if r.access.operation == "insert"}
    assert reached == {("GET /", "orders"), ("GET /", "notes"), ("GET /own", "orders")}
