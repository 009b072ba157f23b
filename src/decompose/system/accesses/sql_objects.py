"""Objects that make SQL of the tables that they are given: ``Insert("builds", data).execute()``, a layer of the application's own.

A class counts as such a layer when a method of it holds SQL text with an open table, and its objects are given a known table by
an argument that is named like one. Where such an object is made, that table is accessed: who makes a statement nearly always runs
it, in the same function.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from decompose.facts import HOLE, Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.handed_in import handed_by_call
from decompose.linking.makers import Makers
from decompose.linking.program import Scope
from decompose.system.accesses.found import FoundAccesses
from decompose.system.schema.tables import Schema

RULE = "SQL of an object that was given the table"
_OPEN = rf"(?:{HOLE}|%\(\w+\)s|%s|\{{\w*\}})"
_OPERATIONS = {
    "insert": re.compile(rf"\s*INSERT\s+INTO\s+{_OPEN}", re.IGNORECASE),
    "update": re.compile(rf"\s*UPDATE\s+{_OPEN}\s+SET\b", re.IGNORECASE),
    "delete": re.compile(rf"\s*DELETE\s+FROM\s+{_OPEN}", re.IGNORECASE),
    "read": re.compile(rf"\s*SELECT\b.*\bFROM\s+{_OPEN}", re.IGNORECASE | re.DOTALL),
}
_OF_A_TABLE = re.compile(r"table|from|join", re.IGNORECASE)
_JOINED = re.compile(r"join", re.IGNORECASE)
_FIRST_NAME = re.compile(r"\s*(?:(?:LEFT|RIGHT|FULL|INNER|OUTER|CROSS|NATURAL|JOIN|ONLY)\s+)*([\w.]+)", re.IGNORECASE)


class SqlObjects:
    """The accesses of one linked program that such objects make."""

    def __init__(self, linked: Linked, schema: Schema, kept: FoundAccesses) -> None:
        self.linked = linked
        self.schema = schema
        self.kept = kept
        self.makers = Makers(linked)

    def collect(self) -> None:
        """Keep what each object is made for, at the line that makes it."""
        layers = self._layers()
        for site in self.linked.engine.sites if layers else ():
            scope = site.frame.scope
            if scope.library:
                continue
            for target, receiver, kind in site.targets:
                made = self.linked.values[receiver] if kind == "construct" and receiver >= 0 else ("",)
                order = self.linked.hierarchy.order(self.linked.program.scopes[made[1]]) if made[0] == "I" else ()
                operations = next((layers[cls.index] for cls in order if cls.index in layers), frozenset())
                for table, joined in self._tables(site, self.linked.program.scopes[target]) if operations else ():
                    for operation in sorted(operations) if not joined else ("read",):
                        self.kept.add(
                            scope.index,
                            site.frame.receiver,
                            table,
                            operation,
                            (),
                            "execute",
                            "inferred",
                            RULE,
                            site.line,
                        )

    def _layers(self) -> dict[int, frozenset[str]]:
        """Class -> what its own SQL does to tables that are open; looked for where any text has such a table."""
        scopes = self.linked.program.scopes
        modules = {
            scope.module.name
            for scope in scopes
            if not scope.library and any(_operations(text) for text in scope.facts.templates)
        }
        found: dict[int, set[str]] = {}
        for scope in scopes:
            if scope.module.name in modules and scope.is_method and scope.parent is not None and not scope.library:
                for text in _texts(scope):
                    found.setdefault(scope.parent.index, set()).update(_operations(text))
        return {index: frozenset(operations) for index, operations in found.items() if operations}

    def _tables(self, site: Site, initialiser: Scope) -> Iterator[tuple[str, bool]]:
        """The known tables that an object is given, each with whether it is only joined."""
        names = {(initialiser.index, p[1]): p[0] for p in initialiser.facts.parameters}
        given = handed_by_call(initialiser, site.frame.scope, site.arguments, site.keywords)
        for place, (scope, ref) in given.items():
            name = names.get(place, "")
            for text in self._constants(scope, ref) if _OF_A_TABLE.search(name) else ():
                first = _FIRST_NAME.match(text)
                table = self.schema.resolve(first[1]) if first is not None else None
                if table is not None:
                    yield table, _JOINED.search(name) is not None

    def _constants(self, scope: Scope, ref: Ref) -> Iterator[str]:
        constant = self.linked.constant(scope, ref)
        for text in constant if isinstance(constant, list | tuple) else [constant]:
            if isinstance(text, str):
                yield text
        for origin, given in self.makers.of(scope, ref) if constant is None else ():
            for element in origin.operation[3] if origin.operation[0] == Op.CONTAINER else ():
                text = self.linked.constant(origin.scope, element, given)
                if isinstance(text, str):
                    yield text


def _operations(text: str) -> set[str]:
    return {operation for operation, pattern in _OPERATIONS.items() if pattern.match(text)}


def _texts(scope: Scope) -> Iterator[str]:
    """The texts that stand in a function."""
    yield from scope.facts.templates
    for operation in scope.facts.ops:
        for part in operation[1:]:
            if isinstance(part, str):
                yield part
            elif isinstance(part, list):
                yield from (inner for inner in part if isinstance(inner, str))
    yield from (returned for returned in scope.facts.returns if isinstance(returned, str))
