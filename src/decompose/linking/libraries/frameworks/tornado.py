"""Tornado: handlers in the lists that an application is made of, and what its loop runs."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.found import FoundEntry
from decompose.linking.libraries.decorator_routes import handlers_by_method, join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.route_patterns import readable
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_WEB = """
class Application:
    __keeps_attributes__ = True
    def __init__(self, handlers=None, default_host=None, **settings) -> None: ...
    def add_handlers(self, host_pattern, host_handlers) -> None: ...

class RequestHandler:
    __has_more__ = True

    application: Application
    __hooks__ = "prepare initialize on_finish get head post put patch delete options data_received write_error get_current_user"
    __hooks_of_each_request__ = "prepare initialize on_finish"

class URLSpec:
    def __init__(self, pattern, handler, kwargs=None, name=None) -> None: ...

url = URLSpec
"""

_WEBSOCKET = """
from tornado.web import RequestHandler

class WebSocketHandler(RequestHandler):
    __hooks__ = "open on_message on_close on_ping on_pong check_origin select_subprotocol"
"""

_LOOP = """
from decompose.effects import enters, runs

class IOLoop:
    @classmethod
    def current(cls, instance=True) -> IOLoop: ...
    @classmethod
    def instance(cls) -> IOLoop: ...
    @runs("callback", "call")
    def add_callback(self, callback, *args, **kwargs) -> None: ...
    @runs("callback", "call")
    def spawn_callback(self, callback, *args, **kwargs) -> None: ...
    @runs("callback", "call")
    def call_later(self, delay, callback, *args, **kwargs): ...
    @runs("callback", "call")
    def call_at(self, when, callback, *args, **kwargs): ...
    @runs("func", "call")
    def run_sync(self, func, timeout=None): ...

class PeriodicCallback:
    @runs("callback", "call")
    @enters("schedule", "callback")
    def __init__(self, callback, callback_time, jitter=0) -> None: ...
"""

_HANDLER = "tornado.web:RequestHandler"
_RULE = "tornado.web:URLSpec"


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """The verbs of each handler that stands in a rule, by the pattern beside it.

    Rules are gathered in many ways, from modules, plug-ins and attributes; a pattern with a class of handlers is one wherever it
    stands. What a prefix that is computed adds to it is not known.
    """
    for scope in linked.program.scopes:
        for pattern, handler, line in _rules(linked, scope) if not scope.library else ():
            path = linked.constant(scope, pattern)
            route = join("", readable(path)) if isinstance(path, str) else "/<dynamic>"
            for value in linked.names.evaluate(scope, handler) if type(handler) is int else ():
                description = linked.values[value]
                cls = linked.program.scopes[description[1]] if description[0] == "C" else None
                if cls is not None and not cls.library and linked.inherits(cls, _HANDLER):
                    for verb, target, method in handlers_by_method(linked, cls, None):
                        yield FoundEntry("http", f"{verb} {route}", target, scope.module.file, line, method)


def _rules(linked: Linked, scope: Scope) -> Iterator[tuple[Ref, Ref, int]]:
    """The pattern, the handler and the line of each ``(r"/orders", Orders)`` and ``url(r"/orders", Orders)``."""
    for operation in scope.facts.ops:
        match operation[0]:
            case Op.CONTAINER if operation[2] == "tuple" and len(operation[3]) > 1 and type(operation[3][1]) is int:
                yield operation[3][0], operation[3][1], operation[-1]
            case Op.CALL if len(operation[3]) > 1 and _makes_rule(linked, scope, operation[2]):
                yield operation[3][0], operation[3][1], operation[-1]


def _makes_rule(linked: Linked, scope: Scope, called: Ref) -> bool:
    values = (linked.values[value] for value in linked.names.evaluate(scope, called)) if type(called) is int else ()
    return any(d[0] == "C" and linked.program.scopes[d[1]].definition == _RULE for d in values)


FRAMEWORK = Framework(
    name="Tornado",
    summaries={"tornado.web": _WEB, "tornado.websocket": _WEBSOCKET, "tornado.ioloop": _LOOP},
    entry_points=(entry_points,),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/orders.py": """
                    from tornado.web import RequestHandler, url

                    class Base(RequestHandler):
                        def prepare(self): check()

                    class Order(Base):
                        def get(self, number): pass
                        async def post(self, number): pass

                    def check(): pass

                    _rest = r"(?P<rest>(?:(?:/[^/]+)+|/?))"
                    default_handlers = [url(r"/orders/(?P<number>[0-9]+)", Order, name="order"), (rf"/bills{_rest}/(.+)", Base)]
                    """,
                "shop/app.py": """
                    from tornado import web
                    from tornado.ioloop import IOLoop, PeriodicCallback
                    from tornado.websocket import WebSocketHandler
                    from shop import orders

                    class Items(web.RequestHandler):
                        def get(self): IOLoop.current().add_callback(count)

                    class News(WebSocketHandler):
                        def on_message(self, message): pass

                    def count(): pass
                    def sweep(): pass

                    def more(): return [(r"/news", News)]

                    def make():
                        handlers = [(r"/items/?", Items), (r"/(.*)", web.StaticFileHandler)]
                        handlers += orders.default_handlers
                        PeriodicCallback(sweep, 1000).start()
                        return web.Application(handlers + more(), debug=True)
                    """,
            },
            entries=frozenset(
                {
                    "http GET /orders/<number> -> shop.orders:Order.get",
                    "http POST /orders/<number> -> shop.orders:Order.post",
                    "http ANY /bills<rest>/<var> -> shop.orders:Base",
                    "http GET /items/ -> shop.app:Items.get",
                    "http ANY /news -> shop.app:News",
                    "schedule sweep -> shop.app:sweep",
                }
            ),
            calls=frozenset(
                {
                    "shop.orders:Base.prepare -[call]-> shop.orders:check",
                    "shop.app:Items.get -[call]-> shop.app:count",
                    "shop.app:make -[call]-> shop.app:more",
                    "shop.app:make -[call]-> shop.app:sweep",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Application:
                def __init__(self, handlers): pass

            class Items:
                def get(self): pass

            Application([(r"/items", Items)])
            """,
            calls=frozenset({"m: -[construct]-> m:Application.__init__"}),
        ),
    ),
)
