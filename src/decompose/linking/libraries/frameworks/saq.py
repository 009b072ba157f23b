"""SAQ and its plug-in for Litestar: functions that a worker is given in its settings, and jobs by their names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Frame
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.stated import scope_at
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.wiring import Wire, own_frame

_SUMMARY = """
from decompose.effects import enters, runs

class Job:
    __has_more__ = True

class CronJob:
    @enters("schedule", "function")
    def __init__(self, function, cron, **options) -> None: ...

class Queue:
    __has_more__ = True
    def __init__(self, *args, **options) -> None: ...
    @staticmethod
    def from_url(url, **options) -> Queue: ...
    @runs("job_or_func", "task")
    async def enqueue(self, job_or_func, **kwargs) -> Job: ...
    @runs("job_or_func", "task")
    async def apply(self, job_or_func, timeout=None, **kwargs): ...
    @runs("job_or_func", "task")
    async def map(self, job_or_func, iter_kwargs, **options): ...

class Worker:
    __has_more__ = True
    def __init__(self, queue, functions, **options) -> None: ...
"""

_BROKERS = "from saq import Queue\nclass RedisQueue(Queue): ...\nclass PostgresQueue(Queue): ...\n"

_LITESTAR = """
from saq import CronJob, Job, Queue, Worker

class QueueConfig:
    __has_more__ = True
    def __init__(self, **options) -> None: ...

class SAQConfig:
    __has_more__ = True
    def __init__(self, **options) -> None: ...

class TaskQueues:
    def get(self, name) -> Queue: ...

class SAQPlugin:
    __has_more__ = True
    def __init__(self, config, **options) -> None: ...
    def get_queue(self, name) -> Queue: ...
    def get_queues(self) -> TaskQueues: ...
