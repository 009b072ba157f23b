"""What Django's generic views give: the rows in the context of a page, and the forms that save what they were given."""

from __future__ import annotations

import textwrap
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
"""
HEAD = """
from django import forms
from django.views import generic
from rest_framework import serializers, viewsets
from shop.models import Customer, Order
"""


def _claimed(draw: Draw, code: str) -> set[tuple[str, str, str]]:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/code.py": HEAD + textwrap.dedent(code)})
    return {(d.partition(":")[2], op, table) for d, op, table in app.executed()}


LIST = """
    class V(generic.ListView):
        model = Order
        context_object_name = "bought"
        def get_queryset(self): return super().get_queryset().{query}
        def get_context_data(self, **kwargs):
            context = super().get_context_data(**kwargs)
            for order in context["{key}"]: print(order.customer)
            return context
"""


@pytest.mark.parametrize("key", ["object_list", "order_list", "bought"])
def test_a_view_that_goes_through_the_list_of_its_context_reads_its_rows(draw: Draw, key: str) -> None:
    found = _claimed(draw, LIST.format(key=key, query="all()"))
    assert {("V.get_context_data", "read", table) for table in ("shop_order", "shop_customer")} <= found


def test_what_is_no_key_of_the_context_reads_nothing(draw: Draw) -> None:
    assert not [c for c in _claimed(draw, LIST.format(key="customers", query="all()")) if c[0] == "V.get_context_data"]


def test_rows_that_the_query_of_the_view_loads_along_are_read_with_it_and_not_again(draw: Draw) -> None:
    code = LIST.format(key="object_list", query="select_related('customer')")
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/code.py": HEAD + textwrap.dedent(code)})
    lines = {
        a.line
        for a in app.system.accesses
        if a.definition == "shop.code:V.get_context_data" and a.table == "shop_customer"
    }
    assert len(lines) == 1


@pytest.mark.parametrize("key", ["object", "order"])
def test_the_row_of_a_view_stands_in_its_context(draw: Draw, key: str) -> None:
    code = f"""
        class V(generic.DetailView):
            model = Order
            def get_context_data(self, **kwargs):
                context = super().get_context_data(**kwargs)
                print(context["{key}"].customer)
                return context
    """
    assert ("V.get_context_data", "read", "shop_customer") in _claimed(draw, code)


def test_the_form_of_a_view_stands_in_its_context(draw: Draw) -> None:
    code = """
        class OrderForm(forms.ModelForm):
            class Meta: model = Order
            def offered(self): return list(Customer.objects.all())
        class V(generic.CreateView):
            model = Order
            form_class = OrderForm
            def get_context_data(self, **kwargs):
                context = super().get_context_data(**kwargs)
                context["form"].offered()
                return context
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/code.py": HEAD + textwrap.dedent(code)})
    calls = {(d.source, d.target) for d in app.system.dependencies if d.kind == "call"}
    assert ("shop.code:V.get_context_data", "shop.code:OrderForm.offered") in calls


def test_what_one_view_puts_into_its_context_is_there_for_those_that_inherit_it(draw: Draw) -> None:
    code = """
        class Base(generic.TemplateView):
            def get_context_data(self, **kwargs):
                context = super().get_context_data(**kwargs)
                context["order"] = Order.objects.get()
                return context
        class V(Base):
            def get_context_data(self, **kwargs):
                return {"customer": super().get_context_data(**kwargs)["order"].customer}
    """
    assert ("V.get_context_data", "read", "shop_customer") in _claimed(draw, code)


FORMS = """
    class Plain(forms.ModelForm):
        class Meta: model = Order
    class Own(Plain):
        def save(self, commit=True): return super().save(commit)
    class V(generic.{view}):
        model = Order
        {named}
"""
WRITES = {"CreateView": {"insert"}, "UpdateView": {"update"}}


@pytest.mark.parametrize("view", sorted(WRITES))
@pytest.mark.parametrize(
    ("named", "left"),
    [
        ("form_class = Own", True),
        ("def get_form_class(self): return Own", True),
        ("form_class = Plain", False),
        ("fields = ['customer']", False),
    ],
)
def test_a_view_leaves_the_writing_to_forms_that_save_by_themselves(
    draw: Draw, view: str, named: str, left: bool
) -> None:
    code = textwrap.dedent(FORMS).format(view=view, named=named)
    found = {op for d, op, _ in _claimed(draw, code) if d == "V" and op != "read"}
    assert found == (set() if left else WRITES[view])


@pytest.mark.parametrize(
    ("own", "left"),
    [
        ("serializer_class = Own", {"insert"}),
        ("serializer_class = Plain", set()),
        ("def perform_create(self, serializer): pass", {"insert"}),
        ("def perform_update(self, serializer): pass", {"update"}),
        ("def perform_destroy(self, row): pass", {"delete"}),
    ],
)
def test_a_set_of_views_leaves_to_its_serializer_and_its_methods_what_they_do_themselves(
    draw: Draw, own: str, left: set[str]
) -> None:
    code = f"""
        class Plain(serializers.ModelSerializer):
            class Meta: model = Order
        class Own(Plain):
            def create(self, data): return super().create(data)
        class V(viewsets.ModelViewSet):
            queryset = Order.objects.all()
            {own}
    """
    assert {op for d, op, t in _claimed(draw, code) if d == "V" and t == "shop_order"} == {
        "read",
        "insert",
        "update",
        "delete",
    } - left
