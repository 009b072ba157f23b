"""Django and its REST framework: which query a view runs, and which serializers it asks."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    class Customer(models.Model):
        name = models.CharField(max_length=9)
    class Tag(models.Model):
        name = models.CharField(max_length=9)
    class Order(models.Model):
        customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
        tag = models.ForeignKey(Tag, on_delete=models.CASCADE)
"""
HEAD = """
from django.views.generic import ListView
from rest_framework import serializers, viewsets
from shop.models import Customer, Order, Tag
"""


def _read(draw: Draw, code: str) -> set[tuple[str, str]]:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/code.py": HEAD + textwrap.dedent(code)})
    return {(d.partition(":")[2], table) for d, op, table in app.executed() if op == "read"}


@pytest.mark.parametrize(
    "query", ["Order.objects.select_related('customer')", "Order.objects.filter(customer__name='x')", "Order.objects.order_by('customer__name')"]
)  # fmt: skip
@pytest.mark.parametrize(
    ("code", "reader"),
    [
        ("orders = {query}\ndef f(): return list(orders)", "f"),
        ("class V:\n    orders = {query}\n    def f(self): return list(self.orders)", "V.f"),
        ("class V(ListView):\n    queryset = {query}\n    def f(self): return list(self.get_queryset())", "V.f"),
        (
            "class V(viewsets.ModelViewSet):\n    queryset = {query}\n    def list(self, request): return super().list(request)",
            "V.list",
        ),
        (
            """class V(viewsets.ModelViewSet):
    queryset = {query}
    def get_queryset(self): return super().get_queryset().all()
    def list(self, request): return super().list(request)""",
            "V.list",
        ),
    ],
)
def test_a_query_touches_all_that_it_joins_wherever_it_is_made(draw: Draw, query: str, code: str, reader: str) -> None:
    found = _read(draw, code.format(query=query))
    assert {table for definition, table in found if definition == reader} == {"shop_order", "shop_customer"}


@pytest.mark.parametrize("method", ["list(self, request)", "retrieve(self, request)"])
def test_what_a_view_filters_by_is_touched_where_it_runs_its_query(draw: Draw, method: str) -> None:
    code = f"""
        class V(viewsets.ModelViewSet):
            queryset = Order.objects.all()
            def filter_queryset(self, rows): return rows.filter(customer__name="x")
            def {method}: return super().{method.replace("self, ", "")}
    """
    found = _read(draw, code)
    assert {table for definition, table in found if definition.startswith("V.")} == {"shop_order", "shop_customer"}


SERIALIZERS = """
    class Short(serializers.ModelSerializer):
        class Meta:
            model = Order
            fields = ["id"]
    class OfCustomer(Short):
        class Meta(Short.Meta): fields = ["customer"]
    class OfTag(Short):
        class Meta(Short.Meta): fields = ["tag"]
    class V(viewsets.ModelViewSet):
        queryset = Order.objects.all()
        serializer_class = Short
        by_action = {"create": OfCustomer, "update": OfTag}
        def create(self, request): return super().create(request)
"""


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("return self.by_action[self.action]", {"shop_customer", "shop_tag"}),
        ("return self.by_action.get(self.action, self.serializer_class)", {"shop_customer", "shop_tag"}),
        (
            "if self.action == 'create': return OfCustomer\n        return super().get_serializer_class()",
            {"shop_customer"},
        ),
        ("made = OfTag\n        return made", {"shop_tag"}),
        (
            "for action, made in self.by_action.items():\n            if action == self.action: return made",
            {"shop_customer", "shop_tag"},
        ),
        ("return self.serializer_class", set()),
        ("return self.get_serializer_class()", set()),
    ],
)
def test_a_view_asks_the_serializers_that_it_picks_by_action(draw: Draw, body: str, asked: set[str]) -> None:
    code = f"{textwrap.dedent(SERIALIZERS)}    def get_serializer_class(self):\n        {body}\n"
    assert {table for definition, table in _read(draw, code) if definition == "V.create"} == asked


@pytest.mark.parametrize(("others", "told"), [("OfOrder", {"shop_order"}), ("OfCustomer", set())])
def test_a_view_shows_rows_of_the_model_that_all_its_serializers_are_of(
    draw: Draw, others: str, told: set[str]
) -> None:
    code = f"""
        from rest_framework import generics, serializers
        from shop.models import Customer
        class OfOrder(serializers.ModelSerializer):
            class Meta: model, fields = Order, ["number"]
        class OfCustomer(serializers.ModelSerializer):
            class Meta: model, fields = Customer, ["name"]
        class V(generics.ListAPIView):
            by_version = {{"1": OfOrder, "2": {others}}}
            def get_serializer_class(self): return self.by_version[self.request.version]
    """
    assert {table for definition, table in _read(draw, code) if definition == "V"} == told


@pytest.mark.parametrize(
    ("query", "told"), [("Order.objects", True), ("Order.objects.all()", True), ("Order.objects.select_related('customer')", False)]
)  # fmt: skip
def test_a_query_that_a_method_keeps_again_begins_with_that_of_the_class(draw: Draw, query: str, told: bool) -> None:
    """What each filter adds to the one before loads only what the first query does."""
    code = f"""
        class Short(serializers.ModelSerializer):
            text = serializers.SerializerMethodField("told")
            class Meta: model, fields = Order, ["text"]
            def told(self, obj): return obj.customer
        class V(viewsets.ReadOnlyModelViewSet):
            queryset = {query}
            serializer_class = Short
            def get_queryset(self):
                if self.request.more: self.queryset = self.queryset.filter(pk=1)
                return self.queryset.filter(pk=2)
    """
    assert (("Short.told", "shop_customer") in _read(draw, code)) == told


def test_a_view_whose_base_is_not_in_view_is_known_by_the_name_of_the_base(draw: Draw) -> None:
    code = """
        from outside.views import StoredDetailView, StoredListView, Viewer

        class One(StoredDetailView):
            model = Order
            def get_object(self, *args, **kwargs):
                order = super().get_object(*args, **kwargs)
                return order.customer
        class Many(StoredListView):
            model = Tag
            def get_context_data(self, **kwargs):
                return super().get_context_data(**kwargs)
        class Other(Viewer):
            model = Tag
            def get_context_data(self, **kwargs):
                return super().get_context_data(**kwargs)
    """
    found = _read(draw, code)
    assert {("One.get_object", "shop_order"), ("One.get_object", "shop_customer")} <= found
    assert ("Many", "shop_tag") in found
    assert not [definition for definition, _ in found if definition.startswith("Other")]
