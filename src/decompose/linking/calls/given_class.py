"""Methods that promise an object of the class that they are given: ``def of(self, kind: type[T]) -> T`` of a ``Registry(Generic[T])``.

The type argument of the registry says only what all of its objects have in common; the class that a call names says which it gets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.facts.records import ParameterKind

if TYPE_CHECKING:
    from decompose.facts.records import Ref
    from decompose.linking.engine import Engine
    from decompose.linking.frames import Frame, Site
    from decompose.linking.program import Scope
    from decompose.linking.values import Types


def give_object(engine: Engine, site: Site, function: Scope, frame: Frame, *, skip_first: bool) -> bool:
    """Give a call objects of the classes that it names, where that is promised; whether it is, and nothing else comes out of it."""
    variable = _promised_variable(engine, function)
    if not variable or variable not in engine.bindings_of(frame):
        return False
    position = _class_parameter(engine, function, variable)
    if position < 0:
        return False
    name, _, _, _, kind = function.facts.parameters[position]
    ref = site.argument(position - skip_first if kind == ParameterKind.POSITIONAL else -1, name)
    classes = _named_classes(engine, site, ref)
    for index, arguments in classes:
        engine.put(site.result, engine.values.instance(index, arguments))
    return bool(classes)


def _promised_variable(engine: Engine, function: Scope) -> str:
    """The type variable that is all that a function promises to return; empty for any other promise."""
    annotation = function.facts.return_annotation
    promised = engine.names.types(function, annotation) if annotation is not None else ()
    described = engine.values[promised[0]] if len(promised) == 1 else ("",)
    return str(described[1]) if described[0] == "T" else ""


def _class_parameter(engine: Engine, function: Scope, variable: str) -> int:
    """The position of the parameter that is a class of the kind that a type variable stands for; -1 for none."""
    wanted = engine.values.intern("Y", engine.values.intern("T", variable))
    for position, (_, _, annotation, default, _) in enumerate(function.facts.parameters):
        if annotation is not None and default is None and engine.names.types(function, annotation) == (wanted,):
            return position
    return -1


def _named_classes(engine: Engine, site: Site, ref: Ref) -> list[tuple[int, tuple[Types, ...]]]:
    """The application's classes that a call gives by their names, with type arguments; none if it may give anything else."""
    given = [engine.values[value] for value in engine.names.evaluate(site.frame.scope, ref)]
    if any(described[0] != "C" or engine.program.scopes[described[1]].library for described in given):
        return []
    return [(described[1], described[2]) for described in given]
