"""Whether a row may have been saved before a line: by the function itself, or by one that it has given the row to."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.libraries import saved_rows
from decompose.linking.program import Scope
from decompose.system.accesses.loaded import Loaded

_SAME_OBJECT = frozenset({Op.COPY, Op.NARROW})
_AT_THE_END = sys.maxsize
_MAX_DEPTH = 3


class SavedBefore:
    """Answers for one linked program."""

    def __init__(self, linked: Linked, loaded: Loaded) -> None:
        self._linked = linked
        self._loaded = loaded
        self._known: dict[tuple[int, Ref, int], bool] = {}
        """Of a parameter of a function, at a depth of calls: whether the function may save it."""
        self._given: dict[tuple[int, Ref], dict[tuple[int, int], list[Ref]]] = {}
        """Of such a parameter: scope and line of each call -> what is given there."""

    def may_be(self, scope: Scope, ref: Ref, line: int = _AT_THE_END, depth: int = 0) -> bool:
        """Whether the row may have saved itself before a line of the function; without a line, whenever the function is left."""
        same = _names_of(scope, ref)
        for call in scope.facts.ops:
            if call[0] == Op.CALL and call[-1] < line:
                if any(_names_of(scope, row) & same for row in saved_by(scope, call)):
                    return True
                if depth < _MAX_DEPTH and self._is_saved_by_others(scope, call, same, depth):
                    return True
        return False

    def _is_saved_by_others(self, scope: Scope, call: list[Any], same: set[Ref], depth: int) -> bool:
        """Whether a function of the application that a call leads to saves what it is given, the row among that."""
        about = [*call[3], *(ref for _, ref in call[4]), *self._loaded.callers.receivers(scope, call)]
        if not any(_names_of(scope, ref) & same for ref in about):
            return False
        sites = self._loaded.sites.get(id(call), ())
        targets = {target for site in sites for target, _, kind in site.targets if kind == "call"}
        return any(
            self._is_saved_in(function, parameter[1], depth + 1)
            and any(_names_of(scope, ref) & same for ref in self._given_at(function, parameter, scope, call[-1]))
            for function in (self._linked.program.scopes[target] for target in sorted(targets))
            for parameter in function.facts.parameters
        )

    def _is_saved_in(self, function: Scope, ref: Ref, depth: int) -> bool:
        key = function.index, ref, depth
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self.may_be(function, ref, depth=depth)
        return known

    def _given_at(self, function: Scope, parameter: list[Any], scope: Scope, line: int) -> list[Ref]:
        key = function.index, parameter[1]
        if key not in self._given:
            calls = self._given[key] = {}
            for one in self._loaded.callers.given(function, parameter) or ():
                calls.setdefault((one.scope.index, one.line), []).append(one.ref)
        return self._given[key].get((scope.index, line), [])


def saved_by(scope: Scope, call: list[Any]) -> Iterator[Ref]:
    """The rows, or forms, that a call has save themselves."""
    return iter(()) if is_put_off(call) else asked_to_save(scope, call)


def is_put_off(call: list[Any]) -> bool:
    """Whether a form that is saved only gives its row, for the caller to save."""
    return saved_rows.PUT_OFF in call[4]


def asked_to_save(scope: Scope, call: list[Any]) -> Iterator[Ref]:
    """What a call asks to save itself, or to make the row ready."""
    for asked in scope.operations_producing(call[2]):
        if asked[0] == Op.ATTRIBUTE and asked[3] in saved_rows.SAVING:
            yield asked[2]


def _names_of(scope: Scope, ref: Ref) -> set[Ref]:
    """The refs that stand for the same object, of those that it comes from; the row of a form is one with the form."""
    found: set[Ref] = set()
    waiting = [ref]
    while waiting:
        one = waiting.pop()
        if type(one) is not int or one < 0 or one in found:
            continue
        found.add(one)
        for operation in scope.operations_producing(one):
            if operation[0] in _SAME_OBJECT:
                waiting.append(operation[2])
            elif operation[0] == Op.CALL and is_put_off(operation):
                waiting += asked_to_save(scope, operation)
    return found
