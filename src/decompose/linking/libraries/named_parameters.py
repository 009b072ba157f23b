"""Parameters that nothing in view gives a value, named like what frameworks and callers out of view give them.

``def ship(order)`` where the application has one model ``Order`` near by; ``def view(request)`` in a Django application.
What rests on it is inferred, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from decompose.facts import ScopeKind
from decompose.linking.engine import Engine
from decompose.linking.libraries.django_options import MODEL, is_abstract
from decompose.linking.libraries.django_schema import library_class
from decompose.linking.libraries.framework import known_frameworks
from decompose.linking.libraries.sqlalchemy_mapping import BASE
from decompose.linking.program import Scope
from decompose.linking.references import shared_packages
from decompose.linking.values import NAMED, Value

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHERS = frozenset({BASE, "mongoengine:Document", "peewee:Model", "tortoise.models:Model"})
_MIN_LENGTH = 4
"""Shorter names mean too many things."""


def assume_by_name(engine: Engine) -> bool:
    """Give such parameters a type; whether there were any."""
    models, given = _models(engine), _given(engine)
    found = False
    for frame in list(engine.frames) if models or given else ():
        scope = frame.scope
        if scope.library or scope.facts.kind == ScopeKind.LAMBDA:
            continue
        for name, node, annotation, *_ in scope.facts.parameters:
            if annotation is not None or (name not in models and name not in given):
                continue
            if engine.values_of(frame.nodes[node]):
                continue
            value = given[name].of(engine, scope) if name in given else _nearest(engine, models[name], scope)
            if value is not None:
                engine.put(frame.nodes[node], value)
                found = True
    return found


def _models(engine: Engine) -> Mapping[str, list[Scope]]:
    """The concrete mapped classes of the application, by the name that a variable of theirs would have."""
    found: dict[str, list[Scope]] = {}
    for cls in engine.program.classes():
        if cls.library:
            continue
        ancestors = {ancestor.definition for ancestor in engine.hierarchy.order(cls) if ancestor.library}
        if (MODEL in ancestors and not is_abstract(cls)) or not _OTHERS.isdisjoint(ancestors):
            name = _WORD.sub("_", cls.facts.name).lower()
            if len(name) >= _MIN_LENGTH:
                found.setdefault(name, []).append(cls)
    return found


def _nearest(engine: Engine, models: list[Scope], scope: Scope) -> Value | None:
    """The model of that name whose module shares the most with the function's, if there is just one."""
    shared = [shared_packages(cls.module.name, scope.module.name) for cls in models]
    best = [cls for cls, count in zip(models, shared, strict=True) if count == max(shared)]
    return engine.values.intern("I", best[0].index, (), NAMED) if len(best) == 1 else None


class _Given:
    """What frameworks give under one name: everywhere, and to methods of classes that inherit from certain ones."""

    def __init__(self) -> None:
        self.everywhere: set[Value] = set()
        self.inside: list[tuple[str, Value]] = []

    def of(self, engine: Engine, scope: Scope) -> Value | None:
        """What a function is given; nothing, where the frameworks do not agree."""
        cls = scope.parent if scope.is_method else None
        for definition, value in self.inside if cls is not None else ():
            if cls is not None and engine.hierarchy.inherits(cls, definition):
                return value
        return next(iter(self.everywhere)) if len(self.everywhere) == 1 else None


def _given(engine: Engine) -> dict[str, _Given]:
    """What the frameworks that the application uses give under these names."""
    imported = engine.program.imported()
    found: dict[str, _Given] = {}
    for framework in known_frameworks():
        for told, definition in framework.named_parameters.items() if framework.is_used_by(imported) else ():
            name, _, inside = told.partition(" in ")
            cls = library_class(engine.program, *definition.split(":"))
            if cls is None:
                continue
            value = engine.values.intern("I", cls.index, (), NAMED)
            given = found.setdefault(name, _Given())
            if inside:
                given.inside.append((inside, value))
            else:
                given.everywhere.add(value)
    return found
