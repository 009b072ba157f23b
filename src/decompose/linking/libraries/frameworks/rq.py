"""RQ and its extensions for Django and Flask: jobs in queues."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import Generic, TypeVar

from decompose.effects import calls_back, enters, runs

class Callback:
    @calls_back("func")
    def __init__(self, func, timeout=None) -> None: ...

class Queue:
    @runs("f", "task")
    @enters("task", "f")
    @calls_back("on_success")
    @calls_back("on_failure")
    @calls_back("on_stopped")
    def enqueue(self, f, *args, on_success=None, on_failure=None, on_stopped=None, **kwargs): ...
    @runs("func", "task")
    @enters("task", "func")
    @calls_back("on_success")
    @calls_back("on_failure")
    @calls_back("on_stopped")
    def enqueue_call(self, func, args=None, kwargs=None, on_success=None, on_failure=None, on_stopped=None, **kwargs): ...
    @runs("f", "task")
    @enters("task", "f")
    @calls_back("on_success")
    @calls_back("on_failure")
    @calls_back("on_stopped")
    def enqueue_at(self, datetime, f, *args, on_success=None, on_failure=None, on_stopped=None, **kwargs): ...
    @runs("func", "task")
    @enters("task", "func")
    @calls_back("on_success")
    @calls_back("on_failure")
    @calls_back("on_stopped")
    def enqueue_in(self, time_delta, func, *args, on_success=None, on_failure=None, on_stopped=None, **kwargs): ...
    @staticmethod
    @runs("func", "task")
    @enters("task", "func")
    @calls_back("on_success")
    @calls_back("on_failure")
    @calls_back("on_stopped")
    def prepare_data(func, args=None, kwargs=None, *, on_success=None, on_failure=None, on_stopped=None, **options): ...
    def enqueue_many(self, job_datas, **options): ...
"""

_RQ_DECORATORS = """
from typing import Generic, TypeVar

from decompose.effects import enters, invokes

F = TypeVar("F")

class Job(Generic[F]):
    @invokes("F", "task")
    def delay(self, *args, **kwargs): ...
    @invokes("F", "call")
    def __call__(self, *args, **kwargs): ...

class job:
    @enters("task", "function")
    def __init__(self, queue=None, *args, **options) -> None: ...
    def __call__(self, function: F) -> Job[F]: ...
"""

_DJANGO_RQ = """
from typing import TypeVar

from decompose.effects import enters, runs
from rq import Queue
from rq.decorators import Job
from rq_scheduler import Scheduler

F = TypeVar("F")

class _JobDecorator:
    def __call__(self, function: F) -> Job[F]: ...

def get_queue(name=None, **options) -> Queue: ...
def get_scheduler(name=None, **options) -> Scheduler: ...
@runs("func", "task")
@enters("task", "func")
def enqueue(func, *args, **kwargs): ...
@enters("task", "function")
def job(function: F = None, *args, **options) -> _JobDecorator | Job[F]: ...
"""

_RQ_SCHEDULER = """
from decompose.effects import enters, runs

class Scheduler:
    __has_more__ = True
    def __init__(self, queue_name=None, queue=None, interval=60, connection=None, **options) -> None: ...
    @runs("func", "task")
    @enters("schedule", "func")
    def schedule(self, scheduled_time, func, args=None, kwargs=None, interval=None, **options): ...
    @runs("func", "task")
    @enters("schedule", "func")
    def cron(self, cron_string, func, args=None, kwargs=None, **options): ...
    @runs("func", "task")
    @enters("task", "func")
    def enqueue_at(self, scheduled_time, func, *args, **kwargs): ...
    @runs("func", "task")
    @enters("task", "func")
    def enqueue_in(self, time_delta, func, *args, **kwargs): ...
"""

FRAMEWORK = Framework(
    name="RQ",
    summaries={
        "rq": _SUMMARY,
        "rq.decorators": _RQ_DECORATORS,
        "rq_scheduler": _RQ_SCHEDULER,
        "rq_scheduler.scheduler": "from rq_scheduler import Scheduler\n",
        "django_rq": _DJANGO_RQ,
    },
    examples=(
        Example(
            """
            import redis
            from rq import Callback, Queue
            from rq.decorators import job

            queue = Queue(connection=redis.Redis())

            def send(address): deliver(address)
            def deliver(address): pass
            def count(): pass

            def sent(job, connection, result): pass
            def lost(job, connection, kind, value, traceback): pass

            @job("low")
            def clean(): pass

            def start():
                queue.enqueue(send, "a@b.c")
                queue.enqueue("m.count", on_success=sent)
                queue.enqueue_many([Queue.prepare_data(send, ("c@d.e",), on_failure=Callback(lost))])
                clean.delay()
            """,
            entries=frozenset({"task m.send -> m:send", "task m.count -> m:count", "task m.clean -> m:clean"}),
            calls=frozenset(
                {
                    "m:send -[call]-> m:deliver",
                    "m:start -[task]-> m:send",
                    "m:start -[task]-> m:count",
                    "m:start -[task]-> m:clean",
                    "m:start -[callback]-> m:sent",
                    "m:start -[callback]-> m:lost",
                }
            ),
        ),
        Example(
            """
            from functools import partial
            from rq.decorators import job as queued

            class Recorded(queued):
                queue_class = None

            job = partial(Recorded, connection=None)

            @job("low")
            def clean(): pass

            def start():
                clean.delay()
            """,
            entries=frozenset({"task m.clean -> m:clean"}),
            calls=frozenset({"m: -[construct]-> m:Recorded", "m:start -[task]-> m:clean"}),
        ),
        Example(
            """
            import django_rq

            @django_rq.job
            def bare(): pass

            @django_rq.job("high")
            def named(): pass

            def later(): pass

            def start():
                bare.delay()
                named.delay()
                django_rq.enqueue(later)
                django_rq.get_queue("low").enqueue(later)
            """,
            entries=frozenset({"task m.bare -> m:bare", "task m.named -> m:named", "task m.later -> m:later"}),
            calls=frozenset({"m:start -[task]-> m:bare", "m:start -[task]-> m:named", "m:start -[task]-> m:later"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Queue:
                def enqueue(self, item): self.items = [item]

            def send(): pass

            def start(): Queue().enqueue(send)
            """,
            calls=frozenset({"m:start -[construct]-> m:Queue", "m:start -[call]-> m:Queue.enqueue"}),
        ),
    ),
)
