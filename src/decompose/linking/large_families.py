"""Types for which subclasses may stand that do not all flow, for there are too many, or rows of any come back: what an attribute leads to.

Seventy engines that may stand for ``engine: Engine`` would fill each node that they come to. But of the seventy only those that state
``quote`` anew can run something else where ``engine.quote()`` is called, and these are few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.linking.attributes import reading
from decompose.linking.places import MAX_POSSIBLE_SUBCLASSES
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node


class LargeFamilies:
    """Which subclasses state an attribute anew, found once for each declared type and name."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.not_followed: set[tuple[int, int, int, str]] = set()
        """Scope, line, class and name where the attribute is one that too many subclasses state anew."""
        self._stating: dict[tuple[Value, str], frozenset[Value]] = {}

    def load(self, frame: Frame, result: Node, value: Value, name: str, line: int) -> None:
        """What the subclasses that may stand for a declared ``value`` have in place of its attribute ``name``."""
        stating = self.stating(value, name)
        if len(stating) > MAX_POSSIBLE_SUBCLASSES:
            declared = self.engine.values[value][1]
            if self._is_code(declared, name):
                self.not_followed.add((frame.scope.index, line, declared, name))
        elif stating:
            reading.load(stating, self.engine, frame, result, name, line)

    def stating(self, value: Value, name: str) -> frozenset[Value]:
        """The subclasses that state an attribute anew."""
        stating = self._stating.get((value, name))
        if stating is None:
            stating = self._stating[value, name] = frozenset(self._stating_anew(value, name))
        return stating

    def _stating_anew(self, value: Value, name: str) -> list[Value]:
        values = self.engine.values
        description = values[value]
        below = self.engine.hierarchy.subclasses.get(description[1], ())
        given = self.engine.contributed
        found = (
            values.instance(cls.index, (), declared=True)
            for cls in below
            if self._states(cls, name) or ((cls.index, name) in given and (description[1], name) not in given)
        )
        return [values.any_class(instance) if description[0] == "C" else instance for instance in found]

    def _states(self, cls: Scope, name: str) -> bool:
        """Whether a class itself has a method, a class or an object of that name: plain data lead nowhere."""
        ref = cls.facts.names.get(name)
        return ref is not None and self.engine.node_of(self.engine.class_frame(cls), ref) >= 0

    def _is_code(self, declared: int, name: str) -> bool:
        """Whether subclasses have methods or classes of that name: what other objects it leads to is seldom called."""
        below = self.engine.hierarchy.subclasses[declared]
        return any(cls.function_below(cls.facts.names.get(name, -1)) is not None for cls in below)
