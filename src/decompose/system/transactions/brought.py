"""Which tables the values inside of a function are about, and by which of its parameters they have come in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from decompose.facts import Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.frames import Frame, Site
from decompose.linking.libraries import consequences
from decompose.linking.program import Scope
from decompose.system.schema.tables import Schema
from decompose.system.transactions.asked_attributes import AskedAttributes
from decompose.system.transactions.related import Related, behind
from decompose.system.transactions.tables_of_values import TablesOfValues

Sources = dict[str, frozenset[str]]
"""Table -> the parameters by which it has come in, or those of which an attribute leads to it (``row.options``); an empty name
stands for anything else."""

_ELSEWHERE = frozenset({""})
_MAX_NODES = 60
"""A value that has come a longer way inside of a function counts as come from elsewhere."""
_MAX_ATTRIBUTES = 3
"""So does what lies behind more relations than this."""

_FOLLOWING = ("read", "cascade", "cascade_of_query", "insert", "update", "delete")


class Brought:
    """Answers for one linked program."""

    def __init__(self, linked: Linked, schema: Schema) -> None:
        self.linked = linked
        self.schema = schema
        self._sources: dict[tuple[int, int], Sources] = {}
        self._lines: dict[tuple[int, int], Sources] = {}
        self._given: dict[int, frozenset[str]] = {}
        self._operations: dict[int, dict[int, list[list[Any]]]] = {}
        self._following: dict[str, frozenset[str]] = {}
        self._led: dict[int, frozenset[str]] = {}
        self.tables = TablesOfValues(linked, schema)
        self.related = Related(linked, schema, self.tables)
        self.asked = AskedAttributes()

    def of(self, frame: Frame, ref: Ref) -> Sources:
        """The tables of a ref in a frame, and by which parameters of its function they have come in."""
        if isinstance(ref, list) and ref[0] == "*":
            ref = ref[1]
        if type(ref) is not int or ref < 0:
            return {}
        key = (frame.index, ref)
        known = self._sources.get(key)
        if known is None:
            tables = self.tables.of_node(frame.nodes[ref])
            given = self.given(frame) | self._led_to(frame) if tables else tables
            known = self._sources[key] = {
                table: self._leaves(frame, ref, table) if table in given else _ELSEWHERE for table in sorted(tables)
            }
        return known

    def given(self, frame: Frame) -> frozenset[str]:
        """The tables that come into a function by any of its parameters."""
        known = self._given.get(frame.index)
        if known is None:
            # What a function without a name is given, its function is not.
            function = function_around(frame)
            named = function.scope.facts.kind == ScopeKind.FUNCTION
            nodes = [function.nodes[parameter[1]] for parameter in function.scope.facts.parameters] if named else []
            # What it asks for by a name that it is given, comes in by that name.
            nodes += [function.nodes[result] for result in self.asked.of(function.scope)] if named else []
            known = self._given[frame.index] = frozenset().union(*map(self.tables.of_node, nodes))
        return known

    def of_attribute(self, frames: Iterable[Frame], name: str, attribute: str) -> frozenset[str]:
        """The tables to which an attribute leads that a function asks for by the name that a parameter is."""
        rows = {
            table
            for frame in frames
            for asked in self.asked.of(frame.scope).values()
            if asked.name == name and type(asked.of) is int and asked.of >= 0
            for table in self.tables.of_node(frame.nodes[asked.of])
        }
        return frozenset(led for table in sorted(rows) for led in self.related.led_to(table, attribute))

    def _led_to(self, frame: Frame) -> frozenset[str]:
        """The tables to which attributes lead of what comes into a function, where that is of several tables."""
        known = self._led.get(frame.index)
        if known is None:
            given = self.given(frame)
            found = set(given) if len(given) > 1 else set[str]()
            for operation in frame.scope.facts.ops if found else ():
                if operation[0] == Op.ATTRIBUTE and type(operation[2]) is int and operation[2] >= 0:
                    for table in self.tables.of_node(frame.nodes[operation[2]]) & found:
                        found |= self.related.led_to(table, operation[3])
            known = self._led[frame.index] = frozenset(found - given)
        return known

    def by_receiver(self, site: Site) -> Sources:
        """The tables of the object whose method a call is of."""
        called = site.operation[2]
        if type(called) is not int or called < 0:
            return {}
        for operation in site.frame.scope.operations_producing(called):
            if operation[0] == Op.ATTRIBUTE:
                return self.of(site.frame, operation[2])
        return self.of(site.frame, called)

    def _leaves(self, frame: Frame, ref: int, table: str, depth: int = 0) -> frozenset[str]:
        nameless = frame.scope.facts.kind == ScopeKind.LAMBDA
        names = {} if nameless else frame.scope.parameter_names()
        found: set[str] = set()
        seen, waiting = set[int](), [ref]
        while waiting:
            node = waiting.pop()
            if node in seen:
                continue
            seen.add(node)
            if len(seen) > _MAX_NODES or depth > _MAX_ATTRIBUTES:
                return _ELSEWHERE
            if node in names:
                found.add(names[node])
                continue
            asked = self.asked.of(frame.scope).get(node)
            if asked is not None:
                found.add(asked.name)
                continue
            producers = frame.scope.operations_producing(node)
            outside = _ref_outside(frame, producers) if nameless else None
            if outside is not None and frame.parent is not None:
                found |= self._leaves(frame.parent, outside, table, depth)
                continue
            before = [
                given
                for operation in producers
                for given in _inputs(operation)
                if table in self.tables.of_node(frame.nodes[given])
            ]
            if not before:
                led = self._behind_attributes(frame, producers, table, depth)
                found |= led or {self._behind_super(frame, node)}
            waiting += before
        return frozenset(found)

    def _behind_attributes(self, frame: Frame, producers: list[list[Any]], table: str, depth: int) -> set[str]:
        """The parameters of which attributes lead to a table, with these attributes."""
        return {
            behind(leaf, operation[3])
            for operation in producers
            if operation[0] == Op.ATTRIBUTE
            for of in _inputs(operation)
            for origin in sorted(self.tables.of_node(frame.nodes[of]))
            if table in self.related.led_to(origin, operation[3])
            for leaf in self._leaves(frame, of, origin, depth + 1)
        }

    def _behind_super(self, frame: Frame, node: int) -> str:
        """The parameter that ``super()`` stands for, if that is what a node of a method is; else empty."""
        values = self.linked.engine.values_of(frame.nodes[node]) if frame.scope.is_method else ()
        is_super = bool(values) and all(self.linked.values[value][0] == "S" for value in values)
        parameters = frame.scope.facts.parameters
        return parameters[0][0] if is_super and parameters else ""

    def on_line(self, frame: Frame, line: int) -> Sources:
        """The tables of all that the operations of a line work on."""
        key = (frame.index, line)
        known = self._lines.get(key)
        if known is None:
            found: dict[str, frozenset[str]] = {}
            for operation in self._of_line(frame.scope, line):
                results = (
                    [operation[1]] if operation[0] == Op.CALL and operation[1] in self.asked.of(frame.scope) else []
                )
                for ref in (*_worked_on(operation), *results):
                    for table, leaves in self.of(frame, ref).items():
                        found[table] = found.get(table, frozenset()) | leaves
                if operation[0] in _OF_ATTRIBUTES:
                    for table, leaves in self._led_by(frame, operation).items():
                        found[table] = found.get(table, frozenset()) | leaves
            known = self._lines[key] = found
        return known

    def _led_by(self, frame: Frame, operation: list[Any]) -> Sources:
        """The tables to which an attribute leads that is asked for or set."""
        of, name = (operation[2], operation[3]) if operation[0] == Op.ATTRIBUTE else (operation[1], operation[2])
        found: dict[str, frozenset[str]] = {}
        for origin, leaves in self.of(frame, of).items() if len(self.given(frame)) > 1 else ():
            for table in self.related.led_to(origin, name):
                found[table] = found.get(table, frozenset()) | {behind(leaf, name) for leaf in leaves}
        return found

    def _of_line(self, scope: Scope, line: int) -> list[list[Any]]:
        by_line = self._operations.get(scope.index)
        if by_line is None:
            by_line = self._operations[scope.index] = {}
            for operation in scope.facts.ops:
                if operation[0] in _WITH_LINE:
                    by_line.setdefault(operation[-1], []).append(operation)
        return by_line.get(line, [])

    # What follows from a table

    def origins(self, table: str, brought: Mapping[str, frozenset[str]], *, follows: bool) -> Iterator[str]:
        """The tables of a line that are a reason to touch one: itself, or also those from which it ``follows``."""
        for origin in brought:
            if origin == table or (follows and table in self._following_from(origin)):
                yield origin

    def _following_from(self, table: str) -> frozenset[str]:
        known = self._following.get(table)
        if known is None:
            found: set[str] = set()
            for cls in self.related.classes.get(table, ()):
                for operation in _FOLLOWING:
                    for following in consequences(self.linked, operation, cls):
                        thing = following.thing
                        other = self.schema.resolve(thing) if isinstance(thing, str) else self.schema.table_meant(thing)
                        if other is not None:
                            found.add(other)
            known = self._following[table] = frozenset(found)
        return known


def function_around(frame: Frame) -> Frame:
    """The frame of the function that a function without a name is part of; the frame itself, if it has a name."""
    while frame.scope.facts.kind == ScopeKind.LAMBDA and frame.parent is not None:
        frame = frame.parent
    return frame


def _ref_outside(frame: Frame, producers: list[list[Any]]) -> int | None:
    """What a name is around a function that only uses it; None for a name of its own, or of the module."""
    around = frame.parent.scope.facts if frame.parent is not None and frame.parent.scope.is_function else None
    if around is None or len(producers) != 1 or producers[0][0] != Op.FREE:
        return None
    ref = around.names.get(producers[0][2], -1)
    return ref if type(ref) is int and ref >= 0 else None


_OF_ATTRIBUTES = frozenset({Op.ATTRIBUTE, Op.SET_ATTRIBUTE})
_WITH_LINE = frozenset({Op.ATTRIBUTE, Op.SET_ATTRIBUTE, Op.CALL, Op.ITEM, Op.SET_ITEM, Op.ITERATE, Op.ENTER, Op.BINARY})


def _inputs(operation: list[Any]) -> Iterator[int]:
    """The nodes that an operation makes its result of."""
    match operation[0]:
        case Op.COPY | Op.NARROW | Op.ATTRIBUTE | Op.ITEM | Op.ITERATE | Op.ENTER:
            refs = [operation[2]]
        case Op.CALL:
            refs = [operation[2], *operation[3], *(ref for _, ref in operation[4])]
        case Op.CONTAINER:
            refs = [*operation[3], *(operation[4] or ())]
        case Op.BINARY:
            refs = [operation[2], operation[3]]
        case _:
            refs = []
    for ref in refs:
        inner = ref[1] if isinstance(ref, list) and ref and ref[0] == "*" else ref
        if type(inner) is int and inner >= 0:
            yield inner


def _worked_on(operation: list[Any]) -> Iterator[int]:
    """The nodes that something is done to, or with."""
    if operation[0] in (Op.SET_ATTRIBUTE, Op.SET_ITEM):
        yield operation[1]
    else:
        yield from _inputs(operation)
