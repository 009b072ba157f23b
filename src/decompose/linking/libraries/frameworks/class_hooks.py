"""Methods of a class that a framework calls, because the class is derived from one of its own.

A summary's class says which: ``__hooks__ = "* clean_*"`` are those that are declared there (``*``), and more by their names;
of these ``__asked_hooks__`` are called only where a method of the class is, such as ``create`` by ``save``, and
``__hooks_of_each_request__`` whatever method of the class answers one.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import NamedTuple

from decompose.linking.effects import ANSWERING, HOOK, ON_EACH_REQUEST, WHEN_ASKED
from decompose.linking.hierarchy import Member
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.http_methods import VERBS
from decompose.linking.libraries.outside_hooks import hooks_outside, packages
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Wire

_CALLED = frozenset({"", "class", "static"})
"""Kinds of methods that are called; properties are not."""


def wires(linked: Linked) -> Iterator[Wire]:
    """From each class to its own methods that a framework calls on its objects, or on those of a subclass."""
    told: set[int] = set()
    of_library: dict[int, Hook | None] = {}
    of_owner: dict[tuple[int, tuple[Hook, ...], frozenset[str]], list[tuple[str, str]]] = {}
    for cls in linked.application_classes():
        hooks = _hooks(linked, cls, of_library)
        if not hooks:
            continue
        yield from _listed_functions(linked, cls)
        named = _named(linked, cls)
        listed = frozenset(named)
        seen: set[str] = set()
        for owner in linked.hierarchy.order(cls):
            if owner.library:
                continue
            key = owner.index, hooks, listed
            if key not in of_owner:  # many classes have the same ones above them
                of_owner[key] = [(n, calls) for n in owner.facts.names if (calls := _calling(hooks, n)) or n in listed]
            for name, calling in of_owner[key]:
                if name in seen or (name in VERBS and owner is cls):
                    continue  # what answers a method of HTTP is an entry point itself
                seen.add(name)
                function = owner.function_below(owner.facts.names[name])
                if function is not None and function.facts.flavour in _CALLED and function.index not in told:
                    told.add(function.index)
                    rule = f"{HOOK}{calling}" if calling else named[name]
                    yield Wire(owner, owner.facts.line, function, "callback", rule)


class Hook(NamedTuple):
    """What a framework's class, the ``owner``, calls: methods by patterns of names, those that it declares itself; which of them
    only where it is ``asked`` to, which for ``each`` request, which by some of its methods; and by which it calls the rest, if it
    says so.
    """

    owner: str
    patterns: tuple[str, ...]
    declared: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    each: frozenset[str] = frozenset()
    answering: str = ""
    by_some: tuple[tuple[str, str], ...] = ()

    def when(self, name: str) -> str:
        """When it calls a method of that name."""
        if name in self.asked:
            return WHEN_ASKED
        if name in self.each:
            return ON_EACH_REQUEST
        answering = dict(self.by_some).get(name, self.answering)
        return f"{ANSWERING}{answering}" if answering else ""


def _hooks(linked: Linked, cls: Scope, of_library: dict[int, Hook | None]) -> tuple[Hook, ...]:
    found: list[Hook] = []
    for ancestor in linked.hierarchy.order(cls):
        if not ancestor.library:
            continue
        if ancestor.index not in of_library:
            of_library[ancestor.index] = _stated(linked, ancestor)
        hook = of_library[ancestor.index]
        if hook is not None:
            found.append(hook)
    for base in linked.hierarchy.external_bases(cls):
        _, module, name = linked.values[base]
        patterns = hooks_outside(f"{module}.{name}")
        if patterns:
            found.append(Hook(name.rpartition(".")[2], patterns))
    return tuple(found)


def _stated(linked: Linked, cls: Scope) -> Hook | None:
    """What a summary's class states, or inherits the ``*`` of."""
    member = linked.hierarchy.member(cls, "__hooks__")
    if member is None or not isinstance(member.ref, str):
        return None
    stated = member.ref.split()
    own = tuple(name for name in stated if name != "*") if member.owner is cls else ()
    answering = cls.facts.names.get("__hooks_answering__")
    return Hook(
        cls.facts.name,
        own,
        frozenset(cls.facts.names) if "*" in stated else frozenset(),
        _names_in(linked, cls, "__asked_hooks__"),
        _names_in(linked, cls, "__hooks_of_each_request__"),
        answering if isinstance(answering, str) else "",
        _by_some(linked, cls),
    )


