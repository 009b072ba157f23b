"""The arguments of a call flow into the parameters of what it calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts.records import ParameterKind, Ref
from decompose.linking.containers import iteration, keying
from decompose.linking.found_once import found_once
from decompose.linking.frames import Site
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node


class Taken(NamedTuple):
    """The parameters of a function by how an argument gets to them."""

    positional: list[list[Any]]
    behind_first: list[list[Any]]
    star: list[Any] | None
    double_star: list[Any] | None
    by_name: dict[str, list[Any]]


@found_once
def _taken(_: Engine, function: Scope) -> Taken:
    parameters = function.facts.parameters
    positional = [p for p in parameters if p[4] == ParameterKind.POSITIONAL]
    return Taken(
        positional,
        positional[1:],
        next((p for p in parameters if p[4] == ParameterKind.STAR), None),
        next((p for p in parameters if p[4] == ParameterKind.STAR_STAR), None),
        {p[0]: p for p in parameters if p[4] in (ParameterKind.POSITIONAL, ParameterKind.KEYWORD)},
    )


def bind_arguments(engine: Engine, site: Site, function: Scope, frame: Frame, *, skip_first: bool) -> None:
    """The arguments of a call flow into the parameters of a frame."""
    every, behind_first, star, double_star, by_name = _taken(engine, function)
    positional = behind_first if skip_first else every
    spread, naming = False, engine.key_parameters.of(function)
    ahead = 1 if skip_first and star is not None and star is function.facts.parameters[0] else 0
    if naming or function.index in engine.given.with_defaults:
        engine.given.call(frame, site, skip_first=skip_first)
    if function.index in engine.declared_parameters.functions:
        engine.declared_parameters.call(frame, site, skip_first=skip_first)
    for position, ref in enumerate(site.arguments):
        node = engine.containers.node_given(site.frame, ref)
        if (type(ref) is str or naming) and position < len(positional) and not spread:
            _give_name(engine, site, frame, positional[position][1], ref)
        if node < 0:
            continue
        if isinstance(ref, list) and ref[0] == "*":
            spread = True
            places = [frame.nodes[p[1]] for p in positional[position:]]
            engine.watch(node, _spread, engine, site, places, star, frame, ahead)
        elif position < len(positional) and not spread:
            engine.fitting.give(node, frame, positional[position])
        elif star is not None:
            _into_rest(engine, frame, star, position - len(positional) + ahead, node)
        elif spread:
            for parameter in positional:
                engine.edge(node, frame.nodes[parameter[1]])
    for name, ref in site.keywords:
        node = engine.containers.node_given(site.frame, ref)
        if (type(ref) is str or naming) and name in by_name:
            _give_name(engine, site, frame, by_name[name][1], ref)
        if node < 0:
            continue
        if name is None:
            filled = positional[: _surely_filled(site, function)]
            targets = {p[0]: frame.nodes[p[1]] for p in by_name.values() if p not in filled}
            engine.watch(node, _spread_named, engine, targets, double_star, frame)
        elif name in by_name:
            engine.fitting.give(node, frame, by_name[name])
        elif double_star is not None:
            _into_rest(engine, frame, double_star, name, node)


def _surely_filled(site: Site, function: Scope) -> int:
    """How many parameters a call fills by place in any case: ``*arguments`` may hold nothing, but for a method's own object."""
    starred = (at for at, ref in enumerate(site.arguments) if type(ref) is list and ref[0] == "*")
    return max(next(starred, len(site.arguments)), 1 if function.is_method and site.arguments else 0)


def _give_name(engine: Engine, site: Site, frame: Frame, parameter: int, ref: Ref) -> None:
    """A text is given, or the name of a constant, that may be what the function picks by."""
    text = ref if type(ref) is str else None
    if type(ref) is int and parameter in engine.key_parameters.of(frame.scope):
        text = keying.key(engine, site.frame, ref)
    if isinstance(text, str):
        engine.named_loads.give(frame, parameter, text)
    elif engine.loading is not None and frame.scope.index in engine.loading.loaders:
        texts = engine.names.constants.listed(site.frame.scope, ref)
        engine.named_loads.know_listed(frame, parameter, texts)


def _into_rest(engine: Engine, frame: Frame, parameter: list[Any], key: Any, node: Node) -> None:
    container = engine.containers.of_parameter(frame.nodes[parameter[1]], parameter[4])
    engine.edge(node, engine.containers.slot(engine.values[container][2], key))


def _spread(
    new: frozenset[Value],
    engine: Engine,
    site: Site,
    targets: list[Node],
    star: list[Any] | None,
    frame: Frame,
    ahead: int,
) -> None:
    """``*value`` into the remaining positional parameters, by position where that is known; into ``*args`` behind the receiver that is ``ahead``."""
    for value in new:
        description = engine.values[value]
        if description[0] == "O" and description[1] in ("tuple", "list"):
            every = description[2]
            for position, target in enumerate(targets):
                engine.edge(engine.containers.slot(every, position), target)
            if star is not None:
                rest = engine.containers.of_parameter(frame.nodes[star[1]], star[4])
                if not targets:
                    rest_every = engine.values[rest][2]
                    for position in range(8):
                        behind = engine.containers.slot(rest_every, position + ahead)
                        engine.edge(engine.containers.slot(every, position), behind)
                engine.edge(every, engine.containers.slot(engine.values[rest][2], None)) if targets else None
            continue
        for target in targets:
            iteration.iterate(engine.single(value), engine, site.frame, target, site.line)


def _spread_named(
    new: frozenset[Value], engine: Engine, targets: dict[str, Node], double_star: list[Any] | None, frame: Frame
) -> None:
    """``**value`` into parameters by name."""
    for value in new:
        description = engine.values[value]
        if description[0] != "O":
            continue
        for name, target in targets.items():
            engine.edge(engine.containers.slot(description[2], name), target)
        if double_star is not None:
            rest = engine.containers.of_parameter(frame.nodes[double_star[1]], double_star[4])
            if rest != value:
                engine.containers.merge(description[2], engine.values[rest][2])
