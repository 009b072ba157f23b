"""What reading, writing and using attributes of a value leads to."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from decompose.linking import containers, library_calls, making
from decompose.linking.catch_alls import ANY_OBJECT
from decompose.linking.hierarchy import Member
from decompose.linking.values import Types, Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Module, Scope
    from decompose.linking.solver import Node

_FALLBACKS = {"bool": ("len",), "format": ("str", "repr"), "str": ("repr",), "contains": ("iter", "getitem")}
_IN_PLACE = frozenset(
    ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "or", "and", "xor"]
)
_OF_A_PROPERTY = {"fget": "", "fset": "setter", "fdel": "deleter"}
_COMPARISONS = {"noteq": "ne", "lte": "le", "gte": "ge", "usub": "neg", "uadd": "pos"}


def load(
    new: frozenset[Value], engine: Engine, frame: Frame, result: Node, name: str, line: int, base: Node = -1
) -> None:
    """``result = value.name`` for each new value, of those of ``base`` if that is known."""
    for value in new:
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
                members = engine.outside_members[value, name] = frozenset(engine.names.member(value, name))
            if members:
                engine.add(result, members)
        elif kind == "S":
            _load_from_super(engine, frame, result, description, name, line)
        elif kind == "F":
            if name in engine.program.stored_attributes:
                engine.edge(engine.field_of_function(description[1], name), result)
            if name in _OF_A_PROPERTY:
                _load_from_property(engine, result, value, description, name)
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
    run_implicitly(engine, frame, result, function, home, -1, "call", line)
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
    stored = name in engine.program.stored_attributes
    if stored and (cls.index, name) in engine.contributed:
        engine.watch(engine.fields(cls.index, name), _bind_values, engine, frame, result, value, cls, line)
    elif stored and (not cls.library or keeps_attributes(engine, cls)):
        engine.edge(engine.fields_of(value, name), result)
    if name == "__class__":
        engine.put(result, engine.values.class_of(value))
        return
    if not cls.library:
        _load_from_hook(engine, frame, result, value, cls, name, line)
    bound = engine.bound_methods.get((value, name))
    if bound is not None:
        engine.add(result, bound)
        return
    member = engine.hierarchy.member(cls, name)
    if member is not None:
        use_member(engine, frame, result, value, cls, member, name, line)
        return
    if not cls.library and making.is_enumeration(engine, cls):
        making.load_of_member(engine, result, cls, name)
    _load_from_external_bases(engine, result, cls, name)
    if not cls.library:
        engine.open_bases.load(frame, result, value, cls, name, line)
    if engine.hierarchy.member(cls, "__getattr__") is not None:
        engine.catch_alls.ask(base, frame, result, value, name, line)


def _load_from_hook(engine: Engine, frame: Frame, result: Node, value: Value, cls: Scope, name: str, line: int) -> None:
    """A library's method of an object that begins with what a method of the application gives, such as ``get_queryset``."""
    hook = engine.hierarchy.member(cls, "__begins_with__")
    if hook is None or name == hook.ref:
        return
    asked, given = engine.hierarchy.member(cls, name), engine.hierarchy.member(cls, str(hook.ref))
    if asked is None or given is None or not asked.owner.library or given.owner.library:
        return
    method, function = engine.plain_function(asked.owner, asked.ref), engine.plain_function(given.owner, given.ref)
    if method is None or method.facts.flavour or function is None:
        return
    begun = engine.new_node()
    run_implicitly(engine, frame, begun, function, engine.class_frame(given.owner), value, "call", line)
    call = (frame.scope.index, frame.receiver, line, "call", function.index, value)
    engine.wired[call] = f"{name} begins with {hook.ref}"
    engine.watch(begun, load, engine, frame, result, name, line)


def _load_from_external_bases(engine: Engine, result: Node, cls: Scope, name: str) -> None:
    """What the bases outside have; of a named tuple the method that gives one of its own kind."""
    if name == "_replace" and _is_named_tuple(engine, cls):
        engine.put(result, engine.values.intern("K", engine.values.instance(cls.index), name))
        return
    for base in engine.hierarchy.external_bases(cls):
        _add(engine, result, engine.names.member(base, name))


