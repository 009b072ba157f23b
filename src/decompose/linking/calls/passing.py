"""Functions that give back what they are given, narrowed: each caller gets its own rows, not those of all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts.records import ParameterKind
from decompose.linking import library_calls

if TYPE_CHECKING:
    from collections.abc import Iterable

    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node
    from decompose.linking.values import Types, Value


def hand_on(engine: Engine, site: Site, function: Scope, frame: Frame, *, skip_first: bool) -> bool:
    """Give a call its own arguments, as far as the function's methods keep their types; whether nothing else comes out of it."""
    if frame.depth or site.kind == "decorate":
        return False  # its frame is that of few calls
    passed = engine.own_frames.passed(function)
    if not passed.parameters:
        return False
    nodes = given(engine, site, function, passed.parameters, skip_first=skip_first)
    if not nodes:
        return False
    for node in nodes:
        engine.watch(node, _narrow, engine, site, frame, passed.methods)
    for annotation in (p[2] for p in passed.parameters):
        promised = engine.promised(frame, annotation) if annotation is not None else ()
        kept = [value for value in promised if all(_keeps_type(engine, value, name) for name in passed.methods)]
        engine.add_types(site.result, tuple(kept))
    if function.facts.return_annotation is not None:
        engine.add_types(site.result, engine.promised(frame, function.facts.return_annotation))
    return True


def given(
    engine: Engine, site: Site, function: Scope, wanted: Iterable[list[Any]], *, skip_first: bool
) -> list[Node] | None:
    """The nodes that a call gives for some parameters; None where it may give anything, with a star."""
    if any(type(ref) is list and ref[0] == "*" for ref in site.arguments) or any(n is None for n, _ in site.keywords):
        return None
    found = []
    for parameter in wanted:
        position = function.facts.parameters.index(parameter) - skip_first
        ref = site.argument(position if parameter[4] == ParameterKind.POSITIONAL else -1, parameter[0])
        node = engine.node_of(site.frame, ref)
        if node >= 0:
            found.append(node)
    return found


def _narrow(new: frozenset[Value], engine: Engine, site: Site, frame: Frame, methods: frozenset[str]) -> None:
    for value in new:
        if not all(_keeps_type(engine, value, name) for name in methods):
            engine.edge(frame.returns, site.result)
            continue
        engine.put(site.result, value)
        # It may have joined other rows to these: of all that it returns, this is what is about them.
        _, cls, arguments, *_ = engine.values[value]
        subject = arguments[:1]
        if not any(subject) and engine.program.scopes[cls].library:
            engine.edge(frame.returns, site.result)  # nothing says what rows these are
        elif subject and site.first_time((frame.index, "about", subject)):
            engine.watch(frame.returns, _put_about, engine, site, subject)


def _put_about(new: frozenset[Value], engine: Engine, site: Site, subject: tuple[Types, ...]) -> None:
    """Give a call what a query of the same rows has become."""
    for value in new:
        description = engine.values[value]
        if description[0] == "I" and description[2][:1] == subject:
            engine.put(site.result, value)


def _keeps_type(engine: Engine, value: Value, name: str) -> bool:
    """Whether a method of a library's gives the like of the object that it is asked of."""
    description = engine.values[value]
    if description[0] != "I":
        return False
    member = engine.hierarchy.member(engine.program.scopes[description[1]], name)
    function = engine.function_of(member)
    if function is None or not function.library or function.facts.return_annotation is None:
        return False
    promised = engine.names.types(function, function.facts.return_annotation)
    bound = engine.values.substitute(promised, library_calls.receiver_bindings(engine, function, value))
    return bool(bound) and all(engine.values[given_back][:3] == description[:3] for given_back in bound)
