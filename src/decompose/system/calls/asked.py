"""What functions ask for of the objects that they have: whether an attribute was asked for, or set, before a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.system.calls.callers import Callers

_MAX_STEPS = 8
_MAX_NESTED = 2
"""How many calls below a function what is asked there counts for it."""
_END = 1 << 30
_BY_TEXT = ("getattr", "hasattr")

Path = tuple[str, ...]
"""Names of attributes, one after the other."""


def enclosing_variable(scope: Scope, name: str) -> tuple[Scope, int] | None:
    """The variable of an enclosing function that a free name is, by its scope and node."""
    outer = scope.parent
    while outer is not None and outer.is_function:
        ref = outer.facts.names.get(name)
        if ref is not None:
            return (outer, ref) if type(ref) is int and ref >= 0 else None
        outer = outer.parent
    return None


def _leads_always(scope: Scope, above: int, line: int) -> bool:
    """Whether who comes to a line has been at the one above it: it stands on no branch of its own."""
    return all(first <= line <= last for first, last, *_ in scope.module.facts.arms if first <= above <= last)


def _asks_by_text(scope: Scope, call: list[Any]) -> bool:
    """Whether a call is ``getattr(order, "customer")`` or ``hasattr(order, "customer")``."""
    if len(call[3]) < 2 or not isinstance(call[3][1], str):
        return False
    return any(o[0] == Op.FREE and o[2] in _BY_TEXT for o in scope.operations_producing(call[2]))


class _Handed(NamedTuple):
    """An object that is given to a call: the call, its position among the arguments, and the attributes on the way to it."""

    call: list[Any]
    position: int
    names: Path


class Asked:
    """Answers for one linked program; ``sites`` by the identity of the call's operation."""

    def __init__(self, linked: Linked, callers: Callers, sites: Mapping[int, Sequence[Site]]) -> None:
        self.linked = linked
        self.callers = callers
        self.sites = sites
        self._own: dict[int, dict[tuple[Any, Path], int]] = {}
        self._handed: dict[int, dict[Any, list[_Handed]]] = {}

    def before(self, scope: Scope, ref: Ref, path: Path, line: int = _END) -> bool:
        """Whether a function asks for ``path`` of the same object, or sets it, on a line or above; or one that it gives it to."""
        root, start = self._root(scope, ref)
        wanted = (*start, *path)
        if self._asked_by(scope).get((root, wanted), _END + 1) <= line:
            return True
        if root is None or root < 0:
            return False
        # What a call asks for is known below it only: what asks may be what is called.
        if any(h.call[-1] < line and self._asks(h, wanted, _MAX_NESTED) for h in self._given(scope).get(root, ())):
            return True
        for operation in scope.operations_producing(root):
            outer = enclosing_variable(scope, operation[2]) if operation[0] == Op.FREE else None
            if outer is not None and self.before(*outer, wanted):
                return True
        return False

    def set_before(self, scope: Scope, ref: Ref, path: Path, line: int) -> bool:
        """Whether a function has set ``path`` of the same object above a line, on every way that leads there."""
        root, start = self._root(scope, ref)
        if root is None or root < 0 or len(scope.operations_producing(root)) > 1:
            return False  # one name for several objects
        wanted = (root, (*start, *path))
        for operation in scope.facts.ops:
            above = operation[-1]
            if operation[0] == Op.SET_ATTRIBUTE and above < line:
                base, names = self._root(scope, operation[1])
                if (base, (*names, operation[2])) == wanted and _leads_always(scope, above, line):
                    return True
        return False

    def called_before(self, scope: Scope, ref: Ref, path: Path, line: int) -> bool:
        """Whether a call above a line, on every way that leads there, asks for ``path`` of the same object."""
        root, start = self._root(scope, ref)
        if root is None or root < 0 or len(scope.operations_producing(root)) > 1:
            return False
        return any(
            handed.call[-1] < line
            and _leads_always(scope, handed.call[-1], line)
            and self._asks(handed, (*start, *path), _MAX_NESTED)
            and not self._comes_back(handed, scope, _MAX_NESTED)
            for handed in self._given(scope).get(root, ())
        )

    def asks_always(self, function: Scope, position: int, path: Path) -> bool:
        """Whether a function asks for ``path`` of what it is given in a position, whatever happens."""
        return self._asks_of_parameter(function, position, path, _MAX_NESTED)

    def _comes_back(self, handed: _Handed, scope: Scope, depth: int) -> bool:
        """Whether a call leads to the function that makes it: in a circle each would have it of the other, and nobody of the database."""
        targets = {t for site in self.sites.get(id(handed.call), ()) for t, _, _ in site.targets}
        if scope.index in targets:
            return True
        given = (self._given(self.linked.program.scopes[target]) for target in targets) if depth > 1 else ()
        return any(self._comes_back(h, scope, depth - 1) for calls in given for every in calls.values() for h in every)

    def _asked_by(self, scope: Scope) -> dict[tuple[Any, Path], int]:
        """What a function asks for itself, by the node of the object and the attributes, with the first line."""
        asked = self._own.get(scope.index)
        if asked is None:
            asked = self._own[scope.index] = {}
            for operation in scope.facts.ops:
                if operation[0] == Op.ATTRIBUTE:
                    base, names = self._root(scope, operation[2])
                    key, line = (base, (*names, operation[3])), operation[4]
                elif operation[0] == Op.SET_ATTRIBUTE:
                    base, names = self._root(scope, operation[1])
                    key, line = (base, (*names, operation[2])), operation[-1]
                elif operation[0] == Op.CALL and _asks_by_text(scope, operation):
                    base, names = self._root(scope, operation[3][0])
                    key, line = (base, (*names, operation[3][1])), operation[-1]
                else:
                    continue
                asked[key] = min(line, asked.get(key, _END))
        return asked

    def _given(self, scope: Scope) -> dict[Any, list[_Handed]]:
        """Where a function gives its objects to calls, by the node of the object; the object of a method is at -1."""
        found = self._handed.get(scope.index)
        if found is None:
            found = self._handed[scope.index] = {}
            for operation in scope.facts.ops:
                if operation[0] != Op.CALL or id(operation) not in self.sites:
                    continue
                own = self.callers.receivers(scope, operation)
                for position, ref in enumerate([own[0] if own else -1, *operation[3]], -1):
                    base, names = self._root(scope, ref)
                    if base is not None and base >= 0:
                        found.setdefault(base, []).append(_Handed(operation, position, names))
        return found

    def _asks(self, handed: _Handed, wanted: Path, depth: int) -> bool:
        """Whether all functions that a call leads to ask for the path of what they are given, whatever happens."""
        if not depth or wanted[: len(handed.names)] != handed.names:
            return False
        path = wanted[len(handed.names) :]
        targets = {(t, of >= 0) for site in self.sites.get(id(handed.call), ()) for t, of, _ in site.targets}
        return bool(path and targets) and all(
            self._asks_of_parameter(self.linked.program.scopes[target], handed.position + bound, path, depth)
            for target, bound in targets
        )

    def _asks_of_parameter(self, function: Scope, position: int, path: Path, depth: int) -> bool:
        if function.library or not function.is_function or position < 0:
            return False
        positional = [p[1] for p in function.facts.parameters if p[4] == ParameterKind.POSITIONAL]
        if position >= len(positional):
            return False
        facts = function.facts
        arms = [arm for arm in function.module.facts.arms if facts.line <= arm[0] <= facts.end_line]

        def always(line: int) -> bool:
            return not any(first <= line <= last for first, last, *_ in arms)

        node = positional[position]
        line = self._asked_by(function).get((node, path))
        if line is not None and always(line):
            return True
        handed = self._given(function).get(node, ()) if depth > 1 else ()
        return any(always(h.call[-1]) and self._asks(h, path, depth - 1) for h in handed)

    def _root(self, scope: Scope, ref: Ref) -> tuple[Any, Path]:
        """The node that an object comes from in its function, and the attributes on the way."""
        names: Path = ()
        for _ in range(_MAX_STEPS):
            producers = scope.operations_producing(ref)
            if len(producers) != 1 or producers[0][0] not in (Op.COPY, Op.NARROW, Op.ATTRIBUTE):
                break
            if producers[0][0] == Op.ATTRIBUTE:
                names = (producers[0][3], *names)
            ref = producers[0][2]
        return (ref if type(ref) is int else None), names
