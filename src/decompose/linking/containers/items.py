"""Reading and storing under an index: of containers, of objects, of classes and modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import HOLE, Op
from decompose.facts.records import Ref
from decompose.linking import special_methods
from decompose.linking.attributes import reading
from decompose.linking.containers import iteration, keying, own_classes
from decompose.linking.frames import Frame
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node

_MODULES = ("sys", "modules")


def load_item(new: frozenset[Value], engine: Engine, frame: Frame, operation: list[Any]) -> None:
    """``result = value[index]``."""
    _, dst, _, index, line = operation
    result = frame.nodes[dst]
    if isinstance(index, list) and index[1] == "field":
        _load_fields(new, engine, frame, result, index[2], line)
        return
    for value in new:
        description = engine.values[value]
        kind = description[0]
        if kind == "O":
            _load_element(engine, frame, operation, result, description)
        elif kind == "I":
            _load_from_object(engine, frame, result, value, description, index, line)
        elif kind == "C":
            _load_from_class(engine, frame, operation, result, value, description)
        elif kind == "M":
            _load_global(engine, frame, result, value, index, line)
        elif kind == "Q" and isinstance(index, list) and index[1:3] in (["slice"], ["slice", 0]):
            engine.put(result, value)  # ``query[:-1]``: what was put between its parts is gone from the end
        elif kind == "X":
            module = _module_listed(engine, frame, index) if description[1:] == _MODULES else None
            engine.put(result, module if module is not None else value)


def _load_element(engine: Engine, frame: Frame, operation: list[Any], result: Node, container: tuple[Any, ...]) -> None:
    _, _, _, index, line = operation
    _, kind, every = container
    if type(index) is int and index >= 0 and "__index__" in engine.class_names.special:
        engine.watch(frame.nodes[index], _use_as_position, engine, frame, line)
    if _is_slice(frame.scope, index):
        engine.containers.part(result, kind, every, None, None)
    elif isinstance(index, list) and index[1] == "slice":
        start, end = (*index[2:], None, None)[:2]
        engine.containers.part(result, kind, every, start, end)
    elif kind == "list" and every in engine.containers.gone_over:
        engine.edge(every, result)
    elif kind == "pair":
        first = keying.constant_of(index) == 0
        engine.edge(engine.containers.keys(every) if first else every, result)
    else:
        keying.read(engine, frame, every, index, result)
        if kind == "dict":
            engine.containers.ask_factory(frame, operation, every)
            keying.look_up(engine, frame, index, line)


def _load_from_object(
    engine: Engine, frame: Frame, result: Node, value: Value, instance: tuple[Any, ...], index: Ref, line: int
) -> None:
    """A declared field, an element of a typed tuple, what is kept on a library's object, or what ``__getitem__`` gives."""
    if isinstance(index, list) and index[1] == "slice":
        engine.put(result, value)
    cls = engine.program.scopes[instance[1]]
    if isinstance(index, str | list) and not cls.library and _load_field(engine, result, cls, instance, index):
        return
    if cls.definition == "builtins:tuple" and isinstance(index, list) and isinstance(index[1], int):
        position = index[1]
        if -len(instance[2]) <= position < len(instance[2]):
            engine.add(result, frozenset(instance[2][position]))
        return
    if (kept := _kept(engine, cls, "__getitem__")) is not None:
        engine.containers.read(kept, keying.key(engine, frame, index), result)
        return
    if not cls.library and _is_gone_over(engine, cls):
        iteration.iterate(engine.single(value), engine, frame, result, line)
        return
    held = own_classes.container_of(engine, cls, "__getitem__", instance[2])
    if held is not None:
        keying.read(engine, frame, engine.values[held][2], index, result)
    special_methods.call_method(engine, frame, result, value, cls, "__getitem__", line, index)
    if not cls.library and engine.hierarchy.member(cls, "__missing__") is not None:
        special_methods.call_method(engine, frame, result, value, cls, "__missing__", line, index)


