"""Flask-AppBuilder: what its classes expose by themselves, where, and what that does to the rows of the model that a class names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decompose.facts import Op
from decompose.linking.libraries.model_views import Implied
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_PACKAGE = "flask_appbuilder"


class Page(NamedTuple):
    """What a method of the library answers below the place of a class, and what it does to the rows of the class's model."""

    name: str
    methods: tuple[str, ...]
    paths: tuple[str, ...]
    operations: tuple[str, ...] = ()


_GET, _BOTH = ("GET",), ("GET", "POST")
_READ, _UPDATE, _DELETE = ("read",), ("read", "update"), ("read", "delete")
_FORM = (Page("this_form_get", _GET, ("/form",)), Page("this_form_post", ("POST",), ("/form",)))
_CHART = (Page("chart", _GET, ("/chart/<group_by>", "/chart/"), _READ),)
_LOGIN = (Page("login", _BOTH, ("/login/",)), Page("logout", _GET, ("/logout/",)))

_EXPOSED = {
    "ModelRestApi": (
        Page("info", _GET, ("/_info",)),
        Page("get_list", _GET, ("/",), _READ),
        Page("get", _GET, ("/<int:pk>",), _READ),
        Page("post", ("POST",), ("/",), ("insert",)),
        Page("put", ("PUT",), ("/<pk>",), _UPDATE),
        Page("delete", ("DELETE",), ("/<pk>",), _DELETE),
    ),
    "RoleApi": (
        Page("list_role_permissions", _GET, ("/<int:role_id>/permissions/",)),
        Page("add_role_permissions", ("POST",), ("/<int:role_id>/permissions",)),
        Page("update_role_users", ("PUT",), ("/<int:role_id>/users",)),
        Page("update_role_groups", ("PUT",), ("/<int:role_id>/groups",)),
    ),
    "CompactCRUDMixin": (
        Page("list", _BOTH, ("/list/",), _READ),
        Page("add", _BOTH, ("/add/",), ("insert",)),
        Page("edit", _BOTH, ("/edit/<pk>",), _UPDATE),
        Page("delete", _BOTH, ("/delete/<pk>",), _DELETE),
    ),
    "ModelView": (
        Page("list", _GET, ("/list/",), _READ),
        Page("show", _GET, ("/show/<pk>",), _READ),
        Page("add", _BOTH, ("/add",), ("insert",)),
        Page("edit", _BOTH, ("/edit/<pk>",), _UPDATE),
        Page("delete", _BOTH, ("/delete/<pk>",), _DELETE),
        Page("download", _GET, ("/download/<string:filename>",)),
        Page("action", _BOTH, ("/action/<string:name>/<pk>",), _READ),
        Page("action_post", ("POST",), ("/action_post",), _READ),
    ),
    "MasterDetailView": (Page("list", _GET, ("/list/", "/list/<pk>"), _READ),),
    "MultipleView": (Page("list", _GET, ("/list/",)),),
    "SimpleFormView": _FORM,
    "PublicFormView": _FORM,
    "GroupByChartView": _CHART,
    "ChartView": _CHART,
    "DirectChartView": _CHART,
    "TimeChartView": (Page("chart", _GET, ("/chart/<group_by>/<period>", "/chart/"), _READ),),
    "AuthView": _LOGIN,
    "AuthOAuthView": (
        Page("login", _GET, ("/login/", "/login/<provider>")),
        Page("oauth_authorized", _GET, ("/oauth-authorized/<provider>",)),
    ),
    "AuthRemoteUserView": (Page("login", _GET, ("/login/",)),),
}
"""The library's class -> what it exposes; of two that have a method of the same name, the nearer one's."""

_PLACES = frozenset({"route_base", "resource_name"})
_AT_THE_ROOT = frozenset({"IndexView", "UtilView", "AuthView"})
_OF_RESOURCES = "ModelRestApi"

_MAX_STEPS = 200


