"""Pyramid: routes have a name, and views say which name they serve."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.pyramid_requests import CONFIGURATOR, REQUEST, configuring, registering, wires
from decompose.linking.linked import Linked
from decompose.linking.makers import Makers
from decompose.linking.origins import Given
from decompose.linking.program import Scope
from decompose.linking.registrations import Registrations

_CONFIG = """
from typing import Any, TypeVar

from decompose.effects import calls_back, calls_on, keeps, runs
from pyramid.registry import Registry

T = TypeVar("T")

class Configurator:
    __has_more__ = True

    registry: Registry
    introspection: bool
    def __init__(self, *args, **options) -> None: ...
    def __enter__(self) -> Configurator: ...
    def __exit__(self, *exc) -> None: ...
    def add_route(self, name, pattern=None, **options) -> None: ...
    def add_view(self, view=None, name="", route_name=None, request_method=None, **options) -> None: ...
    def add_notfound_view(self, view=None, **options) -> None: ...
    def add_forbidden_view(self, view=None, **options) -> None: ...
    def add_exception_view(self, view=None, context=None, **options) -> None: ...
    @keeps("callable")
    def add_request_method(self, callable=None, name=None, property=False, reify=False) -> None: ...
    @keeps("directive")
    def add_directive(self, name, directive, action_wrap=True) -> None: ...
    @calls_back("subscriber", "T")
    def add_subscriber(self, subscriber, iface: type[T] = None, **options) -> None: ...
    @runs("tween_factory", "callback")
    def add_tween(self, tween_factory, under=None, over=None) -> None: ...
    @calls_back("deriver")
    def add_view_deriver(self, deriver, name=None, under=None, over=None) -> None: ...
    @calls_back("factory")
    def set_session_factory(self, factory) -> None: ...
    @calls_on("T", "identity", "authenticated_userid", "permits", "remember", "forget")
    def set_security_policy(self, policy: T) -> None: ...
    @calls_on("T", "authenticated_userid", "unauthenticated_userid", "effective_principals", "remember", "forget")
    def set_authentication_policy(self, policy: T) -> None: ...
    @calls_on("T", "permits", "principals_allowed_by_permission")
    def set_authorization_policy(self, policy: T) -> None: ...
    @calls_back("callable")
    def action(self, discriminator, callable=None, args=(), kw=None, order=0, introspectables=(), **extra) -> None: ...
    @keeps("service_factory")
    def register_service_factory(self, service_factory, iface=None, context=None, name="") -> None: ...
    def register_service(self, service, iface=None, context=None, name="") -> None: ...
    def maybe_dotted(self, dotted: T) -> T: ...
    def get_settings(self) -> dict[str, Any]: ...
    def add_settings(self, settings=None, **more) -> None: ...
    @keeps("callable")
    def include(self, callable, route_prefix=None) -> None: ...
    def scan(self, package=None, **options) -> None: ...
    def make_wsgi_app(self): ...
"""

_VIEW = """
from typing import TypeVar

from decompose.effects import calls_back

F = TypeVar("F")

class view_config:
    def __init__(self, **settings) -> None: ...
    def __call__(self, wrapped: F) -> F: ...

class view_defaults:
    def __init__(self, **settings) -> None: ...
    def __call__(self, wrapped: F) -> F: ...

class _ErrorView:
    def __init__(self, *args, **settings) -> None: ...
    @calls_back("wrapped")
    def __call__(self, wrapped: F) -> F: ...

class notfound_view_config(_ErrorView): ...
class forbidden_view_config(_ErrorView): ...
class exception_view_config(_ErrorView): ...
"""

_REGISTRY = """
from typing import Any

class Registry(dict):
    __has_more__ = True
    __keeps_attributes__ = True

    settings: dict[str, Any]
    package_name: str
"""

_REQUEST = """
from typing import Any

from decompose.effects import calls_back
from pyramid.registry import Registry
from pyramid.response import Response
from starlette.sessions import Session as KeptSession

class MultiDict(dict[str, str]):
    __has_more__ = True
    def getone(self, key) -> str: ...
    def getall(self, key) -> list[str]: ...
    def mixed(self) -> dict[str, Any]: ...

class Session(KeptSession):
    def flash(self, msg, queue="", allow_duplicate=True) -> None: ...
    def changed(self) -> None: ...

