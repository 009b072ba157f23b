"""Functions that a caller names by a constant, and that are picked and run further down: ``check_access("order_update", context)``.

``check_access`` hands the name on to ``is_authorized``, which runs what ``get_function(name)`` gives. There all functions of the table
meet; who gives the constant runs the one that stands under it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking.containers import keying
from decompose.linking.implicit_calls import ImplicitCall
from decompose.linking.solver import Node

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Site, Target
    from decompose.linking.program import Scope

_LEVELS = 3
"""So many functions may hand the name on before it picks something."""

_MAX_PICKED = 8
_PASSING = frozenset({Op.COPY, Op.NARROW})

_Named = tuple[int, int]
"""A function, and the node of the parameter that names what it picks, or runs."""


def wire(engine: Engine) -> None:
    """Add the calls from those who give a constant name to what is run for it, of the kind ``callback``."""
    pickers = _pickers(engine)
    running: dict[_Named, set[Node]] = {}
    for site, named, ref in _names_given(engine, pickers):
        handed_on = _parameter(engine, site, ref)
        if handed_on is not None and _is_run(site.frame.scope, site.operation[1]):
            running.setdefault(handed_on, set()).update(pickers[named])
    new = running
    for _ in range(_LEVELS if running else 0):
        further: dict[_Named, set[Node]] = {}
        for site, named, ref in _names_given(engine, new):
            handed_on = _parameter(engine, site, ref)
            key = keying.key(engine, site.frame, ref) if handed_on is None else None
            if handed_on is not None and handed_on not in running:
                further.setdefault(handed_on, set()).update(new[named])
            elif key is not None:
                _tell(engine, site, key, new[named])
        running.update(further)
        new = further


def _pickers(engine: Engine) -> dict[_Named, set[Node]]:
    """The functions that give what tables have under their parameter, with the tables."""
    found: dict[_Named, set[Node]] = {}
    picks = dict(engine.own_frames.picking())
    for frame in engine.frames if picks else ():
        pick = picks.get(frame.scope.index)
        if pick is not None:
            found.setdefault((frame.scope.index, pick.node), set()).update(frame.nodes[t] for t, _ in pick.tables)
    return found


def _names_given(engine: Engine, named: Mapping[_Named, Any]) -> Iterator[tuple[Site, _Named, Ref]]:
    """The calls of some functions, each with the argument for the parameter that it is about."""
    by_function: dict[int, list[int]] = {}
    for function, node in named:
        by_function.setdefault(function, []).append(node)
    for site in engine.sites:
        for target in site.targets:
            for node in by_function.get(target[0], ()):
                ref = _given(engine.program.scopes[target[0]], node, site, target)
                if ref != -1:
                    yield site, (target[0], node), ref


def _given(function: Scope, node: int, site: Site, target: Target) -> Ref:
    """What a call gives a parameter; -1 where it does not certainly give it."""
    if any(type(ref) is list and ref[0] == "*" for ref in site.arguments):
        return -1
    positional = [p[1] for p in function.facts.parameters if p[4] == ParameterKind.POSITIONAL]
    place = positional.index(node) - (target[1] >= 0) if node in positional else -1
    return site.argument(place, function.parameter_names().get(node, ""))


def _parameter(engine: Engine, site: Site, ref: Ref) -> _Named | None:
    """The parameter of the caller that it hands on."""
    node = engine.key_parameters.parameter(site.frame.scope, ref)
    return (site.frame.scope.index, node) if node >= 0 else None


def _is_run(scope: Scope, result: int) -> bool:
    """Whether what a call gives is called in the same function."""
    same = {result}
    for operation in scope.facts.ops:
        if operation[0] in _PASSING and type(operation[2]) is int and operation[2] in same:
            same.add(operation[1])
    return any(
        operation[0] == Op.CALL and type(operation[2]) is int and operation[2] in same for operation in scope.facts.ops
    )


def _tell(engine: Engine, site: Site, key: Any, tables: set[Node]) -> None:
    held = (value for node in tables for value in engine.values_of(node))
    containers = {engine.values[value][2] for value in held if engine.values[value][0] == "O"}
    picked = {value for every in containers for value in engine.containers.held(every, key)}
    for value in picked if len(picked) <= _MAX_PICKED else ():
        described = engine.values[value]
        receiver = described[2] if described[0] == "B" else -1
        kind, function, *_ = engine.values[described[1]] if described[0] == "B" else described
        call = ImplicitCall(site.frame.scope.index, site.frame.receiver, site.line, "callback", function, receiver)
        if kind == "F" and call not in engine.implicit_calls:
            engine.implicit_calls.add_wired(call, f"runs what stands under {key}")
