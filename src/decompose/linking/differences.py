"""What of a function may come out differently for another receiver, another caller, or other functions around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from decompose.linking.frames import Frame
from decompose.linking.generic import uses_receiver
from decompose.linking.overlays import Overlay, Overlays
from decompose.linking.program import Scope
from decompose.linking.values import Types, Value

if TYPE_CHECKING:
    from decompose.linking.framing import Framing

_MOST_WITH_THEIR_OWN = 100
"""Classes that inherit the method that makes a container: of more, one stands for all of theirs."""

_MODULE = ("types", "ModuleType()")
"""What is declared as a module may be any, and each has something else in it."""

_NONE = ["c", None]


class Differences:
    """What a second look at a function has to repeat."""

    def __init__(self, engine: Framing) -> None:
        self.engine = engine
        self.overlays = Overlays(engine.names)
        self._receiver_users: dict[int, bool] = {}
        self._telling: dict[int, frozenset[int]] = {}
        self._usual: dict[tuple[int, bool, bool, bool], Overlay] = {}
        """The overlays of frames inside the same function or class as what they share."""

    def overlay(self, function: Scope, parent: Frame, general: Frame, receiver: Value) -> Overlay:
        """What of a function is to be looked at once more: all that depends on its parameters and surroundings."""
        if parent is not general.parent:
            return self._overlay(function, parent, general, receiver)
        key = (function.index, receiver >= 0, receiver != general.receiver, self._holds_its_own(function, receiver))
        known = self._usual.get(key)
        if known is None:
            known = self._usual[key] = self._overlay(function, parent, general, receiver)
        return known

    def _overlay(self, function: Scope, parent: Frame, general: Frame, receiver: Value) -> Overlay:
        own = function.facts.parameters[0][1] if receiver >= 0 and function.facts.parameters else -1
        seeds = self._telling_parameters(function) - {own}
        if own >= 0 and receiver != general.receiver:
            seeds = seeds | {own}
            if self._holds_its_own(function, receiver):
                seeds = seeds | self.overlays.containers_kept(function, own)
        if parent is not general.parent:
            for inner, node in self.engine.outer_nodes(function, parent):
                if general.nodes[inner] != node:
                    seeds = seeds | {inner}
        special = receiver != general.receiver or parent is not general.parent
        return self.overlays.of(function, seeds, receiver=special)

    def _holds_its_own(self, method: Scope, receiver: Value) -> bool:
        """Whether the containers that a method makes are told apart for a receiver: by its type arguments, or as that of a class
        of the application alone, if few inherit the method.
        """
        described = self.engine.values[receiver] if receiver >= 0 else ("",)
        if described[0] != "I" or method.parent is None or described[2]:
            return described[0] == "I" and bool(described[2])
        hierarchy = self.engine.hierarchy
        if len(hierarchy.subclasses.get(method.parent.index, ())) > _MOST_WITH_THEIR_OWN:
            return False
        return hierarchy.is_closed(self.engine.program.scopes[described[1]])

    def _telling_parameters(self, function: Scope) -> frozenset[int]:
        """The parameters that may be given something else by each caller: not those whose declared type says it all."""
        known = self._telling.get(function.index)
        if known is None:
            known = self._telling[function.index] = frozenset(
                node
                for _, node, annotation, _, _ in function.facts.parameters
                if annotation is None
                or not self._say_it_all(self.engine.names.types(function, annotation))
                or self._is_generic(function, annotation)
                or self._leaves_open(function, annotation)
            ) | self.engine.key_parameters.of(function)
        return known

    def _is_generic(self, function: Scope, annotation: list[Any]) -> bool:
        """Whether a type variable stands in the brackets of a type, also of one of which nothing else is known."""
        match annotation:
            case ["u", parts]:
                return any(self._is_generic(function, part) for part in parts)
            case ["s", _, arguments]:
                return any(self.overlays.is_open(function, a) or self._is_generic(function, a) for a in arguments)
        return False

    def _leaves_open(self, function: Scope, annotation: list[Any]) -> bool:
        """Whether one of several types is not known: ``str | Callable`` says nothing of which function it is."""
        types = self.engine.names.types
        match annotation:
            case ["u", parts]:
                return any(
                    self._leaves_open(function, part) or not types(function, part) for part in parts if part != _NONE
                )
            case ["s", ["n", "Optional" | "Union"] | ["a", _, "Optional" | "Union"], parts]:
                return self._leaves_open(function, ["u", parts])
        return False

    def _say_it_all(self, types: Types) -> bool:
        """Whether declared types have no type variables, no type arguments left open, and no subclasses of the application."""
        return bool(types) and all(self._says_it_all(value) for value in types)

    def _says_it_all(self, value: Value) -> bool:
        described = self.engine.values[value]
        if described[0] != "I":
            return bool(described[0] == "X" and described[1:] != _MODULE)
        if value in self.engine.values.open_types or described[1] in self.engine.hierarchy.subclasses:
            return False
        # ``Select[Any]`` does not say what all of its type parameters are.
        wanted = len(self.engine.names.inheritance.type_parameters(self.engine.program.scopes[described[1]]))
        return len(described[2]) >= wanted and all(described[2][:wanted])

    def uses_receiver(self, function: Scope) -> bool:
        """Whether a method does anything with ``self`` or ``cls``: if not, it is the same for every receiver."""
        known = self._receiver_users.get(function.index)
        if known is None:
            is_open = self.overlays.is_open
            known = self._receiver_users[function.index] = (
                uses_receiver(function)
                or is_open(function, function.facts.return_annotation)
                or any(is_open(function, annotation) for _, _, annotation, _, _ in function.facts.parameters)
            )
        return known
