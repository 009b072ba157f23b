"""Objects that nothing in view makes, known by how they are used: ``session.query(Order)`` on an undeclared ``session``.

A summary's class says which of its methods tell it apart (``__known_by__``) when they are given one of certain classes
(``__known_with__``), both as words in a string; a method that no other class has tells it apart whatever it is given. Such an object may
be of a subclass, so what it does is inferred.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from decompose.facts import Op
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine

MAX_ROUNDS = 4
"""What one object gives may be what another is known by; chains of such are followed so far."""


class ByUse:
    """Finds the objects of one program that are known by their use only."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._telling: dict[str, list[tuple[Value, frozenset[int]]]] = {}
        for cls in engine.program.classes():
            methods = cls.facts.names.get("__known_by__")
            given = cls.facts.names.get("__known_with__", "")
            if cls.library and isinstance(methods, str) and isinstance(given, str):
                wanted = frozenset(
                    engine.values[value][1]
                    for name in given.split()
                    for value in engine.names.lookup(cls, name)
                    if engine.values[value][0] == "C"
                )
                instance = engine.values.instance(cls.index, (), declared=True)
                for method in methods.split():
                    self._telling.setdefault(method, []).append((instance, wanted))

    def find(self) -> bool:
        """Put what is known by its use where nothing else is known; whether there was anything.

        What something outside gives under one name is the same everywhere: ``db.session.add(order)`` is of the session that
        ``db.session.get(Order, 1)`` tells.
        """
        found = [(site, *told) for site in self.engine.calls_leading_nowhere() for told in self._told_by(site)]
        outside: dict[Value, set[Value]] = {}
        for _, node, instance in found:
            for value in self.engine.values_of(node):
                if self.engine.values[value][0] == "X":
                    outside.setdefault(value, set()).add(instance)
        if outside:
            found += self._the_same(outside)
        for site, node, instance in found:
            self.engine.put(node, instance)
            cls = self.engine.program.scopes[self.engine.values[instance][1]]
            self.engine.known_by_use.add((site.frame.scope.index, cls.module.name))
        return bool(found)

    def _the_same(self, outside: dict[Value, set[Value]]) -> list[tuple[Site, int, Value]]:
        """Where a method is called of something outside that has been told elsewhere."""
        found: list[tuple[Site, int, Value]] = []
        for site in self.engine.calls_leading_nowhere():
            scope, callee = site.frame.scope, site.operation[2]
            if type(callee) is not int or callee < 0:
                continue
            for operation in scope.operations_producing(callee):
                node = (
                    site.frame.nodes[operation[2]] if operation[0] == Op.ATTRIBUTE and type(operation[2]) is int else -1
                )
                values = self.engine.values_of(node) if node >= 0 else frozenset()
                if len(values) == 1:
                    found += [(site, node, instance) for value in values for instance in sorted(outside.get(value, ()))]
        return found

    def _told_by(self, site: Site) -> list[tuple[int, Value]]:
        scope, callee = site.frame.scope, site.operation[2]
        if type(callee) is not int or callee < 0:
            return []
        for operation in scope.operations_producing(callee):
            telling = self._telling.get(operation[3]) if operation[0] == Op.ATTRIBUTE else None
            if telling is not None:
                node = site.frame.nodes[operation[2]]
                if all(self._tells_nothing(value) for value in self.engine.values_of(node)):
                    return [(node, instance) for instance, wanted in telling if self._fits(site, wanted)]
        return []

    def _fits(self, site: Site, wanted: frozenset[int]) -> bool:
        """Whether a call's first argument is of one of the ``wanted`` classes, if any are."""
        if not wanted:
            return True
        given = self.engine.values_of(self.engine.node_of(site.frame, site.arguments[0])) if site.arguments else None
        return bool(given) and self._are_all(given or (), wanted)

    def _tells_nothing(self, value: Value) -> bool:
        """Whether a value is just what something outside returned, or an attribute of that."""
        description = self.engine.values[value]
        return bool(description[0] == "X" and description[1] != "builtins" and "()" in description[2])

    def _are_all(self, given: Collection[Value], wanted: frozenset[int]) -> bool:
        described = [self.engine.values[value] for value in given]
        scopes: list[Scope] = [self.engine.program.scopes[d[1]] for d in described if d[0] in ("C", "I")]
        return len(scopes) == len(described) and all(self._is_of(cls, wanted) for cls in scopes)

    def _is_of(self, cls: Scope, wanted: frozenset[int]) -> bool:
        return not wanted.isdisjoint(ancestor.index for ancestor in self.engine.hierarchy.order(cls))
