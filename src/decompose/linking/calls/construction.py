"""Calling a class: its metaclass, its maker, its initialiser, its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.linking import library_calls, making, special_methods, told_by_makers
from decompose.linking.attributes import binding
from decompose.linking.calls import classes, following, parameters
from decompose.linking.frames import Site
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.hierarchy import Member
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node

_FIELDS = "fields"
"""What `Site.first_time` is asked for the fields of a new object."""


def construct(
    engine: Engine, site: Site, value: Value, description: tuple[Any, ...], *, by_metaclass: bool = False
) -> None:
    """Call a class; ``by_metaclass``: from inside its metaclass, which is asked otherwise."""
    cls = engine.program.scopes[description[1]]
    declared = engine.values.is_declared(value)
    if not description[2] and not cls.library:
        is_generic = engine.names.inheritance.type_parameters(cls)
        own = library_calls.own_identity(engine, site, cls) if not is_generic else ()
        given = engine.type_arguments.of_made(site, cls) if is_generic else own or engine.told_apart.given(site, cls)
        description = ("C", cls.index, given)
    instance = engine.values.instance(description[1], description[2], declared=declared)
    if declared:
        engine.of_large_families.add(instance)
    meta = making.metaclass(engine, cls) if not by_metaclass else None
    if meta is not None:
        _call_metaclass(engine, site, meta, value)
    if site.arguments and making.is_enumeration(engine, cls) and site.first_time((cls.index, "missing")):
        special_methods.call_method(engine, site.frame, site.result, value, cls, "_missing_", site.line)
    initialiser = engine.hierarchy.member(cls, "__init__")
    function = engine.function_of(initialiser)
    if cls.library:
        site.leads_to((cls.index, -1, "library"), engine.single_targets, certain=True)
        if cls.definition == "builtins:type":
            classes.call_type(engine, site)
            return
        library_calls.construct(engine, site, cls, description, function)
        return
    maker = engine.hierarchy.member(cls, "__new__")
    made = engine.function_of(maker)
    if site.result >= 0 and (made is None or made.library):
        engine.put(site.result, instance)
    if function is not None and not function.library and initialiser is not None:
        _call_initialiser(engine, site, cls, initialiser, function, instance)
    else:
        site.leads_to((cls.index, -1, _kind(site)), engine.single_targets, certain=True)
        _initialise_otherwise(engine, site, cls, initialiser, function, instance)
    if maker is not None and made is not None and not made.library:
        if site.result >= 0 and engine.hierarchy.subclasses.get(cls.index):
            engine.watch(site.result, _initialise_made, engine, site, cls)
        following.call_function(engine, site, ("F", made.index, engine.class_frame(maker.owner).index), value)
    elif maker is not None and made is None and following.is_decorated(maker):
        decorated = engine.node_of(engine.class_frame(maker.owner), maker.ref)
        engine.watch(decorated, following.call_decorated, engine, site, value)


def _kind(site: Site) -> str:
    return "construct" if site.kind == "call" else site.kind


def _call_initialiser(
    engine: Engine, site: Site, cls: Scope, initialiser: Member, function: Scope, instance: Value
) -> None:
    """The ``__init__`` of the application is called; what it returns is not what the call gives."""
    outer, site.kind, result, site.result = site.kind, _kind(site), site.result, -1
    home = engine.class_frame(initialiser.owner)
    following.call_function(engine, site, ("F", function.index, home.index), instance)
    site.kind, site.result = outer, result
    told_by_makers.tell(engine, site, cls, function)


def _initialise_made(new: frozenset[Value], engine: Engine, site: Site, cls: Scope) -> None:
    """What the ``__new__`` of a class gives is initialised by its own class, where that is below this one."""
    for value in new:
        description = engine.values[value]
        own = engine.program.scopes[description[1]] if description[0] == "I" else cls
        if own is not cls and not own.library and cls in engine.hierarchy.order(own):
            initialiser = engine.hierarchy.member(own, "__init__")
            function = engine.function_of(initialiser)
            if initialiser is not None and function is not None and not function.library:
                _call_initialiser(engine, site, own, initialiser, function, value)


def _initialise_otherwise(
    engine: Engine, site: Site, cls: Scope, initialiser: Member | None, function: Scope | None, instance: Value
) -> None:
    """A class without an ``__init__`` of the application: by its fields, a library's, what decorators made, or one out of view."""
    if site.first_time((cls.index, _FIELDS)):
        _fill_fields(engine, site, cls, instance)
    if function is not None:
        if function.module.name != "builtins":
            site.leads_to((function.index, instance, "library"), engine.single_targets, certain=True)
        library_calls.construct_subclass(engine, site, cls, function)
    elif initialiser is not None and following.is_decorated(initialiser):
        decorated = engine.node_of(engine.class_frame(initialiser.owner), initialiser.ref)
        engine.watch(decorated, _initialise, engine, site, instance)
    elif initialiser is None:
        _construct_outside(engine, site, cls)
        engine.open_bases.construct(site, cls, instance)
    if initialiser is None or initialiser.owner.library:
        # A generated initialiser ends with it (dataclasses, attrs).
        for name in ("__post_init__", "__attrs_post_init__"):
            if engine.hierarchy.member(cls, name) is not None:
                special_methods.call_method(engine, site.frame, -1, instance, cls, name, site.line)
                _give_for_initialising(engine, site, cls, instance, name)


