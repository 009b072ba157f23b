"""Pyramid: routes have a name, and views say which name they serve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_CONFIG = """
class Configurator:
    def __init__(self, *args, **options) -> None: ...
    def add_route(self, name, pattern=None, **options) -> None: ...
    def add_view(self, view=None, name="", route_name=None, request_method=None, **options) -> None: ...
    def add_subscriber(self, subscriber, iface=None, **options) -> None: ...
    def include(self, callable, route_prefix=None) -> None: ...
    def scan(self, package=None, **options) -> None: ...
    def make_wsgi_app(self): ...
"""

_VIEW = """
from typing import TypeVar

F = TypeVar("F")

class view_config:
    def __init__(self, **settings) -> None: ...
    def __call__(self, wrapped: F) -> F: ...

class view_defaults:
    def __init__(self, **settings) -> None: ...
    def __call__(self, wrapped: F) -> F: ...
"""


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Each view under the path of its route."""
    paths: dict[str, str] = {}
    for site, name in _calls(linked, "add_route", "pyramid.config:Configurator.add_route"):
        route = linked.keyword(site.frame.scope, site.operation, "name", 0)
        pattern = linked.keyword(site.frame.scope, site.operation, "pattern", 1)
        if isinstance(route, str) and isinstance(pattern, str) and name:
            paths.setdefault(route, pattern)
    for site, _ in _calls(linked, "add_view", "pyramid.config:Configurator.add_view"):
        for handler in linked.handlers(site, site.argument(0, "view")):
            yield from _view(linked, site, site.operation, handler, paths)
    for site in linked.sites_calling("pyramid.view:view_config"):
        for decoration in linked.decorations(site):
            for handler in linked.handlers(decoration, decoration.arguments[0]):
                yield from _view(linked, site, site.operation, handler, paths)


def requests_in_transactions(linked: Linked) -> bool:
    """Whether ``pyramid_tm`` is included, which puts a transaction around each request."""
    included = (
        linked.constant(site.frame.scope, site.argument(0, "callable"))
        for site, _ in _calls(linked, "include", "pyramid.config:Configurator.include")
    )
    return "pyramid_tm" in included


def _calls(linked: Linked, method: str, definition: str) -> Iterator[tuple[Site, str]]:
    """Calls of a method of the configurator, which functions are given without saying its type."""
    known = {(site.frame.scope.index, site.operation[1]): site for site in linked.sites_calling(definition)}
    for site in linked.engine.sites:
        scope = site.frame.scope
        key = (scope.index, site.operation[1])
        if key not in known and site.kind == "call" and not scope.library and not site.targets:
            for operation in scope.operations_producing(site.operation[2]):
                if operation[-2] == method and _is_parameter_called_config(scope, operation[2]):
                    known[key] = site
    return ((known[key], method) for key in sorted(known))


def _is_parameter_called_config(scope: Scope, node: Any) -> bool:
    return any(name in ("config", "configurator") and inner == node for name, inner, *_ in scope.facts.parameters)


def _view(
    linked: Linked, site: Site, operation: list[Any], handler: Scope, paths: dict[str, str]
) -> Iterator[FoundEntry]:
    scope = site.frame.scope
    route = linked.keyword(scope, operation, "route_name")
    name = linked.keyword(scope, operation, "name")
    method = linked.keyword(scope, operation, "request_method")
    path = paths.get(route) if isinstance(route, str) else name if isinstance(name, str) else None
    if path is None:
        return
    methods = method if isinstance(method, list) else [method if isinstance(method, str) else "ANY"]
    for verb in methods:
        yield FoundEntry("http", f"{verb} {join('', path)}", handler, scope.module.file, site.line)


FRAMEWORK = Framework(
    name="Pyramid",
    summaries={"pyramid.config": _CONFIG, "pyramid.view": _VIEW},
    packages=("pyramid",),
    entry_points=(entry_points,),
    requests_in_transactions=requests_in_transactions,
    examples=(
        Example(
            """
            from pyramid.config import Configurator
            from pyramid.view import view_config

            @view_config(route_name="item", request_method="GET", renderer="json")
            def item(request): return helper()

            def remove(request): pass
            def helper(): pass

            def routes(config):
                config.add_route("more", "/more")

            @view_config(route_name="more")
            def more(request): pass

            def main(settings):
                config = Configurator(settings=settings)
                config.add_route("item", "/items/{id}")
                config.add_view(remove, route_name="item", request_method="DELETE")
                return config.make_wsgi_app()
            """,
            entries=frozenset(
                {
                    "http GET /items/{id} -> m:item",
                    "http DELETE /items/{id} -> m:remove",
                    "http ANY /more -> m:more",
                }
            ),
            calls=frozenset({"m:item -[call]-> m:helper", "m:main -[callback]-> m:remove"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            def view_config(route_name): return lambda function: function

            @view_config(route_name="item")
            def item(request): pass
            """,
            calls=frozenset({"m: -[call]-> m:view_config", "m: -[decorate]-> m:view_config"}),
        ),
    ),
)
