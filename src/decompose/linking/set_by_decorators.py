"""What decorators of the application's own set on a class: the ``path`` of ``@page("/boats")``, which says ``cls.path = path``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.linking.handed_in import handed_by_call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.facts.records import Ref
    from decompose.linking.origins import Given, Origins
    from decompose.linking.program import Scope

_MAX_DECORATORS = 20


def set_by_decorator(origins: Origins, cls: Scope, name: str) -> tuple[Scope, Ref, Given] | None:
    """What the outermost decorator of a class that sets an attribute on it sets that to, and what the decorator was made with."""
    for decorator, made_with in _decorators(origins, cls):
        own = decorator.facts.parameters[0][1] if decorator.facts.parameters else -1
        for operation in reversed(decorator.facts.ops):
            if operation[0] == Op.SET_ATTRIBUTE and operation[1] == own and operation[2] == name:
                return decorator, operation[3], made_with
    return None


def _decorators(origins: Origins, cls: Scope) -> Iterator[tuple[Scope, Given]]:
    """The functions that decorate a class, the outermost first, each with what the function that made it was handed."""
    around = cls.parent
    decorated: Ref = around.facts.names.get(cls.facts.name, -1) if around is not None else -1
    for _ in range(_MAX_DECORATORS):
        operations = around.operations_producing(decorated) if around is not None else []
        decorate = next((operation for operation in operations if operation[0] == Op.DECORATE), None)
        if around is None or decorate is None:
            return
        made = around.call_producing(decorate[2])
        for function in _functions(origins, around, made[2] if made is not None else decorate[2]):
            if made is None:
                yield function, {}
            else:
                handed = handed_by_call(function, around, made[3], made[4])
                yield from ((inner, handed) for inner in _given_back(function))
        decorated = decorate[3]


def _functions(origins: Origins, scope: Scope, ref: Ref) -> Iterator[Scope]:
    for value in origins.names.evaluate(scope, ref):
        description = origins.values[value]
        function = origins.program.scopes[description[1]] if description[0] == "F" else None
        if function is not None and not function.library:
            yield function


def _given_back(function: Scope) -> Iterator[Scope]:
    """The functions inside of another that it returns."""
    operations: list[Any] = [o for ref in function.facts.returns for o in function.operations_producing(ref)]
    yield from (function.module.scopes[o[2]] for o in operations if o[0] == Op.FUNCTION)
