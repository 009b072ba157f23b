"""Decorators that are made of a function, which is called in the place of what they decorate: wrapt."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_MADE = """
from typing import Generic, TypeVar

from decompose.effects import invokes

W = TypeVar("W")
F = TypeVar("F")

class _Wrapped(Generic[W, F]):
    __has_more__ = True
    __wrapped__: F
    @invokes("W", "call")
    @invokes("F", "call")
    def __call__(self, *args, **kwargs): ...

class _Decorator(Generic[W]):
    @invokes("W", "decorate")
    def __call__(self, function: F) -> _Wrapped[W, F]: ...

def decorator(wrapper: W, *args, **options) -> _Decorator[W]: ...
def synchronized(wrapped: F) -> F: ...
"""

FRAMEWORK = Framework(
    name="Decorators made of functions",
    summaries={"wrapt": _MADE},
    examples=(
        Example(
            """
            import wrapt

            @wrapt.decorator
            def watched(wrapped, instance, args, kwargs):
                note()
                return wrapped(*args, **kwargs)

            @watched
            def pay(): helper()

            class Desk:
                @watched
                def close(self): self.leave()
                def leave(self): pass

            def note(): pass
            def helper(): pass

            def run():
                pay()
                Desk().close()
            """,
            calls=frozenset(
                {
                    "m:watched -[call]-> m:note",
                    "m:pay -[call]-> m:helper",
                    "m: -[decorate]-> m:watched",
                    "m:Desk -[decorate]-> m:watched",
                    "m:watched -[call]-> m:pay",
                    "m:watched -[call]-> m:Desk.close",
                    "m:run -[call]-> m:watched",
                    "m:run -[call]-> m:pay",
                    "m:run -[construct]-> m:Desk",
                    "m:run -[call]-> m:Desk.close",
                    "m:Desk.close -[call]-> m:Desk.leave",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import wrapt

            def decorator(function): return function

            @decorator
            def watched(wrapped): return wrapped

            @watched
            def pay(): pass
            """,
            calls=frozenset({"m: -[decorate]-> m:decorator", "m: -[decorate]-> m:watched"}),
        ),
    ),
)
