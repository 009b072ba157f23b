"""What methods of serializers ask of rows that the views' queries have loaded along is read there, and not again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
from django.db import models
class Customer(models.Model):
    name = models.TextField()
class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
class Product(models.Model):
    name = models.TextField()
class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
"""
SERIALIZERS = """
from rest_framework import serializers
from shop.models import Line, Order
class Lines(serializers.ModelSerializer):
    product_name = serializers.SerializerMethodField()
    class Meta:
        model = Line
        fields = ["product_name"]
    def get_product_name(self, line): return line.product.name
class Orders(serializers.ModelSerializer):
    lines = Lines(many=True, read_only=True)
    count = serializers.SerializerMethodField()
    customer_name = serializers.SerializerMethodField()
    class Meta:
        model = Order
        fields = ["lines", "count", "customer_name"]
    def get_count(self, order): return len([line for line in order.lines.all()])
    def get_customer_name(self, order): return order.customer.name
"""
NAMED = """
    queryset = Order.objects.select_related("customer").prefetch_related("lines__product")
"""
MADE = """
    def get_queryset(self):
        return Order.objects.select_related("customer").prefetch_related("lines__product")
"""
ALL = {"Lines.get_product_name": "product", "Orders.get_count": "line", "Orders.get_customer_name": "customer"}


def _asked(draw: Draw, base: str, body: str, code: str = "") -> dict[str, str]:
    """What the methods of serializers read, whose view has a base and a body."""
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/shown.py": SERIALIZERS,
            "shop/views.py": f"""
from rest_framework import viewsets
from shop.models import Order
from shop.shown import Orders
class View(viewsets.{base}):
    serializer_class = Orders
    {body}
{code}
""",
        }
    )
    asking = [a for a in app.system.accesses if a.definition.startswith("shop.shown:") and a.operation == "read"]
    return {a.definition.removeprefix("shop.shown:"): a.table.removeprefix("shop_") for a in asking}


@pytest.mark.parametrize("query", [NAMED, MADE])
def test_rows_that_the_query_of_the_view_loads_along_are_not_read_again(draw: Draw, query: str) -> None:
    assert _asked(draw, "ReadOnlyModelViewSet", query) == {}


def test_rows_are_read_where_the_query_does_not_load_them(draw: Draw) -> None:
    assert _asked(draw, "ReadOnlyModelViewSet", "queryset = Order.objects.all()") == ALL
    half = 'queryset = Order.objects.prefetch_related("lines")'
    assert _asked(draw, "ReadOnlyModelViewSet", half) == {k: t for k, t in ALL.items() if t != "line"}


def test_a_view_that_writes_rows_has_their_collections_read_anew(draw: Draw) -> None:
    assert _asked(draw, "ModelViewSet", NAMED) == {k: t for k, t in ALL.items() if t != "customer"}


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("def show(number): return Orders(Order.objects.get(pk=number)).data", ALL),
        ('def show(): return Orders(Order.objects.select_related("customer"), many=True).data', None),
    ],
)
def test_rows_that_code_gives_are_what_it_loads(draw: Draw, code: str, left: dict[str, str] | None) -> None:
    wanted = {k: t for k, t in ALL.items() if t != "customer"} if left is None else left
    assert _asked(draw, "ReadOnlyModelViewSet", NAMED, code) == wanted


def test_what_an_earlier_field_has_asked_for_is_not_read_again(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/views.py": """
            from rest_framework import serializers, viewsets
            from shop.models import Order
            class Orders(serializers.ModelSerializer):
                late = serializers.SerializerMethodField()
                early = serializers.SerializerMethodField()
                class Meta:
                    model = Order
                    fields = ["early", "late"]
                def get_late(self, order): return order.customer.name
                def get_early(self, order): return order.customer.pk
            class View(viewsets.ReadOnlyModelViewSet):
                queryset = Order.objects.all()
                serializer_class = Orders
            """,
        }
    )
    asked = [a.definition for a in app.system.accesses if a.table == "shop_customer"]
    assert asked == ["shop.views:Orders.get_early"]


def test_what_the_query_that_a_view_names_touches_is_read_by_the_view(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/views.py": """
            from django.views.generic import ListView
            from shop.models import Line
            class Lines(ListView):
                queryset = Line.objects.filter(order__customer__name="x").select_related("product")
            """,
        }
    )
    read = {a.table.removeprefix("shop_") for a in app.system.accesses if a.definition == "shop.views:Lines"}
    assert read == {"line", "order", "customer", "product"}
