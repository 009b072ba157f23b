"""What a call hands in for the parameters of the function that it calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking.frames import Site
from decompose.linking.program import Scope


def handed_at(function: Scope, caller: Site) -> dict[tuple[int, int], tuple[Scope, Any]]:
    """What a call hands in, with the object whose method it calls."""
    scope = caller.frame.scope
    arguments = caller.arguments
    if not function.is_method and any(at == function.index and acting >= 0 for at, acting, _ in caller.targets):
        arguments = [-1, *arguments]  # a function that was made a method: the object is its first parameter
    handed = handed_by_call(function, scope, arguments, caller.keywords)
    return handed | object_called(function, scope, caller.operation) if caller.kind == "call" else handed


def object_called(function: Scope, scope: Scope, call: Sequence[Any]) -> dict[tuple[int, int], tuple[Scope, Any]]:
    """The object whose method a call operation calls, for the first parameter of the method."""
    if not function.is_method or function.facts.flavour or not function.facts.parameters:
        return {}
    named = [of for of, name in scope.attributes_read(call[2]) if name == function.facts.name]
    return {(function.index, function.facts.parameters[0][1]): (scope, named[-1])} if named else {}


def handed_by_call(
    function: Scope, scope: Scope, arguments: Sequence[Ref], keywords: Sequence[Sequence[Any]]
) -> dict[tuple[int, int], tuple[Scope, Any]]:
    """What a call hands in for each parameter; what it leaves out is as the parameter says."""
    skipped = 1 if function.is_method and function.facts.flavour != "static" else 0
    found: dict[tuple[int, int], tuple[Scope, Any]] = {}
    for position, (name, node, _, default, kind) in enumerate(function.facts.parameters):
        at = position - skipped
        if at < 0:
            continue
        if kind == ParameterKind.STAR_STAR:
            names = [parameter[0] for parameter in function.facts.parameters]
            others = [(keyword, ref) for keyword, ref in keywords if keyword is None or keyword not in names]
            values = [ref if keyword is not None else ["*", ref] for keyword, ref in others]
            keys = [keyword for keyword, _ in others]
            found[function.index, node] = (scope, [Op.CONTAINER, -1, "dict", values, keys, 0])
            continue
        if kind == ParameterKind.STAR:
            found[function.index, node] = (scope, [Op.CONTAINER, -1, "tuple", list(arguments[at:]), None, 0])
            continue
        named = [ref for keyword, ref in keywords if keyword == name]
        if kind == ParameterKind.POSITIONAL and at < len(arguments):
            found[function.index, node] = (scope, arguments[at])
        elif named:
            found[function.index, node] = (scope, named[0])
        elif default is not None and function.parent is not None:
            found[function.index, node] = (function.parent, default)
    return found
