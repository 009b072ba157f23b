"""What the operations of a body mean: the constraints that each of them makes in a frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from decompose.facts import HOLE, Op, ScopeKind
from decompose.linking import making, operators, returned, special_methods
from decompose.linking.attributes import reading, writing
from decompose.linking.calls import construction, following, loads
from decompose.linking.containers import items, iteration, own_classes
from decompose.linking.frames import Frame, Site
from decompose.linking.solver import Node
from decompose.linking.sql_text import looks_like_sql
from decompose.linking.values import Types, Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.program import Scope


def instantiate(engine: Engine, frame: Frame) -> None:
    """Make the constraints of a frame's operations."""
    for operation in returned.running(frame):
        try:
            _MEANINGS[operation[0]](engine, frame, operation)
        except Exception as problem:  # noqa: BLE001 - one place that fails must not end the run
            engine.failed_at(frame, operation[-1], problem)
    if frame.returns >= 0 and (frame.general is None or frame.returns != frame.general.returns):
        _return(engine, frame)


def instantiate_library(engine: Engine, frame: Frame) -> None:
    """Make the constraints of a frame of a summary."""
    for operation in frame.scope.facts.ops:
        match operation[0]:
            case Op.FUNCTION:
                _function(engine, frame, operation)
            case Op.CLASS:
                _class(engine, frame, operation)
            case Op.COPY | Op.DECORATE:
                source = engine.node_of(frame, operation[2 if operation[0] == Op.COPY else 3])
                if source >= 0:
                    engine.edge(source, frame.nodes[operation[1]])
            case Op.IMPORT | Op.FROM | Op.ATTRIBUTE | Op.CALL | Op.ITEM | Op.TYPED:
                values = engine.names.evaluate(frame.scope, operation[1])
                if values:
                    engine.add(frame.nodes[operation[1]], frozenset(values))
            case Op.FREE:
                node = engine.free_node(frame.scope, frame.parent, operation[2])
                if node >= 0:
                    engine.edge(node, frame.nodes[operation[1]])


def _return(engine: Engine, frame: Frame) -> None:
    """What a frame returns, and what the generator yields that it makes."""
    facts = frame.scope.facts
    if facts.yields:
        every = engine.containers.of_generator(frame.returns)
        for refs, target in ((facts.yields, every), (facts.returns, engine.containers.results(every))):
            for ref in refs:
                node = engine.node_of(frame, ref)
                if node >= 0:
                    engine.edge(node, target)
        engine.put(frame.returns, engine.values.intern("O", "generator", every))
        return
    for ref in facts.returns:
        node = engine.node_of(frame, ref)
        if node >= 0:
            engine.edge(node, frame.returns)


