"""The constants that calls give for arguments that decide which lines of a function run: ``save(commit=False)``."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking.program import Scope
from decompose.system.calls.arguments import Given, parameter_of

_TAKING = frozenset({"get", "pop"})


def constant_given(given: Given, function: Scope, name: str) -> str:
    """The constant that a call gives for an argument, or leaves to the function's own default; empty where that is not known."""
    ref = given_for(given, function, name)
    if ref != -1:
        return spelled(given.site.frame.scope, ref)
    return otherwise(function, name) if leaves_out(given, function, name) else ""


def leaves_out(given: Given, function: Scope, name: str) -> bool:
    """Whether a call gives nothing for an argument, so that the function's own default counts."""
    site = given.site
    unpacked = any(keyword is None for keyword, _ in site.keywords)
    if any(keyword == name for keyword, _ in site.keywords) or (unpacked and not _is_taken_out(given, name)):
        return False
    parameter = _parameter(function, name)
    if parameter is None:
        return True
    starred = any(isinstance(ref, list) and ref[0] == "*" for ref in site.arguments)
    return not starred and not _is_at(given, function, parameter)


def handed_on(given: Given, function: Scope, name: str) -> str:
    """The argument of the caller that a call gives for another, by itself or among all that the caller is given."""
    ref = given_for(given, function, name)
    if ref != -1:
        return parameter_of(given.site.frame.scope, ref)
    return name if _further(given) is not None and not _is_taken_out(given, name) else ""


def _further(given: Given) -> Ref | None:
    """The further arguments of the caller, where a call hands them on: ``save(**options)``."""
    scope = given.site.frame.scope
    rest = next((ref for keyword, ref in given.site.keywords if keyword is None), -1)
    handed = parameter_of(scope, rest) if rest != -1 else ""
    return next((p[1] for p in scope.facts.parameters if p[0] == handed and p[4] == ParameterKind.STAR_STAR), None)


def _is_taken_out(given: Given, name: str) -> bool:
    """Whether the caller takes an argument out before it hands on the others: ``kwargs.pop("commit")``; a name of its own never is one."""
    scope, further = given.site.frame.scope, _further(given)
    if further is None:
        return False
    return _parameter(scope, name) is not None or bool(_taking(scope, further, name, {"pop"}))


def _taking(scope: Scope, further: Ref, name: str, methods: Container[str]) -> list[list[Any]]:
    """The calls that ask for one of the further arguments of a function, or take it out."""
    asked = {o[1] for o in scope.facts.ops if o[0] == Op.ATTRIBUTE and o[2] == further and o[3] in methods}
    return [o for o in scope.facts.ops if o[0] == Op.CALL and o[2] in asked and o[3][:1] == [name]] if asked else []


def otherwise(function: Scope, name: str) -> str:
    """The constant for an argument that a call leaves out: ``commit=False``, ``kwargs.pop("commit", False)``."""
    parameter = _parameter(function, name)
    if parameter is not None:
        return spelled(function, parameter[3]) if isinstance(parameter[3], list) else ""
    further = next((p[1] for p in function.facts.parameters if p[4] == ParameterKind.STAR_STAR), None)
    taking = _taking(function, further, name, _TAKING) if further is not None else []
    found = {spelled(function, o[3][1]) if len(o[3]) > 1 else "None" for o in taking}
    return found.pop() if len(found) == 1 else ""


def given_for(given: Given, function: Scope, name: str) -> Ref:
    """The ref that a call gives for an argument, a parameter or one of the further ones; -1 where there is none."""
    return given.argument(function, name) if _parameter(function, name) else given.site.argument(-1, name)


def _parameter(function: Scope, name: str) -> list[Any] | None:
    return next((p for p in function.facts.parameters if p[0] == name), None)


def _is_at(given: Given, function: Scope, parameter: list[Any]) -> bool:
    """Whether a call has an argument of which nothing is known at the place of a parameter."""
    place = function.facts.parameters.index(parameter)
    return parameter[4] == ParameterKind.POSITIONAL and (
        place < given.first or place + given.shift < len(given.site.arguments)
    )


def spelled(scope: Scope, ref: Ref) -> str:
    """A constant as ``True``, ``False`` or ``None``; empty where it is not known."""
    if isinstance(ref, str):
        return str(bool(ref))
    if isinstance(ref, list):
        if ref[0] != "c" or len(ref) > 2:
            return ""
        return "None" if ref[1] is None else str(bool(ref[1]))
    made = scope.operations_producing(ref) if type(ref) is int and ref >= 0 else ()
    return "True" if any(o[0] == Op.CONTAINER and o[3] for o in made) else ""