def _load_from_class(
    engine: Engine, frame: Frame, operation: list[Any], result: Node, value: Value, description: tuple[Any, ...]
) -> None:
    """What the metaclass gives, a member of an enumeration, or the class with type arguments."""
    from decompose.linking.making import is_enumeration

    _, dst, _, index, line = operation
    cls = engine.program.scopes[description[1]]
    meta = special_methods.special_class(engine, description)
    if meta is not None and engine.hierarchy.member(meta, "__getitem__") is not None:
        special_methods.call_method(engine, frame, result, value, meta, "__getitem__", line, index)
        return
    if is_enumeration(engine, cls):
        engine.put(result, engine.values.instance(description[1]))
        return
    own = engine.hierarchy.own_member(cls, "__class_getitem__")
    if own is not None:
        special_methods.call_method(engine, frame, result, value, own.owner, "__class_getitem__", line, index)
        return
    made = engine.names.evaluate(frame.scope, dst)
    engine.add(result, frozenset(made) or engine.single(value))


def _load_fields(new: frozenset[Value], engine: Engine, frame: Frame, result: Node, position: int, line: int) -> None:
    """``case Deleted(number, reason)``: the fields that classes list for patterns; built-in classes have none but the value."""
    for value in new:
        description = engine.values[value]
        if description[0] == "O" and position == 0:
            engine.put(result, value)
        elif description[0] == "I" and not engine.program.scopes[description[1]].library:
            cls = engine.program.scopes[description[1]]
            listed = engine.hierarchy.member(cls, "__match_args__")
            stated = engine.names.constants.plain_data(listed.owner, listed.ref) if listed is not None else None
            order = (name for ancestor in reversed(engine.hierarchy.order(cls)) for name in ancestor.facts.annotations)
            names = stated if isinstance(stated, list | tuple) else list(dict.fromkeys(order))
            if position < len(names) and isinstance(names[position], str):
                reading.load(engine.single(value), engine, frame, result, names[position], line)


def _is_gone_over(engine: Engine, cls: Scope) -> bool:
    """Whether objects of a class have no items: ``left, right = node`` goes over them."""
    return engine.hierarchy.member(cls, "__getitem__") is None and engine.hierarchy.member(cls, "__iter__") is not None


def _is_slice(scope: Scope, index: Ref) -> bool:
    """Whether an index is one that ``isinstance(index, slice)`` has been asked about, and is."""
    made = scope.operations_producing(index) if type(index) is int and index >= 0 else ()
    return any(operation[0] == Op.NARROW and operation[3] == ["n", "slice"] for operation in made)


def _module_listed(engine: Engine, frame: Frame, index: Ref) -> Value | None:
    """``sys.modules[index]``: a module of the program by its constant name, or the one where it is written."""
    name = engine.names.constants.constant(frame.scope, index)
    module = engine.program.by_name.get(name) if isinstance(name, str) else None
    asked = frame.scope.operations_producing(index)
    if any(operation[0] == Op.FREE and operation[2] == "__name__" for operation in asked):
        module = frame.scope.module
    return engine.values.intern("M", module.index) if module is not None and not module.library else None


def _load_global(engine: Engine, frame: Frame, result: Node, module: Value, index: Ref, line: int) -> None:
    """``globals()[index]``."""
    from decompose.linking import named_loads

    known = engine.names.constants.constant(frame.scope, index) if type(index) is int else keying.constant_of(index)
    if isinstance(known, str) and known.replace(HOLE, ""):
        load = named_loads.load_matching if HOLE in known else reading.load
        load(engine.single(module), engine, frame, result, known, line)
    elif known is None:
        for name in engine.names.constants.listed(frame.scope, index)[: named_loads.MAX_MATCHING]:
            reading.load(engine.single(module), engine, frame, result, name, line)


