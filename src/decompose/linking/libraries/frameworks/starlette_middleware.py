"""What middlewares of ASGI applications go on to: the next that the application has, and the last one to its router."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from decompose.facts.records import ParameterKind
from decompose.linking.frames import Site
from decompose.linking.libraries.ended_by_hooks import goes_on_in_transaction
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Given, library_method

_BASE = "starlette.middleware.base"
_GOING_ON = "call_next"

_MIDDLEWARE = """
from decompose.effects import calls_back

class Middleware:
    @calls_back("cls")
    @calls_back("dispatch")
    @calls_back("on_error")
    def __init__(self, cls, *args, dispatch=None, on_error=None, **options) -> None: ...
"""

_MIDDLEWARE_BASE = """
from decompose.effects import calls_back, calls_own
from starlette.responses import Response

class BaseHTTPMiddleware:
    __hooks__ = "dispatch"
    @calls_back("dispatch")
    def __init__(self, app, dispatch=None) -> None: ...
    @calls_own("dispatch", "call")
    async def __call__(self, scope, receive, send) -> None: ...
    async def call_next(self, request) -> Response: ...
"""

_ADDED = ("starlette.applications:Starlette.add_middleware", "fastapi:APIRouter.add_middleware")
_DECORATED = ("starlette.applications:Starlette.middleware", "fastapi:APIRouter.middleware")
_LISTED = ("starlette.middleware:Middleware",)


def wires(linked: Linked) -> Iterator[Given]:
    """To each middleware its options, and what it goes on to: an object of the next one's class, or the function that is one."""
    yield from _options(linked)
    chains = _chains(linked)
    for chain in chains:
        for middleware, following in pairwise(chain):
            described = linked.values[following]
            called = linked.values.instance(described[1]) if described[0] == "C" else following
            yield from (Given(function, name, called) for function, name in _takes(linked, middleware))
    further = library_method(linked.engine, _BASE, "BaseHTTPMiddleware", _GOING_ON)
    router = library_method(linked.engine, "starlette.routing", "Router", "__call__")
    classes = (cls for cls in linked.application_classes() if linked.inherits(cls, f"{_BASE}:BaseHTTPMiddleware"))
    known = [*(linked.class_value(cls.index) for cls in classes), *(value for chain in chains for value in chain)]
    last = {chain[-1] for chain in chains}
    for middleware in dict.fromkeys(known):
        for function, name in _takes(linked, middleware):
            if name != "app" and further is not None:
                yield Given(function, name, further)
            elif middleware in last and router is not None:
                yield Given(function, name, router)


def _chains(linked: Linked) -> list[list[Value]]:
    """The middlewares of the application's own that each object has, the outermost first: what is added last is outside."""
    added: dict[tuple[int, int], list[tuple[int, int, Value]]] = {}
    for definitions, order in ((_ADDED, -1), (_DECORATED, -1), (_LISTED, 1)):
        for site in linked.sites_calling(*definitions):
            for value in [] if site.frame.scope.library else _middlewares(linked, site, definitions):
                told = (order * site.line, order * site.operation[1], value)
                known = added.setdefault(_application(linked, site), [])
                known += [told] if told not in known else []
    return [[value for *_, value in sorted(chain)] for _, chain in sorted(added.items())]


def _options(linked: Linked) -> Iterator[Given]:
    """What the initialisers of middlewares are given by name where they are added."""
    for site in linked.sites_calling(*_ADDED, *_LISTED):
        for value in [] if site.frame.scope.library else _middlewares(linked, site, _ADDED):
            begun = linked.bound_method(linked.program.scopes[linked.values[value][1]], "__init__")
            for name, ref in site.keywords if begun is not None and linked.values[value][0] == "C" else ():
                if name is not None and begun is not None:
                    yield from (Given(begun[1], name, v) for v in sorted(linked.argument_values(site, ref)))


def _application(linked: Linked, site: Site) -> tuple[int, int]:
    """What tells applications apart: where one is made; middlewares that one function adds to what it is given are one's, too."""
    origin = linked.receiver(site)
    return (origin.scope.index, origin.operation[1]) if origin is not None else (site.frame.scope.index, -1)


def _middlewares(linked: Linked, site: Site, called: tuple[str, ...]) -> Iterator[Value]:
    """The class of the application that a call adds, or the function that it decorates with what it gives."""
    if called is _DECORATED:
        for decoration in linked.decorations(site):
            values = linked.argument_values(decoration, decoration.arguments[0])
            yield from (value for value in sorted(values) if _own(linked, value, "F"))
        return
    for value in sorted(linked.argument_values(site, site.argument(0))):
        if _own(linked, value, "C"):
            yield value
        elif linked.values[value][0] == "C":  # the library's own, around a function
            given = linked.argument_values(site, site.argument(-1, "dispatch"))
            yield from (function for function in sorted(given) if _own(linked, function, "F"))


def _own(linked: Linked, value: Value, kind: str) -> bool:
    description = linked.values[value]
    return description[0] == kind and not linked.program.scopes[description[1]].library


