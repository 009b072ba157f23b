"""What is found in a class body is bound to the object or the class that it is read through."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.linking import library_calls, special_methods
from decompose.linking.found_once import found_once
from decompose.linking.hierarchy import Member
from decompose.linking.values import Types, Value

if TYPE_CHECKING:
    from decompose.facts.records import Ref
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node

_KEPT_FLAVOURS = frozenset({"class", "static", "property"})
"""What a method stays whatever decorators make of it."""


class MemberUse(NamedTuple):
    """What a class body has under a name: the function, as the value ``plain``, or else the node that holds it."""

    function: Scope | None
    home: Frame
    plain: Value
    node: Node
    flavour: str


def use_member(
    engine: Engine, frame: Frame, result: Node, value: Value, cls: Scope, member: Member, name: str, line: int
) -> None:
    """An attribute found in a class body, read through an instance."""
    owner = member.owner
    if member.ref is None:
        declared = _declared(engine, value, cls, owner, name)
        if not owner.library and engine.declared_values.read(frame, result, value, cls, name, line, declared):
            return
        for promised in declared:
            bind_to_owner(engine, frame, result, promised, value, cls, line)
            if owner.library:
                _hold(engine, result, promised, owner, name)
        return
    use = engine.member_uses.get((owner.index, name)) or _find_use(engine, member, name)
    function = use.function
    if function is None:
        if use.node >= 0:
            engine.watch(use.node, bind_values, engine, frame, result, value, cls, line, use.flavour)
        annotation = owner.facts.annotations.get(name)
        if annotation is not None:
            bindings = engine.hierarchy.bindings(cls, engine.values[value][2], owner)
            types = engine.values.substitute(engine.names.types(owner, annotation), bindings)
            for promised in _promised(engine, cls, member, name, types):
                bind_to_owner(engine, frame, result, promised, value, cls, line)
    elif use.flavour in ("property", "hybrid"):
        special_methods.run_implicitly(engine, frame, result, function, use.home, value, "property", line)
    else:
        plain = use.plain
        if use.flavour == "class":
            plain = engine.values.intern("B", plain, engine.values.class_of(value))
        elif use.flavour != "static":
            plain = engine.values.intern("B", plain, value)
        bound = engine.single(plain)
        begins = not cls.library and engine.hierarchy.member(cls, "__begins_with__") is not None
        if not begins and name != "__class__" and member == engine.hierarchy.member(cls, name):
            engine.bound_methods[value, name] = bound
        engine.add(result, bound)


def _find_use(engine: Engine, member: Member, name: str) -> MemberUse:
    """What a name of a class body is to all who ask an object for it; remembered."""
    owner, home = member.owner, engine.class_frame(member.owner)
    function = engine.function_of(member)
    if function is not None:
        plain = engine.values.intern("F", function.index, home.index)
        use = MemberUse(function, home, plain, -1, function.facts.flavour)
    else:
        node = engine.node_of(home, member.ref)
        use = MemberUse(None, home, -1, node, flavour_of(owner, member.ref) if node >= 0 else "")
    engine.member_uses[owner.index, name] = use
    return use


@found_once
def _declared(engine: Engine, value: Value, cls: Scope, owner: Scope, name: str) -> list[Value]:
    """What an attribute of an object is by a declaration alone: ``name: Field``."""
    types = engine.names.types(owner, owner.facts.annotations[name])
    bindings = {**engine.hierarchy.bindings(cls, engine.values[value][2], owner), "Self": (value,)}
    return engine.with_subclasses(engine.values.substitute(types, bindings))


def _promised(engine: Engine, cls: Scope, member: Member, name: str, types: Types) -> Iterable[Value]:
    """What the declaration of an attribute says besides what the class body puts into it: ``name: Field = TextField()`` is no
    other field, unless objects are given one.
    """
    standing = engine.with_subclasses(types)
    made = {engine.values[value][:2] for value in engine.names.evaluate(member.owner, member.ref)}
    initialiser = engine.hierarchy.member(cls, "__init__")
    given = initialiser is None or initialiser.owner.library or engine.hierarchy.sets_itself(cls, name)
    if given or made.isdisjoint(engine.values[value][:2] for value in standing):
        return standing
    return [value for value in types if engine.values[value][:2] in made]


def _hold(engine: Engine, result: Node, promised: Value, owner: Scope, name: str) -> None:
    """What the application puts into a container that a library's object has for it, it finds there again."""
    description = engine.values[promised]
    if description[0] != "I" or description[2] or engine.hierarchy.member(owner, "__keeps_attributes__") is None:
        return
    container = engine.hierarchy.member(engine.program.scopes[description[1]], "__container__")
    if container is not None:
        engine.put(result, engine.values.intern("O", str(container.ref), engine.fields(owner.index, f"{name}[]")))


def flavour_of(owner: Scope, decorated: Ref) -> str:
    """Whether a decorated method is one of the class, a static one or a property; empty for any other."""
    function = owner.function_below(decorated)
    return function.facts.flavour if function is not None and function.facts.flavour in _KEPT_FLAVOURS else ""


