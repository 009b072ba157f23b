"""Queues of tasks that are declared by decorators: TaskIQ, Procrastinate, Django Q, and Nameko's services."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_TASKIQ = """
from typing import Generic, TypeVar

from decompose.effects import calls_back, enters, invokes

F = TypeVar("F")

class AsyncTaskiqTask:
    __has_more__ = True

class AsyncTaskiqDecoratedTask(Generic[F]):
    original_func: F
    @invokes("F", "task")
    def kiq(self, *args, **kwargs) -> AsyncTaskiqTask: ...
    @invokes("F", "task")
    def schedule_by_cron(self, source, cron, *args, **kwargs): ...
    @invokes("F", "task")
    def schedule_by_time(self, source, time, *args, **kwargs): ...
    def kicker(self) -> AsyncTaskiqDecoratedTask[F]: ...
    def with_labels(self, **labels) -> AsyncTaskiqDecoratedTask[F]: ...
    def with_broker(self, broker) -> AsyncTaskiqDecoratedTask[F]: ...
    @invokes("F", "call")
    def __call__(self, *args, **kwargs): ...

class _Decorator:
    def __call__(self, function: F) -> AsyncTaskiqDecoratedTask[F]: ...

class _Hook:
    @calls_back("function")
    def __call__(self, function: F) -> F: ...

class AsyncBroker:
    __has_more__ = True
    def __init__(self, *args, **options) -> None: ...
    @enters("task", "function", "task_name")
    @enters("schedule", "function", "task_name", "schedule")
    def task(self, function: F = None, *, task_name=None, schedule=None, **labels) -> _Decorator | AsyncTaskiqDecoratedTask[F]: ...
    def register_task(self, func: F, task_name=None, **labels) -> AsyncTaskiqDecoratedTask[F]: ...
    def on_event(self, *events) -> _Hook: ...
    def with_result_backend(self, result_backend) -> Self: ...
    def with_middlewares(self, *middlewares) -> Self: ...

class InMemoryBroker(AsyncBroker): ...
class ZeroMQBroker(AsyncBroker): ...

def TaskiqDepends(dependency=None, **options): ...
"""

_BROKER = "from taskiq import AsyncBroker\n"

_PROCRASTINATE = """
from typing import Generic, TypeVar

from decompose.effects import enters, invokes

F = TypeVar("F")

class Task(Generic[F]):
    func: F
    @invokes("F", "task")
    def defer(self, *args, **kwargs): ...
    @invokes("F", "task")
    def defer_async(self, *args, **kwargs): ...
    @invokes("F", "task")
    def batch_defer(self, *args): ...
    @invokes("F", "task")
    def batch_defer_async(self, *args): ...
    def configure(self, **options) -> Task[F]: ...
    @invokes("F", "call")
    def __call__(self, *args, **kwargs): ...

class _Decorator:
    def __call__(self, function: F) -> Task[F]: ...

class _Periodic:
    def __call__(self, task: F) -> F: ...

class Blueprint:
    __has_more__ = True
    @enters("task", "_func", "name")
    def task(self, _func: F = None, *, name=None, **options) -> _Decorator | Task[F]: ...
    @enters("schedule", "task")
    def periodic(self, *, cron, **options) -> _Periodic: ...
    def add_tasks_from(self, blueprint, *, namespace) -> None: ...

class App(Blueprint):
    def __init__(self, *args, **options) -> None: ...
    def with_connector(self, connector) -> App: ...
"""

_DJANGO_Q = """
from decompose.effects import enters, runs

@enters("task", "func")
@runs("func", "task")
def async_task(func, *args, **kwargs) -> str: ...
@runs("func", "task")
def async_iter(func, args_iter, **kwargs) -> str: ...
@enters("schedule", "func", "name")
@runs("func", "task")
def schedule(func, *args, name=None, schedule_type=None, **kwargs): ...
"""

_NAMEKO_DECORATOR = """
from typing import TypeVar

from decompose.effects import enters

F = TypeVar("F")

class _Decorator:
    def __call__(self, method: F) -> F: ...
"""

_NAMEKO_RPC = (
    _NAMEKO_DECORATOR
    + """
@enters("consumer", "method")
def rpc(method: F = None, **options) -> F | _Decorator: ...
"""
)
_NAMEKO_EVENTS = (
    _NAMEKO_DECORATOR
    + """
