"""Tasks of arq: functions that a worker lists, and the names that they are queued by."""

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
    name="arq",
    summaries={
        "arq": _ARQ,
        "arq.connections": "from arq import ArqRedis, create_pool\n",
        "arq.cron": "from arq import cron\n",
        "arq.worker": "from arq import Worker, create_worker, func, run_worker\n",
    },
    entry_points=(entry_points,),
    wires=(wires,),
    examples=(
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
    ),
    look_alikes=(
        Example(
            """
            class Worker:
                def run(self): pass

            def add(): pass

            class WorkerSettings:
                functions = [add]

            def start():
                Worker().run()
            """,
            calls=frozenset({"m:start -[construct]-> m:Worker", "m:start -[call]-> m:Worker.run"}),
        ),
    ),
)
