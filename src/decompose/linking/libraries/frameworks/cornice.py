"""Cornice: a service has a path in Pyramid, and its decorators say which function answers which method."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import TypeVar

from decompose.effects import calls_back, mounts, serves

F = TypeVar("F")

class _View:
    def __call__(self, view: F) -> F: ...

class Service:
    __has_more__ = True
    @mounts("path")
    def __init__(self, name, path=None, description=None, cors_policy=None, depth=1, pyramid_route=None, **options) -> None: ...
    @serves("view", "", "GET")
    @calls_back("error_handler")
    def get(self, error_handler=None, **options) -> _View: ...
    @serves("view", "", "POST")
    @calls_back("error_handler")
    def post(self, error_handler=None, **options) -> _View: ...
    @serves("view", "", "PUT")
    @calls_back("error_handler")
    def put(self, error_handler=None, **options) -> _View: ...
    @serves("view", "", "PATCH")
    @calls_back("error_handler")
    def patch(self, error_handler=None, **options) -> _View: ...
    @serves("view", "", "DELETE")
    @calls_back("error_handler")
    def delete(self, error_handler=None, **options) -> _View: ...
    @serves("view", "", "OPTIONS")
    @calls_back("error_handler")
    def options(self, error_handler=None, **options) -> _View: ...
"""

FRAMEWORK = Framework(
    name="Cornice",
    summaries={"cornice": _SUMMARY, "cornice.service": "from cornice import Service\n"},
    examples=(
        Example(
            """
            from cornice import Service

            orders = Service(name="orders", path="/orders/", description="All orders")
            order = Service("order", "/orders/{number}")

            @orders.get(accept="text/html", renderer="page")
            @orders.get(renderer="json", error_handler=refuse)
            def listed(request): return rows()

            @orders.post(schema=object)
            def add(request): pass

            @order.delete()
            def remove(request): pass

            def refuse(request): pass
            def rows(): pass
            """,
            entries=frozenset(
                {
                    "http GET /orders/ -> m:listed",
                    "http POST /orders/ -> m:add",
                    "http DELETE /orders/{number} -> m:remove",
                }
            ),
            calls=frozenset({"m:listed -[call]-> m:rows", "m: -[callback]-> m:refuse"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            import cornice

            class Service:
                def __init__(self, name, path): pass
                def get(self): return lambda view: view

            orders = Service("orders", "/orders/")

            @orders.get()
            def listed(request): pass
            """,
            calls=frozenset(
                {
                    "m: -[construct]-> m:Service.__init__",
                    "m: -[call]-> m:Service.get",
                    "m: -[decorate]-> m:Service.get",
                }
            ),
        ),
    ),
)
