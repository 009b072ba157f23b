"""Pyramid: routes have a name, and views say which name they serve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts.records import Ref
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.pyramid_requests import (
    CONFIGURATOR,
    REQUEST,
    configuring,
    included_below,
    named,
    registering,
    wires,
)
from decompose.linking.linked import Linked
from decompose.linking.makers import Makers
from decompose.linking.origins import Given
from decompose.linking.program import Scope
from decompose.linking.registrations import Registrations

_BY_RESOURCE = ("context", "for_")


class _Route(NamedTuple):
    """Where a route is found, and the method that it takes, or a list of them, if it says so."""

    paths: list[str]
    method: Any  # a text, or a list of them


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Each view under the path of its route."""
    registrations = Registrations(Makers(linked))
    routes: dict[str, _Route] = {}
    prefixes = included_below(linked)
    for site, _ in configuring(linked, "add_route"):
        # A directive of the application's adds routes under the names that it is given.
        for place, name, given in registrations.calls(site, site.argument(0, "name")):
            route = linked.constant(place.frame.scope, name)
            pattern = linked.keyword(site.frame.scope, site.operation, "pattern", 1, given)
            if isinstance(route, str) and isinstance(pattern, str):
                below = prefixes.get(site.frame.scope.index) or [""]
                method = linked.keyword(site.frame.scope, site.operation, "request_method", -1, given)
                routes.setdefault(route, _Route([join(prefix, pattern) for prefix in below], method))
    for site, view in registering(linked):
        # A decorator of Pyramid's own says at its own line what it registers, one of the application's where it is used.
        for place, handed, given in registrations.calls(*view):
            for handler in _handlers(linked, place, handed):
                yield from _view(linked, site, handler, routes, given, site if place is view[0] else place)


def requests_in_transactions(linked: Linked) -> bool:
    """Whether ``pyramid_tm`` is included, which puts a transaction around each request."""
    included = (
        linked.constant(site.frame.scope, site.argument(0, "callable")) for site, _ in configuring(linked, "include")
    )
    return "pyramid_tm" in included


def _handlers(linked: Linked, place: Site, handed: Ref) -> Iterator[Scope]:
    """The views that a registration is handed, by themselves or by a dotted name."""
    text = linked.constant(place.frame.scope, handed)
    if isinstance(text, str):
        found = named(linked, place.frame.scope, text)
        yield from [found] if found is not None else []
    else:
        yield from linked.handlers(place, handed)


def _view(
    linked: Linked, site: Site, handler: Scope, routes: dict[str, _Route], given: Given, place: Site
) -> Iterator[FoundEntry]:
    said = [site, *_defaults(linked, handler)]

    def stated(name: str) -> Any:  # Any: a text, or a list of them
        found = (linked.keyword(by.frame.scope, by.operation, name, -1, given) for by in said)
        return next((value for value in found if value is not None), None)

    route, name, method, attribute = (stated(option) for option in ("route_name", "name", "request_method", "attr"))
    taken = routes.get(route) if isinstance(route, str) else None
    if taken is not None and method is None:
        method = taken.method
    found_at = (
        (taken.paths if taken else []) if isinstance(route, str) else [name] if isinstance(name, str) and name else []
    )
    if not found_at and not isinstance(route, str) and _is_of_resources(linked, site):
        found_at = ["/<dynamic>"]  # where its resources are is known while running only
    if not found_at:
        return
    if isinstance(attribute, str) and not handler.is_function:
        found = linked.bound_method(handler, attribute)
        handler = found[0] if found is not None else handler
    methods = method if isinstance(method, list) else [method if isinstance(method, str) else "ANY"]
    for path in found_at:
        for verb in methods:
            yield FoundEntry("http", f"{verb} {join('', path)}", handler, place.frame.scope.module.file, place.line)


def _is_of_resources(linked: Linked, site: Site) -> bool:
    """Whether a view is of objects of a class of the application that is no exception: traversal leads to them."""
    given = [site.argument(-1, by) for by in _BY_RESOURCE]
    values = [value for ref in given for value in linked.argument_values(site, ref)]
    classes = [linked.program.scopes[d[1]] for d in map(linked.values.__getitem__, values) if d[0] == "C"]
    texts = (linked.constant(site.frame.scope, ref) for ref in given)
    found = (named(linked, site.frame.scope, text) for text in texts if isinstance(text, str))
    classes += [cls for cls in found if cls is not None and not cls.is_function]
    return any(not cls.library and not _is_exception(linked, cls) for cls in classes)


