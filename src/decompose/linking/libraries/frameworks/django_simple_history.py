"""django-simple-history: a copy of a row for each time that it is saved or deleted, in a table for each model."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries.django_history import histories
from decompose.linking.libraries.django_saved_rows import told_of_rows
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.frameworks.django_signals import receivers_of
from decompose.linking.linked import Linked
from decompose.linking.wiring import Given, Wire

_CONNECTED = ("post_save", "pre_delete", "post_delete")
"""Methods that the library connects to the signals of each model that has a history."""

_SIGNALS = "simple_history.signals"
_COPYING = frozenset({"post_save", "post_delete"})
"""A copy is made, and announced, after a row has been saved or deleted."""

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


def announced(linked: Linked) -> Iterator[Wire | Given]:
    """Who listens to the making of copies is run by who saves or deletes a row, and is given the row."""
    values, receivers = linked.values, list(receivers_of(linked, _SIGNALS))
    kept = histories(linked) if receivers else {}
    for receiver in receivers:
        for model in sorted(kept):
            yield from (Given(value, "instance", values.instance(model)) for value in sorted(receiver.values))
    for told in told_of_rows(linked) if kept else ():
        if told.model in kept and told.signals & _COPYING:
            for receiver in receivers:
                said = f"receives {receiver.signal}{told.answering}"
                wire = Wire(told.scope, told.line, receiver.function, "signal", said, receiver=told.acting)
                yield wire._replace(row=values.instance(told.model), by=("instance",))


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
    wires=(wires, announced),
    examples=(
        Example(_APPLICATION, calls=frozenset({"m:f -[call]-> m:Order.label"})),
        Example(
            """
            from django.db import models
            from django.dispatch import receiver
            from simple_history.models import HistoricalRecords
            from simple_history.signals import post_create_historical_record, pre_create_historical_record

            class Order(models.Model):
                history = HistoricalRecords()
                def label(self): pass

            class Draft(models.Model):
                def label(self): pass

            @receiver(post_create_historical_record)
            def copied(sender, instance, history_instance, **kwargs): instance.label()

            @receiver([pre_create_historical_record])
            def copying(sender, **kwargs): pass

            def add(): Order.objects.create()
            def drop(order: Order): order.delete()
            def many(): Order.objects.update(total=1)
            def draft(): Draft.objects.create()
            """,
            entries=frozenset(
                {
                    "signal post_create_historical_record -> m:copied",
                    "signal pre_create_historical_record -> m:copying",
                }
            ),
            calls=frozenset(
                {
                    "m:add -[signal]-> m:copied",
                    "m:add -[signal]-> m:copying",
                    "m:drop -[signal]-> m:copied",
                    "m:drop -[signal]-> m:copying",
                    "m:copied -[call]-> m:Order.label",
                }
            ),
        ),
    ),
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
