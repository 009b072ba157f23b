"""Whether a function saves a row that it has loaded itself: no listener takes that for a new one."""

from __future__ import annotations

from decompose.facts import Op
from decompose.linking.libraries import NEW_ROWS
from decompose.linking.program import Scope

_MAX_STEPS = 8


def saves_loaded(function: Scope, line: int) -> bool:
    """Whether all that a line saves are rows that the function has loaded."""
    saved = [
        (asked[2], rows)
        for call in function.facts.ops
        if call[0] == Op.CALL and call[-1] == line
        for asked in function.operations_producing(call[2])
        for rows in NEW_ROWS
        if asked[0] == Op.ATTRIBUTE and asked[3] in rows.saving
    ]
    if not saved or any(
        o[0] == Op.SET_ATTRIBUTE and o[2] in rows.identity for o in function.facts.ops for _, rows in saved
    ):
        return False
    return all(_comes_of(function, row, rows.loading, rows.several) for row, rows in saved)


def _comes_of(
    function: Scope, node: int, loading: frozenset[str], several: frozenset[str], steps: int = _MAX_STEPS
) -> bool:
    """Whether a value can only be what calls of these names give, or an element of what calls of ``several`` give."""
    producers = function.operations_producing(node) if steps and type(node) is int and node >= 0 else []
    for operation in producers:
        if operation[0] in (Op.COPY, Op.NARROW):
            known = _comes_of(function, operation[2], loading, several, steps - 1)
        elif operation[0] == Op.ITERATE:
            known = _comes_of(function, operation[2], several, frozenset(), steps - 1)
        else:
            known = operation[0] == Op.CALL and _name_called(function, operation[2]) in loading
        if not known:
            return False
    return bool(producers)


def _name_called(function: Scope, callee: int) -> str:
    """The last name of what is called; empty where that may be one of several."""
    producers = function.operations_producing(callee)
    if len(producers) != 1 or producers[0][0] not in (Op.ATTRIBUTE, Op.FREE):
        return ""
    name = producers[0][3 if producers[0][0] == Op.ATTRIBUTE else 2]
    return name if isinstance(name, str) else ""
