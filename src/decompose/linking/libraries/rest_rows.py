"""What the rows have that Django REST framework gives to methods of serializers: what the query of each view loads along.

A view that makes rows shows them too: those have what they were made with. One that changes rows has their collections asked anew.
Where code makes a serializer itself, the rows are those that it gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking.frames import Site
from decompose.linking.libraries.django_forms import SERIALIZER, fields_in_bodies, meta_body, model_of, told_by_meta
from decompose.linking.libraries.django_schema import MANY_TO_MANY, fields, library_class
from decompose.linking.libraries.given_rows import GivenRows
from decompose.linking.libraries.rest_serializers import nested
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.made_once import made_once

_GENERIC, _MIXINS = "rest_framework.generics", "rest_framework.mixins"
_GET_SERIALIZER = f"{_GENERIC}:GenericAPIView.get_serializer"
_METHOD_FIELD, _SHOWS = "SerializerMethodField", "to_representation"
_OWN_ROWS = frozenset({"get_object", "get_queryset", "filter_queryset", "paginate_queryset"})
"""Methods of a view that give rows of its query."""
_SELECTED = 2
"""The position of the type argument of a query that holds the relations that it loads along."""
_MAX_NESTED, _MAX_STEPS = 4, 8


def rows_behind(linked: Linked, function: Scope) -> Iterator[GivenRows]:
    """Of each view or call that has a serializer show rows by a method what these are; nothing for other functions.

    One by one: who asks mostly knows after the first, and serializers inside of each other are given rows in very many ways.
    """
    owner = function.parent
    if owner is None or not function.is_method or function.library or not _is_serializer(linked, owner):
        return
    for cls in (owner, *linked.hierarchy.subclasses.get(owner.index, ())):
        shown = [method for _, method in _shown_by(linked, cls)]
        if function in shown:
            before = tuple((m, 0 if m.facts.flavour == "static" else 1) for m in shown[: shown.index(function)])
        elif function.facts.name == _SHOWS:
            before = ()
        else:
            continue
        model = model_of(linked, cls)
        models = (model,) if model is not None else ()
        any_rows = False
        for rows in _uses(linked, cls):
            any_rows = True
            yield rows._replace(models=models, before=before)
        if before and not any_rows:
            yield GivenRows(models, None, (), before=before)


def _is_serializer(linked: Linked, cls: Scope) -> bool:
    return not cls.library and bool(linked.inherits(cls, SERIALIZER))


def _shown_by(linked: Linked, cls: Scope) -> list[tuple[str, Scope]]:
    """The fields of a serializer that methods show, in the order in which they are asked, each with the method."""
    named = told_by_meta(linked, meta_body(linked, cls), "fields")
    order = linked.hierarchy.order(cls)
    made: dict[str, tuple[tuple[int, int], Scope]] = {}
    for name, owner, call in fields_in_bodies(linked, cls):
        if name in made or (isinstance(named, list) and name not in named):
            continue
        called = (linked.values[value] for value in linked.names.evaluate(owner, call[2]))
        if any(description[-1] == _METHOD_FIELD for description in called if description[0] == "X"):
            method = linked.keyword(owner, call, "method_name", 0)
            found = linked.bound_method(cls, method if isinstance(method, str) else f"get_{name}")
            if found is not None and not found[0].library:
                place = (named.index(name), 0) if isinstance(named, list) else (-order.index(owner), call[-1])
                made[name] = place, found[0]
    return [(name, method) for name, (_, method) in sorted(made.items(), key=lambda item: item[1][0])]


def _uses(linked: Linked, cls: Scope, within: tuple[str, ...] = (), depth: int = 0) -> Iterator[GivenRows]:
    """The rows that a serializer is given, by views that name it and by code that makes it; then those that it has inside of others."""
    for rows in _given_rows(linked).get(cls.index, ()):
        yield rows._replace(within=within) if within else rows
    for outer, way in _around(linked).get(cls.index, ()) if depth < _MAX_NESTED else ():
        yield from _uses(linked, outer, (*way, *within), depth + 1)


@made_once
def _given_rows(linked: Linked) -> dict[int, dict[GivenRows, None]]:
    """Serializer -> the rows that it is given itself."""
    found: dict[int, dict[GivenRows, None]] = {}
    generic = library_class(linked.program, _GENERIC, "GenericAPIView")
    asked = list(linked.sites_calling(_GET_SERIALIZER)) if generic is not None else []
    for view in linked.application_classes() if generic is not None else ():
        if generic in linked.hierarchy.order(view):
            rows = [*_of_view(linked, view), *(r for site in asked for r in _of_code(site, view, linked))]
            for value in linked.hierarchy.bindings(view, (), generic).get("F", ()):
                if linked.values[value][0] == "I":
                    found.setdefault(linked.values[value][1], {}).update(dict.fromkeys(rows))
    for site, classes in linked.constructions():
        for index in classes if site.frame.scope.is_function else ():
            if _is_serializer(linked, linked.program.scopes[index]):
                found.setdefault(index, {}).update(dict.fromkeys(_given(site)))
    return found


@made_once
def _around(linked: Linked) -> dict[int, list[tuple[Scope, tuple[str, ...]]]]:
    """Serializer -> those that have it inside, each with the relations that lead there."""
    found: dict[int, list[tuple[Scope, tuple[str, ...]]]] = {}
    for outer in linked.application_classes():
        for inner in nested(linked, outer) if _is_serializer(linked, outer) else ():
            found.setdefault(inner.cls.index, []).append((outer, tuple(inner.name.split("."))))
    return found


def _of_view(linked: Linked, view: Scope) -> Iterator[GivenRows]:
    """The rows of a view's query, and those that it makes."""
    order = linked.hierarchy.order(view)
    own = linked.hierarchy.member(view, "get_object")
    maker = linked.engine.function_of(linked.hierarchy.member(view, "get_queryset"))
    if own is not None and not own.owner.library:
        yield GivenRows((), None, ())
    if maker is not None and not maker.library:
        along: tuple[str, ...] = ()
    else:
        maker, along = None, _along(linked, view)
    yield GivenRows((), maker, along, changed=library_class(linked.program, _MIXINS, "UpdateModelMixin") in order)
    if library_class(linked.program, _MIXINS, "CreateModelMixin") in order:
        yield from (GivenRows((), None, _keys(linked, model)) for model in _models(linked, view))


