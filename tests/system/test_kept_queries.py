"""A query that its object keeps, and that the constructor has run, is not run again."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

DJANGO = """
    from django.db import models
    class Question(models.Model):
        name = models.CharField(max_length=9)
        class Meta:
            app_label = "shop"
            db_table = "questions"
    def view():
        Forms(Question.objects.filter(name="a"), True)
"""
CONSTRUCTOR = """
class Forms:
    def __init__(self, items, wanted):
        self.items = items
        for item in items:
            print(item)
"""
USES = [
    pytest.param("for item in self.items:\n            print(item)", False, id="gone through"),
    pytest.param("return bool(self.items)", False, id="tested"),
    pytest.param("if self.items:\n            return len(self.items)", False, id="counted"),
    pytest.param("return [item.name for item in self.items]", False, id="in a comprehension"),
    pytest.param("return list(self.items.all())", True, id="a query that is made of it"),
    pytest.param("return list(self.items), list(Question.objects.all())", True, id="another one on the same line"),
]
CONSTRUCTORS = [
    pytest.param("for item in self.items:\n            print(item)", False, id="gone through"),
    pytest.param("if wanted:\n            for item in items:\n                print(item)", True, id="in a branch"),
    pytest.param(
        "if wanted:\n            return\n        for item in items:\n            print(item)",
        True,
        id="behind a way out",
    ),
    pytest.param("self.names = [item.name for item in items] if wanted else []", True, id="in an expression"),
    pytest.param("for item in items.all():\n            print(item)", True, id="another query"),
    pytest.param("print(items)", True, id="not run"),
]


def _read(draw: Draw, source: str) -> bool:
    app = draw(textwrap.dedent(DJANGO) + source)
    return any(a.definition == "m:Forms.use" and a.table == "questions" for a in app.system.accesses)


@pytest.mark.parametrize(("use", "reads"), USES)
def test_what_the_constructor_has_run(draw: Draw, use: str, reads: bool) -> None:
    assert _read(draw, f"{CONSTRUCTOR}    def use(self):\n        {use}\n") is reads


@pytest.mark.parametrize(("body", "reads"), CONSTRUCTORS)
def test_constructors(draw: Draw, body: str, reads: bool) -> None:
    made = f"class Forms:\n    def __init__(self, items, wanted):\n        self.items = items\n        {body}\n"
    assert _read(draw, f"{made}    def use(self):\n        return bool(self.items)\n") is reads


def test_an_attribute_that_is_set_again_is_read_again(draw: Draw) -> None:
    again = "    def use(self):\n        return bool(self.items)\ndef other(forms: Forms):\n    forms.items = Question.objects.all()\n"
    assert _read(draw, CONSTRUCTOR + again)


def test_queries_of_a_library_that_keep_no_rows_are_run_again(draw: Draw) -> None:
    app = draw(
        """
        from sqlalchemy import Column, Integer
        from sqlalchemy.orm import Session, declarative_base
        Base = declarative_base()
        session = Session()
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
        class Orders:
            def __init__(self):
                self.rows = session.query(Order)
                for row in self.rows:
                    print(row)
            def use(self):
                for row in self.rows:
                    print(row)
        """
    )
    assert any(a.definition == "m:Orders.use" and a.table == "orders" for a in app.system.accesses)
