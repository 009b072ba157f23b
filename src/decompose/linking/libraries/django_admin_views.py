"""What a page of Django's admin does below a view of its own of the application, which calls the framework's in its course."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.frames import Site
from decompose.linking.libraries import admin_filters, model_views
from decompose.linking.libraries.admin_pages import admin_page, pages_inside, registered_for
from decompose.linking.libraries.answered_in_transactions import goes_on
from decompose.linking.libraries.django_forms import meta_body, told_by_meta
from decompose.linking.libraries.django_schema import (
    MANY_TO_MANY,
    Field,
    fields,
    has_table_of_its_own,
    option,
    table_between,
)
from decompose.linking.libraries.django_templates import Found
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value

RELATIONS_OF = "relations of the model of a ModelAdmin"
BY_PAGE = "a page of the admin, by what the framework does"
_LISTS = ("changelist_view", "get_changelist_instance")
_RELATIONS = "save_related"
_FORMS = ("changeform_view", "change_view", "add_view")
_SAVES = {"insert": ("save_model",), "update": ("save_model",)}
_SAVES_INSIDE = ("save_formset", "save_related", "save_formsets")
_MODULE = "django.contrib.admin:ModelAdmin"

_Done = tuple[str, Value]


def below_own_views(linked: Linked) -> Iterator[Found]:
    """The accesses of the pages of each class, at the calls by which its own views go on to the framework's."""
    sites = [
        (site, name)
        for name in (*_LISTS, *_FORMS, _RELATIONS)
        for site in linked.sites_calling(f"{_MODULE}.{name}")
        if site.frame.scope.facts.name == name and site.frame.receiver >= 0 and _leaves_it(linked, site)
    ]
    if not sites:
        return
    implied: dict[int, list[model_views.Implied]] = {}
    for each in (*model_views.implied(linked), *model_views.left_to_models(linked)):
        if each.asks_first:
            implied.setdefault(each.cls.index, []).append(each)
    for site, name in sites:
        described = linked.values[site.frame.receiver]
        cls = linked.program.scopes[described[1]]
        if name in _LISTS:
            done = _of_list(linked, cls)
        else:
            done = _of_relations(linked, cls) if name == _RELATIONS else _of_forms(linked, cls, implied)
        for operation, value in sorted(set(done)):
            yield site.frame.scope.index, site.frame.receiver, operation, value, "execute", BY_PAGE, site.line


def relations_saved(linked: Linked) -> Iterator[model_views.Implied]:
    """What pages of single rows save besides the row: its relations to many, where no method of the application's stands in its place."""
    page = admin_page(linked.program)
    for cls in linked.application_classes() if page is not None else ():
        saves = any(goes_on(linked, cls, way, _FORMS[0]) for way in _FORMS[1:])
        if saves and page in linked.hierarchy.order(cls) and not _has_its_own(linked, cls, *_SAVES_INSIDE):
            for model in registered_for(linked, cls):
                for field in _relations_in_form(linked, cls, model):
                    between = table_between(linked, model, field)
                    for operation in ("read", "insert"):
                        yield model_views.Implied(
                            cls, operation, model, RELATIONS_OF, True, answering="changeform_view", between=between
                        )


def _leaves_it(linked: Linked, site: Site) -> bool:
    """Whether a call of the application's leads to the framework's view, not only to one that stands in its place."""
    reached = (linked.program.scopes[target] for target, _, _ in site.targets)
    return not site.frame.scope.library and any(function.library for function in reached)


def _of_list(linked: Linked, cls: Scope) -> Iterator[_Done]:
    """What the list of rows reads: the page's own query, with all that it looks at on the way, and what its filters offer."""
    yield from (("read", value) for value in admin_filters.offered(linked, cls))
    function = linked.engine.function_of(linked.hierarchy.member(cls, "get_queryset"))
    if function is None or function.library:
        return
    for frame in linked.engine.frames:
        if frame.scope is function and frame.receiver == linked.values.instance(cls.index):
            for value in linked.engine.values_of(frame.returns):
                described = linked.values[value]
                for rows in described[2][:2] if described[0] == "I" else ():
                    yield from (("read", row) for row in rows)