def _give_for_initialising(engine: Engine, site: Site, cls: Scope, instance: Value, name: str) -> None:
    """What fields that are declared by ``InitVar`` are given goes to the method that the generated initialiser ends with."""
    member = engine.hierarchy.member(cls, name)
    function = engine.function_of(member)
    if member is None or function is None or function.library or len(function.facts.parameters) < 2:
        return
    order = {
        n: tree for ancestor in reversed(engine.hierarchy.order(cls)) for n, tree in ancestor.facts.annotations.items()
    }
    passed_on = [field for field, tree in order.items() if tree[0] == "s" and tree[1][-1] == "InitVar"]
    given = {**dict(zip(order, site.arguments, strict=False)), **dict(site.keywords)}
    frame = engine.frame(function, engine.class_frame(member.owner), instance)
    for parameter, field in zip(function.facts.parameters[1:], passed_on, strict=False):
        node = engine.node_of(site.frame, given.get(field, -1))
        if node >= 0:
            engine.edge(node, frame.nodes[parameter[1]])


def _initialise(new: frozenset[Value], engine: Engine, site: Site, instance: Value) -> None:
    """An initialiser that decorators have made something else of: that is called besides the class."""
    for value in new:
        description = engine.values[value]
        if description[0] == "F" and description[2] >= 0:
            function, home = engine.program.scopes[description[1]], engine.frames[description[2]]
            special_methods.run_implicitly(engine, site.frame, -1, function, home, instance, "call", site.line)
            if not function.library:
                frame = engine.frame(function, home, instance)
                parameters.bind_arguments(engine, site, function, frame, skip_first=True)


def raise_class(new: frozenset[Value], engine: Engine, site: Site) -> None:
    """``raise value`` for each new value: a class is called, an instance is there already."""
    for value in new:
        description = engine.values[value]
        if description[0] == "C" and not engine.program.scopes[description[1]].library:
            if not site.targets:
                site.index = len(engine.sites)
                engine.sites.append(site)
            construct(engine, site, value, description)


def _call_metaclass(engine: Engine, site: Site, meta: Scope, value: Value) -> None:
    """The ``__call__`` that a metaclass of the application puts in place of the usual construction, below decorators too."""
    member = engine.hierarchy.own_member(meta, "__call__")
    if member is not None:
        node = engine.node_of(engine.class_frame(member.owner), member.ref)
        engine.watch(node, following.call_decorated, engine, site, value)


