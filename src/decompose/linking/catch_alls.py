"""What says nothing about the object that answers: any attribute of one with ``__getattr__``, and what any object can do.

A wrapper, or an object that stands for nothing, gets among the values of many places, and would be asked for every
attribute at each of them. So it waits until everything else has settled, and is asked where nothing else has the attribute.
Likewise anything can be shown, compared or asked whether it is true: where unlike classes meet, that tells none of them.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, NamedTuple

from decompose.linking import special_methods
from decompose.linking.calls import picking
from decompose.linking.implicit_calls import ImplicitCall
from decompose.linking.values import Value

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.solver import Node

_MAX_ALIKE = 3
"""Of more classes than these that all answer for anything, none is told: nothing says which of them it is."""

ANY_OBJECT = frozenset({"__str__", "__repr__", "__format__", "__bool__", "__eq__", "__ne__", "__hash__"})
"""The special methods of which every object has one."""

_BUILT_IN = {"pair": "list", "generator": "list", "deque": "list"}


class _Load(NamedTuple):
    """``value.name`` of a value that has no such attribute: the value is one of those of ``base``."""

    base: Node
    frame: Frame
    result: Node
    value: Value
    name: str
    line: int


class CatchAlls:
    """The attributes for which only a ``__getattr__`` could answer."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.open = False
        """Whether what classes have by themselves is known, so that those that wait may be asked."""
        self._waiting: list[_Load] = []
        self._asked: list[_Load] = []
        self._shown: list[tuple[Node, ImplicitCall]] = []

    def ask(self, base: Node, frame: Frame, result: Node, value: Value, name: str, line: int) -> None:
        """``value.name``; at once of a value that nothing stands beside (``base`` is -1), or that a library answers for."""
        load = _Load(base, frame, result, value, name, line)
        getter = self.engine.hierarchy.member(self.engine.program.scopes[self.engine.values[value][1]], "__getattr__")
        if base >= 0 and getter is not None and not getter.owner.library:
            self._waiting.append(load)
        elif self.answers(self.engine.values[value][1], name):
            self._answer(load)

    def answer(self) -> bool:
        """Ask those that wait where nothing else has the attribute; whether there were any.

        The others are never asked: what has come to stand beside them stays.
        """
        if not self.open or not self._waiting:
            return False
        alone = [load for load in self._waiting if self._is_alone(load)]
        self._waiting = []
        for load in alone:
            self._answer(load)
        self._asked += alone
        return bool(alone)

    def note(self, base: Node, frame: Frame, value: Value, method: str, line: int) -> None:
        """A special method that every object has is called on one of the values of ``base``."""
        call = self._call(frame, value, method, line)
        if base >= 0 and call is not None:
            self._shown.append((base, call))

    def forget_mistaken(self) -> None:
        """Once all is settled: calls of what was alone when it was asked, and is not any more, are none.

        Nor are those of what any object can do, where more unlike classes meet than a reader would look at.
        """
        kept: set[ImplicitCall] = set()
        doubted: set[ImplicitCall] = set()
        for load in self._asked:
            call = self._call(load.frame, load.value, "__getattr__", load.line)
            if call is not None:
                (kept if self._is_alone(load) else doubted).add(call)
        crowded: dict[Node, bool] = {}
        for base, call in self._shown:
            if base not in crowded:
                crowded[base] = self.is_crowd(base)
            (doubted if crowded[base] else kept).add(call)
        self.engine.implicit_calls.forget(doubted - kept)

    def is_crowd(self, base: Node) -> bool:
        """Whether many classes meet in a node that have no ancestor of the application in common."""
        engine = self.engine
        described = [engine.values[value] for value in engine.values_of(base)]
        classes = {d[1] for d in described if d[0] == "I"}
        others = {d[0] for d in described if d[0] != "I"}
        if len(classes) + len(others) <= _MAX_ALIKE:
            return False
        orders = [engine.hierarchy.order(engine.program.scopes[index]) for index in classes]
        common = set(orders[0]).intersection(*orders[1:]) if orders and not others else set()
        return all(ancestor.library for ancestor in common)

    def _call(self, frame: Frame, value: Value, method: str, line: int) -> ImplicitCall | None:
        engine = self.engine
        member = engine.hierarchy.member(engine.program.scopes[engine.values[value][1]], method)
        function = member.owner.function_below(member.ref) if member is not None else None
        if function is None or function.library:
            return None
        return ImplicitCall(frame.scope.index, frame.receiver, line, "call", function.index, value)

    def _answer(self, load: _Load) -> None:
        engine, (_, frame, result, value, name, line) = self.engine, load
        cls = engine.program.scopes[engine.values[value][1]]
        getter = engine.hierarchy.member(cls, "__getattr__")
        function = getter.owner.function_below(getter.ref) if getter is not None else None
        own = function is not None and not function.library and len(function.facts.parameters) > 1
        picks = own and function is not None and bool(engine.own_frames.picks(function).tables)
        special_methods.call_method(engine, frame, -1 if picks else result, value, cls, "__getattr__", line, name)
        if getter is not None and function is not None and own:
            inner = engine.frame(function, engine.class_frame(getter.owner), value)
            if picks:  # ``return self[name]``
                picking.give_under(engine, function, inner, frame, name, result, line)
            engine.named_loads.give(inner, function.facts.parameters[1][1], name, result)

    def _is_alone(self, load: _Load) -> bool:
        """Whether no other value has the attribute, and few are like this one."""
        engine, alike = self.engine, set[int]()
        for value in engine.values_of(load.base):
            description = engine.values[value]
            if description[0] == "I":
                cls = engine.program.scopes[description[1]]
                if self.answers(cls.index, load.name):
                    alike.add(cls.index)
                    if len(alike) > _MAX_ALIKE:
                        return False
                    continue
            if self._has(description, load.name):
                return False
        return True

    def answers(self, cls: int, name: str) -> bool:
        """Whether objects of a class have an attribute by ``__getattr__`` only."""
        scope = self.engine.program.scopes[cls]
        hierarchy = self.engine.hierarchy
        if hierarchy.member(scope, "__getattr__") is None or hierarchy.member(scope, name) is not None:
            return False
        setter = hierarchy.member(scope, "__setattr__")
        own = not scope.library and (setter is None or setter.owner.library or hierarchy.sets_past_class(scope, name))
        return not own or not self.engine.is_stored(scope, name)

    def _has(self, description: tuple[object, ...], name: str) -> bool:
        engine = self.engine
        match description:
            case ("I" | "C", int(index), *_):
                cls = engine.program.scopes[index]
                found = engine.hierarchy.member(cls, name) is not None or engine.is_stored(cls, name)
                return found or bool(engine.hierarchy.external_bases(cls))
            case ("O", str(kind), *_):
                return hasattr(getattr(builtins, _BUILT_IN.get(kind, kind), list), name)
            case ("M", int(index), *_):
                return engine.program.exporting_module(engine.program.modules[index], name) is not None
            case ("Q", *_):
                return hasattr(str, name)
            case ("X", *_):
                return True
        return False
