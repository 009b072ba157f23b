"""What the signature of a function says that its parameters and its result are, in each of its frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from decompose.facts.records import ParameterKind
from decompose.linking.frames import Frame, Site
from decompose.linking.program import Scope
from decompose.linking.solver import Node
from decompose.linking.values import Types, Value

if TYPE_CHECKING:
    from decompose.linking.framing import Framing


class Signatures:
    """Puts declared types and defaults into frames, and what a library promises of methods that take the place of its own."""

    def __init__(self, engine: Framing) -> None:
        self.engine = engine
        self._replaced: dict[tuple[int, int], Scope | None] = {}
        self._names: dict[int, dict[int, list[str]]] = {}
        self._bounded: list[tuple[Node, Frame, list[Any], frozenset[Value]]] = []
        """Parameters that are declared by a type variable, which stands for its bound where no caller tells more."""

    def bind(self, frame: Frame, site: Site | None) -> None:
        """The receiver, the declared types and the defaults; not those that the call ``site`` replaces."""
        engine, facts = self.engine, frame.scope.facts
        if frame.receiver >= 0 and facts.parameters:
            _, first, _, _, kind_of_first = facts.parameters[0]
            target = frame.nodes[first]
            if kind_of_first == ParameterKind.STAR:
                target = engine.containers.slot(
                    engine.values[engine.containers.of_parameter(target, kind_of_first)][2], 0
                )
            engine.put(target, frame.receiver)
        outer = frame.parent
        above = self._promised_above(frame) if frame.receiver >= 0 else ()
        for position, (name, node, annotation, default, kind) in enumerate(facts.parameters):
            target = frame.nodes[node]
            if position < len(above) and annotation is None and kind == ParameterKind.POSITIONAL:
                engine.add_types(target, above[position])
            if kind in (ParameterKind.STAR, ParameterKind.STAR_STAR):
                rest = engine.containers.of_parameter(target, kind)
                engine.put(target, rest)
                if annotation is not None:
                    engine.add_types(
                        engine.containers.slot(engine.values[rest][2], None),
                        engine.promised(frame, annotation),
                    )
            elif annotation is not None and not (position == 0 and frame.receiver >= 0):
                types = engine.names.types(frame.scope, annotation)
                if not engine.values.open_types.isdisjoint(types):
                    types = engine.values.substitute(types, engine.bindings_of(frame))
                    types = types if frame.scope.library else engine.promises.or_below(types)
                    if engine.values.bounds:
                        self._bounded.append((target, frame, annotation, frozenset(types)))
                engine.declared_parameters.declare(frame, position, types)
            if default is not None and outer is not None and not (site is not None and _gives(site, position, name)):
                engine.given.bind(frame, outer, name, default, target)
        if facts.return_annotation is not None:
            engine.promises.make(frame, facts.return_annotation)

    def assume_bounds(self) -> None:
        """A parameter that no caller gives a value is what its type variable is bound by."""
        bounded, self._bounded = self._bounded, []
        told_apart = {
            f.general.index for f in self.engine.frames if f.general is not None and f.depth > f.general.depth
        }
        for target, frame, annotation, without in bounded:
            if without.issuperset(self.engine.values_of(target)) and frame.index not in told_apart:
                self.engine.add_types(target, self.engine.promised(frame, annotation))

    def is_handed_more(self, function: Scope, own: Value, receiver: Value) -> bool:
        """Whether a library promises what a method is given for this receiver, and does not for the class that defines it."""
        cls = function.parent
        described = self.engine.values[own], self.engine.values[receiver]
        if cls is None or function.library or len(function.facts.parameters) < 2 or any(d[0] != "I" for d in described):
            return False
        here, there = (self._replaced_by(function, cls, self.engine.program.scopes[d[1]]) for d in described)
        return here is None and there is not None

    def _promised_above(self, frame: Frame) -> Sequence[Types]:
        """What the method of a library promises of its parameters that a method of the application takes the place of."""
        function = frame.scope
        cls = function.parent if function.is_method and not function.library else None
        if cls is None:
            return ()
        description = self.engine.values[frame.receiver]
        if description[0] not in ("I", "C"):
            return ()
        acting = self.engine.program.scopes[description[1]]
        library = self._replaced_by(function, cls, acting)
        if library is None or library.parent is None:
            return ()
        bindings = self.engine.hierarchy.bindings(acting, description[2], library.parent)
        return [
            self.engine.values.substitute(self.engine.names.types(library, annotation), bindings)
            if annotation is not None and kind == ParameterKind.POSITIONAL
            else ()
            for _, _, annotation, _, kind in library.facts.parameters
        ]

    def _replaced_by(self, function: Scope, cls: Scope, acting: Scope) -> Scope | None:
        """The method of a library that a method of ``cls`` takes the place of, under any of its names, in the class that acts.

        Of a mixin only the class that acts tells.
        """
        key = (function.index, acting.index)
        if key not in self._replaced:
            found = None
            for name in self._names_of(function, cls):
                replaced = self.engine.hierarchy.member_after(acting, cls, name)
                known = self.engine.function_of(replaced)
                if known is not None and known.library and any(p[2] is not None for p in known.facts.parameters):
                    found = known
                    break
            self._replaced[key] = found
        return self._replaced[key]

    def _names_of(self, function: Scope, cls: Scope) -> list[str]:
        """The names of a method in the body of its class: ``form_valid = form_invalid = process``."""
        names = self._names.get(cls.index)
        if names is None:
            names = self._names[cls.index] = {}
            for name, bound in cls.facts.names.items():
                if type(bound) is int and bound >= 0:
                    names.setdefault(bound, []).append(name)
        own = function.facts.name
        ref = cls.facts.names.get(own)
        return [own, *(name for name in names.get(ref, ()) if name != own)] if type(ref) is int else [own]


def _gives(site: Site, position: int, name: str) -> bool:
    """Whether a call certainly gives a parameter; of a bound method's the position is one too far, which is safe."""
    if any(keyword == name for keyword, _ in site.keywords):
        return True
    plain = all(type(ref) is not list or ref[0] != "*" for ref in site.arguments[: position + 1])
    return site.kind == "call" and plain and position < len(site.arguments)
