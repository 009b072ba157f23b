"""What functions ask for of the objects that they have: whether an attribute was asked for, or set, before a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.system.callers import Callers

_MAX_STEPS = 8
_MAX_NESTED = 2
"""How many calls below a function what is asked there counts for it."""
_END = 1 << 30

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


class Asked:
    """Answers for one linked program; ``sites`` by the identity of the call's operation."""

    def __init__(self, linked: Linked, callers: Callers, sites: Mapping[int, Sequence[Site]]) -> None:
        self.linked = linked
        self.callers = callers
        self.sites = sites
        self._asked: dict[tuple[int, int], dict[tuple[Any, Path], int]] = {}

    def before(self, scope: Scope, ref: Ref, path: Path, line: int = _END) -> bool:
        """Whether a function asks for ``path`` of the same object, or sets it, on a line or above; or one that it gives it to."""
        root, start = self._root(scope, ref)
        wanted = (*start, *path)
        if self._of(scope, _MAX_NESTED).get((root, wanted), _END + 1) <= line:
            return True
        for operation in scope.operations_producing(root) if root is not None and root >= 0 else ():
            outer = enclosing_variable(scope, operation[2]) if operation[0] == Op.FREE else None
            if outer is not None and self.before(*outer, wanted):
                return True
        return False

    def _of(self, scope: Scope, depth: int) -> dict[tuple[Any, Path], int]:
        """What a function asks for, by the node of the object and the attributes, with the first line."""
        known = self._asked.get((scope.index, depth))
        if known is not None:
            return known
        asked = self._asked[scope.index, depth] = {}

        def note(base: Any, names: Path, line: int) -> None:
            key = (base, names)
            asked[key] = min(line, asked.get(key, _END))

        for operation in scope.facts.ops:
            if operation[0] == Op.ATTRIBUTE:
                base, names = self._root(scope, operation[2])
                note(base, (*names, operation[3]), operation[4])
            elif operation[0] == Op.SET_ATTRIBUTE:
                base, names = self._root(scope, operation[1])
                note(base, (*names, operation[2]), operation[-1])
            elif operation[0] == Op.CALL and depth:
                for ref, path in self._asked_by_called(scope, operation, depth - 1):
                    base, names = self._root(scope, ref)
                    # Known below the call only: what asks may be what is called.
                    note(base, (*names, *path), operation[-1] + 1)
        return asked

    def _asked_by_called(self, scope: Scope, call: list[Any], depth: int) -> list[tuple[Ref, Path]]:
        """What all functions that a call leads to ask for, whatever happens, of the objects that they are given."""
        targets = {
            (target, of >= 0)
            for site in self.sites.get(id(call), ())
            for target, of, kind in site.targets
            if kind != "construct" or target >= 0
        }
        found: set[tuple[Ref, Path]] | None = None
        for target, bound in targets:
            function = self.linked.program.scopes[target]
            if function.library or not function.is_function:
                return []
            arguments = [*(self.callers.receivers(scope, call)[:1] or [-1]), *call[3]] if bound else call[3]
            positional = [p for p in function.facts.parameters if p[4] == ParameterKind.POSITIONAL]
            given = {p[1]: ref for p, ref in zip(positional, arguments, strict=False) if type(ref) is int and ref >= 0}
            arms = [
                arm for arm in function.module.facts.arms if function.facts.line <= arm[0] <= function.facts.end_line
            ]
            here = {
                (given[base], path)
                for (base, path), line in self._of(function, depth).items()
                if base in given and not any(first <= line <= last for first, last, *_ in arms)
            }
            found = here if found is None else found & here
        return sorted(found or ())

    def _root(self, scope: Scope, ref: Ref) -> tuple[Any, Path]:
        """The node that an object comes from in its function, and the attributes on the way."""
        names: Path = ()
        for _ in range(_MAX_STEPS):
            producers = scope.operations_producing(ref) if type(ref) is int and ref >= 0 else []
            if len(producers) != 1 or producers[0][0] not in (Op.COPY, Op.NARROW, Op.ATTRIBUTE):
                break
            if producers[0][0] == Op.ATTRIBUTE:
                names = (producers[0][3], *names)
            ref = producers[0][2]
        return (ref if type(ref) is int else None), names