"""

_WORKERS = {"saq:Worker": "functions", "litestar_saq:QueueConfig": "tasks"}
_HOOKS = ("startup", "shutdown", "before_process", "after_process")
_SENDING = tuple(f"saq:Queue.{name}" for name in ("enqueue", "apply", "map"))


class _Settings(NamedTuple):
    """What a worker is given, where: names and what stands for them."""

    frame: Frame
    line: int
    functions: Ref
    hooks: list[Ref]


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """What workers are given to be run."""
    for settings in _workers(linked):
        for function in _functions(linked, settings.frame, settings.functions):
            yield FoundEntry("task", function.facts.qualname, function, settings.frame.scope.module.file, settings.line)


def wires(linked: Linked) -> Iterator[Wire]:
    """From ``queue.enqueue("send")`` to the function that a worker runs under this name, and from workers to their hooks."""
    named: dict[str, list[Scope]] = {}
    for settings in _workers(linked):
        for function in _functions(linked, settings.frame, settings.functions):
            known = named.setdefault(function.facts.qualname, [])
            known += [function] if function not in known else []
        for hook in (hook for ref in settings.hooks for hook in _functions(linked, settings.frame, ref)):
            yield Wire(settings.frame.scope, settings.line, hook, "callback", "a hook of the worker")
    for site in linked.sites_calling(*_SENDING):
        name = linked.constant(site.frame.scope, site.argument(0, "job_or_func"))
        for function in named.get(name, []) if isinstance(name, str) else ():
            yield Wire(site.frame.scope, site.line, function, "task", "the function of that name")


def _workers(linked: Linked) -> Iterator[_Settings]:
    for definition, keyword in _WORKERS.items():
        for site in linked.sites_calling(definition):
            hooks = [ref for name, ref in site.keywords if name in _HOOKS]
            functions = site.argument(1 if keyword == "functions" else -1, keyword)
            yield _Settings(site.frame, site.line, functions, hooks)
    for module in linked.program.modules:
        for scope in module.scopes if not module.library else ():
            for operation in scope.facts.ops:
                named = operation[4] if operation[0] == Op.CONTAINER else None
                keyed = dict(zip(named, operation[3], strict=False)) if named and "functions" in named else {}
                if "queue" in keyed and _is_queue(linked, scope, keyed["queue"]):
                    hooks = [keyed[name] for name in _HOOKS if name in keyed]
                    yield _Settings(own_frame(linked.engine, scope), operation[-1], keyed["functions"], hooks)


def _is_queue(linked: Linked, scope: Scope, ref: Ref) -> bool:
    """Whether a value is a queue, or comes from what a module that imports the library does not show."""
    node = linked.engine.node_of(own_frame(linked.engine, scope), ref)
    queues = any(linked.is_instance_of(value, "saq:Queue") for value in linked.engine.values_of(node))
    return queues or "saq" in scope.module.facts.packages


def _functions(linked: Linked, frame: Frame, ref: Ref) -> list[Scope]:
    """The functions of the application that a list holds, or that are given alone; also by their dotted names."""
    values = sorted(linked.engine.values_of(linked.engine.node_of(frame, ref)))
    found = [f for value in linked.listed_values(values) for f in linked.functions_among([value]) if f.is_function]
    written = frame.scope.operations_producing(ref) if type(ref) is int and ref >= 0 else []
    texts = [each for operation in written if operation[0] == Op.CONTAINER for each in operation[3]]
    named = [scope_at(linked, text) for text in texts if isinstance(text, str)]
    return list(dict.fromkeys([*found, *(function for function in named if function is not None)]))


FRAMEWORK = Framework(
    name="SAQ",
    summaries={
        "saq": _SUMMARY,
        "saq.queue": _BROKERS,
        "saq.queue.redis": "from saq.queue import RedisQueue\n",
        "saq.queue.postgres": "from saq.queue import PostgresQueue\n",
        "saq.worker": "from saq import Worker\n",
        "saq.job": "from saq import CronJob, Job\n",
        "litestar_saq": _LITESTAR,
        "litestar_saq.config": "from litestar_saq import QueueConfig, SAQConfig, TaskQueues\n",
    },
    entry_points=(entry_points,),
    wires=(wires,),
    examples=(
        Example(
            """
            from saq import CronJob, Queue

            queue = Queue.from_url("redis://localhost")

            async def send(ctx, *, number): helper()
            async def sweep(ctx): pass
            async def opened(ctx): pass
            def helper(): pass

            settings = {
                "queue": queue,
                "functions": [send, sweep],
                "cron_jobs": [CronJob(sweep, cron="* * * * *")],
                "startup": opened,
            }

            async def use():
                await queue.enqueue("send", number=1)
                await queue.apply(sweep)
            """,
            entries=frozenset({"task send -> m:send", "task sweep -> m:sweep", "schedule sweep -> m:sweep"}),
            calls=frozenset(
                {
                    "m:send -[call]-> m:helper",
                    "m: -[callback]-> m:opened",
                    "m:use -[task]-> m:send",
                    "m:use -[task]-> m:sweep",
                }
            ),
        ),
        Example(
            """
            from litestar_saq import CronJob, QueueConfig, SAQConfig, SAQPlugin

            async def send(ctx): pass
            async def sweep(ctx): pass
            async def closed(ctx): pass

            def configured():
                return SAQConfig(queue_configs=[
                    QueueConfig(
                        name="slow",
                        tasks=[send, "m.sweep"],
                        scheduled_tasks=[CronJob(function=sweep, cron="* * * * *")],
                        shutdown=closed,
                    ),
                ])

            plugin = SAQPlugin(config=configured())

            async def use():
                await plugin.get_queue("slow").enqueue("send")
            """,
            entries=frozenset({"task send -> m:send", "task sweep -> m:sweep", "schedule sweep -> m:sweep"}),
            calls=frozenset(
                {
                    "m: -[call]-> m:configured",
                    "m:configured -[callback]-> m:closed",
                    "m:use -[task]-> m:send",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Worker:
                def __init__(self, queue, functions): pass

            def send(): pass

            settings = {"queue": "slow", "functions": [send]}
            Worker("slow", functions=[send])
            """,
            calls=frozenset({"m: -[construct]-> m:Worker.__init__"}),
        ),
    ),
)
