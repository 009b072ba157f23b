"""With which type arguments a generic class is made: ``repository: Repository[User] = Repository()``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.facts.records import ParameterKind
from decompose.linking.frames import Site
from decompose.linking.generic import expected_types
from decompose.linking.program import Scope
from decompose.linking.values import Types

if TYPE_CHECKING:
    from decompose.linking.framing import Framing


class TypeArguments:
    """Told by the place that expects the object, or by what its initialiser is given."""

    def __init__(self, engine: Framing) -> None:
        self.engine = engine
        self._expected: dict[tuple[int, int, int], tuple[Types, ...]] = {}

    def of_made(self, site: Site, cls: Scope) -> tuple[Types, ...]:
        """The type arguments with which a generic class is made: those of the place that expects it, or what it is given."""
        function, values = site.frame.scope, self.engine.values
        key = (function.index, site.operation[1], cls.index)
        if site.kind != "call" or type(site.operation[1]) is not int:
            return ()
        known = self._expected.get(key)
        if known is None:
            annotations = expected_types(function, site.operation[1])
            described = [values[v] for a in annotations for v in self.engine.names.types(function, a)]
            arguments = [d[2] for d in described if d[0] == "I" and d[1] == cls.index and d[2]]
            closed = arguments and all(v not in values.open_types for types in arguments[0] for v in types)
            known = self._expected[key] = arguments[0] if closed else self._arguments_given(site, cls)
        known = known or self.engine.told_apart.registry(site, cls)
        if not known:
            self.engine.made_bare.add(cls.index)
        return known

    def _arguments_given(self, site: Site, cls: Scope) -> tuple[Types, ...]:
        """``Repository(User)``: the type arguments that the initialiser's annotations and the classes given say together."""
        names, values = self.engine.names, self.engine.values
        member = self.engine.hierarchy.member(cls, "__init__")
        function = self.engine.function_of(member) if member is not None and member.owner is cls else None
        bound: dict[str, Types] = {}
        for position, (name, _, annotation, _, kind) in enumerate(function.facts.parameters[1:] if function else ()):
            ref = site.argument(position if kind == ParameterKind.POSITIONAL else -1, name)
            given = [values[value] for value in names.evaluate(site.frame.scope, ref)]
            for wanted in names.types(function, annotation) if function and annotation is not None else ():
                if values[wanted][0] == "Y":
                    variable = values[values[wanted][1]][1]
                    bound[variable] = tuple(values.instance(d[1], d[2]) for d in given if d[0] == "C")
        arguments = tuple(bound.get(name, ()) for name in names.inheritance.type_parameters(cls))
        return arguments if any(arguments) else ()
