"""Who listens to a channel, and who announces something on it: signals, hooks, registries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.linking import effects_on_objects

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.library_call import LibraryCall
    from decompose.linking.solver import Node
    from decompose.linking.values import Value


def use(call: LibraryCall, effect: str, channel: Value, argument: str = "", only: str = "") -> None:
    """Add a listener, the argument of that name, to a channel; or run all its listeners, by that kind of call.

    Or give back what was added. ``only`` "function" leaves out classes, which are there to be told apart; "pairs": each that
    ran is given back, with what it gave.
    """
    engine, result = call.engine, call.site.result
    waiting = engine.channel(channel)
    if effect == "gives":
        if result >= 0 and argument == "listed":
            _list(engine, waiting, result)
        elif result >= 0:
            engine.edge(waiting, result)
        return
    if effect == "announces":
        into = _pairs(engine, waiting, result) if only == "pairs" and result >= 0 else -1
        engine.watch(waiting, _run_all, call, argument, into)
        return
    parameters = [p[0] for p in call.function.facts.parameters if p[0] != "self"]
    position = parameters.index(argument) if argument in parameters else 0
    node = engine.node_of(call.site.frame, call.site.argument(position, argument))
    if node >= 0 and only:
        engine.watch(node, _add_functions, engine, waiting)
    elif node >= 0:
        engine.edge(node, waiting)


def _add_functions(new: frozenset[Value], engine: Engine, channel: Node) -> None:
    functions = frozenset(value for value in new if engine.values[value][0] in ("F", "B"))
    if functions:
        engine.add(channel, functions)


def _list(engine: Engine, waiting: Node, result: Node) -> None:
    """The result is a list of what waits, or several such lists."""
    values, each, lists = engine.values, engine.new_node(), engine.new_node()
    engine.edge(waiting, each)
    engine.edge(waiting, lists)
    engine.put(lists, values.intern("O", "list", each))
    engine.put(result, values.intern("O", "list", lists))


def _pairs(engine: Engine, waiting: Node, result: Node) -> Node:
    """The result is a list of pairs: of what waits, and of what goes into the node that is given back."""
    values, containers = engine.values, engine.containers
    pair, pairs = engine.new_node(), engine.new_node()
    engine.edge(waiting, containers.slot(pair, 0))
    engine.put(pairs, values.intern("O", "tuple", pair))
    engine.put(result, values.intern("O", "list", pairs))
    return containers.slot(pair, 1)


def _run_all(new: frozenset[Value], call: LibraryCall, kind: str, into: Node) -> None:
    outer = call.site.result
    call.site.result = into if into >= 0 else outer
    for value in new:
        effects_on_objects.run(call, value, kind)
    call.site.result = outer
