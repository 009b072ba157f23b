"""Whether anything on the way of a mapped object may change a column of its row.

What functions assign to the attributes of which classes is known from linking: of the functions that the object comes through, and of
those that these give it to. A call that is not understood may change whatever object it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.libraries import sqlalchemy_mapping, sqlalchemy_mutable, sqlalchemy_session
from decompose.linking.libraries.sqlalchemy_relations import relations_of
from decompose.linking.program import Scope

_MAX_DEPTH = 3
"""Changes in functions that are further away than this many calls are mostly written there."""
_SAME_OBJECT = frozenset({Op.COPY, Op.NARROW})


class Way(NamedTuple):
    """An object in a scope, in a ref; ``line``: where it goes on from there, 0 if that is not known."""

    scope: int
    ref: int
    line: int


class ChangedRows:
    """Answers for one linked program; ``sites`` are its calls, by the identity of the operation."""

    def __init__(self, linked: Linked, sites: Mapping[int, Sequence[Site]]) -> None:
        self.linked = linked
        self._sites = sites
        self._changing: dict[tuple[int, int], frozenset[int]] = {}
        self._collections: dict[int, frozenset[str]] = {}

    def may_change(self, cls: int, ways: Iterable[Way]) -> bool:
        """Whether an object of a class may be changed on one of its ways, and goes on before that is written."""
        return any(self._may_change(cls, way) for way in sorted(set(ways)))

    def _may_change(self, cls: int, way: Way) -> bool:
        scope = self.linked.program.scopes[way.scope]
        assigned = self._assigned.get(way.scope, {})
        if any(self._is_pending(scope, line, way) and self._is_of(cls, classes) for line, classes in assigned.items()):
            return True
        nodes = _forward(scope, way.ref)
        for operation in scope.facts.ops:
            if _is_kept(operation, nodes):
                return True  # whoever has what holds it
            if operation[0] == Op.CALL and self._is_pending(scope, operation[-1], way):
                given = [*operation[3], *(ref for _, ref in operation[4]), *_receivers(scope, operation)]
                if any(_is_among(ref, nodes) for ref in given) and self._call_changes(cls, operation):
                    return True
        return False

    def _is_pending(self, scope: Scope, line: int, way: Way) -> bool:
        """Whether what a line changes is to be written yet where the object goes on."""
        if not way.line:
            return True
        if line < way.line:
            return not any(line < flush < way.line for flush in self.flushes.get(scope.index, ()))
        # In the turn of a loop before.
        return any(first <= line <= last and first <= way.line <= last for first, last in scope.module.facts.loops)

    def _call_changes(self, cls: int, call: list[Any]) -> bool:
        targets = {target for site in self._sites.get(id(call), ()) for target in site.targets}
        if not targets:
            return True
        called = sorted({target for target, _, kind in targets if kind != "library"})
        return any(self._is_of(cls, self._changed_by(target, _MAX_DEPTH)) for target in called)

    def _is_of(self, cls: int, classes: Iterable[int]) -> bool:
        return any(self.linked.hierarchy.are_related(cls, changed) for changed in classes)

    def _changed_by(self, scope: int, depth: int) -> frozenset[int]:
        """The classes whose columns a function assigns, or those that it calls."""
        found = self._changing.get((scope, depth))
        if found is None:
            found = frozenset().union(*self._assigned.get(scope, {}).values())
            for target in sorted(self._called(scope)) if depth else ():
                found |= self._changed_by(target, depth - 1)
            self._changing[scope, depth] = found
        return found

    def _called(self, scope: int) -> set[int]:
        calls = (o for o in self.linked.program.scopes[scope].facts.ops if o[0] == Op.CALL)
        sites = (site for call in calls for site in self._sites.get(id(call), ()))
        return {target for site in sites for target, _, kind in site.targets if kind != "library"}

    @cached_property
    def flushes(self) -> dict[int, list[int]]:
        """Scope -> the lines where all that is pending is written."""
        found: dict[int, list[int]] = {}
        for site in self.linked.sites_calling(*sqlalchemy_session.WRITES_NOW):
            found.setdefault(site.frame.scope.index, []).append(site.line)
        return found

    @cached_property
    def _assigned(self) -> dict[int, dict[int, set[int]]]:
        """Scope and line -> the mapped classes of which something is assigned there that is no collection of other rows.

        What inner functions assign stands with the functions around them as well, at no line.
        """
        found: dict[int, dict[int, set[int]]] = {}
        for scope, cls, line in self._changes():
            found.setdefault(scope.index, {}).setdefault(line, set()).add(cls)
            around = scope.parent
            while around is not None and around.is_function:
                found.setdefault(around.index, {}).setdefault(0, set()).add(cls)
                around = around.parent
        return found

    def _changes(self) -> Iterator[tuple[Scope, int, int]]:
        engine, scopes, values = self.linked.engine, self.linked.program.scopes, self.linked.values
        for frame, value, name, line in (*engine.attribute_stores, *sqlalchemy_mutable.changed_in_place(self.linked)):
            kind, cls = values[value][:2]
            if kind != "I" or frame.scope.library or not self.linked.inherits(scopes[cls], sqlalchemy_mapping.BASE):
                continue
            if name not in self._collections_of(scopes[cls]):
                yield frame.scope, cls, line
        for index, _, _, value, _, rule, line in engine.accesses:
            if rule in _CHANGES and values[value][0] == "I":
                yield scopes[index], values[value][1], line

    def _collections_of(self, cls: Scope) -> frozenset[str]:
        found = self._collections.get(cls.index)
        if found is None:
            relations = relations_of(self.linked, cls)
            found = self._collections[cls.index] = frozenset(r.name for r in relations if r.many or r.between)
        return found


_CHANGES = sqlalchemy_session.PENDING - sqlalchemy_session.ADDS - sqlalchemy_session.MERGES


def _forward(scope: Scope, ref: int) -> set[int]:
    """The refs that hold the object of a ref later on."""
    nodes = {ref}
    size = 0
    while size < len(nodes):
        size = len(nodes)
        nodes.update(o[1] for o in scope.facts.ops if o[0] in _SAME_OBJECT and type(o[2]) is int and o[2] in nodes)
    return nodes


def _is_kept(operation: list[Any], nodes: set[int]) -> bool:
    """Whether something else holds one of the nodes after an operation."""
    match operation:
        case [Op.CONTAINER, _, _, elements, *_]:
            return any(_is_among(ref, nodes) for ref in elements)
        case [Op.SET_FREE, _, source] | [Op.SET_ATTRIBUTE | Op.SET_ITEM, _, _, source, _]:
            return _is_among(source, nodes)
    return False


def _receivers(scope: Scope, call: list[Any]) -> list[Ref]:
    return [o[2] for o in scope.operations_producing(call[2]) if o[0] == Op.ATTRIBUTE]


def _is_among(ref: Ref, nodes: set[int]) -> bool:
    if isinstance(ref, list):
        return ref[:1] == ["*"] and ref[1] in nodes
    return ref in nodes
