"""Attributes that a function reads by a name that it is given: ``getattr(self._inner, name)``.

Text does not flow through the program, so what a parameter holds is told call by call.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from decompose.facts import HOLE, Op
from decompose.facts.records import Ref
from decompose.linking.attributes import reading
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.program import Scope
    from decompose.linking.solver import Node

MAX_MATCHING = 40
"""A name put together that fits more attributes than this tells nothing, nor does a longer list of names."""

Read = tuple[int, int, int]
"""The object whose attribute is read, the result, and the line."""


class NamedLoads:
    """Which parameters of a function are names of attributes, and what was given for them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._of: dict[int, dict[int, list[Read]]] = {}
        self._given: set[tuple[int, str, Node]] = set()
        self._offered: dict[int, list[str]] = {}
        self._constants: dict[tuple[int, int], str] = {}
        """Frame and parameter -> the text that the one call, for which the frame was made, gives for it."""
        self._listed: dict[tuple[int, int], dict[str, None]] = {}
        """Frame and parameter -> the texts that calls in loops over constants give for it."""
        self._waiting: dict[tuple[int, int], list[Callable[[str], None]]] = {}

    def of(self, function: Scope) -> dict[int, list[Read]]:
        """Parameter, by its node -> what is read under the name that it holds."""
        known = self._of.get(function.index)
        if known is None:
            known = self._of[function.index] = {}
            for operation in function.facts.ops:
                if operation[0] != Op.CALL or len(operation[3]) < 2 or type(operation[3][1]) is not int:
                    continue
                base, name = operation[3][0], self.engine.key_parameters.parameter(function, operation[3][1])
                called = function.operations_producing(operation[2]) if name >= 0 else ()
                if type(base) is int and any(o[0] == Op.FREE and o[2] == "getattr" for o in called):
                    known.setdefault(name, []).append((base, operation[1], operation[-1]))
        return known

    def offered(self, cls: Scope) -> list[str]:
        """The names of methods in the lists and tables of a class that hold nothing else."""
        known = self._offered.get(cls.index)
        if known is None:
            hierarchy, found = self.engine.hierarchy, set[str]()
            for owner in hierarchy.order(cls):
                for attribute, ref in () if owner.library else owner.facts.names.items():
                    member = hierarchy.member(cls, attribute)
                    listed = _texts(self.engine, owner, ref) if member is not None and member.owner is owner else []
                    for names in listed:
                        if names and all(_is_method(self.engine, cls, name) for name in names):
                            found.update(names)
            known = self._offered[cls.index] = sorted(found)[:MAX_MATCHING]
        return known

    def constant(self, frame: Frame, ref: Ref) -> str | None:
        """The text that the call, for which a frame or one around it was made, gives for a parameter."""
        if not self._constants or type(ref) is not int:
            return None
        at, parameter = self.engine.key_parameters.held_by(frame, ref)
        return self._constants.get((at.index, parameter))

    def know(self, frame: Frame, parameter: int, text: str) -> None:
        """A frame is made for one call, or one class, that gives this text for a parameter."""
        self._constants[frame.index, parameter] = text
        for use in self._waiting.pop((frame.index, parameter), ()):
            use(text)

    def know_listed(self, frame: Frame, parameter: int, texts: list[str]) -> None:
        """A call in a loop over constants gives each of these texts for a parameter."""
        key = frame.index, parameter
        known = self._listed.setdefault(key, {})
        for text in texts[:MAX_MATCHING]:
            if text not in known:
                known[text] = None
                for use in self._waiting.get(key, ()):
                    use(text)

    def when_known(self, frame: Frame, ref: Ref, use: Callable[[str], None]) -> None:
        """Give ``use`` the text that a parameter of a frame, or of one around it, holds, or each, now or as soon as it is known."""
        at, parameter = self.engine.key_parameters.held_by(frame, ref)
        known = self._constants.get((at.index, parameter))
        if known is not None:
            use(known)
        elif parameter >= 0:
            for text in self._listed.get((at.index, parameter), ()):
                use(text)
            self._waiting.setdefault((at.index, parameter), []).append(use)

    def give(self, frame: Frame, parameter: int, name: str, result: Node = -1) -> None:
        """A parameter of ``frame`` holds this name; what is read by it goes to ``result``, or where the function has it."""
        engine = self.engine
        if frame.general is not None and frame.depth > frame.general.depth:
            self.know(frame, parameter, name)
        for base, dst, line in self.of(frame.scope).get(parameter, ()):
            source, target = engine.node_of(frame, base), result if result >= 0 else frame.nodes[dst]
            key = (source, name, target)
            if source >= 0 and key not in self._given:
                self._given.add(key)
                engine.watch(source, reading.load, engine, frame, target, name, line)


