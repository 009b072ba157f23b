"""What calling a value leads to: the callee, its parameters, its result."""

from __future__ import annotations

import builtins
from collections import Counter, OrderedDict, deque
from collections.abc import Mapping
from types import AsyncGeneratorType, GeneratorType
from typing import TYPE_CHECKING, Any

from decompose.linking import library_calls, query_types, returned
from decompose.linking.attributes import binding
from decompose.linking.calls import (
    classes,
    construction,
    given_class,
    language,
    loads,
    outside,
    overrides,
    parameters,
    passing,
    picking,
)
from decompose.linking.containers import methods, own_classes
from decompose.linking.frames import Site
from decompose.linking.solver import MANY_VALUES
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.hierarchy import Member
    from decompose.linking.program import Scope

_CONTAINERS: Mapping[str, tuple[type, ...]] = {
    "dict": (dict, Counter, OrderedDict),
    "set": (set,),
    "tuple": (tuple,),
    "generator": (GeneratorType, AsyncGeneratorType),
    "deque": (deque,),
}
"""Kind of container -> the classes that it may be of; what is not here is a list."""


def call(new: frozenset[Value], engine: Engine, site: Site) -> None:
    """``site`` calls each new value."""
    for value in new:
        description = engine.values[value]
        kind = description[0]
        if kind == "F":
            call_function(engine, site, description, -1)
        elif kind == "B":
            call_function(engine, site, engine.values[description[1]], description[2])
        elif kind == "C":
            construction.construct(engine, site, value, description)
        elif kind == "I":
            call_instance(engine, site, value, description)
        elif kind == "X":
            call_external(engine, site, value, description)
        elif kind == "L":
            if site.result >= 0:
                engine.add(site.result, engine.standing_for(description[1]))
        elif kind == "K" and engine.values[description[1]][0] == "Q":
            # What is made of SQL text (stripped, put together, given its parameters) is still that text.
            engine.put(site.result, description[1])
            site.calls_outside(engine.values.intern("X", "builtins", f"str.{description[2]}"))
        elif kind == "K" and engine.values[description[1]][0] == "I":
            engine.put(site.result, description[1])
            site.calls_outside(engine.values.intern("X", "typing", f"NamedTuple.{description[2]}"))
        elif kind == "K" and engine.values[description[1]][0] == "C":
            classes.give_subclasses(engine, site, engine.values[description[1]])
        elif kind == "K" and engine.values[description[1]][0] == "F":
            binding.bind_given(engine, site, description[1])
        elif kind == "K":
            methods.call(engine, site, description[1], description[2])
            kind = engine.values[description[1]][1]
            if description[2] == "sort" and site.first_time("outside"):
                library_calls.call_of_elements(engine, site, "list", "sort", engine.values[description[1]][2])
            named_otherwise = own_classes.is_of_own_class(engine, description[1])
            for cls in _CONTAINERS.get(kind, (list,)) if not named_otherwise else ():
                if hasattr(cls, description[2]):
                    name = f"{cls.__qualname__}.{description[2]}"
                    site.calls_outside(engine.values.intern("X", cls.__module__, name))
                    break