def _use_as_position(new: frozenset[Value], engine: Engine, frame: Frame, line: int) -> None:
    for value in new:
        description = engine.values[value]
        if description[0] == "I" and not engine.program.scopes[description[1]].library:
            special_methods.call_method(
                engine, frame, -1, value, engine.program.scopes[description[1]], "__index__", line
            )


_BY_KEY = frozenset(("typing", "typing_extensions"))


def _load_field(engine: Engine, result: Node, cls: Scope, description: tuple[Any, ...], index: Ref) -> bool:
    """An item that is a declared field: of a ``TypedDict`` by its key, of a ``NamedTuple`` by its position."""
    bases = {(d[1], d[2]) for base in engine.hierarchy.all_bases(cls) for d in [engine.values[base]] if d[0] == "X"}
    name: str | None = None
    if isinstance(index, str) and any(module in _BY_KEY and base == "TypedDict" for module, base in bases):
        name = index
    elif isinstance(index, list) and isinstance(index[1], int) and ("typing", "NamedTuple") in bases:
        fields = [field for ancestor in reversed(engine.hierarchy.order(cls)) for field in ancestor.facts.annotations]
        name = fields[index[1]] if -len(fields) <= index[1] < len(fields) else None
    if name is not None:
        engine.edge(engine.fields(cls.index, name), result)
    for ancestor in engine.hierarchy.order(cls) if name is not None else ():
        tree = ancestor.facts.annotations.get(name or "")
        if tree is not None:
            bindings = engine.hierarchy.bindings(cls, description[2], ancestor)
            engine.add_types(result, engine.values.substitute(engine.names.types(ancestor, tree), bindings))
            return True
    return False


def _kept(engine: Engine, cls: Scope, method: str) -> Node | None:
    """Where what applications put on a library's object under a key is, as on aiohttp's applications."""
    keeps = engine.hierarchy.member(cls, "__keeps_attributes__")
    if keeps is None or engine.hierarchy.member(cls, method) is not None:
        return None
    return engine.fields(keeps.owner.index, "[]")


def store_item(new: frozenset[Value], engine: Engine, frame: Frame, index: Ref, given: Ref, line: int) -> None:
    """``value[index] = given``."""
    source = engine.node_of(frame, given)
    for value in new:
        description = engine.values[value]
        if description[0] == "O":
            _store_element(engine, frame, description, index, given, line)
        else:
            cls = special_methods.special_class(engine, description)
            kept = _kept(engine, cls, "__setitem__") if cls is not None and description[0] == "I" else None
            if kept is not None and source >= 0:
                engine.edge(source, engine.containers.slot(kept, keying.key(engine, frame, index)))
                continue
            arguments = description[2] if description[0] == "I" else ()
            held = own_classes.container_of(engine, cls, "__getitem__", arguments) if cls is not None else None
            if cls is not None and engine.hierarchy.member(cls, "__setitem__") is not None:
                special_methods.call_method(engine, frame, -1, value, cls, "__setitem__", line, index, source)
            elif held is not None and source >= 0:
                keying.store(engine, frame, engine.values[held][2], index, source)


def _store_element(engine: Engine, frame: Frame, container: tuple[Any, ...], index: Ref, given: Ref, line: int) -> None:
    _, kind, every = container
    source = engine.node_of(frame, given)
    engine.declared_values.put(every, frame.scope, given)
    if source >= 0:
        keying.store(engine, frame, every, index, source)
        known = keying.key(engine, frame, index) if engine.namespaces else None
        if every in engine.namespaces and isinstance(known, str):
            # A metaclass puts something into the body of the class that it makes.
            engine.program.stored_attributes.add(known)
            engine.edge(source, engine.inherited_fields(engine.namespaces[every], known))
    if type(index) is int and index >= 0:
        engine.edge(frame.nodes[index], engine.containers.keys(every))
    if kind == "dict":
        keying.look_up(engine, frame, index, line)
