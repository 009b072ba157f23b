"""django-tables2: tables that a view fills with the rows of its query and pages through; they call methods of their class for columns."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_TABLES = """
class Table:
    __hooks__ = "render_* value_* order_* before_render get_top_pinned_data get_bottom_pinned_data"
    data: object
    def __init__(self, data=None, *args, **options) -> None: ...
"""

_VIEWS = """
from typing import Generic, TypeVar

from decompose.effects import calls_on, runs_query_of
from django.views.generic import ListView

M = TypeVar("M")
T = TypeVar("T")

class TableMixinBase:
    __hooks__ = "*"
    def get_context_table_name(self, table): ...
    def get_table_pagination(self, table): ...
    def get_paginate_by(self, table_data): ...

class SingleTableMixin(TableMixinBase):
    def get_table_class(self): ...
    @runs_query_of("get_table_data", "get_table_data")
    @calls_on("Self", "get_table_class")
    def get_table(self, **kwargs): ...
    def get_table_data(self): ...
    def get_table_kwargs(self) -> dict: ...
    @calls_on("Self", "get_table", "get_table_kwargs")
    def get_context_data(self, **kwargs) -> dict: ...

class SingleTableView(SingleTableMixin, ListView[M]):
    @runs_query_of("get_queryset")
    @runs_query_of("get_table_data", "get_table_data")
    @calls_on("Self", "get_table_class")
    def get_table(self, **kwargs): ...

class MultiTableMixin(TableMixinBase):
    def get_tables(self) -> list: ...
    def get_tables_data(self): ...
    @calls_on("Self", "get_tables")
    def get_context_data(self, **kwargs) -> dict: ...
"""

_ALL = """
from django_tables2.tables import Table
from django_tables2.views import MultiTableMixin, SingleTableMixin, SingleTableView
"""

FRAMEWORK = Framework(
    name="django-tables2",
    summaries={"django_tables2": _ALL, "django_tables2.tables": _TABLES, "django_tables2.views": _VIEWS},
    examples=(
        Example(
            """
            from django.db import models
            from django_tables2 import SingleTableView

            class Order(models.Model): pass

            class Orders(SingleTableView):
                model = Order
                def get_queryset(self): return Order.objects.all()
                def get_table_kwargs(self): return {}
                def get_context_data(self, **kwargs): return super().get_context_data(**kwargs)
            """,
            calls=frozenset(
                {
                    "m:Orders -[callback]-> m:Orders.get_context_data",
                    "m:Orders -[callback]-> m:Orders.get_queryset",
                    "m:Orders -[callback]-> m:Orders.get_table_kwargs",
                    "m:Orders.get_context_data -[call]-> m:Orders.get_queryset",
                    "m:Orders.get_context_data -[call]-> m:Orders.get_table_kwargs",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class SingleTableView:
                def get_table(self): pass

            class Orders(SingleTableView):
                def get_queryset(self): pass
            """,
        ),
    ),
)
