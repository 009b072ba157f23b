"""Event buses: what is subscribed to a constant name runs when that name is published."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import Generic, TypeVar

from decompose import TableName
from decompose.effects import announces, listens

N = TypeVar("N")
F = TypeVar("F")

class _Listen(Generic[N]):
    @listens("N", "function")
    def __call__(self, function: F) -> F: ...

class EventEmitter:
    @listens("N", "f")
    def on(self, event: TableName[N], f=None) -> _Listen[N]: ...
    @listens("N", "f")
    def once(self, event: TableName[N], f=None) -> _Listen[N]: ...
    @listens("N", "f")
    def add_listener(self, event: TableName[N], f) -> None: ...
    def listens_to(self, event: TableName[N]) -> _Listen[N]: ...
    @announces("N", "signal")
    def emit(self, event: TableName[N], *args, **kwargs): ...
"""

_PYEE_ASYNCIO = """
from pyee import EventEmitter

class AsyncIOEventEmitter(EventEmitter): ...
"""

_PUBSUB_PUB = """
from typing import TypeVar

from decompose import TableName
from decompose.effects import announces, listens

N = TypeVar("N")

@listens("N", "listener")
def subscribe(listener, topicName: TableName[N], **options) -> None: ...
@announces("N", "signal")
def sendMessage(topicName: TableName[N], **data) -> None: ...
"""

FRAMEWORK = Framework(
    name="Event buses",
    summaries={"pyee": _SUMMARY, "pyee.asyncio": _PYEE_ASYNCIO, "pubsub.pub": _PUBSUB_PUB},
    examples=(
        Example(
            """
            from pyee import EventEmitter

            bus = EventEmitter()

            @bus.on("paid")
            def ship(order): pass

            def count(order): pass
            def refund(order): pass

            bus.on("paid", count)
            bus.add_listener("refused", refund)

            def pay(order): bus.emit("paid", order)
            """,
            calls=frozenset({"m:pay -[signal]-> m:ship", "m:pay -[signal]-> m:count"}),
        ),
        Example(
            """
            from pubsub import pub

            def ship(order): pass
            def refund(order): pass

            pub.subscribe(ship, "paid")
            pub.subscribe(refund, "refused")

            def pay(order): pub.sendMessage("paid", order=order)
            """,
            calls=frozenset({"m:pay -[signal]-> m:ship"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Lamp:
                def on(self, room): return lambda function: function
                def emit(self, room): pass

            lamp = Lamp()

            @lamp.on("kitchen")
            def glow(): pass

            def light(): lamp.emit("kitchen")
            """,
            calls=frozenset(
                {
                    "m: -[construct]-> m:Lamp",
                    "m: -[call]-> m:Lamp.on",
                    "m: -[decorate]-> m:Lamp.on",
                    "m:light -[call]-> m:Lamp.emit",
                }
            ),
        ),
    ),
)
