"""Classes as values: those that are made while running, and those that are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.linking.containers import iteration
from decompose.linking.frames import Site
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.solver import Node


def give_subclasses(engine: Engine, site: Site, description: tuple[Any, ...]) -> None:
    """``cls.__subclasses__()``: a list of the direct ones, or of all, which code of that kind goes on to find."""
    site.calls_outside(engine.values.intern("X", "builtins", "type.__subclasses__"))
    subclasses = engine.hierarchy.subclasses.get(description[1], ())
    if site.result >= 0 and subclasses:
        nodes = [engine.constant(engine.values.intern("C", cls.index, ())) for cls in subclasses if not cls.library]
        engine.put(site.result, engine.containers.of_elements("list", nodes))


def call_type(engine: Engine, site: Site) -> None:
    """The class of an object, or a class made while running."""
    if len(site.arguments) == 1 and site.result >= 0:
        base = engine.node_of(site.frame, site.arguments[0])
        if base >= 0:
            engine.watch(base, _type_of, engine, site.result)
    elif len(site.arguments) == 3 and site.result >= 0:
        bases = engine.node_of(site.frame, site.arguments[1])
        if bases >= 0:
            each = engine.new_node()
            engine.watch(bases, iteration.iterate, engine, site.frame, each, site.line)
            body = engine.node_of(site.frame, site.arguments[2])
            engine.watch(each, _derive, engine, site.result, body)


def _derive(new: frozenset[Value], engine: Engine, result: Node, body: Node) -> None:
    """A class made while running: what is known of it is that its instances are like those of its bases.

    What it adds to them is taken for theirs.
    """
    for value in new:
        description = engine.values[value]
        if description[0] == "C":
            engine.put(result, engine.values.intern("L", (engine.values.instance(description[1], description[2]),)))
            if body >= 0 and not engine.program.scopes[description[1]].library:
                engine.watch(body, _add_to_class, engine, description[1])


def _add_to_class(new: frozenset[Value], engine: Engine, cls: int) -> None:
    """What stands under constant names in a table becomes attributes of a class."""
    for value in new:
        description = engine.values[value]
        for name, node in engine.containers.keyed(description[2]) if description[0] == "O" else ():
            if isinstance(name, str):
                engine.contributed.add((cls, name))
                engine.edge(node, engine.inherited_fields(cls, name))


def _type_of(new: frozenset[Value], engine: Engine, result: Node) -> None:
    classes = frozenset(engine.values.class_of(value) for value in new if engine.values[value][0] == "I")
    if classes:
        engine.add(result, classes)
