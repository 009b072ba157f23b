"""Objects that a function has made and given to nobody yet: what is assigned to them is inserted with them.

order = Order()
order.status = "new"         # part of the insert
session.add(order)
session.flush()
order.status = "paid"        # an update
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.program import Scope
from decompose.system.calls.paths import Paths

_NONE = ["c", None]


class NewObjects:
    """Answers for one linked program."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._paths: dict[int, Paths] = {}

    def makings(self, scope: Scope, name: str, line: int) -> list[int]:
        """The lines that make the objects of every ``object.name = ...`` of a line; none where one of them is not new."""
        bases = [o[1] for o in scope.facts.ops if o[0] == Op.SET_ATTRIBUTE and o[2] == name and o[-1] == line]
        made = [self._made_at(scope, base, line) for base in bases]
        return [at for lines in made for at in lines] if all(made) else []

    def _made_at(self, scope: Scope, base: Ref, line: int) -> list[int]:
        made, same = [], [base]
        for node in same:
            for operation in scope.operations_producing(node):
                if operation[0] == Op.CALL and self._makes(scope, operation):
                    made.append(operation[-1])
                elif operation[0] == Op.COPY and type(operation[2]) is int and operation[2] >= 0:
                    if operation[2] not in same:
                        same.append(operation[2])
                elif operation[0] != Op.COPY or operation[2] != _NONE:
                    return []
        if not made:
            return []
        paths = self._paths_of(scope)
        paths.mark(made)
        return [] if any(paths.reaches(given, line) for given in _given(scope, frozenset(same))) else made

    def _makes(self, scope: Scope, call: list[Any]) -> bool:
        """Whether a call makes an object, and does nothing else."""
        called = [self.linked.values[value] for value in self.linked.names.evaluate(scope, call[2])]
        return bool(called) and all(description[0] == "C" for description in called)

    def _paths_of(self, scope: Scope) -> Paths:
        paths = self._paths.get(scope.index)
        if paths is None:
            facts = scope.module.facts
            paths = Paths(facts.arms, facts.loops, scope.facts.line, scope.facts.end_line)
            self._paths[scope.index] = paths
        return paths


def _given(scope: Scope, nodes: frozenset[Ref]) -> Iterator[int]:
    """The lines on which one of several nodes gets to where others may save it: given to a call, kept, or asked to do something."""
    methods = {o[1] for o in scope.facts.ops if o[0] == Op.ATTRIBUTE and o[2] in nodes}
    for operation in scope.facts.ops:
        match operation:
            case [Op.CALL, _, called, arguments, keywords, line]:
                if called in methods or _holds(nodes, [*arguments, *(ref for _, ref in keywords)]):
                    yield line
            case [Op.SET_ATTRIBUTE, _, _, source, line] | [Op.SET_ITEM, _, _, source, line]:
                if _holds(nodes, [source]):
                    yield line
            case [Op.CONTAINER, _, _, elements, keys, line]:
                if _holds(nodes, [*elements, *(keys or ())]):
                    yield line
            case [Op.SET_FREE, _, source]:
                if _holds(nodes, [source]):
                    yield scope.facts.line


def _holds(nodes: frozenset[Ref], refs: list[Ref]) -> bool:
    return any((ref[1] if isinstance(ref, list) and ref[0] == "*" else ref) in nodes for ref in refs if _is_node(ref))


def _is_node(ref: Ref) -> bool:
    return type(ref) is int or (isinstance(ref, list) and ref[0] == "*" and type(ref[1]) is int)
