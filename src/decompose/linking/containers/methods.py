"""What the methods of containers do: store, take over what another has, give an element or a view of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.linking.containers import iteration, keying
from decompose.linking.frames import Site
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.solver import Node

_STORING = frozenset({"append", "add", "appendleft", "insert"})
_UNDER_KEY = frozenset({"setdefault", "__setitem__"})
_SHIFTING = frozenset({"insert", "pop", "popleft", "sort", "reverse", "remove", "appendleft", "extendleft", "rotate"})
_MERGING = frozenset({"extend", "update", "extendleft"})
_ELEMENT = frozenset({"pop", "popleft", "get", "setdefault", "popitem", "__getitem__", "__next__"})
_COMPARING = frozenset({"index", "remove", "count"})
_HASHED = frozenset({"set", "dict"})
_BY_HASH = frozenset({"add", "discard", "remove", "get", "pop", "setdefault", "__getitem__", "__setitem__"})
_WHOLE = frozenset({"values", "copy", "union", "difference", "intersection"})
_SENDING = frozenset({"send", "asend"})
_ITERATORS = frozenset({"__iter__", "__reversed__"})


def call(engine: Engine, site: Site, container: Value, name: str) -> None:
    """A method of a container is called."""
    _, kind, every = engine.values[container]
    if site.arguments and kind in _HASHED and name in _BY_HASH:
        keying.look_up(engine, site.frame, site.arguments[0], site.line)
    if site.arguments and name in _COMPARING and kind not in _HASHED and "__eq__" in engine.class_names.special:
        engine.watch(every, keying.compared, engine, site.frame, site.arguments[0], site.line)
    if site.arguments and (name in _STORING or name in _UNDER_KEY):
        _store(engine, site, every, name)
    if name in _SENDING and kind == "generator" and site.arguments:
        source = engine.node_of(site.frame, site.arguments[0])
        if source >= 0:
            engine.edge(source, engine.containers.sent(every))
        engine.containers.read(every, None, site.result)
    if name in _SHIFTING and kind != "dict":
        engine.containers.forget_positions(every)
    if name in _MERGING:
        _take_over(engine, site, kind, every)
    if name in _ELEMENT:
        _give_element(engine, site, kind, every, name)
    else:
        _give_view(engine, site, kind, every, name)


def _store(engine: Engine, site: Site, every: Node, name: str) -> None:
    source = engine.node_of(site.frame, site.arguments[-1])
    if source >= 0 and name in _UNDER_KEY:
        keying.store(engine, site.frame, every, site.arguments[0], source)
    elif source >= 0:
        engine.edge(source, engine.containers.slot(every, None))
    engine.declared_values.put(every, site.frame.scope, site.arguments[-1])


def _take_over(engine: Engine, site: Site, kind: str, every: Node) -> None:
    """``extend`` and ``update``: the elements of each argument, and what is given by name."""
    merge = iteration.merge_pairs if kind == "dict" else iteration.merge_into
    for ref in site.arguments:
        engine.declared_values.put(every, site.frame.scope, ref, several=True)
        source = engine.node_of(site.frame, ref)
        if source >= 0:
            engine.watch(source, merge, engine, every, site.frame, site.line)
    for key, ref in site.keywords if kind == "dict" else ():
        source = engine.node_of(site.frame, ref) if key is not None else -1
        if source >= 0:
            engine.edge(source, engine.containers.slot(every, key))


def _give_element(engine: Engine, site: Site, kind: str, every: Node, name: str) -> None:
    if not site.arguments:
        engine.containers.read(every, None, site.result)
        return
    keying.read(engine, site.frame, every, site.arguments[0], site.result, popped=name == "pop")
    if len(site.arguments) > 1 and (name == "get" or (kind == "dict" and name == "pop")):
        default = engine.node_of(site.frame, site.arguments[1])
        if default >= 0:
            engine.edge(default, site.result)


def _give_view(engine: Engine, site: Site, kind: str, every: Node, name: str) -> None:
    """All elements, keys or pairs of the container, as a container of its own or as the same one again."""
    intern, keyed = engine.values.intern, kind == "dict"
    if name == "items":
        holder = engine.constant(intern("O", "pair", every))
        engine.put(site.result, intern("O", "list", holder))
    elif name == "keys" or (keyed and name in _ITERATORS):
        engine.put(site.result, intern("O", "list", engine.containers.keys(every)))
    elif name in _WHOLE or name in _ITERATORS:
        if keyed and name == "values":
            engine.containers.gone_over.add(every)
        engine.put(site.result, intern("O", kind if name == "copy" else "list", every))