def _takes(linked: Linked, middleware: Value) -> Iterator[tuple[Value, str]]:
    """The functions of a middleware that are given what it goes on to, each with the name of the parameter."""
    description = linked.values[middleware]
    scope = linked.program.scopes[description[1]]
    if description[0] == "F":
        yield from _taking(middleware, scope, 1)
        return
    begun, dispatched = linked.bound_method(scope, "__init__"), linked.bound_method(scope, "dispatch")
    if begun is not None:
        yield from ((begun[1], name) for _, name in _taking(begun[1], begun[0], 1) if name == "app")
    if dispatched is not None and linked.inherits(scope, f"{_BASE}:BaseHTTPMiddleware"):
        yield from _taking(dispatched[1], dispatched[0], 2)


def _taking(function: Value, scope: Scope, position: int) -> Iterator[tuple[Value, str]]:
    names = [p[0] for p in scope.facts.parameters if p[4] == ParameterKind.POSITIONAL]
    yield from ((function, name) for name in names[position : position + 1])


def requests_in_transactions(linked: Linked) -> bool:
    """Whether a middleware goes on inside of a transaction, or commits behind that."""
    classes = (cls for cls in linked.application_classes() if linked.inherits(cls, f"{_BASE}:BaseHTTPMiddleware"))
    own = [linked.class_value(cls.index) for cls in classes]
    known = dict.fromkeys([*own, *(value for chain in _chains(linked) for value in chain)])
    return any(
        goes_on_in_transaction(linked, function, name)
        for middleware in known
        for name in {name for _, name in _takes(linked, middleware)}
        for function in _functions(linked, middleware)
    )


def _functions(linked: Linked, middleware: Value) -> Iterator[Scope]:
    """A middleware that is a function, or the methods of one by which it answers."""
    scope = linked.program.scopes[linked.values[middleware][1]]
    if scope.is_function:
        yield scope
        return
    methods = (linked.bound_method(scope, name) for name in ("__call__", "dispatch"))
    yield from (method[0] for method in methods if method is not None and not method[0].library)


FRAMEWORK = Framework(
    name="Middlewares of ASGI applications",
    summaries={
        "starlette.middleware": _MIDDLEWARE,
        "starlette.middleware.base": _MIDDLEWARE_BASE,
        "fastapi.middleware": "from starlette.middleware import Middleware as Middleware",
    },
    wires=(wires,),
    requests_in_transactions=requests_in_transactions,
    examples=(
        Example(
            """
            from fastapi import FastAPI
            from fastapi.middleware.gzip import GZipMiddleware
            from starlette.middleware.base import BaseHTTPMiddleware

            class Headers:
                def __init__(self, app): self.app = app
                async def __call__(self, scope, receive, send): await self.app(scope, receive, send)

            class Timed(BaseHTTPMiddleware):
                async def dispatch(self, request, call_next):
                    answer = await call_next(request)
                    return self.note(answer)
                def note(self, answer): return answer

            app = FastAPI()
            app.add_middleware(Headers)
            app.add_middleware(GZipMiddleware)
            app.add_middleware(Timed)

            @app.middleware("http")
            async def outermost(request, call_next): return await call_next(request)
            """,
            calls=frozenset(
                {
                    "m: -[callback]-> m:Headers.__init__",
                    "m: -[callback]-> m:Timed",
                    "m: -[callback]-> m:outermost",
                    "m:Timed -[callback]-> m:Timed.dispatch",
                    "m:outermost -[call]-> m:Timed.dispatch",
                    "m:Timed.dispatch -[call]-> m:Timed.note",
                    "m:Timed.dispatch -[call]-> m:Headers.__call__",
                }
            ),
        ),
        Example(
            """
            from starlette.applications import Starlette
            from starlette.middleware import Middleware
            from starlette.middleware.authentication import AuthenticationMiddleware

            class Log:
                def write(self): pass

            class First:
                def __init__(self, app, log): self.app, self.log = app, log
                async def __call__(self, scope, receive, send):
                    self.log.write()
                    await self.app(scope, receive, send)

            class Second:
                def __init__(self, app): self.app = app
                async def __call__(self, scope, receive, send): await self.app(scope, receive, send)

            def refuse(connection, error): pass

            checked = Middleware(AuthenticationMiddleware, on_error=refuse)
            app = Starlette(middleware=[Middleware(First, log=Log()), Middleware(Second), checked])
            """,
            calls=frozenset(
                {
                    "m: -[callback]-> m:First.__init__",
                    "m: -[callback]-> m:Second.__init__",
                    "m: -[callback]-> m:refuse",
                    "m: -[construct]-> m:Log",
                    "m:First.__call__ -[call]-> m:Log.write",
                    "m:First.__call__ -[call]-> m:Second.__call__",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import starlette

            class App:
                def add_middleware(self, middleware): pass

            class Headers:
                def __init__(self, app): self.app = app
                def __call__(self, scope): self.app(scope)

            def run():
                app = App()
                app.add_middleware(Headers)
            """,
            calls=frozenset({"m:run -[construct]-> m:App", "m:run -[call]-> m:App.add_middleware"}),
        ),
    ),
)
