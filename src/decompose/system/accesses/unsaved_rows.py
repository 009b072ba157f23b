"""Relations of objects that no session has written yet: who asks for one reads nothing.

``user = User(); session.add(user); user.orders.append(order)``: a mapped object that the function has made itself, and neither given
to anybody else nor had written before the line, has no rows to load.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.libraries import sqlalchemy_session
from decompose.linking.libraries.sqlalchemy_relations import relations_of
from decompose.linking.program import Scope
from decompose.system.accesses.loaded import Loaded

_MAX_STEPS = 4


class UnsavedRows:
    """Answers for one linked program."""

    def __init__(self, linked: Linked, loaded: Loaded) -> None:
        self._linked = linked
        self._loaded = loaded

    def are_asked(self, scope: Scope, rule: str, line: int) -> bool:
        """Whether all relations that a line asks for are those of such objects."""
        if rule not in sqlalchemy_session.GETTERS:
            return False
        asked = [o for o in scope.facts.ops if o[0] == Op.ATTRIBUTE and o[4] == line and self._is_relation(scope, o)]
        return bool(asked) and all(self._is_unsaved(scope, operation[2], line) for operation in asked)

    def _is_relation(self, scope: Scope, asked: list[Any]) -> bool:
        described = (self._linked.values[value] for value in self._loaded.values_of(scope, asked[2]))
        classes = {self._linked.program.scopes[d[1]] for d in described if d[0] == "I"}
        return any(asked[3] == relation.name for cls in classes for relation in relations_of(self._linked, cls))

    def _is_unsaved(self, scope: Scope, ref: Ref, line: int) -> bool:
        same = [ref]
        for _ in range(_MAX_STEPS):
            producers = scope.operations_producing(same[-1])
            if len(producers) != 1 or producers[0][0] != Op.COPY:
                break
            same.append(producers[0][2])
        made = scope.call_producing(same[-1]) if type(same[-1]) is int else None
        if made is None or not self._makes_object(scope, made):
            return False
        added = self._lines_adding.get(scope.index, ())
        written = self._lines_writing.get(scope.index, ())
        between = (o for o in scope.facts.ops if o[0] == Op.CALL and made[-1] <= o[-1] <= line and o is not made)
        return not any(call[-1] in written or (call[-1] not in added and _is_given(call, same)) for call in between)

    def _makes_object(self, scope: Scope, call: list[Any]) -> bool:
        described = [self._linked.values[value] for value in self._linked.names.evaluate(scope, call[2])]
        return bool(described) and all(d[0] == "C" and not self._linked.program.scopes[d[1]].library for d in described)

    @cached_property
    def _lines_adding(self) -> dict[int, set[int]]:
        """Scope -> the lines where something is added to a session, which writes nothing yet."""
        return self._lines_of(sqlalchemy_session.ADDS)

    @cached_property
    def _lines_writing(self) -> dict[int, set[int]]:
        """Scope -> the lines where all that is pending may be written: also those that run a query."""
        found = self._lines_of(sqlalchemy_session.WRITES_NOW)
        for index, _, operation, _, role, rule, line in self._linked.engine.accesses:
            if operation == "read" and role == "execute" and rule not in sqlalchemy_session.GETTERS:
                found.setdefault(index, set()).add(line)
        return found

    def _lines_of(self, functions: Collection[str]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for site in self._linked.sites_calling(*sorted(functions)):
            found.setdefault(site.frame.scope.index, set()).add(site.line)
        return found


def _is_given(call: list[Any], refs: Collection[Ref]) -> bool:
    given = [*call[3], *(ref for _, ref in call[4])]
    return any(type(ref) is int and ref in refs for ref in given)
