"""django-simple-history: a copy of a row for each time that it is saved or deleted, in a table for each model."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_MODELS = """
from typing import TypeVar

from django.db.models import ForeignKey

T = TypeVar("T")

class HistoricalRecords:
    __copies_rows_into__ = "{label}_historical{name}"
    __made_by_user__ = "history_user_id"
    __read_by__ = "simple_history.manager:HistoryManager"

    def __init__(self, *args, **options) -> None: ...

class HistoricForeignKey(ForeignKey[T]): ...
"""

_MANAGER = """
from typing import Self, TypeVar

from decompose.effects import reads
from django.db.models import Manager

M = TypeVar("M")
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")

class HistoryManager(Manager[M, J, S, A]):
    @reads("M")
    def most_recent(self) -> M: ...
    @reads("M")
    def as_of(self, date): ...
    def latest_of_each(self) -> Self: ...
    def as_instances(self) -> Self: ...
"""

_UTILS = """
from typing import TypeVar

from decompose.effects import inserts, reads, updates

M = TypeVar("M")

@inserts("M")
def bulk_create_with_history(objs, model: type[M], *args, **options) -> list[M]: ...
@updates("M")
def bulk_update_with_history(objs, model: type[M], fields, *args, **options): ...
"""

_APPLICATION = """
    from django.db import models
    from simple_history.models import HistoricalRecords

    class Order(models.Model):
        history = HistoricalRecords()
        def label(self): pass

    def f():
        Order.objects.first().label()
"""

FRAMEWORK = Framework(
    name="django-simple-history",
    summaries={
        "simple_history.models": _MODELS,
        "simple_history.manager": _MANAGER,
        "simple_history.utils": _UTILS,
    },
    examples=(Example(_APPLICATION, calls=frozenset({"m:f -[call]-> m:Order.label"})),),
    look_alikes=(
        Example(
            """
            class HistoricalRecords: pass

            class Order:
                history = HistoricalRecords()

            def f():
                Order.history.first()
            """,
            calls=frozenset({"m:Order -[construct]-> m:HistoricalRecords"}),
        ),
    ),
)
