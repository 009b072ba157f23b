"""What setting or deleting an attribute of a value leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import special_methods
from decompose.linking.attributes import binding
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node


_MAX_BELOW = 40
"""A function that is put into a class with more subclasses than this is a method of the class alone."""


def store(new: frozenset[Value], engine: Engine, frame: Frame, name: str, given: Ref, line: int) -> None:
    """``value.name = given`` for each new value."""
    source = engine.node_of(frame, given)
    for value in new:
        description = engine.values[value]
        if description[0] in ("I", "C"):
            cls = engine.program.scopes[description[1]]
            if cls.library and not keeps_attributes(engine, cls):
                continue
            if source >= 0:
                if description[0] == "C" and not cls.library and not _is_static(frame.scope, given):
                    engine.watch(source, _put_into_class, engine, cls, name)
                elif engine.is_own(frame, value):
                    engine.edge(source, engine.fields_of(value, name))
                else:
                    engine.edge(source, engine.inherited_fields(cls.index, name))
                kept = engine.hierarchy.member(cls, "__keeps_attributes__")
                if kept is not None and kept.owner is not cls:
                    # Whom the library gives the object to knows it by the library's class only.
                    engine.edge(source, engine.fields(kept.owner.index, name))
            engine.stored_on.setdefault(name, set()).add(cls.index)
            engine.attribute_stores.append((frame, value, name, line))
            if description[0] == "I":
                _store_by_class(engine, frame, value, cls, name, source, line)
            if description[0] == "I":
                _run_setter(engine, frame, value, cls, name, source, line)
        elif description[0] == "F" and source >= 0:
            engine.edge(source, engine.field_of_function(description[1], name))
        elif description[0] == "X" and source >= 0:
            if is_one_object(description):
                engine.edge(source, engine.field_outside(value, name))
        elif description[0] == "M" and source >= 0:
            module = engine.program.modules[description[1]]
            if not module.library:
                engine.edge(source, engine.export_node(module, name))


def put(engine: Engine, frame: Frame, value: Value, name: str, source: Node, line: int) -> None:
    """An attribute of an object or a class of the application holds what a node does, by whatever way it got there."""
    description = engine.values[value]
    cls = engine.program.scopes[description[1]] if description[0] in ("I", "C") else None
    if cls is None or cls.library:
        return
    if description[0] == "C":
        engine.watch(source, _put_into_class, engine, cls, name)
    elif engine.is_own(frame, value):
        engine.edge(source, engine.fields_of(value, name))
    else:
        engine.edge(source, engine.inherited_fields(cls.index, name))
    engine.stored_on.setdefault(name, set()).add(cls.index)
    if description[0] == "I":
        _run_setter(engine, frame, value, cls, name, source, line)


def _run_setter(engine: Engine, frame: Frame, value: Value, cls: Scope, name: str, source: Node, line: int) -> None:
    """What is set is a property."""
    setter = engine.hierarchy.member(cls, f"{name}.setter")
    function = engine.function_of(setter) if setter is not None and setter.ref is not None else None
    if setter is not None and function is not None:
        home = engine.class_frame(setter.owner)
        special_methods.run_implicitly(engine, frame, -1, function, home, value, "property", line)
        inner = engine.frame(function, home, value)
        if source >= 0 and len(function.facts.parameters) > 1:
            engine.edge(source, inner.nodes[function.facts.parameters[1][1]])


def _is_static(scope: Scope, given: Ref) -> bool:
    """``staticmethod(function)``."""
    callees = [operation[2] for operation in scope.operations_producing(given) if operation[0] == Op.CALL]
    made = (operation for callee in callees for operation in scope.operations_producing(callee))
    return any(operation[0] == Op.FREE and operation[2] == "staticmethod" for operation in made)


def _put_into_class(new: frozenset[Value], engine: Engine, cls: Scope, name: str) -> None:
    """``cls.name = function``: a method of the class and of those below it; anything else is an attribute of theirs."""
    below = engine.hierarchy.subclasses.get(cls.index, ())
    for value in new:
        description = engine.values[value]
        if description[0] != "F" or engine.program.scopes[description[1]].library:
            engine.put(engine.inherited_fields(cls.index, name), value)
        elif len(below) > _MAX_BELOW or engine.names.inheritance.type_parameters(cls):
            bound = engine.values.intern("B", value, engine.values.instance(cls.index))
            engine.put(engine.inherited_fields(cls.index, name), bound)
        else:
            for index in (cls.index, *(scope.index for scope in below)):
                bound = engine.values.intern("B", value, engine.values.instance(index))
                engine.put(engine.fields(index, name), bound)


def is_one_object(outside: tuple[Any, ...]) -> bool:
    """Whether it is what a package holds under a name, not what each of several calls gives."""
    return "()" not in outside[2]


def store_some(new: frozenset[Value], engine: Engine, frame: Frame, line: int) -> None:
    """``setattr(value, name, source)`` with a name that is not known, for each new value."""
    for value in new:
        description = engine.values[value]
        if description[0] == "I" and not engine.program.scopes[description[1]].library:
            engine.attribute_stores.append((frame, value, "", line))


def keeps_attributes(engine: Engine, cls: Scope) -> bool:
    """Whether applications put attributes of their own on a library's objects, as on a request."""
    return engine.hierarchy.member(cls, "__keeps_attributes__") is not None


def _store_by_class(engine: Engine, frame: Frame, value: Value, cls: Scope, name: str, source: Node, line: int) -> None:
    """What a class does itself when an attribute is set: ``__setattr__``, and the ``__set__`` of a descriptor."""
    setter = engine.hierarchy.member(cls, "__setattr__")
    if setter is not None and not setter.owner.library and frame.scope.facts.name != "__setattr__":
        special_methods.call_method(engine, frame, -1, value, cls, "__setattr__", line, -1, source)
    _watch_descriptor(engine, frame, value, name, source, line, "__set__")


def _watch_descriptor(
    engine: Engine, frame: Frame, value: Value, name: str, source: Node, line: int, method: str
) -> None:
    """An attribute that the body of the class puts a descriptor into is set to what ``source`` holds, or deleted."""
    member = engine.hierarchy.member(engine.program.scopes[engine.values[value][1]], name)
    if member is not None and type(member.ref) is int and not member.owner.library:
        node = engine.node_of(engine.class_frame(member.owner), member.ref)
        if node >= 0:
            engine.watch(node, _use_descriptor, engine, frame, value, source, line, method)


def _use_descriptor(
    new: frozenset[Value], engine: Engine, frame: Frame, receiver: Value, source: Node, line: int, method: str
) -> None:
    for value in new:
        description = engine.values[value]
        if description[0] == "I":
            cls = engine.program.scopes[description[1]]
            special_methods.call_method(engine, frame, -1, value, cls, method, line, -1, source)
            own = engine.hierarchy.own_member(cls, method)
            if own is not None:
                binding.give_owner(engine, value, own, receiver)


def delete(engine: Engine, frame: Frame, value: Value, description: tuple[Any, ...], name: Any, line: int) -> None:
    """``del value.name`` of a property, or of a descriptor."""
    _watch_descriptor(engine, frame, value, name, -1, line, "__delete__")
    deleter = engine.hierarchy.member(engine.program.scopes[description[1]], f"{name}.deleter")
    function = engine.function_of(deleter)
    if deleter is not None and function is not None:
        special_methods.run_implicitly(
            engine, frame, -1, function, engine.class_frame(deleter.owner), value, "property", line
        )
