"""Flask-AppBuilder: views and resources whose methods are exposed below the place of their class."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.linking.found import FoundEntry
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_OF_A_MODEL = (
    ("info", "GET", "/_info"),
    ("get_list", "GET", "/"),
    ("get", "GET", "/<int:pk>"),
    ("post", "POST", "/"),
    ("put", "PUT", "/<pk>"),
    ("delete", "DELETE", "/<pk>"),
)
"""What the library's class of a model's resource exposes: the method's name, what it answers, and where."""

_PLACES = frozenset({"route_base", "resource_name"})
_AT_THE_ROOT = frozenset({"IndexView", "UtilView"})

_MAX_STEPS = 200


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Methods with ``@expose`` in a class with a base route, and what the library's own classes expose of a model."""
    yield from _exposed(linked)
    for cls in linked.application_classes():
        if _is_about_a_model(linked, cls) and _has_place(linked, cls):
            for name, method, path in _OF_A_MODEL:
                if linked.hierarchy.member(cls, name) is None and _routes_method(linked, cls, name):
                    full = join(_base_route(linked, cls), path)
                    yield FoundEntry("http", f"{method} {full}", cls, cls.module.file, cls.facts.line)


def _exposed(linked: Linked) -> Iterator[FoundEntry]:
    for site, module, name in linked.external_sites(kind="decorate"):
        if not module.startswith("flask_appbuilder") or not name.endswith("expose()"):
            continue
        scope = site.frame.scope
        decorator = site.operation[2]
        call = scope.call_producing(decorator)
        if call is None:
            continue
        path = linked.keyword(scope, call, "url", 0)
        methods = linked.keyword(scope, call, "methods")
        for function in linked.handlers(site, site.arguments[0]):
            for cls in _serving(linked, function):
                if not _routes_method(linked, cls, function.facts.name):
                    continue
                base = _base_route(linked, cls)
                for method in methods if isinstance(methods, list) else ["GET"]:
                    full = join(base, path if isinstance(path, str) else "")
                    yield FoundEntry("http", f"{str(method).upper()} {full}", function, scope.module.file, site.line)


def _serving(linked: Linked, function: Scope) -> list[Scope]:
    """The classes that serve a method: its own, or those that inherit it from a base without a route."""
    own = function.parent
    if own is None:
        return []
    heirs = []
    for cls in linked.hierarchy.subclasses.get(own.index, ()):
        member = linked.hierarchy.member(cls, function.facts.name)
        if member is not None and member.owner is own and _is_registered(linked, cls):
            heirs.append(cls)
    return [*([own] if _has_place(linked, own) or not heirs else []), *heirs]


def _has_place(linked: Linked, cls: Scope) -> bool:
    return any(linked.hierarchy.member(cls, name) is not None for name in _PLACES)


def _is_about_a_model(linked: Linked, cls: Scope) -> bool:
    """Whether a class inherits what the library does for the rows of a model, and is no base of others only."""
    return _is_registered(linked, cls) and _is_derived(linked, cls, frozenset({"ModelRestApi"}))


def _is_registered(linked: Linked, cls: Scope) -> bool:
    """Whether a class serves itself, as far as can be told: it has no heirs, or names its own place."""
    return not linked.hierarchy.subclasses.get(cls.index) or not _PLACES.isdisjoint(cls.facts.names)


def _is_derived(linked: Linked, cls: Scope, names: frozenset[str]) -> bool:
    """Whether a class has one of the library's classes above it."""
    bases = (linked.values[v] for owner in linked.hierarchy.order(cls) for v in linked.hierarchy.external_bases(owner))
    return any(
        base[0] == "X" and base[1].startswith("flask_appbuilder") and base[2].rpartition(".")[2] in names
        for base in bases
    )


def _routes_method(linked: Linked, cls: Scope, name: str) -> bool:
    """Whether a class lets the library route a method: its lists say which ones, or which ones not."""
    included, excluded = (_listed(linked, cls, f"{which}_route_methods") for which in ("include", "exclude"))
    return (included is None or name in included) and (excluded is None or name not in excluded)


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


def _base_route(linked: Linked, cls: Scope) -> str:
    for name, pattern in (("route_base", "{}"), ("resource_name", "/api/v1/{}")):
        member = linked.hierarchy.member(cls, name)
        value = linked.constant_of(member)
        if isinstance(value, str):
            return pattern.format(value)
    return "" if _is_derived(linked, cls, _AT_THE_ROOT) else f"/{cls.facts.name.lower()}"
