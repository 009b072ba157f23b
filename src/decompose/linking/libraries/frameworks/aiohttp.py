"""aiohttp's server: routes of applications and route tables."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_SUMMARY = """
from typing import Generic, TypeVar

from decompose.effects import calls_back, mounts, serves

A = TypeVar("A")
Q = TypeVar("Q")
F = TypeVar("F")

class _Route:
    def __call__(self, handler: F) -> F: ...

class BaseRequest:
    __keeps_attributes__ = True
    app: Application
    async def json(self, **options): ...
    async def text(self): ...
    async def read(self): ...
    async def post(self): ...
    async def multipart(self): ...
    def get(self, key, default=None): ...

class Request(BaseRequest): ...

class View:
    request: Request

class UrlDispatcher(Generic[Q]):
    @calls_back("handler", "Q")
    @serves("handler", "path", "GET")
    def add_get(self, path, handler, **options): ...
    @calls_back("handler", "Q")
    @serves("handler", "path", "POST")
    def add_post(self, path, handler, **options): ...
    @calls_back("handler", "Q")
    @serves("handler", "path", "PUT")
    def add_put(self, path, handler, **options): ...
    @calls_back("handler", "Q")
    @serves("handler", "path", "PATCH")
    def add_patch(self, path, handler, **options): ...
    @calls_back("handler", "Q")
    @serves("handler", "path", "DELETE")
    def add_delete(self, path, handler, **options): ...
    @calls_back("handler", "Q")
    @serves("handler", "path", "HEAD")
    def add_head(self, path, handler, **options): ...
    @calls_back("handler", "Q")
    @serves("handler", "path", "OPTIONS")
    def add_options(self, path, handler, **options): ...
    @calls_back("handler", "Q")
    @serves("handler", "path", "method")
    def add_route(self, method, path, handler, **options): ...
    @calls_back("handler", "Q")
    @serves("handler", "path", "ANY")
    def add_view(self, path, handler, **options): ...
    @mounts("", "routes")
    def add_routes(self, routes) -> None: ...

class _Signal(Generic[A]):
    @calls_back("receiver", "A")
    def append(self, receiver) -> None: ...

class Application:
    __keeps_attributes__ = True
    router: UrlDispatcher[Request]
    on_startup: _Signal[Application]
    on_shutdown: _Signal[Application]
    on_cleanup: _Signal[Application]
    cleanup_ctx: _Signal[Application]
    def __init__(self, **options) -> None: ...
    @mounts("", "routes")
    def add_routes(self, routes) -> None: ...
    @mounts("prefix", "subapp")
    def add_subapp(self, prefix, subapp) -> None: ...

class RouteTableDef:
    @serves("handler", "path", "GET")
    def get(self, path, **options) -> _Route: ...
    @serves("handler", "path", "POST")
    def post(self, path, **options) -> _Route: ...
    @serves("handler", "path", "PUT")
    def put(self, path, **options) -> _Route: ...
    @serves("handler", "path", "PATCH")
    def patch(self, path, **options) -> _Route: ...
    @serves("handler", "path", "DELETE")
    def delete(self, path, **options) -> _Route: ...
    @serves("handler", "path", "HEAD")
    def head(self, path, **options) -> _Route: ...
    @serves("handler", "path", "ANY")
    def view(self, path, **options) -> _Route: ...
    @serves("handler", "path", "method")
    def route(self, method, path, **options) -> _Route: ...

