"""Going through the elements of a value, and putting them into a container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.linking import special_methods
from decompose.linking.containers import own_classes, own_keys
from decompose.linking.frames import Frame
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.solver import Node


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
        cls = engine.program.scopes[description[1]] if description[0] == "I" else None
        if cls is not None and not cls.library and engine.hierarchy.member(cls, "keys") is not None:
            for name, result in (("keys", -1), ("__getitem__", engine.containers.slot(every, None))):
                special_methods.call_method(engine, frame, result, value, cls, name, line)
            continue
        pairs = engine.new_node()
        iterate(engine.single(value), engine, frame, pairs, line)
        engine.watch(pairs, own_keys.enter_pair, engine, every)


def iterate(new: frozenset[Value], engine: Engine, frame: Frame, result: Node, line: int) -> None:
    """``for result in value``."""
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
        cls = special_methods.special_class(engine, description)
        if cls is not None:
            if cls.definition in ("builtins:Iterator", "typing:Iterator"):
                if description[2]:
                    engine.add(result, frozenset(description[2][0]))
                continue
            held = own_classes.container_of(engine, cls, "__iter__", description[2]) if description[0] == "I" else None
            if held is not None:
                engine.edge(engine.containers.elements(*engine.values[held][1:]), result)
            for name in ("__iter__", "__aiter__"):
                own = engine.hierarchy.member(cls, name) is not None
                if own or special_methods.is_put_in(engine, cls, name):
                    iterator = engine.new_node()
                    special_methods.call_method(engine, frame, iterator, value, cls, name, line)
                    engine.watch(iterator, iterate_once, engine, frame, result, line, value)
                if own:
                    break
            else:
                if engine.hierarchy.member(cls, "__getitem__") is not None:
                    special_methods.call_method(engine, frame, result, value, cls, "__getitem__", line)


def iterate_once(new: frozenset[Value], engine: Engine, frame: Frame, result: Node, line: int, iterable: Value) -> None:
    """The elements of an iterator, which may be the iterable itself with its ``__next__``.

    What is neither an iterator nor of a library ends here: to iterate over it in its turn may lead round in a circle.
    """
    for value in new:
        description = engine.values[value]
        cls = engine.program.scopes[description[1]] if description[0] == "I" else None
        steps = [name for name in ("__next__", "__anext__") if cls and engine.hierarchy.member(cls, name) is not None]
        if cls is not None and steps:
            for name in steps:
                special_methods.call_method(engine, frame, result, value, cls, name, line)
        elif value != iterable and (cls is None or cls.library):
            iterate(engine.single(value), engine, frame, result, line)
