"""Lists, tuples, sets, dictionaries and generators: their elements, by constant key where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts import HOLE, Op
from decompose.facts.records import PARTS, ParameterKind, Ref
from decompose.linking.frames import Frame, Site
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node

_STORING = frozenset({"append", "add", "appendleft", "insert", "__setitem__"})
_SHIFTING = frozenset({"insert", "pop", "popleft", "sort", "reverse", "remove", "appendleft", "extendleft", "rotate"})
_MODULES = ("sys", "modules")
_MAX_INNER = 40
_MAX_INNER_DEPTH = 4
"""Beyond this the containers inside plain data are no places to put something into."""

_MAX_POSITIONS = 12
"""In longer lists the elements are not told apart."""
_MERGING = frozenset({"extend", "update", "extendleft"})
_ELEMENT = frozenset({"pop", "popleft", "get", "setdefault", "popitem", "__getitem__", "__next__"})
_HASHED = frozenset({"set", "dict"})
_BY_HASH = frozenset({"add", "discard", "remove", "get", "pop", "setdefault", "__getitem__", "__setitem__"})
_WHOLE = frozenset({"values", "copy", "union", "difference", "intersection"})


class Containers:
    """The elements of each container made in the program: one node for all of them, and one for each constant key."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._keyed: dict[Node, dict[Any, Node]] = {}
        self._unkeyed: dict[Node, Node] = {}
        self._keys: dict[Node, Node] = {}
        self._merged_into: dict[Node, dict[Node, None]] = {}
        """Container -> those that have its entries, each under its own key."""
        self._parts: dict[tuple[Node, Node], Node] = {}
        self._generators: dict[Node, Node] = {}
        """What a generator function returns -> the node of what the generators yield."""
        self._sent: dict[Node, Node] = {}
        self._results: dict[Node, Node] = {}
        self._lengths: dict[Node, int] = {}
        """How many elements a list or tuple was made with, where its elements are told apart by position."""

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
        for key in keys or ():
            if type(key) is int and key >= 0:
                engine.edge(frame.nodes[key], self.keys(every))
                if "__hash__" in engine.special_names:
                    engine.watch(frame.nodes[key], hashed, engine, frame, line)
        for index, element in enumerate(elements):
            node = engine.node_of(frame, element)
            if node < 0 and isinstance(element, list) and element[0] == "c" and isinstance(element[1], dict | list):
                node = engine.constant(self.of_constant(element))
            if node < 0:
                continue
            if isinstance(element, list) and element[0] == "*":
                if kind == "dict":
                    engine.watch(node, merge_into, engine, every, frame, line)
                else:
                    engine.watch(node, iterate, engine, frame, every, line)
                continue
            constant = positions[index] if positions is not None else None
            if keys is not None:
                constant = engine.names.constants.key(frame.scope, constant)
            engine.edge(node, self.slot(every, constant))
            if kind == "set" and "__hash__" in engine.special_names:
                engine.watch(node, hashed, engine, frame, line)
        engine.put(frame.nodes[dst], engine.values.intern("O", kind, every))

    def construct(self, site: Site, kind: str) -> None:
        """``list(given)``, ``dict(given, key=value)`` and the like; ``kind`` may also be ``defaultdict``."""
        from decompose.linking.calls import call

        engine = self.engine
        if site.result < 0:
            return
        every = engine.new_node()
        mapping = kind in ("dict", "defaultdict")
        engine.put(site.result, engine.values.intern("O", "dict" if mapping else kind, every))
        given = [engine.node_of(site.frame, ref) for ref in site.arguments]
        if kind == "defaultdict" and given:
            factory = Site(site.frame, site.operation, "callback", len(engine.sites))
            factory.result = self.slot(every, None)
            engine.sites.append(factory)
            made_by = given.pop(0)
            if made_by >= 0:
                engine.watch(made_by, call, engine, factory)
        for node in given[:1]:
            if node >= 0 and mapping:
                engine.watch(node, merge_pairs, engine, every, site.frame, site.line)
            elif node >= 0:
                engine.watch(node, iterate, engine, site.frame, self.slot(every, None), site.line)
        for name, ref in site.keywords if mapping else ():
            node = engine.node_of(site.frame, ref)
            if node >= 0 and name is not None:
                engine.edge(node, self.slot(every, name))

    def of_constant(self, ref: list[Any], depth: int = 0) -> Value:
        """A container that is plain data at first: something else may be put into it, and into those inside it."""
        data = ref[1]
        every = self.engine.new_node()
        pairs = list(data.items() if isinstance(data, dict) else enumerate(data))
        for key, inner in pairs if len(pairs) <= _MAX_INNER and depth < _MAX_INNER_DEPTH else ():
            if isinstance(inner, dict | list):
                self.engine.put(self.slot(every, key), self.of_constant(["c", inner], depth + 1))
        kind = "dict" if isinstance(data, dict) else ref[2] if len(ref) > 2 else "list"
        return self.engine.values.intern("O", kind, every)

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
                    self.engine.edge(node, keyed)
            return node
        node = self._keyed.setdefault(every, {}).get(key)
        return node if node is not None else self._add_key(every, key)

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
                if container in self._unkeyed:
                    self.engine.edge(self._unkeyed[container], node)
                waiting += ((target, node) for target in self._merged_into.get(container, ()))
            if source >= 0:
                self.engine.edge(source, node)
            first = node if first < 0 else first
        return first

    def keyed(self, every: Node) -> list[tuple[Any, Node]]:
        """The nodes of what is stored under constant keys."""
        return list(self._keyed.get(every, {}).items())

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
        for key, node in list(self._keyed.get(source, {}).items()):
            self.engine.edge(node, self.slot(target, key))
        self.engine.edge(self.slot(source, None), self.slot(target, None))
        self.engine.edge(self.keys(source), self.keys(target))

    def read(self, every: Node, key: Any, result: Node) -> None:
        """``result`` gets what is stored under ``key``."""
        if key is None or (isinstance(key, int) and key < 0 and every not in self._lengths):
            self.engine.edge(every, result)
        elif isinstance(key, int) and key < 0:
            self.engine.edge(self._from_end(every, key), result)
        else:
            self.engine.edge(self.slot(every, key), result)

    def _from_end(self, every: Node, key: int) -> Node:
        """The node of an element counted from the end of what was made with a known length."""
        position = self._lengths[every] + key
        node = self.slot(every, key)
        if position >= 0:
            self.engine.edge(self.slot(every, position), node)
        return node

    def call_method(self, site: Site, container: Value, name: str) -> None:
        """A method of a container."""
        engine = self.engine
        _, kind, every = engine.values[container]
        if site.arguments and kind in _HASHED and name in _BY_HASH:
            look_up(engine, site.frame, site.arguments[0], site.line)
        if site.arguments and (name in _STORING or name == "setdefault"):
            source = engine.node_of(site.frame, site.arguments[-1])
            key = constant_of(site.arguments[0]) if name == "setdefault" else None
            if source >= 0:
                engine.edge(source, self.slot(every, key))
        if name == "send" and kind == "generator" and site.arguments:
            source = engine.node_of(site.frame, site.arguments[0])
            if source >= 0:
                engine.edge(source, self.sent(every))
            self.read(every, None, site.result)
        keyed = kind == "dict"
        if name in _SHIFTING and not keyed:
            self.forget_positions(every)
        if name in _MERGING:
            for ref in site.arguments:
                source = engine.node_of(site.frame, ref)
                if source >= 0:
                    merge = merge_pairs if kind == "dict" else merge_into
                    engine.watch(source, merge, engine, every, site.frame, site.line)
        if name in _ELEMENT:
            key = _key(engine, site.frame, site.arguments[0], popped=name == "pop") if site.arguments else None
            self.read(every, key, site.result)
            if (name == "get" or (keyed and name == "pop")) and len(site.arguments) > 1:
                default = engine.node_of(site.frame, site.arguments[1])
                if default >= 0:
                    engine.edge(default, site.result)
        elif name == "items":
            pair = engine.values.intern("O", "pair", every)
            holder = engine.constant(pair)
            engine.put(site.result, engine.values.intern("O", "list", holder))
        elif name == "keys":
            engine.put(site.result, engine.values.intern("O", "list", self.keys(every)))
        elif name in _WHOLE:
            engine.put(site.result, engine.values.intern("O", kind if name == "copy" else "list", every))


