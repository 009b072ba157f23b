"""Flask-Classful, and Flask-Classy before it: classes whose methods are routes, by their names or below ``@route``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking.found import FoundEntry
from decompose.linking.libraries.decorator_routes import Prefixes, answer_of, join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope
from decompose.linking.wiring import Wire

_PACKAGES = ("flask_classful", "flask_classy")
_BY_NAME = {"index": "GET", "get": "GET", "put": "PUT", "patch": "PATCH", "post": "POST", "delete": "DELETE"}
_OWN = frozenset(
    """register parse_options make_proxy_method build_rule get_route_base default_route_base build_route_name decorators
    representations""".split()
)
"""What the base class has itself is no route."""

_HOOKS = ("before_", "after_")
_WORDS = (re.compile(r"(.)([A-Z][a-z]+)"), re.compile(r"([a-z0-9])([A-Z])"))

_SUMMARY = """
from typing import TypeVar

F = TypeVar("F")

class _Route:
    def __call__(self, function: F) -> F: ...

def route(rule, **options) -> _Route: ...
def method(http_method) -> _Route: ...

class FlaskView:
    __decorators_in__ = "decorators"
    __hooks__ = "before_* after_*"
    __hooks_of_each_request__ = "before_request after_request"

    @classmethod
    def register(cls, app, route_base=None, subdomain=None, route_prefix=None, trailing_slash=None, **options) -> None: ...
