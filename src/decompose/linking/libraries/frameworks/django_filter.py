"""django-filter: sets of filters of the model that they name, what their filters call, and the views that list what passes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.libraries.django_schema import library_class
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Given, Wire

_PACKAGE, _FILTERSETS = "django_filters", "django_filters.filterset"

_FILTERSET = """
from typing import Generic, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest

M = TypeVar("M")

class BaseFilterSet(Generic[M]):
    __model_named_in__ = "Meta.model"
    qs: QuerySet[M]
    queryset: QuerySet[M]
    request: HttpRequest
    data: dict
    filters: dict
    def __init__(self, data=None, queryset: QuerySet[M] = None, *args, **options) -> None: ...
    def is_valid(self): ...
    def filter_queryset(self, queryset: QuerySet[M]) -> QuerySet[M]: ...

class FilterSet(BaseFilterSet[M]): ...
"""

_BACKEND = """
from typing import TypeVar

from django.db.models import QuerySet
from django_filters.filterset import BaseFilterSet, FilterSet
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

M = TypeVar("M")
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")

class DjangoFilterBackend(BaseFilterBackend):
    __hooks__ = "filter_queryset get_filterset* to_html get_schema_*"
    def get_filterset(self, request: Request, queryset: QuerySet[M, J, S, A], view): ...
    def get_filterset_class(self, view, queryset=None): ...
    def get_filterset_kwargs(self, request: Request, queryset: QuerySet[M, J, S, A], view) -> dict: ...
"""

_VIEWS = """
from typing import Generic, TypeVar

from decompose.effects import calls_on, runs_query_of
from django.http import HttpRequest
from django.views.generic import MultipleObjectMixin, MultipleObjectTemplateResponseMixin, View

M = TypeVar("M")

class FilterMixin(Generic[M]):
    def get_filterset_class(self): ...
    def get_filterset(self, filterset_class): ...
    def get_filterset_kwargs(self, filterset_class) -> dict: ...

class BaseFilterView(FilterMixin[M], MultipleObjectMixin[M], View):
    @calls_on("Self", "get_filterset_class", "get_queryset", "get_context_data")
    def get(self, request: HttpRequest, *args, **kwargs): ...

class FilterView(MultipleObjectTemplateResponseMixin, BaseFilterView[M]): ...
"""

_ALL = "from django_filters.filterset import BaseFilterSet, FilterSet\n"


def wires(linked: Linked) -> Iterator[Wire | Given]:
    """From each set to the methods that its filters call, its own and a mixin's; they are given the query of the model's rows."""
    filterset = library_class(linked.program, _FILTERSETS, "BaseFilterSet")
    query = library_class(linked.program, "django.db.models", "QuerySet")
    if filterset is None or query is None:
        return
    for cls in linked.application_classes():
        if not linked.inherits(cls, f"{_FILTERSETS}:BaseFilterSet"):
            continue
        rows = linked.hierarchy.bindings(cls, (), filterset).get("M", ())
        queries = [linked.values.instance(query.index, ((row,),)) for row in rows]
        for owner in linked.hierarchy.order(cls):
            for operation in () if owner.library else owner.facts.ops:
                for function, called, acting in _called_by(linked, cls, owner, operation):
                    caller = cls if cls.index == owner.index else owner
                    yield Wire(caller, operation[-1], function, "callback", "what a filter calls", acting=acting)
                    taken = function.facts.parameters[function.is_method : function.is_method + 1]
                    yield from (Given(called, taken[0][0], given) for given in queries if taken)


def _called_by(linked: Linked, cls: Scope, owner: Scope, operation: list[Any]) -> Iterator[tuple[Scope, Value, Value]]:
    """What the filter that a line of a set's body makes calls: the method that it names, or its own ``filter``; each with the object."""
    if operation[0] != Op.CALL:
        return
    method = next((ref for name, ref in operation[4] if name == "method"), None)
    if isinstance(method, str):
        found = linked.bound_method(cls, method)
        if found is not None and not found[0].library:
            yield (*found, linked.values.instance(cls.index))
    elif method is not None:
        yield from _functions(linked, owner, method)
    for value in linked.names.evaluate(owner, operation[2]):
        made = linked.program.scopes[linked.values[value][1]] if linked.values[value][0] == "C" else None
        if made is not None and not made.library and _is_filter(linked, made):
            found = linked.bound_method(made, "filter")
            if found is not None and not found[0].library:
                yield (*found, linked.values.instance(made.index))


