"""The elements of lists, tuples, sets, dictionaries and generators, by constant key where there is one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from decompose.facts.records import HOLE, Op, ParameterKind, Ref
from decompose.linking.calls import following
from decompose.linking.containers import by_name, iteration, keying
from decompose.linking.frames import Frame, Site
from decompose.linking.sql_text import looks_like_sql
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.containers.members import Wanted
    from decompose.linking.engine import Engine
    from decompose.linking.solver import Node

_MAX_INNER = 40
_MAX_INNER_DEPTH = 4
"""Beyond this the containers inside plain data are no places to put something into."""

_MAX_POSITIONS = 12
"""In longer lists the elements are not told apart."""

_MAX_PATTERNS = 40
"""Of a container that is asked for more, all elements are given."""


class Containers:
    """The elements of each container made in the program: one node for all of them, and one for each constant key."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._keyed: dict[Node, dict[Any, Node]] = {}
        self._unkeyed: dict[Node, Node] = {}
        self.by_name = by_name.ByName(self)
        self._keys: dict[Node, Node] = {}
        self._merged_into: dict[Node, dict[Node, None]] = {}
        """Container -> those that have its entries, each under its own key."""
        self._parts: dict[tuple[Node, Node], Node] = {}
        self._generators: dict[Node, Node] = {}
        """What a generator function returns -> the node of what the generators yield."""
        self._sent: dict[Node, Node] = {}
        self._results: dict[Node, Node] = {}
        self._patterns: dict[Node, list[tuple[Callable[[str], object], Node]]] = {}
        """Container -> the keys that it is asked for of which only a part is known, each with where what fits goes."""
        self._told: dict[Node, list[Callable[[str, Node], None]]] = {}
        """Container -> who is told of each text that something is stored under, with the node of that."""
        self._filled_up: dict[Node, tuple[str, Node]] = {}
        self._factories: dict[Node, Node] = {}
        """Container that makes an empty one for each key -> of which kind, and the one for keys that are not known."""
        self._given: dict[int, Node] = {}
        """Plain data in the text, by its identity -> the container that it is where it is given to a function."""
        self._lengths: dict[Node, int] = {}
        """How many elements a list or tuple was made with, where its elements are told apart by position."""
        self.first_texts: dict[Node, str] = {}
        """Pair -> the text that its first element is."""
        self.gone_over: set[Node] = set()
        """Dictionaries whose values are gone over: ``first, = table.values()`` asks for none of their keys."""
        self.of_members: dict[tuple[Value, Wanted], Node] = {}
        """What has names, such as a module -> the dictionary of what it has under them; -1 where that is not known."""

    def keys(self, every: Node) -> Node:
        """The node of the keys of a dictionary, as far as they are values that flow."""
        return self._one(self._keys, every)

    def elements(self, kind: str, every: Node) -> Node:
        """What iterating a container gives."""
        return self.keys(every) if kind == "dict" else every

    def make(self, frame: Frame, operation: list[Any]) -> None:
        """A container literal or comprehension."""
        _, dst, kind, elements, keys, line = operation
        engine = self.engine
        every = engine.new_node()
        positions = keys
        if keys is None and (kind == "tuple" or (kind == "list" and 1 < len(elements) <= _MAX_POSITIONS)):
            unpacked = any(isinstance(element, list) and element[0] == "*" for element in elements)
            positions = list(range(len(elements))) if not unpacked else None
            if positions:
                self._lengths[every] = len(positions)
                if len(positions) == 2 and type(elements[0]) is str:
                    self.first_texts[every] = elements[0]
        for key in keys or ():
            if type(key) is int and key >= 0:
                engine.edge(frame.nodes[key], self.keys(every))
                if "__hash__" in engine.class_names.special:
                    engine.watch(frame.nodes[key], keying.hashed, engine, frame, line)
        for index, element in enumerate(elements):
            node = engine.node_of(frame, element)
            if node < 0 and isinstance(element, list) and element[0] == "c" and isinstance(element[1], dict | list):
                node = engine.constant(self.of_constant(element))
            if node < 0:
                continue
            if isinstance(element, list) and element[0] == "*":
                if kind == "dict":
                    engine.watch(node, iteration.merge_into, engine, every, frame, line)
                else:
                    engine.watch(node, iteration.iterate, engine, frame, every, line)
                continue
            constant = positions[index] if positions is not None else None
            if kind == "dict":
                keying.store(engine, frame, every, constant, node)
                continue
            constant = engine.names.constants.key(frame.scope, constant) if keys is not None else constant
            engine.edge(node, self.slot(every, constant))
            if kind == "set" and "__hash__" in engine.class_names.special:
                engine.watch(node, keying.hashed, engine, frame, line)
        engine.put(frame.nodes[dst], engine.values.intern("O", kind, every))

    def construct(self, site: Site, kind: str) -> None:
        """``list(given)``, ``dict(given, key=value)`` and the like; ``kind`` may also be ``defaultdict``."""
        engine = self.engine
        if site.result < 0:
            return
        every = engine.new_node()
        mapping = kind in ("dict", "defaultdict")
        engine.put(site.result, engine.values.intern("O", "dict" if mapping else kind, every))
        given = [engine.node_of(site.frame, ref) for ref in site.arguments]
        if kind == "defaultdict" and given:
            factory = given.pop(0)
            if factory >= 0:
                self._fill_up(site, every, factory)
        for node in given if mapping else given[:1]:
            if node >= 0 and mapping:
                engine.watch(node, iteration.merge_pairs, engine, every, site.frame, site.line)
            elif node >= 0:
                engine.watch(node, iteration.iterate, engine, site.frame, self.slot(every, None), site.line)
        if kind == "set" and given and "__hash__" in engine.class_names.special:
            engine.watch(self.slot(every, None), keying.hashed, engine, site.frame, site.line)
        for name, ref in site.keywords if mapping else ():
            node = engine.node_of(site.frame, ref)
            if node >= 0 and name is not None:
                engine.edge(node, self.slot(every, name))

    def _fill_up(self, site: Site, every: Node, factory: Node) -> None:
        """A factory makes what is not there yet: an empty container for each key; anything else is one for all."""
        engine = self.engine
        call = Site(site.frame, site.operation, "callback")  # whoever asks for a key calls it, see `ask_factory`
        made = [engine.values[value] for value in engine.names.evaluate(site.frame.scope, site.arguments[0])]
        cls = engine.program.scopes[made[0][1]] if len(made) == 1 and made[0][0] == "C" else None
        container = engine.hierarchy.member(cls, "__container__") if cls is not None and cls.library else None
        if container is None:
            self._factories[every] = factory
            call.result = self.slot(every, None)
        else:
            kind = "dict" if container.ref == "defaultdict" else str(container.ref)
            self._filled_up[every] = kind, engine.new_node()
            engine.put(every, engine.values.intern("O", *self._filled_up[every]))
        engine.watch(factory, following.call, engine, call)

    def ask_factory(self, frame: Frame, operation: list[Any], every: Node) -> None:
        """To ask for a key may call the factory of what is not there yet."""
        factory = self._factories.get(every)
        if factory is not None:
            _, dst, base, _, line = operation
            call = Site(frame, [Op.CALL, dst, base, [], [], line], "callback", len(self.engine.sites))
            self.engine.sites.append(call)
            self.engine.watch(factory, following.call, self.engine, call)

    def _fill_key(self, every: Node, node: Node) -> None:
        """A key that is new in a container of empty containers has its own, with what is in the one for keys that are not known."""
        kind, unknown = self._filled_up[every]
        inner = self.engine.new_node()
        self.merge(unknown, inner)
        self.engine.put(node, self.engine.values.intern("O", kind, inner))

    def of_constant(self, ref: list[Any], depth: int = 0) -> Value:
        """A container that is plain data at first: something else may be put into it, and into those inside it."""
        data = ref[1]
        every = self.engine.new_node()
        followed = len(data) <= _MAX_INNER and depth < _MAX_INNER_DEPTH
        for key, inner in data.items() if isinstance(data, dict) else enumerate(data):
            if isinstance(inner, str):
                if looks_like_sql(inner):
                    self.engine.put(self.slot(every, key), self.engine.values.intern("Q", inner))
            elif isinstance(inner, dict | list) and followed:
                self.engine.put(self.slot(every, key), self.of_constant(["c", inner], depth + 1))
        kind = "dict" if isinstance(data, dict) else ref[2] if len(ref) > 2 else "list"
        return self.engine.values.intern("O", kind, every)

    def node_given(self, frame: Frame, ref: Ref) -> Node:
        """The node of an argument; a list or a table of plain data is a container too, one for each place in the text."""
        if type(ref) is int:
            return frame.nodes[ref] if ref >= 0 else -1
        if type(ref) is not list or ref[0] != "c" or not isinstance(ref[1], dict | list):
            return self.engine.node_of(frame, ref)
        node = self._given.get(id(ref))
        if node is None:
            node = self._given[id(ref)] = self.engine.constant(self.of_constant(ref))
        return node

    def of_elements(self, kind: str, nodes: list[Node]) -> Value:
        """A container of the values of ``nodes``."""
        every = self.engine.new_node()
        for node in nodes:
            if node >= 0:
                self.engine.edge(node, every)
        return self.engine.values.intern("O", kind, every)

    def of_generator(self, returns: Node) -> Node:
        """The node of what the generators yield that a function, with this node of what it returns, makes."""
        return self._one(self._generators, returns)

    def sent(self, every: Node) -> Node:
        """The node of what a generator is sent."""
        return self._one(self._sent, every)

    def results(self, every: Node) -> Node:
        """The node of what a generator returns in the end."""
        return self._one(self._results, every)

    def _one(self, of: dict[Node, Node], key: Node) -> Node:
        node = of.get(key)
        if node is None:
            node = of[key] = self.engine.new_node()
        return node

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
                    self.engine.edge(self.by_name.given_for_all(every, node), keyed)
            return node
        node = self._keyed.setdefault(every, {}).get(key)
        return node if node is not None else self._add_key(every, key)

    def replace_unkeyed(self, every: Node) -> tuple[Node, Node]:
        """A new node to store under unknown keys, and the one so far, which still leads to each key."""
        before = self.slot(every, None)
        after = self._unkeyed[every] = self.engine.new_node()
        self.engine.edge(after, every)
        return after, before

    def _add_key(self, every: Node, key: Any) -> Node:
        """The node of a key that is new in a container, and so in all that have its entries."""
        first = -1
        waiting = [(every, -1)]
        while waiting:
            container, source = waiting.pop()
            keyed = self._keyed.setdefault(container, {})
            node = keyed.get(key)
            if node is None:
                node = keyed[key] = self.engine.new_node()
                self.engine.edge(node, container)
                if container in self._patterns and isinstance(key, str):
                    self._give_fitting(container, key, node)
                if container in self._told and isinstance(key, str):
                    for tell in self._told[container]:
                        tell(key, node)
                if container in self._unkeyed:
                    self.engine.edge(self.by_name.given_for_all(container, self._unkeyed[container]), node)
                if container in self._filled_up:
                    self._fill_key(container, node)
                waiting += ((target, node) for target in self._merged_into.get(container, ()))
            if source >= 0:
                self.engine.edge(source, node)
            first = node if first < 0 else first
        return first

    def _give_fitting(self, container: Node, key: str, node: Node) -> None:
        for fits, result in self._patterns[container]:
            if fits(key):
                self.engine.edge(node, result)

    def keyed(self, every: Node) -> list[tuple[Any, Node]]:
        """The nodes of what is stored under constant keys."""
        return list(self._keyed.get(every, {}).items())

    def each_key(self, every: Node, tell: Callable[[str, Node], None]) -> None:
        """Tell of each text that something is stored under, now and later, with the node of what is."""
        self._told.setdefault(every, []).append(tell)
        for key, node in self.keyed(every):
            if isinstance(key, str):
                tell(key, node)

    def held_under_any(self, every: Node) -> frozenset[Value]:
        """What is stored under keys that are not known, and so under each."""
        return self.engine.values_of(self._unkeyed.get(every))

    def held(self, every: Node, key: Any) -> frozenset[Value]:
        """What is stored under a constant key, as far as it is known."""
        return self.engine.values_of(self._keyed.get(every, {}).get(key))

    def part(self, result: Node, kind: str, every: Node, start: int | None, end: int | None) -> None:
        """``result`` gets a container of a part of another one; where it starts may not be known."""
        made = self._parts.get((result, every))
        if made is None:
            made = self._parts[result, every] = self.engine.new_node()
            self.engine.put(result, self.engine.values.intern("O", kind, made))
            if start is None:
                self.engine.edge(every, self.slot(made, None))
                return
            self.engine.edge(self.slot(every, None), self.slot(made, None))
            for key, node in list(self._keyed.get(every, {}).items()):
                if type(key) is not int:
                    self.engine.edge(node, self.slot(made, None))
                elif key >= start and (end is None or key < end):
                    self.engine.edge(node, self.slot(made, key - start))

    def forget_positions(self, every: Node) -> None:
        """From here on any element may stand anywhere."""
        self.engine.edge(every, self.slot(every, None))

    def merge(self, source: Node, target: Node) -> None:
        """What is stored under a constant key in one container is so in another too, now and later."""
        targets = self._merged_into.setdefault(source, {})
        if source == target or target in targets:
            return
        targets[target] = None
        if source in self.by_name:
            self.by_name.add(target)
        if source in self._filled_up:
            self.engine.put(self.slot(target, None), self.engine.values.intern("O", *self._filled_up[source]))
        for key, node in list(self._keyed.get(source, {}).items()):
            self.engine.edge(node, self.slot(target, key))
        self.engine.edge(self.slot(source, None), self.slot(target, None))
        self.engine.edge(self.keys(source), self.keys(target))

    def name_by_texts(self, every: Node) -> None:
        """All keys of a container are texts."""
        text = self.engine.values.external_result(self.engine.values.intern("X", "builtins", "str"))
        if text is not None:
            self.engine.put(self.keys(every), text)

    def read(self, every: Node, key: Any, result: Node) -> None:
        """``result`` gets what is stored under ``key``."""
        if key is None or (isinstance(key, int) and key < 0 and every not in self._lengths):
            self.engine.edge(every, result)
        elif isinstance(key, int) and key < 0:
            self.engine.edge(self._from_end(every, key), result)
        elif isinstance(key, str) and HOLE in key:
            self._read_fitting(every, key, result)
        else:
            self.engine.edge(self.slot(every, key), result)

    def _read_fitting(self, every: Node, pattern: str, result: Node) -> None:
        """``handlers[f"on_{event}"]``: what is stored under the keys that fit, now and later."""
        patterns = self._patterns.setdefault(every, [])
        if len(patterns) >= _MAX_PATTERNS:
            self.engine.edge(every, result)
            return
        fits = re.compile(".*".join(re.escape(part) for part in pattern.split(HOLE)), re.DOTALL).fullmatch
        patterns.append((fits, result))
        for key, node in self.keyed(every):
            if isinstance(key, str) and fits(key):
                self.engine.edge(node, result)
        self.engine.edge(self.slot(every, None), result)

    def _from_end(self, every: Node, key: int) -> Node:
        """The node of an element counted from the end of what was made with a known length."""
        position = self._lengths[every] + key
        node = self.slot(every, key)
        if position >= 0:
            self.engine.edge(self.slot(every, position), node)
        return node
