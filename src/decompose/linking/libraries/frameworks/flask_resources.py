"""Flask-RESTful and its descendants: classes with a method for each verb, registered under a path."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import Prefixes, handlers_by_method, join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.origins import NOTHING, Given, Origin, keyword_ref
from decompose.linking.program import Scope

_PACKAGES = ("flask_restful", "flask_restx")

_SUMMARY = """
from typing import TypeVar

from decompose.effects import calls_back
from flask.views import MethodView

F = TypeVar("F")

class _Register:
    def __call__(self, resource: F) -> F: ...

class _Hook:
    @calls_back("function")
    def __call__(self, function: F) -> F: ...

class _Documented:
    __has_more__ = True

    def doc(self, shortcut=None, **options) -> _Register: ...
    def hide(self, func: F) -> F: ...
    def deprecated(self, func: F) -> F: ...
    def vendor(self, *args, **options) -> _Register: ...
    def marshal_with(self, fields, as_list=False, **options) -> _Register: ...
    def marshal_list_with(self, fields, **options) -> _Register: ...
    def expect(self, *inputs, **options) -> _Register: ...
    def response(self, code, description=None, model=None, **options) -> _Register: ...
    def param(self, name, description=None, **options) -> _Register: ...
    def header(self, name, description=None, **options) -> _Register: ...
    def produces(self, mimetypes) -> _Register: ...
    def errorhandler(self, exception) -> _Hook: ...
    def model(self, name=None, model=None, **options) -> Model: ...
    def schema_model(self, name=None, schema=None) -> Model: ...
    def inherit(self, name, *specs) -> Model: ...
    def clone(self, name, *specs) -> Model: ...
    def extend(self, name, parent, fields) -> Model: ...
    def parser(self) -> RequestParser: ...
    def marshal(self, data, fields, **options) -> dict: ...
    def abort(self, code=500, message=None, **options): ...

class Model(dict):
    __has_more__ = True

class RequestParser:
    __has_more__ = True
    def __init__(self, *args, **options) -> None: ...
    def add_argument(self, *args, **options) -> RequestParser: ...
    def replace_argument(self, name, *args, **options) -> RequestParser: ...
    def remove_argument(self, name) -> RequestParser: ...
    def copy(self) -> RequestParser: ...
    def parse_args(self, req=None, strict=False) -> dict: ...

class Api(_Documented):
    def __init__(self, app=None, **options) -> None: ...
    def init_app(self, app, **options) -> None: ...
    def add_resource(self, resource, *urls, **options) -> None: ...
    def resource(self, *urls, **options) -> _Register: ...
    def route(self, *urls, **options) -> _Register: ...
    def namespace(self, name, **options) -> Namespace: ...
    def add_namespace(self, ns, path=None) -> None: ...

class Namespace(_Documented):
    def __init__(self, name, description=None, path=None, **options) -> None: ...
    def add_resource(self, resource, *urls, **options) -> None: ...
    def route(self, *urls, **options) -> _Register: ...

class Resource(MethodView):
    __decorators_in__ = "decorators method_decorators"
