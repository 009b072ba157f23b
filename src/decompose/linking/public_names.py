"""What ``__all__`` of a module lists, also where it is put together: of other lists, and of those of other modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.facts.records import Ref

if TYPE_CHECKING:
    from decompose.linking.program import Module, Program

_MAX_DEPTH = 12
_JOINS = frozenset({"add", "iadd"})
_ADDS = {"extend": False, "append": True}
"""Methods of a list that add to it; whether what they are given is one element."""


def public_names(program: Program, module: Module, depth: int = _MAX_DEPTH) -> list[Any] | None:
    """The names that a star import takes; None where nothing lists them, or more is done than can be followed."""
    ref = module.top.facts.names.get("__all__")
    return None if ref is None else _listed(program, module, ref, depth)


def _listed(program: Program, module: Module, ref: Ref, depth: int) -> list[Any] | None:
    names = _written(program, module, ref, depth)
    if names is None:
        return None
    for call, one in _additions(module, ref):
        given = call[3][0] if len(call[3]) == 1 else -1
        more = [given] if one and isinstance(given, str) else _written(program, module, given, depth - 1)
        if more is None:
            return None
        names = names + more
    return names


def _written(program: Program, module: Module, ref: Ref, depth: int) -> list[Any] | None:
    if isinstance(ref, list) and ref[0] == "c" and isinstance(ref[1], list):
        return ref[1]
    producers = module.top.operations_producing(ref)
    if len(producers) != 1 or depth <= 0:
        return None
    made = producers[0]
    match made[0]:
        case Op.COPY:
            return _listed(program, module, made[2], depth - 1)
        case Op.CONTAINER:
            return list(made[3]) if all(isinstance(element, str) for element in made[3]) else None
        case Op.BINARY if made[4] in _JOINS:
            parts = [_listed(program, module, side, depth - 1) for side in made[2:4]]
            return None if parts[0] is None or parts[1] is None else parts[0] + parts[1]
        case Op.ATTRIBUTE if made[3] == "__all__":
            other = _module_meant(program, module, made[2])
            return public_names(program, other, depth - 1) if other is not None else None
    return None


def _additions(module: Module, ref: Ref) -> list[tuple[list[Any], bool]]:
    """The calls that add to a list, each with whether it adds one element. A list of constants is known by how it begins."""
    top = module.top
    found = []
    for operation in top.facts.ops:
        if operation[0] == Op.CALL:
            for base, name in top.attributes_read(operation[2]):
                copied = [o[2] for o in top.operations_producing(base) if o[0] == Op.COPY]
                if name in _ADDS and (base == ref or any(_begins(ref, other) for other in copied)):
                    found.append((operation, _ADDS[name]))
    return found


def _begins(ref: Ref, other: Ref) -> bool:
    """Whether one constant list may be what another was before something was added to it."""
    lists = [each[1] for each in (ref, other) if isinstance(each, list) and isinstance(each[1], list)]
    return len(lists) == 2 and lists[0][: len(lists[1])] == lists[1]


def _module_meant(program: Program, module: Module, ref: Ref) -> Module | None:
    """The module that a ref is by the import that made it."""
    for operation in module.top.operations_producing(ref):
        if operation[0] in (Op.IMPORT, Op.FROM):
            name = program.absolute_name(module, operation[2], operation[3])
            if operation[0] == Op.FROM:
                name = f"{name}.{operation[4]}"
            return program.by_name.get(name)
    return None
