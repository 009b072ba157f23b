"""Inclusion constraints over numbered nodes, solved by difference propagation (Pearce, Kelly and Hankin, 2004).

Every node holds a set of values. An edge says that one node's values are also another's; a watcher is called with
the values that are new to a node and may add nodes, edges and values. Nothing is ever taken away, so the order of the work matters only where
a node gets more values than it holds. Code elsewhere does not change it: nodes come first in, first out, and several
values in the order in which they became known.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from sys import getrefcount
from typing import Any

from decompose.linking.values import Value

Node = int

MAX_VALUES = 40
"""A node with more values than this stands for "anything": further values are dropped and the node is counted."""

MANY_VALUES = 20
"""More values than this of a node that stands for "anything" say nothing about it: they are those that came first."""

MAX_FAINT_VALUES = 8
"""From this many values on, a node takes no more faint ones (things outside, anonymous containers)."""

_FEW_GROWN = 10_000
_OWN_REFERENCES = 4
"""Of a set that nobody else holds: key and value, the loop's, and that of who asks."""


class _Single(dict[Value, frozenset[Value]]):
    """Value -> the set of just that, made once."""

    def __missing__(self, value: Value) -> frozenset[Value]:
        found = self[value] = frozenset((value,))
        return found


class _InOrder(frozenset[Value]):
    """Values that a watcher goes through in the order in which they became known, however they lie in a set."""

    def __iter__(self) -> Iterator[Value]:
        return iter(sorted(super().__iter__()))


