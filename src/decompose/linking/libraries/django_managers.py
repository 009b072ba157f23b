"""Methods of managers and queries that nothing in view calls: they act for the models that have such a manager.

``get_by_natural_key`` is called by Django, others by templates, plug-ins, or whoever uses the application as a library.
"""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.engine import Engine
from decompose.linking.libraries.django_options import MODEL, is_abstract
from decompose.linking.libraries.django_schema import library_class
from decompose.linking.program import Scope
from decompose.linking.values import Value

_MOST = 6
"""What is a manager of more models tells little of each."""
_CALLED_BY_DJANGO = "get_by_natural_key"
"""By whoever loads a fixture, for each of the models, however many."""


def look_at_uncalled(engine: Engine) -> bool:
    """Look at such methods for each of those models; whether there were any."""
    queries = library_class(engine.program, "django.db.models", "QuerySet")
    if queries is None:
        return False
    acted_for = set(_acted_for(engine))
    managers: dict[int, dict[Value, None]] = {}
    for cls, bound in (*_managers(engine, queries), *_queries(engine, queries)):
        managers.setdefault(cls, {})[bound] = None
    found = False
    for index, acting in sorted(managers.items()):
        for owner, function in _methods(engine, engine.program.scopes[index]):
            many = len(acting) > _MOST and function.facts.name != _CALLED_BY_DJANGO
            if function.index not in acted_for and not many:
                found = True
                for bound in acting:
                    engine.given.call_otherwise(engine.frame(function, engine.class_frame(owner), bound))
    return found


def _acted_for(engine: Engine) -> Iterator[int]:
    """The methods that act for somebody: for rows of a known model, or for whoever it is that code in view calls them for."""
    called = {target[0] for site in engine.sites for target in site.targets}
    for frame in engine.frames:
        if frame.receiver < 0 or frame.receiver == engine.own_receiver(frame.scope):
            continue
        description = engine.values[frame.receiver]
        known = description[0] in ("I", "C") and any(description[2][:1])
        if known or frame.scope.index in called:
            yield frame.scope.index


def _managers(engine: Engine, queries: Scope) -> Iterator[tuple[int, Value]]:
    """The application's classes of managers, each with an object of it that a model has."""
    for model in engine.program.classes():
        order = engine.hierarchy.order(model)
        if model.library or is_abstract(model) or MODEL not in _names(engine, model):
            continue
        row = engine.values.instance(model.index)
        # What a model inherits from one with a table of its own is told of that one.
        for owner in (
            model,
            *(above for above in order[1:] if is_abstract(above) or MODEL not in _names(engine, above)),
        ):
            frame = engine.class_frame(owner)
            for ref in owner.facts.names.values() if not owner.library else ():
                for value in sorted(engine.values_of(engine.node_of(frame, ref))):
                    kind, index, *arguments = engine.values[value]
                    if kind != "I" or engine.program.scopes[index].library:
                        continue
                    if engine.hierarchy.is_subclass(index, queries.index):
                        yield index, value if arguments[0] else engine.values.instance(index, ((row,),))


def _queries(engine: Engine, queries: Scope) -> Iterator[tuple[int, Value]]:
    """The application's classes of queries, each with a query of it over the rows of a model that came up somewhere."""
    for description in tuple(engine.values):
        if description[0] != "I" or not description[2] or engine.program.scopes[description[1]].library:
            continue
        rows = [row for row in description[2][0] if engine.values[row][0] == "I"]
        if len(rows) == 1 and engine.hierarchy.is_subclass(description[1], queries.index):
            yield description[1], engine.values.instance(description[1], ((rows[0],),))


def _names(engine: Engine, cls: Scope) -> set[str]:
    return {ancestor.definition for ancestor in engine.hierarchy.order(cls)}


def _methods(engine: Engine, cls: Scope) -> Iterator[tuple[Scope, Scope]]:
    """The application's own methods that objects of the class have, each with the class that defines it."""
    seen: set[str] = set()
    for owner in engine.hierarchy.order(cls):
        for name, ref in owner.facts.names.items() if not owner.library else ():
            function = engine.plain_function(owner, ref) if name not in seen else None
            seen.add(name)
            if function is not None and function.is_method and not function.facts.flavour:
                yield owner, function
