"""Consumers of messages: Faust's agents, NATS' subscriptions, Kombu's and pika's consumers."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_FAUST = """
from typing import Generic, TypeVar

from decompose.effects import enters, invokes, serves

F = TypeVar("F")

class Agent(Generic[F]):
    __has_more__ = True
    @invokes("F", "task")
    def cast(self, value=None, **options): ...
    @invokes("F", "task")
    def ask(self, value=None, **options): ...
    @invokes("F", "task")
    def send(self, **options): ...

class _AgentDecorator:
    def __call__(self, function: F) -> Agent[F]: ...

class _Decorator:
    def __call__(self, function: F) -> F: ...

class App:
    __has_more__ = True
    def __init__(self, *args, **options) -> None: ...
    @enters("consumer", "function", "name")
    def agent(self, channel=None, *, name=None, **options) -> _AgentDecorator: ...
    @enters("schedule", "function", "name")
    def timer(self, interval, on_leader=False, traced=True, name=None, **options) -> _Decorator: ...
    @enters("schedule", "function")
    def crontab(self, cron_format, **options) -> _Decorator: ...
    @enters("task", "function")
    def task(self, function: F = None, **options) -> F | _Decorator: ...
    @enters("command", "function")
    def command(self, *options, **named) -> _Decorator: ...
    @serves("function", "path", "ANY")
    def page(self, path, **options) -> _Decorator: ...
"""

_NATS = """
from decompose.effects import enters, keeps, stores

class JetStreamContext:
    __has_more__ = True
    @stores("queue", "write", "subject")
    async def publish(self, subject, payload=b"", **options): ...
    @stores("queue", "read", "subject")
    async def pull_subscribe(self, subject, *args, **options): ...
    @keeps("cb")
    @enters("consumer", "cb", "subject")
    @stores("queue", "read", "subject")
    async def subscribe(self, subject, queue=None, cb=None, **options): ...

class Client:
    __has_more__ = True
    async def connect(self, *args, **options) -> None: ...
    def jetstream(self, **options) -> JetStreamContext: ...
    @stores("queue", "write", "subject")
    async def publish(self, subject, payload=b"", **options): ...
    @stores("queue", "write", "subject")
    async def request(self, subject, payload=b"", **options): ...
    @keeps("cb")
    @enters("consumer", "cb", "subject")
    @stores("queue", "read", "subject")
    async def subscribe(self, subject, queue="", cb=None, **options): ...

async def connect(servers=None, **options) -> Client: ...
"""

_NATS_CLIENT = "from nats import Client\n"

_KOMBU_MIXINS = """
from decompose.effects import enters, keeps
from kombu import Consumer

class _MakesConsumers:
    @keeps("callbacks")
    @keeps("on_message")
    @enters("consumer", "callbacks")
    @enters("consumer", "on_message")
    def __call__(self, queues=None, callbacks=None, on_message=None, **options) -> Consumer: ...

class ConsumerMixin:
    __has_more__ = True
    __hooks__ = "get_consumers on_* create_connection"

class ConsumerProducerMixin(ConsumerMixin): ...
"""

FRAMEWORK = Framework(
    name="Streams of messages",
    summaries={
        "faust": _FAUST,
        "nats": _NATS,
        "nats.aio.client": _NATS_CLIENT,
        "kombu.mixins": _KOMBU_MIXINS,
    },
    examples=(
        Example(
            """
            import faust

            app = faust.App("shop")
            paid = app.topic("paid")

            @app.agent(paid)
            async def ship(orders):
                async for order in orders: helper()

            @app.timer(interval=30)
            async def beat(): pass

            @app.crontab("0 3 * * *")
            async def sweep(): pass

            @app.task
            async def start(): await ship.cast(1)

            @app.page("/orders/")
            async def show(self, request): pass

            def helper(): pass
            """,
            entries=frozenset(
                {
                    "consumer ship -> m:ship",
                    "schedule beat -> m:beat",
                    "schedule sweep -> m:sweep",
                    "task m.start -> m:start",
                    "http ANY /orders/ -> m:show",
                }
            ),
            calls=frozenset({"m:ship -[call]-> m:helper", "m:start -[task]-> m:ship"}),
        ),
        Example(
            """
            import nats

            async def ship(message): pass
            async def refund(message): pass

            async def main():
                client = await nats.connect("nats://queue")
                await client.subscribe("paid", cb=ship)
                await client.jetstream().subscribe("refused", "desk", refund)
            """,
            entries=frozenset({"consumer paid -> m:ship", "consumer refused -> m:refund"}),
        ),
        Example(
            """
            from kombu import Connection, Consumer
            from kombu.mixins import ConsumerMixin

            class Desk(ConsumerMixin):
                def get_consumers(self, Consumer, channel):
                    return [Consumer(queues=[], callbacks=[self.ship]), Consumer(queues=[], on_message=self.note)]
                def ship(self, body, message): pass
                def note(self, message): pass

            def count(body, message): pass

            def weigh(body, message): pass
            def late(body, message): pass

            def main():
                with Connection("amqp://queue") as connection:
                    Consumer(connection, callbacks=[count]).register_callback(late)
                    connection.Consumer([], callbacks=[weigh])
            """,
            entries=frozenset(
                {
                    "consumer ship -> m:Desk.ship",
                    "consumer note -> m:Desk.note",
                    "consumer count -> m:count",
                    "consumer weigh -> m:weigh",
                    "consumer late -> m:late",
                }
            ),
            calls=frozenset({"m:Desk -[callback]-> m:Desk.get_consumers"}),
        ),
        Example(
            """
            import pika

            class Desk:
                def start(self):
                    return pika.SelectConnection(None, on_open_callback=self.opened)
                def opened(self, connection):
                    connection.channel(on_open_callback=self.ready)
                def ready(self, channel):
                    channel.basic_consume("orders", self.ship)
                def ship(self, channel, method, properties, body): pass

            def count(channel, method, properties, body): pass

            def main():
                channel = pika.BlockingConnection().channel()
                channel.basic_consume(queue="sums", on_message_callback=count)
            """,
            entries=frozenset({"consumer orders -> m:Desk.ship", "consumer sums -> m:count"}),
            calls=frozenset(
                {
                    "m:Desk.start -[callback]-> m:Desk.opened",
                    "m:Desk.opened -[callback]-> m:Desk.ready",
                    "m:Desk.ready -[callback]-> m:Desk.ship",
                    "m:main -[callback]-> m:count",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import faust

            class App:
                def agent(self, name): return lambda function: function

            app = App()

            @app.agent("smith")
            def smith(): pass
            """,
            calls=frozenset({"m: -[construct]-> m:App", "m: -[call]-> m:App.agent", "m: -[decorate]-> m:App.agent"}),
        ),
    ),
    named_parameters={"Consumer in kombu.mixins:ConsumerMixin": "kombu.mixins:_MakesConsumers"},
)
