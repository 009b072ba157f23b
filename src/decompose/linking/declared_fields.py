"""Objects that a schema is made from: each field that its class declares is read from the object under its name.

A field is declared by its type, or by what a call in the body of the class makes, which may be given the schema of what is inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.linking.attributes import reading
from decompose.linking.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope

MAX_PAIRS = 2_000
"""Where more kinds of schemas meet more kinds of objects at one call, the rest is left out."""


class DeclaredFields:
    """What one call reads, with the schemas inside of schemas."""

    def __init__(self, engine: Engine, frame: Frame, line: int) -> None:
        self.engine = engine
        self.frame = frame
        self.line = line
        self._done: set[tuple[int, Value]] = set()

    def read(self, schema: Scope, value: Value) -> None:
        """Read from an object what a schema declares, and from what that gives what the fields' own schemas do."""
        engine = self.engine
        if (schema.index, value) in self._done or len(self._done) >= MAX_PAIRS:
            return
        self._done.add((schema.index, value))  # also of containers: one may hold itself
        described = engine.values[value]
        if described[0] == "O":
            engine.watch(engine.containers.elements(described[1], described[2]), self._read_all, schema)
            return
        cls = engine.program.scopes[described[1]] if described[0] == "I" else None
        if cls is None:
            return
        if cls.library:
            for inner in (inner for argument in described[2][:1] for inner in argument):
                self.read(schema, inner)
            return
        for owner in engine.hierarchy.order(schema):
            for name, annotation in owner.facts.annotations.items() if not owner.library else ():
                self._load(cls, value, name, self._schemas(engine.names.types(owner, annotation)))
            for name, inner in self._made(owner) if not owner.library else ():
                self._load(cls, value, name, inner)
        if engine.hierarchy.member(schema, "__fields_of_row__") is not None:
            above = [owner for owner in engine.hierarchy.order(cls) if not owner.library]
            own = {name for o in above for name in (*o.facts.annotations, *(made for made, _ in self._made(o)))}
            for name in sorted(own | {name for index, name in engine.contributed if index == cls.index}):
                self._load(cls, value, name, ())

    def _load(self, cls: Scope, value: Value, name: str, schemas: Iterable[Scope]) -> None:
        """Read one field, where the object has it, and from what it gives what the schemas inside declare."""
        engine = self.engine
        if (cls.index, name) not in engine.contributed and engine.hierarchy.member(cls, name) is None:
            return
        node = engine.new_node()
        reading.load(engine.single(value), engine, self.frame, node, name, self.line)
        for inner in schemas:
            engine.watch(node, self._read_all, inner)

    def _made(self, owner: Scope) -> Iterator[tuple[str, list[Scope]]]:
        """The names in the body of a class that calls give, each with the classes of the application that the call is given."""
        engine = self.engine
        for name, ref in owner.facts.names.items():
            call = owner.call_producing(ref)
            if call is None or name in owner.facts.annotations:
                continue
            given = engine.values_of(engine.node_of(engine.class_frame(owner), call[3][0])) if call[3] else ()
            described = [engine.values[v] for v in sorted(given)]
            classes = (engine.program.scopes[d[1]] for d in described if d[0] in ("C", "I"))
            yield name, [scope for scope in classes if not scope.library]

    def _read_all(self, new: frozenset[Value], schema: Scope) -> None:
        for value in sorted(new):
            self.read(schema, value)

    def _schemas(self, types: tuple[Value, ...]) -> list[Scope]:
        """The application's classes among types, and among the type arguments of containers."""
        found: dict[int, Scope] = {}
        waiting = list(types)
        for value in waiting:
            described = self.engine.values[value]
            if described[0] != "I":
                continue
            cls = self.engine.program.scopes[described[1]]
            if cls.library:
                waiting += (inner for argument in described[2] for inner in argument if inner not in waiting)
            else:
                found[cls.index] = cls
        return [found[index] for index in sorted(found)]