def bind_values(
    new: frozenset[Value], engine: Engine, frame: Frame, result: Node, receiver: Value, cls: Scope, line: int,
    flavour: str = "",
) -> None:  # fmt: skip
    """Values of a class attribute, read through an instance or (a ``C`` receiver) the class.

    ``flavour``: what is said above all decorators, of a method that they make something else of.
    """
    through_instance = engine.values[receiver][0] == "I"
    for value in new:
        description = engine.values[value]
        if description[0] == "F" and flavour == "class":
            bound = engine.values.class_of(receiver) if through_instance else receiver
            engine.put(result, engine.values.intern("B", value, bound))
        elif description[0] == "F" and through_instance and flavour == "property":
            function = engine.program.scopes[description[1]]
            home = engine.frame_around(description)
            special_methods.run_implicitly(engine, frame, result, function, home, receiver, "property", line)
        elif description[0] == "F" and through_instance and flavour != "static":
            engine.put(result, engine.values.intern("B", value, receiver))
        else:
            bind_to_owner(engine, frame, result, value, receiver, cls, line)


def bind_given(engine: Engine, site: Site, function: Value) -> None:
    """``function.__get__(value)``: a method of the value."""
    given = engine.node_of(site.frame, site.arguments[0]) if site.arguments else -1
    if given >= 0 and site.result >= 0:
        engine.watch(given, _bind_to_each, engine, site.result, function)


def _bind_to_each(new: frozenset[Value], engine: Engine, result: Node, function: Value) -> None:
    for value in new:
        if engine.values[value][0] in ("I", "C"):
            engine.put(result, engine.values.intern("B", function, value))


def bind_to_owner(
    engine: Engine, frame: Frame, result: Node, value: Value, receiver: Value, cls: Scope, line: int
) -> None:
    """Descriptors, and library objects that take the class that they are an attribute of as their type argument."""
    description = engine.values[value]
    if description[0] == "I" and binds(engine, description[1]):
        attribute_class = engine.program.scopes[description[1]]
        if engine.hierarchy.member(attribute_class, "__binds_owner__") is not None and not description[2]:
            owner = engine.values.instance(cls.index)
            engine.put(result, engine.values.instance(description[1], ((owner,),)))
            return
        if description[2] and attribute_class.facts.names.get("__binds_methods__") is not None:
            _bind_functions(engine, frame, result, description, receiver, cls, line)
            return
        by_kind = {"C": "__get_class__", "I": "__get_object__"}.get(engine.values[receiver][0])
        told = engine.hierarchy.member(attribute_class, by_kind) if by_kind is not None else None
        function = engine.function_of(told)
        if function is not None:
            owners: dict[str, Types] = {"Owner": (engine.values.instance(cls.index),)}
            library_calls.call_implicitly(engine, frame, result, function, value, line, owners)
            return
        getter = engine.hierarchy.member(attribute_class, "__get__")
        if getter is not None and (engine.values[receiver][0] == "I" or not getter.owner.library):
            special_methods.call_method(engine, frame, result, value, attribute_class, "__get__", line)
            if not getter.owner.library:
                engine.put(result, value)
                if engine.values[receiver][0] == "I":
                    give_owner(engine, value, getter, receiver)
                give_owner(engine, value, getter, engine.values.class_of(receiver), position=2)
            return
    engine.put(result, value)


@found_once
def binds(engine: Engine, cls: int) -> bool:
    """Whether objects of a class are told what they are an attribute of."""
    asked = ("__binds_owner__", "__binds_methods__", "__get_class__", "__get_object__", "__get__")
    return any(engine.hierarchy.member(engine.program.scopes[cls], name) is not None for name in asked)


def give_owner(engine: Engine, descriptor: Value, method: Member, receiver: Value, position: int = 1) -> None:
    """``__get__`` and ``__set__`` are given the object that the descriptor is an attribute of, ``__set_name__`` the class, and
    so is ``__get__`` behind it.
    """
    function = engine.function_of(method)
    if function is not None and len(function.facts.parameters) > position:
        inner = engine.frame(function, engine.class_frame(method.owner), descriptor)
        engine.edge(engine.constant(receiver), inner.nodes[function.facts.parameters[position][1]])


def _bind_functions(
    engine: Engine, frame: Frame, result: Node, description: tuple[Any, ...], receiver: Value, cls: Scope, line: int
) -> None:
    """A library object around functions, read through an object: they are its methods, and so are those listed for them."""
    functions = [value for value in description[2][0] if engine.values[value][0] == "F"]
    methods = tuple(engine.values.intern("B", value, receiver) for value in functions)
    engine.put(result, engine.values.instance(description[1], (methods or description[2][0], *description[2][1:])))
    for value in functions:
        engine.watch(engine.channel(value), bind_values, engine, frame, result, receiver, cls, line)
