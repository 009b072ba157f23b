"""What making a class does: descriptors are told their names, ancestors of the subclass, and metaclasses run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking import effects, special_methods
from decompose.linking.attributes import binding
from decompose.linking.found_once import found_once
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node


_MAX_STEPS = 4
_NAMESPACE = 3
"""The place among the parameters of a metaclass's ``__new__`` and ``__init__`` of what the body of the class binds."""


def make_class(engine: Engine, frame: Frame, cls: Scope) -> None:
    """The calls that a class statement implies, beside its body."""
    if "__set_name__" in engine.class_names.special:
        home = engine.class_frame(cls)
        for ref in cls.facts.names.values():
            if type(ref) is int and ref >= 0 and engine.plain_function(cls, ref) is None:
                engine.watch(home.nodes[ref], _name_descriptor, engine, frame, cls)
    _tell_ancestors(engine, frame, cls)
    meta = metaclass(engine, cls)
    value = engine.values.class_of(engine.values.instance(cls.index))
    if meta is not None and not meta.library:
        engine.put(engine.made_by(meta.index), value)
        of_meta = engine.values.class_of(engine.values.instance(meta.index))
        for name, receiver in (("__prepare__", of_meta), ("__new__", of_meta), ("__init__", value)):
            inner = _run(engine, frame, meta, name, receiver, cls.facts.line)
            if inner is not None:
                _give_body(engine, cls, inner)
    if is_enumeration(engine, cls):
        # Each member is made by a call of the class.
        instance = engine.values.instance(cls.index)
        special_methods.call_method(engine, frame, -1, instance, cls, "__init__", cls.facts.line)
        _give_members(engine, cls, instance)


@found_once
def is_enumeration(engine: Engine, cls: Scope) -> bool:
    """Whether the names in the body of a class are its only instances."""
    return any(engine.values[base][1] == "enum" for base in engine.hierarchy.all_bases(cls))


def is_member(engine: Engine, cls: Scope, name: str) -> bool:
    """Whether a name in the body of an enumeration is one of its instances."""
    return name[:1] != "_" and is_enumeration(engine, cls)


def load_of_member(engine: Engine, result: Node, cls: Scope, name: str) -> None:
    """``member.value`` and ``member.name`` of an enumeration."""
    if name == "value":
        for node in _member_nodes(engine, cls):
            engine.edge(node, result)
    elif name == "name":
        text = engine.values.external_result(engine.values.intern("X", "builtins", "str"))
        if text is not None:
            engine.put(result, text)


def value_of_named(engine: Engine, scope: Scope, ref: Ref, steps: int = _MAX_STEPS) -> Node | None:
    """The node of the ``value`` of a member that is written out, ``Query.OPEN``; None if a ref is something else."""
    found = written_value(engine, scope, ref, steps)
    return engine.node_of(engine.class_frame(found[0]), found[1]) if found is not None else None


def written_value(engine: Engine, scope: Scope, ref: Ref, steps: int = _MAX_STEPS) -> tuple[Scope, Ref] | None:
    """The class that has the member which a ref writes out, and what stands there for it; None if a ref is something else."""
    asked = scope.operations_producing(ref) if type(ref) is int and ref >= 0 else []
    if len(asked) != 1 or not steps:
        return None
    operation = asked[0]
    if operation[0] == Op.COPY:
        return written_value(engine, scope, operation[2], steps - 1)
    holders = engine.names.evaluate(scope, operation[2]) if operation[0] == Op.ATTRIBUTE else ()
    described = engine.values[holders[0]] if len(holders) == 1 else ("",)
    owner = engine.program.scopes[described[1]] if described[0] == "C" else None
    named = owner.facts.names.get(operation[3]) if owner is not None and not owner.library else None
    if owner is None or named is None or not is_member(engine, owner, operation[3]):
        return None
    if says_values_itself(owner):
        return None
    return (owner, named) if engine.plain_function(owner, named) is None else None


def says_values_itself(owner: Scope) -> bool:
    """Whether the ``value`` of a member of an enumeration need not be what stands for it in the body."""
    return any(name in owner.facts.names for name in ("value", "_value_", "__new__", "__init__"))


def members_written(engine: Engine, cls: Scope) -> Iterator[tuple[Scope, Ref]]:
    """What stands for each member of an enumeration, with the class that says so."""
    for owner in engine.hierarchy.order(cls):
        if not owner.library and is_enumeration(engine, owner):
            for name, ref in owner.facts.names.items():
                if is_member(engine, owner, name) and engine.plain_function(owner, ref) is None:
                    yield owner, ref


