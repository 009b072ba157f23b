"""Litestar: handlers by decorators, in controllers and routers with paths of their own, and what they are provided with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope
from decompose.linking.wiring import Wire, own_frame

_SUMMARY = """
from typing import Any, TypeVar

from decompose.effects import calls_back, keeps
from starlette.sessions import Session

F = TypeVar("F")

class _Handler:
    def __init__(self, path=None, **options) -> None: ...
    def __call__(self, fn: F) -> F: ...

class get(_Handler): ...
class post(_Handler): ...
class put(_Handler): ...
class patch(_Handler): ...
class delete(_Handler): ...
class head(_Handler): ...
class route(_Handler): ...
class websocket(_Handler): ...
class websocket_listener(_Handler): ...
class asgi(_Handler): ...

class Controller:
    __hooks__ = ""

class _State:
    __keeps_attributes__ = True

class Request:
    __has_more__ = True
    __keeps_attributes__ = True

    state: _State
    app: Litestar
    headers: dict[str, str]
    cookies: dict[str, str]
    query_params: dict[str, str]
    path_params: dict[str, Any]
    session: Session

class Response:
    __has_more__ = True
    def __init__(self, content=None, **options) -> None: ...

class Router:
    def __init__(self, path="/", *, route_handlers=(), **options) -> None: ...
    def register(self, value) -> None: ...

class Litestar(Router):
    __has_more__ = True

    state: _State
    @calls_back("on_startup")
    @calls_back("on_shutdown")
    @calls_back("lifespan")
    @calls_back("before_request")
    @calls_back("after_request")
    @calls_back("after_response")
    @calls_back("after_exception")
    @calls_back("listeners")
    def __init__(
        self, route_handlers=(), *, path="/", on_startup=None, on_shutdown=None, lifespan=None, before_request=None,
        after_request=None, after_response=None, after_exception=None, listeners=None, **options
    ) -> None: ...
"""

_DI = """
from decompose.effects import keeps

class Provide:
    @keeps("dependency")
    def __init__(self, dependency, use_cache=False, sync_to_thread=None) -> None: ...
"""

_EVENTS = """
from typing import TypeVar

F = TypeVar("F")

class listener:
    def __init__(self, *event_ids) -> None: ...
    def __call__(self, fn: F) -> F: ...
"""

_VERBS = {
    "get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE", "head": "HEAD",
    "websocket": "WEBSOCKET", "websocket_listener": "WEBSOCKET", "asgi": "ANY", "route": "",
}  # fmt: skip
_HOLDERS = ("litestar:Router", "litestar:Litestar")
_MAX_DEPTH = 8


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Each handler below the paths of its controller and of the routers that list it."""
    mounts = _Mounts(linked)
    for site, verb, handler in _handlers(linked):
        paths = _paths(linked, site)
        for method in [verb] if verb else _methods(linked, site):
            for prefix in mounts.prefixes(handler):
                for path in paths:
                    route = join(prefix, "" if path == "/" and prefix else path)
                    yield FoundEntry("http", f"{method} {route}", handler, handler.module.file, handler.facts.line)


def wires(linked: Linked) -> Iterator[Wire]:
    """From each handler to what provides its parameters, by their names."""
    provided = _provided(linked)
    for _, _, handler in _handlers(linked) if provided else ():
        frame = own_frame(linked.engine, handler)
        for name, node, *_ in handler.facts.parameters:
            found = provided.get(name, [])
            own = [p for p in found if p[0] is handler.parent] or found
            for _, provider in own:
                rule = f"provides {name}"
                yield Wire(handler, handler.facts.line, provider, "callback", rule, frame.nodes[node])


def _handlers(linked: Linked) -> Iterator[tuple[Site, str, Scope]]:
    """The calls that make decorators of handlers, each with its method and what it decorates."""
    for name, verb in _VERBS.items():
        for site in linked.sites_calling(f"litestar:{name}"):
            for decoration in linked.decorations(site):
                for handler in linked.handlers(decoration, decoration.arguments[0]):
                    if handler.is_function:
                        yield site, verb, handler


def _paths(linked: Linked, site: Site) -> list[str]:
    given = linked.keyword(site.frame.scope, site.operation, "path", 0)
    if given is None:
        return ["/"] if site.argument(0, "path") == -1 else ["<dynamic>"]
    return [path for path in (given if isinstance(given, list | tuple) else [given]) if isinstance(path, str)]


def _methods(linked: Linked, site: Site) -> list[str]:
    given = linked.keyword(site.frame.scope, site.operation, "http_method")
    return [
        method for method in (given if isinstance(given, list | tuple) else [given]) if isinstance(method, str)
    ] or ["ANY"]


