"""Sanic: routes of applications and blueprints, listeners, background tasks."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.found import FoundEntry
from decompose.linking.libraries.decorator_routes import handlers_by_method, join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.mounts import Made, Mounts
from decompose.linking.linked import Linked

_SUMMARY = """
from typing import TypeVar

from decompose.effects import calls_back, mounts, runs, serves

F = TypeVar("F")

class _Route:
    def __call__(self, handler: F) -> F: ...

class _Hook:
    @calls_back("function")
    def __call__(self, function: F) -> F: ...

class _Routes:
    @serves("handler", "uri", "methods")
    def route(self, uri, methods=None, **options) -> _Route: ...
    @serves("handler", "uri", "methods")
    def add_route(self, handler, uri, methods=None, **options) -> None: ...
    @serves("handler", "uri", "GET")
    def get(self, uri, **options) -> _Route: ...
    @serves("handler", "uri", "POST")
    def post(self, uri, **options) -> _Route: ...
    @serves("handler", "uri", "PUT")
    def put(self, uri, **options) -> _Route: ...
    @serves("handler", "uri", "PATCH")
    def patch(self, uri, **options) -> _Route: ...
    @serves("handler", "uri", "DELETE")
    def delete(self, uri, **options) -> _Route: ...
    @serves("handler", "uri", "WEBSOCKET")
    def websocket(self, uri, **options) -> _Route: ...
    @serves("handler", "uri", "HEAD")
    def head(self, uri, **options) -> _Route: ...
    @serves("handler", "uri", "OPTIONS")
    def options(self, uri, **options) -> _Route: ...
    @serves("handler", "uri", "WEBSOCKET")
    def add_websocket_route(self, handler, uri, **options) -> None: ...
    @calls_back("middleware")
    def middleware(self, middleware: F) -> F | _Hook: ...
    @calls_back("middleware")
    def register_middleware(self, middleware, attach_to="request", **options) -> None: ...
    @calls_back("listener")
    def register_listener(self, listener, event, **options) -> None: ...
    @calls_back("function")
    def main_process_start(self, function: F) -> F: ...
    @calls_back("function")
    def main_process_stop(self, function: F) -> F: ...
    @calls_back("function")
    def on_request(self, function: F) -> F: ...
    @calls_back("function")
    def on_response(self, function: F) -> F: ...
    def listener(self, event) -> _Hook: ...
    @calls_back("function")
    def before_server_start(self, function: F) -> F: ...
    @calls_back("function")
    def after_server_start(self, function: F) -> F: ...
    @calls_back("function")
    def before_server_stop(self, function: F) -> F: ...
    @calls_back("function")
    def after_server_stop(self, function: F) -> F: ...
    def exception(self, *errors) -> _Hook: ...

class Blueprint(_Routes):
    @mounts("url_prefix")
    def __init__(self, name=None, url_prefix=None, **options) -> None: ...
    @staticmethod
    @mounts("url_prefix", "blueprints")
    def group(*blueprints, url_prefix="", **options) -> BlueprintGroup: ...

class BlueprintGroup: ...

class _Context:
    __keeps_attributes__ = True

class Request:
    app: Sanic
    ctx: _Context
    async def receive_body(self): ...
    async def respond(self, *args, **options): ...
    def url_for(self, *args, **options): ...

class Sanic(_Routes):
    ctx: _Context
    def __init__(self, name=None, **options) -> None: ...
    @mounts("url_prefix", "blueprint")
    def blueprint(self, blueprint, url_prefix=None, **options) -> None: ...
    @runs("task", "task")
    def add_task(self, task, **options): ...
"""

_VIEWS = """
from flask.views import MethodView