def _is_named_tuple(engine: Engine, cls: Scope) -> bool:
    described = [engine.values[base] for base in engine.hierarchy.all_bases(cls)]
    return any(d[0] == "X" and d[2] in ("NamedTuple", "namedtuple()") for d in described)


def use_member(
    engine: Engine, frame: Frame, result: Node, value: Value, cls: Scope, member: Member, name: str, line: int
) -> None:
    """An attribute found in a class body, read through an instance."""
    owner = member.owner
    description = engine.values[value]
    if member.ref is None:
        types = engine.names.types(owner, owner.facts.annotations[name])
        bindings = {**engine.hierarchy.bindings(cls, description[2], owner), "Self": (value,)}
        for promised in engine.with_subclasses(engine.values.substitute(types, bindings)):
            _bind_to_owner(engine, frame, result, promised, value, cls, line)
        return
    function = engine.plain_function(owner, member.ref)
    home = engine.class_frame(owner)
    if function is None:
        node = engine.node_of(home, member.ref)
        if node >= 0:
            engine.watch(node, _bind_values, engine, frame, result, value, cls, line)
        annotation = owner.facts.annotations.get(name)
        if annotation is not None:
            bindings = engine.hierarchy.bindings(cls, description[2], owner)
            types = engine.values.substitute(engine.names.types(owner, annotation), bindings)
            for promised in engine.with_subclasses(types):
                _bind_to_owner(engine, frame, result, promised, value, cls, line)
        return
    plain = engine.values.intern("F", function.index, home.index)
    flavour = function.facts.flavour
    if flavour in ("property", "hybrid"):
        run_implicitly(engine, frame, result, function, home, value, "property", line)
    else:
        if flavour == "class":
            plain = engine.values.intern("B", plain, engine.values.class_of(value))
        elif flavour != "static":
            plain = engine.values.intern("B", plain, value)
        bound = engine.single(plain)
        if member == engine.hierarchy.member(cls, name):
            engine.bound_methods[value, name] = bound
        engine.add(result, bound)


def _bind_values(
    new: frozenset[Value], engine: Engine, frame: Frame, result: Node, receiver: Value, cls: Scope, line: int
) -> None:
    """Values of a class attribute, read through an instance or (a ``C`` receiver) the class."""
    for value in new:
        description = engine.values[value]
        if description[0] == "F" and engine.values[receiver][0] == "I":
            engine.put(result, engine.values.intern("B", value, receiver))
        else:
            _bind_to_owner(engine, frame, result, value, receiver, cls, line)


def _bind_to_owner(
    engine: Engine, frame: Frame, result: Node, value: Value, receiver: Value, cls: Scope, line: int
) -> None:
    """Descriptors, and library objects that take the class that they are an attribute of as their type argument."""
    description = engine.values[value]
    if description[0] == "I":
        attribute_class = engine.program.scopes[description[1]]
        if engine.hierarchy.member(attribute_class, "__binds_owner__") is not None and not description[2]:
            owner = engine.values.instance(cls.index)
            engine.put(result, engine.values.instance(description[1], ((owner,),)))
            return
        if description[2] and attribute_class.facts.names.get("__binds_methods__") is not None:
            _bind_functions(engine, frame, result, description, receiver, cls, line)
            return
        if engine.values[receiver][0] == "C":
            getter = engine.hierarchy.member(attribute_class, "__get_class__")
            function = engine.plain_function(getter.owner, getter.ref) if getter is not None else None
            if function is not None:
                owners: dict[str, Types] = {"Owner": (engine.values.instance(cls.index),)}
                library_calls.call_implicitly(engine, frame, result, function, value, line, owners)
                return
        getter = engine.hierarchy.member(attribute_class, "__get__")
        if getter is not None and (engine.values[receiver][0] == "I" or not getter.owner.library):
            call_method(engine, frame, result, value, attribute_class, "__get__", line)
            if not getter.owner.library:
                engine.put(result, value)
                if engine.values[receiver][0] == "I":
                    _give_owner(engine, value, getter, receiver)
            return
    engine.put(result, value)


