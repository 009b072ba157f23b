"""By which calls of a function the object was got that acts: ``bucket_of("letters").put_object(...)`` acts on "letters" alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.system.calls.arguments import Given, parameter_of

Bound = Mapping[tuple[int, str], tuple[Scope, Ref]]
"""Function and parameter -> what a call gives for it, and where that stands."""

NOTHING_BOUND: Bound = {}

_DEPTH = 12
_MAX_STEPS = 1_000
"""Functions that give what one of several others gives, each in turn, have more ways the deeper they go: of more nothing is certain."""

_HANDING_ON = frozenset({Op.COPY, Op.NARROW, Op.ATTRIBUTE, Op.ITEM, Op.ITERATE, Op.ENTER, Op.CALL})
"""What these make comes from what stands behind them first."""


class Getters:
    """Answers for one linked program; ``calls``: what a scope's operation calls; ``set_by``: what methods put on their object."""

    def __init__(
        self,
        linked: Linked,
        calls: Callable[[Scope, int], list[Site]],
        set_by: Callable[[Scope], Mapping[str, list[tuple[Scope, Ref]]]],
    ) -> None:
        self.linked = linked
        self.calls = calls
        self.set_by = set_by
        self._steps = 0

    def ways(self, site: Site, getter: Scope) -> list[Bound]:
        """What each call of ``getter`` gives that the acting object may come from; nothing where that is not certain."""
        if not getter.facts.parameters or getter.facts.name == "__init__":
            return []
        self._steps = 0
        return self._ways(site.frame.scope, site.operation[2], getter, NOTHING_BOUND, _DEPTH) or []

    def _ways(self, scope: Scope, ref: Ref, getter: Scope, bound: Bound, depth: int) -> list[Bound] | None:
        """All ways that lead to what a ref is; None where one of them is out of view, or they are too many."""
        self._steps += 1
        if self._steps > _MAX_STEPS:
            return None
        if isinstance(ref, str | list):
            return []
        found: list[Bound] = []
        producers = scope.operations_producing(ref) if ref >= 0 and depth else []
        for operation in producers:
            ways = self._made_by(scope, operation, getter, bound, depth - 1)
            if ways is None:
                return None
            found += ways
        return found if producers else None

    def _made_by(
        self, scope: Scope, operation: list[Any], getter: Scope, bound: Bound, depth: int
    ) -> list[Bound] | None:
        code = operation[0]
        if code in (Op.FREE, Op.FROM):
            outer = self.linked.binding(scope, operation)
            return self._ways(*outer, getter, bound, depth) if outer is not None else None
        if code == Op.CALL:
            called = [(site, *target) for site in self.calls(scope, operation[1]) for target in site.targets]
            own = [c for c in called if c[3] == "call" and not self.linked.program.scopes[c[1]].library]
            if own:
                return _joined(self._called(*call[:3], getter, bound, depth) for call in own)
        if code == Op.ATTRIBUTE:
            held = self._held(scope, operation)
            if held:
                return _joined(self._ways(*place, getter, bound, depth) for place in held)
        return self._ways(scope, operation[2], getter, bound, depth) if code in _HANDING_ON else None

    def _called(
        self, site: Site, target: int, receiver: int, getter: Scope, bound: Bound, depth: int
    ) -> list[Bound] | None:
        """What a function gives whose parameters are what this call gives."""
        function, given = self.linked.program.scopes[target], Given(site, -(receiver >= 0), int(receiver >= 0))
        inner = dict(bound)
        for name, _, _, default, _ in function.facts.parameters:
            ref = given.argument(function, name)
            if ref != -1:
                inner[target, name] = site.frame.scope, ref
            elif default is not None and function.parent is not None:
                inner[target, name] = function.parent, default
        if function is getter:
            return [inner]
        return _joined(self._ways(function, ref, getter, inner, depth) for ref in function.facts.returns)

    def _held(self, scope: Scope, operation: list[Any]) -> list[tuple[Scope, Ref]]:
        """What an attribute of a module, or of the object that a method acts for, was set to."""
        if not (scope.is_method and parameter_of(scope, operation[2]) == scope.facts.parameters[0][0]):
            outer = self.linked.binding(scope, operation)
            return [outer] if outer is not None and not outer[0].library else []
        cls, name = scope.parent, operation[3]
        if cls is None:
            return []
        member = self.linked.hierarchy.member(cls, name)
        function = self.linked.engine.function_of(member) if member is not None else None
        if function is not None and function.facts.flavour == "property" and not function.library:
            return [(function, ref) for ref in function.facts.returns]
        above = (cls, *self.linked.hierarchy.order(cls)[1:])
        return [place for c in above if not c.library for place in self.set_by(c).get(name, ())]


def _joined(found: Iterable[list[Bound] | None]) -> list[Bound] | None:
    """What several places have in all; None as soon as one of them is out of view."""
    joined: list[Bound] = []
    for ways in found:
        if ways is None:
            return None
        joined += ways
    return joined