def _models(linked: Linked, view: Scope) -> list[Scope]:
    generic = library_class(linked.program, _GENERIC, "GenericAPIView")
    bound = linked.hierarchy.bindings(view, (), generic).get("M", ()) if generic is not None else ()
    return [linked.program.scopes[linked.values[row][1]] for row in bound if linked.values[row][0] == "I"]


def _along(linked: Linked, view: Scope) -> tuple[str, ...]:
    """The names of the relations that the query which a view names loads along; of several what all of them do."""
    told = []
    for described in (linked.values[value] for value in linked.attribute_values(view, "queryset")):
        selected = described[2][_SELECTED] if described[0] == "I" and len(described[2]) > _SELECTED else ()
        told.append({linked.values[name][1] for name in selected if linked.values[name][0] == "D"})
    return tuple(sorted(set.intersection(*told))) if told else ()


def _keys(linked: Linked, model: Scope) -> tuple[str, ...]:
    return tuple(field.name for field in fields(linked, model) if field.targets and field.relation != MANY_TO_MANY)


def _of_code(site: Site, view: Scope, linked: Linked) -> Iterator[GivenRows]:
    """What a view's own code gives to its serializer, unless that is a row of its query."""
    scope = site.frame.scope
    if scope.parent is not None and scope.parent in linked.hierarchy.order(view):
        yield from (rows for rows in _given(site) if rows.source is None or not _is_of_query(*rows.source))


def _given(site: Site) -> Iterator[GivenRows]:
    ref = site.argument(0, "instance")
    if type(ref) is int and ref >= 0:
        yield GivenRows((), None, (), source=(site.frame.scope, ref))
    elif ref != -1 or any(name is None for name, _ in site.keywords):
        yield GivenRows((), None, ())


def _is_of_query(scope: Scope, ref: Any) -> bool:
    """Whether what is given comes of the view's own methods for that."""
    waiting, seen = [ref], set[int]()
    while waiting and len(seen) < _MAX_STEPS:
        each = waiting.pop()
        if type(each) is not int or each < 0 or each in seen:
            continue
        seen.add(each)
        for operation in scope.operations_producing(each):
            if operation[0] == Op.ATTRIBUTE and operation[3] in _OWN_ROWS:
                return True
            if operation[0] in (Op.COPY, Op.NARROW, Op.CALL, Op.ATTRIBUTE):
                waiting.append(operation[2])
    return False
