"""Falcon: resources, objects or modules, whose functions `on_get`, `on_post_items`, ... answer a path."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.found import FoundEntry
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.http_methods import VERBS
from decompose.linking.linked import Linked
from decompose.linking.makers import Makers
from decompose.linking.program import Scope
from decompose.linking.registrations import Registrations
from decompose.linking.values import Value
from decompose.linking.wiring import Wire

_SUMMARY = """
from decompose.effects import calls_back, keeps, serves

class App:
    def __init__(self, *arguments, **options) -> None: ...
    def add_middleware(self, middleware) -> None: ...
    @keeps("resource")
    def add_route(self, uri_template, resource, suffix=None, **options) -> None: ...
    @serves("sink", "prefix", "ANY")
    @keeps("sink")
    def add_sink(self, sink, prefix="/") -> None: ...
    @calls_back("handler")
    def add_error_handler(self, exception, handler=None) -> None: ...

class API(App): ...
"""

_AROUND = tuple(
    f"process_{when}{end}"
    for when in ("request", "resource", "response", "startup", "shutdown", "request_ws", "resource_ws")
    for end in ("", "_async")
)
"""The methods of middleware that the framework calls."""

_CLASSES = ("falcon:App", "falcon:API", "falcon.asgi:App")


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """The methods of each resource under its path."""
    registrations = Registrations(Makers(linked))
    for site in linked.sites_calling(*(f"{cls}.add_route" for cls in _CLASSES)):
        scope = site.frame.scope
        for caller, ref, given in registrations.calls(site, site.argument(1, "resource")):
            path = linked.keyword(scope, site.operation, "uri_template", 0, given)
            suffix = linked.keyword(scope, site.operation, "suffix", -1, given)
            route = join("", path if isinstance(path, str) else "<dynamic>")
            end = f"_{suffix}" if isinstance(suffix, str) else ""
            for value in sorted(linked.argument_values(caller, ref)):
                for verb in VERBS:
                    handler = _handler(linked, value, f"on_{verb}{end}")
                    if handler is not None:
                        yield FoundEntry("http", f"{verb.upper()} {route}", handler, scope.module.file, site.line)


def _handler(linked: Linked, resource: Value, name: str) -> Scope | None:
    """What answers by a method: that of an object or class, or the function of a module; the class where it inherits it."""
    kind, index, *_ = linked.values[resource]
    if kind == "M":
        top = linked.program.modules[index].scopes[0]
        return None if top.library else top.function_below(top.facts.names.get(name, -1))
    cls: Scope | None = linked.program.scopes[index] if kind in ("I", "C") else None
    member = linked.hierarchy.member(cls, name) if cls is not None and not cls.library else None
    if cls is None or member is None or member.ref is None or member.owner.library:
        return None
    return (member.owner.function_below(member.ref) if member.owner is cls else None) or cls


def wires(linked: Linked) -> Iterator[Wire]:
    """From each class of middleware to what it does around requests, and when the application starts and ends."""
    given = [(site, site.argument(1, "middleware")) for site in linked.sites_calling(*_CLASSES)]
    given += [
        (s, s.argument(0, "middleware")) for s in linked.sites_calling(*(f"{c}.add_middleware" for c in _CLASSES))
    ]
    values = {v for site, ref in given for v in linked.listed_values(sorted(linked.argument_values(site, ref)))}
    for value in sorted(values):
        described = linked.values[value]
        cls = linked.program.scopes[described[1]] if described[0] == "I" else None
        for name in _AROUND if cls is not None and not cls.library else ():
            found = linked.bound_method(cls, name) if cls is not None else None
            if cls is not None and found is not None:
                yield Wire(cls, cls.facts.line, found[0], "callback", "middleware of the application", acting=value)


FRAMEWORK = Framework(
    name="Falcon",
    summaries={"falcon": _SUMMARY, "falcon.asgi": "from falcon import App as _App\nclass App(_App): ..."},
    entry_points=(entry_points,),
    wires=(wires,),
    examples=(
        Example(
            """
            import falcon

            class Order:
                def __init__(self, store): self.store = store
                def on_get(self, req, resp, number): helper()
                def on_delete(self, req, resp, number): pass
                def on_post_lines(self, req, resp, number): pass

            class Echo:
                def on_put(self, req, resp): pass

            class Loud(Echo):
                def on_get(self, req, resp): pass

            class Watch:
                def process_request(self, req, resp): helper()
                def other(self): pass

            def helper(): pass
            def lost(req, resp, error, params): pass
            def old(req, resp): pass

            def make(store):
                app = falcon.App(middleware=[Watch()])
                app.add_sink(old, "/old")
                order = Order(store)
                app.add_route("/orders/{number}", order)
                app.add_route("/orders/{number}/lines", order, suffix="lines")
                app.add_route("/loud", Loud())
                app.add_error_handler(ValueError, lost)
                return app
            """,
            entries=frozenset(
                {
                    "http GET /orders/{number} -> m:Order.on_get",
                    "http DELETE /orders/{number} -> m:Order.on_delete",
                    "http POST /orders/{number}/lines -> m:Order.on_post_lines",
                    "http GET /loud -> m:Loud.on_get",
                    "http PUT /loud -> m:Loud",
                    "http ANY /old -> m:old",
                }
            ),
            calls=frozenset(
                {
                    "m:Order.on_get -[call]-> m:helper",
                    "m:make -[construct]-> m:Order.__init__",
                    "m:make -[construct]-> m:Loud",
                    "m:make -[construct]-> m:Watch",
                    "m:Watch -[callback]-> m:Watch.process_request",
                    "m:Watch.process_request -[call]-> m:helper",
                    "m:make -[callback]-> m:lost",
                }
            ),
        ),
        Example(
            {
                "m.py": """
                    import falcon
                    import orders

                    class Ping:
                        @staticmethod
                        def on_get(req, resp): pass

                    def started(config):
                        global application
                        application = falcon.App()
                        application.add_route("/orders", orders)
                        application.add_route("/ping", Ping)
                """,
                "orders.py": """
                    def kept(function): return function
                    def on_get(req, resp): pass
                    @kept
                    def on_post(req, resp): pass
                """,
            },
            entries=frozenset(
                {
                    "http GET /orders -> orders:on_get",
                    "http POST /orders -> orders:on_post",
                    "http GET /ping -> m:Ping.on_get",
                }
            ),
            calls=frozenset({"orders: -[decorate]-> orders:kept"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            class App:
                def add_route(self, path, resource): pass

            class Order:
                def on_get(self): pass

            App().add_route("/orders", Order())
            """,
            calls=frozenset({"m: -[construct]-> m:App", "m: -[construct]-> m:Order", "m: -[call]-> m:App.add_route"}),
        ),
    ),
)
