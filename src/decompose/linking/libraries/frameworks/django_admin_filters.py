"""Filters of Django's admin: the pages that list a filter give it themselves, and the query of their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from decompose.linking.frames import Frame
from decompose.linking.libraries.admin_filters import elements
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.frameworks.django_admin import queries_of_pages
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Given

_FILTER = "django.contrib.admin.filters:ListFilter"
_LISTED_BY = "get_list_filter"
_PAGE, _QUERY = "model_admin", "queryset"
_GIVEN = {"lookups": (2, _PAGE), "field_choices": (3, _PAGE), "__init__": (4, _PAGE), "queryset": (2, _QUERY)}
"""Method of a filter -> the position of what it is given, and what that is."""


def pages_and_queries_given(linked: Linked) -> Iterator[Given]:
    """The page and its query, for the methods of each filter that it lists."""
    frames = {
        (frame.scope.index, frame.receiver): frame
        for frame in linked.engine.frames
        if frame.scope.facts.name == _LISTED_BY and not frame.scope.library
    }
    for cls, _, queries in queries_of_pages(linked):
        page = linked.values.instance(cls.index)
        for listed in dict.fromkeys((*_named(linked, cls), *_returned(linked, cls, frames))):
            for name, (position, meant) in _GIVEN.items():
                own = linked.bound_method(listed, name)
                if own is None or own[0].library or position >= len(own[0].facts.parameters):
                    continue
                parameter = own[0].facts.parameters[position][0]
                for value in queries if meant == _QUERY else [page]:
                    yield Given(own[1], parameter, value)


def _named(linked: Linked, cls: Scope) -> Iterator[Scope]:
    """The filters that a page lists, also for a column: ``("customer", OwnFilter)``."""
    for holder, parts in elements(linked, cls):
        for part in parts:
            yield from _classes(linked, linked.names.evaluate(holder, part))


def _returned(linked: Linked, cls: Scope, frames: dict[tuple[int, Value], Frame]) -> Iterator[Scope]:
    """The filters in the lists that the page's own method gives."""
    method = linked.engine.function_of(linked.hierarchy.member(cls, _LISTED_BY))
    if method is None or method.library:
        return
    receivers = linked.values.instance(cls.index), linked.engine.own_receiver(method)
    frame = next((frames[method.index, each] for each in receivers if (method.index, each) in frames), None)
    returned = sorted(linked.engine.values_of(frame.returns)) if frame is not None else []
    for described in (linked.values[value] for value in returned):
        if described[0] == "O":
            yield from _classes(linked, sorted(linked.engine.values_of(described[2])))


def _classes(linked: Linked, values: Iterable[Value]) -> Iterator[Scope]:
    for described in (linked.values[value] for value in values):
        found = linked.program.scopes[described[1]] if described[0] == "C" else None
        if found is not None and not found.library and linked.inherits(found, _FILTER):
            yield found


_MODELS = """
    from django.db import models
    class Order(models.Model):
        def pay(self): pass
    class Bill(models.Model):
        def pay(self): pass
"""

FRAMEWORK = Framework(
    name="Filters of Django's admin",
    summaries={},
    packages=("django",),
    fixed_wires=(pages_and_queries_given,),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": _MODELS,
                "shop/m.py": """
                    from django.contrib import admin
                    from shop.models import Bill, Order
                    class Owners(admin.SimpleListFilter):
                        def lookups(self, request, page): return page.owners()
                        def queryset(self, request, rows): rows.first().pay()
                    class Years(admin.RelatedFieldListFilter):
                        def field_choices(self, field, request, page): return page.owners()
                    @admin.register(Order)
                    class OrderAdmin(admin.ModelAdmin):
                        list_filter = ["made", Owners, ("year", Years)]
                        def owners(self): pass
                    class Paid(admin.SimpleListFilter):
                        def lookups(self, request, page): return page.owners()
                    class Pages(admin.ModelAdmin):
                        def get_list_filter(self, request): return [Paid, "made"]
                    @admin.register(Bill)
                    class BillAdmin(Pages):
                        def owners(self): pass
                """,
            },
            entries=frozenset({"admin Order -> shop.m:OrderAdmin", "admin Bill -> shop.m:BillAdmin"}),
            calls=frozenset(
                {
                    "shop.m:Owners -[callback]-> shop.m:Owners.lookups",
                    "shop.m:Owners -[callback]-> shop.m:Owners.queryset",
                    "shop.m:Paid -[callback]-> shop.m:Paid.lookups",
                    "shop.m:Paid.lookups -[call]-> shop.m:BillAdmin.owners",
                    "shop.m:Pages -[callback]-> shop.m:Pages.get_list_filter",
                    "shop.m:Years -[callback]-> shop.m:Years.field_choices",
                    "shop.m:Owners.lookups -[call]-> shop.m:OrderAdmin.owners",
                    "shop.m:Years.field_choices -[call]-> shop.m:OrderAdmin.owners",
                    "shop.m:Owners.queryset -[call]-> shop.models:Order.pay",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": _MODELS,
                "shop/m.py": """
                    from shop.models import Order
                    class Owners:
                        def lookups(self, request, page): return page.owners()
                    class Page:
                        model = Order
                        list_filter = ["made", Owners]
                        def owners(self): pass
                    class Bill:
                        def owners(self): pass
                """,
            },
            calls=frozenset(),
        ),
    ),
)
