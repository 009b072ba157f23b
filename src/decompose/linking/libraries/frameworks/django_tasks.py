"""Tasks of Django itself and of django-background-tasks: functions that a decorator makes run later."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_TASKS = """
from typing import Generic, TypeVar

from decompose.effects import enters, invokes

F = TypeVar("F")

class TaskResult:
    __has_more__ = True

class Task(Generic[F]):
    func: F
    def using(self, **options) -> Task[F]: ...
    @invokes("F", "task")
    def enqueue(self, *args, **kwargs) -> TaskResult: ...
    @invokes("F", "task")
    def aenqueue(self, *args, **kwargs) -> TaskResult: ...
    @invokes("F", "call")
    def call(self, *args, **kwargs): ...
    @invokes("F", "call")
    def acall(self, *args, **kwargs): ...

class _Decorator:
    def __call__(self, function: F) -> Task[F]: ...

@enters("task", "function")
def task(function: F = None, **options) -> Task[F] | _Decorator: ...
"""

_BACKGROUND = """
from typing import Generic, TypeVar

from decompose.effects import enters, invokes

F = TypeVar("F")

class TaskProxy(Generic[F]):
    task_function: F
    @invokes("F", "task")
    def __call__(self, *args, **kwargs): ...
    @invokes("F", "call")
    def now(self, *args, **kwargs): ...

class _Decorator:
    def __call__(self, fn: F) -> TaskProxy[F]: ...

@enters("task", "fn", "name")
def background(name: F = None, schedule=None, queue=None, **options) -> _Decorator | TaskProxy[F]: ...
"""

FRAMEWORK = Framework(
    name="Django's tasks",
    summaries={
        "django.tasks": _TASKS,
        "django_tasks": _TASKS,
        "background_task": _BACKGROUND,
    },
    examples=(
        Example(
            """
            from django.tasks import task
            from django_tasks import task as backported

            @task
            def send(bill): helper()

            @backported(priority=2)
            def sweep(): helper()

            def helper(): pass

            def pay(bill):
                send.enqueue(bill)
                sweep.using(priority=1).enqueue()

            def at_once(bill): send.call(bill)
            """,
            entries=frozenset({"task m.send -> m:send", "task m.sweep -> m:sweep"}),
            calls=frozenset(
                {
                    "m:send -[call]-> m:helper",
                    "m:sweep -[call]-> m:helper",
                    "m:pay -[task]-> m:send",
                    "m:pay -[task]-> m:sweep",
                    "m:at_once -[call]-> m:send",
                }
            ),
        ),
        Example(
            """
            from background_task import background

            @background(schedule=60)
            def remind(user): pass

            def sign_up(user): remind(user, schedule=90)
            def at_once(user): remind.now(user)
            """,
            entries=frozenset({"task m.remind -> m:remind"}),
            calls=frozenset({"m:sign_up -[task]-> m:remind", "m:at_once -[call]-> m:remind"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            import django

            def task(function): return function

            @task
            def send(bill): pass

            def pay(bill): send(bill)
            """,
            calls=frozenset({"m: -[decorate]-> m:task", "m:pay -[call]-> m:send"}),
        ),
    ),
)