def _member_nodes(engine: Engine, cls: Scope) -> list[Node]:
    found = [engine.node_of(engine.class_frame(owner), ref) for owner, ref in members_written(engine, cls)]
    return [node for node in found if node >= 0]


def _give_members(engine: Engine, cls: Scope, instance: Value) -> None:
    """What stands for a member in the body is what the constructor is given; of a tuple each element."""
    member = engine.hierarchy.member(cls, "__init__")
    function = engine.function_of(member)
    if member is None or function is None or function.library:
        return
    inner = engine.frame(function, engine.class_frame(member.owner), instance)
    targets = [inner.nodes[parameter[1]] for parameter in function.facts.parameters[1:]]
    for node in _member_nodes(engine, cls) if targets else ():
        engine.watch(node, _give_member, engine, targets)


def _give_member(new: frozenset[Value], engine: Engine, targets: list[Node]) -> None:
    for value in new:
        description = engine.values[value]
        if description[0] == "O" and description[1] == "tuple":
            for position, target in enumerate(targets):
                engine.edge(engine.containers.slot(description[2], position), target)
        else:
            engine.put(targets[0], value)


def _name_descriptor(new: frozenset[Value], engine: Engine, frame: Frame, owner: Scope) -> None:
    for value in new:
        description = engine.values[value]
        if description[0] == "I" and not engine.program.scopes[description[1]].library:
            cls = engine.program.scopes[description[1]]
            member = engine.hierarchy.member(cls, "__set_name__")
            if member is not None:
                special_methods.call_method(engine, frame, -1, value, cls, "__set_name__", owner.facts.line)
                binding.give_owner(engine, value, member, engine.values.intern("C", owner.index, ()))


def _tell_ancestors(engine: Engine, frame: Frame, cls: Scope) -> None:
    member = engine.hierarchy.member_after(cls, cls, "__init_subclass__")
    if member is None or member.owner.library:
        return
    function = engine.function_of(member)
    if function is not None:
        receiver = engine.values.class_of(engine.values.instance(cls.index))
        home = engine.class_frame(member.owner)
        special_methods.run_implicitly(engine, frame, -1, function, home, receiver, "call", cls.facts.line)
        if function.facts.parameters:
            # Registered or kept there, the class is used through the parameter.
            inner = engine.frame(function, home, receiver)
            engine.put(inner.nodes[function.facts.parameters[0][1]], receiver)
            texts = {name: ref for name, ref in cls.facts.keywords if isinstance(ref, str)}
            for parameter in function.facts.parameters[1:]:
                if parameter[0] in texts:
                    engine.named_loads.know(inner, parameter[1], texts[parameter[0]])


def _run(engine: Engine, frame: Frame, meta: Scope, name: str, receiver: Value, line: int) -> Frame | None:
    member = engine.hierarchy.member(meta, name)
    function = engine.function_of(member)
    if member is None or function is None or function.library:
        return None
    home = engine.class_frame(member.owner)
    special_methods.run_implicitly(engine, frame, -1, function, home, receiver, "call", line)
    return engine.frame(function, home, receiver)


def _give_body(engine: Engine, cls: Scope, inner: Frame) -> None:
    """A metaclass is given what the body of a class binds; methods that nothing marks are what it looks for only by their names."""
    positional = [p for p in inner.scope.facts.parameters if p[4] == ParameterKind.POSITIONAL]
    text = engine.values.external_result(engine.values.intern("X", "builtins", "str"))
    if text is not None and len(positional) > 1:
        engine.put(inner.nodes[positional[1][1]], text)
    if len(positional) < _NAMESPACE + 1:
        return
    every, home = engine.new_node(), engine.class_frame(cls)
    wanted = _prefixes_asked(inner.scope)
    engine.containers.name_by_texts(every)
    for name, ref in cls.facts.names.items():
        given = engine.plain_function(cls, ref) is None or (wanted and name.startswith(wanted))
        node = engine.node_of(home, ref) if given else -1
        if node >= 0:
            engine.edge(node, engine.containers.slot(every, name))
    engine.namespaces[every] = cls.index
    engine.put(inner.nodes[positional[_NAMESPACE][1]], engine.values.intern("O", "dict", every))


def _prefixes_asked(function: Scope) -> tuple[str, ...]:
    """What a function asks whether names begin with it: ``name.startswith("clean_")``."""
    asked = (o for o in function.facts.ops if o[0] == Op.CALL and len(o[3]) == 1 and isinstance(o[3][0], str))
    return tuple(
        operation[3][0]
        for operation in asked
        if operation[3][0].strip("_")
        and any(name == "startswith" for _, name in function.attributes_read(operation[2]))
    )


