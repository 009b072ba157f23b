"""By what something is stored: constants, members of enumerations, objects with a hash of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts.records import PARTS, Ref
from decompose.linking import special_methods
from decompose.linking.containers import own_keys
from decompose.linking.frames import Frame
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.solver import Node


NOTHING = "\0"
"""In the place of a key: it is None, which stands for no key."""


class Asking(NamedTuple):
    """A container that a body asks for a key, or fills under it, and where what is there goes to or comes from."""

    frame: Frame
    every: Node
    other: Node
    stores: bool

    def do(self, engine: Engine, key: Any) -> None:
        """Ask, or store, now that the key is known; None: it may be any."""
        if key == NOTHING:
            return
        if self.stores:
            engine.edge(self.other, engine.containers.slot(self.every, key))
        else:
            engine.containers.read(self.every, key, self.other)


def hashed(new: frozenset[Value], engine: Engine, frame: Frame, line: int) -> None:
    """Each new value becomes an element of a set, or a key."""
    for value in new:
        description = engine.values[value]
        if description[0] == "I" and not engine.program.scopes[description[1]].library:
            special_methods.call_method(
                engine, frame, -1, value, engine.program.scopes[description[1]], "__hash__", line
            )


def compared(new: frozenset[Value], engine: Engine, frame: Frame, other: Any, line: int) -> None:
    """Something is looked for among these values."""
    for value in new:
        description = engine.values[value]
        if description[0] == "I" and not engine.program.scopes[description[1]].library:
            cls = engine.program.scopes[description[1]]
            special_methods.call_method(engine, frame, -1, value, cls, "__eq__", line, other)


def look_up(engine: Engine, frame: Frame, key: Ref, line: int) -> None:
    """A set or a table is asked for ``key``, or keeps it."""
    if "__hash__" in engine.class_names.special and type(key) is int and key >= 0:
        engine.watch(frame.nodes[key], hashed, engine, frame, line)


def constant_of(ref: Ref) -> Any:
    """The constant key that a ref is, or None."""
    if isinstance(ref, str):
        return ref
    if isinstance(ref, list) and ref[0] == "c" and isinstance(ref[1], str | int | float | bool) and ref[1] not in PARTS:
        return ref[1]
    return None


def read(engine: Engine, frame: Frame, every: Node, index: Ref, result: Node, *, popped: bool = False) -> None:
    """``result`` gets what a container has under ``index``, whatever that is or what the calls in view give for it."""
    known = key(engine, frame, index, popped=popped)
    if known is not None or not engine.given.asks(frame, index, Asking(frame, every, result, stores=False)):
        engine.containers.read(every, known, result)


def store(engine: Engine, frame: Frame, every: Node, index: Ref, source: Node) -> None:
    """A container gets what ``source`` holds under ``index``, whatever that is or what the calls in view give for it."""
    known = key(engine, frame, index)
    if known is not None:
        engine.edge(source, engine.containers.slot(every, known))
        return
    others = own_keys.store(engine, frame, every, index, source)
    for ref in [index] if others is None else others:
        if not engine.given.asks(frame, ref, Asking(frame, every, source, stores=True)):
            engine.edge(source, engine.containers.slot(every, key(engine, frame, ref)))


def key(engine: Engine, frame: Frame, ref: Ref, *, popped: bool = False) -> Any:
    """The constant, or the member of an enumeration, by which something is stored; None where it is not known.

    What a number is ``popped`` by is a place that moves.
    """
    if type(ref) is not int:
        return constant_of(ref) if not popped or isinstance(ref, str) else None
    known = engine.names.constants.key(frame.scope, ref) if not popped else None
    return known if known is not None else engine.named_loads.constant(frame, ref)