def _give_owner(engine: Engine, descriptor: Value, method: Member, receiver: Value) -> None:
    """``__get__`` and ``__set__`` are given the object that the descriptor is an attribute of."""
    function = engine.plain_function(method.owner, method.ref)
    if function is not None and len(function.facts.parameters) > 1:
        inner = engine.frame(function, engine.class_frame(method.owner), descriptor)
        engine.edge(engine.constant(receiver), inner.nodes[function.facts.parameters[1][1]])


def _bind_functions(
    engine: Engine, frame: Frame, result: Node, description: tuple[Any, ...], receiver: Value, cls: Scope, line: int
) -> None:
    """A library object around functions, read through an object: they are its methods, and so are those listed for them."""
    functions = [value for value in description[2][0] if engine.values[value][0] == "F"]
    methods = tuple(engine.values.intern("B", value, receiver) for value in functions)
    engine.put(result, engine.values.instance(description[1], (methods or description[2][0], *description[2][1:])))
    for value in functions:
        engine.watch(engine.channel(value), _bind_values, engine, frame, result, receiver, cls, line)


def _load_from_class(
    engine: Engine, frame: Frame, result: Node, value: Value, description: tuple[Any, ...], name: str, line: int
) -> None:
    cls = engine.program.scopes[description[1]]
    if name in engine.program.stored_attributes and not cls.library:
        if (cls.index, name) in engine.contributed:
            engine.watch(engine.fields(cls.index, name), _bind_values, engine, frame, result, value, cls, line)
        else:
            engine.edge(engine.fields(cls.index, name), result)
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
        if name != "__name__" and not making.load_by_metaclass(engine, result, value, cls, name):
            _load_from_external_bases(engine, result, cls, name)
        return
    owner = member.owner
    instance = engine.values.instance(cls.index, description[2])
    if member.ref is None:
        types = engine.names.types(owner, owner.facts.annotations[name])
        bindings = {**engine.hierarchy.bindings(cls, description[2], owner), "Self": (instance,)}
        for promised in engine.with_subclasses(engine.values.substitute(types, bindings)):
            _bind_to_owner(engine, frame, result, promised, value, cls, line)
        return
    home = engine.class_frame(owner)
    function = engine.plain_function(owner, member.ref)
    if function is None and not owner.library and making.is_member(engine, owner, name):
        engine.put(result, instance)
        return
    if function is None:
        node = engine.node_of(home, member.ref)
        if node >= 0:
            engine.watch(node, _bind_values, engine, frame, result, value, cls, line)
        annotation = owner.facts.annotations.get(name)
        if annotation is not None:
            bindings = engine.hierarchy.bindings(cls, description[2], owner)
            for promised in engine.values.substitute(engine.names.types(owner, annotation), bindings):
                _bind_to_owner(engine, frame, result, promised, value, cls, line)
        return
    if function.facts.flavour == "hybrid":
        # At the class it is an expression: what another function gives for it, or the same one, of the class.
        said = engine.hierarchy.member(cls, f"{name}.expression")
        other = engine.plain_function(said.owner, said.ref) if said is not None and said.ref is not None else None
        if said is not None and other is not None:
            function, home = other, engine.class_frame(said.owner)
        run_implicitly(engine, frame, result, function, home, value, "property", line)
        return
    plain = engine.values.intern("F", function.index, home.index)
    if function.facts.flavour == "class":
        engine.put(result, engine.values.intern("B", plain, value))
    else:
        engine.put(result, plain)


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
            use_member(engine, frame, result, receiver, cls, member, name, line)
        elif member.ref is not None:
            function = engine.plain_function(member.owner, member.ref)
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
        root = "type" if making.is_metaclass(engine, cls) else "object"
        engine.put(result, engine.values.intern("X", "builtins", f"{root}.{name}"))


