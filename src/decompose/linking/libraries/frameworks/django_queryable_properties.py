"""django-queryable-properties: properties of a model that a query works out, also for a single row that is asked for one."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_PROPERTIES = """
from typing import Generic, TypeVar

from decompose.effects import joins, looks_up, scans
from django.db.models import Expression

J = TypeVar("J")
Owner = TypeVar("Owner")
N = TypeVar("N")
E = TypeVar("E")

class AnnotationProperty(Generic[N, E]):
    def __init__(self, annotation: Expression[N, E], **options) -> None: ...
    @looks_up("J", "Owner", "N")
    @joins("J", "E")
    @scans("Owner", "J")
    def __get_object__(self): ...

class AggregateProperty(AnnotationProperty[N, E]): ...
"""

FRAMEWORK = Framework(
    name="django-queryable-properties",
    summaries={"queryable_properties.properties": _PROPERTIES},
    examples=(
        Example(
            """
            from django.db import models
            from django.db.models import Sum
            from queryable_properties.managers import QueryablePropertiesManager
            from queryable_properties.properties import AnnotationProperty

            class Order(models.Model):
                total = AnnotationProperty(Sum("lines__price"))
                objects = QueryablePropertiesManager()
                def show(self): return self.total

            def show_all():
                for order in Order.objects.all().select_properties("total"): order.show()
            """,
            calls=frozenset({"m:show_all -[call]-> m:Order.show"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Orders:
                def all(self): return self
                def select_properties(self, name): return [object()]

            def show_all():
                for order in Orders().all().select_properties("total"): order.show()
            """,
            calls=frozenset(
                {
                    "m:show_all -[construct]-> m:Orders",
                    "m:show_all -[call]-> m:Orders.all",
                    "m:show_all -[call]-> m:Orders.select_properties",
                }
            ),
        ),
    ),
)
