"""Which functions run while another one does, as far as that can be told from a few calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.program import Scope
from decompose.system.calls.handed_parameters import Parameter
from decompose.system.model import THROUGH_DECORATOR, Dependency

_MAX_CALLS = 4
"""So many calls from a function a function inside of it may run."""

RUNNING = {"call": "call", "callback": "callback", THROUGH_DECORATOR: "call"}
"""Kind of a dependency on what a parameter brings -> kind of the place where it runs."""


class Runs:
    """Answers from the dependencies of one program."""

    def __init__(self, dependencies: Iterable[Dependency]) -> None:
        self._called: dict[str, set[str]] = {}
        self._known: dict[tuple[str, str], bool] = {}
        for dependency in dependencies:
            if dependency.kind in RUNNING:
                self._called.setdefault(dependency.source, set()).add(dependency.target)

    def inside(self, holder: Scope, helper: str) -> bool:
        """Whether a function runs one that is inside of it, or gives it to whoever calls it."""
        key = holder.definition, helper
        if key not in self._known:
            self._known[key] = holder.definition == helper or _gives_away(holder, helper) or self._reaches(*key)
        return self._known[key]

    def calls(self, source: str, parameters: Iterable[Parameter]) -> bool:
        """Whether a function calls one of those that have some parameters."""
        return any(helper.definition in self._called.get(source, ()) for helper, _ in parameters)

    def _reaches(self, source: str, target: str) -> bool:
        seen, reached = {source}, {source}
        for _ in range(_MAX_CALLS):
            reached = {called for each in reached for called in self._called.get(each, ())} - seen
            if target in reached:
                return True
            seen |= reached
        return False


def _gives_away(holder: Scope, helper: str) -> bool:
    """Whether a function returns, yields or keeps in an object one that it has inside of it, whatever is put around it."""
    scopes = holder.module.scopes
    made = {o[1] for o in holder.facts.ops if o[0] == Op.FUNCTION and scopes[o[2]].definition == helper}
    if not made:
        return True  # a method of a class that is inside of it
    for operation in holder.facts.ops:  # in the order in which values are made of others
        if operation[0] == Op.SET_ATTRIBUTE and type(operation[3]) is int and operation[3] in made:
            return True
        if not made.isdisjoint(ref for ref in _made_of(operation) if type(ref) is int):
            made.add(operation[1])
    return not made.isdisjoint(ref for ref in (*holder.facts.returns, *holder.facts.yields) if type(ref) is int)


def _made_of(operation: list[Any]) -> list[Ref]:
    """What a value holds, is a copy of, or was made by a call of."""
    match operation[0]:
        case Op.COPY | Op.NARROW:
            return operation[2:3]
        case Op.DECORATE:
            return operation[2:4]
        case Op.CONTAINER:
            return list(operation[3])
        case Op.CALL:
            return [*operation[3], *(ref for _, ref in operation[4])]
    return []