def call_metatype(engine: Engine, site: Site, name: str) -> bool:
    """``super().__call__`` and ``super().__new__`` in a metaclass."""
    frame: Frame | None = site.frame
    while frame is not None and not (frame.scope.is_method and frame.receiver >= 0):
        frame = frame.parent
    description = engine.values[frame.receiver] if frame is not None else ("",)
    if frame is None or description[0] not in ("C", "I") or site.result < 0:
        return False
    if name == "type.__call__" and not making.is_metaclass(engine, engine.program.scopes[description[1]]):
        construct(engine, site, frame.receiver, description, by_metaclass=True)
    if name == "type.__new__":
        engine.edge(engine.made_by(description[1]), site.result)
    return True


def _construct_outside(engine: Engine, site: Site, cls: Scope) -> None:
    """The initialiser is that of a base outside of the program."""
    for base in engine.hierarchy.external_bases(cls)[:1]:
        if engine.values[base][1] != "builtins":
            for initialiser in engine.names.member(base, "__init__"):
                site.calls_outside(initialiser)


class _ForField(Site):
    """A call that makes what a field of a new object holds, on behalf of the call that makes the object.

    However many fields make objects of a class, that class among them, their fields are filled once.
    """

    __slots__ = ("on_behalf_of",)

    def __init__(self, on_behalf_of: Site, index: int) -> None:
        super().__init__(on_behalf_of.frame, on_behalf_of.operation, "callback", index)
        self.on_behalf_of = on_behalf_of

    def first_time(self, what: Any) -> bool:
        return self.on_behalf_of.first_time(what) if what[-1] == _FIELDS else super().first_time(what)


def _fill_fields(engine: Engine, site: Site, cls: Scope, instance: Value) -> None:
    """A generated initialiser (dataclass, ORM model) stores its arguments under the names of the fields."""
    order = [name for ancestor in reversed(engine.hierarchy.order(cls)) for name in ancestor.facts.annotations]
    named = [(order[i], ref) for i, ref in enumerate(site.arguments) if i < len(order)]
    engine.declared_values.fill(site, cls, [*named, *map(tuple, site.keywords)])
    for name, ref in [*named, *site.keywords]:
        node = engine.node_of(site.frame, ref)
        if name is not None and node >= 0:
            engine.program.stored_attributes.add(name)
            engine.edge(node, engine.fields_of(instance, name))
    others = [name for name in order if all(name != told for told, _ in named)]
    for node in (engine.node_of(site.frame, ref) for name, ref in site.keywords if name is None):
        if node >= 0:
            engine.watch(node, _fill_by_name, engine, instance, others)
    if any(name is None for name, _ in site.keywords):
        return
    given = {name for name, _ in named} | {name for name, _ in site.keywords}
    filling = [found for found in making.field_functions(engine, cls, "fills") if found[0] not in given]
    for name, owner, function in (*filling, *making.field_functions(engine, cls, "handles")):
        called = _ForField(site, len(engine.sites))
        engine.sites.append(called)
        node = engine.node_of(engine.class_frame(owner), function)
        if name:
            engine.program.stored_attributes.add(name)
            called.result = engine.fields_of(instance, name)
        else:
            method = engine.new_node()
            engine.watch(node, binding.bind_values, engine, site.frame, method, instance, cls, site.line)
            node = method
        engine.watch(node, following.call, engine, called)


def _fill_by_name(new: frozenset[Value], engine: Engine, instance: Value, names: list[str]) -> None:
    """Fields get what dictionaries have under their names: ``Step(name, **options)``."""
    for value in new:
        description = engine.values[value]
        for name in names if description[0] == "O" and description[1] == "dict" else ():
            engine.program.stored_attributes.add(name)
            engine.containers.read(description[2], name, engine.fields_of(instance, name))


def make(engine: Engine, site: Site) -> None:
    """``object.__new__(cls)``, and that of any base outside."""
    cls = engine.node_of(site.frame, site.arguments[0])
    if cls >= 0:
        engine.watch(cls, _instantiate, engine, site.result)


def _instantiate(new: frozenset[Value], engine: Engine, result: Node) -> None:
    for value in new:
        description = engine.values[value]
        if description[0] == "C":
            engine.put(result, engine.values.instance(description[1], description[2]))
