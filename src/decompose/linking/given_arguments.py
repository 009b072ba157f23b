"""What a call of a library function gives for its parameters, and what it leaves out, as far as effects depend on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.facts.records import ParameterKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from decompose.facts.records import Ref
    from decompose.linking.frames import Site
    from decompose.linking.program import Scope


def rules_out(
    site: Site, function: Scope, effect: str, arguments: list[Any], settled: Mapping[tuple[int, Ref], Any]
) -> bool:
    """Whether what the call is given, or is not given, says that nothing is done; ``settled``: constants that parameters are."""
    if effect not in ("unless", "only_with", "only_without") or _hides_arguments(site):
        return False
    ref = given_for(site, function, arguments[0])
    if effect == "only_with":
        return type(ref) is int and ref == -1
    if effect == "only_without":
        return ref not in (-1, ["c", None])
    if type(ref) is int:
        return bool(settled.get((site.frame.scope.index, ref), ...) == arguments[1])
    return type(ref) is list and ref[0] == "c" and ref[1] == arguments[1]


def given_for(site: Site, function: Scope, name: str) -> Ref:
    """What the call gives for a parameter."""
    names = [p[0] for p in function.facts.parameters if p[4] == ParameterKind.POSITIONAL]
    return site.argument(names.index(name) - 1 if name in names else -1, name)


def surely_given(site: Site, function: Scope, name: str) -> bool:
    """Whether the call gives something that is there: a constant, or what a display such as ``[a, b]`` makes."""
    ref = given_for(site, function, name)
    if type(ref) is list:
        return ref[0] == "c" and bool(ref[1])
    made = site.frame.scope.operations_producing(ref)
    return any(operation[0] == Op.CONTAINER for operation in made)


def may_be_given(site: Site, function: Scope, name: str) -> bool:
    """Whether the call may give something that counts as true."""
    if _hides_arguments(site):
        return True
    ref = given_for(site, function, name)
    return bool(ref[1]) if type(ref) is list and ref[0] == "c" else ref != -1


def _hides_arguments(site: Site) -> bool:
    """Whether a call has ``*arguments`` or ``**keywords``, which may be any."""
    starred = any(type(ref) is list and ref[0] == "*" for ref in site.arguments)
    return starred or any(name is None for name, _ in site.keywords)
