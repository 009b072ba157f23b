"""What the calls in view give a function, and what they leave out.

A default that is code or an object (``def load(path, parse=parse_json, clock=Clock())``) is what a parameter holds only where a call
leaves the parameter out; from a table that is asked for a parameter (``HANDLERS[kind]``) comes only what calls ask for, where all of
them name it. A function that no call in view reaches is called by somebody else, who may leave out and ask for anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from decompose.facts.records import ParameterKind, Ref
from decompose.linking.containers import keying
from decompose.linking.containers.keying import Asking
from decompose.linking.key_parameters import Key, class_asked

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node
    from decompose.linking.values import Value

_CODE = frozenset({"F", "C", "X"})

_ANYTHING = object()
"""In the place of a key: it is not known."""

MAX_KEYS = 100
"""A parameter that is given more keys than this may be any: what tables hold under each is not told apart there."""


class _Asked:
    """A parameter as the key of tables: the keys that it was given so far, the tables, and the parameters that it is given on as."""

    def __init__(self, place: Node) -> None:
        self.place = place
        self.keys: dict[Any, None] = {}
        self.tables: list[Asking] = []
        self.onward: dict[_Asked, None] = {}


class Given:
    """The defaults and the tables that wait for calls."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._defaults: dict[int, dict[str, tuple[Node, Node]]] = {}
        """Frame -> parameter -> the default and where it goes."""
        self._asked: dict[int, dict[Key, _Asked]] = {}
        """Frame -> the node of a parameter in it, and whether it is about the class of that -> what it asks for."""
        self.with_defaults: set[int] = set()
        """The functions that have such a default."""
        self._picking: list[tuple[Frame, Site, bool]] = []
        """The calls of functions that pick by what they are given, each with whether the first parameter is given already."""
        self._called: set[int] = set()
        self._assumed = False

    def bind(self, frame: Frame, outer: Frame, name: str, default: Ref, target: Node) -> None:
        """A parameter of a frame has a default, a ref of the frame around it."""
        source = self.engine.node_of(outer, default)
        if source < 0:
            return
        meant = self.engine.names.evaluate(outer.scope, default)
        if meant and all(self._is_own(value) for value in meant) and self._waits(frame):
            self._defaults.setdefault(frame.index, {})[name] = source, target
            self.with_defaults.add(frame.scope.index)
        else:
            self.engine.edge(source, target)

    def _is_own(self, value: Value) -> bool:
        """Whether a default is code, or an object of the application: an object of a library may say what is given instead."""
        kind, of, *_ = self.engine.values[value]
        return kind in _CODE or (kind == "I" and not self.engine.program.scopes[of].library)

    def asks(self, frame: Frame, index: Ref, asking: Asking) -> bool:
        """Whether a table is asked, or filled, by a parameter of which the calls in view tell what it is: then for what they give."""
        asked = self._asked_by(frame, index)
        if asked is None or (_ANYTHING in asked.keys and asked.place not in self.engine.saturated):
            return False
        asked.tables.append(asking)
        for key in [_ANYTHING] if _ANYTHING in asked.keys else asked.keys:
            asking.do(self.engine, None if key is _ANYTHING else key)
        return True

    def _asked_by(self, frame: Frame, index: Ref, *, by_class: bool = False) -> _Asked | None:
        """What the calls in view give for the parameter that a ref is, or is the class of; None where it is not left to them."""
        of, of_class = (index, True) if by_class else class_asked(frame.scope, index)
        at, parameter = self.engine.key_parameters.held_by(frame, of)
        if parameter < 0 or at.scope.operations_producing(parameter) or not self._waits(at):
            return None
        return self._asked_as(at, (parameter, of_class))

    def _asked_as(self, frame: Frame, key: Key) -> _Asked:
        of_frame = self._asked.setdefault(frame.index, {})
        known = of_frame.get(key)
        if known is None:
            known = of_frame[key] = _Asked(frame.nodes[key[0]])
        return known

    def call(self, frame: Frame, site: Site, *, skip_first: bool) -> None:
        """A call reaches a frame: what it does not give is the default, here and in the frame that all callers share."""
        ways = self.engine.key_parameters.ways(frame.scope)
        parameters = {p[1]: p for p in frame.scope.facts.parameters} if ways else {}
        if ways:
            self._picking.append((frame, site, skip_first))
        own = frame.scope.facts.parameters[0][1] if ways and frame.receiver >= 0 else -1
        given: dict[str, Ref] | None = None
        at: Frame | None = frame
        while at is not None:
            self._called.add(at.index)
            waiting = self._defaults.get(at.index)
            if waiting or ways:
                given = given_by(frame, site, skip_first=skip_first) if given is None else given
            for name in [name for name in waiting or () if name not in (given or ())]:
                self.engine.edge(*(waiting or {}).pop(name))
            for key in ways:
                name, node, _, default, _ = parameters[key[0]]
                if at.depth == frame.depth or node == own:  # what a frame for one call shares, it does not ask itself
                    self._give(at, key, site, (given or {}).get(name, _ANYTHING), default)
            at = at.general

    def picked(self) -> Iterator[tuple[Site, Any, Asking]]:
        """The calls that have something picked by a constant that they give, each with that and the table."""
        for frame, site, skip_first in self._picking:
            tables = [
                (way, table) for way, asked in self._asked_in(frame) for table in asked.tables if not table.stores
            ]
            given = given_by(frame, site, skip_first=skip_first) if tables else {}
            names = {p[1]: p[0] for p in frame.scope.facts.parameters} if given else {}
            for (node, by_class), table in tables if given else ():
                name = names[node]
                key = self._known(site.frame, given[name], by_class=by_class) if name in given else None
                if key is not None:
                    yield site, key, table

    def _asked_in(self, frame: Frame) -> Iterator[tuple[Key, _Asked]]:
        """What the parameters of a frame pick by, and those that they are handed on as."""
        at: Frame | None = frame
        while at is not None:
            for way, asked in self._asked.get(at.index, {}).items():
                yield way, asked
                yield from ((way, further) for further in asked.onward)
            at = at.general

    def _known(self, caller: Frame, given: Ref, *, by_class: bool) -> Any:
        """The constant that a call gives, or the class of what it makes; None where that is not known."""
        return self._class_made(caller, given) if by_class else keying.key(self.engine, caller, given)

    def assume(self) -> None:
        """Functions that nothing in view calls may be called in any way."""
        self._assumed = True
        frames = self.engine.frames
        for index in sorted(self._defaults.keys() | self._asked.keys()):
            if not self._waits(frames[index]):
                self._open(frames[index])

    def call_otherwise(self, frame: Frame) -> None:
        """Something reaches a frame that gives it nobody knows what."""
        self.engine.declared_parameters.call_otherwise(frame)
        naming = self.engine.key_parameters.of(frame.scope)
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
        for key in self.engine.key_parameters.ways(frame.scope):
            self._tell(self._asked_as(frame, key), _ANYTHING)

    def _tell(self, asked: _Asked, key: Any) -> None:
        """A parameter is given a key, and with it those that it is given on as; functions may do so in a circle."""
        waiting = [(asked, key)]
        while waiting:
            at, told = waiting.pop()
            if told in at.keys or _ANYTHING in at.keys:
                continue
            if len(at.keys) == MAX_KEYS:
                self.engine.saturated.add(at.place)
                told = _ANYTHING
            at.keys[told] = None
            for asking in at.tables:
                asking.do(self.engine, None if told is _ANYTHING else told)
            waiting += ((further, told) for further in reversed(at.onward))

    def _give(self, frame: Frame, parameter: Key, site: Site, given: Any, default: Ref | None) -> None:
        """A call gives a parameter a constant, or an object of a class, or what its own caller gives, or leaves it to the default."""
        asked, (_, by_class) = self._asked_as(frame, parameter), parameter
        handed: _Asked | None = None
        if given is _ANYTHING:
            left_out = keying.NOTHING if default == ["c", None] else keying.constant_of(default)
            key = left_out if default is not None and not by_class else None
        else:
            key = self._known(site.frame, given, by_class=by_class)
            handed = self._asked_by(site.frame, given, by_class=by_class) if key is None else None
        if handed is None:
            self._tell(asked, _ANYTHING if key is None else key)
        elif asked not in handed.onward:
            handed.onward[asked] = None
            for known in [_ANYTHING] if _ANYTHING in handed.keys else list(handed.keys):
                self._tell(asked, known)

    def _class_made(self, caller: Frame, given: Ref) -> str | None:
        """The class of what a call gives, where it is made there."""
        made = [self.engine.values[value] for value in self.engine.names.evaluate(caller.scope, given)]
        if len(made) != 1 or made[0][0] != "I" or made[0][3]:
            return None  # what is declared may be of a subclass
        cls: Scope = self.engine.program.scopes[made[0][1]]
        return cls.definition


def given_by(frame: Frame, site: Site, *, skip_first: bool) -> dict[str, Ref]:
    """The parameters that a call certainly gives, each with what it gives."""
    if any(type(ref) is list and ref[0] == "*" for ref in site.arguments):
        return {}
    positional = [p[0] for p in frame.scope.facts.parameters if p[4] == ParameterKind.POSITIONAL]
    named = {name: ref for name, ref in site.keywords if name is not None}
    return {**dict(zip(positional[skip_first:], site.arguments, strict=False)), **named}
