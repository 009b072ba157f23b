"""Calls at which more values meet than are followed: those that are known are there by chance, so nothing flows from such calls.

Which functions reach a call is known only when all has settled, and what they return would have gone on by then. So a call that
several values reach waits: it is followed where it turns out that all of them are known, and only noted where they are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.facts import Op
from decompose.linking.calls import following
from decompose.linking.solver import MANY_VALUES
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.solver import Node

_FEW_VALUES = 4
"""A call that no more values reach so far is followed at once, as most are."""


class CallsByChance:
    """The calls that wait until it is known whether all that they call is known, and those of which it is not."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.noted: set[Site] = set()
        """The calls that are by chance: what they lead to is noted, and nothing flows."""
        self._waiting: dict[Site, list[frozenset[Value]]] = {}

    def release(self) -> bool:
        """Once all has settled: follow the calls that wait and are not by chance; whether there are any."""
        if not self._waiting:
            return False
        waiting, self._waiting = self._waiting, {}
        self.engine.carry_saturation()
        followed = False
        for site, batches in waiting.items():
            if is_by_chance(self.engine, site):
                self._note_all(site, batches)
                continue
            followed = True
            for new in batches:
                following.call(new, self.engine, site)
        return followed

    def call(self, new: frozenset[Value], engine: Engine, site: Site) -> None:
        """``site`` calls each new value, now or when all has settled."""
        if site in self.noted:
            self._note(site, new)
        elif site in self._waiting:
            self._waiting[site].append(new)
        elif _may_be_by_chance(engine, site):
            self._waiting[site] = [new]
        else:
            following.call(new, engine, site)

    def _note_all(self, site: Site, batches: list[frozenset[Value]]) -> None:
        self.noted.add(site)
        if site.result >= 0 and not self.engine.values_of(site.result):
            self.engine.saturated.add(site.result)
        for new in batches:
            self._note(site, new)

    def _note(self, site: Site, new: frozenset[Value]) -> None:
        """Note what a call leads to."""
        engine = self.engine
        for value in sorted(new):
            kind, index, *rest = engine.values[value]
            receiver = -1
            if kind == "B":
                receiver = rest[0]
                kind, index, *_ = engine.values[index]
            if kind == "X":
                site.calls_outside(value)
            elif kind in ("F", "C"):
                scope = engine.program.scopes[index]
                function = engine.function_of(engine.hierarchy.member(scope, "__init__")) if kind == "C" else None
                if function is not None and not function.library and not scope.library:
                    index, receiver = function.index, engine.values.instance(index, rest[0])
                how = "library" if scope.library else "construct" if kind == "C" else site.kind
                certain = receiver < 0 or not engine.values.is_declared(receiver)
                site.leads_to((index, receiver, how), engine.single_targets, certain=certain)


def is_by_chance(engine: Engine, site: Site) -> bool:
    """Whether so many functions or unlike objects reach a call that it is a matter of chance which of them are known."""
    return bool(crowd(engine, site)) or (reached_by(engine, site) > MANY_VALUES and is_crowded(engine, site))


def is_crowded(engine: Engine, site: Site) -> bool:
    """Whether more values come together at a call than are followed, so that those which are known are a matter of chance."""
    called = site.operation[2]
    in_it = type(called) is int and called >= 0 and site.frame.nodes[called] in engine.crowded
    return in_it or bool(_crowded_bases(engine, site))


def crowd(engine: Engine, site: Site) -> int:
    """How many unlike values come together, of more that do, where a call asks for an attribute; 0 if it is no such crowd.

    Whichever of them happen to have the attribute, they say nothing about those that were left out. Whom a method acts for is known.
    """
    bases = _crowded_bases(engine, site)
    own = _own_objects(site.frame) if bases else ()
    crowds = [base for base in bases if base not in own and engine.catch_alls.is_crowd(base)]
    return max((len(engine.values_of(base)) for base in crowds), default=0)


def _may_be_by_chance(engine: Engine, site: Site) -> bool:
    """Whether several values reach a call, or may yet as it calls what a loop goes through; or its method's object is one of many."""
    nodes, called = site.frame.nodes, site.operation[2]
    if len(engine.contents[nodes[called]] or ()) > _FEW_VALUES:
        return True
    for operation in site.frame.scope.operations_producing(called):
        if operation[0] == Op.ITERATE:
            return True
        if operation[0] == Op.ATTRIBUTE and len(engine.contents[nodes[operation[2]]] or ()) > MANY_VALUES:
            return True
    return False


def reached_by(engine: Engine, site: Site) -> int:
    """How many functions, classes and objects reach a call, each once, however many objects it is bound to."""
    described = (engine.values[value] for value in engine.values_of(site.frame.nodes[site.operation[2]]))
    bare = (engine.values[d[1]] if d[0] == "B" else d for d in described)
    return len({d[:2] for d in bare if d[0] in ("F", "C", "I")})


def _crowded_bases(engine: Engine, site: Site) -> list[Node]:
    nodes, called = site.frame.nodes, site.operation[2]
    if not engine.crowded or type(called) is not int or called < 0:
        return []
    return [nodes[base] for base, _ in site.frame.scope.attributes_read(called) if nodes[base] in engine.crowded]


def _own_objects(frame: Frame | None) -> set[Node]:
    """What holds ``self`` or ``cls`` in a frame and in those around it."""
    found: set[Node] = set()
    while frame is not None:
        if frame.scope.is_method and frame.scope.facts.parameters:
            found.add(frame.nodes[frame.scope.facts.parameters[0][1]])
        frame = frame.parent
    return found
