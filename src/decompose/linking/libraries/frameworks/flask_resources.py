"""Flask-RESTful and its descendants: classes with a method for each verb, registered under a path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.frames import Site
from decompose.linking.libraries.decorator_routes import handlers_by_method, join
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import FoundEntry, Linked
from decompose.linking.program import Scope

_SUMMARY = """
from typing import TypeVar

from flask.views import MethodView

F = TypeVar("F")

class _Register:
    def __call__(self, resource: F) -> F: ...

class Api:
    def __init__(self, app=None, **options) -> None: ...
    def add_resource(self, resource, *urls, **options) -> None: ...
    def resource(self, *urls, **options) -> _Register: ...
    def route(self, *urls, **options) -> _Register: ...
    def namespace(self, name, **options) -> Namespace: ...
    def add_namespace(self, ns, path=None) -> None: ...

class Namespace:
    def __init__(self, name, description=None, path=None, **options) -> None: ...
    def add_resource(self, resource, *urls, **options) -> None: ...
    def route(self, *urls, **options) -> _Register: ...

class Resource(MethodView): ...
"""


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """The verbs of each resource under each of its paths."""
    for package in ("flask_restful", "flask_restx"):
        for holder in ("Api", "Namespace"):
            for site in linked.sites_calling(f"{package}:{holder}.add_resource"):
                urls = site.arguments[1:]
                for handler in linked.handlers(site, site.argument(0, "resource")):
                    yield from _routes(linked, site, urls, handler)
            for site in linked.sites_calling(f"{package}:{holder}.route", f"{package}:{holder}.resource"):
                for decoration in linked.decorations(site):
                    for handler in linked.handlers(decoration, decoration.arguments[0]):
                        yield from _routes(linked, site, site.arguments, handler)


def _routes(linked: Linked, site: Site, urls: Sequence[Ref], handler: Scope) -> Iterator[FoundEntry]:
    scope = site.frame.scope
    prefix = _prefix(linked, site)
    for url in urls:
        path = linked.constant(scope, url)
        if isinstance(path, str):
            for method, target in handlers_by_method(linked, handler, None):
                yield FoundEntry("http", f"{method} {join(prefix, path)}", target, scope.module.file, site.line)


def _prefix(linked: Linked, site: Site) -> str:
    """What stands before the paths: ``prefix`` of an API, ``path`` or the name of a namespace."""
    scope = site.frame.scope
    for operation in scope.operations_producing(site.operation[2]):
        made = linked.origin(scope, operation[2]) if operation[0] == Op.ATTRIBUTE else None
        if made is None or made.operation[0] != Op.CALL:
            continue
        for keyword in ("prefix", "path"):
            given = linked.keyword(made.scope, made.operation, keyword)
            if isinstance(given, str):
                return given
        first = linked.keyword(made.scope, made.operation, "name", 0)
        if isinstance(first, str):
            return f"/{first}"
    return ""


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
            from flask_restx import Namespace, Resource

            users = Namespace("users")

            @users.route("/<id>")
            class User(Resource):
                def get(self, id): pass
            """,
            entries=frozenset({"http GET /users/<id> -> m:User.get"}),
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