class Solver:
    """The constraint graph and its worklist. Sets of values are never changed, so nodes share them."""

    def __init__(self, faint: bytearray, ranks: Mapping[Value, Any]) -> None:
        """``faint[value]`` is 1 for values that tell little about the program; those of low rank are kept where there are too many."""
        self.faint = faint
        self.ranks = ranks
        self.contents: list[frozenset[Value] | None] = []
        self._edges: list[Node | list[Node] | None] = []
        """Of each node those that have its values too; most have only one, which needs no list."""
        self._watchers: list[tuple[Any, ...] | list[tuple[Any, ...]] | None] = []
        """Of each node its watchers, each with its arguments behind it; most have only one, which needs no list."""
        self._pending: dict[Node, frozenset[Value]] = {}
        self._queue: deque[Node] = deque()
        self._constants: dict[Value, Node] = {}
        self._single = _Single()
        self.left_out: dict[Node, set[Value]] = {}
        """The faint values that a node did not take."""
        self._grown: dict[frozenset[Value], frozenset[Value]] = {}
        """Of equal sets that grew the first one: many nodes come to hold the same."""
        self._most_grown = _FEW_GROWN
        """With more than this, those that no node holds any more are forgotten."""
        self.saturated: set[Node] = set()
        self.crowded: set[Node] = set()
        """The saturated nodes, and those that hold many of the values that one of them happened to take."""

    def new_node(self) -> Node:
        """A node without values."""
        node = len(self.contents)
        self.contents.append(None)
        self._edges.append(None)
        self._watchers.append(None)
        return node

    def new_nodes(self, count: int) -> list[Node]:
        """``count`` nodes without values."""
        start = len(self.contents)
        nothing = [None] * count
        self.contents.extend(nothing)
        self._edges.extend(nothing)
        self._watchers.extend(nothing)
        return list(range(start, start + count))

    def single(self, value: Value) -> frozenset[Value]:
        """The set of just ``value``."""
        return self._single[value]

    def shared(self, values: Collection[Value]) -> frozenset[Value]:
        """The set of ``values``; sets of none or one are the same ones for all who ask, for there are very many of them."""
        if len(values) > 1:
            return frozenset(values)
        for value in values:
            return self._single[value]
        return _NOTHING

    def constant(self, value: Value) -> Node:
        """The node that holds just ``value``; for reading only."""
        node = self._constants.get(value)
        if node is None:
            node = self._constants[value] = self.new_node()
            self.contents[node] = self.single(value)
        return node

    def values_of(self, node: Node | None) -> frozenset[Value]:
        """The values found so far."""
        if node is None or node < 0:
            return _NOTHING
        return self.contents[node] or _NOTHING

    def put(self, node: Node, value: Value) -> None:
        """Add one value to a node."""
        have = self.contents[node]
        if have is None and self._edges[node] is None and self._watchers[node] is None:
            self.contents[node] = self._single[value]  # nothing waits for it
        elif have is None or value not in have:
            self.add(node, self._single[value])

    def add(self, node: Node, values: frozenset[Value]) -> None:
        """Add values to a node."""
        have = self.contents[node]
        if have is None:
            new = values if len(values) <= MAX_FAINT_VALUES else self._fitting(node, 0, values)
            self.contents[node] = new
        else:
            if values is have:
                return
            new = values - have
            if not new:
                return
            if len(have) + len(new) > MAX_FAINT_VALUES:
                new = self._fitting(node, len(have), new)
                if not new:
                    return
            every = have | new
            self.contents[node] = self._grown.setdefault(every, every)
        if self._edges[node] is None and self._watchers[node] is None:
            return
        pending = self._pending.get(node)
        if pending is None:
            self._pending[node] = new
            self._queue.append(node)
        else:
            self._pending[node] = pending | new

    def _fitting(self, node: Node, present: int, values: frozenset[Value]) -> frozenset[Value]:
        """What a node that gets large still takes."""
        faint = self.faint
        telling = {value for value in values if not faint[value]}
        room = MAX_FAINT_VALUES - present - len(telling)
        if len(telling) < len(values):
            others = values - telling
            if room > 0:
                telling.update(sorted(others, key=self.ranks.__getitem__)[:room])
                others -= telling
            if others:
                self.left_out.setdefault(node, set()).update(others)
        if present + len(telling) > MAX_VALUES:
            self.saturated.add(node)
            return frozenset(sorted(telling, key=self.ranks.__getitem__)[: max(0, MAX_VALUES - present)])
        return frozenset(telling)

    def edge(self, source: Node, target: Node) -> None:
        """The values of ``source`` are values of ``target`` too."""
        if source == target:
            return
        edges = self._edges[source]
        if edges is None:
            self._edges[source] = target
        elif isinstance(edges, int):
            if target == edges:
                return
            self._edges[source] = [edges, target]
        elif target in edges[-8:]:
            return
        else:
            edges.append(target)
        known = self.contents[source]
        if known and known is not self.contents[target]:
            self.add(target, known)

    def watch(self, node: Node, *watcher: Any) -> None:
        """Call ``function(new values, *arguments)`` now and whenever ``node`` gets new values; ``watcher`` are both in a row."""
        watchers = self._watchers[node]
        if watchers is None:
            self._watchers[node] = watcher
        elif isinstance(watchers, list):
            watchers.append(watcher)
        else:
            self._watchers[node] = [watchers, watcher]
        known = self.contents[node]
        if known:
            watcher[0](known if len(known) == 1 else _InOrder(known), *watcher[1:])

    def run(self) -> None:
        """Propagate until nothing changes."""
        queue, pending = self._queue, self._pending
        contents, edges, watchers, add = self.contents, self._edges, self._watchers, self.add
        while queue:
            node = queue.popleft()
            new = pending.pop(node)
            targets = edges[node]
            if isinstance(targets, int):
                if new is not contents[targets]:
                    add(targets, new)
            elif targets is not None:
                for target in targets:
                    if new is not contents[target]:
                        add(target, new)
            watching = watchers[node]
            if watching is not None:
                # Those that a watcher adds here have been told already.
                told = new if len(new) == 1 else _InOrder(new)
                for watcher in tuple(watching) if isinstance(watching, list) else (watching,):
                    try:
                        watcher[0](told, *watcher[1:])
                    except Exception as problem:  # noqa: BLE001 - one place that fails must not end the run
                        self.failed(watcher[1:], problem)
        if len(self._grown) > self._most_grown:
            self._forget_outgrown()

    def _forget_outgrown(self) -> None:
        """Forget the sets that have grown on since, wherever they were: half of them or more."""
        self._grown = {values: values for values in self._grown if getrefcount(values) > _OWN_REFERENCES}
        self._most_grown = max(_FEW_GROWN, 2 * len(self._grown))

    @abstractmethod
    def failed(self, arguments: tuple[Any, ...], problem: Exception) -> None:
        """A watcher that was called with ``arguments`` has raised ``problem``."""

    def carry_saturation(self) -> None:
        """Where a node got more values than it holds, what is copied from it is arbitrary too, as long as it is many values."""
        reached = list(self.saturated)
        while reached:
            for target in self.goes_to(reached.pop()):
                if target not in self.crowded and len(self.contents[target] or ()) > MANY_VALUES:
                    self.crowded.add(target)
                    reached.append(target)
        self.crowded |= self.saturated

    def goes_to(self, node: Node) -> list[Node]:
        """The nodes that have the values of ``node``."""
        targets = self._edges[node]
        return [targets] if isinstance(targets, int) else targets or []

    def forget_ways(self) -> None:
        """Give back the memory of the edges and watchers, once all is propagated; the values stay, equal sets of them once.

        What is added later is not propagated through them.
        """
        equal, self._grown = self._grown, {}
        self.contents[:] = [values and equal.setdefault(values, values) for values in self.contents]
        nothing = [None] * len(self.contents)
        self._edges[:] = nothing
        self._watchers[:] = nothing


_NOTHING: frozenset[Value] = frozenset()
