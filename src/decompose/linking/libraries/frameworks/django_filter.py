"""django-filter: sets of filters of the model that they name, and the views that list what passes."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

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

FRAMEWORK = Framework(
    name="django-filter",
    summaries={
        "django_filters": _ALL,
        "django_filters.filterset": _FILTERSET,
        "django_filters.rest_framework": _ALL,
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
    ),
    look_alikes=(
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
