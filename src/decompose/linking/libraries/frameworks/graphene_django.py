"""Graphene-Django: types of the rows of a model, whose resolvers are given a row, and fields that list such rows."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.found import FoundEntry
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.graphene_fields import PACKAGE, RULE, TYPES, listing_fields, models_of
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Given, Wire

_TYPES = """
from typing import Generic, TypeVar

from django.db.models import QuerySet

M = TypeVar("M")

class DjangoObjectType(Generic[M]):
    __model_named_in__ = "Meta.model"
    __hooks__ = "resolve_* get_node is_type_of"
    @classmethod
    def get_queryset(cls, queryset: QuerySet[M], info) -> QuerySet[M]: ...
    @classmethod
    def get_node(cls, info, id) -> M: ...
"""
_RESOLVES = "resolve_"


def _types(linked: Linked) -> Iterator[Scope]:
    return (cls for cls in linked.application_classes() if linked.inherits(cls, f"{TYPES}:DjangoObjectType"))


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Every resolver of a type, and every field that lists rows without one."""
    for cls in _types(linked):
        for name, ref in cls.facts.names.items():
            function = linked.engine.plain_function(cls, ref) if name.startswith(_RESOLVES) else None
            if function is not None:
                path = f"GRAPHQL /{cls.facts.name}.{name.removeprefix(_RESOLVES)}"
                yield FoundEntry("http", path, function, function.module.file, function.facts.line)
    for field in listing_fields(linked):
        if not field.resolved:
            path = f"GRAPHQL /{field.owner.facts.name}.{field.name}"
            yield FoundEntry("http", path, field.owner, field.owner.module.file, field.line)


def wires(linked: Linked) -> Iterator[Wire | Given]:
    """The object of a resolver is a row; a field asks its type which rows there are."""
    for cls in _types(linked):
        rows = [linked.values.instance(model.index) for model in models_of(linked, cls)]
        for name in sorted(
            {n for owner in linked.hierarchy.order(cls) if not owner.library for n in owner.facts.names}
        ):
            found = linked.bound_method(cls, name) if name.startswith(_RESOLVES) else None
            if found is not None and found[0].facts.parameters:
                yield from (Given(found[1], found[0].facts.parameters[0][0], row) for row in rows)
        yield from _asked(linked, cls, cls.facts.line, cls, "rows of the type")
    for field in listing_fields(linked):
        yield from _asked(linked, field.owner, field.line, field.type, RULE)


def _asked(linked: Linked, asking: Scope, line: int, cls: Scope, rule: str) -> Iterator[Wire]:
    found = linked.bound_method(cls, "get_queryset")
    if found is not None:
        acting = linked.values.class_of(linked.values.instance(cls.index))
        yield Wire(asking, line, found[0], "callback", rule, acting=acting)


FRAMEWORK = Framework(
    name="Graphene-Django",
    summaries={PACKAGE: "from graphene_django.types import DjangoObjectType\n", TYPES: _TYPES},
    entry_points=(entry_points,),
    wires=(wires,),
    examples=(
        Example(
            """
            import graphene
            from django.db import models
            from graphene_django import DjangoListField, DjangoObjectType

            class Order(models.Model):
                def label(self): pass

            class OrderType(DjangoObjectType):
                class Meta:
                    model = Order
                def resolve_title(self, info): return self.label()
                @classmethod
                def get_queryset(cls, queryset, info):
                    queryset.get().label()
                    return queryset

            class Query(graphene.ObjectType):
                orders = DjangoListField(OrderType)
                newest = DjangoListField(OrderType)
                def resolve_newest(self, info): return newest()

            def newest(): pass
            """,
            entries=frozenset(
                {
                    "http GRAPHQL /OrderType.title -> m:OrderType.resolve_title",
                    "http GRAPHQL /Query.orders -> m:Query",
                    "http GRAPHQL /Query.newest -> m:Query.resolve_newest",
                }
            ),
            calls=frozenset(
                {
                    "m:OrderType.resolve_title -[call]-> m:Order.label",
                    "m:OrderType.get_queryset -[call]-> m:Order.label",
                    "m:OrderType -[callback]-> m:OrderType.resolve_title",
                    "m:OrderType -[callback]-> m:OrderType.get_queryset",
                    "m:Query -[callback]-> m:OrderType.get_queryset",
                    "m:Query.resolve_newest -[call]-> m:newest",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import graphene_django

            class DjangoObjectType: pass
            class DjangoListField:
                def __init__(self, kind): pass
            class OrderType(DjangoObjectType):
                def resolve_title(self, info): pass
            class Query:
                orders = DjangoListField(OrderType)
            """,
            calls=frozenset({"m:Query -[construct]-> m:DjangoListField.__init__"}),
        ),
    ),
)
