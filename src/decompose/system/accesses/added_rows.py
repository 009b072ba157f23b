"""Whether what is added to a session was loaded by it: then its row is there, and is changed at most.

``session.add(order)`` inserts an object that the application made; for one that a query gave it does nothing, and what was
assigned is written. The object is followed backwards, into the callers that give one of the class and into what functions return,
and counts as loaded where a way ends at a query, or where a function on the way had added it before. Where some callers give
objects that are loaded and some give others, a row is inserted or updated. What is loaded and has changed nowhere on the way is not written.
``session.merge(order)`` inserts nothing that is loaded either, whichever session did it; of any other object it inserts or updates the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.libraries.sqlalchemy_session import GETTERS
from decompose.linking.program import Scope
from decompose.system.accesses.changed_rows import ChangedRows, Way
from decompose.system.accesses.loaded import Loaded
from decompose.system.model import Operation

_ADDING = frozenset({"add", "add_all"})
_ADDED_BY_ITSELF = frozenset({"save"})
"""Methods by which an object adds itself to the session that it is given."""

_MERGING = frozenset({"merge", "merge_all"})
_SAME_OBJECTS = frozenset({Op.COPY, Op.NARROW, Op.ITERATE, Op.ENTER, Op.ITEM, Op.ATTRIBUTE})
_ITERATING = ".__iter__"
_NONE = ["c", None]
_UNDECIDED, _LOADED, _MADE, _EITHER = 0, 1, 2, 3
"""Where an object may come from; what is unknown counts as made by the application."""
_OPERATIONS: tuple[tuple[Operation, ...], ...] = (("insert",), ("update",), ("insert",), ("insert", "update"))
_EITHER_WAY = _OPERATIONS[_EITHER]
_AT_END = 1 << 30
"""Behind the last line of a function."""
_MAX_STEPS = 200
"""What comes together of more than this counts as made by the application."""


class AddedRows:
    """Answers for one linked program."""

    def __init__(self, linked: Linked, loaded: Loaded) -> None:
        self.linked = linked
        self._loaded = loaded
        self._changed_rows = ChangedRows(linked, loaded.sites)
        self._known: dict[tuple[int, int, int, bool], tuple[Operation, ...]] = {}
        self._adding: dict[int, list[tuple[int, Ref]]] = {}
        self._adding_through: dict[int, list[tuple[int, Ref, bool]]] = {}
        self._cls = -1
        """The class of the object that is followed now."""
        self._ways: set[Way] = set()
        """Where it came through."""
        self._may_change = False
        """Whether it was somewhere on its way where nobody can say what becomes of it, or is to be written there."""
        self._open: set[tuple[int, int]] = set()
        self._steps = 0

    @cached_property
    def _reads(self) -> set[tuple[int, int]]:
        """Scope and line of what runs queries; a relation that is asked for on a line says nothing of what a call there gives."""
        return {(scope, line) for scope, line, rule in self._queries if not rule.startswith(GETTERS)}

    @cached_property
    def _iterated(self) -> set[tuple[int, int]]:
        """Scope and line where a query runs because its rows are asked for one by one."""
        return {(scope, line) for scope, line, rule in self._queries if rule.endswith(_ITERATING)}

    @cached_property
    def _queries(self) -> list[tuple[int, int, str]]:
        accesses = self.linked.engine.accesses
        return [(a[0], a[6], a[5]) for a in accesses if a[2] == "read" and a[4] == "execute"]

    def operations(self, scope: Scope, line: int, cls: int = -1, *, merged: bool = False) -> tuple[Operation, ...]:
        """What the database sees of what a line adds to a session, or merges into one, of objects of a class."""
        key = (scope.index, line, cls, merged)
        known = self._known.get(key)
        if known is None:
            self._steps, self._cls, self._may_change = 0, cls, cls < 0
            self._ways.clear()
            given = _given_to(scope, _MERGING) if merged else self._added(scope)
            origin = self._of_all(scope, [ref for at, ref in given if at == line])
            written = _EITHER_WAY if merged and origin != _LOADED else _OPERATIONS[origin]
            known = self._known[key] = () if origin == _LOADED and self._is_unchanged() else written
        return known

    def _is_unchanged(self) -> bool:
        return not self._may_change and not self._changed_rows.may_change(self._cls, self._ways)

    def _added(self, scope: Scope) -> list[tuple[int, Ref]]:
        """What a function adds to a session, with the lines."""
        found = self._adding.get(scope.index)
        if found is None:
            found = self._adding[scope.index] = [*_given_to(scope, _ADDING), *_asked_for(scope, _ADDED_BY_ITSELF)]
        return found

    def _added_before(self, scope: Scope) -> list[tuple[int, Ref, bool]]:
        """What a function adds, also through functions that it gives it to, with the lines, and whether these have written it."""
        found = self._adding_through.get(scope.index)
        if found is None:
            self._adding_through[scope.index] = []  # what calls itself adds nothing by that
            found = [(at, ref, False) for at, ref in self._added(scope)]
            for call in scope.facts.ops:
                if call[0] == Op.CALL:
                    found += [(call[-1], ref, written) for ref, written in self._added_by(call)]
            self._adding_through[scope.index] = found
        return found

    def _added_by(self, call: list[Any]) -> Iterator[tuple[Ref, bool]]:
        """The arguments that the one function that is called adds without asking."""
        targets = {target for site in self._loaded.sites.get(id(call), ()) for target in site.targets}
        if len(targets) != 1:
            return
        index, of, kind = targets.pop()
        function = self.linked.program.scopes[index]
        if kind != "call" or function.library or not function.is_function:
            return
        parameters = {p[1]: i - (of >= 0) for i, p in enumerate(function.facts.parameters)}
        for at, ref in self._added(function):
            place = parameters.get(ref, -1) if type(ref) is int else -1
            if 0 <= place < len(call[3]) and call[3][place] != -1:
                yield call[3][place], any(at < line for line in self._changed_rows.flushes.get(index, ()))

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
        self._ways.add(Way(scope.index, ref, line))
        before = [(at, written) for at, added, written in self._added_before(scope) if added == ref and at < line]
        if before:
            flushed = self._changed_rows.flushes.get(scope.index, ())
            self._may_change |= not any(written or any(at < f < line for f in flushed) for at, written in before)
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
        ours = [one for one in given or () if self._loaded.may_be(one.scope, one.ref, self._cls)]
        origin = _UNDECIDED if ours else _MADE
        for one in ours:
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
                self._may_change = True  # whoever has the object that keeps it may change it
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


def _given_to(scope: Scope, names: frozenset[str]) -> list[tuple[int, Ref]]:
    """What methods of some names are given, with the lines."""
    calls = (o for o in scope.facts.ops if o[0] == Op.CALL and o[3])
    return [(call[-1], call[3][0]) for call in calls if _is_of(scope, call, names)]


def _asked_for(scope: Scope, names: frozenset[str]) -> list[tuple[int, Ref]]:
    """The objects whose methods of some names are given something, with the lines."""
    calls = (o for o in scope.facts.ops if o[0] == Op.CALL and (o[3] or o[4]))
    asked = ((call[-1], o) for call in calls for o in scope.operations_producing(call[2]))
    return [(line, o[2]) for line, o in asked if o[0] == Op.ATTRIBUTE and o[3] in names]


def _is_of(scope: Scope, call: list[Any], names: frozenset[str]) -> bool:
    return any(o[0] == Op.ATTRIBUTE and o[3] in names for o in scope.operations_producing(call[2]))