@enters("consumer", "method", "event_type")
def event_handler(source_service, event_type, **options) -> _Decorator: ...
"""
)
_NAMEKO_HTTP = """
from typing import TypeVar

from decompose.effects import serves

F = TypeVar("F")

class _Decorator:
    def __call__(self, view: F) -> F: ...

@serves("view", "url", "method")
def http(method, url, **options) -> _Decorator: ...
"""
_NAMEKO_TIMER = (
    _NAMEKO_DECORATOR
    + """
@enters("schedule", "method")
def timer(interval, **options) -> _Decorator: ...
"""
)

FRAMEWORK = Framework(
    name="Queues of tasks",
    summaries={
        "taskiq": _TASKIQ,
        **{
            f"taskiq_{kind}": _BROKER + "".join(f"class {name}(AsyncBroker): ...\n" for name in names)
            for kind, names in {
                "redis": ("ListQueueBroker", "PubSubBroker", "RedisStreamBroker"),
                "aio_pika": ("AioPikaBroker",),
                "nats": ("NatsBroker", "PullBasedJetStreamBroker", "PushBasedJetStreamBroker"),
                "aio_kafka": ("AioKafkaBroker",),
            }.items()
        },
        "procrastinate": _PROCRASTINATE,
        "procrastinate.contrib.django": "from procrastinate import App\napp: App\n",
        "django_q.tasks": _DJANGO_Q,
        "nameko.rpc": _NAMEKO_RPC,
        "nameko.events": _NAMEKO_EVENTS,
        "nameko.web.handlers": _NAMEKO_HTTP,
        "nameko.timer": _NAMEKO_TIMER,
    },
    examples=(
        Example(
            """
            from taskiq import InMemoryBroker

            broker = InMemoryBroker()

            @broker.task
            async def add(number): helper()

            @broker.task(task_name="sweep", schedule=[{"cron": "* * * * *"}])
            async def other(): pass

            def helper(): pass

            async def use():
                await add.kiq(1)
                await other.kicker().with_labels(queue="slow").kiq()
            """,
            entries=frozenset({"task m.add -> m:add", "task sweep -> m:other", "schedule sweep -> m:other"}),
            calls=frozenset({"m:add -[call]-> m:helper", "m:use -[task]-> m:add", "m:use -[task]-> m:other"}),
        ),
        Example(
            """
            import procrastinate

            app = procrastinate.App(connector=None)

            @app.task(queue="sums", name="sums")
            def sums(number): helper()

            @app.periodic(cron="*/10 * * * *")
            @app.task
            def sweep(timestamp): pass

            def helper(): pass

            def use():
                sums.defer(number=1)
                sweep.configure(lock="x").defer()
            """,
            entries=frozenset({"task sums -> m:sums", "task m.sweep -> m:sweep", "schedule sweep -> m:sweep"}),
            calls=frozenset({"m:sums -[call]-> m:helper", "m:use -[task]-> m:sums", "m:use -[task]-> m:sweep"}),
        ),
        Example(
            """
            from django_q.tasks import async_task, schedule

            def send(number): pass
            def sweep(): pass

            def use():
                async_task(send, 1)
                schedule("m.sweep", schedule_type="D")
            """,
            entries=frozenset({"task m.send -> m:send", "schedule sweep -> m:sweep"}),
            calls=frozenset({"m:use -[task]-> m:send", "m:use -[task]-> m:sweep"}),
        ),
        Example(
            """
            from nameko.events import event_handler
            from nameko.rpc import rpc
            from nameko.timer import timer
            from nameko.web.handlers import http

            class Orders:
                name = "orders"
                @rpc
                def place(self, number): helper()
                @http("GET", "/orders/<int:number>")
                def show(self, request, number): pass
                @event_handler("stock", "moved")
                def move(self, payload): pass
                @timer(interval=3)
                def tick(self): pass

            def helper(): pass
            """,
            entries=frozenset(
                {
                    "consumer place -> m:Orders.place",
                    "http GET /orders/<int:number> -> m:Orders.show",
                    "consumer moved -> m:Orders.move",
                    "schedule tick -> m:Orders.tick",
                }
            ),
            calls=frozenset({"m:Orders.place -[call]-> m:helper"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Broker:
                def task(self, function): return function

            broker = Broker()

            @broker.task
            def add(): pass
            """,
            calls=frozenset({"m: -[construct]-> m:Broker", "m: -[decorate]-> m:Broker.task"}),
        ),
    ),
)
