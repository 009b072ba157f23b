"""What a node and everything below it come to, however many ask: each edge of the graph is followed once.

Sets are integers with one bit for each thing. Nodes that lead to each other in a circle share one set (Tarjan, 1972).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import reduce
from operator import or_
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)
Thing = TypeVar("Thing", bound=Hashable)


class Gathered(Generic[Node]):
    """``below``: where a node leads to, always in the same order; ``own``: the set of a node itself."""

    def __init__(self, below: Callable[[Node], Iterable[Node]], own: Callable[[Node], int]) -> None:
        self._below = below
        self._own = own
        self._found: dict[Node, int] = {}

    def of(self, start: Node) -> int:
        """The set of a node and of all below it."""
        if start not in self._found:
            self._gather(start)
        return self._found[start]

    def _gather(self, start: Node) -> None:
        found = self._found
        index, low = {start: 0}, {start: 0}
        circle_so_far = [start]
        below = {start: list(self._below(start))}
        work = [(start, iter(below[start]))]
        while work:
            node, remaining = work[-1]
            for target in remaining:
                if target in found:
                    continue
                if target not in index:
                    index[target] = low[target] = len(index)
                    circle_so_far.append(target)
                    below[target] = list(self._below(target))
                    work.append((target, iter(below[target])))
                    break
                low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    before = work[-1][0]
                    low[before] = min(low[before], low[node])
                if low[node] == index[node]:
                    circle = [circle_so_far.pop()]
                    while circle[-1] != node:
                        circle.append(circle_so_far.pop())
                    bits = 0
                    for member in circle:
                        bits |= self._own(member)
                        for target in below.pop(member):
                            bits |= found.get(target, 0)
                    found.update(dict.fromkeys(circle, bits))


class Bits(Generic[Thing]):
    """One bit for each thing, in the order in which they come."""

    def __init__(self) -> None:
        self._bits: dict[Thing, int] = {}
        self._things: list[Thing] = []

    def of(self, things: Iterable[Thing]) -> int:
        """The set of some things."""
        found = 0
        for thing in things:
            bit = self._bits.get(thing)
            if bit is None:
                bit = self._bits[thing] = 1 << len(self._things)
                self._things.append(thing)
            found |= bit
        return found

    def things(self, bits: int) -> list[Thing]:
        """The things of a set."""
        return [self._things[at] for at in positions(bits)]


def union(sets: Iterable[int]) -> int:
    """What any of some sets has."""
    return reduce(or_, sets, 0)


def positions(bits: int) -> list[int]:
    """Where ``bits`` has ones, from the lowest."""
    import numpy as np

    held = np.frombuffer(bits.to_bytes((bits.bit_length() + 7) // 8, "little"), dtype=np.uint8)
    found: list[int] = np.flatnonzero(np.unpackbits(held, bitorder="little")).tolist()
    return found
