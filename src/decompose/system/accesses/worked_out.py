"""Whether a property that the database works out for a row was worked out by the query that gave the row: then asking for it reads nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.linking import Linked
from decompose.linking.program import Scope

if TYPE_CHECKING:
    from decompose.system.accesses.loaded import Loaded

_GETTER = "__get_object__"


class WorkedOutProperties:
    """Answers for one linked program."""

    def __init__(self, linked: Linked, loaded: Loaded) -> None:
        self.linked = linked
        self._loaded = loaded.of_collections()

    def were_selected(self, scope: Scope, rule: str, line: int) -> bool:
        """Whether all such properties on a line are of rows whose queries name them."""
        if _GETTER not in rule:
            return False
        asked = [
            operation
            for operation in scope.facts.ops
            if operation[0] == Op.ATTRIBUTE and operation[4] == line and self._is_worked_out(scope, operation)
        ]
        return bool(asked) and all(self._loaded.has(scope, o[2], (o[3],)) for o in asked)

    def _is_worked_out(self, scope: Scope, operation: list[Any]) -> bool:
        described = (self.linked.values[value] for value in self._loaded.values_of(scope, operation[2]))
        classes = {d[1] for d in described if d[0] == "I"}
        return any(is_worked_out(self.linked, self.linked.program.scopes[cls], operation[3]) for cls in classes)


def is_worked_out(linked: Linked, cls: Scope, name: str) -> bool:
    """Whether objects of a class have a property of that name which the database works out."""
    member = linked.hierarchy.member(cls, name)
    node = linked.engine.node_of(linked.engine.class_frame(member.owner), member.ref) if member is not None else -1
    kept = (linked.values[value] for value in (linked.engine.values_of(node) if node >= 0 else ()))
    return any(d[0] == "I" and linked.hierarchy.member(linked.program.scopes[d[1]], _GETTER) for d in kept)
