"""What the rows have that pages of Django's admin give to functions: what the query of each page loads along.

The list of rows is shown with what its class says (``list_select_related``); where it says nothing and a column is a key, with all that
keys lead to which are never empty. A page of one row is not.
"""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.linking.libraries import admin_filters
from decompose.linking.libraries.admin_pages import admin_page, registered_for
from decompose.linking.libraries.given_rows import GivenRows
from decompose.linking.libraries.model_views import Implied
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.made_once import made_once

_QUERY, _ALONG, _COLUMNS, _OF_ONE_ROW = "get_queryset", "list_select_related", "list_display", "readonly_fields"
_OWN_COLUMNS, _OWN_ALONG = "get_list_display", "get_list_select_related"
_SELECTS = "select_related"
ALONG_WITH_LIST = "loaded along with the list of rows of a ModelAdmin"
_OF_LIST = "changelist_view"
OFFERED = "offered by a filter of the list of rows of a ModelAdmin"


def rows_behind(linked: Linked, function: Scope) -> list[GivenRows]:
    """Of each page that gives rows to a function what these are; nothing where it is none that pages call."""
    page = admin_page(linked.program)
    if page is None or not function.is_function or function.facts.name == _QUERY:
        return []
    if function.is_method and function.parent is not None:
        order, owner = linked.hierarchy.order, function.parent
        pages = [cls for cls in (owner, *linked.hierarchy.subclasses.get(owner.index, ())) if page in order(cls)]
        pages = [cls for cls in pages if registered_for(linked, cls)] or pages
    else:
        pages = _listing(linked).get(function.index, [])
    return [_of_page(linked, cls, function) for cls in pages]


def implied(linked: Linked) -> Iterator[Implied]:
    """What the list of rows of each page reads along, by what its class says."""
    page = admin_page(linked.program)
    for cls in linked.application_classes() if page is not None else ():
        models = registered_for(linked, cls) if page in linked.hierarchy.order(cls) else []
        along = [] if _selects(_maker(linked, cls)) else list(_along(linked, cls, models))
        for described in dict.fromkeys(linked.values[value] for value in admin_filters.offered(linked, cls)):
            if models and described[0] == "I":
                yield Implied(cls, "read", linked.program.scopes[described[1]], OFFERED, answering=_OF_LIST)
        for model in models:
            values = (
                value for path in along for value in linked.engine.relations.across(model.index, path, loads=True)
            )
            for described in dict.fromkeys(linked.values[value] for value in values):
                if described[0] == "I" and described[1] != model.index:
                    yield Implied(cls, "read", linked.program.scopes[described[1]], ALONG_WITH_LIST, answering=_OF_LIST)


def _maker(linked: Linked, cls: Scope) -> Scope | None:
    """The application's function that makes the query of a page."""
    maker = linked.engine.function_of(linked.hierarchy.member(cls, _QUERY))
    return None if maker is None or maker.library else maker


def _selects(maker: Scope | None) -> bool:
    """Whether a function says itself what its query loads along: then the class is not asked."""
    return maker is not None and any(o[0] == Op.ATTRIBUTE and o[3] == _SELECTS for o in maker.facts.ops)


def _of_page(linked: Linked, cls: Scope, function: Scope) -> GivenRows:
    maker = _maker(linked, cls)
    models = registered_for(linked, cls)
    shown = function in _functions(linked, cls, _COLUMNS) and function not in _functions(linked, cls, _OF_ONE_ROW)
    along = _along(linked, cls, models) if shown and not _selects(maker) else ()
    return GivenRows(tuple(models), maker, tuple(along))


def _along(linked: Linked, cls: Scope, models: list[Scope]) -> Iterator[str]:
    """The names of the relations that the list of rows loads along."""
    if linked.hierarchy.own_member(cls, _OWN_ALONG):
        return
    said = linked.hierarchy.member(cls, _ALONG)
    own = said is not None and not said.owner.library
    if said is not None and own and said.ref not in (["c", True], ["c", False]):
        yield from (text for _, text in linked.names.constants.elements(said.owner, said.ref) if isinstance(text, str))
        return
    relations = linked.engine.relations
    every = said is not None and own and said.ref == ["c", True]
    columns = [] if linked.hierarchy.own_member(cls, _OWN_COLUMNS) else _texts(linked, cls, _COLUMNS)
    for model in models:
        found = [relations.find(model, column) for column in columns]
        if every or any(relation is not None and relation.here and not relation.through for relation in found):
            yield from (path for path, _ in relations.required(model.index))


def _texts(linked: Linked, cls: Scope, attribute: str) -> list[str]:
    member = linked.hierarchy.own_member(cls, attribute)
    if member is None:
        return []
    return [text for _, text in linked.names.constants.elements(member.owner, member.ref) if isinstance(text, str)]


def _functions(linked: Linked, cls: Scope, attribute: str) -> list[Scope]:
    """The functions that a class lists, methods by their names or functions."""
    found = []
    member = linked.hierarchy.own_member(cls, attribute)
    if member is None:
        return []
    for holder, element in linked.names.constants.elements(member.owner, member.ref):
        if isinstance(element, str):
            method = linked.bound_method(cls, element)
            found += [method[0]] if method is not None else []
            continue
        described = (linked.values[value] for value in linked.names.evaluate(holder, element))
        found += [linked.program.scopes[d[1]] for d in described if d[0] == "F"]
    return found


def _find_listing(linked: Linked) -> dict[int, list[Scope]]:
    """Function that is no method -> the registered classes that list it as a column."""
    found: dict[int, list[Scope]] = {}
    page = admin_page(linked.program)
    for cls in linked.application_classes() if page is not None else ():
        if page in linked.hierarchy.order(cls) and registered_for(linked, cls):
            for function in _functions(linked, cls, _COLUMNS):
                if not function.library and not function.is_method:
                    found.setdefault(function.index, []).append(cls)
    return found


_listing = made_once(_find_listing)
