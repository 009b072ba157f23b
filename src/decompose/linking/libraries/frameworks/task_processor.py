"""The task processor of flagsmith-common: functions that a decorator makes tasks, and tasks that recur."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import Generic, TypeVar

from decompose.effects import enters, invokes

F = TypeVar("F")

class TaskHandler(Generic[F]):
    __has_more__ = True
    unwrapped: F
    @invokes("F", "call")
    def __call__(self, *args, **kwargs): ...
    @invokes("F", "task")
    def delay(self, *, delay_until=None, args=(), kwargs=None): ...
    @invokes("F", "task")
    def run_in_thread(self, *, args=(), kwargs=None) -> None: ...

class _Decorator:
    def __call__(self, function: F) -> TaskHandler[F]: ...

class _Recurring:
    def __call__(self, function: F) -> F: ...

@enters("task", "function", "task_name")
def register_task_handler(*, task_name=None, **options) -> _Decorator: ...
@enters("schedule", "function", "task_name")
def register_recurring_task(run_every, task_name=None, args=(), kwargs=None, **options) -> _Recurring: ...
"""

FRAMEWORK = Framework(
    name="Task processor",
    summaries={"task_processor.decorators": _SUMMARY},
    examples=(
        Example(
            """
            from datetime import timedelta
            from task_processor.decorators import register_recurring_task, register_task_handler

            @register_task_handler()
            def send(number): prepare(number)

            @register_task_handler(task_name="bills.count")
            def count(): pass

            @register_recurring_task(run_every=timedelta(hours=1))
            def sweep(): count()

            def prepare(number): pass

            def pay(number):
                send.delay(args=(number,))
            """,
            entries=frozenset({"task m.send -> m:send", "task bills.count -> m:count", "schedule sweep -> m:sweep"}),
            calls=frozenset(
                {
                    "m:send -[call]-> m:prepare",
                    "m:sweep -[call]-> m:count",
                    "m:pay -[task]-> m:send",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            def register_task_handler(): return lambda function: function

            @register_task_handler()
            def send(number): pass
            """,
            calls=frozenset({"m: -[call]-> m:register_task_handler", "m: -[decorate]-> m:register_task_handler"}),
        ),
    ),
)
