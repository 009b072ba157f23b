"""What a program was linked with is given back as soon as the model is built: of a large one it is most of the memory."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from decompose.linking.frames import Frame
from decompose.linking.program import Scope
from decompose.sources import discover
from decompose.system import build_system

if TYPE_CHECKING:
    from tests.conftest import Draw


PLAIN = """
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import Session, declarative_base
    Base = declarative_base()
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
    def add(session: Session):
        session.add(Order())
        session.commit()
    def main(session: Session):
        with session.begin():
            add(session)
"""
FORMS = """
    from flask import Flask, render_template
    from flask_wtf import FlaskForm
    from sqlalchemy import Column, ForeignKey, Integer
    from sqlalchemy.orm import Session, declarative_base, relationship
    from wtforms_sqlalchemy.fields import QuerySelectField
    Base = declarative_base()
    class Customer(Base):
        __tablename__ = "customers"
        id = Column(Integer, primary_key=True)
        orders = relationship("Order", cascade="all, delete")
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
        customer_id = Column(ForeignKey("customers.id"))
    app, session = Flask(__name__), Session()
    def customers(): return session.query(Customer)
    class OrderForm(FlaskForm):
        customer = QuerySelectField(query_factory=customers)
    @app.post("/orders")
    def add():
        with session.begin():
            form = OrderForm()
            if form.validate_on_submit():
                session.delete(form.customer.data)
            return render_template("order.html", form=form)
"""
ROWS_BELOW = """
    from django.db import models, transaction
    from django.http import HttpResponse
    class Customer(models.Model): pass
    class Order(models.Model):
        customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    @transaction.atomic
    def remove(request):
        Customer.objects.get(pk=1).delete()
        return HttpResponse()
"""


@pytest.mark.parametrize("application", [PLAIN, FORMS, ROWS_BELOW], ids=["plain", "forms", "rows below"])
def test_nothing_of_the_linked_program_waits_for_a_collection(draw: Draw, application: str) -> None:
    app = draw(application)
    tree = discover(app.base)
    build_system(tree, jobs=1)  # what summaries of libraries keep is there for good
    gc.collect()
    gc.disable()
    try:
        before = _kept()
        system = build_system(tree, jobs=1)
        after = _kept()
    finally:
        gc.enable()
    assert system.transactions
    assert after == before


def _kept() -> int:
    return sum(isinstance(thing, Frame | Scope) for thing in gc.get_objects())
