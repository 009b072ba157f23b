"""Django REST framework: the classes that a view names, which the framework makes and asks for each request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.effects import ANSWERING
from decompose.linking.libraries.django_schema import library_class
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.rest_defaults import usual_classes
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Given, Wire, own_frame

_GENERICS = "rest_framework.generics"
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
    "filterset_class": ("filter_queryset",),
    "pagination_class": ("paginate_queryset", "get_paginated_response"),
    "serializer_class": ("to_representation", "to_internal_value", "validate", "create", "update"),
    "renderer_classes": ("render",),
    "parser_classes": ("parse",),
}
"""Attribute of a view -> the methods that are called on what it names."""
_CREATING, _UPDATING = "create post", "update partial_update put patch"
_ANSWERING = {
    "create": _CREATING,
    "update": _UPDATING,
    "validate": f"{_CREATING} {_UPDATING}",
    "to_internal_value": f"{_CREATING} {_UPDATING}",
}
"""Method of a serializer -> the methods of a view, the library's, that call it."""
_GIVEN = {
    "has_object_permission": ("permission_classes", 3, False),
    "filter_queryset": ("filter_backends", 2, True),
    "paginate_queryset": ("pagination_class", 1, True),
}
"""Method -> the attribute of a view that names its class, the position of the parameter, and whether it is given the query of the view's rows or one of them."""


def wires(linked: Linked) -> Iterator[Wire]:
    """From each view to the classes that it names, and to the methods that they have for the framework."""
    for view in linked.application_classes():
        for name, usual in usual_classes(linked, view):
            yield from _asked(linked, view, view.facts.line, [usual], name, "the settings, for the view")
        named = [name for name in _NAMED if name in view.facts.names]
        if not named or not _is_of_the_framework(linked, view):
            continue
        for name in named:
            yield from _asked(linked, view, view.facts.line, _classes(linked, view, view.facts.names[name]), name)


def decorator_wires(linked: Linked) -> Iterator[Wire]:
    """The same of a view that is a function, for which decorators name the classes."""
    for name in _NAMED:
        for site in linked.sites_calling(f"{_DECORATORS}:{name}"):
            named = list(_classes(linked, site.frame.scope, site.argument(0, name)))
            for decoration in linked.decorations(site):
                for view in linked.handlers(decoration, decoration.arguments[0]):
                    yield from _asked(linked, view, site.line, named, name)


def _classes(linked: Linked, owner: Scope, ref: Ref) -> Iterator[Scope]:
    """The application's classes that a name of a view stands for: one, those of a list, or what is combined by ``&``, ``|`` and ``~``."""
    found: dict[int, Scope] = {}
    waiting: list[Ref] = [ref]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        node = linked.engine.node_of(own_frame(linked.engine, owner), each)
        for value in linked.listed_values(linked.engine.values_of(node)):
            description = linked.values[value]
            if description[0] == "C" and not linked.program.scopes[description[1]].library:
                found[value] = linked.program.scopes[description[1]]
        for operation in owner.operations_producing(each):
            parts = _parts(operation)
            waiting += (part for part in parts if type(part) is int and part not in seen)
            seen.update(part for part in parts if type(part) is int)
    return (found[value] for value in sorted(found))


def _parts(operation: list[Any]) -> list[Ref]:
    if operation[0] == Op.CONTAINER:
        return list(operation[3])
    return operation[2:4] if operation[0] == Op.BINARY else []


def _asked(
    linked: Linked, view: Scope, line: int, named: Iterable[Scope], name: str, whose: str = "the view"
) -> Iterator[Wire]:
    """From a view to each class that it names, and to the methods that are called on it."""
    for cls in named:
        yield Wire(view, line, cls, "construct", f"{name} of {whose}")
        for method in _NAMED[name]:
            member = linked.hierarchy.member(cls, method)
            function = linked.engine.function_of(member)
            if function is not None and not function.library:
                said = f"{name} of {whose}"
                if method in _ANSWERING and not view.is_function:
                    said += ANSWERING + _ANSWERING[method]
                acting = linked.values.instance(cls.index) if function.parent is not cls else -1
                yield Wire(view, line, function, "callback", said, acting=acting)


