"""What reading an attribute of a value leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.linking import laid_out, making, put_into_classes, special_methods
from decompose.linking.attributes import binding, columns, writing
from decompose.linking.containers import own_classes
from decompose.linking.effects import BEGINS
from decompose.linking.found_once import found_once
from decompose.linking.implicit_calls import ImplicitCall
from decompose.linking.values import Types, Value, each

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.hierarchy import Member
    from decompose.linking.program import Module, Scope
    from decompose.linking.solver import Node

_OF_A_PROPERTY = {"fget": "", "fset": "setter", "fdel": "deleter"}


def load(
    new: frozenset[Value], engine: Engine, frame: Frame, result: Node, name: str, line: int, base: Node = -1
) -> None:
    """``result = value.name`` for each new value, of those of ``base`` if that is known."""
    stored = engine.program.stored_attributes
    for value in new:
        if value in engine.of_large_families:
            engine.large_families.load(frame, result, value, name, line)
        bound = engine.bound_methods.get((value, name))
        if bound is not None and name not in stored:
            engine.add(result, bound)
            if engine.stores_by_name.replace_methods:
                engine.stores_by_name.miss(value, name, result)
            continue
        description = engine.values[value]
        kind = description[0]
        if kind == "I":
            _load_from_instance(engine, frame, result, value, description, name, line, base)
        elif kind == "C":
            _load_from_class(engine, frame, result, value, description, name, line)
        elif kind == "M":
            _load_from_module(engine, frame, result, description, name, line)
        elif kind == "X":
            members = engine.outside_members.get((value, name))
            if members is None:
                members = engine.outside_members[value, name] = engine.shared(engine.names.member(value, name))
            if members:
                engine.add(result, members)
            if name in stored and writing.is_one_object(description):
                engine.edge(engine.field_outside(value, name), result)
        elif kind == "S":
            _load_from_super(engine, frame, result, description, name, line)
        elif kind == "F":
            if name in stored:
                engine.edge(engine.field_of_function(description[1], name), result)
            if name in _OF_A_PROPERTY:
                _load_from_property(engine, result, value, description, name)
            elif name == "__get__":
                engine.put(result, engine.values.intern("K", value, name))
        elif kind in ("O", "Q"):
            engine.put(result, engine.values.intern("K", value, name))


def _load_from_property(engine: Engine, result: Node, value: Value, description: tuple[Any, ...], name: str) -> None:
    """``Base.title.fget``: the functions that a property is made of."""
    function = engine.program.scopes[description[1]]
    if function.facts.flavour != "property" or function.parent is None:
        return
    ref = function.parent.facts.names.get(f"{function.facts.name}.{_OF_A_PROPERTY[name]}")
    other = engine.plain_function(function.parent, ref) if ref is not None else None
    if name == "fget":
        engine.put(result, value)
    elif other is not None:
        engine.put(result, engine.values.intern("F", other.index, description[2]))


def _add(engine: Engine, result: Node, values: Types) -> None:
    if values:
        engine.add(result, frozenset(values))


def load_by_module(engine: Engine, frame: Frame, result: Node, module: Module, name: str, line: int) -> bool:
    """A name that a module does not bind, by its ``__getattr__``; False where it has none."""
    function = engine.plain_function(module.top, module.top.facts.names.get("__getattr__", -1))
    if function is None or module.library or frame.scope.module is module or name in module.own_submodules:
        return False
    home = engine.module_frame(module)
    special_methods.run_implicitly(engine, frame, result, function, home, -1, "call", line)
    if function.facts.parameters:
        engine.named_loads.give(engine.frame(function, home, -1), function.facts.parameters[0][1], name, result)
    return True


def _load_from_module(
    engine: Engine, frame: Frame, result: Node, description: tuple[Any, ...], name: str, line: int
) -> None:
    module = engine.program.modules[description[1]]
    holder = engine.program.exporting_module(module, name)
    if holder is not None:
        engine.edge(engine.export_node(holder, name), result)
        return
    if load_by_module(engine, frame, result, module, name, line):
        return
    _add(engine, result, engine.names.member(engine.values.intern("M", module.index), name))


def _load_from_instance(
    engine: Engine, frame: Frame, result: Node, value: Value, description: tuple[Any, ...], name: str, line: int,
    base: Node,
) -> None:  # fmt: skip
    cls = engine.program.scopes[description[1]]
    if "__getattribute__" in engine.class_names.own and not cls.library:
        special_methods.call_method(engine, frame, -1, value, cls, "__getattribute__", line)
    stored = name in engine.program.stored_attributes
    if stored and (cls.index, name) in engine.contributed:
        engine.watch(engine.fields(cls.index, name), binding.bind_values, engine, frame, result, value, cls, line)
    elif stored and (not cls.library or writing.keeps_attributes(engine, cls)):
        field = engine.fields_of(value, name)
        if name in engine.class_names.descriptors_put_in:
            engine.watch(field, put_into_classes.load_bound, engine, frame, result, value, cls, line)
        elif columns.holds_data(engine, cls, name):
            engine.watch(field, columns.load_data, engine, result)
        else:
            engine.edge(field, result)
    if name == "__class__":
        engine.put(result, engine.values.class_of(value))
        return
    if name == "__dict__" and not cls.library:
        engine.put(result, engine.stores_by_name.dictionary(frame, value, line))
        return
    bound = engine.bound_methods.get((value, name))
    if bound is not None:
        engine.add(result, bound)
        return
    member = engine.hierarchy.member(cls, name)
    in_body = member is not None and type(member.ref) is int
    if not stored and not cls.library and (not in_body or engine.stores_by_name.replace_methods):
        engine.stores_by_name.miss(value, name, result)
    if member is not None:
        if member.owner.library and not cls.library:
            _load_from_hook(engine, frame, result, value, cls, member, name, line)
            held = own_classes.container_of(engine, cls, name, description[2])
            if held is not None:
                engine.put(result, engine.values.intern("K", held, name))
        binding.use_member(engine, frame, result, value, cls, member, name, line)
        return
    if not cls.library and making.is_enumeration(engine, cls):
        making.load_of_member(engine, result, cls, name)
    if outside := _of_object_outside(engine, cls, name):
        engine.add(result, outside)
    if not cls.library:
        engine.open_bases.load(frame, result, value, cls, name, line)
    elif cls.definition == "builtins:tuple":
        laid_out.load_named(engine, result, description[2], name)
    if engine.hierarchy.member(cls, "__getattr__") is not None:
        engine.catch_alls.ask(base, frame, result, value, name, line)


def _load_from_hook(
    engine: Engine, frame: Frame, result: Node, value: Value, cls: Scope, asked: Member, name: str, line: int
) -> None:
    """A library's method of an object that begins with what a method of the application gives, such as ``get_queryset``."""
    hook = engine.hierarchy.member(cls, "__begins_with__")
    if hook is None or name == hook.ref or (result, value) in engine.begun:
        return
    given = engine.hierarchy.own_member(cls, str(hook.ref))
    if given is None:
        return
    method, function = engine.function_of(asked), engine.function_of(given)
    if method is None or method.facts.flavour or function is None:
        return
    engine.begun.add((result, value))
    begun = engine.new_node()
    # What the calls so far have added to the query is not in what it begins with.
    kept = max(1, len(engine.names.inheritance.type_parameters(cls)))
    begins = engine.values.instance(cls.index, engine.values[value][2][:kept])
    special_methods.run_implicitly(
        engine, frame, begun, function, engine.class_frame(given.owner), begins, "call", line
    )
    call = ImplicitCall(frame.scope.index, frame.receiver, line, "call", function.index, begins)
    engine.implicit_calls.add_wired(call, f"{name}{BEGINS}{hook.ref}")
    engine.watch(begun, load, engine, frame, result, name, line)


