"""What code puts into a class from elsewhere, beside what its body says: ``Order.__repr__ = shown``, ``Order.total = property(add_up)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.attributes import binding

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Program, Scope
    from decompose.linking.solver import Node
    from decompose.linking.values import Value


def special_methods_put_in(program: Program) -> frozenset[str]:
    """The names of special methods that anything is given from elsewhere."""
    return frozenset(name for name in program.stored_attributes if name.startswith("__") and name.endswith("__"))


def descriptors_put_in(engine: Engine) -> frozenset[str]:
    """The names under which functions and modules, which are no methods of the class, put what binds itself to an object."""
    return frozenset(
        operation[2]
        for module in engine.program.modules
        if module.facts.attributes and not module.library
        for scope in module.scopes
        if not scope.is_method
        for operation in scope.facts.ops
        if operation[0] == Op.SET_ATTRIBUTE and _binds(engine, scope, operation[3])
    )


def _binds(engine: Engine, scope: Scope, given: Ref) -> bool:
    callees = [operation[2] for operation in scope.operations_producing(given) if operation[0] == Op.CALL]
    made = (engine.values[value] for callee in callees for value in engine.names.evaluate(scope, callee))
    return any(described[0] == "C" and binding.binds(engine, described[1]) for described in made)


def load_bound(
    new: frozenset[Value], engine: Engine, frame: Frame, result: Node, receiver: Value, cls: Scope, line: int
) -> None:
    """What an attribute of an object holds, where that may be a property of its class: functions in it are the object's own."""
    for value in new:
        binding.bind_to_owner(engine, frame, result, value, receiver, cls, line)
