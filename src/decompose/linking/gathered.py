"""What variables with many containers do not tell apart any more: one container that has the entries of those left out.

Which of nine tuples a variable tells apart hangs on the order of the work; what the ninth holds must not be lost by it. Once all
is settled it is known which variables lack something: the first of each chain gets the others as one, and hands it on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from decompose.linking.left_out import Held

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.solver import Node
    from decompose.linking.values import Value

_KINDS = ("dict", "list", "set", "tuple")
_MAX_LEFT_OUT = 32
"""Where more containers than this meet, they have nothing in common but the way that they go."""


class Gathering:
    """Gives variables that lack something what was left out, round by round."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._looked_at: dict[Node, int] = {}
        """So many containers were left out when a node was looked at."""
        self._together: dict[tuple[Value, ...], Value] = {}
        """Containers -> the one that has the entries of all."""

    def gather(self) -> bool:
        """Give what was left out to the variables that lack something of it; whether there were any."""
        looked_at, left_out = self._looked_at, self.engine.left_out
        grown = {node: values for node, values in left_out.items() if looked_at.get(node) != len(values)}
        looked_at.update({node: len(values) for node, values in grown.items()})
        missed = Held(self.engine).missed_by(
            {node: values for node, values in grown.items() if len(values) <= _MAX_LEFT_OUT}
        )
        for node in _first_of(self.engine, list(missed)):
            self._put_others(node, sorted(missed[node]))
        return bool(missed)

    def _put_others(self, node: Node, others: list[Value]) -> None:
        values = self.engine.values
        for kind in _KINDS:
            alike = tuple(value for value in others if values[value][1] == kind)
            if alike:
                known = self._together.get(alike)
                self.engine.put(node, self._put_together(kind, alike) if known is None else known)

    def _put_together(self, kind: str, containers: tuple[Value, ...]) -> Value:
        every = self.engine.new_node()
        together = self._together[containers] = self.engine.values.intern("O", kind, every)
        self.engine.values.faint[together] = 0  # it stands for many, and is left out nowhere
        for container in containers:
            self.engine.containers.merge(self.engine.values[container][2], every)
        return together


def _first_of(engine: Engine, short: list[Node]) -> list[Node]:
    """Those that no other leads to; of several that lead to each other, one."""
    led_to = _reached(engine, (target for node in short for target in engine.goes_to(node)), set())
    first = [node for node in short if node not in led_to]
    seen = _reached(engine, first, set())
    for node in sorted(short):
        if node not in seen:
            first.append(node)
            _reached(engine, (node,), seen)
    return first


def _reached(engine: Engine, start: Iterable[Node], seen: set[Node]) -> set[Node]:
    """``seen`` with all that some nodes lead to."""
    waiting = list(start)
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += engine.goes_to(node)
    return seen