def call_function(engine: Engine, site: Site, description: tuple[Any, ...], receiver: Value) -> None:
    """Call a function, with ``receiver`` as its first argument unless that is -1."""
    function = engine.program.scopes[description[1]]
    loading = engine.loading is not None and function.index in engine.loading.loaders
    if function.library:
        if loading:
            loads.load_by_constant(engine, site)
        site.leads_to((function.index, receiver, "library"), engine.single_targets, certain=True)
        if site.kind == "decorate":
            engine.declared_parameters.decorate(site)
        library_calls.call(engine, site, function, receiver)
        return
    if receiver >= 0 and function.facts.flavour == "static":
        receiver = -1
    if not engine.may_follow(site):
        return
    if loading:
        loads.load_by_constant(engine, site)
    certain = receiver < 0 or not engine.values.is_declared(receiver)
    site.leads_to((function.index, receiver, site.kind), engine.single_targets, certain=certain)
    parent = engine.frame_around(description)
    if parent.decorates is not None:
        site.wrappers = {**site.wrappers, parent.index: receiver}
    own = receiver if receiver >= 0 else _acts_for(engine, site, function) if function.is_method else -1
    handed_to = overrides.widened_by(engine, function, receiver)
    widening = handed_to if handed_to is not None and query_types.only_widens(engine, handed_to) else None
    if widening is not None:
        frame = overrides.frame_of(engine, function, parent, receiver)
        if site.first_time((receiver, widening.index, "widens")):
            overrides.give_back(engine, site, frame, widening, receiver)
    else:
        frame = engine.frame(function, parent, own, site)
    if handed_to is not None and widening is None and site.first_time((receiver, handed_to.index, "runs")):
        overrides.run_there(engine, site, frame, handed_to, receiver)
    if not site.first_time((frame.index, receiver >= 0)):
        return
    if site.kind == "decorate" and engine.own_frames.is_crowded(function, frame, site):
        # As good as a decorator that is not known: most return what they were given, or what ends up calling it.
        engine.saturated.update(frame.nodes[:1])
        engine.edge(engine.node_of(site.frame, site.arguments[0]), site.result)
        return
    parameters.bind_arguments(engine, site, function, frame, skip_first=receiver >= 0)
    forwarded = engine.own_frames.forwards_to(function) if receiver < 0 else -1
    if type(forwarded) is int and forwarded >= 0:
        engine.watch(engine.node_of(frame, forwarded), _forward, engine, site)
    if site.result < 0 or widening is not None or _gives_by_chance(engine, function, frame):
        return
    if engine.own_frames.gives_all(function) and not site.loads:
        engine.edge(frame.returns, site.result)
    else:
        _give_result(engine, site, function, receiver, frame)


def _gives_by_chance(engine: Engine, function: Scope, frame: Frame) -> bool:
    """Whether a wrapper was put around more functions than are followed: what it returns would be what some of them return."""
    return any(len(engine.values_of(frame.nodes[ref])) > MANY_VALUES for ref in function.wrapped())


def _give_result(engine: Engine, site: Site, function: Scope, receiver: Value, frame: Frame) -> None:
    """Give a call what a function returns, as far as it tells its callers apart."""
    skip_first = receiver >= 0
    handed_back = (
        _hand_back(engine, site, function, frame, skip_first=skip_first)
        or passing.hand_on(engine, site, function, frame, skip_first=skip_first)
        or picking.give_picked(engine, site, function, frame, skip_first=skip_first)
        or given_class.give_object(engine, site, function, frame, skip_first=skip_first)
    )
    named = site.loads and engine.loading is not None and engine.loading.puts_in(function)
    if not handed_back and not named and not engine.own_frames.is_told_by_arguments(function, frame):
        for node in returned.nodes(engine, site, function, frame, skip=int(skip_first)):
            engine.edge(node, site.result)
    if function.facts.return_annotation is not None:
        library_calls.bind_type_variables(engine, site, function, receiver, frame)


def _acts_for(engine: Engine, site: Site, function: Scope) -> Value:
    """For whom a method acts that is asked for of a class: for its own, or for the object of a subclass, as in
    ``Base.__init__(self, ...)`` and in a wrapper's ``function(*args)``.
    """
    caller, receiver = site.frame.scope, site.frame.receiver
    given = caller.facts.parameters
    if given and site.arguments and site.arguments[0] in (given[0][1], ["*", given[0][1]]):
        cls = caller.parent
        if caller.is_method and cls is not None and function.parent in engine.hierarchy.order(cls)[1:]:
            return receiver
        described = engine.values[receiver] if receiver >= 0 and not caller.is_method else ("",)
        if described[0] in ("I", "C") and function.parent in engine.hierarchy.order(
            engine.program.scopes[described[1]]
        ):
            return receiver
    return engine.own_receiver(function)


