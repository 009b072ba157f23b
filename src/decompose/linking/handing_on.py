"""Calls in which a method gives the method that it overrides the rest of what it was given: ``super().filter(*args, **lookups)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.facts.records import ParameterKind
from decompose.linking.found_once import found_once

if TYPE_CHECKING:
    from decompose.facts.records import Ref
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Site
    from decompose.linking.program import Scope

_REST = (ParameterKind.STAR, ParameterKind.STAR_STAR)


def is_told_by_callers(engine: Engine, site: Site, ref: Ref, name: str | None = "") -> bool:
    """Whether an argument is the rest of what an override was given: who calls it says what that is."""
    rest = name is None or (type(ref) is list and ref[:1] == ["*"])
    return rest and site.operation[1] in handing_on(engine, site.frame.scope)


@found_once
def handing_on(_: Engine, function: Scope) -> dict[int, int]:
    """Those calls of a function: their results, each with its line."""
    facts = function.facts
    takes_any = function.is_method and any(p[4] in _REST for p in facts.parameters)
    calls = (o for o in facts.ops if o[0] == Op.CALL and _has_rest(o)) if takes_any else ()
    return {call[1]: call[-1] for call in calls if _asks_above(function, call[2], facts.name)}


def _has_rest(call: list[Any]) -> bool:
    return any(type(ref) is list and ref[:1] == ["*"] for ref in call[3]) or any(name is None for name, _ in call[4])


def _asks_above(function: Scope, callee: Ref, name: str) -> bool:
    """``super().name``."""
    return any(
        asked[0] == Op.FREE and asked[2] == "super"
        for attribute in function.operations_producing(callee)
        if attribute[0] == Op.ATTRIBUTE and attribute[3] == name
        for made in function.operations_producing(attribute[2])
        if made[0] == Op.CALL
        for asked in function.operations_producing(made[2])
    )
