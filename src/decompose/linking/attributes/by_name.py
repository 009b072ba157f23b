"""Attributes that are set under names which stand elsewhere.

``for name, value in options.items(): setattr(self, name, value)``, ``self.__dict__.update(options)``: text does not flow through the
program, but the table that is gone over has what it holds under its keys, and each of these is the attribute of that name.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.attributes import writing
from decompose.linking.containers import members
from decompose.linking.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node

_MAX_NAMES = 40
_TAKING = frozenset({"get", "pop"})


class Place(NamedTuple):
    """Where something is set."""

    frame: Frame
    line: int


class _Store(NamedTuple):
    """An attribute that is set from a container, and the node of what has come, as soon as anything has."""

    place: Place
    value: Value
    name: str
    every: Node
    held: list[Node]


class StoresByName:
    """What is set under such names, and who asked for an attribute before it was known that anything sets it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._missed: dict[str, list[tuple[Value, Node]]] = {}
        self._waiting: list[tuple[_Store, frozenset[Value]]] = []
        self._dictionaries: dict[tuple[Value, bool], Node] = {}
        self.replace_methods = any(map(_wraps_members, engine.program.scopes))
        """Whether code puts what it makes of methods in their place, by their names."""

    def miss(self, value: Value, name: str, result: Node) -> None:
        """``result = value.name``, and nothing is known to set an attribute of that name."""
        self._missed.setdefault(name, []).append((value, result))

    def put(self, place: Place, value: Value, name: str, source: Node, every: Node) -> None:
        """``value.name`` is what comes to ``source``, by its own name in the container ``every``."""
        self.engine.watch(source, self._wait, _Store(place, value, name, every, []))

    def _wait(self, new: frozenset[Value], store: _Store) -> None:
        self._waiting.append((store, new))

    def release(self) -> bool:
        """Set what has come; whether there was any.

        What a container holds under names that nobody knows it has under each name: it is no attribute. So all of it has to be known.
        """
        engine, waiting, self._waiting = self.engine, self._waiting, []
        for store, new in waiting:
            given = new - engine.containers.held_under_any(store.every)
            if given and not self._is_declared(store):
                self._set(store, given)
        return bool(waiting)

    def _is_declared(self, store: _Store) -> bool:
        """Whether a library's object in the class says what the attribute is, as a column does or a relation."""
        described = self.engine.values[store.value]
        if described[0] not in ("I", "C"):
            return False
        member = self.engine.hierarchy.member(self.engine.program.scopes[described[1]], store.name)
        if member is None or type(member.ref) is not int:
            return False
        stated = [self.engine.values[value] for value in self.engine.names.evaluate(member.owner, member.ref)]
        return any(each[0] == "I" and self.engine.program.scopes[each[1]].library for each in stated)

    def _set(self, store: _Store, given: frozenset[Value]) -> None:
        engine, (frame, line) = self.engine, store.place
        if not store.held:
            store.held.append(engine.new_node())
            self.know(store.name)
            writing.put(engine, frame, store.value, store.name, store.held[0], line)
        engine.add(store.held[0], given)

    def know(self, name: str) -> None:
        """Something sets an attribute of that name after all."""
        stored = self.engine.program.stored_attributes
        if name not in stored:
            stored.add(name)
            for value, result in self._missed.pop(name, ()):
                self.engine.edge(self.engine.fields_of(value, name), result)

    def dictionary(self, frame: Frame, value: Value, line: int) -> Value:
        """``value.__dict__``: what is put there under a name is the attribute.

        What it has by other ways is not in it: handed on as a whole (``self.__class__(**vars(self))``), it would mix up classes.
        """
        engine, key = self.engine, (value, self.engine.is_own(frame, value))
        every = self._dictionaries.get(key)
        if every is None:
            every = self._dictionaries[key] = engine.new_node()
            engine.containers.each_key(every, partial(self._keep, Place(frame, line), value, every))
        return engine.values.intern("O", "dict", every)

    def _keep(self, place: Place, value: Value, every: Node, name: str, node: Node) -> None:
        self.put(place, value, name, node, every)


def give_dictionary(new: frozenset[Value], engine: Engine, site: Site) -> None:
    """``vars(value)``: of an object what is put there, without what its class has; of anything else its members."""
    for value in new:
        described = engine.values[value]
        if described[0] != "I":
            members.put_all(engine.single(value), engine, site.result, "dict")
        elif not engine.program.scopes[described[1]].library and site.result >= 0:
            engine.put(site.result, engine.stores_by_name.dictionary(site.frame, value, site.line))