def hashed(new: frozenset[Value], engine: Engine, frame: Frame, line: int) -> None:
    """Each new value becomes an element of a set, or a key."""
    from decompose.linking.attributes import call_method

    for value in new:
        description = engine.values[value]
        if description[0] == "I" and not engine.program.scopes[description[1]].library:
            call_method(engine, frame, -1, value, engine.program.scopes[description[1]], "__hash__", line)


def look_up(engine: Engine, frame: Frame, key: Ref, line: int) -> None:
    """A set or a table is asked for ``key``, or keeps it."""
    if "__hash__" in engine.special_names and type(key) is int and key >= 0:
        engine.watch(frame.nodes[key], hashed, engine, frame, line)


def merge_into(new: frozenset[Value], engine: Engine, every: Node, frame: Frame, line: int) -> None:
    """The elements of each new value become elements of a container."""
    for value in new:
        description = engine.values[value]
        if description[0] == "O" and description[1] == "dict":
            engine.containers.merge(description[2], every)
        else:
            iterate(engine.single(value), engine, frame, engine.containers.slot(every, None), line)


def merge_pairs(new: frozenset[Value], engine: Engine, every: Node, frame: Frame, line: int) -> None:
    """Another dictionary, or pairs of keys and values, become entries of a dictionary."""
    for value in new:
        description = engine.values[value]
        if description[0] == "O" and description[1] in ("dict", "pair"):
            merge_into(engine.single(value), engine, every, frame, line)
            continue
        pairs = engine.new_node()
        iterate(engine.single(value), engine, frame, pairs, line)
        engine.watch(pairs, _enter_pair, engine, every)