class HTTPMethodView(MethodView): ...
"""

_VIEW = "sanic.views:HTTPMethodView"
_VERSIONED = ("sanic:Blueprint", "sanic:Blueprint.group")


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """The methods of each view that says itself what it is attached to: ``class Orders(HTTPMethodView, attach=shop)``."""
    mounts = None
    for cls in linked.program.scopes:
        given = dict(cls.facts.keywords)
        if "attach" not in given or cls.library or cls.parent is None or not linked.inherits(cls, _VIEW):
            continue
        mounts = mounts or Mounts(linked)
        path = linked.constant(cls.parent, given["uri"]) if "uri" in given else ""
        for prefix in mounts.prefixes_of(linked.origin(cls.parent, given["attach"])):
            for answer in handlers_by_method(linked, cls, None):
                route = join(prefix, path if isinstance(path, str) else "<dynamic>")
                yield FoundEntry("http", f"{answer.verb} {route}", answer.handler, cls.module.file, cls.facts.line)


def mounted(linked: Linked) -> Iterator[tuple[Made, str]]:
    """The version that blueprints and groups of them stand below: ``/v1``."""
    for site in linked.sites_calling(*_VERSIONED):
        scope, operation = site.frame.scope, site.operation
        version = linked.keyword(scope, operation, "version")
        if isinstance(version, str | int | float) and not scope.library:
            before = linked.keyword(scope, operation, "version_prefix")
            yield (scope.index, operation[1]), f"{before if isinstance(before, str) else '/v'}{version}"


FRAMEWORK = Framework(
    name="Sanic",
    summaries={"sanic": _SUMMARY, "sanic.views": _VIEWS},
    entry_points=(entry_points,),
    mounted=(mounted,),
    examples=(
        Example(
            """
            from sanic import Blueprint, Sanic
            from sanic.views import HTTPMethodView

            items = Blueprint("items", url_prefix="/items")
            pages = Blueprint("pages", version=2)
            api = Blueprint.group(items, version=1, version_prefix="/api/v")

            class Items(HTTPMethodView, attach=items):
                @staticmethod
                async def get(request): pass
                async def post(self, request): pass

            class Item(HTTPMethodView, attach=items, uri="/<number:int>"):
                async def put(self, request, number): pass

            @pages.get("/<path:path>")
            async def page(request, path): pass

            async def news(request, socket): pass

            app = Sanic("shop")

            @app.middleware("request")
            async def check(request): pass

            @app.middleware
            async def count(request): pass

            async def close(app): pass

            app.blueprint(Blueprint.group(pages, api))
            app.add_websocket_route(news, "/news")
            app.register_listener(close, "after_server_stop")
            """,
            entries=frozenset(
                {
                    "http GET /api/v1/items -> m:Items.get",
                    "http POST /api/v1/items -> m:Items.post",
                    "http PUT /api/v1/items/<number:int> -> m:Item.put",
                    "http GET /v2/<path:path> -> m:page",
                    "http WEBSOCKET /news -> m:news",
                }
            ),
            calls=frozenset(
                {
                    "m: -[callback]-> m:check",
                    "m: -[callback]-> m:count",
                    "m: -[callback]-> m:close",
                    "m: -[callback]-> m:news",
                }
            ),
        ),
        Example(
            """
            from sanic import Blueprint, Sanic
            from sanic.views import HTTPMethodView

            app = Sanic("shop")
            items = Blueprint("items", url_prefix="/items")
            orders = Blueprint("orders", url_prefix="/orders")

            @app.get("/health")
            async def health(request): return helper()

            @app.route("/echo", methods=["GET", "PUT"])
            async def echo(request): pass

            @items.post("/<name:str>")
            async def add(request, name):
                request.app.add_task(index())
                app.add_task(sweep)

            class Order(HTTPMethodView):
                async def get(self, request, number): pass
                async def delete(self, request, number): pass

            orders.add_route(Order.as_view(), "/<number:int>")

            @app.on_request
            async def check(request): pass

            @app.listener("before_server_start")
            async def connect(app): pass

            async def index(): pass
            async def sweep(app): pass
            def helper(): pass

            app.blueprint(items)
            app.blueprint(Blueprint.group(orders, url_prefix="/v1"))
            """,
            entries=frozenset(
                {
                    "http GET /health -> m:health",
                    "http GET /echo -> m:echo",
                    "http PUT /echo -> m:echo",
                    "http POST /items/<name:str> -> m:add",
                    "http GET /v1/orders/<number:int> -> m:Order.get",
                    "http DELETE /v1/orders/<number:int> -> m:Order.delete",
                }
            ),
            calls=frozenset(
                {
                    "m:health -[call]-> m:helper",
                    "m:add -[call]-> m:index",
                    "m:add -[task]-> m:sweep",
                    "m: -[callback]-> m:check",
                    "m: -[callback]-> m:connect",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Sanic:
                def get(self, uri): return lambda function: function

            app = Sanic()

            @app.get("/items")
            def items(request): pass
            """,
            calls=frozenset({"m: -[construct]-> m:Sanic", "m: -[call]-> m:Sanic.get", "m: -[decorate]-> m:Sanic.get"}),
        ),
    ),
)