def store(new: frozenset[Value], engine: Engine, frame: Frame, name: str, source: Node, line: int) -> None:
    """``value.name = source`` for each new value."""
    for value in new:
        description = engine.values[value]
        if description[0] in ("I", "C"):
            cls = engine.program.scopes[description[1]]
            if cls.library and not keeps_attributes(engine, cls):
                continue
            if source >= 0:
                own = engine.is_own(frame, value)
                target = engine.fields_of(value, name) if own else engine.inherited_fields(cls.index, name)
                engine.edge(source, target)
            engine.stored_on.add((cls.index, name))
            engine.attribute_stores.append((frame, value, name, line))
            if description[0] == "I":
                _store_by_class(engine, frame, value, cls, name, source, line)
            setter = engine.hierarchy.member(cls, f"{name}.setter")
            if setter is not None and setter.ref is not None and description[0] == "I":
                function = engine.plain_function(setter.owner, setter.ref)
                if function is not None:
                    home = engine.class_frame(setter.owner)
                    run_implicitly(engine, frame, -1, function, home, value, "property", line)
                    inner = engine.frame(function, home, value)
                    if source >= 0 and len(function.facts.parameters) > 1:
                        engine.edge(source, inner.nodes[function.facts.parameters[1][1]])
        elif description[0] == "F" and source >= 0:
            engine.edge(source, engine.field_of_function(description[1], name))
        elif description[0] == "M" and source >= 0:
            module = engine.program.modules[description[1]]
            if not module.library:
                engine.edge(source, engine.export_node(module, name))


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
        call_method(engine, frame, -1, value, cls, "__setattr__", line, -1, source)
    member = engine.hierarchy.member(cls, name)
    if member is not None and type(member.ref) is int and not member.owner.library:
        node = engine.node_of(engine.class_frame(member.owner), member.ref)
        if node >= 0:
            engine.watch(node, _set_descriptor, engine, frame, value, source, line)


def _set_descriptor(
    new: frozenset[Value], engine: Engine, frame: Frame, receiver: Value, source: Node, line: int
) -> None:
    for value in new:
        description = engine.values[value]
        if description[0] == "I":
            cls = engine.program.scopes[description[1]]
            call_method(engine, frame, -1, value, cls, "__set__", line, -1, source)
            setter = engine.hierarchy.member(cls, "__set__")
            if setter is not None and not setter.owner.library:
                _give_owner(engine, value, setter, receiver)


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


def narrow(new: frozenset[Value], engine: Engine, result: Node, types: Types) -> None:
    """Values that pass an ``isinstance`` test for one of ``types``."""
    classes = [engine.values[value][1] for value in types if engine.values[value][0] == "I"]
    kept = frozenset(
        value
        for value in new
        if engine.values[value][0] == "I"
        and any(engine.hierarchy.is_subclass(engine.values[value][1], c) for c in classes)
    )
    if kept:
        engine.add(result, kept)


def _answers(engine: Engine, frame: Frame, left: Any, operator: str) -> bool:
    """Whether the left side has the operator itself, so that the right side is not asked."""
    described = [engine.values[value] for value in engine.values_of(engine.node_of(frame, left))]
    return any(
        d[0] == "I" and engine.hierarchy.member(engine.program.scopes[d[1]], f"__{operator}__") is not None
        for d in described
    )


@lru_cache(maxsize=256)
def _methods(operator: str) -> tuple[str, ...]:
    """The special methods that an operator looks for, the first one found winning."""
    name = _COMPARISONS.get(operator, operator)
    if operator in _FALLBACKS:
        return (f"__{name}__", *(f"__{other}__" for other in _FALLBACKS[operator]))
    if operator[0] == "i" and operator[1:] in _IN_PLACE:
        return (f"__{operator}__", f"__{operator[1:]}__")
    return (f"__{name}__",)


