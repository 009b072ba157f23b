"""Bottle: routes of applications, and of the one application that the module keeps."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import TypeVar

from decompose.effects import calls_back, mounts, serves

F = TypeVar("F")

class _Route:
    def __call__(self, callback: F) -> F: ...

class _Hook:
    @calls_back("function")
    def __call__(self, function: F) -> F: ...

class Bottle:
    def __init__(self, **options) -> None: ...
    @serves("callback", "path", "method")
    def route(self, path=None, method="GET", callback=None, **options) -> _Route: ...
    @serves("callback", "path", "GET")
    def get(self, path=None, callback=None, **options) -> _Route: ...
    @serves("callback", "path", "POST")
    def post(self, path=None, callback=None, **options) -> _Route: ...
    @serves("callback", "path", "PUT")
    def put(self, path=None, callback=None, **options) -> _Route: ...
    @serves("callback", "path", "PATCH")
    def patch(self, path=None, callback=None, **options) -> _Route: ...
    @serves("callback", "path", "DELETE")
    def delete(self, path=None, callback=None, **options) -> _Route: ...
    @mounts("prefix", "app")
    def mount(self, prefix, app, **options) -> None: ...
    @mounts("", "routes")
    def merge(self, routes) -> None: ...
    def hook(self, name) -> _Hook: ...
    def error(self, code=500, callback=None) -> _Hook: ...

@serves("callback", "path", "method")
def route(path=None, method="GET", callback=None, **options) -> _Route: ...
@serves("callback", "path", "GET")
def get(path=None, callback=None, **options) -> _Route: ...
@serves("callback", "path", "POST")
def post(path=None, callback=None, **options) -> _Route: ...
@serves("callback", "path", "PUT")
def put(path=None, callback=None, **options) -> _Route: ...
@serves("callback", "path", "PATCH")
def patch(path=None, callback=None, **options) -> _Route: ...
@serves("callback", "path", "DELETE")
def delete(path=None, callback=None, **options) -> _Route: ...
def hook(name) -> _Hook: ...
def error(code=500, callback=None) -> _Hook: ...
"""

FRAMEWORK = Framework(
    name="Bottle",
    summaries={"bottle": _SUMMARY},
    examples=(
        Example(
            """
            import bottle
            from bottle import Bottle, get

            app = Bottle()
            shop = Bottle()

            @app.hook("before_request")
            def check(): pass

            @get("/health")
            def health(): return helper()

            @bottle.route("/echo", method=["GET", "POST"])
            def echo(): pass

            @shop.route("/orders/<number:int>")
            def order(number): pass

            @shop.route("/orders", method="POST")
            def place(): pass

            def items(): pass
            def helper(): pass

            shop.get("/items", callback=items)
            app.mount("/shop/", shop)
            """,
            entries=frozenset(
                {
                    "http GET /health -> m:health",
                    "http GET /echo -> m:echo",
                    "http POST /echo -> m:echo",
                    "http GET /shop/orders/<number:int> -> m:order",
                    "http POST /shop/orders -> m:place",
                    "http GET /shop/items -> m:items",
                }
            ),
            calls=frozenset({"m:health -[call]-> m:helper", "m: -[callback]-> m:check", "m: -[callback]-> m:items"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Bottle:
                def get(self, path): return lambda function: function

            app = Bottle()

            @app.get("/items")
            def items(): pass
            """,
            calls=frozenset(
                {"m: -[construct]-> m:Bottle", "m: -[call]-> m:Bottle.get", "m: -[decorate]-> m:Bottle.get"}
            ),
        ),
    ),
)
