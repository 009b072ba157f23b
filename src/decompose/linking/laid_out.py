"""Rows of several: what a query of several classes gives are tuples, with a row of each at its position."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.library_call import LibraryCall
    from decompose.linking.solver import Node
    from decompose.linking.values import Types, Value

_MAX_CLASSES = 4
"""Where more classes come to one position, code asks for whatever it is given: nothing is told of its rows."""


def lay_out(call: LibraryCall, variable: str) -> None:
    """Let a type variable stand for such tuples too, as soon as it is known what all arguments are."""
    engine, site = call.engine, call.site
    if len(site.arguments) < 2 or any(isinstance(ref, list) and ref[0] == "*" for ref in site.arguments):
        return
    nodes = [engine.node_of(site.frame, ref) for ref in site.arguments]
    row = _Row(call, variable, [node >= 0 for node in nodes])
    for position, node in enumerate(nodes):
        if node >= 0:
            engine.watch(node, row.put, position)


def load_named(engine: Engine, result: Node, positions: tuple[Types, ...], name: str) -> None:
    """``row.Order``: of a row of several the one whose class has this name."""
    for value in (value for types in positions for value in types):
        described = engine.values[value]
        if described[0] == "I" and engine.program.scopes[described[1]].facts.name == name:
            engine.put(result, value)


class _Row:
    """The arguments of one call, as far as they are known."""

    def __init__(self, call: LibraryCall, variable: str, awaited: list[bool]) -> None:
        self.call = call
        self.variable = variable
        self.classes: list[set[Value]] = [set() for _ in awaited]
        self.awaited = {position for position, waiting in enumerate(awaited) if waiting}

    def put(self, new: frozenset[Value], position: int) -> None:
        """Something comes to one of the positions: a class, or a column, which tells no row."""
        values = self.call.engine.values
        given = {values.instance(*values[value][1:3]) for value in new if values[value][0] == "C"}
        if given <= self.classes[position] and position not in self.awaited:
            return
        self.classes[position] |= given
        self.awaited.discard(position)
        if not self.awaited and any(self.classes) and max(map(len, self.classes)) <= _MAX_CLASSES:
            self._bind()

    def _bind(self) -> None:
        engine = self.call.engine
        laid_out = tuple(tuple(sorted(classes)) for classes in self.classes)
        made = (engine.values[value][1] for value in engine.names.builtin("tuple") if engine.values[value][0] == "C")
        rows = tuple(engine.values.instance(cls, laid_out) for cls in made)
        self.call.bind_to(self.variable, rows)
