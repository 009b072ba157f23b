"""Operators of the application's own classes of which all objects that they are asked of are in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.facts import Op

if TYPE_CHECKING:
    from decompose.linking.engine import Engine

_OPERATORS = frozenset(
    [
        "add",
        "sub",
        "mul",
        "truediv",
        "floordiv",
        "mod",
        "pow",
        "lshift",
        "rshift",
        "or",
        "and",
        "xor",
        "matmul",
        "invert",
    ]
)


def methods_in_view(engine: Engine) -> frozenset[int]:
    """The methods behind operators, by index, that are called where nowhere something unknown stands before such an operator."""
    called: dict[str, set[int]] = {}
    for call in engine.implicit_calls:
        operator = engine.program.scopes[call.callee].facts.name[2:-2]
        if operator in _OPERATORS:
            called.setdefault(operator, set()).add(call.callee)
    unknown = _asked_of_unknown(engine) if called else frozenset()
    return frozenset(index for operator, found in called.items() if operator not in unknown for index in found)


def _asked_of_unknown(engine: Engine) -> frozenset[str]:
    unknown = set()
    for frame in engine.frames:
        if frame.general is None and not frame.scope.library:
            for operation in frame.scope.facts.ops:
                if operation[0] == Op.BINARY and operation[4] in _OPERATORS and operation[4] not in unknown:
                    left = engine.node_of(frame, operation[2])
                    if left >= 0 and not engine.values_of(left):
                        unknown.add(operation[4])
    return frozenset(unknown)