"""


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """The verbs of each resource under each of its paths."""
    places = _Places(linked)
    for package in _PACKAGES:
        for holder in ("Api", "Namespace"):
            for site in linked.sites_calling(f"{package}:{holder}.add_resource"):
                for call, known in places.blueprints.registrations.unpacked.sites(site, 0):
                    yield from _added(linked, places, call, known)
            for site in linked.sites_calling(f"{package}:{holder}.route", f"{package}:{holder}.resource"):
                for decoration in linked.decorations(site):
                    for handler in linked.handlers(decoration, decoration.arguments[0]):
                        yield from _routes(linked, places, site, site.arguments, handler, NOTHING)


def _added(linked: Linked, places: _Places, site: Site, known: Given) -> Iterator[FoundEntry]:
    for caller, resource, given in places.blueprints.registrations.calls(site, site.argument(0, "resource"), known):
        for handler in linked.handlers(caller, resource):
            yield from _routes(linked, places, site, site.arguments[1:], handler, given, caller)


def _routes(
    linked: Linked,
    places: _Places,
    site: Site,
    urls: list[Ref],
    handler: Scope,
    given: Given,
    told_at: Site | None = None,
) -> Iterator[FoundEntry]:
    """The routes that a call registers; ``told_at``: where the resource is handed to the function around it, if it is."""
    prefixes = places.of_receiver(site)
    for at, url, settled in places.makers.elements(site.frame.scope, urls, given):
        for path in places.makers.texts(at, url, settled):
            for prefix in prefixes:
                for answer in handlers_by_method(linked, handler, None):
                    yield answer.at(join(prefix, path), told_at or site)


class _Places:
    """The path below which the resources of an API or of a namespace are found."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.blueprints = Prefixes(linked)
        self.makers = self.blueprints.makers
        self._below: dict[tuple[int, int], list[str]] = {}
        """Where an API or a namespace was made (scope and node of the call) -> what it is found below."""
        for package in _PACKAGES:
            for site in linked.sites_calling(f"{package}:Api.init_app"):
                below = list(self._outer(site.frame.scope, site.argument(0, "app")))
                for made in self.makers.receivers(site):
                    found = [join(before, self._own(made)) for before in below]
                    self._below.setdefault((made.scope.index, made.operation[1]), []).extend(found)
        for package in _PACKAGES:
            for site in linked.sites_calling(f"{package}:Api.add_namespace"):
                scope = site.frame.scope
                path = linked.keyword(scope, site.operation, "path", 1)
                for made, _ in self.makers.of(scope, site.argument(0, "ns")):
                    own = path if isinstance(path, str) else self._own(made)
                    found = [join(before, own) for before in self.of_receiver(site)]
                    self._below.setdefault((made.scope.index, made.operation[1]), []).extend(found)

    def of_receiver(self, site: Site) -> list[str]:
        """Where the routes that are declared on the receiver of ``site`` are found."""
        found = [path for made in self.makers.receivers(site) for path in self._of(made)]
        return list(dict.fromkeys(found)) or [""]

    def _of(self, made: Origin) -> list[str]:
        known = self._below.get((made.scope.index, made.operation[1]))
        if known:
            return known
        return [
            join(before, self._own(made)) for before in self._outer(made.scope, keyword_ref(made.operation, "app", 0))
        ]

    def _outer(self, scope: Scope, ref: Ref) -> Iterator[str]:
        """The prefixes of the application or blueprint that an API is made for."""
        made = [origin for origin, _ in self.makers.of(scope, ref) if origin.operation[0] == Op.CALL]
        yield from (prefix for origin in made for prefix in self.blueprints.of(origin)) if made else ("",)

    def _own(self, made: Origin) -> str:
        """``prefix`` of an API, ``path`` or the name of a namespace."""
        for keyword in ("prefix", "path"):
            given = self.linked.keyword(made.scope, made.operation, keyword)
            if isinstance(given, str):
                return given
        first = keyword_ref(made.operation, "name", 0)
        is_made = any(origin.operation[0] == Op.CALL for origin, _ in self.makers.of(made.scope, first))
        name = None if is_made else self.linked.constant(made.scope, first)
        return f"/{name}" if isinstance(name, str) else ""


