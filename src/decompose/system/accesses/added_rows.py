"""Whether what is added to a session was loaded by it: then its row is there, and is changed at most.

``session.add(order)`` inserts an object that the application made; for one that a query gave it does nothing, and what was
assigned is written. The object is followed backwards, into the callers and into what functions return, and counts as
loaded where a way ends at a query, or where a function on the way had added it before. Where some callers give objects that are
loaded and some give others, a row is inserted or updated.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.program import Scope
from decompose.system.accesses.loaded import Loaded
from decompose.system.model import Operation

_ADDING = frozenset({"add", "add_all"})
_SAME_OBJECTS = frozenset({Op.COPY, Op.NARROW, Op.ITERATE, Op.ENTER, Op.ITEM, Op.ATTRIBUTE})
_ITERATING = ".__iter__"
_NONE = ["c", None]
_UNDECIDED, _LOADED, _MADE, _EITHER = 0, 1, 2, 3
"""Where an object may come from; what is unknown counts as made by the application."""
_OPERATIONS: tuple[tuple[Operation, ...], ...] = (("insert",), ("update",), ("insert",), ("insert", "update"))
_AT_END = 1 << 30
"""Behind the last line of a function."""
_MAX_STEPS = 200
"""What comes together of more than this counts as made by the application."""


class AddedRows:
    """Answers for one linked program."""

    def __init__(self, linked: Linked, loaded: Loaded) -> None:
        self.linked = linked
        self._loaded = loaded
        self._known: dict[tuple[int, int], int] = {}
        self._adding: dict[int, list[tuple[int, Ref]]] = {}
        self._open: set[tuple[int, int]] = set()
        self._steps = 0

    @cached_property
    def _reads(self) -> set[tuple[int, int]]:
        """Scope and line of what runs queries."""
        return {(scope, line) for scope, line, _ in self._queries}

    @cached_property
    def _iterated(self) -> set[tuple[int, int]]:
        """Scope and line where a query runs because its rows are asked for one by one."""
        return {(scope, line) for scope, line, rule in self._queries if rule.endswith(_ITERATING)}

    @cached_property
    def _queries(self) -> list[tuple[int, int, str]]:
        accesses = self.linked.engine.accesses
        return [(a[0], a[6], a[5]) for a in accesses if a[2] == "read" and a[4] == "execute"]

    def operations(self, scope: Scope, line: int) -> tuple[Operation, ...]:
        """What the database sees of what a line adds to a session."""
        key = (scope.index, line)
        known = self._known.get(key)
        if known is None:
            self._steps = 0
            known = self._known[key] = self._of_all(scope, [ref for at, ref in self._added(scope) if at == line])
        return _OPERATIONS[known]

    def _added(self, scope: Scope) -> list[tuple[int, Ref]]:
        """What a function adds to a session, with the lines."""
        found = self._adding.get(scope.index)
        if found is None:
            calls = (o for o in scope.facts.ops if o[0] == Op.CALL and o[3] and _adds(scope, o))
            found = self._adding[scope.index] = [(call[-1], call[3][0]) for call in calls]
        return found

    def _of_all(self, scope: Scope, refs: Iterable[Ref], line: int = 0) -> int:
        """Where the objects of several refs come from that stand in one place: what is made decides."""
        return _decided(self._origin(scope, ref, line) for ref in refs)

    def _origin(self, scope: Scope, ref: Ref, line: int = 0) -> int:
        """Where the object of a ref comes from; ``line``: what its function has added before that counts as loaded."""
        if ref == _NONE:
            return _UNDECIDED
        if type(ref) is not int or ref < 0:
            return _MADE
        key = (scope.index, ref)
        if key in self._open:
            return _UNDECIDED  # what goes round in a circle is decided by its other sources
        self._steps += 1
        if self._steps > _MAX_STEPS:
            return _MADE
        if line and any(added == ref and at < line for at, added in self._added(scope)):
            return _LOADED
        self._open.add(key)
        parameter = next((p for p in scope.facts.parameters if p[1] == ref), None)
        if parameter is not None:
            origin = self._given(scope, parameter)
        else:
            origin = _decided(self._made_by(scope, o, line) for o in scope.operations_producing(ref))
        self._open.discard(key)
        return origin

    def _given(self, function: Scope, parameter: list[Any]) -> int:
        """Where the objects come from that the callers of a function give for a parameter."""
        given = self._loaded.callers.given(function, parameter)
        origin = _UNDECIDED if given else _MADE
        for one in given or ():
            origin |= self._origin(one.scope, one.ref, one.line)
            if origin == _EITHER:
                break
        return origin

    def _made_by(self, scope: Scope, operation: list[Any], line: int) -> int:
        if operation[0] == Op.ITERATE and (scope.index, operation[-1]) in self._iterated:
            return _LOADED
        if operation[0] == Op.ATTRIBUTE:
            kept = self._loaded.kept(scope, operation[2], operation[3])
            if kept:
                return _decided(self._origin(store.scope, store.ref) for store in kept)
        if operation[0] in _SAME_OBJECTS:
            return self._origin(scope, operation[2], line)
        if operation[0] == Op.CONTAINER:
            return self._of_all(scope, operation[3], line)
        if operation[0] != Op.CALL:
            return _MADE
        sites = self._loaded.sites.get(id(operation), ())
        if any(self.linked.constructed(site) for site in sites):
            return _MADE
        called = {t for site in sites for t, _, kind in site.targets if kind not in ("library", "construct")}
        functions = [self.linked.program.scopes[index] for index in sorted(called)]
        if functions:
            return _decided(self._returned(function) for function in functions)
        return _LOADED if (scope.index, operation[-1]) in self._reads else _MADE

    def _returned(self, function: Scope) -> int:
        """Where the objects come from that a function gives."""
        return self._of_all(function, function.facts.returns, _AT_END)


def _decided(origins: Iterable[int]) -> int:
    """What several ways in one function come to: which of them is gone is not known, so that what is made decides."""
    found = set(origins)
    return _MADE if _MADE in found or not found else max(found)


def _adds(scope: Scope, call: list[Any]) -> bool:
    return any(o[0] == Op.ATTRIBUTE and o[3] in _ADDING for o in scope.operations_producing(call[2]))
