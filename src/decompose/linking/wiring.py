"""Calls that no code makes but a framework does, such as that of a handler of a signal; found when types are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from decompose.facts.records import ParameterKind
from decompose.linking.containers import iteration
from decompose.linking.engine import Engine
from decompose.linking.frames import Frame
from decompose.linking.implicit_calls import ImplicitCall
from decompose.linking.program import Scope
from decompose.linking.solver import Node
from decompose.linking.values import Value


class Wire(NamedTuple):
    """``caller``, at a line, makes ``callee`` run: a function or a class of the application.

    ``kind`` is the kind of dependency, ``rule`` says for people what leads there. What comes back flows into the node
    ``into``, if there is one. ``receiver``: the object whose method the caller is, if it happens for that one only;
    ``acting`` that whose method the callee is, if it is inherited. ``row``: it happens where the line writes such a row, which the
    callee is given by the names ``by``.
    """

    caller: Scope
    line: int
    callee: Scope
    kind: str
    rule: str
    into: Node = -1
    receiver: Value = -1
    acting: Value = -1
    row: Value = -1
    by: tuple[str, ...] = ()


class Given(NamedTuple):
    """A framework gives ``value`` to the parameter ``name`` of a function, a value too: it may have been made in a frame of its own.

    With a ``key``, the parameter is a dictionary that holds the value under it.
    """

    function: Value
    name: str
    value: Value
    key: str = ""


class Result(NamedTuple):
    """A library gives ``value`` back from the call whose result is the node ``into``."""

    into: Node
    value: Value


def own_frame(engine: Engine, scope: Scope) -> Frame:
    """The frame in which a scope is looked at for nobody in particular."""
    if scope.parent is None:
        return engine.module_frame(scope.module)
    if not scope.is_function:
        return engine.class_frame(scope)
    return engine.frame(scope, own_frame(engine, scope.parent), engine.own_receiver(scope))


def function_value(engine: Engine, function: Scope, receiver: Value = -1) -> Value:
    """A function as a value; with a receiver, as that has it."""
    home = function.parent
    frame = own_frame(engine, home) if home is not None else engine.module_frame(function.module)
    plain = engine.values.intern("F", function.index, frame.index)
    return plain if receiver < 0 else engine.values.intern("B", plain, receiver)


def library_method(engine: Engine, module: str, cls: str, name: str) -> Value | None:
    """A method of a library's class, as an object has it; None where no summary of it is in view."""
    found = engine.program.by_name.get(module)
    owner = next((s for s in found.scopes if s.facts.qualname == cls), None) if found is not None else None
    method = engine.function_of(engine.hierarchy.member(owner, name)) if owner is not None else None
    if owner is None or method is None:
        return None
    plain = engine.values.intern("F", method.index, engine.class_frame(owner).index)
    return engine.values.intern("B", plain, engine.values.instance(owner.index))


def connect(engine: Engine, wires: Iterable[Wire | Given | Result]) -> bool:
    """Add the wires to the program; whether any was new."""
    news = False
    for wire in wires:
        if isinstance(wire, Result):
            if wire.value not in engine.values_of(wire.into):
                engine.put(wire.into, wire.value)
                news = True
            continue
        if isinstance(wire, Given):
            news |= _give(engine, wire)
            continue
        callee = wire.callee
        receiver: Value = -1
        if not callee.is_function:
            made = engine.values.instance(callee.index)
            if wire.into >= 0:
                engine.put(wire.into, made)
            member = engine.hierarchy.member(callee, "__init__")
            initialiser = engine.function_of(member)
            if initialiser is not None and not initialiser.library:
                callee, receiver = initialiser, made
        elif callee.is_method:
            receiver = wire.acting if wire.acting >= 0 else engine.own_receiver(callee)
        if callee.is_function:
            _join(engine, wire, callee, receiver)
        caller_receiver = wire.receiver
        if caller_receiver < 0 and wire.caller.is_method:
            caller_receiver = engine.own_receiver(wire.caller)
        call = ImplicitCall(wire.caller.index, caller_receiver, wire.line, wire.kind, callee.index, receiver)
        if call not in engine.implicit_calls:
            news = True
            engine.implicit_calls.add_wired(call, wire.rule)
        if wire.row >= 0:
            engine.implicit_calls.add_rows(call, wire.row, wire.by)
    return news


def _give(engine: Engine, given: Given) -> bool:
    """Put the value where the function finds it, by name or among the rest; whether it is news there."""
    described, receiver = engine.values[given.function], -1
    if described[0] == "B":
        described, receiver = engine.values[described[1]], described[2]
    if described[0] != "F" or engine.program.scopes[described[1]].library:
        return False
    function = engine.program.scopes[described[1]]
    parent = engine.frame_around(described)
    frame = engine.frame(function, parent, receiver)
    for name, node, _, _, kind in function.facts.parameters:
        target = frame.nodes[node]
        if kind == ParameterKind.STAR_STAR:
            rest = engine.containers.of_parameter(target, kind)
            target = engine.containers.slot(engine.values[rest][2], given.name)
        elif name != given.name or kind == ParameterKind.STAR:
            continue
        elif given.key:
            held = engine.containers.of_parameter(target, ParameterKind.STAR_STAR)
            engine.put(target, held)
            target = engine.containers.slot(engine.values[held][2], given.key)
        if given.value in engine.values_of(target):
            return False
        engine.put(target, given.value)
        return True
    return False


def _join(engine: Engine, wire: Wire, callee: Scope, receiver: Value) -> None:
    """What a function gives reaches the node that the wire leads into; of a generator, what it yields."""
    home = own_frame(engine, callee.parent) if callee.parent is not None else engine.module_frame(callee.module)
    inner = engine.frame(callee, home, receiver)
    engine.given.call_otherwise(inner)
    if wire.into < 0 or not callee.is_function or wire.callee is not callee:
        return
    if callee.facts.yields:
        engine.watch(inner.returns, iteration.iterate, engine, own_frame(engine, wire.caller), wire.into, wire.line)
    else:
        engine.edge(inner.returns, wire.into)
