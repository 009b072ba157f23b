"""Which part of a function depends on what a frame is made for.

A second look at a function, for another receiver or for one call, repeats only the operations that may come out
differently; everything else is shared with the first look.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from decompose.facts import Op, ScopeKind
from decompose.facts.records import Ref
from decompose.linking.generic import nodes_among
from decompose.linking.names import Names
from decompose.linking.program import Scope

_OF_THE_RECEIVER = frozenset({"super", "__class__"})
_MADE_HERE = frozenset({"list", "dict", "set", "deque", "defaultdict", "OrderedDict", "Counter"})


class Overlay(NamedTuple):
    """What a frame has of its own: nodes, operations, and whether the result is one of them."""

    nodes: tuple[int, ...]
    operations: list[list[Any]]
    returns: bool


class Overlays:
    """Makes each overlay once."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._made: dict[tuple[int, frozenset[int], bool], Overlay] = {}
        self._closures: dict[int, bool] = {}

    def of(self, scope: Scope, seeds: frozenset[int], *, receiver: bool) -> Overlay:
        """What depends on the nodes ``seeds``, and with ``receiver`` on the class that the function acts for."""
        key = (scope.index, seeds, receiver)
        known = self._made.get(key)
        if known is None:
            known = self._made[key] = _Spread(self, scope, seeds, receiver=receiver).overlay()
        return known

    def containers_kept(self, scope: Scope, own: int) -> frozenset[int]:
        """The containers that a method makes and keeps in its own object."""
        kept = (o[3] for o in scope.facts.ops if o[0] == Op.SET_ATTRIBUTE and o[1] == own)
        return frozenset(node for ref in kept for node in _of_container_made(scope, ref))

    def is_closure(self, function: Scope) -> bool:
        """Whether a function uses names of the functions around it, or ``super()``."""
        known = self._closures.get(function.index)
        if known is None:
            self._closures[function.index] = True
            known = self._closures[function.index] = any(
                (
                    operation[0] == Op.FREE
                    and (operation[2] in _OF_THE_RECEIVER or self._is_local(function, operation[2]))
                )
                or operation[0] == Op.SET_FREE
                or (operation[0] == Op.FUNCTION and self.is_closure(function.module.scopes[operation[2]]))
                or (operation[0] == Op.CLASS and self.holds_closures(function.module.scopes[operation[2]]))
                for operation in function.facts.ops
            )
        return known

    def holds_closures(self, cls: Scope) -> bool:
        """Whether the body of a class or a method of it uses names of the functions around the class."""
        known = self._closures.get(cls.index)
        if known is None:
            self._closures[cls.index] = True
            known = self._closures[cls.index] = any(
                (operation[0] == Op.FREE and self._is_local(cls, operation[2]))
                or (operation[0] in (Op.FUNCTION, Op.CLASS) and self.holds_closures(cls.module.scopes[operation[2]]))
                for operation in cls.facts.ops
            )
        return known

    def _is_local(self, function: Scope, name: str) -> bool:
        outer = function.parent
        while outer is not None and outer.facts.kind != ScopeKind.MODULE:
            if outer.is_function and name in outer.facts.names:
                return True
            outer = outer.parent
        return False

    def is_open(self, scope: Scope, annotation: list[Any] | None) -> bool:
        """Whether an annotation has type variables."""
        if annotation is None:
            return False
        open_types = self.names.values.open_types
        return any(value in open_types for value in self.names.types(scope, annotation))


def _makes_container(scope: Scope, operation: list[Any]) -> bool:
    """Whether an operation of a scope makes a list, a dictionary or the like."""
    if operation[0] == Op.CONTAINER:
        return True
    return operation[0] == Op.CALL and any(
        producer[0] in (Op.FREE, Op.FROM) and producer[-2 if producer[0] == Op.FREE else 4] in _MADE_HERE
        for producer in scope.operations_producing(operation[2])
    )


def _of_container_made(scope: Scope, ref: Ref) -> list[int]:
    """The nodes through which a container comes that a scope itself makes; none where ``ref`` is nothing of the kind."""
    same = [ref] if type(ref) is int and ref >= 0 else []
    made = False
    for earlier in same:
        for operation in scope.operations_producing(earlier):
            made = made or _makes_container(scope, operation)
            source = operation[2] if operation[0] == Op.COPY else -1
            if type(source) is int and source >= 0 and source not in same:
                same.append(source)
    return same if made else []


