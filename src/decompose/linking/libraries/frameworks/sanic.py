"""Sanic: routes of applications and blueprints, listeners, background tasks."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

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
    @calls_back("middleware")
    def middleware(self, middleware: F) -> F: ...
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

FRAMEWORK = Framework(
    name="Sanic",
    summaries={"sanic": _SUMMARY, "sanic.views": _VIEWS},
    examples=(
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
