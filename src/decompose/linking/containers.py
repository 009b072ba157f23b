"""Lists, tuples, sets, dictionaries and generators: their elements, by constant key where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts.records import ParameterKind, Ref
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.solver import Node

_STORING = frozenset({"append", "add", "appendleft", "insert", "__setitem__"})
_MERGING = frozenset({"extend", "update", "extendleft"})
_ELEMENT = frozenset({"pop", "popleft", "get", "setdefault", "popitem", "__getitem__", "__next__"})
_WHOLE = frozenset({"values", "copy", "union", "difference", "intersection", "keys"})


class Containers:
    """The elements of each container made in the program: one node for all of them, and one for each constant key."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._keyed: dict[Node, dict[Any, Node]] = {}
        self._unkeyed: dict[Node, Node] = {}

    def make(self, frame: Frame, operation: list[Any]) -> None:
        """A container literal or comprehension."""
        _, dst, kind, elements, keys, line = operation
        engine = self.engine
        every = engine.new_node()
        positions = keys if keys is not None else (list(range(len(elements))) if kind == "tuple" else None)
        for index, element in enumerate(elements):
            node = engine.node_of(frame, element)
            if node < 0:
                continue
            if isinstance(element, list) and element[0] == "*":
                engine.watch(node, iterate, engine, frame, every, line)
                continue
            key = positions[index] if positions is not None else None
            constant = key if isinstance(key, str | int) and not (keys is not None and isinstance(key, int)) else None
            if isinstance(key, list) and key[0] == "c":
                constant = _hashable(key[1])
            engine.edge(node, self.slot(every, constant))
        engine.put(frame.nodes[dst], engine.values.intern("O", kind, every))

    def of_elements(self, kind: str, nodes: list[Node]) -> Value:
        """A container of the values of ``nodes``."""
        every = self.engine.new_node()
        for node in nodes:
            if node >= 0:
                self.engine.edge(node, every)
        return self.engine.values.intern("O", kind, every)

    def of_parameter(self, node: Node, kind: int) -> Value:
        """The container that a ``*args`` or ``**kwargs`` parameter is, one for each parameter node."""
        every = self._unkeyed.get(-node - 1)
        if every is None:
            every = self._unkeyed[-node - 1] = self.engine.new_node()
        return self.engine.values.intern("O", "tuple" if kind == ParameterKind.STAR else "dict", every)

    def slot(self, every: Node, key: Any) -> Node:
        """The node to store under ``key`` (None: any key)."""
        if key is None:
            node = self._unkeyed.get(every)
            if node is None:
                node = self._unkeyed[every] = self.engine.new_node()
                self.engine.edge(node, every)
                for keyed in self._keyed.get(every, {}).values():
                    self.engine.edge(node, keyed)
            return node
        keyed_nodes = self._keyed.setdefault(every, {})
        node = keyed_nodes.get(key)
        if node is None:
            node = keyed_nodes[key] = self.engine.new_node()
            self.engine.edge(node, every)
            if every in self._unkeyed:
                self.engine.edge(self._unkeyed[every], node)
        return node

    def merge(self, source: Node, target: Node) -> None:
        """What is stored under a constant key in one container is so in another too."""
        for key, node in self._keyed.get(source, {}).items():
            self.engine.edge(node, self.slot(target, key))

    def read(self, every: Node, key: Any, result: Node) -> None:
        """``result`` gets what is stored under ``key``."""
        self.engine.edge(every if key is None else self.slot(every, key), result)

    def call_method(self, site: Site, container: Value, name: str) -> None:
        """A method of a container."""
        engine = self.engine
        _, kind, every = engine.values[container]
        if site.arguments and (name in _STORING or name == "setdefault"):
            source = engine.node_of(site.frame, site.arguments[-1])
            key = constant_of(site.arguments[0]) if name == "setdefault" else None
            if source >= 0:
                engine.edge(source, self.slot(every, key))
        if name in _MERGING:
            for ref in site.arguments:
                source = engine.node_of(site.frame, ref)
                if source >= 0:
                    engine.watch(source, _merge, engine, every, site)
        if name in _ELEMENT:
            key = constant_of(site.arguments[0]) if site.arguments and name != "pop" else None
            self.read(every, key, site.result)
            if name == "get" and len(site.arguments) > 1:
                default = engine.node_of(site.frame, site.arguments[1])
                if default >= 0:
                    engine.edge(default, site.result)
        elif name == "items":
            pair = engine.values.intern("O", "pair", every)
            holder = engine.constant(pair)
            engine.put(site.result, engine.values.intern("O", "list", holder))
        elif name in _WHOLE:
            engine.put(site.result, engine.values.intern("O", kind if name == "copy" else "list", every))