def rows_given(linked: Linked) -> Iterator[Given]:
    """Some methods of what a view names, or a class above it, are given a row of the view's model, or the query of them."""
    generic = library_class(linked.program, _GENERICS, "GenericAPIView")
    query = library_class(linked.program, "django.db.models", "QuerySet")
    if generic is None or query is None:
        return
    for view in linked.application_classes():
        if not linked.inherits(view, f"{_GENERICS}:GenericAPIView"):
            continue
        rows = linked.hierarchy.bindings(view, (), generic).get("M", ())
        for method, (name, position, of_query) in _GIVEN.items() if rows else ():
            for cls in _named_classes(linked, view, name):
                found = linked.bound_method(cls, method)
                if found is not None and len(found[0].facts.parameters) > position:
                    for row in rows:
                        value = linked.values.instance(query.index, ((row,),)) if of_query else row
                        yield Given(found[1], found[0].facts.parameters[position][0], value)


def _named_classes(linked: Linked, view: Scope, name: str) -> list[Scope]:
    """The application's classes that a view, a class above it or the settings name."""
    member = linked.hierarchy.member(view, name)
    named = list(_classes(linked, member.owner, member.ref)) if member is not None else []
    return named or [cls for attribute, cls in usual_classes(linked, view) if attribute == name]


def _is_of_the_framework(linked: Linked, view: Scope) -> bool:
    modules = [linked.values[base][1] for base in linked.hierarchy.external_bases(view)]
    modules += (ancestor.module.name for ancestor in linked.hierarchy.order(view) if ancestor.library)
    return any(module.partition(".")[0] == "rest_framework" for module in modules)


FRAMEWORK = Framework(
    name="Django REST framework",
    summaries={_DECORATORS: _DECORATOR_SUMMARY},
    packages=("rest_framework",),
    named_parameters={"request in rest_framework.views:APIView": "rest_framework.request:Request"},
    wires=(wires, decorator_wires, rows_given),
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
        Example(
            """
            from django.db import models
            from rest_framework import filters, generics, pagination, permissions, viewsets

            class Order(models.Model):
                def is_open(self): return True

            class IsOpen(permissions.BasePermission):
                def has_object_permission(self, request, view, obj): return obj.is_open()
            class IsLate(permissions.BasePermission):
                def has_object_permission(self, request, view, obj): return note(obj)
            class Open(filters.BaseFilterBackend):
                def filter_queryset(self, request, queryset, view): return [each.is_open() for each in queryset]
            class Pages(pagination.PageNumberPagination):
                def paginate_queryset(self, queryset, request, view=None):
                    return [each.is_open() for each in super().paginate_queryset(queryset, request, view)]

            class Base(generics.ListAPIView):
                permission_classes = [permissions.IsAuthenticated & (IsOpen | ~IsLate)]
                filter_backends = [Open]
                pagination_class = Pages
            class Orders(Base):
                queryset = Order.objects.all()

            def note(order): return order.is_open()
            """,
            calls=frozenset(
                {
                    "m:Base -[construct]-> m:IsOpen",
                    "m:Base -[callback]-> m:IsOpen.has_object_permission",
                    "m:Base -[construct]-> m:IsLate",
                    "m:Base -[callback]-> m:IsLate.has_object_permission",
                    "m:Base -[construct]-> m:Open",
                    "m:Base -[callback]-> m:Open.filter_queryset",
                    "m:Base -[construct]-> m:Pages",
                    "m:Base -[callback]-> m:Pages.paginate_queryset",
                    "m:IsOpen -[callback]-> m:IsOpen.has_object_permission",
                    "m:IsLate -[callback]-> m:IsLate.has_object_permission",
                    "m:Open -[callback]-> m:Open.filter_queryset",
                    "m:IsOpen.has_object_permission -[call]-> m:Order.is_open",
                    "m:IsLate.has_object_permission -[call]-> m:note",
                    "m:note -[call]-> m:Order.is_open",
                    "m:Open.filter_queryset -[call]-> m:Order.is_open",
                    "m:Pages -[callback]-> m:Pages.paginate_queryset",
                    "m:Pages.paginate_queryset -[call]-> m:Order.is_open",
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