def set_attribute(engine: Engine, site: Site, base: Node, name: Ref, given: Ref) -> None:
    """``setattr(value, name, given)``, where the name is no constant of that place."""
    frame, scope = site.frame, site.frame.scope
    for pairs in _pairs(scope, name, given):
        engine.watch(engine.node_of(frame, pairs), _each_entry, engine, site, base)
    source = engine.node_of(frame, given)
    for pairs in _pairs_made_into(scope, name, given):
        engine.watch(engine.node_of(frame, pairs), _each_name, engine, site, base, source)
    for table in _tables_asked(scope, name, given):
        if _is_gone_over(scope, name, table):
            engine.watch(engine.node_of(frame, table), _each_entry, engine, site, base)
        for text in engine.names.constants.listed(scope, name)[:_MAX_NAMES]:
            engine.watch(engine.node_of(frame, table), _one_entry, engine, site, base, text)
    if source >= 0:
        engine.named_loads.when_known(frame, name, lambda text: set_on_all(engine, site, base, -1, text, source))


def _pairs(scope: Scope, name: Ref, given: Ref) -> Iterator[Ref]:
    """``name, given`` are the halves of what a loop goes through."""
    halves = {o[2] for o in scope.operations_producing(given) if o[0] == Op.ITEM and o[3] == ["c", 1]}
    for operation in scope.operations_producing(name):
        if operation[0] == Op.ITEM and operation[3] == ["c", 0] and operation[2] in halves:
            yield operation[2]


def _pairs_made_into(scope: Scope, name: Ref, given: Ref) -> Iterator[Ref]:
    """``name`` is one half of what a loop goes through, ``given`` what a call makes of the other: ``setattr(cls, name, traced(method))``."""
    for operation in scope.operations_producing(given):
        if operation[0] == Op.CALL:
            for argument in (*operation[3], *(ref for _, ref in operation[4])):
                yield from _pairs(scope, name, argument)


def _wraps_members(scope: Scope) -> bool:
    """Whether a function of the application does so."""
    if scope.library or not any(o[0] == Op.FREE and o[2] == "setattr" for o in scope.facts.ops):
        return False
    stores = (o[3] for o in scope.facts.ops if o[0] == Op.CALL and len(o[3]) == 3)
    return any(list(_pairs_made_into(scope, name, given)) for _, name, given in stores)


def _tables_asked(scope: Scope, name: Ref, given: Ref) -> Iterator[Ref]:
    """``table[name]``, ``table.get(name)``, ``table.pop(name)``."""
    for operation in scope.operations_producing(given):
        if operation[0] == Op.ITEM and scope.copied_from(operation[3]) == scope.copied_from(name):
            yield operation[2]
        elif operation[0] == Op.CALL and operation[3] and scope.copied_from(operation[3][0]) == scope.copied_from(name):
            yield from (base for base, method in scope.attributes_read(operation[2]) if method in _TAKING)


def _is_gone_over(scope: Scope, name: Ref, table: Ref) -> bool:
    """``for name in table``."""
    gone_over = (o[2] for o in scope.operations_producing(scope.copied_from(name)) if o[0] == Op.ITERATE)
    return any(scope.copied_from(each) == scope.copied_from(table) for each in gone_over)


def _each_entry(new: frozenset[Value], engine: Engine, site: Site, base: Node) -> None:
    for value in new:
        described = engine.values[value]
        if described[0] == "O" and described[1] in ("dict", "pair"):
            engine.containers.each_key(described[2], partial(set_on_all, engine, site, base, described[2]))


def _each_name(new: frozenset[Value], engine: Engine, site: Site, base: Node, source: Node) -> None:
    """Under each name that a table has: what is made of an entry is not told apart by entry."""
    public = members.wanted_by(site.frame.scope).public

    def set_it(name: str, _: Node) -> None:
        if not (public and name.startswith("_")):
            set_on_all(engine, site, base, -1, name, source)

    for value in new:
        described = engine.values[value]
        if described[0] == "O" and described[1] in ("dict", "pair"):
            engine.containers.each_key(described[2], set_it)


def _one_entry(new: frozenset[Value], engine: Engine, site: Site, base: Node, name: str) -> None:
    for value in new:
        described = engine.values[value]
        if described[0] == "O" and described[1] == "dict":
            every = described[2]
            set_on_all(engine, site, base, every, name, engine.containers.slot(every, name))


def set_on_all(engine: Engine, site: Site, base: Node, every: Node, name: str, source: Node) -> None:
    """``value.name = source`` for each value of ``base``, where ``every`` is the container that holds it, if there is one."""
    engine.watch(base, _set_on_each, engine, Place(site.frame, site.line), every, name, source)


def _set_on_each(new: frozenset[Value], engine: Engine, place: Place, every: Node, name: str, source: Node) -> None:
    for value in new:
        engine.stores_by_name.put(place, value, name, source, every)
