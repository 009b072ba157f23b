"""Django REST framework: the classes that a view names, which the framework makes and asks for each request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from decompose.facts import Op
from decompose.linking.libraries import rest_serializers
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Given, Wire

_SERIALIZERS, _GETS, _METHOD_FIELD = "rest_framework.serializers", "get_", "SerializerMethodField"
_MODEL_SERIALIZER = f"{_SERIALIZERS}:ModelSerializer"
_DECORATORS = "rest_framework.decorators"
_DECORATOR_SUMMARY = """
from typing import TypeVar

F = TypeVar("F")

class _Decorator:
    def __call__(self, func: F) -> F: ...

def permission_classes(permission_classes) -> _Decorator: ...
def authentication_classes(authentication_classes) -> _Decorator: ...
def throttle_classes(throttle_classes) -> _Decorator: ...
def renderer_classes(renderer_classes) -> _Decorator: ...
def parser_classes(parser_classes) -> _Decorator: ...
"""

_NAMED = {
    "permission_classes": ("has_permission", "has_object_permission"),
    "authentication_classes": ("authenticate",),
    "throttle_classes": ("allow_request",),
    "filter_backends": ("filter_queryset",),
    "pagination_class": ("paginate_queryset", "get_paginated_response"),
    "serializer_class": ("to_representation", "to_internal_value", "validate", "create", "update"),
    "renderer_classes": ("render",),
    "parser_classes": ("parse",),
}
"""Attribute of a view -> the methods that are called on what it names."""


def wires(linked: Linked) -> Iterator[Wire]:
    """From each view to the classes that it names, and to the methods that they have for the framework."""
    for view in linked.application_classes():
        named = [name for name in _NAMED if name in view.facts.names]
        if not named or not _is_of_the_framework(linked, view):
            continue
        for name in named:
            yield from _asked(linked, view, view.facts.line, linked.attribute_values(view, name), name)


def decorator_wires(linked: Linked) -> Iterator[Wire]:
    """The same of a view that is a function, for which decorators name the classes."""
    for name in _NAMED:
        for site in linked.sites_calling(f"{_DECORATORS}:{name}"):
            named = linked.argument_values(site, site.argument(0, name))
            for decoration in linked.decorations(site):
                for view in linked.handlers(decoration, decoration.arguments[0]):
                    yield from _asked(linked, view, site.line, named, name)


def _asked(linked: Linked, view: Scope, line: int, named: Iterable[Value], name: str) -> Iterator[Wire]:
    """From a view to each class that it names, or that a list holds that it names, and to the methods that are called on it."""
    for value in sorted(linked.listed_values(named)):
        description = linked.values[value]
        cls = linked.program.scopes[description[1]] if description[0] == "C" else None
        if cls is None or cls.library:
            continue
        yield Wire(view, line, cls, "construct", f"{name} of the view")
        for method in _NAMED[name]:
            member = linked.hierarchy.member(cls, method)
            function = linked.engine.function_of(member)
            if function is not None and not function.library:
                yield Wire(view, line, function, "callback", f"{name} of the view")


def method_fields(linked: Linked) -> Iterator[Given]:
    """``get_total(self, order)`` of a serializer with a field ``total``, its own or a mixin's, is given a row of the serializer's model.

    So is a method that a field names: ``SerializerMethodField("sum_of")``.
    """
    values = linked.engine.values
    for cls in linked.application_classes():
        order = linked.hierarchy.order(cls)
        if not _is_serializer(linked, cls, order):
            continue
        meta = linked.hierarchy.member(cls, "Meta")
        named = linked.names.evaluate(meta.owner, meta.ref) if meta is not None and meta.ref is not None else ()
        bodies = [linked.program.scopes[values[value][1]] for value in named if values[value][0] == "C"]
        models = [m for body in bodies for m in linked.names.evaluate(body, body.facts.names.get("model", -1))]
        rows = [values.instance(values[m][1]) for m in models if values[m][0] == "C"]
        for function in _methods_of_fields(linked, order) if rows else ():
            at = 0 if function.facts.flavour == "static" else 1
            home = linked.engine.class_frame(function.parent) if function.parent is not None else None
            if home is None or len(function.facts.parameters) <= at or function.facts.flavour not in ("", "static"):
                continue
            plain = values.intern("F", function.index, home.index)
            called = values.intern("B", plain, values.instance(cls.index)) if at else plain
            yield from (Given(called, function.facts.parameters[at][0], row) for row in rows)


def nested_wires(linked: Linked) -> Iterator[Wire]:
    """From a call of the library's ``create`` or ``update`` to the same of the serializers inside, where those are saved along."""
    for site in linked.sites_calling(f"{_MODEL_SERIALIZER}.create", f"{_MODEL_SERIALIZER}.update"):
        receiver = site.frame.receiver
        described = linked.values[receiver] if receiver >= 0 else ("",)
        cls = linked.program.scopes[described[1]] if described[0] == "I" else None
        if cls is None or not rest_serializers.saves_nested(linked, cls):
            continue
        for inner in rest_serializers.nested(linked, cls):
            for method in ("create", "update") if not inner.read_only else ():
                found = linked.bound_method(inner.cls, method)
                if found is not None and not found[0].library:
                    acting = linked.values.instance(inner.cls.index)
                    rule = f"{inner.name} of the serializer is saved along"
                    yield Wire(
                        site.frame.scope, site.line, found[0], "callback", rule, receiver=receiver, acting=acting
                    )


def _is_serializer(linked: Linked, cls: Scope, order: Sequence[Scope]) -> bool:
    """Also by a base that another package derives from one of the framework's."""
    if any(ancestor.library and ancestor.module.name == _SERIALIZERS for ancestor in order):
        return True
    return any(linked.values[base][2].endswith("Serializer") for base in linked.hierarchy.external_bases(cls))


