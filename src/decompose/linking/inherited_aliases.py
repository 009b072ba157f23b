"""Base classes that a summary has as aliases: an abstract mapping is a ``dict`` for who is given one, and something else for who inherits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.program import Module, Scope
from decompose.linking.values import Types, Value

if TYPE_CHECKING:
    from decompose.linking.names import Names

_MAX_STEPS = 8
_FOR_INHERITING = "Inherited"
"""``InheritedMapping`` in a summary is what a class inherits from that names ``Mapping`` as its base."""


def for_inheriting(names: Names, scope: Scope, ref: Ref, values: Types) -> Types:
    """What a base class is for who inherits from it, with the same type arguments."""
    if not any(_is_builtin(names, value) for value in values):
        return values
    named = _where_named(names, scope, ref)
    found = names.export(named[0], f"{_FOR_INHERITING}{named[1]}") if named is not None and named[0].library else ()
    if not found:
        return values
    own = names.values[found[0]][1]
    return tuple(
        names.values.intern("C", own, *names.values[value][2:]) if _is_builtin(names, value) else value
        for value in values
    )


def _is_builtin(names: Names, value: Value) -> bool:
    description = names.values[value]
    return bool(description[0] == "C" and names.program.scopes[description[1]].module.name == "builtins")


def _where_named(names: Names, scope: Scope, ref: Ref) -> tuple[Module, str] | None:
    """The module that a base class is imported from, or is an attribute of, and its name there."""
    program = names.program
    for _ in range(_MAX_STEPS):
        operations = scope.operations_producing(ref) if type(ref) is int and ref >= 0 else []
        operation: list[Any] = operations[0] if operations else [None]
        match operation[0]:
            case Op.ITEM | Op.COPY:
                ref = operation[2]
            case Op.FREE if (holder := program.exporting_module(scope.module, operation[2])) is not None:
                scope, ref = holder.top, holder.top.facts.names[operation[2]]
            case Op.FROM:
                module = program.by_name.get(program.absolute_name(scope.module, operation[2], operation[3]))
                return (module, operation[4]) if module is not None else None
            case Op.ATTRIBUTE:
                described = [names.values[value] for value in names.evaluate(scope, operation[2])]
                modules = [program.modules[d[1]] for d in described if d[0] == "M"]
                return (modules[0], operation[3]) if modules else None
            case _:
                return None
    return None
