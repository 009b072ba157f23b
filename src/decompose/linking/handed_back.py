"""Functions that give back what opens a transaction: ``def writing(): return Session.begin()``. Whoever calls them opens it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from decompose.facts import Op
from decompose.facts.records import Ref

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Site
    from decompose.linking.program import Scope

Opening = tuple["Site", str, str]
"""A call, the effect that says what it does to transactions, and their kind."""

OPENS = "transaction"
HANDED_BACK = "handed back"
"""In place of the effect of a call that only gives what opens a transaction: it is opened where it is entered, or decorates."""

WHOLE = "whole"
"""In place of the effect of a call that runs a whole transaction, from its beginning to its end."""

_MAX_STEPS = 6
_MAX_FUNCTIONS = 4
"""So many functions may hand on one to the other what opens a transaction."""


def with_callers(engine: Engine, calls: Sequence[Opening]) -> list[Opening]:
    """``calls``, and those that give what one of them has made, through functions that return it or what they are given."""
    found = list(calls)
    last = [call for call in calls if call[1] == OPENS and _is_handed(call[0])]
    if not last:
        return found
    calling, written = _sites_by_target(engine)
    known = {id(site) for site, _, _ in calls}
    for _ in range(_MAX_FUNCTIONS):
        further = [
            (giving, HANDED_BACK, kind)
            for site, _, kind in last
            for giving in (*_calls_of_function(site, calling), *_calls_that_return_it(engine, site, written))
        ]
        last = []
        for call in further:
            if id(call[0]) not in known:
                known.add(id(call[0]))
                last.append(call)
        found += last
        if not last:
            break
    return found


def comes_from(scope: Scope, node: Ref, result: int, steps: int = _MAX_STEPS) -> bool:
    """Whether a node is a result, or a copy of it."""
    if node == result:
        return True
    if not steps or type(node) is not int or node < 0:
        return False
    return any(
        comes_from(scope, operation[2], result, steps - 1)
        for operation in scope.operations_producing(node)
        if operation[0] == Op.COPY
    )


def _is_handed(site: Site) -> bool:
    """Whether what a call gives is returned, or given to another call."""
    scope, result = site.frame.scope, site.operation[1]
    return _is_returned(scope, result) or bool(_calls_given(scope, result))


def _is_returned(scope: Scope, result: int) -> bool:
    facts = scope.facts
    return not facts.yields and any(comes_from(scope, ref, result) for ref in facts.returns)


def _calls_given(scope: Scope, result: int) -> list[tuple[list[object], int | str]]:
    """The calls that are given a result, with the place or the name of the argument."""
    return [
        (operation, place)
        for operation in scope.facts.ops
        if operation[0] == Op.CALL
        for place, ref in (*enumerate(operation[3]), *operation[4])
        if place is not None and comes_from(scope, ref, result)
    ]


def _sites_by_target(engine: Engine) -> tuple[dict[int, list[Site]], dict[int, list[Site]]]:
    """Function of the application -> the calls of it; operation, by its identity -> its calls."""
    calling: dict[int, list[Site]] = {}
    written: dict[int, list[Site]] = {}
    for site in engine.sites:
        written.setdefault(id(site.operation), []).append(site)
        for index, _, kind in site.targets:
            if kind == "call":
                calling.setdefault(index, []).append(site)
    return calling, written


def _calls_of_function(site: Site, calling: dict[int, list[Site]]) -> list[Site]:
    scope = site.frame.scope
    return calling.get(scope.index, []) if _is_returned(scope, site.operation[1]) else []


def _calls_that_return_it(engine: Engine, site: Site, written: dict[int, list[Site]]) -> list[Site]:
    """Calls in the same frame that are given it and give it back: ``traced(Session.begin())``."""
    found: list[Site] = []
    for operation, place in _calls_given(site.frame.scope, site.operation[1]):
        for given in written.get(id(operation), ()):
            functions = (engine.program.scopes[index] for index, _, kind in given.targets if kind == "call")
            if given.frame is site.frame and any(_returns_parameter(function, place) for function in functions):
                found.append(given)
    return found


def _returns_parameter(function: Scope, place: int | str) -> bool:
    parameters = function.facts.parameters
    if isinstance(place, int):
        place += function.is_method and function.facts.flavour != "static"
    node = next((p[1] for at, p in enumerate(parameters) if place in (at, p[0])), None)
    return node is not None and _is_returned(function, node)
