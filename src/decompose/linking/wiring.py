"""Calls that no code makes but a framework does, such as that of a handler of a signal; found when types are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from decompose.linking import containers
from decompose.linking.engine import Engine
from decompose.linking.frames import Frame
from decompose.linking.program import Scope
from decompose.linking.solver import Node
from decompose.linking.values import Value


class Wire(NamedTuple):
    """``caller``, at a line, makes ``callee`` run: a function or a class of the application.

    ``kind`` is the kind of dependency, ``rule`` says for people what leads there. What comes back flows into the node
    ``into``, if there is one.
    """

    caller: Scope
    line: int
    callee: Scope
    kind: str
    rule: str
    into: Node = -1


def own_frame(engine: Engine, scope: Scope) -> Frame:
    """The frame in which a scope is looked at for nobody in particular."""
    if scope.parent is None:
        return engine.module_frame(scope.module)
    if not scope.is_function:
        return engine.class_frame(scope)
    return engine.frame(scope, own_frame(engine, scope.parent), engine.own_receiver(scope))


def connect(engine: Engine, wires: Iterable[Wire]) -> bool:
    """Add the wires to the program; whether any was new."""
    news = False
    for wire in wires:
        callee = wire.callee
        receiver: Value = -1
        if not callee.is_function:
            made = engine.values.instance(callee.index)
            if wire.into >= 0:
                engine.put(wire.into, made)
            member = engine.hierarchy.member(callee, "__init__")
            initialiser = engine.plain_function(member.owner, member.ref) if member is not None else None
            if initialiser is not None and not initialiser.library:
                callee, receiver = initialiser, made
        elif callee.is_method:
            receiver = engine.own_receiver(callee)
        if callee.is_function:
            _join(engine, wire, callee, receiver)
        caller_receiver = engine.own_receiver(wire.caller) if wire.caller.is_method else -1
        call = (wire.caller.index, caller_receiver, wire.line, wire.kind, callee.index, receiver)
        if call not in engine.implicit_calls:
            news = True
            engine.implicit_calls.add(call)
            engine.wired[call] = wire.rule
    return news


def _join(engine: Engine, wire: Wire, callee: Scope, receiver: Value) -> None:
    """What a function gives reaches the node that the wire leads into; of a generator, what it yields."""
    home = own_frame(engine, callee.parent) if callee.parent is not None else engine.module_frame(callee.module)
    inner = engine.frame(callee, home, receiver)
    if wire.into < 0 or not callee.is_function or wire.callee is not callee:
        return
    if callee.facts.yields:
        engine.watch(inner.returns, containers.iterate, engine, own_frame(engine, wire.caller), wire.into, wire.line)
    else:
        engine.edge(inner.returns, wire.into)
