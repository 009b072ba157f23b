"""django-simple-history: a copy of a row for each time that it is saved or deleted, in a table for each model."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries.django_history import histories
from decompose.linking.libraries.django_saved_rows import told_of_rows
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.wiring import Given, Wire

_CONNECTED = ("post_save", "pre_delete", "post_delete")
"""Methods that the library connects to the signals of each model that has a history."""

_PREPARED = "finalize"
"""The method that it connects to the making of model classes."""


def wires(linked: Linked) -> Iterator[Wire | Given]:
    """What an application's own class of histories does is run by who saves or deletes a row, and is given the row."""
    values = linked.values
    own = {index: h for index, h in sorted(histories(linked).items()) if not h.kept_by.library}
    functions = {}
    for index, history in own.items():
        for name in (*_CONNECTED, _PREPARED):
            found = linked.bound_method(history.kept_by, name)
            if found is None:
                continue
            functions[index, name], called = found
            yield Given(called, "sender", linked.class_value(index))
            yield Given(called, "instance", values.instance(index))
    for told in told_of_rows(linked) if functions else ():
        for name in _CONNECTED:
            if name in told.signals and (told.model, name) in functions:
                function = functions[told.model, name]
                said = f"keeps the history, {name}{told.answering}"
                row = values.instance(told.model)
                wire = Wire(told.scope, told.line, function, "signal", said, receiver=told.acting)
                yield wire._replace(row=row, by=("sender", "instance"))


_MODELS = """
from typing import TypeVar

from decompose.effects import copies
from django.db.models import ForeignKey

T = TypeVar("T")

class HistoricalRecords:
    __copies_rows_into__ = "{label}_historical{name}"
    __made_by_user__ = "history_user_id"
    __read_by__ = "simple_history.manager:HistoryManager"

    def __init__(self, *args, **options) -> None: ...
    def finalize(self, sender, **kwargs) -> None: ...
    @copies("T")
    def post_save(self, instance: T, created, using=None, **kwargs) -> None: ...
    def pre_delete(self, instance: T, **kwargs) -> None: ...
    @copies("T")
    def post_delete(self, instance: T, using=None, **kwargs) -> None: ...
    @copies("T")
    def create_historical_record(self, instance: T, history_type, using=None) -> None: ...

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
    wires=(wires,),
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