class _Spread:
    """Follows the operations of one function forward from some nodes until nothing changes."""

    def __init__(self, overlays: Overlays, scope: Scope, seeds: frozenset[int], *, receiver: bool) -> None:
        self.overlays = overlays
        self.scope = scope
        self.receiver = receiver
        self.reached = set(seeds)
        self._outside: dict[int, bool] = {}

    def overlay(self) -> Overlay:
        facts = self.scope.facts
        size = -1
        while size != len(self.reached):
            size = len(self.reached)
            for operation in facts.ops:
                self._follow(operation)
        returns = any(self._touched(ref) for ref in (*facts.returns, *facts.yields))
        returns = returns or (self.receiver and self.overlays.is_open(self.scope, facts.return_annotation))
        return Overlay(tuple(sorted(self.reached)), [o for o in facts.ops if self._differs(o)], returns)

    def _touched(self, ref: Ref) -> bool:
        if type(ref) is int:
            return ref in self.reached
        return type(ref) is list and ref[0] == "*" and ref[1] in self.reached

    def _follow(self, operation: list[Any]) -> None:
        code, reached = operation[0], self.reached
        if code == Op.CALL:
            given = self._given(operation)
            if operation[1] not in reached and (operation[2] in reached or (given and not self._is_outside(operation))):
                reached.add(operation[1])
            if given:
                self._changed_by_method(operation[2], operation[3])
        elif code == Op.SET_ITEM:
            if self._touched(operation[3]):
                self._changed(operation[1])
            if self._touched(operation[2]):
                self._changed(operation[3])
        elif operation[1] not in reached and code not in _RESULTLESS and self._differs(operation):
            reached.add(operation[1])

    def _given(self, operation: list[Any]) -> bool:
        reached, keywords = self.reached, operation[4]
        return not reached.isdisjoint(nodes_among(operation[3])) or (
            bool(keywords) and not reached.isdisjoint(nodes_among([ref for _, ref in keywords]))
        )

    def _is_outside(self, operation: list[Any]) -> bool:
        """Whether a call is of code outside, whose result does not depend on what it is given."""
        callee = operation[2]
        known = self._outside.get(callee)
        if known is None:
            names = self.overlays.names
            described = [names.values[value] for value in names.evaluate(self.scope, callee)]
            known = self._outside[callee] = bool(described) and all(
                kind == "X" and rest[0] != "builtins" for kind, *rest in described
            )
        return known

    def _changed_by_method(self, callee: int, arguments: list[Ref]) -> None:
        for operation in self.scope.operations_producing(callee):
            if operation[0] == Op.ATTRIBUTE:
                self._changed(operation[2])
                for ref in arguments[1:] if operation[3] == "setdefault" else ():
                    self._changed(ref)

    def _changed(self, node: Ref) -> None:
        """A container made here into which something is put that differs, or that is put under what differs, must be another one."""
        if type(node) is not int or node in self.reached or node < 0:
            return
        self.reached.update(_of_container_made(self.scope, node))

    def _differs(self, operation: list[Any]) -> bool:
        """Whether an operation must be repeated."""
        code, reached, touched = operation[0], self.reached, self._touched
        if code == Op.SET_FREE:
            return True
        if operation[1] in reached:
            return bool(code != Op.IMPORT_STAR)
        match code:
            case Op.ATTRIBUTE | Op.ITERATE | Op.ENTER:
                return operation[2] in reached
            case Op.CALL:
                return operation[2] in reached or self._given(operation)
            case Op.COPY:
                return touched(operation[2])
            case Op.FREE:
                return self.receiver and operation[2] in _OF_THE_RECEIVER
            case Op.SET_ATTRIBUTE:
                return touched(operation[3])
            case Op.BINARY | Op.DECORATE | Op.SET_ITEM:
                return touched(operation[2]) or touched(operation[3])
            case Op.ITEM:
                return operation[2] in reached or touched(operation[3])
            case Op.CONTAINER:
                return not reached.isdisjoint(nodes_among((*operation[3], *(operation[4] or ()))))
            case Op.NARROW:
                return touched(operation[2]) or self._is_open(operation[3])
            case Op.TYPED:
                given = (ref for refs in operation[3:] for ref in refs)
                return self._is_open(operation[2]) or any(map(touched, given))
            case Op.FUNCTION:
                inner = self.scope.module.scopes[operation[2]]
                defaults = [parameter[3] for parameter in inner.facts.parameters]
                return not reached.isdisjoint(nodes_among(defaults)) or self.overlays.is_closure(inner)
            case Op.CLASS:
                inner = self.scope.module.scopes[operation[2]]
                return not reached.isdisjoint(nodes_among(inner.facts.bases)) or self.overlays.holds_closures(inner)
        return False

    def _is_open(self, annotation: list[Any]) -> bool:
        return self.receiver and self.overlays.is_open(self.scope, annotation)


_RESULTLESS = frozenset({Op.SET_ATTRIBUTE, Op.SET_ITEM, Op.IMPORT_STAR, Op.SET_FREE, Op.RAISE})
