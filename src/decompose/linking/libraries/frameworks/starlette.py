"""Starlette: routes, middleware, background tasks, what runs at the start."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from decompose.effects import calls_back, mounts, serves

@serves("endpoint", "path", "methods")
def Route(path, endpoint, methods=None, **options): ...
@serves("endpoint", "path", "WEBSOCKET")
def WebSocketRoute(path, endpoint, **options): ...
@mounts("path", "app", "routes")
def Mount(path, app=None, routes=None, **options): ...

class Router:
    @mounts("", "routes")
    def __init__(self, routes=None, **options) -> None: ...
    @mounts("path", "app")
    def mount(self, path, app=None, name=None) -> None: ...
    @serves("endpoint", "path", "methods")
    def add_route(self, path, endpoint, methods=None, **options) -> None: ...
"""

_STARLETTE_ENDPOINTS = """
class HTTPEndpoint:
    __hooks__ = "dispatch method_not_allowed get post put patch delete head options"
class WebSocketEndpoint:
    __hooks__ = "on_connect on_receive on_disconnect dispatch"
"""

_STARLETTE_BACKGROUND = """
from decompose.effects import runs

class BackgroundTask:
    @runs("func", "task")
    def __init__(self, func, *args, **kwargs) -> None: ...

class BackgroundTasks:
    @runs("func", "task")
    def add_task(self, func, *args, **kwargs) -> None: ...
"""

_STARLETTE_APPLICATIONS = """
from typing import TypeVar

from decompose.effects import calls_back, mounts, serves

F = TypeVar("F")

class _Hook:
    @calls_back("function")
    def __call__(self, function: F) -> F: ...

class Starlette:
    @calls_back("lifespan")
    @mounts("", "routes")
    def __init__(self, debug=False, routes=None, *, lifespan=None, **options) -> None: ...
    @mounts("path", "app")
    def mount(self, path, app=None, name=None) -> None: ...
    @serves("route", "path", "methods")
    def add_route(self, path, route, methods=None, **options) -> None: ...
    def middleware(self, kind) -> _Hook: ...
    def exception_handler(self, error) -> _Hook: ...
    def on_event(self, event) -> _Hook: ...
    @calls_back("middleware_class")
    def add_middleware(self, middleware_class, **options) -> None: ...
"""

FRAMEWORK = Framework(
    name="Starlette",
    summaries={
        "starlette.routing": _SUMMARY,
        "starlette.endpoints": _STARLETTE_ENDPOINTS,
        "starlette.background": _STARLETTE_BACKGROUND,
        "starlette.applications": _STARLETTE_APPLICATIONS,
    },
    examples=(
        Example(
            """
            from starlette.applications import Starlette
            from starlette.background import BackgroundTask
            from starlette.endpoints import HTTPEndpoint
            from starlette.routing import Route

            def mail(address): pass

            async def items(request): return BackgroundTask(mail, "a@b.c")

            class Orders(HTTPEndpoint):
                async def get(self, request): pass
                async def delete(self, request): pass

            async def lifespan(app): yield

            app = Starlette(
                routes=[Route("/items", items, methods=["POST"]), Route("/orders", Orders)], lifespan=lifespan
            )

            @app.middleware("http")
            async def timed(request, call_next): pass
            """,
            entries=frozenset(
                {
                    "http POST /items -> m:items",
                    "http GET /orders -> m:Orders.get",
                    "http DELETE /orders -> m:Orders.delete",
                }
            ),
            calls=frozenset(
                {
                    "m:items -[task]-> m:mail",
                    "m: -[callback]-> m:items",
                    "m: -[callback]-> m:lifespan",
                    "m: -[callback]-> m:timed",
                }
            ),
        ),
        Example(
            """
            from starlette.applications import Starlette
            from starlette.routing import Mount, Route

            def home(request): pass
            def items(request): pass
            def deep(request): pass

            inner = [Route("/items", items)]
            app = Starlette(
                routes=[Route("/", home), Mount("/api", routes=[*inner, Mount("/v1", routes=[Route("/deep", deep)])])]
            )
            other = Starlette(routes=[Route("/x", deep)])
            app.mount("/other", other)
            """,
            entries=frozenset(
                {
                    "http GET / -> m:home",
                    "http GET /api/items -> m:items",
                    "http GET /api/v1/deep -> m:deep",
                    "http GET /other/x -> m:deep",
                }
            ),
            calls=frozenset({"m: -[callback]-> m:home", "m: -[callback]-> m:items", "m: -[callback]-> m:deep"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Route:
                def __init__(self, road, walker): self.walker = walker

            def walk(): pass

            ROUTES = [Route("/items", walk)]
            """,
            calls=frozenset({"m: -[construct]-> m:Route.__init__"}),
        ),
    ),
)
