"""Which statements over tables of several services are joins, and what is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries.split import Recommendation, Service, Split
from decompose.plan.consequences import consequences
from decompose.runs.analysis import FORMAT_VERSION, Analysis
from decompose.runs.explanation import explain
from decompose.runs.ties import Join

if TYPE_CHECKING:
    from tests.conftest import Draw


def joins(draw: Draw, files: dict[str, str], tables: dict[str, str]) -> dict[str, tuple[set[str], str]]:
    """Name of the function -> the tables and the reason, with the tables in services as ``tables`` says; all code is in ``a``."""
    app = draw({"m/__init__.py": "", **files})
    units = tuple(unit.id for unit in app.system.units)
    services = tuple(
        Service(
            name=name,
            units=units if name == "a" else (),
            tables=tuple(t for t, owner in tables.items() if owner == name),
        )
        for name in sorted({"a", *tables.values()})
    )
    split = Split(name="s", generator="", trivial=False, services=services, shared=())
    design = consequences(app.system, split).database.design
    assert design is not None
    return {
        join.name.partition(":")[2]: ({t for listed in join.tables.values() for t in listed}, join.reason)
        for join in design.joins
    }


def test_statements_that_stand_on_one_line_are_no_join_of_their_tables(draw: Draw) -> None:
    found = joins(draw, {
        "m/a.py": """\
import sqlite3

connection = sqlite3.connect("x")


def restart():
    connection.executescript("select setval('a', (select max(id) from orders)); select setval('b', (select max(id) from bills));")


def empty():
    for statement in ("delete from orders", "delete from bills"):
        connection.execute(statement)


def together():
    connection.executescript("delete from rates; select * from orders join bills on bills.id = orders.id;")
""",
    }, {"orders": "a", "bills": "b", "rates": "c"})  # fmt: skip
    assert {name: tables for name, (tables, _) in found.items()} == {"together": {"orders", "bills"}}


def test_a_join_that_another_function_builds_is_asked_for_where_it_runs(draw: Draw) -> None:
    found = joins(draw, {
        "m/a.py": """\
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import Session, declarative_base, relationship

Base = declarative_base()
session = Session()


class Bill(Base):
    __tablename__ = "bills"
    id = Column(Integer, primary_key=True)


class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    bill_id = Column(ForeignKey("bills.id"))
    bill = relationship(Bill, lazy="joined")


def billed():
    return session.query(Order).outerjoin(Bill, Bill.id == Order.bill_id)


def count():
    return billed().count()


def first():
    return session.query(Order).first()
""",
    }, {"orders": "a", "bills": "b"})  # fmt: skip
    assert {name: tables for name, (tables, _) in found.items()} == {
        "count": {"orders", "bills"},
        "first": {"orders", "bills"},
    }
    assert found["first"][1].startswith("the mapper joins related rows, or loads them along")
    assert "mapper" not in found["count"][1]


def test_a_join_in_an_inherited_method_is_told_of_the_class_that_acts(draw: Draw) -> None:
    found = joins(draw, {
        "m/models.py": "from django.db import models\n\n\nclass Order(models.Model):\n    pass\n\n\n"
        "class Bill(models.Model):\n    order = models.ForeignKey(Order, on_delete=models.CASCADE)\n\n\n"
        "class Note(models.Model):\n    text = models.TextField()\n",
        "m/a.py": """\
from m.models import Bill, Note


class Listing:
    def page(self):
        return list(self.rows())

    def rows(self):
        raise NotImplementedError


class Bills(Listing):
    def rows(self):
        return Bill.objects.select_related("order")


class Notes(Listing):
    def rows(self):
        return Note.objects.all()


def pages():
    return Bills().page(), Notes().page()
""",
    }, {"m_order": "a", "m_bill": "b", "m_note": "c"})  # fmt: skip
    assert {name: tables for name, (tables, _) in found.items()} == {"Bills.page": {"m_bill", "m_order"}}


def test_what_a_form_looks_up_by_itself_is_no_join_with_what_stands_on_the_line(draw: Draw) -> None:
    found = joins(draw, {
        "m/models.py": """\
from django.db import models


class Customer(models.Model):
    name = models.CharField(max_length=9)


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    number = models.IntegerField(unique=True)
""",
        "m/a.py": """\
from django import forms

from m.models import Order


class OrderForm(forms.ModelForm):
    class Meta:
        model = Order
        fields = ["customer", "number"]


def change(data, key):
    return OrderForm(data, instance=Order.objects.get(pk=key)).is_valid()


def show(key):
    return Order.objects.select_related("customer").get(pk=key)
""",
    }, {"m_order": "a", "m_customer": "b"})  # fmt: skip
    assert {name: tables for name, (tables, _) in found.items()} == {"show": {"m_customer", "m_order"}}


def test_a_copy_of_columns_will_do_only_where_all_that_is_used_is_known(draw: Draw) -> None:
    found = joins(draw, {
        "m/a.py": """\
import sqlite3

connection = sqlite3.connect("x")


def totals():
    return connection.execute("select orders.id, bills.total from orders, bills")


def logged():
    return connection.execute("select orders.id, bills.total from orders, bills, logs")
""",
    }, {"orders": "a", "bills": "b", "logs": "b"})  # fmt: skip
    assert found["totals"][1].startswith("only bills.total of b is used")
    assert found["logged"][1].startswith("ask b for the rows of bills, logs")


def test_what_goes_along_with_a_deletion_is_explained_as_no_join(draw: Draw) -> None:
    app = draw({
        "m/__init__.py": "",
        "m/models.py": """\
from django.db import models


class Order(models.Model):
    class Meta:
        db_table = "orders"


class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)

    class Meta:
        db_table = "lines"


class Note(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)

    class Meta:
        db_table = "notes"


def remove():
    Order.objects.all().delete()


def noted():
    return list(Line.objects.filter(order__note__id=1))
""",
    })  # fmt: skip
    split = Split(
        name="s",
        generator="",
        trivial=False,
        services=(Service(name="a", units=tuple(u.id for u in app.system.units), tables=("orders", "lines", "notes")),),
        shared=(),
    )
    analysis = Analysis(
        format_version=FORMAT_VERSION,
        decompose_version="0.1.0",
        system=app.system,
        splits=(split,),
        recommendation=Recommendation(split="s", sentence="", reasons=(), confidence=1.0),
        databases=(),
        plans=(),
    )
    found = explain(analysis, "lines", "notes").evidence
    assert [tie.definition for tie in found if isinstance(tie, Join)] == ["m.models:noted"]
