"""Signals of Tortoise's and Peewee's models: who saves or deletes a row makes the functions run that are decorated for its class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decompose.linking.frames import Site
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Given, Wire

_SIGNALS = ("pre_save", "post_save", "pre_delete", "post_delete")
_SENT = {"insert": "save", "update": "save", "delete": "delete"}
_SENDING = (
    *(
        f"tortoise.models:Model.{method}"
        for method in ("save", "delete", "create", "get_or_create", "update_or_create")
    ),
    *(f"tortoise.queryset:QuerySet.{method}" for method in ("create", "get_or_create", "update_or_create")),
    *(f"peewee:Model.{method}" for method in ("save", "create", "get_or_create", "delete_instance")),
)
"""What goes through the methods of a row; statements over many rows send nothing."""

_TORTOISE = "\n".join(
    ["from typing import Any", "class Decorator:", "    def __call__(self, function): ..."]
    + [f"def {name}(*senders) -> Decorator: ..." for name in _SIGNALS]
)
_PLAYHOUSE = "\n".join(
    [
        "from peewee import Model as PeeweeModel",
        "class Model(PeeweeModel): ...",
        "class Decorator:",
        "    def __call__(self, function): ...",
    ]
    + [f"def {name}(name=None, sender=None) -> Decorator: ..." for name in _SIGNALS]
)
_SENDERS_OF_PEEWEE = "playhouse.signals:Model"


class _Receiver(NamedTuple):
    """A function, as it was decorated, that receives a signal of some classes; of all, if there are none."""

    signal: str
    senders: frozenset[int]
    function: Scope
    values: frozenset[Value]


def wires(linked: Linked) -> Iterator[Wire | Given]:
    """From each line that saves or deletes a row to the receivers for its class, which are given it."""
    receivers = list(_receivers(linked))
    for receiver in receivers:
        names = [name for name, *_ in receiver.function.facts.parameters]
        for value in sorted(receiver.values) if len(names) > 1 else ():
            for sender in sorted(receiver.senders):
                yield Given(value, names[1], linked.values.instance(sender))
    for index, acting, operation, value, role, rule, line in linked.engine.accesses if receivers else ():
        scope, description = linked.program.scopes[index], linked.values[value]
        if scope.library or role != "execute" or not _sends(rule) or description[0] != "I" or operation not in _SENT:
            continue
        model = description[1]
        if rule.startswith("peewee:") and not linked.inherits(linked.program.scopes[model], _SENDERS_OF_PEEWEE):
            continue
        for receiver in receivers:
            if receiver.signal.endswith(_SENT[operation]) and (not receiver.senders or model in receiver.senders):
                said = f"receives {receiver.signal}"
                yield Wire(scope, line, receiver.function, "signal", said, receiver=acting)


def _sends(rule: str) -> bool:
    return rule.partition(",")[0] in _SENDING


def _receivers(linked: Linked) -> Iterator[_Receiver]:
    for signal in _SIGNALS:
        for site in linked.sites_calling(f"tortoise.signals:{signal}", f"playhouse.signals:{signal}"):
            senders = _senders(linked, site)
            for decoration in linked.decorations(site):
                for function in linked.handlers(decoration, decoration.arguments[0]):
                    values = linked.argument_values(decoration, decoration.arguments[0])
                    yield _Receiver(signal, senders, function, values)


def _senders(linked: Linked, site: Site) -> frozenset[int]:
    refs = [*site.arguments, *(ref for ref in (site.argument(-1, "sender"),) if ref != -1)]
    described = (linked.values[value] for ref in refs for value in linked.argument_values(site, ref))
    return frozenset(d[1] for d in described if d[0] == "C")


FRAMEWORK = Framework(
    name="Signals of Tortoise and Peewee",
    summaries={"tortoise.signals": _TORTOISE, "playhouse.signals": _PLAYHOUSE},
    wires=(wires,),
    examples=(
        Example(
            """
            from tortoise import Model, fields
            from tortoise.signals import post_save, pre_delete

            class Order(Model):
                id = fields.IntField(primary_key=True)
                def total(self): pass

            class Other(Model):
                id = fields.IntField(primary_key=True)

            @post_save(Order)
            async def saved(sender, instance, created, using_db, update_fields): instance.total()

            @pre_delete(Order, Other)
            async def gone(sender, instance, using_db): pass

            async def make(): await Order.create()
            async def drop(other: Other): await other.delete()
            async def many(): await Order.filter(id=1).update(id=2)
            """,
            calls=frozenset(
                {
                    "m:saved -[call]-> m:Order.total",
                    "m:make -[signal]-> m:saved",
                    "m:drop -[signal]-> m:gone",
                }
            ),
        ),
        Example(
            """
            from peewee import CharField, Model as Plain
            from playhouse.signals import Model, post_save

            class Order(Model):
                name = CharField()

            class Silent(Plain):
                name = CharField()

            @post_save(sender=Order)
            def saved(model_class, instance, created): pass

            def make(): Order.create(name="a")
            def silent(): Silent.create(name="a")
            def many(): Order.update(name="b").execute()
            """,
            calls=frozenset({"m:make -[signal]-> m:saved"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            from tortoise import Model, fields

            class Order(Model):
                id = fields.IntField(primary_key=True)

            def post_save(model): return lambda function: function

            @post_save(Order)
            async def saved(sender, instance): pass

            async def make(): await Order.create()
            """,
            calls=frozenset({"m: -[call]-> m:post_save", "m: -[decorate]-> m:post_save"}),
        ),
    ),
)
