"""What an operator leads to: special methods, and SQL text and containers put together."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.linking import completed, making, special_methods
from decompose.linking.attributes import writing
from decompose.linking.catch_alls import ANY_OBJECT
from decompose.linking.containers import iteration, keying
from decompose.linking.found_once import found_once
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node

_FALLBACKS = {
    "bool": ("len",),
    "format": ("str", "repr"),
    "str": ("repr",),
    "contains": ("iter", "getitem"),
    "noteq": ("eq",),
    # A class with one of these either has the others made of it or is asked by the other side.
    "lt": ("le", "gt", "ge"),
    "gt": ("lt", "le", "ge"),
    "lte": ("lt", "gt", "ge"),
    "gte": ("lt", "le", "gt"),
}
_IN_PLACE = frozenset(
    ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "or", "and", "xor"]
)
_OF_FLAGS = frozenset(("or", "and", "xor", "ior"))
"""``Right.READ | Right.WRITE`` is one of the enumeration again."""
_COMPARISONS = {"noteq": "ne", "lte": "le", "gte": "ge", "usub": "neg", "uadd": "pos"}


def _answers(engine: Engine, frame: Frame, left: Any, operator: str, cls: Scope) -> bool:
    """Whether the left side has the operator itself for objects of a class, so that those are not asked on the right."""
    described = [engine.values[value] for value in engine.values_of(engine.node_of(frame, left))]
    owners = [engine.program.scopes[d[1]] for d in described if d[0] == "I"]
    return bool(owners) and all(_answers_for(engine, owner, f"__{operator}__", cls) for owner in owners)


@found_once
def _answers_for(engine: Engine, owner: Scope, name: str, cls: Scope) -> bool:
    """Whether a method does not leave it to the other side, of another class that it does not ask for, by ``NotImplemented``."""
    member = engine.hierarchy.member(owner, name)
    function = engine.function_of(member)
    if member is None or function is None or function.library or owner is cls:
        return member is not None
    operations = function.facts.ops
    if not any(operation[0] == Op.FREE and operation[2] == "NotImplemented" for operation in operations):
        return True
    asked = [operation[3] for operation in operations if operation[0] == Op.NARROW]
    types = [engine.names.types(function, tree[1] if tree[0] == "!" else tree) for tree in asked]
    wanted = {engine.values[value][1] for found in types for value in found if engine.values[value][0] == "I"}
    return any(engine.hierarchy.passes_for(cls.index, each) for each in wanted)


@lru_cache(maxsize=256)
def _methods(operator: str) -> tuple[str, ...]:
    """The special methods that an operator looks for, the first one found winning."""
    name = _COMPARISONS.get(operator, operator)
    if operator in _FALLBACKS:
        return (f"__{name}__", *(f"__{other}__" for other in _FALLBACKS[operator]))
    if operator[0] == "i" and operator[1:] in _IN_PLACE:
        return (f"__{operator}__", f"__{operator[1:]}__")
    return (f"__{name}__",)


def operators_of(defined: frozenset[str]) -> frozenset[str]:
    """The operators that may lead to one of the special methods that a program defines."""
    names = {name.strip("_") for name in defined}
    unreflected = {name[1:] for name in names if name[:1] == "r"}
    in_place = {f"i{name}" for name in names | unreflected}
    compared = {operator for operator, name in _COMPARISONS.items() if name in names}
    fallen = {operator for operator, others in _FALLBACKS.items() if not names.isdisjoint(others)}
    looked_for = {"contains"} if not names.isdisjoint(("eq", "hash")) else set()
    return frozenset(names | unreflected | in_place | compared | fallen | looked_for)


def operate(
    new: frozenset[Value], engine: Engine, frame: Frame, result: Node, operator: str, other: Any, line: int, base: Node
) -> None:
    """``value operator other``, for the values of ``base``: special methods, and SQL text put together."""
    for value in new:
        description = engine.values[value]
        if operator == "delattr" and description[0] == "I":
            writing.delete(engine, frame, value, description, other, line)
        if description[0] == "Q":
            if operator in ("add", "iadd", "mod"):
                engine.put(result, value)
        elif (cls := special_methods.special_class(engine, description)) is not None:
            if operator in _OF_FLAGS and description[0] == "I" and making.is_enumeration(engine, cls):
                engine.put(result, value)
            if operator[0] == "r" and operator[1:] in _IN_PLACE and _answers(engine, frame, other, operator[1:], cls):
                continue
            methods = _methods(operator)
            for method in methods:
                own = engine.hierarchy.member(cls, method) is not None
                if own or special_methods.is_put_in(engine, cls, method):
                    special_methods.call_method(engine, frame, result, value, cls, method, line, other)
                    if method in ANY_OBJECT and not cls.library:
                        engine.catch_alls.note(base, frame, value, method, line)
                if own:
                    for also in completed.also_called(engine, cls, methods[0], method) if method != methods[0] else ():
                        special_methods.call_method(engine, frame, result, value, cls, also, line, other)
                    break
        elif description[0] == "O" and operator in ("iadd", "ior"):
            engine.put(result, value)
            engine.declared_values.put(description[2], frame.scope, other, several=True)
            source = engine.node_of(frame, other)
            if source >= 0:
                engine.watch(source, iteration.merge_into, engine, description[2], frame, line)
        elif description[0] == "O" and operator == "contains":
            if description[1] in ("dict", "set"):
                keying.look_up(engine, frame, other, line)
            if "__eq__" in engine.class_names.special and description[1] != "dict":
                engine.watch(description[2], keying.compared, engine, frame, other, line)
        elif description[0] == "O" and operator == "returned":
            engine.edge(engine.containers.results(description[2]), result)
        elif description[0] == "O" and operator in ("or", "ror"):
            engine.put(result, value)
        elif description[0] == "O" and operator in ("add", "radd", "mul"):
            engine.containers.part(result, description[1], description[2], 0 if operator == "add" else None, None)


def catch(new: frozenset[Value], engine: Engine, result: Node) -> None:
    """``except kinds as problem``: an exception of one of the classes, which may stand in a tuple."""
    for value in new:
        description = engine.values[value]
        if description[0] in ("C", "X"):
            instance = engine.values.instance_of(value)
            if instance is not None:
                engine.put(result, instance)
        elif description[0] == "O":
            engine.watch(description[2], catch, engine, result)
