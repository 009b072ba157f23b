"""CherryPy: objects that hold each other, whose exposed methods answer below the path of their object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decompose.facts import Op
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.http_methods import VERBS
from decompose.linking.libraries.object_trees import Branch, has_subclasses, places
from decompose.linking.linked import Linked
from decompose.linking.makers import Makers
from decompose.linking.program import Scope
from decompose.linking.registrations import Registrations
from decompose.linking.wiring import own_frame

_SUMMARY = """
from typing import TypeVar

from decompose.effects import calls_back, keeps

F = TypeVar("F")

class _Exposed:
    @keeps("function")
    def __call__(self, function: F) -> F: ...

@keeps("func")
def expose(func: F = None, alias=None) -> F | _Exposed: ...

class _Tree:
    __has_more__ = True
    @keeps("root")
    def mount(self, root, script_name="", config=None): ...

class _Bus:
    __has_more__ = True
    @calls_back("callback")
    def subscribe(self, channel, callback=None, priority=None): ...

class Application:
    __has_more__ = True
    @keeps("root")
    def __init__(self, root, script_name="", config=None) -> None: ...

class Tool:
    __has_more__ = True
    @calls_back("callable")
    def __init__(self, point, callable, name=None, priority=50) -> None: ...

tree: _Tree
engine: _Bus

