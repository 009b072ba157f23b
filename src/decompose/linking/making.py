"""What making a class does: descriptors are told their names, ancestors of the subclass, and metaclasses run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.linking import attributes
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node


def make_class(engine: Engine, frame: Frame, cls: Scope) -> None:
    """The calls that a class statement implies, beside its body."""
    if "__set_name__" in engine.special_names:
        home = engine.class_frame(cls)
        for ref in cls.facts.names.values():
            if type(ref) is int and ref >= 0 and engine.plain_function(cls, ref) is None:
                engine.watch(home.nodes[ref], _name_descriptor, engine, frame, cls.facts.line)
    _tell_ancestors(engine, frame, cls)
    meta = metaclass(engine, cls)
    value = engine.values.class_of(engine.values.instance(cls.index))
    if meta is not None:
        engine.put(engine.made_by(meta.index), value)
        of_meta = engine.values.class_of(engine.values.instance(meta.index))
        _run(engine, frame, meta, "__new__", of_meta, cls.facts.line)
        _run(engine, frame, meta, "__init__", value, cls.facts.line)
    if any(engine.values[base][1] == "enum" for base in engine.hierarchy.all_bases(cls)):
        # Each member is made by a call of the class.
        instance = engine.values.instance(cls.index)
        attributes.call_method(engine, frame, -1, instance, cls, "__init__", cls.facts.line)


def _name_descriptor(new: frozenset[Value], engine: Engine, frame: Frame, line: int) -> None:
    for value in new:
        description = engine.values[value]
        if description[0] == "I" and not engine.program.scopes[description[1]].library:
            cls = engine.program.scopes[description[1]]
            attributes.call_method(engine, frame, -1, value, cls, "__set_name__", line)


def _tell_ancestors(engine: Engine, frame: Frame, cls: Scope) -> None:
    member = engine.hierarchy.member_after(cls, cls, "__init_subclass__")
    if member is None or member.owner.library:
        return
    function = engine.plain_function(member.owner, member.ref)
    if function is not None:
        receiver = engine.values.class_of(engine.values.instance(cls.index))
        home = engine.class_frame(member.owner)
        attributes.run_implicitly(engine, frame, -1, function, home, receiver, "call", cls.facts.line)
        if function.facts.parameters:
            # Registered or kept there, the class is used through the parameter.
            inner = engine.frame(function, home, receiver)
            engine.put(inner.nodes[function.facts.parameters[0][1]], receiver)


def _run(engine: Engine, frame: Frame, meta: Scope, name: str, receiver: Value, line: int) -> None:
    member = engine.hierarchy.member(meta, name)
    function = engine.plain_function(member.owner, member.ref) if member is not None else None
    if member is not None and function is not None and not function.library:
        home = engine.class_frame(member.owner)
        attributes.run_implicitly(engine, frame, -1, function, home, receiver, "call", line)


def metaclass(engine: Engine, cls: Scope) -> Scope | None:
    """The application's metaclass of a class."""
    if cls.index not in engine.metaclasses:
        engine.metaclasses[cls.index] = _find_metaclass(engine, cls)
    return engine.metaclasses[cls.index]


def _find_metaclass(engine: Engine, cls: Scope) -> Scope | None:
    for ancestor in engine.hierarchy.order(cls):
        for keyword, ref in ancestor.facts.keywords:
            if keyword == "metaclass":
                for value in engine.names.evaluate(ancestor.parent or ancestor, ref):
                    description = engine.values[value]
                    meta: Scope | None = engine.program.scopes[description[1]] if description[0] == "C" else None
                    if meta is not None and not meta.library:
                        return meta
    return None


def is_metaclass(engine: Engine, cls: Scope) -> bool:
    """Whether a class makes classes."""
    return any(ancestor.definition == "builtins:type" for ancestor in engine.hierarchy.order(cls))


def load_by_metaclass(engine: Engine, result: Node, value: Value, cls: Scope, name: str) -> bool:
    """``cls.name`` where only the metaclass has it."""
    meta = metaclass(engine, cls)
    member = engine.hierarchy.member(meta, name) if meta is not None else None
    function = engine.plain_function(member.owner, member.ref) if member is not None else None
    if member is None or function is None:
        return False
    plain = engine.values.intern("F", function.index, engine.class_frame(member.owner).index)
    engine.put(result, engine.values.intern("B", plain, value))
    return True
