"""By what something is stored: constants, members of enumerations, objects with a hash of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts.records import PARTS, Ref
from decompose.linking import special_methods
from decompose.linking.frames import Frame
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine


def hashed(new: frozenset[Value], engine: Engine, frame: Frame, line: int) -> None:
    """Each new value becomes an element of a set, or a key."""
    for value in new:
        description = engine.values[value]
        if description[0] == "I" and not engine.program.scopes[description[1]].library:
            special_methods.call_method(
                engine, frame, -1, value, engine.program.scopes[description[1]], "__hash__", line
            )


def look_up(engine: Engine, frame: Frame, key: Ref, line: int) -> None:
    """A set or a table is asked for ``key``, or keeps it."""
    if "__hash__" in engine.special_names and type(key) is int and key >= 0:
        engine.watch(frame.nodes[key], hashed, engine, frame, line)


def constant_of(ref: Ref) -> Any:
    """The constant key that a ref is, or None."""
    if isinstance(ref, str):
        return ref
    if isinstance(ref, list) and ref[0] == "c" and isinstance(ref[1], str | int | float | bool) and ref[1] not in PARTS:
        return ref[1]
    return None


def key(engine: Engine, frame: Frame, ref: Ref, *, popped: bool = False) -> Any:
    """The constant, or the member of an enumeration, by which something is stored; None where it is not known.

    What a number is ``popped`` by is a place that moves.
    """
    if type(ref) is not int:
        return constant_of(ref) if not popped or isinstance(ref, str) else None
    known = engine.names.constants.key(frame.scope, ref) if not popped else None
    return known if known is not None else engine.named_loads.constant(frame, ref)
