"""Queries that a function makes and returns: built here, run elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.effects import IF_THERE, functions_with_effect
from decompose.linking.frames import Frame
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.system.accesses.found import MAX_ALTERNATIVES, FoundAccesses
from decompose.system.model import RETURNED
from decompose.system.schema.tables import Schema

_MAX_CHAIN = 64
_LOADED_ALONG = 3
"""The position of the type argument of a query that holds the rows that it loads along, where the library tells them apart."""


class _Query(NamedTuple):
    """The rows that a query gives, what it touches besides, what it loads along, and the names of the relations that lead there."""

    rows: Sequence[Value]
    touched: Sequence[Value]
    loaded: Sequence[Value]
    names: Sequence[Value]


class ReturnedQueries:
    """The reads of queries where they are built."""

    def __init__(self, linked: Linked, schema: Schema, kept: FoundAccesses) -> None:
        self.linked = linked
        self.schema = schema
        self.kept = kept
        self._own_calls: frozenset[int] | None = None
        self._returned_by: dict[int, list[tuple[Ref, int]]] = {}
        self._queries_of_nothing: set[int] = set()

    def collect(self) -> None:
        """A query that a function makes and returns is built here and runs elsewhere."""
        found: dict[tuple[int, Value, int], set[str]] = {}
        along: dict[tuple[int, Value, int], set[str]] = {}
        if_there: dict[tuple[int, Value, int], set[str]] = {}
        for frame in self.linked.engine.frames:
            scope = frame.scope
            returned = self._returned(scope)
            if not returned or self.linked.seen.acts_unseen(scope, frame.receiver):
                continue
            for ref, line in returned:
                brought = self._brought(frame, ref)
                for rows, touched, loaded, names in self._queries(frame, ref):
                    place = (scope.index, frame.receiver, line)
                    for entity in rows:
                        found.setdefault(place, set()).update(self.schema.tables_of_value(entity))
                    known = set.intersection(*(brought.get(entity, set()) for entity in rows)) if rows else set()
                    joined = self._joined(rows, names)
                    for entity in {*touched, *loaded} - known:
                        kind = along if entity in touched or entity in joined else if_there
                        kind.setdefault(place, set()).update(self.schema.tables_of_value(entity))
        for (index, receiver, line), tables in sorted(found.items()):
            if len(tables) > MAX_ALTERNATIVES:
                self.kept.too_many(index, receiver, tables, "read", "build", RETURNED, line)
                continue
            told = tables | along.get((index, receiver, line), set())
            for table in sorted(told):
                self.kept.add(index, receiver, table, "read", (), "build", "inferred", RETURNED, line)
            for table in sorted(if_there.get((index, receiver, line), set()) - told):
                rule = f"{RETURNED}{IF_THERE}"
                self.kept.add(index, receiver, table, "read", (), "build", "inferred", rule, line)

    def _returned(self, scope: Scope) -> list[tuple[Ref, int]]:
        """What a function returns that a call of a library makes, with the line of the call."""
        known = self._returned_by.get(scope.index)
        if known is None:
            returns = scope.facts.returns if scope.is_function and not scope.library else ()
            refs = (ref for returned in returns for ref in _alternatives(scope, returned))
            known = [(ref, line) for ref in refs if (line := self._line_of_query(scope, ref))]
            self._returned_by[scope.index] = known
        return known

    def _queries(self, frame: Frame, ref: Ref) -> Iterator[_Query]:
        """The queries that a ref may be."""
        for value in self.linked.engine.values_of(self.linked.engine.node_of(frame, ref)):
            described = self.linked.values[value]
            cls = self.linked.program.scopes[described[1]] if described[0] == "I" else None
            operation = self.linked.hierarchy.member(cls, "__operation__") if cls is not None else None
            if operation is not None and operation.ref == "read":
                rows, touched, names, loaded = (*described[2], (), (), (), ())[:4]
                told = len(described[2]) > _LOADED_ALONG
                yield _Query(rows, touched, loaded if told else (), names if told else ())

    def _joined(self, rows: Sequence[Value], names: Sequence[Value]) -> set[Value]:
        """What a query loads along by keys alone, in the same statement; collections are another, if there are rows."""
        relations, found = self.linked.engine.relations, set[Value]()
        paths = [self.linked.values[name][1] for name in names if self.linked.values[name][0] == "D"]
        for described in (self.linked.values[row] for row in rows):
            for path in paths if described[0] == "I" else ():
                if relations.follows_keys(described[1], path):
                    found.update(relations.across(described[1], path, loads=True))
        return found

    def _brought(self, frame: Frame, ref: Ref) -> dict[Value, set[Value]]:
        """Rows -> what their query touched already where this function got it from: from its callers, or from another function."""
        scope = frame.scope
        for _ in range(_MAX_CHAIN):
            producers = scope.operations_producing(ref)
            asked = producers[0] if len(producers) == 1 else None
            if asked is None or asked[0] not in (Op.COPY, Op.NARROW, Op.CALL) or self._is_own_call(asked):
                break
            methods = scope.operations_producing(asked[2]) if asked[0] == Op.CALL else []
            receivers = [o[2] for o in methods if o[0] == Op.ATTRIBUTE]
            if asked[0] == Op.CALL and len(receivers) != 1:
                break
            ref = receivers[0] if asked[0] == Op.CALL else asked[2]
        brought: dict[Value, set[Value]] = {}
        for rows, touched, loaded, _ in self._queries(frame, ref):
            for entity in rows:
                brought.setdefault(entity, set()).update(touched, loaded)
        return brought

    def _is_own_call(self, operation: list[Any]) -> bool:
        return operation[0] == Op.CALL and id(operation) in self._calls_of_application()

    def _line_of_query(self, scope: Scope, ref: Ref) -> int:
        """The line of the call of a library that makes what is returned; 0 if it is made elsewhere."""
        origin = self.linked.origin(scope, ref)
        if origin is None or origin.scope is not scope or origin.operation[0] != Op.CALL:
            return 0
        asked = [o for o in scope.operations_producing(origin.operation[2]) if o[0] == Op.ATTRIBUTE]
        called = id(origin.operation)
        if not asked or called in self._calls_of_application() or _is_of_given(scope, origin.operation):
            return 0
        if called in self._queries_of_nothing:
            return 0
        return int(origin.operation[-1])

    def _calls_of_application(self) -> frozenset[int]:
        """The calls, by the identity of their operation, that lead to functions of the application only."""
        if self._own_calls is None:
            of_library: set[int] = set()
            own: set[int] = set()
            nothing = frozenset(functions_with_effect(self.linked.engine, "selects_nothing"))
            for site in self.linked.engine.sites:
                for index, _, kind in site.targets:
                    (of_library if kind == "library" else own).add(id(site.operation))
                    if kind == "library" and index in nothing:
                        self._queries_of_nothing.add(id(site.operation))
            self._own_calls = frozenset(own - of_library)
        return self._own_calls


def _alternatives(scope: Scope, ref: Ref) -> list[Ref]:
    """What a ref may be, one by one: ``[] or Order.objects.all()``."""
    producers = scope.operations_producing(ref)
    several = len(producers) > 1 and all(operation[0] == Op.COPY for operation in producers)
    return [operation[2] for operation in producers] if several else [ref]


def _is_of_given(function: Scope, call: list[Any]) -> bool:
    """Whether a chain of calls starts with a parameter: a query that is given is built by who gives it."""
    parameters = {parameter[1] for parameter in function.facts.parameters}
    waiting, seen = [call[2]], set[int]()
    while waiting:
        node = waiting.pop()
        if type(node) is not int or node < 0 or node in seen:
            continue
        if node in parameters and not (function.is_method and node == function.facts.parameters[0][1]):
            return True
        seen.add(node)
        waiting += [o[2] for o in function.operations_producing(node) if o[0] in (Op.COPY, Op.ATTRIBUTE, Op.CALL)]
    return False
