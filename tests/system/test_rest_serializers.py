"""Django REST framework: what serializers show and save besides the row that they are about, and serializers inside serializers."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models

    class Owner(models.Model):
        name = models.CharField(max_length=9)

    class Tag(models.Model):
        name = models.CharField(max_length=9)

    class Place(models.Model):
        owner = models.ForeignKey(Owner, on_delete=models.CASCADE)

    class Order(models.Model):
        place = models.ForeignKey(Place, on_delete=models.CASCADE)
        tags = models.ManyToManyField(Tag)

    class Line(models.Model):
        order = models.ForeignKey(Order, related_name="lines", on_delete=models.CASCADE)
"""
SERIALIZERS = """
    from rest_framework import serializers, viewsets
    {base}
    class TagSerializer(Base):
        class Meta:
            model = Tag
            fields = ["name"]
    class LineSerializer(Base):
        class Meta:
            model = Line
            fields = ["id"]
        def create(self, data): return note()
    class OrderSerializer(Base):
        tags = TagSerializer(many=True{tags})
        lines = LineSerializer(many=True)
        class Meta:
            model = Order
            fields = ["tags", "lines"]
        def create(self, data): return super().create(data)
        def update(self, order, data): return super().update(order, data)
    def note(): pass
"""
PLAIN = "class Base(serializers.ModelSerializer): pass"
NESTING = "from drf_writable_nested import WritableNestedModelSerializer as Base"
UNKNOWN = "from somewhere.serializers import ShortModelSerializer as Base"


def _files(module: str) -> dict[str, str]:
    code = "from shop.models import *\n" + textwrap.dedent(module)
    return {"shop/__init__.py": "", "shop/models.py": MODELS, "shop/code.py": code}


def _accesses(draw: Draw, module: str, definition: str) -> set[str]:
    found = draw(_files(module)).executed()
    return {
        f"{operation} {table.removeprefix('shop_')}" for d, operation, table in found if d == f"shop.code:{definition}"
    }


@pytest.mark.parametrize(
    ("base", "tags", "method", "expected"),
    [
        (PLAIN, "", "create", {"insert order"}),
        (UNKNOWN, "", "create", {"insert order"}),
        (NESTING, "", "create", {"insert order", "read tag", "insert tag", "update tag", "insert order_tags", "read line", "update line"}),
        (NESTING, ", read_only=True", "create", {"insert order", "read line", "update line"}),
        (NESTING, ", read_only=True", "update", {"update order", "read line", "update line", "delete line"}),
    ],
)  # fmt: skip
def test_what_a_serializer_saves_of_the_serializers_inside(
    draw: Draw, base: str, tags: str, method: str, expected: set[str]
) -> None:
    """The framework's own saves nothing of them; another package's does, what the application does itself (`create` of a line) aside."""
    module = SERIALIZERS.format(base=base, tags=tags)
    assert _accesses(draw, module, f"OrderSerializer.{method}") == expected


@pytest.mark.parametrize(("base", "calls"), [(PLAIN, False), (NESTING, True)])
def test_a_serializer_inside_creates_its_rows_itself(draw: Draw, base: str, calls: bool) -> None:
    app = draw(_files(SERIALIZERS.format(base=base, tags="")))
    call = ("shop.code:OrderSerializer.create", "shop.code:LineSerializer.create")
    assert (call in app.calls("callback")) == calls


SHOWN = """
    from rest_framework import serializers, viewsets
    class PlaceSerializer(serializers.ModelSerializer):
        class Meta:
            model = Place
            fields = ["id"]
    class WithOwner(PlaceSerializer):
        name = serializers.CharField(source="owner.name")
    class Before(serializers.ModelSerializer):
        place = {before}
    class OrderSerializer(Before):
        {field}
        class Meta:
            model = Order
            fields = {fields}
    class Orders(viewsets.ReadOnlyModelViewSet):
        queryset = Order.objects.all()
        serializer_class = OrderSerializer
    class Told(viewsets.ReadOnlyModelViewSet):
        queryset = Order.objects.all()
        serializer_class = OrderSerializer
        def retrieve(self, request): return super().retrieve(request)
    def show(order): return OrderSerializer(order).data
"""


