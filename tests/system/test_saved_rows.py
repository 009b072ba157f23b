"""Whether ``row.save()`` inserts or updates: by where the row comes from."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

SOURCE = """
    from django.db import models
    from django.http import HttpRequest
    from django.shortcuts import get_object_or_404
    from copy import copy
    class Order(models.Model):
        total = models.IntegerField()
        def finish(self): self.save()
    class Line(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
    class Place(models.Model):
        name = models.TextField(primary_key=True)
    class Basket:
        def __init__(self, order): self.order = order
    def load(): return Order.objects.get(pk=1)
    def make(): return Order(total=1)
    def keep(row): row.save()
    def show(row): print(row)
    def stored():
        one = Order(total=1)
        one.save()
        return one
    def stored_by_other():
        one = Order(total=1)
        keep(one)
        return one
    def f(order: Order, line: Line, request: HttpRequest, **values):
"""

UPDATE, INSERT, EITHER = {"update"}, {"insert"}, {"insert", "update"}
SAVED = {
    "one that a query gives": ("Order.objects.get(pk=1).save()", UPDATE),
    "one after the other": ("for one in Order.objects.all(): one.save()", UPDATE),
    "in another order": ("for one in sorted(Order.objects.all(), key=id): one.save()", UPDATE),
    "a shortcut": ("one = get_object_or_404(Order, pk=1)\none.save()", UPDATE),
    "what a function loads": ("one = load()\none.total = 2\none.save()", UPDATE),
    "what such a row points to": ("Line.objects.get(pk=1).order.save()", UPDATE),
    "what is written already": ("one = Order.objects.create(total=1)\none.save()", EITHER),
    "what is made": ("one = Order(total=1)\none.save()", INSERT),
    "what a function makes": ("make().save()", INSERT),
    "made and saved twice": ("one = Order(total=1)\none.save()\none.save()", EITHER),
    "made, given to a function that saves it, and saved": ("one = Order(total=1)\nkeep(one)\none.save()", EITHER),
    "made, given to a function that does not, and saved": ("one = Order(total=1)\nshow(one)\none.save()", INSERT),
    "made, saved by a method of its own, and saved": ("one = Order(total=1)\none.finish()\none.save()", EITHER),
    "made and saved by another name": ("one = Order(total=1)\nother = one\nother.save()\none.save()", EITHER),
    "what a function makes and saves": ("one = stored()\none.save()", EITHER),
    "what a function has another save": ("one = stored_by_other()\none.save()", EITHER),
    "made with an identity": ("Order(pk=1).save()", EITHER),
    "made with the key that its class declares": ("Place(name='x').save()", EITHER),
    "made of values that are not known": ("Order(**values).save()", EITHER),
    "made where none is found": ("one = Order.objects.first() or Order()\none.save()", EITHER),
    "a copy": ("copy(load()).save()", EITHER),
    "a copy by its identity": ("one = load()\none.pk = None\none.save()", EITHER),
    "what a row that is made points to": ("Line(order=make()).order.save()", EITHER),
    "given by whoever calls": ("order.save()", EITHER),
    "kept by an object": ("Basket(load()).order.save()", EITHER),
    "added to a row, each by itself": ("order.line_set.add(Line(), bulk=False)", INSERT),
    "one that is there, added by itself": ("order.line_set.add(Line.objects.get(pk=1), bulk=False)", UPDATE),
    "added to a row": ("order.line_set.add(Line.objects.get(pk=1))", UPDATE),
    "forced": ("one = load()\none.save(force_insert=True)", INSERT),
}


@pytest.mark.parametrize(("body", "expected"), SAVED.values(), ids=SAVED)
def test_a_row_that_is_there_is_updated_and_a_new_one_inserted(draw: Draw, body: str, expected: set[str]) -> None:
    app = draw(textwrap.dedent(SOURCE) + textwrap.indent(body, "    ") + "\n")
    assert {a.operation for a in app.system.accesses if a.definition == "m:f" and a.operation != "read"} == expected


def test_all_who_give_a_row_decide(draw: Draw) -> None:
    source = """
    from django.db import models
    class Order(models.Model):
        total = models.IntegerField()
    def change(order): order.save()
    def store(order): order.save()
    def one(): change(Order.objects.first())
    def other(): change(Order.objects.last())
    def third(): store(Order.objects.first())
    def fourth(): store(Order(total=1))
    """
    app = draw(textwrap.dedent(source))
    written = {(a.definition, a.operation) for a in app.system.accesses if a.operation != "read"}
    assert written == {("m:change", "update"), ("m:store", "insert"), ("m:store", "update")}


def test_a_row_that_its_maker_has_saved_is_not_new_to_whom_it_is_given(draw: Draw) -> None:
    source = """
    from django.db import models
    class Order(models.Model):
        total = models.IntegerField()
    def change(order): order.save()
    def place():
        order = Order(total=1)
        order.save()
        change(order)
    """
    app = draw(textwrap.dedent(source))
    written = {(a.definition, a.operation) for a in app.system.accesses if a.operation != "read"}
    assert written == {("m:change", "insert"), ("m:change", "update"), ("m:place", "insert")}


def test_who_is_signed_in_is_there(draw: Draw) -> None:
    source = """
    from django.http import HttpRequest
    def rename(request: HttpRequest):
        request.user.first_name = "x"
        request.user.save()
    """
    app = draw(textwrap.dedent(source))
    assert app.accesses() >= {("m:rename", "update", "auth_user")}
    assert ("m:rename", "insert", "auth_user") not in app.accesses()


FORMS = """
    from django import forms
    from django.db import models
    from django.shortcuts import get_object_or_404
    from django.views.generic import CreateView, FormView, UpdateView
    class Order(models.Model):
        total = models.IntegerField()
    class OrderForm(forms.ModelForm):
        class Meta:
            model = Order
    class Prepared(OrderForm):
        def __init__(self, *args, **kwargs):
            kwargs["instance"] = Order.objects.first()
            super().__init__(*args, **kwargs)
    class Created(CreateView):
        form_class = OrderForm
        def form_valid(self, form): return form.save()
    class Updated(UpdateView):
        model = Order
        form_class = OrderForm
        def form_valid(self, form): return form.save()
    class ByHand(CreateView):
        form_class = OrderForm
        def form_valid(self, form):
            one = form.save(commit=False)
            return super().form_valid(form)
    class Twice(CreateView):
        form_class = OrderForm
        def form_valid(self, form):
            one = form.save(commit=False)
            one.save()
            return super().form_valid(form)
    class Given(CreateView):
        form_class = OrderForm
        def get_form_kwargs(self): return {"instance": Order.objects.first(), **super().get_form_kwargs()}
        def form_valid(self, form): return form.save()
    class Either(UpdateView):
        form_class = OrderForm
        def form_valid(self, form): return form.save()
    class Second(Either):
        def get_object(self, queryset=None): return None
    class Found(UpdateView):
        form_class = OrderForm
        def get_object(self, queryset=None): return Order.objects.first()
        def form_valid(self, form): return form.save()
    class Other(FormView):
        form_class = OrderForm
        def form_valid(self, form): return form.save()
    def f(data, order, **values):
"""
BY_FORMS = {
    "a row of its own": ("OrderForm(data).save()", INSERT),
    "nothing given": ("OrderForm(data, instance=None).save()", INSERT),
    "a row that is loaded": ("OrderForm(data, instance=get_object_or_404(Order, pk=1)).save()", UPDATE),
    "a row or none": ("one = Order.objects.get(pk=1) if data else None\nOrderForm(data, instance=one).save()", EITHER),
    "a row that the caller gives": ("OrderForm(data, instance=order).save()", EITHER),
    "what is not known": ("OrderForm(data, **values).save()", EITHER),
    "a row that the form finds": ("Prepared(data).save()", EITHER),
    "saved by hand": ("one = OrderForm(data).save(commit=False)\none.save()", INSERT),
    "saved by the form and by hand": ("one = OrderForm(data).save()\none.save()", EITHER),
    "a loaded one by hand": (
        "form = OrderForm(data, instance=Order.objects.get(pk=1))\none = form.save(commit=False)\none.save()",
        UPDATE,
    ),
}


@pytest.mark.parametrize(("body", "expected"), BY_FORMS.values(), ids=BY_FORMS)
def test_a_form_saves_the_row_that_it_is_given(draw: Draw, body: str, expected: set[str]) -> None:
    app = draw(textwrap.dedent(FORMS) + textwrap.indent(body, "    ") + "\n")
    assert {a.operation for a in app.system.accesses if a.definition == "m:f" and a.operation != "read"} == expected


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("Created", INSERT),
        ("Updated", UPDATE),
        ("Given", EITHER),
        ("ByHand", INSERT),
        ("Twice", EITHER),
        ("Other", EITHER),
        ("Either", EITHER),
        ("Found", UPDATE),
    ],
)
def test_a_view_says_what_row_its_form_has(draw: Draw, view: str, expected: set[str]) -> None:
    app = draw(textwrap.dedent(FORMS) + "    pass\n")
    saving = f"m:{view}.form_valid"
    assert {a.operation for a in app.system.accesses if a.definition == saving} - {"read"} == expected


PEEWEE = """
    from peewee import CharField, Model
    class Order(Model):
        name = CharField()
    def made(): Order(name="x").save()
    def forced(): Order(name="x").save(force_insert=True)
    def loaded():
        for one in Order.select(): one.save()
"""
TORTOISE = """
    from tortoise import fields
    from tortoise.models import Model
    class Order(Model):
        name = fields.CharField(max_length=9)
    async def made():
        one = Order(name="x")
        await one.save()
    async def forced():
        one = await Order.get(id=1)
        await one.save(force_create=True)
    async def loaded():
        async for one in Order.filter(name="x"): await one.save()
"""


@pytest.mark.parametrize("source", [PEEWEE, TORTOISE], ids=["Peewee", "Tortoise"])
def test_rows_of_others_that_save_themselves(draw: Draw, source: str) -> None:
    app = draw(textwrap.dedent(source))
    written = {(a.definition, a.operation) for a in app.system.accesses if a.operation != "read"}
    assert written == {("m:made", "insert"), ("m:forced", "insert"), ("m:loaded", "update")}


def test_what_a_serializer_saves_is_there(draw: Draw) -> None:
    source = """
    from django.db import models
    from rest_framework import serializers
    class Order(models.Model):
        total = models.IntegerField()
    class Line(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
    class LineSerializer(serializers.ModelSerializer):
        class Meta:
            model = Line
            fields = "__all__"
    def change(row, data):
        line = LineSerializer(row, data=data).save()
        line.order.save()
    """
    app = draw(textwrap.dedent(source))
    written = {
        (a.operation, a.table) for a in app.system.accesses if a.definition == "m:change" and a.operation != "read"
    }
    assert written == {("update", "m_line"), ("update", "m_order")}
