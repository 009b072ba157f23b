"""Which parameters of a function are keys: the name of an attribute, or what a table is asked for or filled under.

``def subscribe(self, topic, handler): self.handlers.setdefault(topic, []).append(handler)``: what a call gives for ``topic`` tells which
entries it fills, so such calls are told apart, like those of helpers whose result depends on what they are given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from decompose.facts import Op
from decompose.facts.records import Ref

if TYPE_CHECKING:
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame
    from decompose.linking.program import Scope

Key = tuple[int, bool]
"""A parameter, by its node, and whether its class is the key."""

_MAX_COPIES = 4
_BY_KEY = frozenset({"get", "pop", "setdefault", "__getitem__"})
_FILLING = frozenset({"append", "add", "appendleft", "insert"})
_NO_NODES: frozenset[int] = frozenset()
_NO_KEYS: frozenset[Key] = frozenset()
"""What most functions have none of is kept once: an empty set takes as much as one of four."""


class KeyParameters:
    """The keys among the parameters of each function, by their nodes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._of: dict[int, frozenset[int]] = {}
        self._ways: dict[int, tuple[Key, ...]] = {}
        self._own_ways: dict[int, frozenset[Key]] = {}
        self._parameters: dict[int, dict[int, str]] = {}

    def of(self, function: Scope) -> frozenset[int]:
        """The parameters by which a function picks or keeps something: itself, in a function inside it, or in one that it calls."""
        known = self._of.get(function.index)
        if known is None:
            known = self._of[function.index] = frozenset(node for node, _ in self.ways(function)) or _NO_NODES
        return known

    def ways(self, function: Scope) -> tuple[Key, ...]:
        """`of`, each as what it is itself, or as what its class is."""
        known = self._ways.get(function.index)
        if known is None:
            handed_on = {(self.parameter(function, ref), by_class) for _, ref, by_class in self._handed_on(function)}
            within = self._named(function, self._handed_on_within(function))
            known = self._ways[function.index] = tuple(sorted(self._own(function).union(handed_on, within)))
        return known

    def keeps(self, function: Scope) -> bool:
        """Whether a function, or one that it calls, puts something that it is given under a key that it is given."""
        return bool(self.of(function)) and (
            self._fills(function) or any(self._fills(called) for called, _, _ in self._handed_on(function))
        )

    def _own(self, function: Scope) -> frozenset[Key]:
        known = self._own_ways.get(function.index)
        if known is None:
            asked = [class_asked(function, ref) for ref in self._asked(function)]
            keys = {(self.parameter(function, ref), by_class) for ref, by_class in asked}
            keys.update((node, False) for node in self.engine.named_loads.of(function))
            keys.update(self._named(function, self._free_keys(function)))
            known = self._own_ways[function.index] = frozenset(key for key in keys if key[0] >= 0) or _NO_KEYS
        return known

    def _named(self, function: Scope, names: set[tuple[str, bool]]) -> Iterator[Key]:
        """The parameters of a function that have one of these names."""
        for node, own in self._parameters_of(function).items() if names else ():
            yield from ((node, by_class) for name, by_class in names if name == own)

    def parameter(self, function: Scope, ref: Ref) -> int:
        """The node of the parameter that a ref is, also inside a loop, where it has another node; -1 if it is none."""
        parameters = self._parameters_of(function)
        ref = _origin(function, ref, parameters)
        return ref if type(ref) is int and ref in parameters else -1

    def held_by(self, frame: Frame, ref: Ref) -> tuple[Frame, int]:
        """The frame, this one or one around it, of which a ref is a key among the parameters, with the parameter; -1 if it is none."""
        parameter = self.parameter(frame.scope, ref)
        if parameter >= 0:
            return frame, parameter if parameter in self.of(frame.scope) else -1
        outer = frame.parent
        name = self._outer_name(frame.scope, ref) if outer is not None and outer.scope.is_function else ""
        while name and outer is not None and outer.scope.is_function:
            for node, known in self._parameters_of(outer.scope).items():
                if known == name:
                    return outer, node if node in self.of(outer.scope) else -1
            outer = outer.parent
        return frame, -1

    def _outer_name(self, function: Scope, ref: Ref) -> str:
        """The name from outside of a function that a ref is; empty if it is none."""
        made = function.operations_producing(_origin(function, ref, self._parameters_of(function)))
        return made[0][2] if len(made) == 1 and made[0][0] == Op.FREE else ""

    def _parameters_of(self, function: Scope) -> dict[int, str]:
        known = self._parameters.get(function.index)
        if known is None:
            known = self._parameters[function.index] = {p[1]: p[0] for p in function.facts.parameters}
        return known

    def _free_keys(self, function: Scope) -> set[tuple[str, bool]]:
        """The names of a function, or around it, by which the functions inside it pick or keep something."""
        names: set[tuple[str, bool]] = set()
        for operation in function.facts.ops:
            if operation[0] == Op.FUNCTION:
                inner = function.module.scopes[operation[2]]
                asked = [class_asked(inner, ref) for ref in self._asked(inner)]
                asked += [(ref, False) for ref in _names_of_attributes(inner)]
                names.update((self._outer_name(inner, ref), by_class) for ref, by_class in asked)
                own = {*inner.facts.names, *self._parameters_of(inner).values()}
                names.update(key for key in self._free_keys(inner) if key[0] not in own)
        return names

    def _handed_on(self, function: Scope) -> Iterator[tuple[Scope, Ref, bool]]:
        """The functions that are called with a parameter as a key, each with that parameter."""
        given = self._parameters_of(function)
        return self._handed_of(function, given, given)

    def _handed_on_within(self, function: Scope) -> set[tuple[str, bool]]:
        """The names of a function that those inside it hand on as what something is kept under: ``def on(self, topic)`` with
        ``self.subscribe(topic, handler)`` in its decorator.
        """
        names: set[tuple[str, bool]] = set()
        for operation in function.facts.ops:
            if operation[0] == Op.FUNCTION:
                inner = function.module.scopes[operation[2]]
                if not inner.facts.parameters:
                    continue  # it is given nothing to keep
                free = {made[1]: made[2] for made in inner.facts.ops if made[0] == Op.FREE}
                kept = self._parameters_of(inner)
                handed = self._handed_of(inner, free, kept)
                names.update((free[ref], by_class) for called, ref, by_class in handed if self._fills(called))
                own = {*inner.facts.names, *self._parameters_of(inner).values()}
                names.update(key for key in self._handed_on_within(inner) if key[0] not in own)
        return names

    def _handed_of(
        self, function: Scope, given: Mapping[int, str], kept: Mapping[int, str]
    ) -> Iterator[tuple[Scope, Ref, bool]]:
        """The functions that are called with one of ``given`` as a key, beside one of ``kept``, which may be the same."""
        for operation in function.facts.ops if given else ():
            if (
                operation[0] == Op.CALL
                and (handed := [ref for ref in operation[3] if type(ref) is int and ref in given])
                and any(type(ref) is int and ref in kept for ref in operation[3])
            ):
                called, bound = self._called(function, operation[2])
                keys = self._own(called) if called is not None else ()
                places = called.facts.parameters[bound:] if called is not None and keys else []
                for place, ref in zip(places, operation[3], strict=False):
                    for node, by_class in keys if ref in handed else ():
                        if called is not None and node == place[1]:
                            yield called, ref, by_class

    def _called(self, function: Scope, callee: Ref) -> tuple[Scope | None, int]:
        """The function that is called by its name, or by that of a method of ``self``, and how many of its parameters are given already."""
        for operation in function.operations_producing(callee):
            if operation[0] == Op.ATTRIBUTE:
                cls = _class_of_self(function, operation[2])
                if cls is not None:
                    return self.engine.function_of(self.engine.hierarchy.member(cls, operation[3])), 1
            elif operation[0] in (Op.FREE, Op.FROM):
                meant = [self.engine.values[value] for value in self.engine.names.evaluate(function, callee)]
                if len(meant) == 1 and meant[0][0] == "F":
                    return self.engine.program.scopes[meant[0][1]], 0
        return None, 0

    def _fills(self, function: Scope) -> bool:
        entries: set[int] = set()
        for operation in function.facts.ops:
            match operation:
                case [Op.ITEM, dst, _, index, _] if self.parameter(function, index) >= 0:
                    entries.add(dst)
                case [Op.COPY, dst, source] if type(source) is int and source in entries:
                    entries.add(dst)
                case [Op.SET_ITEM, _, index, source, _] if self.parameter(function, index) >= 0:
                    if self._is_given(function, source):
                        return True
                case [Op.CALL, dst, callee, arguments, _, _] if arguments:
                    for base, name in function.attributes_read(callee):
                        if name in _FILLING and base in entries and self._is_given(function, arguments[-1]):
                            return True
                        if name in _BY_KEY and self.parameter(function, arguments[0]) >= 0:
                            if name == "setdefault" and self._is_given(function, arguments[-1]):
                                return True
                            entries.add(dst)
        return False

    def _is_given(self, function: Scope, ref: Ref) -> bool:
        """Whether a ref is a parameter, or made of one just here."""
        if self.parameter(function, ref) >= 0:
            return True
        parts: list[Ref] = [
            part
            for made in function.operations_producing(ref)
            if made[0] in (Op.CONTAINER, Op.CALL)
            for part in made[3]
        ]
        return any(self.parameter(function, part) >= 0 for part in parts)

    def _asked(self, function: Scope) -> Iterator[Ref]:
        """What tables are asked for or filled under in a function, and by what name it loads something."""
        yield from _asked_of_tables(function)
        if self.engine.loading is not None:
            yield from self.engine.loading.asked(function)


