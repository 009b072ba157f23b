"""Dramatiq: actors that run when a message is sent."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import Generic, TypeVar

from decompose.effects import enters, invokes

F = TypeVar("F")

class Actor(Generic[F]):
    fn: F
    @invokes("F", "task")
    def send(self, *args, **kwargs): ...
    @invokes("F", "task")
    def send_with_options(self, *, args=None, kwargs=None, **options): ...
    @invokes("F", "task")
    def message(self, *args, **kwargs): ...
    @invokes("F", "task")
    def message_with_options(self, *, args=None, kwargs=None, **options): ...
    @invokes("F", "call")
    def __call__(self, *args, **kwargs): ...

class _ActorDecorator:
    def __call__(self, fn: F) -> Actor[F]: ...

@enters("task", "fn", "actor_name")
def actor(fn: F = None, *, actor_name=None, **options) -> _ActorDecorator | Actor[F]: ...
"""

FRAMEWORK = Framework(
    name="Dramatiq",
    summaries={"dramatiq": _SUMMARY},
    examples=(
        Example(
            """
            import dramatiq

            @dramatiq.actor
            def plain(): helper()

            @dramatiq.actor(actor_name="billing.charge", max_retries=3)
            def charge(): pass

            def helper(): pass

            def start():
                plain.send()
                charge.send_with_options(delay=10)
                plain()
            """,
            entries=frozenset({"task m.plain -> m:plain", "task billing.charge -> m:charge"}),
            calls=frozenset(
                {
                    "m:plain -[call]-> m:helper",
                    "m:start -[task]-> m:plain",
                    "m:start -[task]-> m:charge",
                    "m:start -[call]-> m:plain",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            def actor(function): return function

            class Mail:
                def send(self): pass

            @actor
            def plain(): Mail().send()
            """,
            calls=frozenset(
                {"m: -[decorate]-> m:actor", "m:plain -[construct]-> m:Mail", "m:plain -[call]-> m:Mail.send"}
            ),
        ),
    ),
)
