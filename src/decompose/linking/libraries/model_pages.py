"""Pages of an administration that are made for a model: ``ModelView(User, session)``, ``class Users(ModelView, model=User)``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decompose.linking.frames import Site
from decompose.linking.libraries.admin_pages import usual_pages
from decompose.linking.libraries.model_views import Implied
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_BY_CALL = ("flask_admin.contrib.sqla:ModelView", "starlette_admin.contrib.sqla:ModelView")
_BY_CLASS = ("sqladmin:ModelView",)
_ALLOWED = {"insert": "can_create", "update": "can_edit", "delete": "can_delete"}
"""Operation -> the attribute by which a class forbids it."""


class ModelPage(NamedTuple):
    """A page for the rows of a model: the class, or the code that makes a page of the library's own, and the line."""

    scope: Scope
    model: Scope
    line: int


def model_pages(linked: Linked) -> Iterator[ModelPage]:
    """Every page, once for each model that it is made for."""
    for definition in _BY_CALL:
        for site in linked.sites_calling(definition):
            yield from (ModelPage(site.frame.scope, model, site.line) for model in _given(linked, site))
        initialised = list(linked.sites_calling(f"{definition}.__init__"))
        for cls in linked.application_classes():
            if linked.inherits(cls, definition):
                inside = [site for site in initialised if site.frame.scope.parent is cls]
                models = [m for site in (*linked.sites_leading_to(cls), *inside) for m in _given(linked, site)]
                yield from (ModelPage(cls, model, cls.facts.line) for model in dict.fromkeys(models))
    for cls in linked.application_classes():
        if cls.parent is not None and any(linked.inherits(cls, definition) for definition in _BY_CLASS):
            named = [ref for keyword, ref in cls.facts.keywords if keyword == "model"]
            values = [value for ref in named for value in linked.names.evaluate(cls.parent, ref)]
            yield from (ModelPage(cls, model, cls.facts.line) for model in _classes(linked, values))


def implied(linked: Linked) -> Iterator[Implied]:
    """What pages do to the rows of their models, unless their class forbids it."""
    for page in model_pages(linked):
        for operation in ("read", "insert", "update", "delete"):
            if not _is_forbidden(linked, page.scope, operation):
                yield Implied(page.scope, operation, page.model, _rule(page.model), line=page.line)
    for site, model in usual_pages(linked):
        for operation in ("read", *_ALLOWED):
            yield Implied(site.frame.scope, operation, model, _rule(model), line=site.line)


def _rule(model: Scope) -> str:
    return f"page of an administration for {model.facts.name}"


def _is_forbidden(linked: Linked, scope: Scope, operation: str) -> bool:
    member = linked.hierarchy.member(scope, _ALLOWED.get(operation, "")) if not scope.is_function else None
    return member is not None and member.ref == ["c", False]


def _given(linked: Linked, site: Site) -> list[Scope]:
    return _classes(linked, sorted(linked.argument_values(site, site.argument(0, "model")))) if site.line else []


def _classes(linked: Linked, values: list[int]) -> list[Scope]:
    described = (linked.values[value] for value in values)
    found = (linked.program.scopes[d[1]] for d in described if d[0] == "C")
    return [cls for cls in dict.fromkeys(found) if not cls.library]