def pages(linked: Linked, cls: Scope) -> Iterator[Page]:
    """What the library exposes for a class that has none of its own in that place, if the class serves itself."""
    bases = _bases(linked, cls)
    if not is_registered(linked, cls) or (_OF_RESOURCES in bases and not has_place(linked, cls)):
        return
    seen: set[str] = set()
    for base in bases:
        for page in _EXPOSED.get(base, ()):
            if page.name not in seen and not _has_own(linked, cls, page.name) and routes_method(linked, cls, page.name):
                seen.add(page.name)
                yield page


def implied(linked: Linked) -> Iterator[Implied]:
    """What pages and resources do to the rows of the model that their class names."""
    for cls in linked.application_classes():
        for page in pages(linked, cls):
            for model in _models(linked, cls) if page.operations else ():
                for operation in page.operations:
                    rule = f"model of a {_whose(linked, cls, page.name)}"
                    yield Implied(cls, operation, model, rule, answering=page.name, besides=True)


def has_place(linked: Linked, cls: Scope) -> bool:
    """Whether a class says below which path it is found."""
    return any(linked.hierarchy.member(cls, name) is not None for name in _PLACES)


def is_registered(linked: Linked, cls: Scope) -> bool:
    """Whether a class serves itself, as far as can be told: it has no heirs, or names its own place."""
    return not linked.hierarchy.subclasses.get(cls.index) or not _PLACES.isdisjoint(cls.facts.names)


def base_route(linked: Linked, cls: Scope) -> str:
    """The path below which a class is found: as it says, or as it is called."""
    for name, pattern in (("route_base", "{}"), ("resource_name", "/api/v1/{}")):
        value = linked.constant_of(linked.hierarchy.member(cls, name))
        if isinstance(value, str):
            return pattern.format(value)
    return "" if not _AT_THE_ROOT.isdisjoint(_bases(linked, cls)) else f"/{cls.facts.name.lower()}"


def routes_method(linked: Linked, cls: Scope, name: str) -> bool:
    """Whether a class lets the library route a method: its lists say which ones, or which ones not."""
    included, excluded = (_listed(linked, cls, f"{which}_route_methods") for which in ("include", "exclude"))
    return (included is None or name in included) and (excluded is None or name not in excluded)


def _bases(linked: Linked, cls: Scope) -> list[str]:
    """The names of the library's classes above a class, the nearest first."""
    order = linked.hierarchy.order(cls)
    return [base.facts.name for base in order if base.library and base.module.name.partition(".")[0] == _PACKAGE]


def _has_own(linked: Linked, cls: Scope, name: str) -> bool:
    member = linked.hierarchy.member(cls, name)
    return member is not None and not member.owner.library


def _whose(linked: Linked, cls: Scope, name: str) -> str:
    return next(base for base in _bases(linked, cls) if any(page.name == name for page in _EXPOSED.get(base, ())))


def _models(linked: Linked, cls: Scope) -> list[Scope]:
    """The model of the rows that a class works on: what the object that stands between is made with."""
    described = (linked.values[value] for value in sorted(linked.attribute_values(cls, "datamodel")))
    rows = (row for interface in described if interface[0] == "I" and interface[2] for row in interface[2][0])
    found = (linked.program.scopes[linked.values[row][1]] for row in rows if linked.values[row][0] in ("C", "I"))
    return [model for model in dict.fromkeys(found) if not model.library]


def _listed(linked: Linked, cls: Scope, attribute: str) -> set[str] | None:
    """The names in a set that a class puts together; None where it has none, or not all are known."""
    member = linked.hierarchy.member(cls, attribute)
    if member is None or member.ref is None:
        return None
    found: set[str] = set()
    pending, steps = [(member.owner, member.ref)], 0
    while pending and steps < _MAX_STEPS:
        steps += 1
        scope, ref = pending.pop()
        told = linked.constant(scope, ref)
        if told is not None:
            found |= {told} if isinstance(told, str) else set(map(str, told)) if isinstance(told, list) else set()
            continue
        origin = linked.origin(scope, ref)
        if origin is None or origin.operation[0] not in (Op.CONTAINER, Op.BINARY):
            return None
        parts = origin.operation[3] if origin.operation[0] == Op.CONTAINER else origin.operation[2:4]
        pending += [(origin.scope, part) for part in parts]
    return found if not pending else None