def _methods_of_fields(linked: Linked, order: Sequence[Scope]) -> Iterator[Scope]:
    own = [owner for owner in order if not owner.library]
    known = {name for owner in own for name in owner.facts.names}
    named = {f"{_GETS}{name}" for name in known} | {name for owner in own for name in _named_by_fields(linked, owner)}
    for name in sorted(named & known):
        owner = next(owner for owner in own if name in owner.facts.names)
        function = owner.function_below(owner.facts.names[name])
        if function is not None:
            yield function


def _named_by_fields(linked: Linked, serializer: Scope) -> Iterator[str]:
    for operation in serializer.facts.ops:
        if operation[0] == Op.CALL and operation[3:5] != [[], []]:
            called = (linked.values[value] for value in linked.names.evaluate(serializer, operation[2]))
            if any(description[-1] == _METHOD_FIELD for description in called if description[0] == "X"):
                name = linked.keyword(serializer, operation, "method_name", 0)
                yield from [name] if isinstance(name, str) else []


def _is_of_the_framework(linked: Linked, view: Scope) -> bool:
    modules = [linked.values[base][1] for base in linked.hierarchy.external_bases(view)]
    modules += (ancestor.module.name for ancestor in linked.hierarchy.order(view) if ancestor.library)
    return any(module.partition(".")[0] == "rest_framework" for module in modules)


FRAMEWORK = Framework(
    name="Django REST framework",
    summaries={_DECORATORS: _DECORATOR_SUMMARY},
    packages=("rest_framework",),
    named_parameters={"request in rest_framework.views:APIView": "rest_framework.request:Request"},
    wires=(wires, decorator_wires, method_fields, nested_wires),
    examples=(
        Example(
            """
            from rest_framework.decorators import api_view, permission_classes, throttle_classes
            from rest_framework.permissions import BasePermission, IsAuthenticated
            from rest_framework.throttling import UserRateThrottle

            class IsOwner(BasePermission):
                def has_permission(self, request, view): return owns(request.user)

            class Slow(UserRateThrottle): scope = "slow"

            def owns(user): return True

            @api_view(["POST"])
            @permission_classes([IsAuthenticated, IsOwner])
            @throttle_classes([Slow])
            def pay(request): pass
            """,
            calls=frozenset(
                {
                    "m:pay -[construct]-> m:IsOwner",
                    "m:pay -[callback]-> m:IsOwner.has_permission",
                    "m:IsOwner -[callback]-> m:IsOwner.has_permission",
                    "m:IsOwner.has_permission -[call]-> m:owns",
                    "m:pay -[construct]-> m:Slow",
                }
            ),
        ),
        Example(
            """
            from django.db import models
            from rest_framework import serializers

            class Order(models.Model):
                @property
                def total(self): return add()

            def add(): pass

            class Listed(serializers.ModelSerializer):
                total = serializers.SerializerMethodField()
                class Meta:
                    model = Order
                def get_total(self, obj): return obj.total
                def get_other(self, obj): return obj.total
            """,
            calls=frozenset({"m:Order.total -[call]-> m:add", "m:Listed.get_total -[property]-> m:Order.total"}),
        ),
        Example(
            """
            from django.db import models
            from rest_framework import serializers

            class Order(models.Model):
                @property
                def total(self): return 1

            class WithTotal(serializers.Serializer):
                total = serializers.SerializerMethodField()
                twice = serializers.SerializerMethodField()
                @staticmethod
                def get_total(order): return order.total
                def get_twice(self, order): return order.total

            class Listed(WithTotal, serializers.ModelSerializer):
                class Meta:
                    model = Order
            """,
            calls=frozenset(
                {
                    "m:WithTotal.get_total -[property]-> m:Order.total",
                    "m:WithTotal.get_twice -[property]-> m:Order.total",
                }
            ),
        ),
        Example(
            """
            from django.db import models
            from drf_spectacular.utils import extend_schema_field
            from drf_writable_nested import WritableNestedModelSerializer
            from rest_framework import serializers

            class Order(models.Model):
                def total(self): return 1

            class Listed(WritableNestedModelSerializer):
                total = serializers.SerializerMethodField("sum_of")
                shown = serializers.SerializerMethodField()
                class Meta:
                    model = Order
                @extend_schema_field(int)
                def sum_of(self, obj): return obj.total()
                @extend_schema_field(int)
                def get_shown(self, obj): return obj.total()
            """,
            calls=frozenset({"m:Listed.sum_of -[call]-> m:Order.total", "m:Listed.get_shown -[call]-> m:Order.total"}),
        ),
        Example(
            """
            from rest_framework import permissions, serializers, viewsets

            class IsOwner(permissions.BasePermission):
                def has_permission(self, request, view): return check()

            class OrderSerializer(serializers.Serializer):
                def validate(self, data): return data
                def helper(self): pass

            class Orders(viewsets.ViewSet):
                permission_classes = [permissions.IsAuthenticated, IsOwner]
                serializer_class = OrderSerializer

            def check(): pass
            """,
            calls=frozenset(
                {
                    "m:Orders -[construct]-> m:IsOwner",
                    "m:Orders -[callback]-> m:IsOwner.has_permission",
                    "m:Orders -[construct]-> m:OrderSerializer",
                    "m:Orders -[callback]-> m:OrderSerializer.validate",
                    "m:OrderSerializer -[callback]-> m:OrderSerializer.validate",
                    "m:IsOwner -[callback]-> m:IsOwner.has_permission",
                    "m:IsOwner.has_permission -[call]-> m:check",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import rest_framework

            class IsOwner:
                def has_permission(self): pass

            class Club:
                permission_classes = [IsOwner]
            """,
        ),
    ),
)
