"""FastStream: subscribers of brokers, and what is published to their queues."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import TypeVar

from decompose.effects import calls_back

F = TypeVar("F")

class FastStream:
    __has_more__ = True
    def __init__(self, broker=None, **options) -> None: ...
    @calls_back("func")
    def on_startup(self, func: F) -> F: ...
    @calls_back("func")
    def after_startup(self, func: F) -> F: ...
    @calls_back("func")
    def on_shutdown(self, func: F) -> F: ...
    @calls_back("func")
    def after_shutdown(self, func: F) -> F: ...

def Depends(dependency=None, **options): ...
"""

_BROKER = """
from typing import Generic, TypeVar

from decompose import TableName
from decompose.effects import announces, enters, listens

F = TypeVar("F")
N = TypeVar("N")

class _Subscribed(Generic[N]):
    @listens("N", "function")
    def __call__(self, function: F) -> F: ...

class _Decorator:
    def __call__(self, function: F) -> F: ...

class _Registrator:
    __has_more__ = True
    @enters("consumer", "function", "{queue}")
    def subscriber(self, {queue}: TableName[N] = None, *more, **options) -> _Subscribed[N]: ...
    def publisher(self, {queue}=None, **options) -> _Decorator: ...

class {name}Router(_Registrator):
    def __init__(self, prefix="", **options) -> None: ...

class {name}Broker(_Registrator):
    def __init__(self, *urls, **options) -> None: ...
    def include_router(self, router, **options) -> None: ...
    @announces("N", "signal")
    def publish(self, message=None, {queue}: TableName[N] = None, **options): ...
"""

_BROKERS = {"rabbit": ("Rabbit", "queue"), "kafka": ("Kafka", "topic"), "confluent": ("Kafka", "topic"), "nats": ("Nats", "subject"), "redis": ("Redis", "channel")}  # fmt: skip
"""Module -> the beginning of the names of its classes, and what it calls the place to which messages go."""

FRAMEWORK = Framework(
    name="FastStream",
    summaries={
        "faststream": _SUMMARY,
        **{
            f"faststream.{module}": _BROKER.format(name=name, queue=queue) for module, (name, queue) in _BROKERS.items()
        },
    },
    examples=(
        Example(
            """
            from faststream import FastStream
            from faststream.rabbit import RabbitBroker, RabbitRouter

            broker = RabbitBroker("amqp://localhost")
            router = RabbitRouter()
            app = FastStream(broker)

            @broker.subscriber("orders")
            @broker.publisher("done")
            async def handle(message): helper()

            @router.subscriber("refunds")
            async def refund(message): pass

            @app.after_startup
            async def begin(): await broker.publish({}, "orders")

            def helper(): pass
            """,
            entries=frozenset({"consumer orders -> m:handle", "consumer refunds -> m:refund"}),
            calls=frozenset(
                {
                    "m: -[callback]-> m:begin",
                    "m:begin -[signal]-> m:handle",
                    "m:handle -[call]-> m:helper",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Broker:
                def subscriber(self, queue): return lambda function: function

            @Broker().subscriber("orders")
            def handle(message): pass
            """,
            calls=frozenset(
                {
                    "m: -[construct]-> m:Broker",
                    "m: -[call]-> m:Broker.subscriber",
                    "m: -[decorate]-> m:Broker.subscriber",
                }
            ),
        ),
    ),
)
