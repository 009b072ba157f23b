"""What a call gives of all that a function may return: ``if function is None: return decorate`` is nothing for who gives a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts.alone import DECORATED, MARK, NOTHING, PLAIN
from decompose.facts.records import ParameterKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node


def nodes(engine: Engine, site: Site, function: Scope, frame: Frame, *, skip: int) -> Iterable[Node]:
    """The nodes of what a call of a function gives; ``skip``: how many parameters the receiver takes."""
    facts = function.facts
    if not facts.returning or facts.yields or facts.return_annotation is not None:
        return (frame.returns,)
    letters = {name: _given(site, function, name, skip) for _, switches in facts.returning for name, _ in switches}
    kept = [
        ref
        for ref, switches in facts.returning
        if not any(letters[name] and letters[name] in without for name, without in switches)
    ]
    if len(kept) == len(facts.returning):
        return (frame.returns,)
    return [node for ref in kept if (node := engine.node_of(frame, ref)) >= 0]


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
    if site.kind == "decorate":
        return DECORATED
    given = site.arguments[place]
    return PLAIN if type(given) is str or (type(given) is list and given[0] == "c") else ""


def _letter(ref: object) -> str:
    if type(ref) is not list or ref[0] != "c":
        return "T" if isinstance(ref, str) and ref else ""
    return "N" if ref[1] is None else "T" if ref[1] is True else "F" if ref[1] is False else ""
