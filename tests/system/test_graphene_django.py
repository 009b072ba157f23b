"""Fields of GraphQL that list the rows of a model read its table, where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    class Place(models.Model):
        name = models.CharField(max_length=9)
    class Order(models.Model):
        place = models.ForeignKey(Place, models.CASCADE)
"""
SCHEMA = """
    import graphene
    from graphene_django import DjangoListField, DjangoObjectType
    from graphene_django.filter import DjangoFilterConnectionField
    from shop.models import Order, Place

    class PlaceType(DjangoObjectType):
        class Meta:
            model = Place

    class OrderType(DjangoObjectType):
        class Meta:
            model = Order
        def resolve_where(self, info): return self.place.name

    class OwnField(DjangoFilterConnectionField): pass

    class Query(graphene.ObjectType):
        places = DjangoListField(PlaceType)
        orders = OwnField("shop.schema.OrderType")
        order = graphene.Field(OrderType)
        resolved = DjangoListField(PlaceType)
        def resolve_order(self, info, id): return Order.objects.get(id=id)
        def resolve_resolved(self, info): return []
"""


def test_a_field_that_lists_rows_reads_them(draw: Draw) -> None:
    app = draw({"shop/models.py": MODELS, "shop/schema.py": SCHEMA, "shop/__init__.py": ""})
    assert {
        (access.definition, access.table, access.operation, access.resolution, access.line)
        for access in app.system.accesses
    } == {
        ("shop.schema:Query", "shop_place", "read", "inferred", 18),
        ("shop.schema:Query", "shop_order", "read", "inferred", 19),
        ("shop.schema:Query.resolve_order", "shop_order", "read", "exact", 22),
        ("shop.schema:OrderType.resolve_where", "shop_place", "read", "exact", 13),
    }
    assert {(entry.name, entry.line) for entry in app.system.entry_points} == {
        ("GRAPHQL /Query.places", 18),
        ("GRAPHQL /Query.orders", 19),
        ("GRAPHQL /Query.order", 22),
        ("GRAPHQL /Query.resolved", 23),
        ("GRAPHQL /OrderType.where", 13),
    }