class Request:
    __has_more__ = True
    __keeps_attributes__ = True

    GET: MultiDict
    POST: MultiDict
    params: MultiDict
    headers: dict[str, str]
    cookies: dict[str, str]
    environ: dict[str, Any]
    matchdict: dict[str, str]
    registry: Registry
    response: Response
    session: Session
    body: bytes
    text: str
    method: str
    path: str
    path_info: str
    path_qs: str
    path_url: str
    url: str
    host: str
    host_url: str
    application_url: str
    domain: str
    scheme: str
    query_string: str
    referer: str
    referrer: str
    user_agent: str
    remote_addr: str
    client_addr: str
    content_type: str
    accept_encoding: str
    exception: Exception
    identity: Any
    def route_path(self, route_name, *elements, **options) -> str: ...
    def route_url(self, route_name, *elements, **options) -> str: ...
    def current_route_path(self, *elements, **options) -> str: ...
    def current_route_url(self, *elements, **options) -> str: ...
    def resource_url(self, resource, *elements, **options) -> str: ...
    def resource_path(self, resource, *elements, **options) -> str: ...
    def static_path(self, path, **options) -> str: ...
    def static_url(self, path, **options) -> str: ...
    def find_service(self, iface=None, context=None, name=""): ...
    @calls_back("callback")
    def add_response_callback(self, callback) -> None: ...
    @calls_back("callback")
    def add_finished_callback(self, callback) -> None: ...
"""

_RESPONSE = """
class Response:
    __has_more__ = True
    __keeps_attributes__ = True

    headers: dict[str, str]
    body: bytes
    text: str
    status: str
    status_code: int
    status_int: int
    def __init__(self, *args, **options) -> None: ...
"""

_EVENTS = """
from typing import TypeVar

from decompose.effects import calls_back
from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response

F = TypeVar("F")

class ApplicationCreated: ...
class NewRequest:
    request: Request
class ContextFound:
    request: Request
class BeforeTraversal:
    request: Request
class NewResponse:
    request: Request
    response: Response
class BeforeRender(dict): ...

class subscriber:
    def __init__(self, *ifaces, **predicates) -> None: ...
    @calls_back("wrapped")
    def __call__(self, wrapped: F) -> F: ...
"""

_THREADLOCAL = """
from pyramid.registry import Registry
from pyramid.request import Request

def get_current_request() -> Request: ...
def get_current_registry() -> Registry: ...
"""


_VENUSIAN = """
from typing import TypeVar

from decompose.effects import calls_back, keeps

C = TypeVar("C")
N = TypeVar("N")
F = TypeVar("F")

class AttachInfo:
    __has_more__ = True

@keeps("wrapped")
@calls_back("callback", "C", "N", "F")
def attach(wrapped: F, callback, category=None, depth=1, name=None) -> AttachInfo: ...
"""


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Each view under the path of its route."""
    registrations = Registrations(Makers(linked))
    paths: dict[str, str] = {}
    for site, _ in configuring(linked, "add_route"):
        # A directive of the application's adds routes under the names that it is given.
        for place, name, given in registrations.calls(site, site.argument(0, "name")):
            route = linked.constant(place.frame.scope, name)
            pattern = linked.keyword(site.frame.scope, site.operation, "pattern", 1, given)
            if isinstance(route, str) and isinstance(pattern, str):
                paths.setdefault(route, pattern)
    for site, view in registering(linked):
        # A decorator of Pyramid's own says at its own line what it registers, one of the application's where it is used.
        for place, handed, given in registrations.calls(*view):
            for handler in linked.handlers(place, handed):
                yield from _view(linked, site, handler, paths, given, site if place is view[0] else place)


def requests_in_transactions(linked: Linked) -> bool:
    """Whether ``pyramid_tm`` is included, which puts a transaction around each request."""
    included = (
        linked.constant(site.frame.scope, site.argument(0, "callable")) for site, _ in configuring(linked, "include")
    )
    return "pyramid_tm" in included


def _view(
    linked: Linked, site: Site, handler: Scope, paths: dict[str, str], given: Given, place: Site
) -> Iterator[FoundEntry]:
    said = [site, *_defaults(linked, handler)]

    def stated(name: str) -> Any:  # Any: a text, or a list of them
        found = (linked.keyword(by.frame.scope, by.operation, name, -1, given) for by in said)
        return next((value for value in found if value is not None), None)

    route, name, method, attribute = (stated(option) for option in ("route_name", "name", "request_method", "attr"))
    path = paths.get(route) if isinstance(route, str) else name if isinstance(name, str) else None
    if path is None:
        return
    if isinstance(attribute, str) and not handler.is_function:
        found = linked.bound_method(handler, attribute)
        handler = found[0] if found is not None else handler
    methods = method if isinstance(method, list) else [method if isinstance(method, str) else "ANY"]
    for verb in methods:
        yield FoundEntry("http", f"{verb} {join('', path)}", handler, place.frame.scope.module.file, place.line)


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
    summaries={
        "pyramid.config": _CONFIG,
        "pyramid.events": _EVENTS,
        "pyramid.registry": _REGISTRY,
        "pyramid.request": _REQUEST,
        "pyramid.response": _RESPONSE,
        "pyramid.threadlocal": _THREADLOCAL,
        "pyramid.view": _VIEW,
        "venusian": _VENUSIAN,
    },
    packages=("pyramid",),
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
            """,
            entries=frozenset(
                {
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