FRAMEWORK = Framework(
    name="Flask-RESTful",
    summaries={"flask_restful": _SUMMARY, "flask_restx": _SUMMARY},
    entry_points=(entry_points,),
    examples=(
        Example(
            """
            from flask import Flask
            from flask_restful import Api, Resource

            app = Flask(__name__)
            api = Api(app, prefix="/api")

            class Item(Resource):
                def get(self): return helper()
                def delete(self): pass

            api.add_resource(Item, "/item/<id>", "/thing/<id>")

            def helper(): pass
            """,
            entries=frozenset(
                {
                    "http GET /api/item/<id> -> m:Item.get",
                    "http DELETE /api/item/<id> -> m:Item.delete",
                    "http GET /api/thing/<id> -> m:Item.get",
                    "http DELETE /api/thing/<id> -> m:Item.delete",
                }
            ),
            calls=frozenset({"m:Item.get -[call]-> m:helper"}),
        ),
        Example(
            """
            from flask import Flask
            from flask_restful import Api, Resource

            class Item(Resource):
                def get(self): pass

            class Part(Resource):
                def put(self): pass

            ROUTES = [(Item, "/items/", "/items/<id>"), (Part, "/parts/")]

            def create():
                api = Api(Flask(__name__), prefix="/api")
                for route in ROUTES:
                    api.add_resource(*route)
            """,
            entries=frozenset(
                {
                    "http GET /api/items/ -> m:Item.get",
                    "http GET /api/items/<id> -> m:Item.get",
                    "http PUT /api/parts/ -> m:Part.put",
                }
            ),
        ),
        Example(
            """
            from flask_restx import Namespace, Resource

            users = Namespace("users")

            @users.route("/<id>")
            class User(Resource):
                def get(self, id): pass
            """,
            entries=frozenset({"http GET /users/<id> -> m:User.get"}),
        ),
        Example(
            """
            from functools import wraps
            from flask import Blueprint, Flask
            from flask_restful import Api, Resource

            VERSION = 1
            inside = Blueprint("inside", __name__)
            api = Api(inside)

            def checked(schema):
                def decorate(function):
                    @wraps(function)
                    def wrapper(*args): return function(*args)
                    return wrapper
                return decorate

            class Item(Resource):
                @checked(None)
                def get(self): pass

            api.add_resource(Item, "/item")

            def create(blueprints=None):
                app = Flask(__name__)
                mount(app, blueprints or ())

            def mount(app, blueprints):
                for blueprint in blueprints:
                    app.register_blueprint(blueprint, url_prefix=f"/api/{VERSION}")

            create((inside,))
            """,
            entries=frozenset({"http GET /api/1/item -> m:Item.get"}),
            calls=frozenset(
                {
                    "m: -[call]-> m:create",
                    "m:create -[call]-> m:mount",
                    "m:Item -[call]-> m:checked",
                    "m:Item -[decorate]-> m:checked.decorate",
                    "m:checked.decorate.wrapper -[call]-> m:Item.get",
                }
            ),
        ),
        Example(
            """
            from flask import Flask
            from flask_restful import Api, Resource

            def scoped(rule):
                return "/<tenant>{}".format(rule) if MANY else rule

            class Scoped(Api):
                def add_scoped(self, resource, *urls, **kwargs):
                    return self.add_resource(resource, *[scoped(url) for url in urls], **kwargs)

            api = Scoped(Flask(__name__))

            class Item(Resource):
                def get(self): pass

            class Part(Resource):
                def post(self): pass

            api.add_scoped(Item, "/item", "/items/<id>", endpoint="item")
            api.add_scoped(Part, "/part")
            """,
            entries=frozenset(
                {
                    "http GET /item -> m:Item.get",
                    "http GET /<tenant>/item -> m:Item.get",
                    "http GET /items/<id> -> m:Item.get",
                    "http GET /<tenant>/items/<id> -> m:Item.get",
                    "http POST /part -> m:Part.post",
                    "http POST /<tenant>/part -> m:Part.post",
                }
            ),
            calls=frozenset(
                {
                    "m: -[construct]-> m:Scoped",
                    "m: -[call]-> m:Scoped.add_scoped",
                    "m:Scoped.add_scoped -[call]-> m:scoped",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            """
            class Api:
                def add_resource(self, resource, path): self.path = path

            class Item:
                def get(self): pass

            Api().add_resource(Item, "/item")
            """,
            calls=frozenset({"m: -[construct]-> m:Api", "m: -[call]-> m:Api.add_resource"}),
        ),
    ),
)
