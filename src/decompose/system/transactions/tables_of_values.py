"""Which tables values are about: rows and classes of a table, what is made for them, and containers of any of these."""

from __future__ import annotations

from collections.abc import Iterable

from decompose.linking import Linked
from decompose.linking.values import Value
from decompose.system.schema.tables import Schema

_MAX_DEPTH = 6


class TablesOfValues:
    """Answers for one linked program."""

    def __init__(self, linked: Linked, schema: Schema) -> None:
        self._linked = linked
        self._schema = schema
        self._of_value: dict[Value, frozenset[str]] = {}
        self._of_node: dict[int, frozenset[str]] = {}

    def of_node(self, node: int, depth: int = 0) -> frozenset[str]:
        """The tables that the values of a node are about, as far as they lie no deeper than some containers in containers."""
        known = self._of_node.get(node)
        if known is None:
            if depth > _MAX_DEPTH:
                return frozenset()
            self._of_node[node] = frozenset()  # a container that holds itself adds nothing to itself
            values = sorted(self._linked.engine.values_of(node))
            known = self._of_node[node] = frozenset(table for value in values for table in self._of(value, depth))
        return known

    def of_value(self, value: Value) -> frozenset[str]:
        """The tables that a value is about."""
        return self._of(value, 0)

    def _of(self, value: Value, depth: int) -> frozenset[str]:
        known = self._of_value.get(value)
        if known is None:
            if depth > _MAX_DEPTH:
                return frozenset()
            known = self._of_value[value] = frozenset(self._found_of(value, depth))
        return known

    def _found_of(self, value: Value, depth: int) -> Iterable[str]:
        description = self._linked.values[value]
        kind = description[0]
        if kind in ("I", "C"):
            cls = self._linked.program.scopes[description[1]]
            table = self._schema.table_meant(cls)
            if table is not None:
                return (table,)
            # A repository of orders, a form of an order: what its type arguments say, or those of the classes above it.
            arguments = {inner for argument in description[2] for inner in argument}
            for ancestor in self._linked.hierarchy.order(cls) if not cls.library else ():
                bound = self._linked.hierarchy.bindings(cls, description[2], ancestor)
                arguments.update(inner for types in bound.values() for inner in types)
            return [t for inner in sorted(arguments) for t in self._of(inner, depth + 1)]
        if kind == "D":
            named = self._schema.resolve(description[1])
            return (named,) if named is not None else ()
        if kind == "O":
            return self.of_node(description[2], depth + 1)
        if kind in ("B", "S"):
            return self._of(description[2], depth + 1)
        return ()
