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


def gather(engine: Engine) -> bool:
    """Give what was left out to the variables that lack something of it; whether there were any."""
    held = Held(engine)
    short = [
        node
        for node, values in engine.left_out.items()
        if len(values) <= _MAX_LEFT_OUT and held.are_missed(node, values)
    ]
    for node in _first_of(engine, short):
        _put_others(engine, node, sorted(engine.left_out[node]))
    return bool(short)


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


def _put_others(engine: Engine, node: Node, left_out: list[Value]) -> None:
    for kind in _KINDS:
        others = [engine.values[value][2] for value in left_out if engine.values[value][:2] == ("O", kind)]
        if others:
            every = engine.new_node()
            together = engine.values.intern("O", kind, every)
            engine.values.faint[together] = 0  # it stands for many, and is left out nowhere
            for other in others:
                engine.containers.merge(other, every)
            engine.put(node, together)
