"""Django Ninja: operations of an API and its routers, below the path that the table of URLs gives it, and controllers."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.found import FoundEntry
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.mounts import Made
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_VERBS = ("get", "post", "put", "patch", "delete")

_OPERATIONS = "\n".join(
    f"""
    @serves("view_func", "path", "{verb.upper()}")
    def {verb}(self, path, **options) -> _Decorator: ..."""
    for verb in _VERBS
)
_SUMMARY = f"""
from typing import TypeVar

from decompose.effects import calls_back, mounts, serves

F = TypeVar("F")

class _Decorator:
    def __call__(self, view_func: F) -> F: ...

class _Hook:
    @calls_back("function")
    def __call__(self, function: F) -> F: ...

class Router:
    __has_more__ = True
    def __init__(self, **options) -> None: ...
    @serves("view_func", "path", "methods")
    def api_operation(self, methods, path, **options) -> _Decorator: ...
    @mounts("prefix", "router")
    def add_router(self, prefix, router, **options) -> None: ...
{_OPERATIONS}

class NinjaAPI(Router):
    urls: tuple
    def exception_handler(self, exc_class) -> _Hook: ...
"""

_EXTRA = """
from ninja import NinjaAPI, Router
from typing import TypeVar

F = TypeVar("F")

class _Decorator:
    def __call__(self, function: F) -> F: ...

class ControllerBase:
    __has_more__ = True

class NinjaExtraAPI(NinjaAPI):
    def register_controllers(self, *controllers) -> None: ...

def api_controller(prefix_or_class="", **options) -> _Decorator: ...
def http_get(path="", **options) -> _Decorator: ...
def http_post(path="", **options) -> _Decorator: ...
def http_put(path="", **options) -> _Decorator: ...
def http_patch(path="", **options) -> _Decorator: ...
def http_delete(path="", **options) -> _Decorator: ...
class route:
    @staticmethod
    def get(path="", **options) -> _Decorator: ...
    @staticmethod
    def post(path="", **options) -> _Decorator: ...
    @staticmethod
    def put(path="", **options) -> _Decorator: ...
    @staticmethod
    def patch(path="", **options) -> _Decorator: ...
    @staticmethod
    def delete(path="", **options) -> _Decorator: ...
"""

_APIS = ("ninja:NinjaAPI", "ninja_extra:NinjaExtraAPI")
_PATHS = frozenset({"path", "re_path", "url"})


def mounted(linked: Linked) -> Iterator[tuple[Made, str]]:
    """``path("api/", api.urls)``: an API, and the path below which the table of URLs has it."""
    for site, module, name in linked.external_sites(kind="call"):
        if not module.startswith("django.") or name.rpartition(".")[2] not in _PATHS:
            continue
        scope = site.frame.scope
        path = linked.keyword(scope, site.operation, "route", 0)
        for of, attribute in scope.attributes_read(site.argument(1, "view")):
            origin = linked.origin(scope, of) if attribute == "urls" else None
            if origin is not None and isinstance(path, str):
                yield (origin.scope.index, origin.operation[1]), path.removeprefix("^").removesuffix("$")


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """The operations of controllers, each below the path of its controller and of the API."""
    prefixes = {cls.index: path for cls, path in _controllers(linked)}
    above = next((path for _, path in mounted(linked)), "")
    for verb in _VERBS if prefixes else ():
        for site in linked.sites_calling(f"ninja_extra:http_{verb}", f"ninja_extra:route.{verb}"):
            path = linked.keyword(site.frame.scope, site.operation, "path", 0)
            for decoration in linked.decorations(site):
                for handler in linked.handlers(decoration, decoration.arguments[0]):
                    if handler.parent is not None and handler.parent.index in prefixes:
                        route = join(join(above, prefixes[handler.parent.index]), path if isinstance(path, str) else "")
                        yield FoundEntry(
                            "http", f"{verb.upper()} {route}", handler, handler.module.file, handler.facts.line
                        )


def _controllers(linked: Linked) -> Iterator[tuple[Scope, str]]:
    for site in linked.sites_calling("ninja_extra:api_controller"):
        path = linked.keyword(site.frame.scope, site.operation, "prefix_or_class", 0)
        for decoration in linked.decorations(site):
            for cls in linked.handlers(decoration, decoration.arguments[0]):
                yield cls, path if isinstance(path, str) else ""


FRAMEWORK = Framework(
    name="Django Ninja",
    summaries={"ninja": _SUMMARY, "ninja.router": "from ninja import Router\n", "ninja_extra": _EXTRA},
    entry_points=(entry_points,),
    mounted=(mounted,),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/api.py": """
                    from ninja import NinjaAPI, Router
                    from shop.orders import router as orders

                    api = NinjaAPI()
                    items = Router()

                    @api.get("/health")
                    def health(request): helper()

                    @items.api_operation(["PATCH", "PUT"], "/{number}")
                    def change(request, number: int): pass

                    def helper(): pass

                    api.add_router("/items/", items)
                    api.add_router("/orders/", orders)
                    api.add_router("/carts/", "shop.carts.router")
                """,
                "shop/orders.py": """
                    from ninja import Router
                    router = Router()

                    @router.post("/")
                    def place(request): pass
                """,
                "shop/carts.py": """
                    from ninja import Router
                    router = Router()

                    @router.get("/{number}")
                    def cart(request, number: int): pass
                """,
                "shop/urls.py": """
                    from django.urls import path
                    from shop.api import api
                    urlpatterns = [path("api/", api.urls)]
                """,
            },
            entries=frozenset(
                {
                    "http GET /api/health -> shop.api:health",
                    "http PATCH /api/items/{number} -> shop.api:change",
                    "http PUT /api/items/{number} -> shop.api:change",
                    "http POST /api/orders/ -> shop.orders:place",
                    "http GET /api/carts/{number} -> shop.carts:cart",
                }
            ),
            calls=frozenset({"shop.api:health -[call]-> shop.api:helper"}),
        ),
        Example(
            """
            from django.urls import path
            from ninja_extra import NinjaExtraAPI, api_controller, http_get, route

            @api_controller("/items", tags=["items"])
            class Items:
                @http_get("/{number}")
                def show(self, number: int): self.find()
                @route.post("")
                def add(self): pass
                def find(self): pass

            api = NinjaExtraAPI()
            api.register_controllers(Items)
            urlpatterns = [path("api/", api.urls)]
            """,
            entries=frozenset({"http GET /api/items/{number} -> m:Items.show", "http POST /api/items -> m:Items.add"}),
            calls=frozenset({"m:Items.show -[call]-> m:Items.find"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Router:
                def get(self, path): return lambda function: function

            router = Router()

            @router.get("/items")
            def items(request): pass
            """,
            calls=frozenset(
                {"m: -[construct]-> m:Router", "m: -[call]-> m:Router.get", "m: -[decorate]-> m:Router.get"}
            ),
        ),
    ),
)