@found_once
def _of_object_outside(engine: Engine, cls: Scope, name: str) -> frozenset[Value]:
    """What an object has from bases outside, unless its class sets it."""
    own = engine.hierarchy.sets_itself(cls, name)
    return engine.shared(() if own else _of_external_bases(engine, cls, name))


def _of_external_bases(engine: Engine, cls: Scope, name: str) -> Types:
    """What the bases outside have; of a named tuple the method that gives one of its own kind."""
    if name == "_replace" and _is_named_tuple(engine, cls):
        return (engine.values.intern("K", engine.values.instance(cls.index), name),)
    return each(engine.hierarchy.external_bases(cls), lambda base: engine.names.member(base, name))


def _is_named_tuple(engine: Engine, cls: Scope) -> bool:
    described = [engine.values[base] for base in engine.hierarchy.all_bases(cls)]
    return any(d[0] == "X" and d[2] in ("NamedTuple", "namedtuple()") for d in described)


def _load_from_class(
    engine: Engine, frame: Frame, result: Node, value: Value, description: tuple[Any, ...], name: str, line: int
) -> None:
    cls = engine.program.scopes[description[1]]
    if name in engine.program.stored_attributes:
        if (cls.index, name) in engine.contributed:
            engine.watch(engine.fields(cls.index, name), binding.bind_values, engine, frame, result, value, cls, line)
        elif not cls.library or engine.hierarchy.member(cls, name) is not None:
            engine.watch(engine.fields(cls.index, name), _add_unbound, engine, result)
    if name == "__subclasses__":
        engine.put(result, engine.values.intern("K", value, name))
        return
    member = engine.hierarchy.member(cls, name)
    if member is not None and member.owner.library and (cls.index, name) in engine.contributed:
        return  # what the class declares takes the place of the library's own
    if member is None:
        if name == "__new__" and cls.library:
            root = "type" if cls.definition == "builtins:type" else "object"
            engine.put(result, engine.values.intern("X", "builtins", f"{root}.__new__"))
        if name != "__name__" and not making.load_by_metaclass(engine, frame, result, value, cls, name, line):
            _add(engine, result, _of_external_bases(engine, cls, name))
        return
    if member.ref is None:
        _load_annotated(engine, frame, result, value, member, name, line)
        return
    function = engine.plain_function(member.owner, member.ref)
    if function is not None:
        _load_function(engine, frame, result, value, member, function, name, line)
    elif not member.owner.library and making.is_member(engine, member.owner, name):
        engine.put(result, engine.values.instance(cls.index, description[2]))
    else:
        _load_bound(engine, frame, result, value, member, name, line)


