"""strawberry-django: types about models, fields that give their rows, and functions that filter and resolve."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.strawberry_fields import PACKAGE, RULE, models_of_types, rows_fields
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Given, Wire

_SUMMARY = """
from typing import TypeVar

from decompose.effects import keeps

F = TypeVar("F")

class _Decorator:
    @keeps("resolver")
    def __call__(self, resolver: F) -> F: ...

def type(model, **options) -> _Decorator: ...
def interface(model, **options) -> _Decorator: ...
def input(model, **options) -> _Decorator: ...
def partial(model, **options) -> _Decorator: ...
def filter(model, **options) -> _Decorator: ...
def filter_type(model, **options) -> _Decorator: ...
def order(model, **options) -> _Decorator: ...
def order_type(model, **options) -> _Decorator: ...
def field(resolver: F = None, **options) -> F | _Decorator: ...
def node(**options) -> _Decorator: ...
def connection(resolver: F = None, **options) -> F | _Decorator: ...
def mutation(resolver: F = None, **options) -> F | _Decorator: ...
def input_mutation(resolver: F = None, **options) -> F | _Decorator: ...
def filter_field(resolver: F = None, **options) -> F | _Decorator: ...
def order_field(resolver: F = None, **options) -> F | _Decorator: ...
"""
_RESOLVED = tuple(f"{PACKAGE}:{name}" for name in ("field", "connection", "mutation", "input_mutation"))
_ASKED = tuple(f"{PACKAGE}:{name}" for name in ("filter_field", "order_field"))


def _decorated(linked: Linked, *definitions: str) -> Iterator[Scope]:
    """The methods of classes that these decorate."""
    for site in linked.sites_calling(*definitions):
        for decoration in [site] if site.kind == "decorate" else linked.decorations(site):
            for handler in linked.handlers(decoration, decoration.arguments[0]):
                if handler.parent is not None and not handler.parent.is_function:
                    yield handler


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Every resolver, and every field of a root that gives rows without one."""
    for handler in _decorated(linked, *_RESOLVED):
        if handler.parent is not None:
            yield _entry(handler.parent.facts.name, handler.facts.name, handler, handler.facts.line)
    for site in linked.sites_calling(*_RESOLVED):
        given = [ref for name, ref in site.keywords if name == "resolver"] if site.kind == "call" else []
        for handler in linked.handlers(site, given[0]) if given else ():
            yield _entry(site.frame.scope.facts.name, _name_of(site, handler), handler, handler.facts.line)
    types = models_of_types(linked)
    for field in rows_fields(linked):
        if field.owner.index not in types:
            yield _entry(field.owner.facts.name, field.name, field.owner, field.line)


def _entry(owner: str, field: str, handler: Scope, line: int) -> FoundEntry:
    return FoundEntry("http", f"GRAPHQL /{owner}.{field}", handler, handler.module.file, line)


def _name_of(site: Site, handler: Scope) -> str:
    names = site.frame.scope.facts.names
    return next((name for name, ref in names.items() if ref == site.operation[1]), handler.facts.name)


def wires(linked: Linked) -> Iterator[Wire | Given]:
    """The object of a resolver is a row; a field asks its type which rows there are; filters and orders ask their methods."""
    types = models_of_types(linked)
    for handler in _decorated(linked, *_RESOLVED):
        model = types.get(handler.parent.index) if handler.parent is not None else None
        found = linked.bound_method(handler.parent, handler.facts.name) if handler.parent is not None else None
        if model is not None and found is not None and handler.facts.parameters:
            row = linked.values.instance(model.index)
            yield Given(found[1], handler.facts.parameters[0][0], row)
    for field in rows_fields(linked):
        asked = linked.bound_method(field.type, "get_queryset")
        if asked is not None:
            acting = linked.values.class_of(linked.values.instance(field.type.index))
            yield Wire(field.owner, field.line, asked[0], "callback", RULE, acting=acting)
    for handler in _decorated(linked, *_ASKED):
        if handler.parent is not None:
            yield Wire(handler.parent, handler.facts.line, handler, "callback", "asked by who filters or orders")


FRAMEWORK = Framework(
    name="strawberry-django",
    summaries={PACKAGE: _SUMMARY},
    entry_points=(entry_points,),
    wires=(wires,),
    examples=(
        Example(
            """
            import strawberry
            import strawberry_django
            from django.db import models

            class Order(models.Model):
                number = models.IntegerField()
                def label(self): pass

            @strawberry_django.filter_type(Order)
            class OrderFilter:
                @strawberry_django.filter_field
                def late(self, queryset, value, prefix): helper()

            @strawberry_django.type(Order, filters=OrderFilter)
            class OrderType:
                number: strawberry.auto
                @classmethod
                def get_queryset(cls, queryset, info): return seen(queryset)
                @strawberry_django.field
                def title(self) -> str: return self.label()

            @strawberry.type
            class Query:
                order: OrderType = strawberry_django.field()
                late: list[OrderType] = strawberry_django.field(resolver=lambda: helper())

            @strawberry.type
            class Mutation:
                @strawberry_django.mutation(handle_django_errors=True)
                def add(self, number: int) -> OrderType: helper()

            def helper(): pass
            def seen(queryset): return queryset
            """,
            entries=frozenset(
                {
                    "http GRAPHQL /OrderType.title -> m:OrderType.title",
                    "http GRAPHQL /Query.order -> m:Query",
                    "http GRAPHQL /Query.late -> m:Query",
                    "http GRAPHQL /Mutation.add -> m:Mutation.add",
                }
            ),
            calls=frozenset(
                {
                    "m:OrderFilter -[callback]-> m:OrderFilter.late",
                    "m:OrderFilter.late -[call]-> m:helper",
                    "m:OrderType.get_queryset -[call]-> m:seen",
                    "m:OrderType.title -[call]-> m:Order.label",
                    "m:Query -[callback]-> m:OrderType.get_queryset",
                    "m:Query -[call]-> m:helper",
                    "m:Mutation.add -[call]-> m:helper",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import strawberry_django

            def field(function): return function

            class OrderType:
                @field
                def title(self): pass
            """,
            calls=frozenset({"m:OrderType -[decorate]-> m:field"}),
        ),
    ),
)
