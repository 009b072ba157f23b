"""Queues of tasks that are declared by decorators: TaskIQ, Procrastinate, Django Q, arq, and Nameko's services."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking.found import FoundEntry
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.stated import scope_at
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Wire

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

_ARQ = """
from typing import TypeVar

from decompose.effects import calls_back, enters

F = TypeVar("F")

class Worker:
    __has_more__ = True
    @calls_back("on_startup")
    @calls_back("on_shutdown")
    @calls_back("on_job_start")
    @calls_back("on_job_end")
    @calls_back("after_job_end")
    def __init__(
        self, functions=(), *, queue_name=None, cron_jobs=None, redis_settings=None, redis_pool=None, on_startup=None,
        on_shutdown=None, on_job_start=None, on_job_end=None, after_job_end=None, **options,
    ) -> None: ...
    def run(self) -> None: ...

def create_worker(settings_cls, **options) -> Worker: ...
def run_worker(settings_cls, **options) -> Worker: ...
@enters("schedule", "coroutine", "name")
def cron(coroutine, *, name=None, **options): ...
@enters("task", "coroutine", "name")
def func(coroutine, *, name=None, **options): ...
def create_pool(settings=None, **options) -> ArqRedis: ...

class ArqRedis:
    __has_more__ = True
    def __init__(self, *args, **options) -> None: ...
    def enqueue_job(self, function, *args, **options): ...
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

_POOL = "arq:ArqRedis.enqueue_job"
_LISTS = "functions"
_HOOKS = ("on_startup", "on_shutdown", "on_job_start", "on_job_end", "after_job_end")


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """What arq's workers, or the settings of them, list to be run."""
    for scope, line, name, function in _listed(linked):
        yield FoundEntry("task", name, function, scope.module.file, line)


def wires(linked: Linked) -> Iterator[Wire]:
    """From ``pool.enqueue_job("send")`` to the function that a worker of arq runs under this name, and from workers to their hooks."""
    functions = list(_listed(linked))
    for cls in dict.fromkeys(scope for scope, *_ in functions if scope.facts.kind == ScopeKind.CLASS):
        for hook in _HOOKS:
            for function in linked.functions_among(sorted(linked.attribute_values(cls, hook))):
                yield Wire(cls, cls.facts.line, function, "callback", "a hook of the worker")
    listed = {name: function for _, _, name, function in functions} | dict(_named(linked))
    for site in linked.sites_calling(_POOL) if listed else ():
        name = linked.constant(site.frame.scope, site.argument(0, "function"))
        if isinstance(name, str) and name in listed:
            yield Wire(site.frame.scope, site.line, listed[name], "task", "the function of that name")


def _named(linked: Linked) -> Iterator[tuple[str, Scope]]:
    """Functions that are given another name: ``func(send, name="mail")``."""
    for site in linked.sites_calling("arq:func"):
        name = linked.keyword(site.frame.scope, site.operation, "name")
        for function in linked.handlers(site, site.argument(0, "coroutine")) if isinstance(name, str) else ():
            yield name, function


def _listed(linked: Linked) -> Iterator[tuple[Scope, int, str, Scope]]:
    """Each function that a class or a call lists for arq's workers: where, the function's name, and the function."""
    for cls in linked.application_classes():
        if _LISTS in cls.facts.names and "arq" in cls.module.facts.packages:
            values = sorted(linked.attribute_values(cls, _LISTS))
            for name, function in _in_list(linked, cls, cls.facts.names[_LISTS], values):
                yield cls, cls.facts.line, name, function
    for site in linked.sites_calling("arq:Worker"):
        given = site.argument(0, _LISTS)
        for name, function in _in_list(linked, site.frame.scope, given, sorted(linked.argument_values(site, given))):
            yield site.frame.scope, site.line, name, function


def _in_list(linked: Linked, scope: Scope, ref: Ref, values: list[Value]) -> Iterator[tuple[str, Scope]]:
    """The functions in a list, each with the name that it is queued by: its own, or the path that is written there."""
    for function in linked.functions_among(linked.listed_values(values)):
        yield function.facts.name, function
    for container in scope.operations_producing(ref):
        for text in container[3] if container[0] == Op.CONTAINER else ():
            named = scope_at(linked, text) if isinstance(text, str) else None
            if named is not None:
                yield text, named


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
        "arq": _ARQ,
        "arq.connections": "from arq import ArqRedis, create_pool\n",
        "arq.cron": "from arq import cron\n",
        "arq.worker": "from arq import Worker, create_worker, func, run_worker\n",
        "nameko.rpc": _NAMEKO_RPC,
        "nameko.events": _NAMEKO_EVENTS,
        "nameko.web.handlers": _NAMEKO_HTTP,
        "nameko.timer": _NAMEKO_TIMER,
    },
    entry_points=(entry_points,),
    wires=(wires,),
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
            from arq import Worker, create_pool, cron, func

            async def send(ctx, number): helper()
            async def sweep(ctx): pass
            async def count(ctx): pass
            def helper(): pass

            async def opened(ctx): pass

            class WorkerSettings:
                on_startup = opened
                functions = [send, "m.count", func(bill, name="bills")]
                cron_jobs = [cron(sweep, hour=1)]

            async def bill(ctx): pass
            async def pack(ctx): pass

            def start():
                Worker(functions=[pack], on_startup=opened).run()

            async def use():
                pool = await create_pool(None)
                await pool.enqueue_job("send", 1)
                await pool.enqueue_job("bills")
                await pool.enqueue_job("pack")
                await pool.enqueue_job("m.count")
                await pool.enqueue_job("count")
            """,
            entries=frozenset(
                {
                    "task send -> m:send",
                    "task m.count -> m:count",
                    "task bills -> m:bill",
                    "task pack -> m:pack",
                    "schedule sweep -> m:sweep",
                }
            ),
            calls=frozenset(
                {
                    "m:send -[call]-> m:helper",
                    "m:use -[task]-> m:send",
                    "m:use -[task]-> m:bill",
                    "m:use -[task]-> m:pack",
                    "m:use -[task]-> m:count",
                    "m:start -[callback]-> m:opened",
                    "m:WorkerSettings -[callback]-> m:bill",
                    "m:WorkerSettings -[callback]-> m:sweep",
                    "m:WorkerSettings -[callback]-> m:opened",
                }
            ),
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

            class WorkerSettings:
                functions = [add]
            """,
            calls=frozenset({"m: -[construct]-> m:Broker", "m: -[decorate]-> m:Broker.task"}),
        ),
    ),
)