def _forward(new: frozenset[Value], engine: Engine, site: Site) -> None:
    """A function hands on all that it is given: what it calls of a library is called with the caller's own arguments."""
    for value in new:
        description = engine.values[value]
        if description[0] == "C" and engine.program.scopes[description[1]].library:
            construction.construct(engine, site, value, description)
        elif description[0] == "F" and engine.program.scopes[description[1]].library:
            call_function(engine, site, description, -1)


def _hand_back(engine: Engine, site: Site, function: Scope, frame: Frame, *, skip_first: bool) -> bool:
    """Give the caller back its own arguments; whether the result has nothing else."""
    back = engine.own_frames.handed_back(function)
    if not back.only:
        return False
    nodes = passing.given(engine, site, function, back.parameters, skip_first=skip_first)
    if nodes is None:
        return False
    for node in nodes:
        engine.edge(node, site.result)
    for annotation in (*back.narrowed, *(p[2] for p in back.parameters), function.facts.return_annotation):
        if annotation is not None:
            types = engine.promises.or_below(engine.promised(frame, annotation))
            engine.promises.assume_passed(site.result, types)
    return True


def call_instance(engine: Engine, site: Site, value: Value, description: tuple[Any, ...]) -> None:
    """Call an object that has ``__call__``."""
    cls = engine.program.scopes[description[1]]
    member = engine.hierarchy.member(cls, "__call__")
    if member is None or member.ref is None:
        if site.kind == "decorate" and cls.library:
            engine.edge(engine.node_of(site.frame, site.arguments[0]), site.result)
        return
    function = engine.function_of(member)
    if function is not None:
        call_function(engine, site, ("F", function.index, engine.class_frame(member.owner).index), value)
    elif is_decorated(member):
        engine.watch(engine.node_of(engine.class_frame(member.owner), member.ref), call_decorated, engine, site, value)


def is_decorated(member: Member) -> bool:
    """Whether a member of a class of the application is a method that decorators may have made something else of."""
    return not member.owner.library and member.ref is not None and member.owner.function_below(member.ref) is not None


def call_decorated(new: frozenset[Value], engine: Engine, site: Site, receiver: Value) -> None:
    """Call what decorators have made of a special method: the method itself, or a function around it."""
    for value in new:
        description = engine.values[value]
        if description[0] == "F":
            call_function(engine, site, description, receiver)


def _is_plain_object(description: tuple[Any, ...]) -> bool:
    """Whether a value is an object of a built-in class whose objects cannot be called, such as ``object()`` in the place of None."""
    _, module, name = description
    made_by = getattr(builtins, name[:-2], None) if module == "builtins" and name.endswith("()") else None
    return isinstance(made_by, type) and not issubclass(made_by, type)


NEW_TYPE = "NewType()"
"""What ``NewType("Key", str)`` makes, as something outside: whoever calls it only gets back what was given."""


def call_external(engine: Engine, site: Site, value: Value, description: tuple[Any, ...]) -> None:
    """Call something outside of the program."""
    if _is_plain_object(description) or not site.calls_outside(value):
        return
    if description[1] == "builtins" and language.call_builtin(engine, site, description[2]):
        return
    if description[2].endswith(".__new__") and site.arguments and site.result >= 0:
        construction.make(engine, site)
        return
    if description[2] in ("cast", "NewType") and len(site.arguments) == 2 and site.result >= 0:
        types = engine.names.annotations.of_expression(site.frame.scope, site.arguments[description[2] == "NewType"])
        if description[2] == "cast":
            engine.add_types(site.result, types)
        else:
            engine.put(site.result, engine.values.intern("L", types))
            engine.put(site.result, engine.values.intern("X", description[1], NEW_TYPE))
        return
    if description[2] == NEW_TYPE:
        return  # what it gives is told by the type that it is made of
    # The language's own functions call nothing but what their summary says.
    if description[1] != "builtins" and site.first_time("external"):
        outside.pass_outside(engine, site)
    if site.kind == "decorate":
        # An unknown decorator most often returns what it was given, or something that ends up calling it.
        node = engine.node_of(site.frame, site.arguments[0])
        if node >= 0:
            engine.edge(node, site.result)
        return
    result = engine.names.results.of_outside(value)
    if result is not None:
        engine.put(site.result, result)
