"""What the calls in view give a function, and what they leave out.

A default that is a function or a class (``def load(path, parse=parse_json)``) is what a parameter holds only where a call leaves the
parameter out; from a table that is asked for a parameter (``HANDLERS[kind]``) comes only what calls ask for, where all of them name
it. A function that no call in view reaches is called by somebody else, who may leave out and ask for anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.facts.records import ParameterKind, Ref
from decompose.linking.containers import keying

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.solver import Node

_CODE = frozenset({"F", "C"})

_ANYTHING = object()
"""In the place of a key: it is not known."""


class _Asked:
    """A parameter as the key of tables: the keys that it was given so far, and each table with where its entries go."""

    def __init__(self) -> None:
        self.keys: dict[Any, None] = {}
        self.tables: list[tuple[Node, Node]] = []


class Given:
    """The defaults and the tables that wait for calls."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._defaults: dict[int, dict[str, tuple[Node, Node]]] = {}
        """Frame -> parameter -> the default and where it goes."""
        self._asked: dict[int, dict[int, _Asked]] = {}
        """Frame -> the node of a parameter in it -> what it asks for."""
        self.with_defaults: set[int] = set()
        """The functions that have such a default."""
        self._called: set[int] = set()
        self._assumed = False

    def bind(self, frame: Frame, outer: Frame, name: str, default: Ref, target: Node) -> None:
        """A parameter of a frame has a default, a ref of the frame around it."""
        source = self.engine.node_of(outer, default)
        if source < 0:
            return
        meant = self.engine.names.evaluate(outer.scope, default)
        if meant and all(self.engine.values[value][0] in _CODE for value in meant) and self._waits(frame):
            self._defaults.setdefault(frame.index, {})[name] = source, target
            self.with_defaults.add(frame.scope.index)
        else:
            self.engine.edge(source, target)

    def reads(self, frame: Frame, index: Ref, table: Node, result: Node) -> bool:
        """Whether a table is read by a parameter of which the calls in view tell what it is; ``result`` gets what they ask for."""
        parameter = self.engine.named_loads.parameter(frame.scope, index)
        if parameter < 0 or frame.scope.operations_producing(parameter) or not self._waits(frame):
            return False
        asked = self._asked.setdefault(frame.index, {}).setdefault(parameter, _Asked())
        if _ANYTHING in asked.keys:
            return False
        asked.tables.append((table, result))
        for key in asked.keys:
            self.engine.containers.read(table, key, result)
        return True

    def call(self, frame: Frame, site: Site, naming: frozenset[int], *, skip_first: bool) -> None:
        """A call reaches a frame: what it does not give is the default, here and in the frame that all callers share.

        ``naming`` are the parameters by which the function picks.
        """
        given: dict[str, Ref] | None = None
        at: Frame | None = frame
        while at is not None:
            self._called.add(at.index)
            waiting = self._defaults.get(at.index)
            if waiting or naming:
                given = _given(frame, site, skip_first=skip_first) if given is None else given
            for name in [name for name in waiting or () if name not in (given or ())]:
                self.engine.edge(*(waiting or {}).pop(name))
            for name, node, _, default, _ in frame.scope.facts.parameters if naming else ():
                if node in naming:
                    self._ask(at, node, self._key(site, (given or {}).get(name, _ANYTHING), default))
            at = at.general

    def assume(self) -> None:
        """Functions that nothing in view calls may be called in any way."""
        self._assumed = True
        frames = self.engine.frames
        for index in sorted(self._defaults.keys() | self._asked.keys()):
            if not self._waits(frames[index]):
                self._open(frames[index])

    def call_otherwise(self, frame: Frame) -> None:
        """Something reaches a frame that gives it nobody knows what."""
        naming = self.engine.named_loads.naming(frame.scope)
        at: Frame | None = frame if naming or frame.scope.index in self.with_defaults else None
        while at is not None:
            self._called.add(at.index)
            self._open(at)
            at = at.general

    def _waits(self, frame: Frame) -> bool:
        """Whether it is left to the calls of a frame what they give it."""
        at: Frame | None = frame
        while self._assumed and at is not None and at.index not in self._called:
            at = at.general
        return at is not None

    def _open(self, frame: Frame) -> None:
        for source, target in self._defaults.pop(frame.index, {}).values():
            self.engine.edge(source, target)
        for parameter in self.engine.named_loads.naming(frame.scope):
            self._ask(frame, parameter, _ANYTHING)

    def _ask(self, frame: Frame, parameter: int, key: Any) -> None:
        asked = self._asked.setdefault(frame.index, {}).setdefault(parameter, _Asked())
        if key in asked.keys or _ANYTHING in asked.keys:
            return
        asked.keys[key] = None
        for table, result in asked.tables:
            self.engine.containers.read(table, None if key is _ANYTHING else key, result)

    def _key(self, site: Site, given: Any, default: Ref | None) -> Any:
        """The constant that a call gives a parameter, or its default."""
        if given is _ANYTHING:
            key = keying.constant_of(default) if default is not None else None
        else:
            key = keying.key(self.engine, site.frame, given)
        return _ANYTHING if key is None else key


def _given(frame: Frame, site: Site, *, skip_first: bool) -> dict[str, Ref]:
    """The parameters that a call certainly gives, each with what it gives."""
    if any(type(ref) is list and ref[0] == "*" for ref in site.arguments):
        return {}
    positional = [p[0] for p in frame.scope.facts.parameters if p[4] == ParameterKind.POSITIONAL]
    named = {name: ref for name, ref in site.keywords if name is not None}
    return {**dict(zip(positional[skip_first:], site.arguments, strict=False)), **named}
