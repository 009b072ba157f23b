"""Fields of forms that offer rows read them where the form is validated, and where a template is given it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

APPLICATION = """
from flask import render_template
from flask_wtf import FlaskForm
from sqlalchemy import Column, Integer
from sqlalchemy.orm import Session, declarative_base
from wtforms import FieldList, Form, FormField, StringField
from wtforms_sqlalchemy.fields import QuerySelectField

Base = declarative_base()

class Customer(Base):
    __tablename__ = "customers"
    id = Column(Integer, primary_key=True)

class Product(Base):
    __tablename__ = "products"
    id = Column(Integer, primary_key=True)

session = Session()
def products(): return session.query(Product)
def all_products(): return session.query(Product).all()
def narrow(form): form.customer.query = session.query(Customer)

class ProductForm(Form):
    product = QuerySelectField("Product", query_factory=products)
class LinesForm(FlaskForm):
    lines = FieldList(FormField(ProductForm))
class ListedForm(FlaskForm):
    product = QuerySelectField(query_factory=all_products)
class CustomerForm(FlaskForm):
    customer = QuerySelectField("Customer")
class PlainForm(FlaskForm):
    product = StringField("Product")
"""


@pytest.mark.parametrize(
    ("body", "reads"),
    [
        pytest.param("return ProductForm().validate()", {"products"}, id="factory"),
        pytest.param("return LinesForm().validate_on_submit()", {"products"}, id="form in a form"),
        pytest.param("return render_template('x.html', form=ProductForm())", {"products"}, id="shown"),
        pytest.param("form = CustomerForm(); narrow(form); form.validate()", {"customers"}, id="query that is set"),
        pytest.param("return ListedForm().validate()", set(), id="factory that reads by itself"),
        pytest.param("return PlainForm().validate()", set(), id="no rows"),
        pytest.param("return ProductForm()", set(), id="only made"),
    ],
)
def test_choices_are_read_where_a_form_is_validated_or_shown(draw: Draw, body: str, reads: set[str]) -> None:
    app = draw(APPLICATION + f"def edit():\n    {body}\n")
    found = [a for a in app.system.accesses if a.definition == "m:edit"]
    assert {a.table for a in found} == reads
    assert all(a.rule.startswith("choices of the field") and a.resolution == "inferred" for a in found)
    if "ListedForm" in body:
        assert ("m:all_products", "read", "products") in app.accesses()
        assert ("m:edit", "m:all_products") in {(d.source, d.target) for d in app.system.dependencies}
