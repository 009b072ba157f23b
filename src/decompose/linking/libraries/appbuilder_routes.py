"""Flask-AppBuilder: views and resources whose methods are exposed below the place of their class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decompose.linking.found import FoundEntry
from decompose.linking.libraries.appbuilder_pages import base_route, has_place, is_registered, pages, routes_method
from decompose.linking.libraries.decorator_routes import answer_of, join
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Methods with ``@expose`` in a class with a base route, and what the library's own classes expose besides."""
    for found in exposed(linked):
        for name in found.names:
            answer = answer_of(name, found.cls, found.function.parent or found.cls, found.function)
            yield FoundEntry("http", name, answer.handler, found.scope.module.file, found.line, answer.method)
    for cls in linked.application_classes():
        for page in pages(linked, cls):
            answering = linked.method_below(linked.hierarchy.member(cls, page.name))
            for path in page.paths:
                full = join(base_route(linked, cls), path)
                for method in page.methods:
                    yield FoundEntry("http", f"{method} {full}", cls, cls.module.file, cls.facts.line, answering)


class Exposed(NamedTuple):
    """A method that a class serves, its own or one that it inherits, and where that is said."""

    cls: Scope
    function: Scope
    names: tuple[str, ...]
    scope: Scope
    line: int


def exposed(linked: Linked) -> Iterator[Exposed]:
    """Methods with ``@expose``, once for each class that serves them."""
    for site, module, name in linked.external_sites(kind="decorate"):
        if not module.startswith("flask_appbuilder") or not name.endswith("expose()"):
            continue
        scope = site.frame.scope
        call = scope.call_producing(site.operation[2])
        if call is None:
            continue
        told = linked.keyword(scope, call, "url", 0)
        path = told if isinstance(told, str) else "/" if keyword_ref(call, "url", 0) is None else "/<dynamic>"
        listed = linked.keyword(scope, call, "methods", 1)
        methods = [str(method).upper() for method in listed] if isinstance(listed, list) else ["GET"]
        for function in linked.handlers(site, site.arguments[0]):
            for cls in _serving(linked, function):
                if routes_method(linked, cls, function.facts.name):
                    full = join(base_route(linked, cls), path)
                    names = tuple(f"{method} {full}" for method in methods)
                    yield Exposed(cls, function, names, scope, site.line)


def _serving(linked: Linked, function: Scope) -> list[Scope]:
    """The classes that serve a method: its own, or those that inherit it from a base without a route."""
    own = function.parent
    if own is None:
        return []
    heirs = []
    for cls in linked.hierarchy.subclasses.get(own.index, ()):
        member = linked.hierarchy.member(cls, function.facts.name)
        if member is not None and member.owner is own and is_registered(linked, cls):
            heirs.append(cls)
    return [*([own] if has_place(linked, own) or not heirs else []), *heirs]
