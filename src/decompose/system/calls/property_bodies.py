"""Properties with several bodies under one name: who asks for one runs its getter, and who assigns to it its setter.

The definition of a property is one, as people know it by one name. What it does is not: ``order.state`` does nothing of what
``order.state = "paid"`` does.
"""

from __future__ import annotations

from collections.abc import Sequence

from decompose.linking import Linked
from decompose.linking.program import Scope

_BESIDE = frozenset({"setter", "deleter", "expression"})

Body = tuple[int, int]
"""The first and the last line of a function."""


class PropertyBodies:
    """Answers for one linked program."""

    def __init__(self, linked: Linked) -> None:
        scopes = linked.program.scopes
        beside = {s.definition for s in scopes if s.facts.flavour in _BESIDE and not s.library}
        self.of: dict[str, list[Body]] = {}
        """Definition -> its bodies, where there is more than one."""
        for scope in scopes if beside else ():
            if scope.definition in beside and scope.is_function:
                self.of.setdefault(scope.definition, []).append(_body(scope))
        self._run: dict[tuple[str, int, str], set[Body]] = {}
        for index, _, line, _, target, _ in linked.engine.implicit_calls if beside else ():
            if scopes[target].definition in self.of:
                key = scopes[index].definition, line, scopes[target].definition
                self._run.setdefault(key, set()).add(_body(scopes[target]))

    def run(self, caller: str, line: int, definition: str) -> Sequence[Body]:
        """The bodies that a line of a caller runs; none where the definition has one only, or nothing tells which."""
        return sorted(self._run.get((caller, line, definition), ()))

    def part(self, definition: str, line: int) -> str:
        """A name for the body that a line is in; the definition itself where it has one only."""
        for body in self.of.get(definition, ()):
            if body[0] <= line <= body[1]:
                return name_of(definition, body)
        return definition


def name_of(definition: str, body: Body) -> str:
    """A name that tells the bodies of a definition apart."""
    return f"{definition}@{body[0]}"


def _body(scope: Scope) -> Body:
    return scope.facts.line, scope.facts.end_line
