"""Whether the rows of a collection were loaded along with the row that they belong to: then going through them reads nothing.

A library says by which method of the collection such rows are given (``__gives_loaded__`` in a summary); whoever asks it for
anything else has the database asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.effects import ALONG
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.system.accesses.loaded import Loaded

_GOING_THROUGH = ("__iter__", "__bool__", "__len__", "__getitem__")
_KEEPS_ROWS, _GIVES_LOADED = "__keeps_rows__", "__gives_loaded__"
_MAX_NAMES = 4


class LoadedCollections:
    """Answers for one linked program."""

    def __init__(self, linked: Linked, loaded: Loaded) -> None:
        self.linked = linked
        self._loaded = loaded.of_collections()
        self._found: dict[tuple[int, int], list[tuple[frozenset[int], bool]]] = {}

    def were_loaded(self, scope: Scope, rule: str, value: Value, line: int) -> bool:
        """Whether all queries that are gone through on a line, and touch a value, are collections that were loaded along."""
        if not rule.removesuffix(ALONG).endswith(_GOING_THROUGH):
            return False
        key = (scope.index, line)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = list(self._gone_through(scope, line))
        described = self.linked.values[value]
        own = described[0] == "I" and not rule.endswith(ALONG)
        concerned = [loaded for rows, loaded in found if not own or described[1] in rows]
        return bool(concerned) and all(concerned)

    def _gone_through(self, scope: Scope, line: int) -> Iterator[tuple[frozenset[int], bool]]:
        """The queries that are run on a line: the classes of their rows, and whether these were loaded along."""
        for operation in scope.facts.ops:
            if operation[-1] != line:
                continue
            match operation:
                case [Op.ITERATE, _, base, _] | [Op.BINARY, _, base, _, "bool", _] | [Op.ITEM, _, base, _, _]:
                    refs = [base]
                case [Op.CALL, _, _, arguments, _, _]:
                    refs = arguments
                case _:
                    continue
            for ref in refs:
                rows = self._rows(scope, ref)
                if rows:
                    yield rows, self._is_loaded(scope, ref)

    def _rows(self, scope: Scope, ref: Ref) -> frozenset[int]:
        """The classes of the rows of what may be a query that keeps them."""
        found: set[int] = set()
        for described in (self.linked.values[value] for value in self._loaded.values_of(scope, ref)):
            if described[0] == "I" and described[2] and self._says(described[1], _KEEPS_ROWS):
                found.update(self.linked.values[row][1] for row in described[2][0] if self.linked.values[row][0] == "I")
        return frozenset(found)

    def _is_loaded(self, scope: Scope, ref: Ref) -> bool:
        """Whether a ref is ``row.lines.all()`` of a row that has its lines already."""
        for _ in range(_MAX_NAMES):
            made = scope.operations_producing(ref)
            if len(made) != 1 or made[0][0] != Op.COPY:
                break
            ref = made[0][2]
        if len(made) != 1 or made[0][0] != Op.CALL or made[0][3] or made[0][4]:
            return False
        asked = self._attribute(scope, made[0][2])
        collection = self._attribute(scope, asked[2]) if asked is not None else None
        if asked is None or collection is None or not self._gives_loaded(scope, asked):
            return False
        name, row = collection[3], collection[2]
        return not self._is_changed(scope, row, name, asked[3]) and self._loaded.has(scope, row, (name,))

    def _attribute(self, scope: Scope, ref: Ref) -> list[Any] | None:
        made = scope.operations_producing(ref)
        return made[0] if len(made) == 1 and made[0][0] == Op.ATTRIBUTE else None

    def _gives_loaded(self, scope: Scope, asked: list[Any]) -> bool:
        """Whether a method gives the rows of a collection as they were loaded, whatever manager that is."""
        classes = {
            d[1] for d in (self.linked.values[v] for v in self._loaded.values_of(scope, asked[2])) if d[0] == "I"
        }
        names = [self._says(cls, _GIVES_LOADED) for cls in classes if self._says(cls, _KEEPS_ROWS)]
        return bool(names) and all(name == asked[3] for name in names)

    def _says(self, cls: int, name: str) -> Ref:
        """What a summary says of a class under a name."""
        member = self.linked.hierarchy.member(self.linked.program.scopes[cls], name)
        return member.ref if member is not None and member.owner.library else None

    def _is_changed(self, scope: Scope, row: Ref, name: str, gives: str) -> bool:
        """Whether a function asks the same collection for anything else, which may change it."""
        collections = {o[1] for o in scope.facts.ops if o[0] == Op.ATTRIBUTE and o[2:4] == [row, name]}
        return any(o[0] == Op.ATTRIBUTE and o[2] in collections and o[3] != gives for o in scope.facts.ops)
