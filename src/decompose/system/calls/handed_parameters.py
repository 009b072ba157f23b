"""Where functions call or hand on what comes in by a parameter."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.program import Scope
from decompose.system.calls.arguments import parameter_of

Parameter = tuple[Scope, str]
"""A function, and the name of one of its parameters."""


def places_of_parameters(helper: Scope, lines: set[int] | None = None) -> dict[tuple[str, int], set[Parameter]]:
    """Where a parameter of ``helper``, or of a function around it, is called or given on: kind of dependency, line.

    Only ``lines`` are looked at, if they are given.
    """
    found: dict[tuple[str, int], set[Parameter]] = {}
    if not any(outer.facts.parameters for outer in _around(helper)):
        return found
    for operation in helper.facts.ops:
        if operation[0] == Op.CALL and (lines is None or operation[-1] in lines):
            called = parameter_behind(helper, operation[2])
            if called is not None:
                found.setdefault(("call", operation[-1]), set()).add(called)
            for ref in (*operation[3], *(ref for _, ref in operation[4])):
                given = parameter_behind(helper, ref)
                if given is not None:
                    found.setdefault(("callback", operation[-1]), set()).add(given)
    return found


def _around(function: Scope) -> Iterator[Scope]:
    """A function and those around it."""
    outer: Scope | None = function
    while outer is not None:
        if outer.is_function:
            yield outer
        outer = outer.parent


def parameter_behind(function: Scope, ref: Ref) -> Parameter | None:
    """The parameter that a ref is, of the function itself or of one around it; not the object that a method is of."""
    name = parameter_of(function, ref)
    holder: Scope | None = function
    if not name:
        producers = function.operations_producing(ref)
        if len(producers) != 1 or producers[0][0] != Op.FREE:
            return None
        free = producers[0][2]
        holders = (f for f in _around(function) if f is not function and free in f.facts.names)
        holder = next(holders, None)
        name = parameter_of(holder, holder.facts.names[free]) if holder is not None else ""
    if holder is None or not name or (_takes_its_object(holder) and name == holder.facts.parameters[0][0]):
        return None
    return holder, name


def _takes_its_object(function: Scope) -> bool:
    return function.is_method and function.facts.flavour != "static"
