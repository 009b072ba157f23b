"""What a function is given that it puts another function around: ``wrap(view)``, also where it makes something of it first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.handed_in import handed_by_call
from decompose.linking.origins import Origin, Origins
from decompose.linking.program import Scope

_MAX_STEPS = 20
_MAX_CALLS = 3


class PutAround(NamedTuple):
    """The functions that a call makes, and the arguments of the call that these call.

    ``calls_them``: whether they are seen to call them; else they are all arguments, of which they may call one.
    """

    made: list[Scope]
    arguments: list[Ref]
    calls_them: bool


def put_around(origins: Origins, origin: Origin) -> PutAround | None:
    """What a call puts functions around, whatever decorates the function that it calls; None where that makes none."""
    made: list[Scope] = []
    arguments: list[Ref] = []
    calls_them = False
    scope, operation = origin
    for value in origins.names.evaluate(scope, operation[2]):
        description = origins.values[value]
        function = origins.program.scopes[description[1]] if description[0] == "F" else None
        if function is None or function.library:
            continue
        inner = list(_made_in(function))
        called = {node for each in inner for node in _parameters_called(function, each)}
        given = handed_by_call(function, scope, operation[3], operation[4])
        stand_here = (given[function.index, node] for node in sorted(called) if (function.index, node) in given)
        made += inner
        calls_them = calls_them or bool(called)
        arguments += [ref for where, ref in stand_here if where is scope]
    return PutAround(made, arguments if calls_them else operation[3], calls_them) if made else None


def parameter_within(origins: Origins, scope: Scope, ref: Ref, depth: int = _MAX_CALLS) -> Ref:
    """The parameter that functions of the application are put around, by one call after the other, perhaps only sometimes:
    ``final = checked(view)``, then ``for guard in guards: final = guard(final)``. The value itself where that is none, or one of
    several.
    """
    found: list[Ref] = []
    waiting, seen = [ref], list[Ref]()
    while waiting and len(seen) < _MAX_STEPS:
        each = waiting.pop()
        if type(each) is not int or each in seen:
            continue
        seen.append(each)
        found += [p[1] for p in scope.facts.parameters if p[1] == each and p[0] not in ("self", "cls")]
        for operation in scope.operations_producing(each):
            if operation[0] in _PASSING:
                waiting.append(operation[2])
            elif operation[0] == Op.CALL:
                waiting += _wrapped_by(origins, Origin(scope, operation), depth)
    return found[0] if len(found) == 1 else ref


def _wrapped_by(origins: Origins, call: Origin, depth: int) -> list[Ref]:
    """The arguments that what a call gives is put around, or may be; the only one, of what a loop goes over."""
    scope, operation = call
    around = put_around(origins, call)
    if around is not None:
        return around.arguments if around.calls_them else []
    if any(made[0] == Op.ITERATE for made in _behind(scope, [operation[2]])):
        return operation[3] if len(operation[3]) == 1 and not operation[4] else []
    found: list[Ref] = []
    for value in origins.names.evaluate(scope, operation[2]):
        description = origins.values[value]
        function = origins.program.scopes[description[1]] if description[0] == "F" else None
        if function is not None and not function.library and depth:
            handed = handed_by_call(function, scope, operation[3], operation[4])
            within = (parameter_within(origins, function, returned, depth - 1) for returned in function.facts.returns)
            found += [
                ref
                for where, ref in (handed.get((function.index, i), (None, -1)) for i in within if type(i) is int)
                if where is scope
            ]
    return found


def _made_in(function: Scope) -> Iterator[Scope]:
    """The functions that a function makes and returns, whatever decorates them."""
    for operation in _behind(function, function.facts.returns):
        if operation[0] == Op.FUNCTION:
            yield function.module.scopes[operation[2]]


def _parameters_called(function: Scope, inner: Scope) -> Iterator[int]:
    """The parameters of a function that another inside of it calls, or what was made of them."""
    parameters = {node for _, node, *_ in function.facts.parameters}
    named = {operation[1]: operation[2] for operation in inner.facts.ops if operation[0] == Op.FREE}
    called = {named[o[2]] for o in inner.facts.ops if o[0] == Op.CALL and type(o[2]) is int and o[2] in named}
    for name in sorted(called):
        ref = function.facts.names.get(name, next((p[1] for p in function.facts.parameters if p[0] == name), -1))
        if ref in parameters:
            yield int(ref)
        for operation in _behind(function, [ref]):
            made_of = [operation[2]] if operation[0] in (Op.COPY, Op.NARROW) else []
            made_of = operation[3] if operation[0] == Op.CALL else made_of
            yield from (ref for ref in made_of if type(ref) is int and ref in parameters)


def _behind(scope: Scope, refs: list[Ref]) -> Iterator[list[Any]]:
    """The operations that made values, those below copies and decorators too."""
    waiting, seen = list(refs), list[Ref]()
    while waiting and len(seen) < _MAX_STEPS:
        ref = waiting.pop()
        if type(ref) is int and ref not in seen:
            seen.append(ref)
            for operation in scope.operations_producing(ref):
                yield operation
                waiting += [operation[{Op.DECORATE: 3}.get(operation[0], 2)]] if operation[0] in _PASSING else []


_PASSING = (Op.COPY, Op.NARROW, Op.DECORATE)
