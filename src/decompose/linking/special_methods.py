"""Calls that the syntax does not show: special methods and properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.linking import library_calls, making
from decompose.linking.calls import picking
from decompose.linking.implicit_calls import ImplicitCall
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node


def special_class(engine: Engine, description: tuple[Any, ...]) -> Scope | None:
    """Where special methods of a value are looked up: in its class, or for a class in the application's metaclass."""
    if description[0] not in ("I", "C"):
        return None
    cls: Scope = engine.program.scopes[description[1]]
    return cls if description[0] == "I" else making.metaclass(engine, cls)


def is_put_in(engine: Engine, cls: Scope, name: str) -> bool:
    """Whether a class may be given a special method from elsewhere."""
    return name in engine.class_names.special_put_in and not cls.library


def callable_object(engine: Engine, description: tuple[Any, ...]) -> tuple[Value, tuple[Any, ...]]:
    """An object that is called: itself as the receiver, and the description of its ``__call__``; of others nothing."""
    member = engine.hierarchy.member(engine.program.scopes[description[1]], "__call__")
    function = engine.function_of(member)
    if member is None or function is None:
        return -1, ("",)
    return engine.values.intern(*description), ("F", function.index, engine.class_frame(member.owner).index)


def decorated_call(engine: Engine, cls: Scope) -> Node:
    """What decorators have made of the ``__call__`` of a class; -1 where nothing decorates it."""
    member = engine.hierarchy.member(cls, "__call__")
    if member is None or member.ref is None or member.owner.library or engine.function_of(member) is not None:
        return -1
    return engine.node_of(engine.class_frame(member.owner), member.ref)


class _Asked(NamedTuple):
    """A line of a frame runs a special method of ``value``; what it gives back flows into ``result``.

    It is given the ``argument``, and the node ``source`` as the next one. ``by`` is the library's function that calls it, if one does.
    """

    frame: Frame
    result: Node
    value: Value
    line: int
    argument: Any
    source: Node
    by: str
    kind: str
    operand: Node


def call_method(
    engine: Engine, frame: Frame, result: Node, value: Value, cls: Scope, name: str, line: int,
    argument: Any = -1, source: Node = -1, by: str = "", kind: str = "call", operand: Node = -1,
) -> None:  # fmt: skip
    """Run the special method ``name`` that syntax implies, or that the library's function ``by`` calls, with an argument, or with the
    ``operand`` where that stands nowhere, and a node as the next one.
    """
    asked = _Asked(frame, result, value, line, argument, source, by, kind, operand)
    if is_put_in(engine, cls, name):
        engine.watch(engine.fields(cls.index, name), _call_put_in, engine, asked)
    member = engine.hierarchy.member(cls, name)
    if member is None or member.ref is None:
        return
    function, home = engine.function_of(member), engine.class_frame(member.owner)
    if function is not None:
        _call(engine, asked, function, home)
    elif not member.owner.library and (decorated := engine.node_of(home, member.ref)) >= 0:
        engine.watch(decorated, _call_decorated, engine, asked)


def _call_decorated(new: frozenset[Value], engine: Engine, asked: _Asked) -> None:
    """What decorators have made of a special method: the method itself, or a function around it."""
    for made in new:
        description = engine.values[made]
        if description[0] == "F" and description[2] >= 0:
            _call(engine, asked, engine.program.scopes[description[1]], engine.frames[description[2]])


def _call_put_in(new: frozenset[Value], engine: Engine, asked: _Asked) -> None:
    """What code elsewhere has made a special method of the class."""
    functions = frozenset(engine.values[each][1] for each in new if engine.values[each][0] == "B")
    _call_decorated(functions, engine, asked)


def _call(engine: Engine, asked: _Asked, function: Scope, home: Frame) -> None:
    frame, result, value, line, argument, source, by, kind, operand = asked
    run_implicitly(engine, frame, result, function, home, value, kind, line, argument)
    if function.library:
        return
    if by:
        call = ImplicitCall(frame.scope.index, frame.receiver, line, kind, function.index, value)
        engine.implicit_calls.add_between(call, by)
    given = (max(engine.node_of(frame, argument), operand), source)
    for node, parameter in zip(given, function.facts.parameters[1:], strict=False):
        if node >= 0:
            engine.edge(node, engine.frame(function, home, value).nodes[parameter[1]])


def run_implicitly(
    engine: Engine, frame: Frame, result: Node, function: Scope, home: Frame, receiver: Value, kind: str, line: int,
    argument: Any = -1,
) -> None:  # fmt: skip
    """A call that the syntax does not show as one."""
    if function.library:
        library_calls.call_implicitly(engine, frame, result, function, receiver, line, argument=argument)
        return
    inner = engine.frame(function, home, receiver)
    engine.given.call_otherwise(inner)
    if result >= 0 and not picking.give_under(engine, function, inner, frame, argument, result, line):
        engine.edge(inner.returns, result)
    call = ImplicitCall(frame.scope.index, frame.receiver, line, kind, function.index, receiver)
    engine.implicit_calls.add(call)


def enter(new: frozenset[Value], engine: Engine, frame: Frame, result: Node, line: int) -> None:
    """``with value as result``."""
    for value in new:
        description = engine.values[value]
        if description[0] == "I":
            cls = engine.program.scopes[description[1]]
            found = False
            for name in ("__enter__", "__aenter__"):
                if engine.hierarchy.member(cls, name) is not None:
                    call_method(engine, frame, result, value, cls, name, line)
                    found = True
            for name in ("__exit__", "__aexit__"):
                if engine.hierarchy.member(cls, name) is not None:
                    call_method(engine, frame, -1, value, cls, name, line)
            if not found:
                engine.put(result, value)
        elif description[0] == "O":
            engine.edge(description[2], result)
        elif description[0] == "X":
            engine.put(result, value)
