"""Functions that give what a table has under the key that they are given: ``def get_action(name): return ACTIONS[name]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref

if TYPE_CHECKING:
    from decompose.linking.framing import Framing
    from decompose.linking.program import Scope


class Pick(NamedTuple):
    """The name and the node of the parameter that is the key, and each table that is asked for it, with the result."""

    parameter: str
    node: int
    tables: tuple[tuple[int, int], ...]


NO_PICK = Pick("", -1, ())


def pick_of(engine: Framing, function: Scope) -> Pick:
    """What a function picks that gives nothing but what tables have under one of its parameters, or nothing."""
    facts = function.facts
    parameters: set[int] = set()
    tables: list[tuple[int, int]] = []
    waiting: list[Ref] = [] if facts.yields else [ref for ref in facts.returns if ref != ["c", None]]
    seen: set[Ref] = set()
    while waiting:
        ref = waiting.pop()
        if type(ref) is not int:
            return NO_PICK
        if ref in seen:
            continue
        seen.add(ref)
        for operation in function.operations_producing(ref):
            if operation[0] == Op.COPY:
                waiting.append(operation[2])
                continue
            asked = _asked(function, operation)
            parameter = engine.key_parameters.parameter(function, asked[1]) if asked is not None else -1
            if asked is None or parameter < 0:
                return NO_PICK
            parameters.add(parameter)
            tables.append((asked[0], operation[1]))
    found = [(name, node) for name, node, *_ in facts.parameters if node in parameters]
    return Pick(*found[0], tuple(tables)) if len(found) == 1 and tables else NO_PICK


def _asked(function: Scope, operation: list[Any]) -> tuple[int, Ref] | None:
    """The table and the key, where an operation asks for ``table[key]`` or ``table.get(key)``."""
    if operation[0] == Op.ITEM:
        return operation[2], operation[3]
    if operation[0] == Op.CALL and len(operation[3]) == 1 and not operation[4]:
        asked = [base for base, name in function.attributes_read(operation[2]) if name == "get"]
        return (asked[0], operation[3][0]) if asked else None
    return None