@pytest.mark.parametrize(
    ("field", "fields", "before", "expected"),
    [
        ("", '["id", "place"]', "None", set()),
        ("place = WithOwner()", '["id", "place"]', "None", {"read place", "read owner"}),
        ("place = PlaceSerializer()", '["id", "place"]', "WithOwner()", {"read place"}),
        ('street = serializers.CharField(source="place.street")', '["id", "street"]', "None", {"read place"}),
        ("", '["id", "tags"]', "None", {"read tag", "read order_tags"}),
    ],
)
@pytest.mark.parametrize("where", ["show", "Orders", "Told.retrieve"])
def test_what_a_serializer_shows_is_read(
    draw: Draw, field: str, fields: str, before: str, expected: set[str], where: str
) -> None:
    """Where it is asked to, and below what a view leaves to the framework."""
    module = SHOWN.format(field=field, fields=fields, before=before)
    assert _accesses(draw, module, where) - {"read order"} == expected


@pytest.mark.parametrize(("more", "expected"), [("", {"read place"}), ('read_only_fields = ["place"]', set())])
def test_keys_that_are_only_shown_are_not_looked_up(draw: Draw, more: str, expected: set[str]) -> None:
    module = f"""
        from rest_framework import serializers
        class OrderSerializer(serializers.ModelSerializer):
            class Meta:
                model = Order
                fields = ["id", "place"]
                {more}
        def check(data): return OrderSerializer(data=data).is_valid()
    """
    assert _accesses(draw, module, "check") == expected


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("owned = PlaceSerializer()", {"read owner"}),
        ('owned = PlaceSerializer(source="place")', {"read owner"}),
        ("owned = PlaceSerializer(read_only=True)", set()),
        ('owned = PlaceSerializer(source="place", read_only=True)', set()),
    ],
)
def test_what_a_serializer_inside_looks_up_unless_it_only_shows(draw: Draw, inside: str, expected: set[str]) -> None:
    module = f"""
        from rest_framework import serializers
        class PlaceSerializer(serializers.ModelSerializer):
            class Meta:
                model = Place
                fields = ["owner"]
        class OrderSerializer(serializers.ModelSerializer):
            {inside}
            class Meta:
                model = Order
                fields = ["id", "owned"]
        def check(data): return OrderSerializer(data=data).is_valid()
    """
    assert _accesses(draw, module, "check") == expected


SAVED = """
    from rest_framework import serializers, viewsets

    class OwnerSerializer(serializers.ModelSerializer):
        class Meta:
            model = Owner
            fields = ["name"]

    class Owners(viewsets.ModelViewSet):
        serializer_class = OwnerSerializer
        def perform_create(self, serializer): serializer.save()
        def perform_update(self, serializer): serializer.save()
        def copied(self, request):
            made = self.get_serializer(data=request.data)
            made.save()

    def added(data): OwnerSerializer(data=data).save()
    def changed(owner, data): OwnerSerializer(owner, data=data).save()
    def named(owner, data): OwnerSerializer(data=data, instance=owner).save()
    def nothing(data): OwnerSerializer(None, data=data).save()
    def either(name, data):
        serializer = OwnerSerializer(Owner.objects.filter(name=name).first(), data=data)
        serializer.save()
    def some(options): OwnerSerializer(**options).save()
    def handed(serializer: OwnerSerializer): serializer.save()
"""


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("added", {"insert"}),
        ("changed", {"update"}),
        ("named", {"update"}),
        ("nothing", {"insert"}),
        ("either", {"insert", "update"}),
        ("some", {"insert", "update"}),
        ("handed", {"insert", "update"}),
        ("Owners.perform_create", {"insert"}),
        ("Owners.perform_update", {"update"}),
        ("Owners.copied", {"insert"}),
    ],
)
def test_a_serializer_saves_a_new_row_or_one_that_it_was_made_with(
    draw: Draw, function: str, expected: set[str]
) -> None:
    found = _accesses(draw, SAVED, function)
    assert {access.partition(" ")[0] for access in found} - {"read", "scan"} == expected
