"""Whether what is added to a session was loaded by it: then its row is there, and is changed at most.

``session.add(order)`` inserts an object that the application made; for one that a query gave it does nothing, and what was
assigned is written. The object is followed backwards, into the callers and into what functions return, and counts as
loaded when every way ends at a query.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.program import Scope
from decompose.system.accesses.loaded import Loaded

_ADDING = frozenset({"add", "add_all"})
_SAME_OBJECTS = frozenset({Op.COPY, Op.NARROW, Op.ITERATE, Op.ENTER, Op.ITEM, Op.ATTRIBUTE})
_ITERATING = ".__iter__"
_MAX_STEPS = 200
"""What comes together of more than this counts as made by the application."""


class AddedRows:
    """Answers for one linked program."""

    def __init__(self, linked: Linked, loaded: Loaded) -> None:
        self.linked = linked
        self._callers = loaded.callers
        self._sites = loaded.sites
        self._known: dict[tuple[int, int], bool] = {}
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

    def are_loaded(self, scope: Scope, line: int) -> bool:
        """Whether all that a line adds to a session comes from queries."""
        key = (scope.index, line)
        known = self._known.get(key)
        if known is None:
            added = [
                operation[3][0]
                for operation in scope.facts.ops
                if operation[0] == Op.CALL and operation[-1] == line and operation[3] and _adds(scope, operation)
            ]
            self._steps = 0
            known = self._known[key] = bool(added) and all(self._is_loaded(scope, ref) for ref in added)
        return known

    def _is_loaded(self, scope: Scope, ref: Ref) -> bool:
        if type(ref) is not int or ref < 0:
            return False
        key = (scope.index, ref)
        if key in self._open:
            return True  # what goes round in a circle is decided by its other sources
        self._steps += 1
        if self._steps > _MAX_STEPS:
            return False
        self._open.add(key)
        parameter = next((p for p in scope.facts.parameters if p[1] == ref), None)
        if parameter is not None:
            given = self._callers.given(scope, parameter)
            loaded = bool(given) and all(self._is_loaded(g.scope, g.ref) for g in given or ())
        else:
            producers = scope.operations_producing(ref)
            loaded = bool(producers) and all(self._is_made_of_loaded(scope, operation) for operation in producers)
        self._open.discard(key)
        return loaded

    def _is_made_of_loaded(self, scope: Scope, operation: list[Any]) -> bool:
        if operation[0] == Op.ITERATE and (scope.index, operation[-1]) in self._iterated:
            return True
        if operation[0] in _SAME_OBJECTS:
            return self._is_loaded(scope, operation[2])
        if operation[0] == Op.CONTAINER:
            return bool(operation[3]) and all(self._is_loaded(scope, element) for element in operation[3])
        if operation[0] != Op.CALL:
            return False
        sites = self._sites.get(id(operation), ())
        if any(self.linked.constructed(site) for site in sites):
            return False
        called = {t for site in sites for t, _, kind in site.targets if kind not in ("library", "construct")}
        functions = [self.linked.program.scopes[index] for index in sorted(called)]
        if functions:
            return all(self._returns_loaded(function) for function in functions)
        return (scope.index, operation[-1]) in self._reads

    def _returns_loaded(self, function: Scope) -> bool:
        """Whether all objects that a function gives are; it may give None as well."""
        returned = [ref for ref in function.facts.returns if type(ref) is int and ref >= 0]
        return bool(returned) and all(self._is_loaded(function, ref) for ref in returned)


def _adds(scope: Scope, call: list[Any]) -> bool:
    return any(o[0] == Op.ATTRIBUTE and o[3] in _ADDING for o in scope.operations_producing(call[2]))