"""


class _View(NamedTuple):
    """A class that is registered, and the call that does it."""

    cls: Scope
    scope: Scope
    call: list[Any]


class _Route(NamedTuple):
    method: str
    path: str
    owner: Scope
    function: Scope


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """The routes of each view that is registered, below the prefix of the application or blueprint."""
    prefixes = Prefixes(linked)
    for view in _registered(linked):
        made = [origin for origin, _ in prefixes.makers.of(view.scope, keyword_ref(view.call, "app", 0))]
        below = [prefix for origin in made if origin.operation[0] == Op.CALL for prefix in prefixes.of(origin)] or [""]
        for route in _routes(linked, view):
            answer = answer_of(route.method, view.cls, route.owner, route.function)
            for prefix in dict.fromkeys(below):
                name = f"{route.method} {join(prefix, route.path)}"
                where = view.scope.module.file, view.call[-1]
                yield FoundEntry("http", name, answer.handler, *where, answer.method)


def wires(linked: Linked) -> Iterator[Wire]:
    """From each view to the methods that it inherits and answers with."""
    for view in _registered(linked):
        acting = linked.values.instance(view.cls.index)
        for route in _routes(linked, view):
            if route.owner is not view.cls:
                line = view.cls.facts.line
                yield Wire(view.cls, line, route.function, "callback", "a route of the view", acting=acting)


def _registered(linked: Linked) -> Iterator[_View]:
    """Views that ``register`` is called of; one that calls it of itself does so for its heirs."""
    for scope in linked.program.scopes:
        if scope.library:
            continue
        bases = {o[1]: o[2] for o in scope.facts.ops if o[0] == Op.ATTRIBUTE and o[3] == "register"}
        for call in scope.facts.ops if bases else ():
            if call[0] == Op.CALL and call[2] in bases:
                for value in linked.names.evaluate(scope, bases[call[2]]):
                    described = linked.values[value]
                    cls = linked.program.scopes[described[1]] if described[0] == "C" else None
                    if cls is not None and not cls.library and _is_view(linked, cls):
                        yield _View(cls, scope, call)


def _is_view(linked: Linked, cls: Scope) -> bool:
    return any(
        base.library and base.facts.name == "FlaskView" and base.module.name in _PACKAGES
        for base in linked.hierarchy.order(cls)
    )


def _routes(linked: Linked, view: _View) -> Iterator[_Route]:
    seen: set[str] = set()
    excluded = _stated(linked, view, "excluded_methods", own_only=True)
    for owner in linked.hierarchy.order(view.cls):
        for name, ref in owner.facts.names.items() if not owner.library else ():
            if name in seen or name in _OWN or name.startswith(("_", *_HOOKS)):
                continue
            seen.add(name)
            function = owner.function_below(ref)
            if function is None or function.facts.flavour or (isinstance(excluded, list) and name in excluded):
                continue
            for method, path in _paths(linked, view, owner, name, ref, function):
                yield _Route(method, path, owner, function)


def _paths(
    linked: Linked, view: _View, owner: Scope, name: str, ref: Ref, function: Scope
) -> Iterator[tuple[str, str]]:
    """The method and the path of each rule: those of ``@route``, or the one that name and parameters give."""
    slash = _stated(linked, view, "trailing_slash") is not False
    named = False
    for call in _rules(linked, owner, ref):
        named = True
        rule = linked.keyword(owner, call, "rule", 0)
        methods = linked.keyword(owner, call, "methods")
        for method in methods if isinstance(methods, list) and methods else ["GET"]:
            yield str(method).upper(), _rule(linked, view, rule if isinstance(rule, str) else "<dynamic>")
    if named:
        return
    base = _rule(linked, view, "" if name in _BY_NAME else name, *_parameters(linked, view, function))
    yield _BY_NAME.get(name, "GET"), f"{base.rstrip('/')}/" if slash or base == "/" else base


def _rules(linked: Linked, owner: Scope, ref: Ref) -> Iterator[list[Any]]:
    """The calls of ``route`` among the decorators."""
    for call in owner.decorator_calls(ref):
        if any(_is_route(linked, value) for value in linked.names.evaluate(owner, call[2])):
            yield call


def _is_route(linked: Linked, value: int) -> bool:
    described = linked.values[value]
    function = linked.program.scopes[described[1]] if described[0] == "F" else None
    return function is not None and function.definition in {f"{package}:route" for package in _PACKAGES}


def _parameters(linked: Linked, view: _View, function: Scope) -> list[str]:
    """The parameters without a default that no part of the base gives, as parts of a path."""
    base = f"{_stated(linked, view, 'route_base')}"
    ignored = set(re.findall(r"<(?:\w+:)?(\w+)>", base))
    given = _stated(linked, view, "base_args", own_only=True)
    ignored |= {name for name in given if isinstance(name, str)} if isinstance(given, list) else set()
    return [
        f"<{name}>"
        for name, _, _, default, kind in function.facts.parameters[1:]
        if kind == ParameterKind.POSITIONAL and default is None and name not in ignored
    ]


def _rule(linked: Linked, view: _View, *parts: str) -> str:
    prefix, base = _stated(linked, view, "route_prefix"), _stated(linked, view, "route_base")
    if not isinstance(base, str):
        base = view.cls.facts.name.removesuffix("View")
        for word in _WORDS:
            base = word.sub(r"\1-\2", base)
        base = base.lower()
    given = [prefix if isinstance(prefix, str) else "", base.strip("/"), *parts]
    return re.sub("/+", "/", "/" + "/".join(part for part in given if part))


def _stated(linked: Linked, view: _View, name: str, *, own_only: bool = False) -> Any:
    """What the registration says, or else the class."""
    said = None if own_only else linked.keyword(view.scope, view.call, name)
    if said is not None:
        return said
    member = linked.hierarchy.own_member(view.cls, name)
    if member is None or member.ref is None:
        return None
    return linked.names.constants.plain_data(member.owner, member.ref)


FRAMEWORK = Framework(
    name="Flask-Classful",
    summaries=dict.fromkeys(_PACKAGES, _SUMMARY),
    entry_points=(entry_points,),
    wires=(wires,),
    examples=(
        Example(
            """
            from flask import Blueprint, Flask
            from flask_classful import FlaskView, route

            class Listing:
                def index(self): return self.rows()
                @route("/count", methods=["GET", "HEAD"])
                def count(self): pass
                def _hidden(self): pass

            class Base(FlaskView):
                route_prefix = "/v3/ws/<workspace>/"
                base_args = ["workspace"]
                trailing_slash = False
                def rows(self, workspace=None): return helper()
                @classmethod
                def register(cls, app, *args, **kwargs):
                    super().register(app, *args, **kwargs)

            class HostView(Listing, Base):
                route_base = "hosts"
                def before_request(self, name): pass
                def get(self, host_id, workspace=None): pass
                @route("/<host_id>/tools")
                def tools(self, workspace, host_id): pass

            class SomeThingView(FlaskView):
                def index(self): pass
                def post(self): pass
                def latest(self, number): pass

            def helper(): pass

            api = Blueprint("api", __name__, url_prefix="/_api")
            HostView.register(api)
            app = Flask(__name__)
            SomeThingView.register(app)
            app.register_blueprint(api)
            """,
            entries=frozenset(
                {
                    "http GET /_api/v3/ws/<workspace>/hosts -> m:HostView",
                    "http GET /_api/v3/ws/<workspace>/hosts/count -> m:HostView",
                    "http HEAD /_api/v3/ws/<workspace>/hosts/count -> m:HostView",
                    "http GET /_api/v3/ws/<workspace>/hosts/rows -> m:HostView",
                    "http GET /_api/v3/ws/<workspace>/hosts/<host_id> -> m:HostView.get",
                    "http GET /_api/v3/ws/<workspace>/hosts/<host_id>/tools -> m:HostView.tools",
                    "http GET /some-thing/ -> m:SomeThingView.index",
                    "http POST /some-thing/ -> m:SomeThingView.post",
                    "http GET /some-thing/latest/<number>/ -> m:SomeThingView.latest",
                }
            ),
            calls=frozenset(
                {
                    "m: -[call]-> m:Base.register",
                    "m:HostView -[callback]-> m:HostView.before_request",
                    "m:HostView -[callback]-> m:Listing.index",
                    "m:HostView -[callback]-> m:Listing.count",
                    "m:HostView -[callback]-> m:Base.rows",
                    "m:Listing.index -[call]-> m:Base.rows",
                    "m:Base.rows -[call]-> m:helper",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            import flask_classful

            class Shelf:
                @classmethod
                def register(cls, app): pass
                def index(self): pass

            Shelf.register(None)
            """,
            calls=frozenset({"m: -[call]-> m:Shelf.register"}),
        ),
    ),
)