@serves("handler", "path", "GET")
def get(path, handler, **options): ...
@serves("handler", "path", "POST")
def post(path, handler, **options): ...
@serves("handler", "path", "PUT")
def put(path, handler, **options): ...
@serves("handler", "path", "PATCH")
def patch(path, handler, **options): ...
@serves("handler", "path", "DELETE")
def delete(path, handler, **options): ...
@serves("handler", "path", "HEAD")
def head(path, handler, **options): ...
@serves("handler", "path", "ANY")
def view(path, handler, **options): ...
@serves("handler", "path", "method")
def route(method, path, handler, **options): ...
@calls_back("f")
def middleware(f: F) -> F: ...
"""

FRAMEWORK = Framework(
    name="aiohttp",
    summaries={"aiohttp.web": _SUMMARY},
    examples=(
        Example(
            """
            from aiohttp import web

            routes = web.RouteTableDef()

            @routes.get("/items")
            async def items(request): return helper()

            @routes.view("/orders")
            class Orders(web.View):
                async def get(self): pass
                async def post(self): pass

            async def add(request): pass
            async def remove(request): pass
            def helper(): pass

            @web.middleware
            async def logged(request, handler): return await handler(request)

            def make():
                app = web.Application(middlewares=[logged])
                app.router.add_post("/items", add)
                app.add_routes([web.delete("/items/{id}", remove)])
                app.add_routes(routes)
                return app
            """,
            entries=frozenset(
                {
                    "http GET /items -> m:items",
                    "http GET /orders -> m:Orders.get",
                    "http POST /orders -> m:Orders.post",
                    "http POST /items -> m:add",
                    "http DELETE /items/{id} -> m:remove",
                }
            ),
            calls=frozenset(
                {
                    "m:items -[call]-> m:helper",
                    "m: -[callback]-> m:logged",
                    "m:make -[callback]-> m:add",
                    "m:make -[callback]-> m:remove",
                }
            ),
        ),
        Example(
            """
            from aiohttp import web

            async def hello(request): pass
            async def home(request): pass

            def make_admin():
                admin = web.Application()
                admin.router.add_get("/home", home)
                return admin

            app = web.Application()
            app.add_routes([web.get("/", hello)])
            app.add_subapp("/admin/", make_admin())
            """,
            entries=frozenset({"http GET / -> m:hello", "http GET /admin/home -> m:home"}),
            calls=frozenset(
                {
                    "m: -[call]-> m:make_admin",
                    "m: -[callback]-> m:hello",
                    "m:make_admin -[callback]-> m:home",
                }
            ),
        ),
        Example(
            """
            from aiohttp import web

            class Database:
                async def connect(self): pass
                async def rows(self): pass

            async def open_database(app):
                app["database"] = Database()
                await app["database"].connect()

            async def index(request):
                await request.app["database"].rows()

            app = web.Application()
            app.on_startup.append(open_database)
            app.router.add_get("/", index)
            """,
            entries=frozenset({"http GET / -> m:index"}),
            calls=frozenset(
                {
                    "m: -[callback]-> m:open_database",
                    "m: -[callback]-> m:index",
                    "m:open_database -[construct]-> m:Database",
                    "m:open_database -[call]-> m:Database.connect",
                    "m:index -[call]-> m:Database.rows",
                }
            ),
        ),
        Example(
            """
            from aiohttp import web

            app = web.Application()
            site = web.Application()
            site.add_subapp("/shop", app)

            def guarded(method, path):
                def decorate(handler):
                    method(path, handler)
                    return handler
                return decorate

            @guarded(app.router.add_get, "/items")
            async def items(request): pass

            @guarded(app.router.add_post, "/items")
            async def add(request): pass
            """,
            entries=frozenset({"http GET /shop/items -> m:items", "http POST /shop/items -> m:add"}),
            calls=frozenset(
                {
                    "m: -[call]-> m:guarded",
                    "m: -[decorate]-> m:guarded.decorate",
                    "m:guarded.decorate -[callback]-> m:items",
                    "m:guarded.decorate -[callback]-> m:add",
                }
            ),
        ),
        Example(
            {
                "shop/__init__.py": "",
                "shop/lists.py": """
                    def one(request): pass
                    def two(request): pass
                    routes = []
                    routes.append(["GET", "/one", one])
                    routes.append(["POST", "/two", two])
                """,
                "shop/carts.py": """
                    from shop import lists
                    def three(request): pass
                    routes = [("PUT", "/three", three)]
                    every = [*routes, *lists.routes]
                """,
                "shop/m.py": """
                    from aiohttp import web
                    from shop import carts, lists
                    class Server:
                        def __init__(self):
                            self.app = web.Application()
                        def set_up(self):
                            routes = list()
                            routes.extend(lists.routes)
                            routes.extend(carts.routes)
                            for route in routes:
                                method, path, function = route
                                self.app.router.add_route(method, path, function)
                    def again():
                        app = web.Application()
                        for method, path, function in carts.every:
                            app.router.add_route(method, "/all" + path, function)
                """,
            },
            entries=frozenset(
                {
                    "http GET /one -> shop.lists:one",
                    "http POST /two -> shop.lists:two",
                    "http PUT /three -> shop.carts:three",
                    "http GET /all/one -> shop.lists:one",
                    "http POST /all/two -> shop.lists:two",
                    "http PUT /all/three -> shop.carts:three",
                }
            ),
            calls=frozenset(
                {
                    "shop.m:Server.set_up -[callback]-> shop.lists:one",
                    "shop.m:Server.set_up -[callback]-> shop.lists:two",
                    "shop.m:Server.set_up -[callback]-> shop.carts:three",
                    "shop.m:again -[callback]-> shop.lists:one",
                    "shop.m:again -[callback]-> shop.lists:two",
                    "shop.m:again -[callback]-> shop.carts:three",
                }
            ),
        ),
        Example(
            {
                "shop/__init__.py": "",
                "shop/api.py": """
                    from aiohttp import web
                    routes = web.RouteTableDef()
                    @routes.get("/version")
                    async def version(request): pass
                    def make(config):
                        app = web.Application()
                        app.add_routes(routes)
                        return app
                """,
                "shop/server.py": """
                    from aiohttp import web
                    class Server:
                        def __init__(self, api, config):
                            self.app = web.Application()
                            self.config = config
                            self.set_up(api)
                        def set_up(self, api):
                            self.app.add_subapp("/v1", api)
                            self.add(self.config.method, "/hooks", self.hook)
                            self.add("put", "/carts", self.keep)
                        def add(self, method, path, handler):
                            self.app.router.add_route(method, path, handler)
                        def hook(self, request): pass
                        def keep(self, request): pass
                """,
                "shop/main.py": """
                    from shop import api, server
                    def run(config):
                        return server.Server(api.make(config), config)
                """,
                "shop/plugin.py": """
                    from aiohttp import web
                    carts = web.Application()
                    async def cart(request): pass
                    carts.router.add_get("/cart", cart)
                    def plug(app: web.Application):
                        app.add_subapp("/plugin", carts)
                """,
            },
            entries=frozenset(
                {
                    "http GET /v1/version -> shop.api:version",
                    "http ANY /hooks -> shop.server:Server.hook",
                    "http PUT /carts -> shop.server:Server.keep",
                    "http GET /plugin/cart -> shop.plugin:cart",
                }
            ),
            calls=frozenset(
                {
                    "shop.plugin: -[callback]-> shop.plugin:cart",
                    "shop.main:run -[call]-> shop.api:make",
                    "shop.main:run -[construct]-> shop.server:Server.__init__",
                    "shop.server:Server.__init__ -[call]-> shop.server:Server.set_up",
                    "shop.server:Server.set_up -[call]-> shop.server:Server.add",
                    "shop.server:Server.add -[callback]-> shop.server:Server.hook",
                    "shop.server:Server.add -[callback]-> shop.server:Server.keep",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Cache:
                def get(self, key): return lambda function: function

            cache = Cache()

            @cache.get("/items")
            def items(): pass
            """,
            calls=frozenset({"m: -[construct]-> m:Cache", "m: -[call]-> m:Cache.get", "m: -[decorate]-> m:Cache.get"}),
        ),
    ),
)
