"""Tables in which functions stand under their own names, of which some are stored in a way that does not tell the name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.linking.containers import own_keys

if TYPE_CHECKING:
    from decompose.linking.containers.elements import Containers
    from decompose.linking.engine import Engine
    from decompose.linking.solver import Node
    from decompose.linking.values import Value


class ByName:
    """What such tables give for each key: a function that a table has under its own name, it is not given for other names."""

    def __init__(self, containers: Containers) -> None:
        self.containers = containers
        self._all: dict[Node, Node] = {}
        """Table -> the node of what may stand under any key."""
        self._held: dict[Node, set[Value]] = {}
        """Table -> functions that wait until it is known what stands under their names."""

    def __contains__(self, every: Node) -> bool:
        return every in self._all

    def add(self, every: Node) -> None:
        """A table is filled by names: what is stored under unknown keys from now on is looked at before it is given for each key."""
        if every not in self._all:
            engine = self.containers.engine
            unkeyed, self._all[every] = self.containers.replace_unkeyed(every)
            engine.watch(unkeyed, _hold_functions, engine, every, self._all[every])

    def given_for_all(self, every: Node, unkeyed: Node) -> Node:
        """The node of what a table gives for each key, of what ``unkeyed`` holds: all of it, unless it is filled by names."""
        return self._all.get(every, unkeyed)

    def hold(self, every: Node, function: Value) -> None:
        """A function stands in a table under a key that is not known."""
        self._held.setdefault(every, set()).add(function)

    def release(self) -> bool:
        """Give for each key the functions that a table does not have under their names; whether there are such."""
        held, self._held = self._held, {}
        engine, found = self.containers.engine, False
        for every, functions in held.items():
            for function in sorted(functions):
                if function not in self.containers.held(every, own_keys.key_of(engine, function, "__name__")):
                    engine.put(self._all[every], function)
                    found = True
        return found


def _hold_functions(new: frozenset[Value], engine: Engine, every: Node, node: Node) -> None:
    for value in new:
        if engine.values[value][0] == "F":
            engine.containers.by_name.hold(every, value)
        else:
            engine.put(node, value)