def _class_of_self(function: Scope, ref: Ref) -> Scope | None:
    """The class whose object a ref is, by the first parameter of a method, also in a function inside it."""
    at: Scope | None = function
    name = ""
    if not function.is_method:
        made = function.operations_producing(ref)
        name = made[0][2] if len(made) == 1 and made[0][0] == Op.FREE else ""
        at = function.parent
        while name and at is not None and at.is_function and not at.is_method:
            at = at.parent
    if at is None or not at.is_method or not at.facts.parameters:
        return None
    own = at.facts.parameters[0]
    return at.parent if (own[0] == name if name else at is function and own[1] == ref) else None


def _asked_of_tables(function: Scope) -> Iterator[Ref]:
    for operation in function.facts.ops:
        if operation[0] == Op.ITEM:
            yield operation[3]
        elif operation[0] == Op.SET_ITEM:
            made = function.operations_producing(operation[2])
            several = len(made) > 1 and all(each[0] == Op.COPY for each in made)  # ``name or function.__name__``
            yield from [each[2] for each in made] if several else [operation[2]]
        elif operation[0] == Op.CALL and operation[3] and type(operation[3][0]) is int:
            yield from (operation[3][0] for _, name in function.attributes_read(operation[2]) if name in _BY_KEY)


def _names_of_attributes(function: Scope) -> Iterator[Ref]:
    """By what name, where that is not written there, a function asks ``getattr`` for something."""
    for operation in function.facts.ops:
        if operation[0] == Op.CALL and len(operation[3]) >= 2 and type(operation[3][1]) is int:
            called = function.operations_producing(operation[2])
            if any(made[0] == Op.FREE and made[2] == "getattr" for made in called):
                yield operation[3][1]


def class_asked(function: Scope, ref: Ref) -> tuple[Ref, bool]:
    """Of the class of something, ``type(event)`` or ``event.__class__``, what it is the class of, and that it is; of anything else itself."""
    made = function.operations_producing(ref)
    if len(made) == 1 and made[0][0] == Op.ATTRIBUTE and made[0][3] == "__class__":
        return made[0][2], True
    if len(made) == 1 and made[0][0] == Op.CALL and len(made[0][3]) == 1 and not made[0][4]:
        called = function.operations_producing(made[0][2])
        if len(called) == 1 and called[0][0] == Op.FREE and called[0][2] == "type":
            return made[0][3][0], True
    return ref, False


def _origin(function: Scope, ref: Ref, parameters: dict[int, str]) -> Ref:
    """What a ref is a copy of, or is once its type has been asked for."""
    for _ in range(_MAX_COPIES):
        if type(ref) is not int or ref < 0 or ref in parameters:
            break
        producers: list[list[Any]] = function.operations_producing(ref)
        if len(producers) != 1 or producers[0][0] not in (Op.COPY, Op.NARROW):
            break
        ref = producers[0][2]
    return ref
