"""Why a call leads nowhere that is known: followed back from the called value to what nothing is known about."""

from __future__ import annotations

from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.frames import Frame, Site
from decompose.linking.program import Scope
from decompose.system.model import BlindSpot

_MAX_STEPS = 12

PARAMETER = "untyped parameter"
OUTSIDE = "third-party value"
ATTRIBUTE = "unknown attribute"
ELEMENT = "unknown element"
RESULT = "unknown result"
NAME = "unknown name"
DYNAMIC = "dynamic name"
CROWD = "too many values"
DATA = "other value"


class Cause(NamedTuple):
    """One of the causes above, and in words what it is about."""

    cause: str
    what: str


def unresolved(scope: Scope, site: Site, linked: Linked) -> BlindSpot:
    """The blind spot that an unresolved call is."""
    called = site.operation[2]
    operation = _attribute_read(scope, called)
    if operation is not None and linked.engine.values_of(site.frame.nodes[operation[2]]):
        cause, reason = ATTRIBUTE, f".{operation[3]}(): no known type of the receiver has this attribute"
    elif operation is not None:
        cause, what = _cause(linked, site.frame, operation[2])
        reason = f".{operation[3]}(): the receiver is {what}"
    else:
        cause, what = _cause(linked, site.frame, called)
        reason = f"the called value is {what}"
    return BlindSpot(
        kind="unresolved call",
        definition=scope.definition,
        file=scope.module.file,
        line=site.line,
        reason=reason,
        cause=cause,
    )


def _attribute_read(scope: Scope, ref: Ref) -> list[Any] | None:
    if type(ref) is not int or ref < 0:
        return None
    return next((o for o in scope.operations_producing(ref) if o[0] == Op.ATTRIBUTE), None)


def _cause(linked: Linked, frame: Frame, ref: Ref) -> Cause:
    scope = frame.scope
    for _ in range(_MAX_STEPS):
        if type(ref) is not int or ref < 0:
            return Cause(DATA, "a plain value")
        if frame.nodes[ref] in linked.engine.saturated:
            return Cause(CROWD, "one of more values than are followed")
        producers = scope.operations_producing(ref)
        if not producers:
            name = next((p[0] for p in scope.facts.parameters if p[1] == ref), "")
            return Cause(PARAMETER, f"the parameter {name}, of which nothing is known") if name else _UNKNOWN
        operation = producers[0]
        match operation[0]:
            case Op.COPY | Op.NARROW | Op.ENTER:
                ref = operation[2]
            case Op.ATTRIBUTE:
                known = _what_is_known(linked, frame, operation[2])
                if known == OUTSIDE:
                    return Cause(OUTSIDE, f"the attribute {operation[3]} of something outside")
                if known:
                    return Cause(ATTRIBUTE, f"the attribute {operation[3]}, which is given no known value")
                ref = operation[2]
            case Op.CALL:
                return _of_call(linked, frame, operation)
            case Op.ITEM | Op.ITERATE:
                if _what_is_known(linked, frame, operation[2]):
                    return Cause(ELEMENT, "an element of something that holds no known value")
                ref = operation[2]
            case Op.FREE:
                return Cause(NAME, f"{operation[2]}, a name of which no value is known")
            case _:
                return _UNKNOWN
    return _UNKNOWN


def _of_call(linked: Linked, frame: Frame, operation: list[Any]) -> Cause:
    described = [linked.values[value] for value in sorted(_values(linked, frame, operation[2]))]
    for description in described:
        if description[0] == "X":
            name = f"{description[1]}:{description[2]}"
            dynamic = description[1:] == ("builtins", "getattr")
            return (
                Cause(DYNAMIC, "an attribute whose name is computed")
                if dynamic
                else Cause(OUTSIDE, f"what {name} gives")
            )
        if description[0] in ("F", "B", "C"):
            described_function = linked.values[description[1]] if description[0] == "B" else description
            callee = linked.program.scopes[described_function[1]]
            if callee.definition == "builtins:getattr":
                return Cause(DYNAMIC, "an attribute whose name is computed")
            return Cause(OUTSIDE if callee.library else RESULT, f"what {callee.definition} gives")
    return Cause(RESULT, "what another call gives that is not resolved" if not described else "what a call gives")


def _values(linked: Linked, frame: Frame, ref: Ref) -> frozenset[int]:
    return linked.engine.values_of(frame.nodes[ref]) if type(ref) is int and ref >= 0 else frozenset()


def _what_is_known(linked: Linked, frame: Frame, ref: Ref) -> str:
    """Empty, `OUTSIDE`, or something else: where the values of a ref come from."""
    kinds = {linked.values[value][0] for value in _values(linked, frame, ref)}
    return "" if not kinds else OUTSIDE if kinds == {"X"} else "inside"


_UNKNOWN = Cause(DATA, "not known")