def _of_forms(linked: Linked, cls: Scope, implied: dict[int, list[model_views.Implied]]) -> Iterator[_Done]:
    """What the page of one row reads and saves, with those inside of it: what keys point to is looked up when it is validated."""
    inside = list(pages_inside(linked, cls))
    for page in (cls, *inside):
        apart = any(_has_its_own(linked, cls, name) for name in _SAVES_INSIDE) if page is not cls else False
        related = _has_its_own(linked, cls, _RELATIONS)
        for found in implied.get(page.index, ()):
            saves = _SAVES.get(found.operation)
            if found.operation == "delete" and (page is cls or apart):
                continue
            if saves is not None:
                yield from _offered(linked, page, found.model)
                if not apart and not related:
                    yield from _relations_saved(linked, page, found.model)
                if apart or _has_its_own(linked, page, *saves) or _has_its_own(linked, found.model, "save"):
                    continue
            yield found.operation, linked.values.instance(found.model.index)


def _of_relations(linked: Linked, cls: Scope) -> Iterator[_Done]:
    """What is saved behind a row: its relations to many."""
    for model in registered_for(linked, cls):
        yield from _relations_saved(linked, cls, model)


def _in_form(linked: Linked, page: Scope, model: Scope) -> Iterator[Field]:
    """The fields of a model that the form of a page has, as far as the page and its form say."""
    wanted: list[set[str]] = []
    without = set(_texts(linked, page, "exclude"))
    if not _has_its_own(linked, page, "get_fields", "get_fieldsets") and _has_its_own(linked, page, "fields"):
        wanted.append(set(_texts(linked, page, "fields")))
    for described in (linked.values[value] for value in linked.attribute_values(page, "form")):
        meta = meta_body(linked, linked.program.scopes[described[1]]) if described[0] == "C" else None
        said, left_out = told_by_meta(linked, meta, "fields"), told_by_meta(linked, meta, "exclude")
        wanted += [set(said)] if isinstance(said, list) else []
        without |= set(left_out) if isinstance(left_out, list) else set()
    for field in fields(linked, model):
        named = field.name not in without and all(field.name in names for names in wanted if names)
        if named and option(linked, field, "editable") is not False:
            yield field


def _texts(linked: Linked, cls: Scope, name: str) -> Iterator[str]:
    member = linked.hierarchy.member(cls, name)
    for _, element in linked.names.constants.elements(member.owner, member.ref) if member is not None else ():
        if isinstance(element, str):
            yield element


def _offered(linked: Linked, page: Scope, model: Scope) -> Iterator[_Done]:
    """What a form lets choose among, and looks up when it is validated."""
    for field in _in_form(linked, page, model):
        if field.relation and field.targets:
            yield "read", linked.values.instance(field.targets[0].index)


def _relations_saved(linked: Linked, page: Scope, model: Scope) -> Iterator[_Done]:
    for field in _relations_in_form(linked, page, model):
        between = linked.values.intern("D", table_between(linked, model, field))
        target = linked.values.instance(field.targets[0].index)
        yield from (("read", target), ("read", between), ("insert", between))


def _relations_in_form(linked: Linked, page: Scope, model: Scope) -> Iterator[Field]:
    """The relations to many that the form of a page has, and that have a table of their own."""
    for field in _in_form(linked, page, model):
        if field.relation == MANY_TO_MANY and field.targets and has_table_of_its_own(linked, field):
            yield field


def _has_its_own(linked: Linked, cls: Scope, *names: str) -> bool:
    members = (linked.hierarchy.member(cls, name) for name in names)
    return any(member is not None and not member.owner.library for member in members)