def _enter_pair(new: frozenset[Value], engine: Engine, every: Node) -> None:
    containers = engine.containers
    for value in new:
        description = engine.values[value]
        if description[0] == "O" and description[1] == "pair":
            containers.merge(description[2], every)
        elif description[0] == "O":
            engine.edge(containers.slot(description[2], 0), containers.keys(every))
            engine.edge(containers.slot(description[2], 1), containers.slot(every, None))
        elif description[0] == "I" and len(description[2]) > 1:
            engine.add_types(containers.slot(every, None), description[2][1])


def constant_of(ref: Ref) -> Any:
    """The constant key that a ref is, or None."""
    if isinstance(ref, str):
        return ref
    if isinstance(ref, list) and ref[0] == "c" and isinstance(ref[1], str | int | float | bool) and ref[1] not in PARTS:
        return ref[1]
    return None


def _key(engine: Engine, frame: Frame, ref: Ref, *, popped: bool = False) -> Any:
    """The constant, or the member of an enumeration, by which something is stored; None where it is not known.

    What a number is ``popped`` by is a place that moves.
    """
    if type(ref) is not int:
        return constant_of(ref) if not popped or isinstance(ref, str) else None
    known = engine.names.constants.key(frame.scope, ref) if not popped else None
    return known if known is not None else engine.named_loads.constant(frame, ref)


