"""Containers that a variable takes no more of, because it has many already: which calls may miss what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from decompose.facts import Op

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Site
    from decompose.linking.solver import Node
    from decompose.linking.values import Value

_MAX_DEPTH = 3
_MAX_STEPS = 16
_HANDING_ON = frozenset({Op.COPY, Op.NARROW, Op.ENTER, Op.ATTRIBUTE, Op.ITEM, Op.ITERATE, Op.CALL})


def functions(engine: Engine) -> set[int]:
    """The application's functions with calls that may reach more than is told, since what they call comes of such a variable."""
    short = _short_of_something(engine)
    if not short:
        return set()
    frames = {f.index for f in engine.frames if not f.scope.library and not short.isdisjoint(f.nodes)}
    return {
        site.frame.scope.index
        for site in engine.sites
        if site.frame.index in frames and _calls_the_application(engine, site) and _comes_of(site, short)
    }


def _calls_the_application(engine: Engine, site: Site) -> bool:
    return site.kind == "call" and any(not engine.program.scopes[target[0]].library for target in site.targets)


def _short_of_something(engine: Engine) -> set[Node]:
    """The nodes that lack what containers which they did not take hold, and those that have the values of one."""
    missing = list(Held(engine).missed_by(engine.left_out))
    reached = set(missing)
    while missing:
        new = [target for target in engine.goes_to(missing.pop()) if target not in reached]
        reached.update(new)
        missing += new
    return reached


def _comes_of(site: Site, short: set[Node]) -> bool:
    """Whether what a site calls is, or is an element, attribute or result of, what such a node holds."""
    nodes, scope = site.frame.nodes, site.frame.scope
    waiting, seen = [site.operation[2]], set[int]()
    while waiting and len(seen) < _MAX_STEPS:
        ref = waiting.pop()
        if type(ref) is not int or ref < 0 or ref in seen:
            continue
        seen.add(ref)
        if nodes[ref] in short:
            return True
        waiting += (o[2] for o in scope.operations_producing(ref) if o[0] in _HANDING_ON)
    return False


class Held:
    """The functions, classes and objects of the application that each container holds."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._known: dict[tuple[Value, int], frozenset[Value]] = {}

    def missed_by(self, left_out: dict[Node, set[Value]]) -> dict[Node, set[Value]]:
        """The nodes that lack something which only containers that they did not take hold -> those that hold anything at all."""
        telling = {value for value in frozenset[int]().union(*left_out.values()) if self._by(value, _MAX_DEPTH)}
        found = {}
        for node, values in left_out.items():
            if not telling.isdisjoint(values):
                others = telling & values
                if self._are_missed(self.engine.values_of(node), others):
                    found[node] = others
        return found

    def _are_missed(self, present: frozenset[Value], others: set[Value]) -> bool:
        missed: set[Value] = set()
        for value in others:
            if value not in present:
                missed |= self._by(value, _MAX_DEPTH)
        for value in present if missed else ():
            missed -= self._by(value, _MAX_DEPTH)
            if not missed:
                break
        return bool(missed)

    def _by(self, value: Value, depth: int) -> frozenset[Value]:
        known = self._known.get((value, depth))
        if known is None:
            known = self._known[value, depth] = frozenset(self._found(value, depth))
        return known

    def _found(self, value: Value, depth: int) -> Iterator[Value]:
        described = self.engine.values[value]
        for inner in self.engine.values_of(described[2]) if described[0] == "O" and depth else ():
            if self._tells(inner):
                yield inner
            else:
                yield from self._by(inner, depth - 1)

    def _tells(self, value: Value) -> bool:
        description = self.engine.values[value]
        if description[0] == "B":
            return self._tells(description[1])
        return description[0] in ("F", "C", "I") and not self.engine.program.scopes[description[1]].library