@found_once
def field_functions(engine: Engine, cls: Scope, effect: str) -> list[tuple[str, Scope, Ref]]:
    """What is called for fields when an object is made: the field, the class that declares it, the function.

    ``effect`` "fills": factories, for those that the initialiser is not given; "handles": converters and validators. A method
    that is decorated as one (``@total.validator``) gives no field anything: it has no name here.
    """
    found = {
        name: [
            *((name, owner, function) for function in _functions_of_field(engine, owner, ref, effect)),
            *(("", owner, function) for function in _decorated_for_field(engine, owner, ref, effect)),
        ]
        for owner in reversed(engine.hierarchy.order(cls))
        for name, ref in (owner.facts.names.items() if not owner.library else ())
    }
    return [each for functions in found.values() for each in functions]


def _functions_of_field(engine: Engine, owner: Scope, ref: Ref, wanted: str, depth: int = 0) -> list[int]:
    """What a call in the body of a class, or one that this is given, is given in the places of which the summary states the
    effect ``wanted``.
    """
    found: list[int] = []
    for operation in owner.operations_producing(ref):
        if operation[0] != Op.CALL or not (operation[3] or operation[4]):
            continue
        for value in engine.names.evaluate(owner, operation[2]):
            description = engine.values[value]
            function = engine.program.scopes[description[1]] if description[0] == "F" else None
            if function is None or not function.library:
                continue
            stated = effects.effects_of(engine, function)
            names = [name for effect, arguments in stated if effect == wanted for name in arguments]
            if not names:
                continue
            given = [*zip((p[0] for p in function.facts.parameters), operation[3], strict=False), *operation[4]]
            for name, argument in given:
                if type(argument) is int and argument >= 0:
                    inner = () if depth else _functions_of_field(engine, owner, argument, wanted, depth + 1)
                    found += [argument] if name in names else inner
    return found


def _decorated_for_field(engine: Engine, owner: Scope, ref: Ref, wanted: str) -> list[int]:
    """The method that a name of a class body is, where a field of that class decorates it with the effect ``wanted``."""
    for operation in owner.operations_producing(ref):
        if operation[0] != Op.DECORATE or not _is_of_field(owner, operation[2]):
            continue
        for value in engine.names.evaluate(owner, operation[2]):
            described = engine.values[value]
            described = engine.values[described[1]] if described[0] == "B" else described
            function = engine.program.scopes[described[1]] if described[0] == "F" else None
            if function is not None and function.library and wanted in effects.effect_names(engine, function):
                return [operation[3]]
    return []


def _is_of_field(owner: Scope, decorator: Ref) -> bool:
    """Whether a decorator is an attribute of what a call in the same class body gives."""
    bases = [operation[2] for operation in owner.operations_producing(decorator) if operation[0] == Op.ATTRIBUTE]
    return any(made[0] == Op.CALL for base in bases for made in owner.operations_producing(base))


@found_once
def metaclass(engine: Engine, cls: Scope) -> Scope | None:
    """The metaclass of a class, the application's or one that a summary describes."""
    for ancestor in engine.hierarchy.order(cls):
        for keyword, ref in ancestor.facts.keywords:
            if keyword == "metaclass":
                for value in engine.names.evaluate(ancestor.parent or ancestor, ref):
                    description = engine.values[value]
                    if description[0] == "C":
                        meta: Scope = engine.program.scopes[description[1]]
                        return meta
    return None


def is_metaclass(engine: Engine, cls: Scope) -> bool:
    """Whether a class makes classes."""
    return any(ancestor.definition == "builtins:type" for ancestor in engine.hierarchy.order(cls))


def load_by_metaclass(
    engine: Engine, frame: Frame, result: Node, value: Value, cls: Scope, name: str, line: int
) -> bool:
    """``cls.name`` where only the metaclass has it: a method of the class, a property that is asked for it, or what its body holds."""
    meta = metaclass(engine, cls)
    member = engine.hierarchy.member(meta, name) if meta is not None else None
    function = engine.function_of(member)
    if meta is not None and member is None and engine.hierarchy.member(meta, "__getattr__") is not None:
        special_methods.call_method(engine, frame, result, value, meta, "__getattr__", line, name)
        return True
    if member is None or (member.owner.library and function is None):
        return False
    home = engine.class_frame(member.owner)
    if function is None:
        held = engine.node_of(home, member.ref) if member.ref is not None else -1
        if held >= 0:
            engine.edge(held, result)
        return held >= 0
    if function.facts.flavour == "property":
        special_methods.run_implicitly(engine, frame, result, function, home, value, "property", line)
        return True
    engine.put(result, engine.values.intern("B", engine.values.intern("F", function.index, home.index), value))
    return True
