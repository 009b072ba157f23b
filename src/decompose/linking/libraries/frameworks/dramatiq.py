"""Dramatiq: actors that run when a message is sent."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries import stated
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.wiring import Wire

_SUMMARY = """
from typing import Generic, TypeVar

from decompose.effects import enters, invokes

F = TypeVar("F")
L = TypeVar("L")
D = TypeVar("D")

class Actor(Generic[F]):
    fn: F
    @invokes("F", "task")
    def send(self, *args, **kwargs): ...
    @invokes("F", "task")
    @invokes("L", "task")
    @invokes("D", "task")
    def send_with_options(self, *, args=None, kwargs=None, on_failure: Actor[L] = None, on_success: Actor[D] = None, **options): ...
    @invokes("F", "task")
    def message(self, *args, **kwargs): ...
    @invokes("F", "task")
    @invokes("L", "task")
    @invokes("D", "task")
    def message_with_options(self, *, args=None, kwargs=None, on_failure: Actor[L] = None, on_success: Actor[D] = None, **options): ...
    @invokes("F", "call")
    def __call__(self, *args, **kwargs): ...

class _ActorDecorator:
    def __call__(self, fn: F) -> Actor[F]: ...

@enters("task", "fn", "actor_name")
def actor(fn: F = None, *, actor_name=None, **options) -> _ActorDecorator | Actor[F]: ...
"""


def wires(linked: Linked) -> Iterator[Wire]:
    """From ``enqueue("billing.charge")`` to the actor that was given this name: a function of the application that takes names
    of actors asks the broker for them, or writes them into a queue.
    """
    actors = {entry.name: entry.handler for entry in stated.entries_by(linked, "dramatiq:actor")}
    scopes = linked.program.scopes
    for site in linked.engine.sites if actors else ():
        name, scope = site.argument(0), site.frame.scope
        if isinstance(name, str) and name in actors and site.kind == "call" and not scope.library:
            inside = any(not scopes[target].library for target, _, _ in site.targets)
            asks = any(made[3:4] == ["get_actor"] for made in scope.operations_producing(site.operation[2]))
            if inside or asks:
                yield Wire(scope, site.line, actors[name], "task", "the actor of that name")


FRAMEWORK = Framework(
    name="Dramatiq",
    summaries={"dramatiq": _SUMMARY},
    wires=(wires,),
    examples=(
        Example(
            """
            import dramatiq

            @dramatiq.actor
            def plain(): helper()

            @dramatiq.actor(actor_name="billing.charge", max_retries=3)
            def charge(): pass

            @dramatiq.actor
            def lost(message, problem): pass

            def helper(): pass

            def start():
                plain.send()
                charge.send_with_options(delay=10, on_failure=lost)
                plain()
            """,
            entries=frozenset({"task m.plain -> m:plain", "task billing.charge -> m:charge", "task m.lost -> m:lost"}),
            calls=frozenset(
                {
                    "m:plain -[call]-> m:helper",
                    "m:start -[task]-> m:plain",
                    "m:start -[task]-> m:charge",
                    "m:start -[task]-> m:lost",
                    "m:start -[call]-> m:plain",
                }
            ),
        ),
        Example(
            """
            import functools

            import dramatiq

            def actor(actor_name=None, **options):
                def decorate(function):
                    @functools.wraps(function)
                    def wrapped(*arguments): return function(*arguments)

                    dramatiq.actor(wrapped, actor_name=actor_name, **options)
                    return wrapped
                return decorate

            @actor(actor_name="billing.charge", max_retries=3)
            def charge(): pass

            @actor()
            def plain(): pass

            def enqueue(name, *arguments):
                queue.append((name, arguments))

            queue = []

            def start():
                enqueue("billing.charge")
                print("billing.charge")
            """,
            entries=frozenset({"task billing.charge -> m:charge", "task m.plain -> m:plain"}),
            calls=frozenset(
                {
                    "m: -[call]-> m:actor",
                    "m: -[decorate]-> m:actor.decorate",
                    "m:actor.decorate -[callback]-> m:actor.decorate.wrapped",
                    "m:actor.decorate.wrapped -[call]-> m:charge",
                    "m:actor.decorate.wrapped -[call]-> m:plain",
                    "m:start -[call]-> m:enqueue",
                    "m:start -[task]-> m:charge",
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
