"""Base classes that only values tell: ``class Audited(parent)`` in a function that is given ``parent``.

The order of a class's ancestors is made before anything flows, so such bases are asked after all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.linking.attributes import binding
from decompose.linking.calls import following
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node


class OpenBases:
    """The bases of each class of which names alone tell nothing."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._nodes: dict[int, Node] = {}

    def note(self, frame: Frame, cls: Scope) -> None:
        """The class statement ``cls`` runs in ``frame``."""
        for ref in cls.facts.bases:
            if type(ref) is int and ref >= 0 and not self.engine.names.evaluate(frame.scope, ref):
                node = self._nodes.get(cls.index)
                if node is None:
                    node = self._nodes[cls.index] = self.engine.new_node()
                self.engine.edge(frame.nodes[ref], node)

    def of(self, cls: Scope, after: Scope | None = None) -> list[Node]:
        """The nodes of such bases of a class and its ancestors; ``after``: of that one and of those behind it."""
        if not self._nodes:
            return []
        order = self.engine.hierarchy.order(cls)
        start = order.index(after) if after is not None and after in order else 0
        return [self._nodes[ancestor.index] for ancestor in order[start:] if ancestor.index in self._nodes]

    def load(
        self, frame: Frame, result: Node, receiver: Value, cls: Scope, name: str, line: int, after: Scope | None = None
    ) -> bool:
        """``receiver.name``, or that of ``super()``, where no other ancestor has it; whether there are such bases."""
        nodes = self.of(cls, after)
        for node in nodes:
            self.engine.watch(node, _load, self.engine, frame, result, receiver, cls, name, line)
        return bool(nodes)

    def construct(self, site: Site, cls: Scope, instance: Value) -> None:
        """Run the initialiser of such a base."""
        for node in self.of(cls):
            self.engine.watch(node, _construct, self.engine, site, instance)


def _load(
    new: frozenset[Value], engine: Engine, frame: Frame, result: Node, receiver: Value, cls: Scope, name: str, line: int
) -> None:
    for value in new:
        description = engine.values[value]
        base = engine.program.scopes[description[1]] if description[0] == "C" else None
        member = engine.hierarchy.member(base, name) if base is not None else None
        if member is not None:
            binding.use_member(engine, frame, result, receiver, cls, member, name, line)


def _construct(new: frozenset[Value], engine: Engine, site: Site, instance: Value) -> None:
    for value in new:
        description = engine.values[value]
        base = engine.program.scopes[description[1]] if description[0] == "C" else None
        member = engine.hierarchy.member(base, "__init__") if base is not None else None
        function = engine.function_of(member)
        if member is not None and function is not None and not function.library:
            outer, site.kind, result, site.result = site.kind, "construct", site.result, -1
            following.call_function(
                engine, site, ("F", function.index, engine.class_frame(member.owner).index), instance
            )
            site.kind, site.result = outer, result