def load_item(new: frozenset[Value], engine: Engine, frame: Frame, operation: list[Any]) -> None:
    """``result = value[index]``."""
    from decompose.linking.attributes import call_method, special_class
    from decompose.linking.making import is_enumeration

    _, dst, _, index, line = operation
    result = frame.nodes[dst]
    if isinstance(index, list) and index[1] == "field":
        _load_fields(new, engine, frame, result, index[2], line)
        return
    for value in new:
        description = engine.values[value]
        if description[0] == "O":
            if type(index) is int and index >= 0 and "__index__" in engine.special_names:
                engine.watch(frame.nodes[index], _use_as_position, engine, frame, line)
            if isinstance(index, list) and index[1] == "slice":
                start, end = (*index[2:], None, None)[:2]
                engine.containers.part(result, description[1], description[2], start, end)
            elif description[1] == "pair":
                first = constant_of(index) == 0
                engine.edge(engine.containers.keys(description[2]) if first else description[2], result)
            else:
                engine.containers.read(description[2], _key(engine, frame, index), result)
                if description[1] == "dict":
                    look_up(engine, frame, index, line)
        elif description[0] == "I":
            if isinstance(index, list) and index[1] == "slice":
                engine.put(result, value)
            cls = engine.program.scopes[description[1]]
            if (
                isinstance(index, str | list)
                and not cls.library
                and _load_field(engine, result, cls, description, index)
            ):
                continue
            if cls.definition == "builtins:tuple" and isinstance(index, list) and isinstance(index[1], int):
                position = index[1]
                if -len(description[2]) <= position < len(description[2]):
                    engine.add(result, frozenset(description[2][position]))
                continue
            call_method(engine, frame, result, value, cls, "__getitem__", line, index)
            if not cls.library and engine.hierarchy.member(cls, "__missing__") is not None:
                call_method(engine, frame, result, value, cls, "__missing__", line, index)
        elif description[0] == "C":
            meta = special_class(engine, description)
            if meta is not None and engine.hierarchy.member(meta, "__getitem__") is not None:
                call_method(engine, frame, result, value, meta, "__getitem__", line, index)
                continue
            if is_enumeration(engine, engine.program.scopes[description[1]]):
                engine.put(result, engine.values.instance(description[1]))
                continue
            own = engine.hierarchy.member(engine.program.scopes[description[1]], "__class_getitem__")
            if own is not None and not own.owner.library:
                call_method(engine, frame, result, value, own.owner, "__class_getitem__", line, index)
                continue
            made = engine.names.evaluate(frame.scope, dst)
            engine.add(result, frozenset(made) or engine.single(value))
        elif description[0] == "M":
            _load_global(engine, frame, result, value, index, line)
        elif description[0] == "X":
            module = _module_listed(engine, frame, index) if description[1:] == _MODULES else None
            engine.put(result, module if module is not None else value)


def _load_fields(new: frozenset[Value], engine: Engine, frame: Frame, result: Node, position: int, line: int) -> None:
    """``case Deleted(number, reason)``: the fields that classes list for patterns; built-in classes have none but the value."""
    from decompose.linking import attributes

    for value in new:
        description = engine.values[value]
        if description[0] == "O" and position == 0:
            engine.put(result, value)
        elif description[0] == "I" and not engine.program.scopes[description[1]].library:
            cls = engine.program.scopes[description[1]]
            listed = engine.hierarchy.member(cls, "__match_args__")
            stated = engine.names.constants.plain_data(listed.owner, listed.ref) if listed is not None else None
            order = (name for ancestor in reversed(engine.hierarchy.order(cls)) for name in ancestor.facts.annotations)
            names = stated if isinstance(stated, list | tuple) else list(dict.fromkeys(order))
            if position < len(names) and isinstance(names[position], str):
                attributes.load(engine.single(value), engine, frame, result, names[position], line)


def _module_listed(engine: Engine, frame: Frame, index: Ref) -> Value | None:
    """``sys.modules[index]``: a module of the program by its constant name, or the one where it is written."""
    name = engine.names.constants.constant(frame.scope, index)
    module = engine.program.by_name.get(name) if isinstance(name, str) else None
    asked = frame.scope.operations_producing(index) if type(index) is int and index >= 0 else ()
    if any(operation[0] == Op.FREE and operation[2] == "__name__" for operation in asked):
        module = frame.scope.module
    return engine.values.intern("M", module.index) if module is not None and not module.library else None


def _load_global(engine: Engine, frame: Frame, result: Node, module: Value, index: Ref, line: int) -> None:
    """``globals()[index]``."""
    from decompose.linking import attributes, named_loads

    known = engine.names.constants.constant(frame.scope, index) if type(index) is int else constant_of(index)
    if isinstance(known, str) and known.replace(HOLE, ""):
        load = named_loads.load_matching if HOLE in known else attributes.load
        load(engine.single(module), engine, frame, result, known, line)