def _merge(new: frozenset[Value], engine: Engine, every: Node, site: Site) -> None:
    for value in new:
        description = engine.values[value]
        if description[0] == "O":
            engine.containers.merge(description[2], every)
    iterate(new, engine, site.frame, engine.containers.slot(every, None), site.line)


def constant_of(ref: Ref) -> Any:
    """The constant key that a ref is, or None."""
    if isinstance(ref, str):
        return ref
    if isinstance(ref, list) and ref[0] == "c":
        return _hashable(ref[1])
    return None


def _hashable(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) and value != "slice" else None


def load_item(new: frozenset[Value], engine: Engine, frame: Frame, operation: list[Any]) -> None:
    """``result = value[index]``."""
    from decompose.linking.attributes import call_method

    _, dst, _, index, line = operation
    result = frame.nodes[dst]
    for value in new:
        description = engine.values[value]
        if description[0] == "O":
            if isinstance(index, list) and index[1] == "slice":
                engine.put(result, value)
            elif description[1] == "pair":
                engine.edge(description[2], result)
            else:
                engine.containers.read(description[2], constant_of(index), result)
        elif description[0] == "I":
            if isinstance(index, list) and index[1] == "slice":
                engine.put(result, value)
            cls = engine.program.scopes[description[1]]
            if cls.definition == "builtins:tuple" and isinstance(index, list) and isinstance(index[1], int):
                position = index[1]
                if -len(description[2]) <= position < len(description[2]):
                    engine.add(result, frozenset(description[2][position]))
                continue
            call_method(engine, frame, result, value, cls, "__getitem__", line, index)
        elif description[0] == "C":
            made = engine.names.evaluate(frame.scope, dst)
            engine.add(result, frozenset(made) or engine.single(value))
        elif description[0] == "X":
            engine.put(result, value)


def store_item(new: frozenset[Value], engine: Engine, index: Ref, source: Node) -> None:
    """``value[index] = source``."""
    for value in new:
        description = engine.values[value]
        if description[0] == "O":
            engine.edge(source, engine.containers.slot(description[2], constant_of(index)))


def iterate(new: frozenset[Value], engine: Engine, frame: Frame, result: Node, line: int) -> None:
    """``for result in value``."""
    from decompose.linking.attributes import call_method

    for value in new:
        description = engine.values[value]
        if description[0] == "O":
            if description[1] != "pair":
                engine.edge(description[2], result)
            else:
                engine.edge(description[2], result)
        elif description[0] == "I":
            cls = engine.program.scopes[description[1]]
            if cls.definition in ("builtins:Iterator", "typing:Iterator"):
                if description[2]:
                    engine.add(result, frozenset(description[2][0]))
                continue
            for name in ("__iter__", "__aiter__"):
                if engine.hierarchy.member(cls, name) is not None:
                    iterator = engine.new_node()
                    call_method(engine, frame, iterator, value, cls, name, line)
                    engine.watch(iterator, iterate_once, engine, frame, result, line, value)
                    break
            else:
                if engine.hierarchy.member(cls, "__getitem__") is not None:
                    call_method(engine, frame, result, value, cls, "__getitem__", line)


def iterate_once(new: frozenset[Value], engine: Engine, frame: Frame, result: Node, line: int, iterable: Value) -> None:
    """The elements of an iterator, which may be the iterable itself with its ``__next__``."""
    from decompose.linking.attributes import call_method

    others = {value for value in new if value != iterable}
    for value in new - others:
        description = engine.values[value]
        if description[0] == "I":
            cls = engine.program.scopes[description[1]]
            for name in ("__next__", "__anext__"):
                if engine.hierarchy.member(cls, name) is not None:
                    call_method(engine, frame, result, value, cls, name, line)
    if not others:
        return
    for value in others:
        description = engine.values[value]
        if description[0] == "I":
            cls = engine.program.scopes[description[1]]
            if engine.hierarchy.member(cls, "__next__") is not None:
                call_method(engine, frame, result, value, cls, "__next__", line)
                continue
        iterate(engine.single(value), engine, frame, result, line)
