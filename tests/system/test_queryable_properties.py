"""Properties that the database works out for a row read what their expression names, unless the query of the row did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    from django.db.models import Count, F, Q, Sum, Value
    from django.db.models.functions import Coalesce
    from queryable_properties.managers import QueryablePropertiesManager
    from queryable_properties.properties import AggregateProperty, AnnotationProperty
    class Product(models.Model): pass
    class Order(models.Model):
        number = models.IntegerField()
        total = AnnotationProperty(Coalesce(Sum("lines__price"), Value(0)) - F("number"))
        adult = AggregateProperty(Count("lines__pk", filter=Q(lines__product__adult=True)))
        objects = QueryablePropertiesManager()
    class Line(models.Model):
        order = models.ForeignKey(Order, related_name="lines", on_delete=models.CASCADE)
        product = models.ForeignKey(Product, on_delete=models.CASCADE)
"""


def reads(draw: Draw, name: str, source: str) -> set[str]:
    """Tell the tables that a function of the pages reads by a property."""
    imports = "from django.contrib import admin\nfrom shop.models import Order\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/m.py": imports + source})
    return {a.table for a in app.system.accesses if a.definition == f"shop.m:{name}" and "Property" in a.rule}


@pytest.mark.parametrize(
    ("query", "asked", "expected"),
    [
        ("", "total", {"shop_order", "shop_line"}),
        ("", "adult", {"shop_order", "shop_line", "shop_product"}),
        (".select_properties('total')", "total", set()),
        (".select_properties('total')", "adult", {"shop_order", "shop_line", "shop_product"}),
        ("", "number", set()),
    ],
)
def test_a_property_reads_what_its_expression_names(draw: Draw, query: str, asked: str, expected: set[str]) -> None:
    body = f"    for order in Order.objects.all(){query}:\n        print(order.{asked})\n"
    assert reads(draw, "f", f"def f():\n{body}") == expected


def test_a_property_of_the_class_itself_reads_nothing(draw: Draw) -> None:
    assert reads(draw, "f", "def f(): return Order.total\n") == set()


@pytest.mark.parametrize(("selected", "expected"), [("total", set()), ("adult", {"shop_order", "shop_line"})])
def test_columns_of_a_page_have_what_its_query_works_out(draw: Draw, selected: str, expected: set[str]) -> None:
    page = (
        "@admin.register(Order)\nclass Page(admin.ModelAdmin):\n    list_display = ['sum']\n"
        f"    def get_queryset(self, request): return super().get_queryset(request).select_properties('{selected}')\n"
        "    def sum(self, obj): return obj.total\n"
    )
    assert reads(draw, "Page.sum", page) == expected
