"""Routers, blueprints and applications of packages that derive theirs from those of FastAPI and Flask."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_ROUTER = "from fastapi import APIRouter\nclass {}(APIRouter): ...\n"
_FLASK = "from flask import Blueprint, Flask\nclass {}(Flask): ...\nclass {}(Blueprint): ...\n"

_APIFLASK = """
from flask import Blueprint, Decorator, Flask

class APIScaffold:
    def input(self, schema, **options) -> Decorator: ...
    def output(self, schema, **options) -> Decorator: ...
    def auth_required(self, auth, **options) -> Decorator: ...
    def doc(self, **options) -> Decorator: ...

class APIFlask(APIScaffold, Flask): ...
class APIBlueprint(APIScaffold, Blueprint): ...
"""

_CADWYN = """
from fastapi import APIRouter, FastAPI

class VersionedAPIRouter(APIRouter): ...

class Cadwyn(FastAPI):
    def generate_and_include_versioned_routers(self, *routers) -> None: ...
"""

_SMOREST = """
from flask import Blueprint as FlaskBlueprint
from flask import Decorator, Scaffold

class Blueprint(FlaskBlueprint):
    def arguments(self, schema, **options) -> Decorator: ...
    def response(self, status_code, schema=None, **options) -> Decorator: ...
    def alt_response(self, status_code, **options) -> Decorator: ...
    def paginate(self, pager=None, **options) -> Decorator: ...
    def doc(self, **options) -> Decorator: ...
    def etag(self, view): ...

class Api(Scaffold):
    def __init__(self, app=None, **options) -> None: ...
    def init_app(self, app, **options) -> None: ...
"""

FRAMEWORK = Framework(
    name="Routers derived from those of FastAPI and Flask",
    summaries={
        "cadwyn": _CADWYN,
        "cadwyn.routing": _CADWYN,
        "fastapi_utils.inferring_router": _ROUTER.format("InferringRouter"),
        "fastapi_restful.inferring_router": _ROUTER.format("InferringRouter"),
        "fastapi_restful.cbv_router": _ROUTER.format("InferringRouter"),
        "apiflask": _APIFLASK,
        "flask_openapi3": _FLASK.format("OpenAPI", "APIBlueprint"),
        "flask_smorest": _SMOREST,
    },
    examples=(
        Example(
            """
            from cadwyn import Cadwyn, VersionedAPIRouter
            from fastapi import APIRouter

            orders = VersionedAPIRouter(prefix="/orders")
            everything = APIRouter()

            @orders.get("/{number}")
            def show(number): pass

            everything.include_router(orders, prefix="/shop")
            app = Cadwyn()
            app.generate_and_include_versioned_routers(everything)
            """,
            entries=frozenset({"http GET /shop/orders/{number} -> m:show"}),
        ),
        Example(
            """
            from cadwyn import Cadwyn, VersionedAPIRouter
            from fastapi import APIRouter, FastAPI

            orders, bills, root = VersionedAPIRouter(), APIRouter(prefix="/bills"), APIRouter()

            @orders.get("/{number}")
            def show(number): pass

            @bills.get("/")
            def unpaid(): pass

            root.include_router(orders, prefix="/orders")

            class Dated(Cadwyn): pass

            def versioned():
                made = Dated(title="Shop")
                made.generate_and_include_versioned_routers(root, bills)
                return made

            def create():
                app = FastAPI()
                inner = versioned()
                app.mount("/shop", inner)
                return app
            """,
            entries=frozenset({"http GET /shop/orders/{number} -> m:show", "http GET /shop/bills/ -> m:unpaid"}),
            calls=frozenset({"m:create -[call]-> m:versioned", "m:versioned -[construct]-> m:Dated"}),
        ),
        Example(
            """
            from flask import Flask
            from flask.views import MethodView
            from flask_smorest import Api, Blueprint

            items = Blueprint("items", __name__, url_prefix="/items")

            @items.route("/<number>")
            class Item(MethodView):
                def get(self, number): pass
                def delete(self, number): pass

            api = Api(Flask(__name__))
            api.register_blueprint(items)
            """,
            entries=frozenset(
                {"http GET /items/<number> -> m:Item.get", "http DELETE /items/<number> -> m:Item.delete"}
            ),
        ),
        Example(
            """
            from apiflask import APIBlueprint, APIFlask

            pets = APIBlueprint("pets", __name__)

            @pets.get("/pets")
            def listed(): pass

            app = APIFlask(__name__)

            @app.post("/pets")
            def added(): pass

            app.register_blueprint(pets, url_prefix="/v1")
            """,
            entries=frozenset({"http GET /v1/pets -> m:listed", "http POST /pets -> m:added"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            import cadwyn

            class VersionedAPIRouter:
                def get(self, path): return lambda function: function

            orders = VersionedAPIRouter()

            @orders.get("/number")
            def show(): pass
            """,
            calls=frozenset(
                {
                    "m: -[construct]-> m:VersionedAPIRouter",
                    "m: -[call]-> m:VersionedAPIRouter.get",
                    "m: -[decorate]-> m:VersionedAPIRouter.get",
                }
            ),
        ),
    ),
)