def load_listed(engine: Engine, site: Site, base: Node) -> None:
    """``getattr(value, name)`` in a loop over constant names: all of them. Else those that the class lists."""
    listed = engine.names.constants.listed(site.frame.scope, site.arguments[1])
    if not listed and engine.loading is not None:
        listed = engine.loading.put_together.kept(site.frame.scope, site.arguments[1])
    for name in listed[:MAX_MATCHING]:
        engine.watch(base, reading.load, engine, site.frame, site.result, name, site.line)
    fitting = "" if listed else _told_by_beginning(site.frame.scope, site.arguments[1])
    if fitting:
        engine.watch(base, load_matching, engine, site.frame, site.result, fitting, site.line)
    elif not listed:
        engine.watch(base, _load_offered, engine, site)


def _told_by_beginning(scope: Scope, name: Ref) -> str:
    """``check_*`` of ``for name in dir(checks): if name.startswith("check_")``; empty where no such loop gives the name.

    A beginning with ``_`` is what is left out, usually.
    """
    if not any(o[0] == Op.ITERATE and _is_list_of_all(scope, o[2]) for o in scope.operations_producing(name)):
        return ""
    for call in scope.facts.ops:
        if call[0] == Op.CALL and call[3] and isinstance(call[3][0], str) and call[3][0].strip("_"):
            tested = [read for base, read in scope.attributes_read(call[2]) if base == name]
            if tested == ["startswith"]:
                return str(call[3][0]) + HOLE
            if tested == ["endswith"]:
                return HOLE + str(call[3][0])
    return ""


def _is_list_of_all(scope: Scope, ref: Ref) -> bool:
    """``dir(value)``."""
    callees = [operation[2] for operation in scope.operations_producing(ref) if operation[0] == Op.CALL]
    return any(o[0] == Op.FREE and o[2] == "dir" for callee in callees for o in scope.operations_producing(callee))


def _load_offered(new: frozenset[Value], engine: Engine, site: Site) -> None:
    """``getattr(self, action)``, where the class lists names of its methods: ``actions = ("accept", "refuse")``."""
    for value in new:
        description = engine.values[value]
        cls = engine.program.scopes[description[1]] if description[0] == "I" else None
        if cls is not None and not cls.library:
            for name in engine.named_loads.offered(cls):
                reading.load(engine.single(value), engine, site.frame, site.result, name, site.line)


def _texts(engine: Engine, scope: Scope, ref: Ref) -> list[list[str]]:
    """The texts that a list holds; of a table the keys, and what stands under them; of a list of rows each part of them."""
    data = engine.names.constants.plain_data(scope, ref)
    if data is None:
        tables = scope.operations_producing(ref)
        data = next((table[4] for table in tables if table[0] == Op.CONTAINER and table[2] == "dict"), None)
    kept = [list(data.values())] if isinstance(data, dict) else []
    kept += [list(data)] if isinstance(data, (list, tuple, dict)) else []
    rows = [each for each in kept if each and all(isinstance(row, list) for row in each)]
    kept += [list(part) for each in rows for part in zip(*each, strict=False)]
    return [each for each in kept if all(isinstance(text, str) for text in each)]


def _is_method(engine: Engine, cls: Scope, name: str) -> bool:
    member = engine.hierarchy.member(cls, name)
    return member is not None and not member.owner.library and engine.function_of(member) is not None


def put_together(engine: Engine, scope: Scope, pattern: str) -> list[str]:
    """The names that a pattern stands for where what is put into it is listed; none where that is not known."""
    names = [""]
    parts = pattern.split(HOLE)
    refs = scope.facts.templates.get(pattern, [])
    if len(refs) != len(parts) - 1:
        return []
    for before, ref in zip(parts, refs, strict=False):
        names = [name + before + text for name in names for text in engine.names.constants.listed(scope, ref)][
            : MAX_MATCHING + 1
        ]
    return [name + parts[-1] for name in names] if len(names) <= MAX_MATCHING else []


def load_matching(new: frozenset[Value], engine: Engine, frame: Frame, result: Node, pattern: str, line: int) -> None:
    """``getattr(value, "on_" + event)``: all attributes of the program's own classes and modules that fit."""
    fits = re.compile(".*".join(re.escape(part) for part in pattern.split(HOLE))).fullmatch
    for value in new:
        description = engine.values[value]
        names: set[str] = set()
        if description[0] in ("I", "C"):
            for ancestor in engine.hierarchy.order(engine.program.scopes[description[1]]):
                if not ancestor.library:
                    names.update(ancestor.facts.names)
        elif description[0] == "M" and not engine.program.modules[description[1]].library:
            names.update(engine.program.modules[description[1]].top.facts.names)
        matching = sorted(name for name in names if fits(name))
        for name in matching if len(matching) <= MAX_MATCHING else ():
            reading.load(engine.single(value), engine, frame, result, name, line)