def _is_exception(linked: Linked, cls: Scope) -> bool:
    """Whether a class, or one above it, inherits from what is named like an exception outside."""
    above = (base for owner in linked.hierarchy.order(cls) for base in linked.hierarchy.external_bases(owner))
    names = (str(linked.values[base][2]).rpartition(".")[2] for base in above)
    return any(name.endswith(("Exception", "Error")) or name.startswith("HTTP") for name in names)


def _defaults(linked: Linked, handler: Scope) -> Iterator[Site]:
    """What ``view_defaults`` says of the class of a view, and of those above it."""
    cls = handler.parent if handler.is_method else None if handler.is_function else handler
    if cls is None:
        return
    above = [ancestor.index for ancestor in linked.hierarchy.order(cls)]
    for site in linked.sites_calling("pyramid.view:view_defaults"):
        for decoration in linked.decorations(site):
            if any(scope.index in above for scope in linked.handlers(decoration, decoration.arguments[0])):
                yield site


FRAMEWORK = Framework(
    name="Pyramid",
    summaries={},
    packages=("pyramid", "venusian"),
    entry_points=(entry_points,),
    wires=(wires,),
    requests_in_transactions=requests_in_transactions,
    named_parameters={"request": REQUEST, "config": CONFIGURATOR},
    examples=(
        Example(
            """
            from pyramid.config import Configurator as Base
            from pyramid.view import notfound_view_config, view_config, view_defaults

            class Configurator(Base): pass

            class Session:
                def find(self): pass

            class Policy:
                def identity(self, request): return User()

            class User:
                def rename(self): pass

            def session(request): return Session()
            def help_url(request, page): return trim(page)
            def trim(page): pass
            def redirect(config, source): config.add_route(source, source)

            @view_config(route_name="item")
            def item(context, request):
                request.db.find()
                request.help_url("item")
                request.identity.rename()
                request.registry.whatever()

            @view_defaults(route_name="item", request_method="POST")
            class Pages:
                def __init__(self, request): self.request = request
                @view_config(request_method="PUT")
                def put(self): self.request.db.find()
                @view_config()
                def post(self): pass

            @notfound_view_config()
            def missing(request): request.db.find()

            def includeme(config):
                config.add_request_method(session, name="db", reify=True)
                config.add_request_method(help_url)
                config.add_directive("add_redirect", redirect)
                config.add_redirect("old")

            def main(settings):
                config = Configurator(settings=settings)
                config.set_security_policy(Policy())
                config.include(".m")
                config.add_route("item", "/items/{id}")
                config.include(inner, route_prefix="/shop")

            class Shelf: pass
            class Lost(Exception): pass

            def inner(config):
                config.add_route("shelves", "/shelves")
                config.add_view(shelves, route_name="shelves")

                config.add_route("stock", "/stock", request_method="GET")
                config.add_view("m.stock", route_name="stock")
                config.add_view(refill, route_name="stock", request_method=["POST", "PUT"])
                config.add_view(view="m.Counting", attr="count", context="m.Shelf", request_method="POST")

            def shelves(request): pass
            def stock(request): pass
            def refill(request): pass

            class Counting:
                def __init__(self, request): pass
                def count(self): pass

            @view_config(context=Shelf, request_method="PUT")
            def shelf(context, request): pass

            @view_config(context=Lost)
            def lost(context, request): pass
            """,
            entries=frozenset(
                {
                    "http ANY /shop/shelves -> m:shelves",
                    "http GET /shop/stock -> m:stock",
                    "http POST /shop/stock -> m:refill",
                    "http PUT /shop/stock -> m:refill",
                    "http POST /<dynamic> -> m:Counting.count",
                    "http PUT /<dynamic> -> m:shelf",
                    "http ANY /items/{id} -> m:item",
                    "http PUT /items/{id} -> m:Pages.put",
                    "http POST /items/{id} -> m:Pages.post",
                }
            ),
            calls=frozenset(
                {
                    "m:Pages.put -[call]-> m:Session.find",
                    "m:Pages.put -[property]-> m:session",
                    "m: -[callback]-> m:missing",
                    "m:missing -[call]-> m:Session.find",
                    "m:missing -[property]-> m:session",
                    "m:Policy.identity -[construct]-> m:User",
                    "m:help_url -[call]-> m:trim",
                    "m:includeme -[call]-> m:redirect",
                    "m:item -[call]-> m:Session.find",
                    "m:item -[call]-> m:User.rename",
                    "m:item -[call]-> m:help_url",
                    "m:item -[property]-> m:session",
                    "m:main -[call]-> m:Policy.identity",
                    "m:main -[call]-> m:includeme",
                    "m:main -[call]-> m:inner",
                    "m:inner -[callback]-> m:shelves",
                    "m:inner -[callback]-> m:refill",
                    "m:main -[construct]-> m:Configurator",
                    "m:main -[construct]-> m:Policy",
                    "m:session -[construct]-> m:Session",
                }
            ),
        ),
        Example(
            """
            import venusian

            def includeme(config):
                config.add_route("items", "/items")
                config.add_route("parts", "/parts")

            def add_api_view(config, view, versions, **settings):
                settings.setdefault("renderer", "json")
                config.add_view(view=view, **settings)

            def api_config(versions, **settings):
                def callback(context, _name, ob):
                    add_api_view(context.config, view=ob, versions=versions, **settings)
                def wrapper(wrapped):
                    venusian.attach(wrapped, callback, category="pyramid")
                    return wrapped
                return wrapper

            @api_config(versions=["v1"], route_name="items", request_method="POST")
            def create(request): pass

            @api_config(versions=["v1"], route_name="parts")
            def parts(request): pass
            """,
            entries=frozenset({"http POST /items -> m:create", "http ANY /parts -> m:parts"}),
            calls=frozenset(
                {
                    "m: -[call]-> m:api_config",
                    "m: -[decorate]-> m:api_config.wrapper",
                    "m:api_config.wrapper -[callback]-> m:api_config.callback",
                    "m:api_config.callback -[call]-> m:add_api_view",
                }
            ),
        ),
        Example(
            """
            from pyramid.view import view_config

            class Basket:
                def __init__(self, request): pass
                def add(self): pass

            def listens(request): request.basket.add()
            def note(event): pass

            class Tween:
                def __init__(self, handler, registry): pass
                def __call__(self, request): pass

            def includeme(config):
                config.add_request_method(Basket, "basket", reify=True)
                config.add_subscriber(note, "pyramid.events.NewRequest")
                config.add_tween("m.Tween")
            """,
            calls=frozenset(
                {
                    "m:includeme -[callback]-> m:note",
                    "m:includeme -[construct]-> m:Tween.__init__",
                    "m:listens -[call]-> m:Basket.add",
                }
            ),
        ),
        Example(
            """
            from pyramid.config import Configurator
            from pyramid.view import view_config

            @view_config(route_name="item", request_method="GET", renderer="json")
            def item(request): return helper()

            def remove(request): pass
            def helper(): pass

            def add_action_route(config, name, action, **options):
                config.add_route(name, "/act", action=action, **options)

            def add_old_route(config, name, path):
                config.add_route(name, path)

            def routes(config):
                config.add_directive("add_action_route", add_action_route, action_wrap=False)
                config.add_directive("add_old_route", add_old_route)
                config.add_route("more", "/more")
                config.add_action_route("upload", "upload", domain=None)
                config.add_old_route("old", "/old")

            @view_config(route_name="more")
            def more(request): pass

            @view_config(route_name="upload")
            def upload(request): pass

            @view_config(route_name="old")
            def old(request): pass

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
                    "http ANY /act -> m:upload",
                    "http ANY /old -> m:old",
                }
            ),
            calls=frozenset(
                {
                    "m:item -[call]-> m:helper",
                    "m:main -[callback]-> m:remove",
                    "m:routes -[call]-> m:add_action_route",
                    "m:routes -[call]-> m:add_old_route",
                }
            ),
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