def operators_of(defined: set[str]) -> frozenset[str]:
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
            _delete(engine, frame, value, description, other, line)
        if description[0] == "Q":
            if operator in ("add", "iadd", "mod"):
                engine.put(result, value)
        elif description[0] == "I":
            cls = engine.program.scopes[description[1]]
            if operator[0] == "r" and operator[1:] in _IN_PLACE and _answers(engine, frame, other, operator[1:]):
                continue
            for method in _methods(operator):
                if engine.hierarchy.member(cls, method) is not None:
                    call_method(engine, frame, result, value, cls, method, line, other)
                    if method in ANY_OBJECT and not cls.library:
                        engine.catch_alls.note(base, frame, value, method, line)
                    break
        elif description[0] == "O" and operator in ("iadd", "ior"):
            engine.put(result, value)
            source = engine.node_of(frame, other)
            if source >= 0:
                engine.watch(source, containers.merge_into, engine, description[2], frame, line)
        elif description[0] == "O" and operator == "contains":
            if description[1] in ("dict", "set"):
                containers.look_up(engine, frame, other, line)
            if "__eq__" in engine.special_names and description[1] != "dict":
                engine.watch(description[2], _compare, engine, frame, other, line)
        elif description[0] == "O" and operator == "returned":
            engine.edge(engine.containers.results(description[2]), result)
        elif description[0] == "O" and operator in ("or", "ror"):
            engine.put(result, value)
        elif description[0] == "O" and operator in ("add", "radd", "mul"):
            engine.containers.part(result, description[1], description[2], 0 if operator == "add" else None, None)


def _delete(engine: Engine, frame: Frame, value: Value, description: tuple[Any, ...], name: Any, line: int) -> None:
    """``del value.name`` of a property."""
    deleter = engine.hierarchy.member(engine.program.scopes[description[1]], f"{name}.deleter")
    function = engine.plain_function(deleter.owner, deleter.ref) if deleter is not None else None
    if deleter is not None and function is not None:
        run_implicitly(engine, frame, -1, function, engine.class_frame(deleter.owner), value, "property", line)


def _compare(new: frozenset[Value], engine: Engine, frame: Frame, other: Any, line: int) -> None:
    """Something is looked for among these values."""
    for value in new:
        description = engine.values[value]
        if description[0] == "I" and not engine.program.scopes[description[1]].library:
            call_method(engine, frame, -1, value, engine.program.scopes[description[1]], "__eq__", line, other)


def special_class(engine: Engine, description: tuple[Any, ...]) -> Scope | None:
    """Where special methods of a value are looked up: in its class, or for a class in the application's metaclass."""
    if description[0] not in ("I", "C"):
        return None
    cls: Scope = engine.program.scopes[description[1]]
    return cls if description[0] == "I" else making.metaclass(engine, cls)


def callable_object(engine: Engine, description: tuple[Any, ...]) -> tuple[Value, tuple[Any, ...]]:
    """An object that is called: itself as the receiver, and the description of its ``__call__``; of others nothing."""
    member = engine.hierarchy.member(engine.program.scopes[description[1]], "__call__")
    function = (
        engine.plain_function(member.owner, member.ref) if member is not None and member.ref is not None else None
    )
    if member is None or function is None:
        return -1, ("",)
    return engine.values.intern(*description), ("F", function.index, engine.class_frame(member.owner).index)


def call_method(
    engine: Engine, frame: Frame, result: Node, value: Value, cls: Scope, name: str, line: int,
    argument: Any = -1, source: Node = -1,
) -> None:  # fmt: skip
    """Run the special method ``name`` that syntax implies, with an argument, and a node as the next one."""
    member = engine.hierarchy.member(cls, name)
    if member is None or member.ref is None:
        return
    function = engine.plain_function(member.owner, member.ref)
    if function is None:
        return
    home = engine.class_frame(member.owner)
    run_implicitly(engine, frame, result, function, home, value, "call", line, argument)
    if function.library:
        return
    given = (engine.node_of(frame, argument), source)
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
    if result >= 0:
        engine.edge(inner.returns, result)
    engine.implicit_calls.add((frame.scope.index, frame.receiver, line, kind, function.index, receiver))