@keeps("root")
def quickstart(root=None, script_name="", config=None): ...
"""
_MOUNTING = ("cherrypy:_Tree.mount", "cherrypy:Application", "cherrypy:quickstart")
_UNKNOWN = "<dynamic>"


class _Page(NamedTuple):
    """What is exposed, where, and the further names that it answers by."""

    handler: Scope
    line: int
    aliases: tuple[str, ...] = ()


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """Each exposed method at every path of its object; of an exposed class what its methods answer by their names."""
    exposed = {page.handler.index: page for page in _exposed(linked)}
    found = places(linked, _roots(linked), {}, {})
    for cls in linked.application_classes() if exposed or found else ():
        seen: set[str] = set()
        by_verb = _answers_by_verbs(linked, cls, exposed)
        for owner in linked.hierarchy.order(cls):
            for name, ref in owner.facts.names.items() if not owner.library else ():
                function = owner.function_below(ref) if name not in seen else None
                seen.add(name)
                page = exposed.get(function.index) if function is not None else None
                if function is None or not (page or (by_verb and name.lower() in VERBS and name.isupper())):
                    continue
                at = found.get(cls.index, [])
                if page and not at and owner is cls and not has_subclasses(linked, cls):
                    at = [f"/{_UNKNOWN}"]
                handler, line = (
                    (function, page.line if page else function.facts.line) if owner is cls else (cls, cls.facts.line)
                )
                for path in at:
                    for route in (_route(name), *(page.aliases if page else ())) if page else ("",):
                        verb = "ANY" if page else name
                        yield FoundEntry(
                            "http", f"{verb} {join(path, route)}", handler, cls.module.file, line, function
                        )


def _route(name: str) -> str:
    return "/" if name == "index" else "<path>" if name == "default" else name


def _answers_by_verbs(linked: Linked, cls: Scope, exposed: dict[int, _Page]) -> bool:
    """Whether a class is exposed as a whole: by the decorator, or by ``exposed = True``."""
    order = linked.hierarchy.order(cls)
    stated = any(owner.facts.names.get("exposed") == ["c", True] for owner in order if not owner.library)
    return stated or any(owner.index in exposed for owner in order)


def _exposed(linked: Linked) -> Iterator[_Page]:
    """What the decorator, or an attribute of the method, exposes."""
    registrations = Registrations(Makers(linked))
    for site in linked.sites_calling("cherrypy:expose"):
        if site.frame.scope.library:
            continue
        direct = site.kind == "decorate"
        found = registrations.calls(site, site.arguments[0]) if direct else registrations.decorated(site)
        stated = None if direct else linked.keyword(site.frame.scope, site.operation, "func", 0)
        stated = stated or (None if direct else linked.keyword(site.frame.scope, site.operation, "alias", 1))
        aliases = (stated,) if isinstance(stated, str) else tuple(map(str, stated)) if isinstance(stated, list) else ()
        for place, ref, _ in found:
            for handler in linked.handlers(place, ref):
                yield _Page(handler, handler.facts.line, aliases)
    for scope in linked.program.scopes if "exposed" in linked.program.stored_attributes else ():
        for operation in scope.facts.ops if not scope.library else ():
            if operation[0] == Op.SET_ATTRIBUTE and operation[2] == "exposed" and operation[3] == ["c", True]:
                setting = Site(own_frame(linked.engine, scope), operation, "call")
                for place, ref, _ in registrations.calls(setting, operation[1]):
                    for function in linked.handlers(place, ref):
                        yield _Page(function, function.facts.line)


def _roots(linked: Linked) -> Iterator[Branch]:
    """The objects that applications are made of, each with the path that it is mounted at."""
    for site in linked.sites_calling(*_MOUNTING):
        path = linked.keyword(site.frame.scope, site.operation, "script_name", 1)
        given = site.argument(1, "script_name") != -1
        for value in sorted(linked.argument_values(site, site.argument(0, "root"))):
            described = linked.values[value]
            if described[0] in ("I", "C") and not linked.program.scopes[described[1]].library:
                below = path if isinstance(path, str) else f"/{_UNKNOWN}" if given else ""
                yield Branch(below, linked.program.scopes[described[1]])


FRAMEWORK = Framework(
    name="CherryPy",
    summaries={"cherrypy": _SUMMARY},
    entry_points=(entry_points,),
    examples=(
        Example(
            """
            import functools
            import cherrypy

            class Orders:
                @cherrypy.expose
                def index(self): return helper()
                @cherrypy.expose(["old", "older"])
                def new(self): pass
                def hidden(self): pass

            class Listed:
                @cherrypy.expose
                def list(self): pass

            def shown(function=None, *, login=True):
                if not function: return functools.partial(shown, login=login)
                function.exposed = True
                return function

            class Items(Listed):
                @shown
                def one(self): pass
                @shown(login=False)
                def two(self): pass
                def default(self, *path): pass
                default.exposed = True

            @cherrypy.expose
            class Api:
                def GET(self): return helper()
                def POST(self): pass
                def put(self): pass

            class Root:
                orders = Orders()
                def __init__(self): self.items = Items()
                @cherrypy.expose
                def index(self): pass

            class Elsewhere:
                @cherrypy.expose
                def lost(self): pass

            def helper(): pass
            def stop(): pass

            def main():
                cherrypy.engine.subscribe("stop", stop)
                cherrypy.tree.mount(Api(), "/api", {"/": {}})
                cherrypy.quickstart(Root())
            """,
            entries=frozenset(
                {
                    "http ANY / -> m:Root.index",
                    "http ANY /orders/ -> m:Orders.index",
                    "http ANY /orders/new -> m:Orders.new",
                    "http ANY /orders/old -> m:Orders.new",
                    "http ANY /orders/older -> m:Orders.new",
                    "http ANY /items/list -> m:Items",
                    "http ANY /items/one -> m:Items.one",
                    "http ANY /items/two -> m:Items.two",
                    "http ANY /items/<path> -> m:Items.default",
                    "http GET /api -> m:Api.GET",
                    "http POST /api -> m:Api.POST",
                    "http ANY /<dynamic>/lost -> m:Elsewhere.lost",
                }
            ),
            calls=frozenset(
                {
                    "m:Orders.index -[call]-> m:helper",
                    "m:Api.GET -[call]-> m:helper",
                    "m:Items -[call]-> m:shown",
                    "m:Items -[decorate]-> m:shown",
                    "m:Root -[construct]-> m:Orders",
                    "m:Root.__init__ -[construct]-> m:Items",
                    "m:main -[callback]-> m:stop",
                    "m:main -[construct]-> m:Api",
                    "m:main -[construct]-> m:Root.__init__",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import cherrypy

            def expose(function): return function

            class Root:
                exposed = True
                @expose
                def index(self): pass
                def GET(self): pass
            """,
            calls=frozenset({"m:Root -[decorate]-> m:expose"}),
        ),
    ),
)
