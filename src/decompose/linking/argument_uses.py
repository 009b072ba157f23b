"""What becomes of an argument of which the summary says something: it is called, run, executed, opened, kept.

Each function here is a watcher: it is given what flows into the argument's place, and the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts.records import ParameterKind
from decompose.linking import (
    completed,
    effects_on_objects,
    library_call,
    library_calls,
    query_types,
    special_methods,
    told_by_makers,
)
from decompose.linking.calls import construction, parameters
from decompose.linking.catch_alls import ANY_OBJECT
from decompose.linking.containers.iteration import iterate
from decompose.linking.effects import ALONG, RENDERED, Parameter, parameter_plan
from decompose.linking.sql_found import SqlUse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.facts.records import Ref
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Site
    from decompose.linking.library_call import LibraryCall
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node
    from decompose.linking.values import Value

_LISTS = frozenset({"list", "tuple", "set"})
"""Containers of which a library calls what is in them; of a dictionary nobody knows whether it is the keys."""


def follow(call: LibraryCall, parameter: Parameter, ref: Ref, *, of_mapping: bool = False) -> None:
    """Do, whenever something flows into the argument, what the summary says of its place.

    ``of_mapping``: the arguments are what a dictionary holds, ``**ref``.
    """
    engine = call.engine
    node = engine.node_of(call.site.frame, ref)
    meant = engine.names.constants.plain_data(call.site.frame.scope, ref) if parameter.naming else None
    if meant is None and parameter.given:
        meant = engine.names.constants.setting(call.site.frame.scope, ref) or None
    for text in _texts(ref if meant is None else ["c", meant]) if parameter.wanted else ():
        for value in parameter.wanted:
            call.refer(value, text)
    for value in parameter.given:
        call.name_by(value, ref)
    if isinstance(ref, str) and parameter.run and engine.loading is not None:
        node = engine.new_node()
        for module, name in engine.loading.named(ref, call.site.frame.scope):
            if name:
                engine.edge(engine.export_node(module, name), node)
    if node < 0:
        return
    if isinstance(ref, list) and ref[0] == "*":
        elements = engine.new_node()
        engine.watch(node, iterate, engine, call.site.frame, elements, call.site.line)
        node = elements
    elif of_mapping:
        held = engine.new_node()
        engine.watch(node, _give_what_is_held, engine, held)
        node = held
    if parameter.run:
        engine.watch(node, run_argument, call, parameter, ref)
    if parameter.executed:
        engine.watch(node, execute, call)
    if parameter.called_back is not None:
        engine.watch(node, call_back, call, parameter.called_back)
    if parameter.drawn:
        engine.watch(node, draw, call)
    if parameter.entered:
        engine.watch(node, enter, call)
    if parameter.supplied:
        engine.watch(node, supply, call)
    if parameter.put_into:
        names = [each[0] for each in call.function.facts.parameters]
        container = call.site.argument(names.index(parameter.put_into), parameter.put_into)
        engine.watch(engine.node_of(call.site.frame, container), put, call, node)
    if parameter.special:
        engine.watch(node, ask, call, parameter.special, node)
    if parameter.rendered and not told_by_makers.is_told(call):
        engine.watch(node, render, call)
    if parameter.wanted:
        engine.watch(node, call.match_all, parameter.wanted)


def follow_key(call: LibraryCall, parameter: Parameter, ref: Ref, key: str) -> None:
    """Run what a dictionary holds under the name of an argument that is run: ``add_job(**row)``."""
    engine = call.engine
    node = engine.node_of(call.site.frame, ref)
    if node >= 0:
        held = engine.new_node()
        engine.watch(node, _give_what_is_held, engine, held, key)
        engine.watch(held, run_argument, call, parameter, ref)


def _texts(ref: Ref) -> list[str]:
    """The names that an argument gives: one text, or a list of them."""
    data = ref[1] if isinstance(ref, list) and ref[0] == "c" else ref
    return [text for text in (data if isinstance(data, list) else [data]) if isinstance(text, str)]


def _give_what_is_held(new: frozenset[Value], engine: Engine, target: Node, key: str = "") -> None:
    for value in new:
        description = engine.values[value]
        if description[0] == "O" and description[1] == "dict" and key:
            engine.containers.read(description[2], key, target)
        elif description[0] == "O" and description[1] == "dict":
            engine.edge(description[2], target)


def run_argument(new: frozenset[Value], call: LibraryCall, parameter: Parameter, ref: Ref) -> None:
    """A function that is given runs, with the arguments behind it, or those in a tuple and a dictionary."""
    site = call.site
    given = site.arguments, site.keywords
    if parameter.packed:
        names = [each[0] for each in call.function.facts.parameters[1:]]
        packed = [site.argument(names.index(name), name) for name in parameter.packed]
        site.arguments = [["*", ref] for ref in packed[:1] if type(ref) is int and ref >= 0]
        site.keywords = [[None, ref] for ref in packed[1:] if type(ref) is int and ref >= 0]
    else:
        position = next((at + 1 for at, argument in enumerate(site.arguments) if argument is ref), len(site.arguments))
        site.arguments = site.arguments[position:]
    for value in sorted(new):
        effects_on_objects.run(call, value, parameter.run)
    site.arguments, site.keywords = given


def draw(new: frozenset[Value], call: LibraryCall) -> None:
    """What is given is called if it is a function: ``iter(function, sentinel)``."""
    values = call.engine.values
    call_back(frozenset(value for value in new if values[value][0] in ("F", "B")), call, ())


def enter(new: frozenset[Value], call: LibraryCall) -> None:
    """A context manager is opened, and closed in the end."""
    special_methods.enter(new, call.engine, call.site.frame, call.site.result, call.site.line)


def put(new: frozenset[Value], call: LibraryCall, element: Node) -> None:
    """What is given becomes an element of each of these containers."""
    for value in new:
        description = call.engine.values[value]
        if description[0] == "O":
            call.engine.edge(element, call.engine.containers.slot(description[2], None))


def supply(new: frozenset[Value], call: LibraryCall) -> None:
    """A function is kept with some of its arguments, to be called later; a method without the object that it will be called on."""
    site, given = call.site, call.site.arguments
    of_object = any(effect == "supplies" and arguments[1:] == ["method"] for effect, arguments in call.effects)
    for value in new:
        description = call.engine.values[value]
        receiver = -1
        if description[0] == "B":
            receiver, description = description[2], call.engine.values[description[1]]
        function = call.engine.program.scopes[description[1]] if description[0] == "F" else None
        if function is not None and not function.library:
            parent = call.engine.frame_around(description)
            if of_object and receiver < 0 and function.is_method:
                receiver = call.engine.own_receiver(function)
            inner = call.engine.frame(function, parent, receiver)
            site.arguments = given[1:]
            parameters.bind_arguments(call.engine, site, function, inner, skip_first=receiver >= 0)
            site.arguments = given


def execute(new: frozenset[Value], call: LibraryCall) -> None:
    """A statement is run: a query object, or SQL text."""
    engine, frame = call.engine, call.site.frame
    for value in new:
        description = engine.values[value]
        if description[0] == "Q":
            rule = call.function.definition
            engine.sql.uses.add(SqlUse(frame.scope.index, frame.receiver, value, rule, call.site.line))
        elif description[0] == "I":
            cls = engine.program.scopes[description[1]]
            member = engine.hierarchy.member(cls, "__operation__")
            if member is not None and isinstance(member.ref, str):
                if member.ref != "read" and not any(description[2][:1]):
                    continue  # what it changes is not known yet
                about = {engine.values[entity][:2] for entity in description[2][0]} if description[2] else set()
                for position, entities in enumerate(description[2]):
                    # The first type argument is what the statement is about, all others are only read.
                    operations, rule = (member.ref.split(), "") if position == 0 else (["scan"], ALONG)
                    for entity in entities:
                        if position and engine.values[entity][:2] in about:
                            continue  # what it is about is named in its own conditions too
                        for operation in operations:
                            call.access(operation, entity, f"{call.function.definition}{rule}")
                call.touch_along(call.function.definition, tuple(e for further in description[2][1:] for e in further))
                for entity in _order_of(call, description, member.ref):
                    call.access("scan", entity, f"{call.function.definition}{ALONG}")


def render(new: frozenset[Value], call: LibraryCall) -> None:
    """Queries that a template is given, in a dictionary or one by one, are run when it is rendered."""
    engine = call.engine
    for value in new:
        description = engine.values[value]
        if description[0] == "O" and (value, "rendered") not in call.done:
            call.done.add((value, "rendered"))
            engine.watch(description[2], render, call)
        elif description[0] == "I":
            cls = engine.program.scopes[description[1]]
            if engine.hierarchy.member(cls, "__offers_choices__") is not None:
                call.access("offers_choices", value, RENDERED)
            member = engine.hierarchy.member(cls, "__operation__") if description[2] else None
            if member is None or member.ref != "read" or engine.hierarchy.member(cls, "__iter__") is None:
                continue
            for position, entities in enumerate(description[2]):
                operation, rule = ("scan", f"{RENDERED}{ALONG}") if position else ("read", RENDERED)
                for entity in entities:
                    call.access(operation, entity, rule)
            call.touch_along(RENDERED, tuple(e for further in description[2][1:] for e in further))
            for entity in _order_of(call, description, "read"):
                call.access("scan", entity, f"{RENDERED}{ALONG}")


def _order_of(call: LibraryCall, query: tuple[Any, ...], operation: str) -> Iterator[Value]:
    """What is touched by the order in which a query gives its rows, where it does not say one itself."""
    about, *further = query[2] or ((),)
    stated = [value for values in further for value in values]
    return query_types.usual_order(call.engine, about if operation == "read" else (), stated)


def call_back(new: frozenset[Value], call: LibraryCall, variables: tuple[str, ...]) -> None:
    """A function that is given, or each of a list of them, is called, with values of these type variables."""
    engine = call.engine
    for value in new:
        description = engine.values[value]
        receiver = -1
        if description[0] == "B":
            receiver, description = description[2], engine.values[description[1]]
            method, owner = engine.program.scopes[description[1]], engine.values[receiver]
            if method.library and owner[0] == "I":
                cls, name = engine.program.scopes[owner[1]], method.facts.name
                special_methods.call_method(engine, call.site.frame, -1, receiver, cls, name, call.site.line)
                continue
        if description[0] == "I":
            decorated = special_methods.decorated_call(engine, engine.program.scopes[description[1]])
            if decorated >= 0:
                engine.watch(decorated, _call_decorated_back, call, value, variables)
            receiver, description = special_methods.callable_object(engine, description)
            if description[0] == "F" and engine.program.scopes[description[1]].library:
                _hand_on(call, engine.program.scopes[description[1]], receiver, variables)
                continue
        if description[0] == "O" and description[1] in _LISTS:
            elements = engine.containers.elements(description[1], description[2])
            if elements >= 0:
                engine.watch(elements, call_back, call, variables)
        elif description[0] == "F" and not engine.program.scopes[description[1]].library:
            _call_function_back(call, description, receiver, variables)
        elif description[0] == "C" and not engine.program.scopes[description[1]].library:
            _make(call.engine, call.site, value)
    call.apply()


def _call_decorated_back(new: frozenset[Value], call: LibraryCall, receiver: Value, variables: tuple[str, ...]) -> None:
    """What decorators have made of the ``__call__`` of an object is called."""
    for value in new:
        description = call.engine.values[value]
        if description[0] == "F" and not call.engine.program.scopes[description[1]].library:
            _call_function_back(call, description, receiver, variables)
    call.apply()


def _call_function_back(
    call: LibraryCall, description: tuple[Any, ...], receiver: Value, variables: tuple[str, ...]
) -> None:
    engine, function = call.engine, call.engine.program.scopes[description[1]]
    call.site.leads_to((function.index, receiver, "callback"), engine.single_targets, certain=True)
    parent = engine.frame_around(description)
    inner = engine.frame(function, parent, receiver)
    engine.given.call_otherwise(inner)
    parameters = [p for p in function.facts.parameters[receiver >= 0 :] if p[4] == ParameterKind.POSITIONAL]
    for parameter, variable in zip(parameters, variables, strict=False):
        made = _class_of_summary(engine, call.function, variable)
        if made is not None:
            engine.put(inner.nodes[parameter[1]], made)
        else:
            call.called_back.append((inner.nodes[parameter[1]], variable))


def _class_of_summary(engine: Engine, function: Scope, name: str) -> Value | None:
    """An object of the class of that name in the module of a summarised function; None where it is a type variable."""
    top = function.module.top
    ref = top.facts.names.get(name, -1)
    described = [engine.values[value] for value in engine.names.evaluate(top, ref)] if ref != -1 else []
    return next((engine.values.instance(d[1]) for d in described if d[0] == "C"), None)


def _make(engine: Engine, site: Site, value: Value) -> None:
    """A library makes an object of a class; what the class itself is given with is not for its initialiser."""
    told = site.kind, site.result, site.arguments, site.keywords
    site.kind, site.result, site.arguments, site.keywords = "callback", -1, [], []
    construction.construct(engine, site, value, engine.values[value])
    site.kind, site.result, site.arguments, site.keywords = told


def ask(new: frozenset[Value], call: LibraryCall, names: tuple[str, ...], base: Node = -1, operand: Node = -1) -> None:
    """The first of these special methods that an object has is called, for the values of ``base`` if that is known, with an
    ``operand`` if it takes one.
    """
    for value in new:
        cls = special_methods.special_class(call.engine, call.engine.values[value])
        if cls is None or cls.module.name == "builtins":
            continue
        result = -1 if cls.library else call.site.result
        for name in names:
            own = call.engine.hierarchy.member(cls, name) is not None
            if own or special_methods.is_put_in(call.engine, cls, name):
                special_methods.call_method(
                    call.engine, call.site.frame, result, value, cls, name, call.site.line, operand=operand
                )
                if name in ANY_OBJECT and not cls.library:
                    call.engine.catch_alls.note(base, call.site.frame, value, name, call.site.line)
            if own:
                for also in completed.also_called(call.engine, cls, names[0], name) if name != names[0] else ():
                    special_methods.call_method(call.engine, call.site.frame, result, value, cls, also, call.site.line)
                break


def _hand_on(call: LibraryCall, function: Scope, receiver: Value, variables: tuple[str, ...]) -> None:
    """An object of a library is called back, such as what ``methodcaller("run")`` gives."""
    inner = library_call.LibraryCall(
        call.engine, call.site, function, library_calls.receiver_bindings(call.engine, function, receiver), (), receiver
    )
    parameters = parameter_plan(call.engine, function).positional[1:]
    for parameter, variable in zip(parameters, variables, strict=False):
        if parameter is not None:
            call.handed_on.append((inner, parameter.wanted, variable))