def _copy(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    source = engine.node_of(frame, operation[2])
    if source >= 0:
        engine.edge(source, frame.nodes[operation[1]])
    elif type(operation[2]) is list and isinstance(operation[2][1], dict | list):
        # Plain data at first, but something else may be put into it.
        engine.put(frame.nodes[operation[1]], engine.containers.of_constant(operation[2]))


def _attribute(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    _, dst, base, name, line = operation
    nodes = frame.nodes
    named = making.value_of_named(engine, frame.scope, base) if name == "value" else None
    if named is not None:
        if named >= 0:
            engine.edge(named, nodes[dst])
        return
    engine.watch(nodes[base], reading.load, engine, frame, nodes[dst], name, line, nodes[base])


def _set_attribute(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    _, base, name, source, line = operation
    engine.watch(frame.nodes[base], writing.store, engine, frame, name, source, line)


def _item(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    engine.watch(frame.nodes[operation[2]], items.load_item, engine, frame, operation)


def _set_item(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    _, base, index, source, line = operation
    engine.watch(frame.nodes[base], items.store_item, engine, frame, index, source, line)


def _iterate(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    _, dst, base, line = operation
    engine.watch(frame.nodes[base], iteration.iterate, engine, frame, frame.nodes[dst], line)


def _enter(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    _, dst, manager, line = operation
    engine.watch(frame.nodes[manager], special_methods.enter, engine, frame, frame.nodes[dst], line)


def _import(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    name = engine.program.absolute_name(frame.scope.module, operation[2], operation[3])
    engine.add(frame.nodes[operation[1]], frozenset(engine.names.imported(name)))


def _free(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    if not frame.scope.is_function:
        _free_in_body(engine, frame, operation)


def _narrow(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    _, dst, source, annotation = operation
    if annotation[0] == "!":
        _narrow_to_others(engine, frame, operation)
        return
    types = engine.promised(frame, annotation)
    if not types:  # a class that is not known passes everything
        engine.edge(frame.nodes[source], frame.nodes[dst])
        return
    given = _before_tests(frame, source)
    is_parameter = any(parameter[1] == given for parameter in frame.scope.facts.parameters)
    engine.promises.assume_passed(frame.nodes[dst], types, frame, frame.nodes[given] if is_parameter else -1)
    engine.watch(frame.nodes[source], _let_pass, engine, frame.nodes[dst], types)


def _before_tests(frame: Frame, ref: int) -> int:
    """What a name was before tests of the same name that failed."""
    made = frame.scope.operations_producing(ref)
    while len(made) == 1 and made[0][0] == Op.NARROW and made[0][3][0] == "!":
        ref = made[0][2]
        made = frame.scope.operations_producing(ref)
    return ref


def _let_pass(new: frozenset[Value], engine: Engine, result: Node, types: Types) -> None:
    """Values that pass an ``isinstance`` test for one of ``types``."""
    classes = [engine.values[value][1] for value in types if engine.values[value][0] == "I"]
    kept = frozenset(value for value in new if _passes(engine, engine.values[value], classes))
    if kept:
        engine.add(result, kept)


def _passes(engine: Engine, description: tuple[Any, ...], classes: list[int]) -> bool:
    """Whether an object, or a container that is made in the program, is one of these classes."""
    match description[0]:
        case "I":
            return any(engine.hierarchy.passes_for(description[1], cls) for cls in classes)
        case "O":
            return any(own_classes.makes(engine, engine.program.scopes[cls], description[1]) for cls in classes)
    return False


def _narrow_to_others(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    """Where a test for a class has failed."""
    _, dst, source, (_, tree) = operation
    types = engine.names.types(frame.scope, tree)
    classes = [engine.values[value][1] for value in types if engine.values[value][0] == "I"]
    own = [index for index in classes if not engine.program.scopes[index].library]
    if own:
        engine.watch(frame.nodes[source], _hold_back, engine, frame.nodes[dst], own)
    else:
        engine.edge(frame.nodes[source], frame.nodes[dst])


def _hold_back(new: frozenset[Value], engine: Engine, result: Node, classes: list[int]) -> None:
    """Values that an ``isinstance`` test for any of ``classes`` does not hold for."""
    held = {
        value
        for value in new
        if engine.values[value][0] == "I"
        and any(engine.hierarchy.passes_for(engine.values[value][1], c) for c in classes)
    }
    if kept := new - held:
        engine.add(result, kept)


def _typed(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    types = engine.promised(frame, operation[2])
    if operation[3:] and types:
        engine.declared_values.declare(frame, operation[1], types, operation[3][0])
    else:
        engine.add_types(frame.nodes[operation[1]], types)


def _nothing(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    """What an operation means is known already, without a frame."""


def _free_in_body(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    name = operation[2]
    if frame.scope.facts.kind == ScopeKind.CLASS:
        node = engine.free_node(frame.scope, frame.parent, name)
    else:
        node = engine.global_node(frame.scope.module, name)
    if node >= 0:
        engine.edge(node, frame.nodes[operation[1]])


def _set_free(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    source = engine.node_of(frame, operation[2])
    if source < 0:
        return
    target = engine.free_node(frame.scope, frame.parent, operation[1])
    if target < 0:
        target = engine.export_node(frame.scope.module, operation[1])
    engine.edge(source, target)


def _function(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    function = frame.scope.module.scopes[operation[2]]
    if function.facts.made_for and frame.decorates is not None:
        make = partial(_make_function, engine, frame, function, frame.nodes[operation[1]])
        engine.coroutine_wrappers.wait(frame, function, make)
    else:
        _make_function(engine, frame, function, frame.nodes[operation[1]])


def _make_function(engine: Engine, frame: Frame, function: Scope, result: Node) -> None:
    engine.put(result, engine.values.intern("F", function.index, frame.index))
    if not function.library:
        engine.frame(function, frame, engine.own_receiver(function))


def _class(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    cls = frame.scope.module.scopes[operation[2]]
    meant = engine.names.substitutes.get(cls.index, cls.index)
    engine.put(frame.nodes[operation[1]], engine.values.intern("C", meant, ()))
    if cls.facts.bases and not cls.library:
        engine.open_bases.note(frame, cls)
    if cls.index not in engine.classes:
        engine.open_class(cls, frame)
        if not cls.library:
            making.make_class(engine, frame, cls)
    else:
        # One body for all calls of the functions around the class: its methods see what each call gives.
        here: Frame | None = frame
        home = engine.classes[cls.index].parent
        while here is not home and home is not None and here is not None and here.scope is home.scope:
            for ref in here.scope.facts.names.values():
                if type(ref) is int and ref >= 0 and here.nodes[ref] != home.nodes[ref]:
                    engine.edge(here.nodes[ref], home.nodes[ref])
            here, home = here.parent, home.parent


def _from(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    target = frame.nodes[operation[1]]
    module_name = engine.program.absolute_name(frame.scope.module, operation[2], operation[3])
    module = engine.program.by_name.get(module_name)
    if module is not None:
        holder = engine.program.exporting_module(module, operation[4])
        if holder is not None:
            engine.edge(engine.export_node(holder, operation[4]), target)
            return
        if reading.load_by_module(engine, frame, target, module, operation[4], operation[-1]):
            return
    values = engine.names.imported_name(module_name, operation[4])
    if values:
        engine.add(target, frozenset(values))


def _call(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    site = Site(frame, operation, "call", len(engine.sites))
    site.result = frame.nodes[operation[1]]
    site.arguments, site.keywords = operation[3], operation[4]
    engine.sites.append(site)
    if engine.loading is not None and engine.loading.may_load(operation):
        loads.load(engine, site)
    engine.watch(frame.nodes[operation[2]], engine.calls_by_chance.call, engine, site)


def _decorate(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    site = Site(frame, operation, "decorate", len(engine.sites))
    site.result = frame.nodes[operation[1]]
    site.arguments = [operation[3]]
    engine.sites.append(site)
    decorator = frame.nodes[operation[2]] if operation[2] >= 0 else -1
    if decorator < 0:
        engine.edge(frame.nodes[operation[3]], site.result)
    else:
        engine.watch(decorator, following.call, engine, site)


def _raise(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    """Raising a class makes an instance of it."""
    _, raised, line = operation
    site = Site(frame, [Op.CALL, -1, raised, [], [], line], "call", len(engine.sites))
    engine.watch(frame.nodes[raised], construction.raise_class, engine, site)


def _binary(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    _, dst, left, right, operator, line = operation
    if operator not in engine.class_names.telling_operators:
        return
    result = frame.nodes[dst]
    if operator == "sent" and frame.returns >= 0:
        engine.edge(engine.containers.sent(engine.containers.of_generator(frame.returns)), result)
        return
    if isinstance(left, str):
        text = left + HOLE
        if operator == "add" and looks_like_sql(text):
            engine.put(result, engine.values.intern("Q", text))
    node = engine.node_of(frame, left)
    if operator == "caught":
        engine.watch(node, operators.catch, engine, result)
        return
    if node >= 0:
        engine.watch(node, operators.operate, engine, frame, result, operator, right, line, node)
    if type(right) is int and right >= 0 and (reflected := f"r{operator}") in engine.class_names.telling_operators:
        node = frame.nodes[right]
        engine.watch(node, operators.operate, engine, frame, result, reflected, left, line, node)


def _container(engine: Engine, frame: Frame, operation: list[Any]) -> None:
    engine.containers.make(frame, operation)


_BY_OPERATION: dict[int, Callable[[Engine, Frame, list[Any]], None]] = {
    Op.COPY: _copy,
    Op.ATTRIBUTE: _attribute,
    Op.SET_ATTRIBUTE: _set_attribute,
    Op.CALL: _call,
    Op.ITEM: _item,
    Op.SET_ITEM: _set_item,
    Op.ITERATE: _iterate,
    Op.CONTAINER: _container,
    Op.FUNCTION: _function,
    Op.CLASS: _class,
    Op.IMPORT: _import,
    Op.FROM: _from,
    Op.FREE: _free,
    Op.ENTER: _enter,
    Op.NARROW: _narrow,
    Op.BINARY: _binary,
    Op.TYPED: _typed,
    Op.IMPORT_STAR: _nothing,
    Op.SET_FREE: _set_free,
    Op.DECORATE: _decorate,
    Op.RAISE: _raise,
    Op.TYPE_VARIABLE: _nothing,
}

_MEANINGS = [_BY_OPERATION[op] for op in sorted(_BY_OPERATION)]
