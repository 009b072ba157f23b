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
@mounts("", "app")
def Host(host, app, name=None): ...

class Router:
    @mounts("", "routes")
    def __init__(self, routes=None, **options) -> None: ...
    @mounts("path", "app")
    def mount(self, path, app=None, name=None) -> None: ...
    @serves("endpoint", "path", "methods")
    def add_route(self, path, endpoint, methods=None, **options) -> None: ...
    @serves("endpoint", "path", "WEBSOCKET")
    def add_websocket_route(self, path, endpoint, name=None) -> None: ...
    async def __call__(self, scope, receive, send) -> None: ...
"""

_STARLETTE_ENDPOINTS = """
class HTTPEndpoint:
    __hooks__ = "dispatch method_not_allowed get post put patch delete head options"
    __hooks_of_each_request__ = "dispatch"
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

_STARLETTE_DATASTRUCTURES = """
class State:
    __keeps_attributes__ = True
"""

_STARLETTE_REQUESTS = """
from starlette.applications import Starlette
from starlette.sessions import Session
from starlette.datastructures import URL, Address, FormData, Headers, QueryParams, State

class HTTPConnection:
    app: Starlette
    state: State
    url: URL
    base_url: URL
    headers: Headers
    query_params: QueryParams
    path_params: dict
    cookies: dict
    client: Address
    session: Session
    scope: dict
    def url_for(self, name, **path_params) -> URL: ...

class Request(HTTPConnection):
    async def body(self): ...
    async def json(self): ...
    async def form(self, **options) -> FormData: ...
    async def close(self) -> None: ...
    async def is_disconnected(self): ...
    def stream(self): ...
"""

_STARLETTE_WEBSOCKETS = """
from starlette.requests import HTTPConnection

class WebSocket(HTTPConnection):
    async def accept(self, subprotocol=None, headers=None) -> None: ...
    async def close(self, code=1000, reason=None) -> None: ...
    async def receive(self): ...
    async def receive_text(self): ...
    async def receive_bytes(self): ...
    async def receive_json(self, mode="text"): ...
    async def send(self, message) -> None: ...
    async def send_text(self, data) -> None: ...
    async def send_bytes(self, data) -> None: ...
    async def send_json(self, data, mode="text") -> None: ...
    def iter_text(self): ...
    def iter_bytes(self): ...
    def iter_json(self): ...
"""

_STARLETTE_APPLICATIONS = """
from typing import TypeVar

from decompose.effects import calls_back, mounts, serves
from starlette.datastructures import State

F = TypeVar("F")

class _Hook:
    @calls_back("function")
    def __call__(self, function: F) -> F: ...

class Starlette:
    state: State
    @calls_back("lifespan")
    @mounts("", "routes")
    def __init__(self, debug=False, routes=None, *, lifespan=None, **options) -> None: ...
    @mounts("path", "app")
    def mount(self, path, app=None, name=None) -> None: ...
    @serves("route", "path", "methods")
    def add_route(self, path, route, methods=None, **options) -> None: ...
    @serves("route", "path", "WEBSOCKET")
    def add_websocket_route(self, path, route, name=None) -> None: ...
    def middleware(self, kind) -> _Hook: ...
    def exception_handler(self, error) -> _Hook: ...
    def on_event(self, event) -> _Hook: ...
    @calls_back("middleware_class")
    @calls_back("dispatch")
    @calls_back("on_error")
    def add_middleware(self, middleware_class, *, dispatch=None, on_error=None, **options) -> None: ...
"""

FRAMEWORK = Framework(
    name="Starlette",
    summaries={
        "starlette.routing": _SUMMARY,
        "starlette.endpoints": _STARLETTE_ENDPOINTS,
        "starlette.background": _STARLETTE_BACKGROUND,
        "starlette.datastructures": _STARLETTE_DATASTRUCTURES,
        "starlette.requests": _STARLETTE_REQUESTS,
        "starlette.websockets": _STARLETTE_WEBSOCKETS,
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
        Example(
            """
            from starlette.applications import Starlette
            from starlette.routing import Router

            class Routes(Router):
                def __init__(self, prefix=""):
                    self.prefix = prefix
                    super().__init__()

                def get(self, path):
                    def decorator(function):
                        async def answer(request): return await function(request)
                        self.add_route(path=self.prefix + path, endpoint=answer, methods=["GET"])
                        return function
                    return decorator

                def socket(self, path):
                    def decorator(function):
                        self.add_websocket_route(path=self.prefix + path, endpoint=function)
                        return function
                    return decorator

                def include(self, router, prefix=""):
                    self.mount(path=self.prefix + prefix, app=router)

            items = Routes(prefix="/items")
            pages = Routes()

            @items.get("/first")
            async def first(request): pass

            @items.socket("/news")
            async def news(socket): pass

            @pages.get("/home")
            async def home(request): pass

            def make(base=""):
                top = Routes(prefix=base)
                top.include(items, prefix="/api")
                top.include(pages)
                return top.routes

            app = Starlette(routes=make())
            """,
            entries=frozenset(
                {
                    "http GET /api/items/first -> m:first",
                    "http WEBSOCKET /api/items/news -> m:news",
                    "http GET /home -> m:home",
                }
            ),
            calls=frozenset(
                {
                    "m: -[call]-> m:make",
                    "m: -[call]-> m:Routes.get",
                    "m: -[call]-> m:Routes.socket",
                    "m: -[construct]-> m:Routes.__init__",
                    "m: -[decorate]-> m:Routes.get.decorator",
                    "m: -[decorate]-> m:Routes.socket.decorator",
                    "m:Routes.get.decorator -[callback]-> m:Routes.get.decorator.answer",
                    "m:Routes.get.decorator.answer -[call]-> m:first",
                    "m:Routes.get.decorator.answer -[call]-> m:home",
                    "m:Routes.socket.decorator -[callback]-> m:news",
                    "m:make -[construct]-> m:Routes.__init__",
                    "m:make -[call]-> m:Routes.include",
                }
            ),
        ),
        Example(
            """
            from starlette.applications import Starlette
            from starlette.requests import Request

            class Pool:
                def ask(self): pass

            class Cart:
                def add(self): pass

            app = Starlette()
            app.state.pool = Pool()

            def opened(request: Request):
                request.state.cart = Cart()

            async def items(request: Request):
                request.app.state.pool.ask()
                request.state.cart.add()
            """,
            calls=frozenset(
                {
                    "m: -[construct]-> m:Pool",
                    "m:opened -[construct]-> m:Cart",
                    "m:items -[call]-> m:Pool.ask",
                    "m:items -[call]-> m:Cart.add",
                }
            ),
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