def _use_as_position(new: frozenset[Value], engine: Engine, frame: Frame, line: int) -> None:
    from decompose.linking.attributes import call_method

    for value in new:
        description = engine.values[value]
        if description[0] == "I" and not engine.program.scopes[description[1]].library:
            call_method(engine, frame, -1, value, engine.program.scopes[description[1]], "__index__", line)


_BY_KEY = frozenset(("typing", "typing_extensions"))


def _load_field(engine: Engine, result: Node, cls: Scope, description: tuple[Any, ...], index: Ref) -> bool:
    """An item that is a declared field: of a ``TypedDict`` by its key, of a ``NamedTuple`` by its position."""
    bases = {(d[1], d[2]) for base in engine.hierarchy.all_bases(cls) for d in [engine.values[base]] if d[0] == "X"}
    name: str | None = None
    if isinstance(index, str) and any(module in _BY_KEY and base == "TypedDict" for module, base in bases):
        name = index
    elif isinstance(index, list) and isinstance(index[1], int) and ("typing", "NamedTuple") in bases:
        fields = [field for ancestor in reversed(engine.hierarchy.order(cls)) for field in ancestor.facts.annotations]
        name = fields[index[1]] if -len(fields) <= index[1] < len(fields) else None
        if name is not None:
            engine.edge(engine.fields(cls.index, name), result)
    for ancestor in engine.hierarchy.order(cls) if name is not None else ():
        tree = ancestor.facts.annotations.get(name or "")
        if tree is not None:
            bindings = engine.hierarchy.bindings(cls, description[2], ancestor)
            engine.add_types(result, engine.values.substitute(engine.names.types(ancestor, tree), bindings))
            return True
    return False


def store_item(new: frozenset[Value], engine: Engine, frame: Frame, index: Ref, source: Node, line: int) -> None:
    """``value[index] = source``."""
    from decompose.linking.attributes import call_method

    for value in new:
        description = engine.values[value]
        if description[0] == "O":
            if source >= 0:
                known = _key(engine, frame, index)
                engine.edge(source, engine.containers.slot(description[2], known))
                if description[2] in engine.namespaces and isinstance(known, str):
                    # A metaclass puts something into the body of the class that it makes.
                    engine.program.stored_attributes.add(known)
                    engine.edge(source, engine.inherited_fields(engine.namespaces[description[2]], known))
            if type(index) is int and index >= 0:
                engine.edge(frame.nodes[index], engine.containers.keys(description[2]))
            if description[1] == "dict":
                look_up(engine, frame, index, line)
        elif description[0] == "I":
            cls = engine.program.scopes[description[1]]
            if engine.hierarchy.member(cls, "__setitem__") is not None:
                call_method(engine, frame, -1, value, cls, "__setitem__", line, index, source)


def iterate(new: frozenset[Value], engine: Engine, frame: Frame, result: Node, line: int) -> None:
    """``for result in value``."""
    from decompose.linking.attributes import call_method, special_class
    from decompose.linking.making import is_enumeration

    for value in new:
        description = engine.values[value]
        if description[0] == "O":
            engine.edge(engine.containers.elements(description[1], description[2]), result)
            continue
        if description[0] == "C" and is_enumeration(engine, engine.program.scopes[description[1]]):
            engine.put(result, engine.values.instance(description[1]))
            continue
        if description[0] == "X" and description[1:] == ("builtins", "str()"):
            engine.put(result, value)
        cls = special_class(engine, description)
        if cls is not None:
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
    """The elements of an iterator, which may be the iterable itself with its ``__next__``.

    What is neither an iterator nor of a library ends here: to iterate over it in its turn may lead round in a circle.
    """
    from decompose.linking.attributes import call_method

    for value in new:
        description = engine.values[value]
        cls = engine.program.scopes[description[1]] if description[0] == "I" else None
        steps = [name for name in ("__next__", "__anext__") if cls and engine.hierarchy.member(cls, name) is not None]
        if cls is not None and steps:
            for name in steps:
                call_method(engine, frame, result, value, cls, name, line)
        elif value != iterable and (cls is None or cls.library):
            iterate(engine.single(value), engine, frame, result, line)
