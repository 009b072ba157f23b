"""Methods that override a library's and hand on to it what they are given, such as a query's ``filter(self, *args, **lookups)``.

What the library's method adds to a query is what each call says itself. If it were told in the override, where all calls meet, each
of them would seem to ask for what the others do. A method that also runs the query (``get``, ``update``) runs it in the override: what
each call says is told there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.linking import library_calls, query_types
from decompose.linking.found_once import found_once
from decompose.linking.handing_on import handing_on

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.program import Scope
    from decompose.linking.values import Value


def widened_by(engine: Engine, function: Scope, receiver: Value) -> Scope | None:
    """The method of a library that ``function``, called on ``receiver``, hands its arguments on to, where that widens a query; None for
    all others.
    """
    described = engine.values[receiver] if receiver >= 0 else ("",)
    if described[0] != "I" or not handing_on(engine, function):
        return None
    return _widened_in(engine, engine.program.scopes[described[1]], function.facts.name)


@found_once
def _widened_in(engine: Engine, cls: Scope, name: str) -> Scope | None:
    said = next((base for base in engine.hierarchy.order(cls) if base.library and name in base.facts.names), None)
    method = engine.function_of(engine.hierarchy.member(said, name)) if said is not None else None
    return method if method is not None and query_types.widens(engine, method) else None


def frame_of(engine: Engine, function: Scope, parent: Frame, receiver: Value) -> Frame:
    """What an override does is looked at once for each kind of rows, whatever the queries of them touch besides."""
    _, cls, arguments, *_ = engine.values[receiver]
    return engine.frame(function, parent, engine.values.instance(cls, arguments[:1]))


def give_back(engine: Engine, site: Site, frame: Frame, method: Scope, receiver: Value) -> None:
    """What comes out of the override, widened by what this call says."""
    engine.watch(frame.returns, _widen, engine, site, method, receiver)


def run_there(engine: Engine, site: Site, frame: Frame, method: Scope, receiver: Value) -> None:
    """What this call says of the query that the override runs is told where it runs it."""
    for line in handing_on(engine, frame.scope).values():
        library_calls.query_at(engine, site, method, receiver, (frame, line))


def _widen(new: frozenset[Value], engine: Engine, site: Site, method: Scope, receiver: Value) -> None:
    _, cls, told, *_ = engine.values[receiver]
    for value in new:
        described = engine.values[value]
        if described[0] == "I" and described[1] == cls and described[2][:1] == told[:1]:
            arguments = _both(described[2], told)
            library_calls.call(engine, site, method, engine.values.instance(cls, arguments))
        elif site.result >= 0:
            engine.put(site.result, value)


def _both(some: tuple[Any, ...], others: tuple[Any, ...]) -> tuple[Any, ...]:
    """What either of two queries of the same rows touches."""
    longer, shorter = (some, others) if len(some) >= len(others) else (others, some)
    joined = tuple(tuple(sorted({*a, *b})) for a, b in zip(longer[1:], shorter[1:], strict=False))
    return (*longer[:1], *joined, *longer[1 + len(joined) :])
