"""What a call gives of all that a function may return: ``if function is None: return decorate`` is nothing for who gives a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.facts.alone import ANY, COROUTINE, GENERATING_COROUTINE, GENERATOR, MARK, NOTHING, ORDINARY, OTHER, TEXT
from decompose.facts.records import ParameterKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node

_MAX_STEPS = 6


def nodes(engine: Engine, site: Site, function: Scope, frame: Frame, *, skip: int) -> Iterable[Node]:
    """The nodes of what a call of a function gives; ``skip``: how many parameters the receiver takes."""
    facts = function.facts
    if not facts.returning or facts.yields:
        return (frame.returns,)
    letters = {name: _given(site, function, name, skip) for _, switches in facts.returning for name, _ in switches}
    kept = [
        ref
        for ref, switches in facts.returning
        if not any(letters[name] and letters[name] in without for name, without in switches)
    ]
    if len(kept) == len(facts.returning):
        return (frame.returns,)
    if facts.return_annotation is not None and not all(_is_made(function, ref, _MAX_STEPS) for ref in kept):
        return (frame.returns,)
    return [node for ref in kept if (node := engine.node_of(frame, ref)) >= 0]


def running(frame: Frame) -> Iterable[list[Any]]:
    """The operations of a frame without the functions and calls on lines that do not run for what the call gave for which it was made."""
    asked_by, lines = frame.asked_by, frame.scope.facts.alone
    if asked_by is None or not lines:
        return frame.operations
    function = frame.scope
    skip = int(function.is_method and function.facts.flavour != "static")
    letters = {name: _given(asked_by, function, name, skip) for _, _, name, _ in lines}
    left_out = [(first, last) for first, last, name, without in lines if letters[name] and letters[name] in without]
    return [
        operation
        for operation in frame.operations
        if (line := _line_of(function, operation)) < 0 or not any(first <= line <= last for first, last in left_out)
    ]


def _line_of(function: Scope, operation: list[Any]) -> int:
    """Where a function is written or a call is made; below zero for anything else."""
    line: int = -1
    if operation[0] == Op.FUNCTION:
        line = function.module.scopes[operation[2]].facts.line
    elif operation[0] == Op.CALL:
        line = operation[-1]
    return line


def _is_made(function: Scope, ref: Any, steps: int) -> bool:
    """Whether what is returned is a function that is made here, or what such a one gives: what is declared tells no more."""
    made = function.operations_producing(ref) if steps and type(ref) is int and ref >= 0 else []
    return bool(made) and all(
        operation[0] == Op.FUNCTION
        or (operation[0] == Op.DECORATE and _is_made(function, operation[3], steps - 1))
        or (operation[0] in (Op.COPY, Op.CALL) and _is_made(function, operation[2], steps - 1))
        for operation in made
    )


def _given(site: Site, function: Scope, name: str, skip: int) -> str:
    """``T``, ``F`` or ``N`` for an argument that is as good as true, false or none; empty where that is not known.

    For the name of one that is asked whether it is what is decorated, the letters of `facts.alone`.
    """
    asked = name.removeprefix(MARK)
    place, parameter = next(((i, p) for i, p in enumerate(function.facts.parameters) if p[0] == asked), (0, None))
    if parameter is None or any(keyword is None for keyword, _ in site.keywords):
        return ""
    if any(type(ref) is list and ref[0] == "*" for ref in site.arguments):
        return ""
    place -= skip
    if asked != name:
        return _decorated(site, place, parameter)
    if parameter[4] == ParameterKind.POSITIONAL and 0 <= place < len(site.arguments):
        return "T" if site.kind == "decorate" else _letter(site.arguments[place])
    named = [ref for keyword, ref in site.keywords if keyword == name]
    return _letter(named[0]) if named else _letter(parameter[3])


def _decorated(site: Site, place: int, parameter: list[Any]) -> str:
    if not 0 <= place < len(site.arguments):
        named = any(keyword == parameter[0] for keyword, _ in site.keywords)
        left_out = parameter[4] == ParameterKind.STAR or _letter(parameter[3]) == "N"
        return NOTHING if left_out and not named else ""
    return _kind_of(site.frame, site.arguments[place]) or (ANY if site.kind == "decorate" else "")


def _kind_of(frame: Frame, given: Any) -> str:
    """The letter of what is given; empty where that is not known. What a function only hands on tells whoever called it, if the
    function is looked at for that call.
    """
    if type(given) is str:
        return TEXT
    if type(given) is list:
        return OTHER if given[0] == "c" else ""
    made = frame.scope.operations_producing(given)
    if made and all(operation[0] == Op.FUNCTION for operation in made):
        kinds = {_kind(frame.scope.module.scopes[operation[2]]) for operation in made}
        return kinds.pop() if len(kinds) == 1 else ANY
    asked_by = frame.asked_by
    if asked_by is None or made:
        return ""
    own = frame.scope.is_method and frame.scope.facts.flavour != "static"
    place = next((i for i, p in enumerate(frame.scope.facts.parameters) if p[1] == given), -1)
    if place < 0 or any(type(ref) is list and ref[0] == "*" for ref in asked_by.arguments):
        return ""
    return _decorated(asked_by, place - own, frame.scope.facts.parameters[place])


def _kind(function: Scope) -> str:
    """The letter of a function, as `inspect` would tell it."""
    facts = function.facts
    if facts.coroutine:
        return GENERATING_COROUTINE if facts.yields else COROUTINE
    return GENERATOR if facts.yields else ORDINARY


def _letter(ref: object) -> str:
    if type(ref) is not list or ref[0] != "c":
        return "T" if isinstance(ref, str) and ref else ""
    return "N" if ref[1] is None else "T" if ref[1] is True else "F" if ref[1] is False else ""
