"""Litestar: handlers by decorators, in controllers and routers with paths of their own, and what they are provided with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking.found import FoundEntry
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.litestar_layers import Layers
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope
from decompose.linking.wiring import Wire, own_frame

_SUMMARY = """
from typing import Any, TypeVar

from decompose.effects import calls_back, keeps, mounts
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
class websocket_stream(_Handler): ...
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
    @mounts("path", "route_handlers")
    def __init__(self, path="/", *, route_handlers=(), **options) -> None: ...
    @mounts("", "value")
    def register(self, value) -> None: ...

class Litestar(Router):
    __has_more__ = True

    state: _State
    @mounts("path", "route_handlers")
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
    def emit(self, event_id, *args, **kwargs) -> None: ...
"""

_HANDLERS = """
from litestar import asgi, delete, get, head, patch, post, put, route, websocket, websocket_listener, websocket_stream

class WebsocketListener:
    __hooks__ = "on_accept on_receive on_disconnect"
"""

_ALSO = {
    "litestar.app": "from litestar import Litestar",
    "litestar.controller": "from litestar import Controller",
    "litestar.router": "from litestar import Router",
    "litestar.connection": "from litestar import Request",
    "litestar.response": "from litestar import Response",
}
"""Where the same names stand a second time."""

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


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Each handler below the paths of its controller and of the routers that list it, and what listens to events."""
    layers = Layers(linked)
    for handler in layers.handlers():
        function = handler.function
        for route in layers.paths(handler):
            for method in handler.methods:
                yield FoundEntry("http", f"{method} {route}", function, function.module.file, function.facts.line)
    for function, events in _listeners(linked):
        for event in events:
            yield FoundEntry("signal", event, function, function.module.file, function.facts.line)


def wires(linked: Linked) -> Iterator[Wire]:
    """From each handler to what provides its parameters, by their names, and to the guards and hooks of its layers."""
    provided, layers = _provided(linked), Layers(linked)
    for handler in layers.handlers():
        function = handler.function
        frame = own_frame(linked.engine, function)
        for name, node, *_ in function.facts.parameters if provided else ():
            found = provided.get(name, [])
            own = [p for p in found if p[0] is function.parent] or found
            for _, provider in own:
                rule = f"provides {name}"
                yield Wire(function, function.facts.line, provider, "callback", rule, frame.nodes[node])
        for run, said in layers.run_for(handler):
            yield Wire(function, function.facts.line, run, "callback", said)


def wires_of_events(linked: Linked) -> Iterator[Wire]:
    """From where an event is emitted to what listens to it, by the event's name."""
    listening: dict[str, list[Scope]] = {}
    for function, events in _listeners(linked):
        for event in events:
            listening.setdefault(event, []).append(function)
    for site in linked.sites_calling("litestar:Litestar.emit") if listening else ():
        event = linked.keyword(site.frame.scope, site.operation, "event_id", 0)
        for function in listening.get(event, []) if isinstance(event, str) else ():
            yield Wire(site.frame.scope, site.line, function, "signal", f"listens to {event}")


def _listeners(linked: Linked) -> Iterator[tuple[Scope, list[str]]]:
    for site in linked.sites_calling("litestar.events:listener"):
        given = [linked.constant(site.frame.scope, ref) for ref in site.arguments]
        for decoration in linked.decorations(site):
            for function in linked.handlers(decoration, decoration.arguments[0]):
                yield function, [event for event in given if isinstance(event, str)]


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
    summaries={
        "litestar": _SUMMARY,
        "litestar.di": _DI,
        "litestar.events": _EVENTS,
        "litestar.handlers": _HANDLERS,
        **_ALSO,
    },
    entry_points=(entry_points,),
    wires=(wires, wires_of_events),
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
        Example(
            """
            from litestar import Controller, Litestar, Request, Router, get, post, websocket_stream
            from litestar.events import listener
            from litestar.handlers import WebsocketListener
            from litestar.router import Router as Group

            ROOT, REST = "/", "/{rest:path}"

            def signed_in(connection, handler): pass
            def is_owner(connection, handler): pass
            def note(request): pass
            def audit(request): pass

            class Base(Controller):
                guards = [is_owner]

                @get()
                async def listed(self): pass

            class Boats(Base):
                path = "/boats"
            class Ships(Base):
                path = "/ships"
                before_request = note

                @post("/", guards=[signed_in])
                async def launch(self, request: Request):
                    request.app.emit("launched", 1)

            @get([ROOT, REST])
            async def page(): pass

            NAMES = frozenset({"map", "log"})
            SCREENS = ["/screens/"] + [f"/{name}/" for name in NAMES] + [f"/{name}/{{rest:path}}" for name in NAMES]

            @get(SCREENS)
            async def screen(): pass

            @websocket_stream("/ticks")
            async def ticks(): yield 1

            class Chat(WebsocketListener):
                path = "/chat"
                def on_receive(self, data): pass

            @listener("launched", "sunk")
            async def tell(number): pass

            def yard():
                return Group(path="/yard", route_handlers=[Boats])

            def routes():
                return [page, screen, yard()]

            app = Litestar([*routes(), ticks, Chat], guards=[audit])
            sea = Router("/sea", route_handlers=[])
            sea.register(Ships)
            app.register(sea)
            """,
            entries=frozenset(
                {
                    "http GET /yard/boats -> m:Base.listed",
                    "http GET /sea/ships -> m:Base.listed",
                    "http POST /sea/ships -> m:Ships.launch",
                    "http GET /screens -> m:screen",
                    "http GET /map -> m:screen",
                    "http GET /log -> m:screen",
                    "http GET /map/{rest:path} -> m:screen",
                    "http GET /log/{rest:path} -> m:screen",
                    "http GET / -> m:page",
                    "http GET /{rest:path} -> m:page",
                    "http WEBSOCKET /ticks -> m:ticks",
                    "http WEBSOCKET /chat -> m:Chat.on_receive",
                    "signal launched -> m:tell",
                    "signal sunk -> m:tell",
                }
            ),
            calls=frozenset(
                {
                    "m: -[call]-> m:routes",
                    "m:routes -[call]-> m:yard",
                    "m:Base.listed -[callback]-> m:is_owner",
                    "m:Base.listed -[callback]-> m:note",
                    "m:Base.listed -[callback]-> m:audit",
                    "m:Ships.launch -[callback]-> m:is_owner",
                    "m:Ships.launch -[callback]-> m:signed_in",
                    "m:Ships.launch -[callback]-> m:note",
                    "m:Ships.launch -[callback]-> m:audit",
                    "m:Ships.launch -[signal]-> m:tell",
                    "m:page -[callback]-> m:audit",
                    "m:screen -[callback]-> m:audit",
                    "m:ticks -[callback]-> m:audit",
                    "m:Chat.on_receive -[callback]-> m:audit",
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