def _load_annotated(
    engine: Engine, frame: Frame, result: Node, value: Value, member: Member, name: str, line: int
) -> None:
    """An attribute that a class only declares: what its type promises."""
    description = engine.values[value]
    cls, owner = engine.program.scopes[description[1]], member.owner
    types = engine.names.types(owner, owner.facts.annotations[name])
    instance = engine.values.instance(cls.index, description[2])
    bindings = {**engine.hierarchy.bindings(cls, description[2], owner), "Self": (instance,)}
    for promised in engine.with_subclasses(engine.values.substitute(types, bindings)):
        binding.bind_to_owner(engine, frame, result, promised, value, cls, line)


def _load_bound(engine: Engine, frame: Frame, result: Node, value: Value, member: Member, name: str, line: int) -> None:
    """What is bound in a class body and is no plain function."""
    description = engine.values[value]
    cls, owner = engine.program.scopes[description[1]], member.owner
    node = engine.node_of(engine.class_frame(owner), member.ref)
    if node >= 0:
        flavour = binding.flavour_of(owner, member.ref)
        engine.watch(node, binding.bind_values, engine, frame, result, value, cls, line, flavour)
    annotation = owner.facts.annotations.get(name)
    if annotation is not None:
        bindings = engine.hierarchy.bindings(cls, description[2], owner)
        for promised in engine.values.substitute(engine.names.types(owner, annotation), bindings):
            binding.bind_to_owner(engine, frame, result, promised, value, cls, line)


def _load_function(
    engine: Engine, frame: Frame, result: Node, value: Value, member: Member, function: Scope, name: str, line: int
) -> None:
    """A function of the class: by itself, or as a class method with the class."""
    home = engine.class_frame(member.owner)
    if function.facts.flavour == "hybrid":
        # At the class it is an expression: what another function gives for it, or the same one, of the class.
        said = engine.hierarchy.member(engine.program.scopes[engine.values[value][1]], f"{name}.expression")
        other = engine.function_of(said)
        if said is not None and other is not None:
            function, home = other, engine.class_frame(said.owner)
        special_methods.run_implicitly(engine, frame, result, function, home, value, "property", line)
        return
    plain = engine.values.intern("F", function.index, home.index)
    engine.put(result, engine.values.intern("B", plain, value) if function.facts.flavour == "class" else plain)


def _add_unbound(new: frozenset[Value], engine: Engine, result: Node) -> None:
    """What an attribute of a class holds; a function that was put there is no method of an object yet."""
    for value in new:
        description = engine.values[value]
        is_method = description[0] == "B" and engine.values[description[2]][0] == "I"
        engine.put(result, description[1] if is_method else value)


def _load_from_super(
    engine: Engine, frame: Frame, result: Node, description: tuple[Any, ...], name: str, line: int
) -> None:
    _, start, receiver = description
    cls = engine.program.scopes[engine.values[receiver][1]]
    if engine.program.scopes[start] not in engine.hierarchy.order(cls) and engine.values[receiver][0] == "C":
        cls = engine.program.scopes[start]  # a metaclass, acting for one of its classes
    member = engine.hierarchy.member_after(cls, engine.program.scopes[start], name)
    if member is not None:
        if engine.values[receiver][0] == "I":
            binding.use_member(engine, frame, result, receiver, cls, member, name, line)
        elif member.ref is not None:
            function = engine.function_of(member)
            if function is not None:
                plain = engine.values.intern("F", function.index, engine.class_frame(member.owner).index)
                bound = engine.values.intern("B", plain, receiver)
                engine.put(result, plain if function.facts.flavour == "static" or name == "__new__" else bound)
        return
    bases = engine.hierarchy.external_bases(cls)
    for base in bases:
        _add(engine, result, engine.names.member(base, name))
    start_class = engine.program.scopes[start]
    if engine.values[receiver][0] == "I" and engine.open_bases.load(
        frame, result, receiver, cls, name, line, start_class
    ):
        return
    if not bases:
        root = type if making.is_metaclass(engine, cls) else object
        if hasattr(root, name):
            engine.put(result, engine.values.intern("X", "builtins", f"{root.__name__}.{name}"))
            return
        # What no class of the application has, and no summary tells of, only the library's class can have.
        for ancestor in engine.hierarchy.order(cls):
            if ancestor.library:
                engine.put(result, engine.values.intern("X", ancestor.module.name, f"{ancestor.facts.name}.{name}"))
                return