def _by_some(linked: Linked, cls: Scope) -> tuple[tuple[str, str], ...]:
    """Hooks that only some methods of the class call, wherever it inherits them, each with the names of these."""
    member = linked.hierarchy.member(cls, "__hooks_called_by__")
    return _called_by(member.ref) if member is not None and isinstance(member.ref, str) else ()


def _called_by(stated: str) -> tuple[tuple[str, str], ...]:
    """What ``a b by x, c by y z`` says of each name."""
    groups = (group.partition(" by ") for group in stated.split(","))
    return tuple((name, methods.strip()) for names, _, methods in groups for name in names.split())


def _names_in(linked: Linked, cls: Scope, attribute: str) -> frozenset[str]:
    member = linked.hierarchy.member(cls, attribute)
    return frozenset(member.ref.split()) if member is not None and isinstance(member.ref, str) else frozenset()


def _named(linked: Linked, cls: Scope) -> dict[str, str]:
    """The methods that attributes of the class list by their names, each with the rule that says so."""
    listing: dict[str, dict[str, str]] = {}
    for attribute, methods, listed in _listings(linked, cls):
        for _, name in linked.names.constants.elements(listed.owner, listed.ref):
            if isinstance(name, str):
                listing.setdefault(name, {})[attribute] = methods
    return {name: _rule(attributes) for name, attributes in listing.items()}


def _rule(attributes: dict[str, str]) -> str:
    """That attributes list something, and the methods that call what any of these lists, if all say so."""
    methods = {method for several in attributes.values() for method in several.split()}
    answering = f"{ANSWERING}{' '.join(sorted(methods))}" if all(attributes.values()) else ""
    return f"named by {list(attributes)[-1]} of the class{answering}"


def _listed_functions(linked: Linked, cls: Scope) -> Iterator[Wire]:
    """From a class to the functions that its own attributes list themselves."""
    for attribute, methods, listing in _listings(linked, cls):
        for holder, element in linked.names.constants.elements(cls, listing.ref) if listing.owner is cls else ():
            values = () if isinstance(element, str) else linked.names.evaluate(holder, element)
            functions = (linked.program.scopes[d[1]] for d in map(linked.values.__getitem__, values) if d[0] == "F")
            for function in functions:
                if not function.library and not function.is_method:
                    yield Wire(cls, cls.facts.line, function, "callback", _rule({attribute: methods}))


def _listings(linked: Linked, cls: Scope) -> Iterator[tuple[str, str, Member]]:
    """The attributes by which the class, or one above it, tells a library what to call, and the methods that do, if it says so."""
    for ancestor in linked.hierarchy.order(cls):
        listing = ancestor.facts.names.get("__named_hooks__") if ancestor.library else None
        for attribute, methods in _called_by(listing) if isinstance(listing, str) else ():
            member = linked.hierarchy.own_member(cls, attribute)
            if member is not None:
                yield attribute, methods, member


def _calling(hooks: tuple[Hook, ...], name: str) -> str:
    """The class whose code calls a method of that name, and when; empty if none does."""
    for hook in hooks:
        if name in hook.patterns if name.startswith("__") else name in hook.declared or _fits(name, hook.patterns):
            return f"{hook.owner} calls{hook.when(name)}"
    return ""