def _functions(linked: Linked, owner: Scope, ref: Ref) -> Iterator[tuple[Scope, Value, Value]]:
    for value in linked.names.evaluate(owner, ref):
        described = linked.values[value]
        if described[0] == "F" and not linked.program.scopes[described[1]].library:
            yield linked.program.scopes[described[1]], value, -1


def _is_filter(linked: Linked, cls: Scope) -> bool:
    return any(linked.values[base][1].partition(".")[0] == _PACKAGE for base in linked.hierarchy.external_bases(cls))


FRAMEWORK = Framework(
    name="django-filter",
    wires=(wires,),
    summaries={
        "django_filters": _ALL,
        "django_filters.filterset": _FILTERSET,
        "django_filters.rest_framework": _BACKEND,
        "django_filters.views": _VIEWS,
    },
    examples=(
        Example(
            """
            import django_filters
            from django.db import models

            class Order(models.Model):
                def label(self): pass

            class OrderFilter(django_filters.FilterSet):
                class Meta:
                    model = Order

            def show(request):
                for order in OrderFilter(request.GET).qs:
                    order.label()
            """,
            calls=frozenset({"m:show -[construct]-> m:OrderFilter", "m:show -[call]-> m:Order.label"}),
        ),
        Example(
            """
            import django_filters
            from django.db import models
            from rest_framework import viewsets

            class Order(models.Model):
                def label(self): pass

            class Search(django_filters.CharFilter):
                def filter(self, qs, value):
                    return [each.label() for each in qs]

            class Near:
                def near(self, queryset, name, value):
                    queryset.get().label()
                def far(self, queryset, name, value): pass

            def by_label(queryset, name, value):
                queryset.first().label()

            class OrderFilter(Near, django_filters.FilterSet):
                q = Search()
                close = django_filters.CharFilter(method="near")
                label = django_filters.CharFilter(method=by_label)
                class Meta:
                    model = Order

            class Orders(viewsets.ModelViewSet):
                queryset = Order.objects.all()
                filterset_class = OrderFilter
            """,
            calls=frozenset(
                {
                    "m:OrderFilter -[construct]-> m:Search",
                    "m:OrderFilter -[callback]-> m:Search.filter",
                    "m:OrderFilter -[callback]-> m:Near.near",
                    "m:OrderFilter -[callback]-> m:by_label",
                    "m:Search.filter -[call]-> m:Order.label",
                    "m:Near.near -[call]-> m:Order.label",
                    "m:by_label -[call]-> m:Order.label",
                    "m:Orders -[construct]-> m:OrderFilter",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import django_filters

            class Chosen:
                def __init__(self, method): pass
            class OrderFilter:
                close = Chosen(method="near")
                def near(self, queryset, name, value): pass
            class Sorted(django_filters.FilterSet):
                close = django_filters.CharFilter(lookup_expr="near")
                def near(self, queryset, name, value): pass
            """,
            calls=frozenset({"m:OrderFilter -[construct]-> m:Chosen.__init__"}),
        ),
        Example(
            """
            import django_filters

            class FilterSet: pass
            class OrderFilter(FilterSet):
                class Meta: pass
            def show(data):
                for order in OrderFilter(data).qs:
                    order.label()
            """,
            calls=frozenset({"m:show -[construct]-> m:OrderFilter"}),
        ),
    ),
)
