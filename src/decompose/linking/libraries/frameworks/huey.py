"""Huey: tasks, periodic tasks, and its extension for Django."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import Generic, TypeVar

from decompose.effects import calls_back, enters, invokes

F = TypeVar("F")

class TaskWrapper(Generic[F]):
    @invokes("F", "task")
    def __call__(self, *args, **kwargs): ...
    @invokes("F", "task")
    def schedule(self, args=None, kwargs=None, **options): ...
    @invokes("F", "task")
    def delay(self, *args, **kwargs): ...
    @invokes("F", "task")
    def s(self, *args, **kwargs): ...
    @invokes("F", "task")
    def map(self, it): ...
    @invokes("F", "call")
    def call_local(self, *args, **kwargs): ...

class _TaskDecorator:
    def __call__(self, function: F) -> TaskWrapper[F]: ...

class _Hook:
    @calls_back("function")
    def __call__(self, function: F) -> F: ...

class Huey:
    def __init__(self, *args, **options) -> None: ...
    @enters("task", "function", "name")
    def task(self, *args, name=None, **options) -> _TaskDecorator: ...
    @enters("schedule", "function", "name")
    def periodic_task(self, validate_datetime, *args, name=None, **options) -> _TaskDecorator: ...
    def on_startup(self, name=None) -> _Hook: ...
    def on_shutdown(self, name=None) -> _Hook: ...
    def signal(self, *signals) -> _Hook: ...
    def pre_execute(self, name=None) -> _Hook: ...
    def post_execute(self, name=None) -> _Hook: ...

class RedisHuey(Huey): ...
class SqliteHuey(Huey): ...
class MemoryHuey(Huey): ...
class FileHuey(Huey): ...
"""

_HUEY_CONTRIB_DJHUEY = """
from decompose.effects import enters
from huey import _TaskDecorator

@enters("task", "function", "name")
def task(*args, name=None, **options) -> _TaskDecorator: ...
@enters("task", "function", "name")
def db_task(*args, name=None, **options) -> _TaskDecorator: ...
@enters("schedule", "function", "name")
def periodic_task(validate_datetime, *args, name=None, **options) -> _TaskDecorator: ...
@enters("schedule", "function", "name")
def db_periodic_task(validate_datetime, *args, name=None, **options) -> _TaskDecorator: ...
"""

FRAMEWORK = Framework(
    name="Huey",
    summaries={"huey": _SUMMARY, "huey.contrib.djhuey": _HUEY_CONTRIB_DJHUEY},
    examples=(
        Example(
            """
            from huey import RedisHuey, crontab

            huey = RedisHuey("m")

            @huey.task(retries=2)
            def count(): helper()

            @huey.periodic_task(crontab(minute="0"), name="hourly")
            def sweep(): pass

            @huey.signal()
            def told(signal, task): pass

            def helper(): pass

            def start():
                count()
                count.schedule(delay=5)
                count.call_local()
            """,
            entries=frozenset({"task m.count -> m:count", "schedule hourly -> m:sweep"}),
            calls=frozenset(
                {
                    "m:count -[call]-> m:helper",
                    "m:start -[task]-> m:count",
                    "m:start -[call]-> m:count",
                    "m: -[callback]-> m:told",
                }
            ),
        ),
        Example(
            """
            from huey.contrib.djhuey import db_task

            @db_task()
            def count(): pass

            def start(): count()
            """,
            entries=frozenset({"task m.count -> m:count"}),
            calls=frozenset({"m:start -[task]-> m:count"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Project:
                def task(self): return lambda function: function

            huey = Project()

            @huey.task()
            def count(): pass
            """,
            calls=frozenset(
                {"m: -[construct]-> m:Project", "m: -[call]-> m:Project.task", "m: -[decorate]-> m:Project.task"}
            ),
        ),
    ),
)