@lru_cache(maxsize=4096)
def _fits(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


FRAMEWORK = Framework(
    name="Hooks of classes",
    summaries={},
    packages=(
        "django",
        "rest_framework",
        "flask",
        "celery",
        "channels",
        "click",
        "falcon",
        "flask_admin",
        "flask_appbuilder",
        "flask_script",
        "flask_socketio",
        "kombu",
        "socketio",
        "sqladmin",
        "starlette",
        "starlette_admin",
        "injector",
        "argparse",
        "ast",
        "cmd",
        "html",
        "json",
        "haystack",
        "marshmallow_sqlalchemy",
        "pydantic",
        "queue",
        "string",
        *packages(),
    ),
    wires=(wires,),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/base.py": """
                    class Titled:
                        def get_context_data(self, **kwargs): return title()
                        def title(self): pass
                    def title(): pass
                """,
                "shop/views.py": """
                    from django.views.generic import CreateView, ListView
                    from shop.base import Titled

                    class Orders(Titled, ListView):
                        def get_queryset(self): return load()
                        def unrelated(self): pass

                    class NewOrder(CreateView):
                        def form_valid(self, form): return save()

                    def load(): pass
                    def save(): pass
                """,
                "shop/urls.py": """
                    from django.urls import path
                    from shop.views import NewOrder, Orders
                    urlpatterns = [path("orders/", Orders.as_view()), path("new/", NewOrder.as_view())]
                """,
            },
            entries=frozenset(
                {
                    "http GET /orders/ -> shop.views:Orders",
                    "http GET /new/ -> shop.views:NewOrder",
                    "http POST /new/ -> shop.views:NewOrder",
                    "http PUT /new/ -> shop.views:NewOrder",
                }
            ),
            calls=frozenset(
                {
                    "shop.views:Orders -[callback]-> shop.views:Orders.get_queryset",
                    "shop.base:Titled -[callback]-> shop.base:Titled.get_context_data",
                    "shop.views:NewOrder -[callback]-> shop.views:NewOrder.form_valid",
                    "shop.views:Orders.get_queryset -[call]-> shop.views:load",
                    "shop.views:NewOrder.form_valid -[call]-> shop.views:save",
                    "shop.base:Titled.get_context_data -[call]-> shop.base:title",
                }
            ),
        ),
        Example(
            """
            from django import forms
            from django.contrib import admin
            from django.db import models, transaction
            from rest_framework import serializers, viewsets

            class Order(models.Model):
                class Meta: app_label = "m"

            class OrderForm(forms.Form):
                def clean_total(self): return 1
                def total(self): pass

            class OrderSerializer(serializers.Serializer):
                def validate_total(self, value): return value
                def other(self): pass

            class Orders(viewsets.ModelViewSet):
                def perform_create(self, serializer): pass
                def list(self, request): pass

            @admin.action
            @transaction.atomic
            def pack(page, request, queryset): pass

            class OrderAdmin(admin.ModelAdmin):
                actions = ["ship", pack]
                def save_model(self, request, obj, form, change): pass
                def ship(self, request, queryset): pass
                def other(self): pass
            """,
            calls=frozenset(
                {
                    "m:OrderForm -[callback]-> m:OrderForm.clean_total",
                    "m:OrderSerializer -[callback]-> m:OrderSerializer.validate_total",
                    "m:Orders -[callback]-> m:Orders.perform_create",
                    "m:Orders -[callback]-> m:Orders.list",
                    "m:OrderAdmin -[callback]-> m:OrderAdmin.save_model",
                    "m:OrderAdmin -[callback]-> m:OrderAdmin.ship",
                    "m:OrderAdmin -[callback]-> m:pack",
                }
            ),
        ),
        Example(
            """
            import ast
            import logging

            class Names(ast.NodeVisitor):
                def visit_Name(self, node): self.keep(node)
                def keep(self, node): pass

            class Ring(logging.Handler):
                def emit(self, record): pass
            """,
            calls=frozenset(
                {
                    "m:Names -[callback]-> m:Names.visit_Name",
                    "m:Names.visit_Name -[call]-> m:Names.keep",
                    "m:Ring -[callback]-> m:Ring.emit",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import django

            class ListView:
                def get(self): return 1

            class Orders(ListView):
                def get_queryset(self): pass
                def get_context_data(self): pass
            """,
        ),
    ),
)