class _Mounts:
    """Which routers list which handlers, controllers and routers, and below which paths."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._above: dict[int, list[Site]] = {}
        self._routers: dict[tuple[int, int], list[Site]] = {}
        for site in linked.sites_calling(*_HOLDERS):
            listed = site.argument(1 if self._is_router(site) else 0, "route_handlers")
            for value in linked.listed_values(sorted(linked.argument_values(site, listed))):
                described = linked.values[value]
                if described[0] in ("F", "C"):
                    self._above.setdefault(described[1], []).append(site)
            for made in self._made(listed, site):
                self._routers.setdefault(made, []).append(site)

    def _is_router(self, site: Site) -> bool:
        return any(self.linked.program.scopes[t].definition.startswith("litestar:Router") for t, _, _ in site.targets)

    def _made(self, listed: Ref, site: Site) -> Iterator[tuple[int, int]]:
        """The calls that made the routers in a list: their scope, and the node of the call."""
        scope = site.frame.scope
        for container in scope.operations_producing(listed):
            for element in container[3] if container[0] == Op.CONTAINER else ():
                origin = self.linked.origin(scope, element)
                if origin is not None and origin.operation[0] == Op.CALL:
                    yield origin.scope.index, origin.operation[1]

    def prefixes(self, handler: Scope) -> list[str]:
        """The paths below which a handler is served: one, empty, where nothing lists it."""
        owner = handler.parent if handler.is_method else None
        own = self._of_controller(owner) if owner is not None else ""
        holders = self._above.get(owner.index if owner is not None else handler.index, [])
        above = [prefix for site in holders for prefix in self._of_router(site, _MAX_DEPTH)] or [""]
        return list(dict.fromkeys(join(prefix, own) if own else prefix for prefix in above))

    def _of_router(self, site: Site, depth: int) -> list[str]:
        scope, operation = site.frame.scope, site.operation
        path = self.linked.keyword(scope, operation, "path", 0 if self._is_router(site) else -1)
        own = path if isinstance(path, str) and path != "/" else ""
        around = self._routers.get((scope.index, operation[1]), []) if depth else []
        above = [prefix for holder in around for prefix in self._of_router(holder, depth - 1)] or [""]
        return [join(prefix, own) if own else prefix for prefix in above]

    def _of_controller(self, cls: Scope) -> str:
        member = self.linked.hierarchy.member(cls, "path")
        path = self.linked.constant(member.owner, member.ref) if member is not None and member.ref is not None else None
        return path if isinstance(path, str) and path != "/" else ""


def _provided(linked: Linked) -> dict[str, list[tuple[Scope, Scope]]]:
    """Name -> where something is provided under it, and the function or class that does."""
    found: dict[str, list[tuple[Scope, Scope]]] = {}
    for site in linked.sites_calling("litestar.di:Provide"):
        scope = site.frame.scope
        for name in _keys_of(scope, site.operation[1]):
            for provider in linked.handlers(site, keyword_ref(site.operation, "dependency", 0)):
                if (scope, provider) not in found.setdefault(name, []):
                    found[name].append((scope, provider))
    return found


def _keys_of(scope: Scope, element: Any) -> Iterator[str]:  # Any: a ref
    for operation in scope.facts.ops:
        if operation[0] == Op.CONTAINER and operation[2] == "dict" and operation[4]:
            for key, value in zip(operation[4], operation[3], strict=False):
                if value == element and isinstance(key, str):
                    yield key


FRAMEWORK = Framework(
    name="Litestar",
    summaries={"litestar": _SUMMARY, "litestar.di": _DI, "litestar.events": _EVENTS},
    entry_points=(entry_points,),
    wires=(wires,),
    examples=(
        Example(
            """
            from litestar import Controller, Litestar, Router, delete, get, post, route
            from litestar.di import Provide

            class Store:
                def find(self): pass

            async def store(): return Store()
            async def other(): pass

            class Items(Controller):
                path = "/items"
                dependencies = {"shelf": Provide(store)}

                @get()
                async def index(self, shelf): shelf.find()
                @get(["/{number:int}", "/first"])
                async def show(self, number: int): self.helper()
                @delete(path="/{number:int}")
                async def remove(self, number: int): pass
                def helper(self): pass

            @post("/orders")
            async def order(stock): stock.find()

            @route("/both", http_method=["GET", "POST"])
            async def both(): pass

            @get("/health")
            async def health(): pass

            api = Router(path="/api", route_handlers=[Items, order], dependencies={"stock": Provide(store), "x": Provide(other)})
            app = Litestar(route_handlers=[health, both, Router("/v1", route_handlers=[api])])
            """,
            entries=frozenset(
                {
                    "http GET /v1/api/items -> m:Items.index",
                    "http GET /v1/api/items/{number:int} -> m:Items.show",
                    "http GET /v1/api/items/first -> m:Items.show",
                    "http DELETE /v1/api/items/{number:int} -> m:Items.remove",
                    "http POST /v1/api/orders -> m:order",
                    "http GET /both -> m:both",
                    "http POST /both -> m:both",
                    "http GET /health -> m:health",
                }
            ),
            calls=frozenset(
                {
                    "m:Items.index -[call]-> m:Store.find",
                    "m:Items.index -[callback]-> m:store",
                    "m:Items.show -[call]-> m:Items.helper",
                    "m:order -[call]-> m:Store.find",
                    "m:order -[callback]-> m:store",
                    "m:store -[construct]-> m:Store",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            def get(path): return lambda function: function

            @get("/items")
            def items(): pass
            """,
            calls=frozenset({"m: -[call]-> m:get", "m: -[decorate]-> m:get"}),
        ),
    ),
)
