"""Where the outside world enters: routes, tasks, commands, signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

ROUTES = [
    pytest.param(
        """
        from flask import Flask
        app = Flask(__name__)
        @app.route("/")
        def index(): pass
        @app.route("/orders/<int:id>", methods=["GET", "POST"])
        def order(id): pass
        @app.get("/items")
        def items(): pass
        @app.post("/items")
        @app.put("/items/<id>")
        def change(): pass
        """,
        {
            ("GET /", "m:index"),
            ("GET /orders/<int:id>", "m:order"),
            ("POST /orders/<int:id>", "m:order"),
            ("GET /items", "m:items"),
            ("POST /items", "m:change"),
            ("PUT /items/<id>", "m:change"),
        },
        id="flask",
    ),
    pytest.param(
        """
        from flask import Blueprint, Flask
        inner = Blueprint("inner", __name__, url_prefix="/inner")
        other = Blueprint("other", __name__, url_prefix="/own")
        outer = Blueprint("outer", __name__)
        @inner.route("/a")
        def a(): pass
        @other.route("/b")
        def b(): pass
        @outer.route("/c")
        def c(): pass
        outer.register_blueprint(inner)
        def create_app():
            app = Flask(__name__)
            app.register_blueprint(outer, url_prefix="/outer")
            app.register_blueprint(other, url_prefix="/given")
            return app
        """,
        {("GET /outer/inner/a", "m:a"), ("GET /given/b", "m:b"), ("GET /outer/c", "m:c")},
        id="flask blueprints",
    ),
    pytest.param(
        """
        from flask import Blueprint
        from house import Application
        PREFIX = "/v1"
        one = Blueprint("one", __name__)
        two = Blueprint("two", __name__)
        @one.route("/a")
        def a(): pass
        @two.route("/b")
        def b(): pass
        def create_app():
            app = Application(__name__)
            register(app)
            return app
        def register(app):
            app.register_blueprint(one, url_prefix="/one")
            app.register_blueprint(two, url_prefix=PREFIX + "/two")
        """,
        {("GET /one/a", "m:a"), ("GET /v1/two/b", "m:b")},
        id="an application of a class that is not in view",
    ),
    pytest.param(
        """
        import os
        from house import Application
        from fastapi import APIRouter
        PREFIX = "/v1"
        one = APIRouter()
        two = APIRouter()
        @one.get("/a")
        def a(): pass
        @two.get(PREFIX + "/b")
        def b(): pass
        app = Application()
        app.include_router(one, prefix=os.environ["PREFIX"] + PREFIX)
        app.include_router(two)
        """,
        {("GET /<dynamic>/v1/a", "m:a"), ("GET /v1/b", "m:b")},
        id="the same of FastAPI, with paths that are added up",
    ),
    pytest.param(
        """
        from flask import Flask
        from flask.views import MethodView
        app = Flask(__name__)
        def plain(): pass
        class Orders(MethodView):
            def get(self): pass
            def post(self): pass
            def helper(self): pass
        app.add_url_rule("/plain", "plain", plain, methods=["DELETE"])
        app.add_url_rule("/orders", view_func=Orders.as_view("orders"))
        """,
        {("DELETE /plain", "m:plain"), ("GET /orders", "m:Orders.get"), ("POST /orders", "m:Orders.post")},
        id="flask rules and method views",
    ),
    pytest.param(
        """
        from flask import Flask
        from flask.views import MethodView, View
        app = Flask(__name__)
        class Page(View):
            def dispatch_request(self): pass
        class Letter(View):
            methods = ["GET", "POST"]
            def dispatch_request(self): pass
        class Parcel(MethodView):
            methods = ["PUT"]
            def get(self): pass
            def put(self): pass
        app.add_url_rule("/page", view_func=Page.as_view("page"))
        app.add_url_rule("/letter", view_func=Letter.as_view("letter"))
        app.add_url_rule("/parcel", view_func=Parcel.as_view("parcel"))
        """,
        {
            ("GET /page", "m:Page"),
            ("GET /letter", "m:Letter"),
            ("POST /letter", "m:Letter"),
            ("PUT /parcel", "m:Parcel.put"),
        },
        id="flask views that say what they answer",
    ),
    pytest.param(
        """
        from enum import Enum
        from http import HTTPMethod
        from flask import Flask
        from flask.views import MethodView
        PATCH = "PATCH"
        class Method(Enum):
            GET = "GET"
            POST = "POST"
        app = Flask(__name__)
        class Orders(MethodView):
            def get(self): pass
            def post(self): pass
            def delete(self): pass
            def options(self): pass
        orders = Orders.as_view("orders")
        app.add_url_rule("/orders", view_func=orders, methods=[Method.GET.value, "POST"])
        app.add_url_rule("/order", view_func=orders, methods=[HTTPMethod.DELETE, "OPTIONS"])
        @app.route("/parcel", methods=(PATCH, HTTPMethod.PUT.value))
        def parcel(): pass
        """,
        {
            ("GET /orders", "m:Orders.get"),
            ("POST /orders", "m:Orders.post"),
            ("DELETE /order", "m:Orders.delete"),
            ("OPTIONS /order", "m:Orders.options"),
            ("PATCH /parcel", "m:parcel"),
            ("PUT /parcel", "m:parcel"),
        },
        id="methods that are members of an enumeration",
    ),
    pytest.param(
        {
            "shop/names.py": """
                STEPS = "/steps"
                STOP = "/stop"
                API = "/api"
            """,
            "shop/app.py": """
                from fastapi import FastAPI
                from shop.names import API, STEPS, STOP
                app = FastAPI()
                @app.get("/{run}" + STEPS)
                def steps(): pass
                @app.get("/{run}" + STOP)
                def stop(): pass
                @app.get(f"{API}/{STEPS}/x")
                def one(): pass
                @app.get(f"{API}/{STOP}/x")
                def other(): pass
            """,
        },
        {
            ("GET /{run}/steps", "shop.app:steps"),
            ("GET /{run}/stop", "shop.app:stop"),
            ("GET /api/steps/x", "shop.app:one"),
            ("GET /api/stop/x", "shop.app:other"),
        },
        id="paths that differ in what is put into them only",
    ),
    pytest.param(
        """
        from flask import Blueprint, Flask
        from flask.views import MethodView
        app = Flask(__name__)
        class Api:
            def __init__(self, app):
                self.app = app
                self.blueprint = Blueprint("api", __name__, url_prefix="/api")
            def add(self, view, *urls):
                for url in urls:
                    self.blueprint.add_url_rule(rule=url, view_func=view.as_view(view.__name__))
            def register(self):
                self.app.register_blueprint(self.blueprint)
        api = Api(app)
        class Orders(MethodView):
            def get(self): pass
        @api.blueprint.route("/ping")
        def ping(): pass
        api.add(Orders, "/orders", "/all")
        api.register()
        """,
        {("GET /api/orders", "m:Orders.get"), ("GET /api/all", "m:Orders.get"), ("GET /api/ping", "m:ping")},
        id="a blueprint that an object keeps",
    ),
    pytest.param(
        """
        from fastapi import APIRouter, FastAPI
        class Listed:
            prefix = "/none"
            def __init__(self, name):
                self.router = APIRouter(prefix=f"{self.prefix}/{name}")
                self.router.add_api_route("/all", self.all, methods=["GET"])
                self.add_more()
            def add_more(self):
                @self.router.post("/new")
                def new(): pass
            def all(self): pass
        class Shown(Listed):
            prefix = "/shown"
        app = FastAPI()
        app.include_router(Listed("orders").router, prefix="/v1")
        items = Shown("items")
        app.include_router(items.router)
        @items.router.get("/last")
        def last(): pass
        """,
        {
            ("GET /v1/none/orders/all", "m:Listed.all"),
            ("POST /v1/none/orders/new", "m:Listed.add_more.new"),
            ("GET /shown/items/all", "m:Listed.all"),
            ("POST /shown/items/new", "m:Listed.add_more.new"),
            ("GET /shown/items/last", "m:last"),
        },
        id="routers that objects of one class keep, each below its own prefix",
    ),
    pytest.param(
        """
        from flask import Flask
        from flask.views import MethodView
        app = Flask(__name__)
        listed = []
        def serve(cls):
            listed.append(cls)
            return cls
        @serve
        class Orders(MethodView):
            path = "/orders"
            def get(self): pass
        @serve
        class Items(MethodView):
            path = "/items"
            def post(self): pass
        class Unlisted(MethodView):
            path = "/never"
            def get(self): pass
        for cls in listed:
            app.add_url_rule(cls.path, view_func=cls.as_view(cls.__name__))
            app.add_url_rule(cls.path + "/all", view_func=cls.as_view(cls.__name__ + "_all"))
        """,
        {
            ("GET /orders", "m:Orders.get"),
            ("GET /orders/all", "m:Orders.get"),
            ("POST /items", "m:Items.post"),
            ("POST /items/all", "m:Items.post"),
        },
        id="classes that a decorator puts into a list",
    ),
    pytest.param(
        """
        from flask import Flask
        from flask.views import MethodView
        app = Flask(__name__)
        class Orders(MethodView):
            def get(self): pass
        class Items(MethodView):
            def post(self): pass
        VIEWS = {"orders": Orders, "items": Items}
        for name, view in VIEWS.items():
            app.add_url_rule(f"/all/{name}", view_func=view.as_view(name))
        """,
        {("GET /all/orders", "m:Orders.get"), ("POST /all/items", "m:Items.post")},
        id="a table of views by name",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        app = FastAPI()
        ORDERS, (ITEM, _) = "/orders", ("/items/{id}", "/none")
        @app.get(ORDERS)
        def orders(): pass
        @app.get(f"{ORDERS}/{ITEM}")
        def items(): pass
        """,
        {("GET /orders", "m:orders"), ("GET /orders/items/{id}", "m:items")},
        id="paths that are assigned several in one line",
    ),
    pytest.param(
        """
        from dataclasses import dataclass, field
        from fastapi import APIRouter, FastAPI
        @dataclass
        class Pages:
            router: APIRouter = field(default_factory=APIRouter)
            plugins: list = field(default_factory=list)
            def __post_init__(self):
                for plugin in self.plugins:
                    plugin.register(self)
        class Export:
            def register(self, pages):
                @pages.router.get("/export")
                def export(): pass
        class Print:
            def register(self, pages):
                @pages.router.get("/print")
                def print_out(): pass
        app = FastAPI()
        orders = Pages(plugins=[Export(), Print()])
        items = Pages(plugins=[Export()])
        others = Pages()
        app.include_router(orders.router, prefix="/orders")
        app.include_router(items.router, prefix="/items")
        app.include_router(others.router, prefix="/others")
        """,
        {
            ("GET /orders/export", "m:Export.register.export"),
            ("GET /orders/print", "m:Print.register.print_out"),
            ("GET /items/export", "m:Export.register.export"),
        },
        id="what an object is made with registers with the object's router",
    ),
    pytest.param(
        """
        from dataclasses import dataclass, field
        from fastapi import APIRouter, FastAPI
        @dataclass
        class Base:
            router: APIRouter = field(default_factory=APIRouter)
            shared = APIRouter()
            def __post_init__(self): self.register()
            def register(self): ...
        class Listed(Base):
            def register(self):
                self.add_shown()
                @self.router.get("/all")
                def all(): pass
                @self.shared.get("/help")
                def help(): pass
            def add_shown(self):
                @self.router.get("/one")
                def one(): pass
        class Archived(Listed):
            def add_shown(self):
                @self.router.get("/old")
                def old(): pass
        app = FastAPI()
        first, second = Listed(), Listed()
        app.include_router(first.router, prefix="/first")
        app.include_router(second.router, prefix="/second")
        archived = Archived()
        app.include_router(archived.router, prefix="/archive")
        app.include_router(archived.shared, prefix="/shared")
        @first.router.post("/more")
        def more(): pass
        """,
        {
            ("GET /first/all", "m:Listed.register.all"),
            ("GET /first/one", "m:Listed.add_shown.one"),
            ("POST /first/more", "m:more"),
            ("GET /second/all", "m:Listed.register.all"),
            ("GET /second/one", "m:Listed.add_shown.one"),
            ("GET /archive/all", "m:Listed.register.all"),
            ("GET /archive/old", "m:Archived.add_shown.old"),
            ("GET /shared/help", "m:Listed.register.help"),
        },
        id="routers that a class declares for each of its objects",
    ),
    pytest.param(
        """
        import functools
        from fastapi import APIRouter, FastAPI
        def careful(verbose=True):
            def decorator(function):
                @functools.wraps(function)
                async def wrapper(*args, **kwargs):
                    return await function(*args, **kwargs)
                return wrapper
            return decorator
        class Orders:
            def __init__(self):
                self.router = APIRouter()
                self.router.add_api_route("/all", self.all, methods=["GET"])
                self.router.add_api_route("/new", self.new, methods=["POST"])
                self.router.add_api_route("/made", self.made, methods=["GET"])
            @careful()
            async def all(self): pass
            @staticmethod
            @careful(verbose=False)
            async def new(): pass
            @property
            def made(self):
                def inner(): pass
                return inner
        app = FastAPI()
        app.include_router(Orders().router, prefix="/orders")
        """,
        {
            ("GET /orders/all", "m:Orders.all"),
            ("POST /orders/new", "m:Orders.new"),
            ("GET /orders/made", "m:Orders.made.inner"),
        },
        id="methods of an object below a decorator's wrapper",
    ),
    pytest.param(
        """
        from flask import Blueprint, Flask
        from flask.views import MethodView
        one = Blueprint("one", __name__)
        two = Blueprint("two", __name__)
        app = Flask(__name__)
        class Orders(MethodView):
            def get(self): pass
        class Items(MethodView):
            def post(self): pass
        def register(view, endpoint, url):
            app.add_url_rule(url, view_func=view.as_view(endpoint))
        register(Orders, "orders", "/orders/")
        register(Items, endpoint="items", url="/items/")
        @one.route("/a")
        def a(): pass
        @two.route("/b")
        def b(): pass
        for blueprint, prefix in ((one, "/first"), (two, "/second")):
            app.register_blueprint(blueprint, url_prefix=prefix)
        """,
        {
            ("GET /orders/", "m:Orders.get"),
            ("POST /items/", "m:Items.post"),
            ("GET /first/a", "m:a"),
            ("GET /second/b", "m:b"),
        },
        id="flask rules and blueprints by functions and loops of the application",
    ),
    pytest.param(
        """
        from flask import Blueprint, Flask
        one = Blueprint("one", __name__)
        two = Blueprint("two", __name__)
        @one.route("/a")
        def a(): pass
        @two.route("/b")
        def b(): pass
        def set_up(app):
            rows = [{"handler": one, "prefix": "/first"}, {"handler": two, "prefix": "/second"}]
            for row in rows:
                app.register_blueprint(row["handler"], url_prefix=row["prefix"])
        set_up(Flask(__name__))
        """,
        {("GET /first/a", "m:a"), ("GET /second/b", "m:b")},
        id="flask blueprints in a loop over tables, by their keys",
    ),
    pytest.param(
        """
        from flask import Flask
        PREFIX = "/api"
        app = Flask(__name__)
        def login_required(f):
            def wrapper(*args): return f(*args)
            return wrapper
        @app.route(PREFIX + "/one")
        def one(): pass
        @app.route(f"{PREFIX}/two")
        def two(): pass
        @app.route("/three")
        @login_required
        def three(): pass
        """,
        {("GET /api/one", "m:one"), ("GET /api/two", "m:two"), ("GET /three", "m:three")},
        id="flask paths put together and wrapped views",
    ),
    pytest.param(
        """
        from fastapi import APIRouter, FastAPI
        router = APIRouter(prefix="/items")
        nested = APIRouter()
        @router.get("/{id}")
        async def show(id: int): pass
        @router.api_route("/", methods=["POST", "PUT"])
        def change(): pass
        @nested.delete("/x")
        def erase(): pass
        router.include_router(nested, prefix="/nested")
        app = FastAPI()
        app.include_router(router, prefix="/api")
        @app.get("/health")
        def health(): pass
        @app.websocket("/ws")
        async def socket(): pass
        """,
        {
            ("GET /api/items/{id}", "m:show"),
            ("POST /api/items/", "m:change"),
            ("PUT /api/items/", "m:change"),
            ("DELETE /api/items/nested/x", "m:erase"),
            ("GET /health", "m:health"),
            ("WEBSOCKET /ws", "m:socket"),
        },
        id="fastapi",
    ),
    pytest.param(
        """
        from flask import Flask
        app = Flask(__name__)
        NAME = "shop"
        CODE = '/<regex("{0}"):code>'
        ORDER = "/orders/{name}"
        PLAIN = "{}/{number}"
        NESTED = ORDER.format(name=PLAIN.format("open", number=3))
        @app.route("/{1}/code/{0}".format("new", NAME))
        def direct(): pass
        @app.route(CODE.format("[a-z]{2}"))
        def code(): pass
        @app.route(NESTED)
        def nested(): pass
        @app.route(ORDER.format(name=unknown()))
        def of_unknown(): pass
        """,
        {
            ("GET /shop/code/new", "m:direct"),
            ('GET /<regex("[a-z]{2}"):code>', "m:code"),
            ("GET /orders/open/3", "m:nested"),
            ("GET /orders/<dynamic>", "m:of_unknown"),
        },
        id="paths that are patterns filled in",
    ),
]


@pytest.mark.parametrize(("source", "expected"), ROUTES)
def test_routes(draw: Draw, source: str, expected: set[tuple[str, str]]) -> None:
    assert draw(source).entry_points("http") == expected


def test_a_route_has_the_place_of_its_declaration(draw: Draw) -> None:
    app = draw("from flask import Flask\napp = Flask('x')\n\n@app.route('/x')\ndef x(): pass\n")
    (entry,) = app.system.entry_points
    assert (entry.kind, entry.file, entry.line) == ("http", "m.py", 4)


def test_a_blueprint_from_another_module(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": """
                from flask import Flask
                def create_app():
                    from shop import orders
                    from shop.users import bp as users
                    app = Flask(__name__)
                    app.register_blueprint(orders.bp, url_prefix="/orders")
                    for blueprint in (users,):
                        app.register_blueprint(blueprint)
                    return app
            """,
            "shop/orders.py": """
                from flask import Blueprint
                bp = Blueprint("o", "o")
                @bp.route("/")
                def index(): pass
            """,
            "shop/users.py": """
                from flask import Blueprint
                bp = Blueprint("u", "u", url_prefix="/users")
                @bp.post("/add")
                def add(): pass
            """,
        }
    )
    assert app.entry_points("http") == {("GET /orders/", "shop.orders:index"), ("POST /users/add", "shop.users:add")}


DJANGO = {
    "shop/__init__.py": "",
    "shop/views.py": """
        from django.views import View
        from django.views.generic import ListView
        def index(request): pass
        def detail(request, id): pass
        class Orders(View):
            def get(self, request): pass
            def post(self, request): pass
        class Listing(ListView): pass
        def guard(view):
            def wrapper(*args): return view(*args)
            return wrapper
    """,
}

URLS = [
    pytest.param(
        {
            "shop/urls.py": """
                from django.urls import path, re_path
                from . import views
                urlpatterns = [
                    path("", views.index),
                    path("orders/<int:id>/", views.detail, name="detail"),
                    re_path(r"^old/(?P<id>[0-9]+)/$", views.detail),
                ]
                urlpatterns += [path("more/", views.index)]
            """
        },
        {
            ("ANY /", "shop.views:index"),
            ("ANY /orders/<int:id>/", "shop.views:detail"),
            ("ANY /old/<id>/", "shop.views:detail"),
            ("ANY /more/", "shop.views:index"),
        },
        id="functions",
    ),
    pytest.param(
        {
            "shop/urls.py": """
                from django.urls import path
                from . import views
                urlpatterns = [
                    path("orders/", views.Orders.as_view()),
                    path("list/", views.Listing.as_view()),
                    path("guarded/", views.guard(views.index)),
                ]
            """
        },
        {
            ("GET /orders/", "shop.views:Orders.get"),
            ("POST /orders/", "shop.views:Orders.post"),
            ("GET /list/", "shop.views:Listing"),
            ("ANY /guarded/", "shop.views:index"),
        },
        id="classes and a wrapped view",
    ),
    pytest.param(
        {
            "shop/urls.py": """
                from functools import wraps
                from django.contrib.auth.decorators import login_required
                from django.urls import path
                from . import views
                def allowed(right):
                    def decorate(view):
                        def wrapper(request, *args): return view(request, *args)
                        return wrapper
                    return decorate
                class NeedsRight:
                    right = None
                    @classmethod
                    def as_view(cls, **options):
                        return allowed(cls.right)(super(NeedsRight, cls).as_view(**options))
                class Bills(NeedsRight, views.Orders):
                    @login_required
                    def get(self, request): pass
                urlpatterns = [path("bills/", Bills.as_view()), path("again/", allowed("x")(Bills.as_view()))]
            """
        },
        {
            ("GET /bills/", "shop.urls:Bills.get"),
            ("POST /bills/", "shop.urls:Bills"),
            ("GET /again/", "shop.urls:Bills.get"),
            ("POST /again/", "shop.urls:Bills"),
        },
        id="classes that wrap their own view, and decorated methods",
    ),
    pytest.param(
        {
            "project/__init__.py": "",
            "project/settings.py": 'ROOT_URLCONF = "project.urls"',
            "project/urls.py": """
                from django.contrib import admin
                from django.urls import include, path
                import shop.more
                extra = [path("x/", shop.more.index)]
                urlpatterns = [
                    path("admin/", admin.site.urls),
                    path("shop/", include("shop.urls")),
                    path("named/", include(("shop.urls", "shop"), namespace="n")),
                    path("extra/", include(extra)),
                ]
            """,
            "shop/more.py": "def index(request): pass",
            "shop/urls.py": """
                from django.urls import path
                from . import views
                urlpatterns = [path("a/", views.index)]
            """,
        },
        {
            ("ANY /shop/a/", "shop.views:index"),
            ("ANY /named/a/", "shop.views:index"),
            ("ANY /extra/x/", "shop.more:index"),
        },
        id="include",
    ),
    pytest.param(
        {
            "shop/dash.py": """
                from django.urls import path
                from shop.views import detail, index
                class Dash:
                    def get_urls(self):
                        urls = [path("", index)]
                        urls += [path("<pk>/", detail)]
                        return urls
                    @property
                    def urls(self):
                        return self.get_urls(), "dash", "dash"
                dash = Dash()
            """,
            "shop/urls.py": """
                from django.urls import include, path
                from shop import dash
                from shop.dash import dash as made
                urlpatterns = [path("dash/", made.urls), path("again/", include(dash.dash.get_urls()))]
            """,
        },
        {
            ("ANY /dash/", "shop.views:index"),
            ("ANY /dash/<pk>/", "shop.views:detail"),
            ("ANY /again/", "shop.views:index"),
            ("ANY /again/<pk>/", "shop.views:detail"),
        },
        id="patterns that methods give",
    ),
    pytest.param(
        {
            "shop/urls.py": """
                from django.urls import include, path
                from rest_framework.routers import SimpleRouter
                from .api import Orders
                router = SimpleRouter(trailing_slash=False)
                router.register("orders", Orders)
                urlpatterns = [
                    path("api/", include(router.urls)),
                    path("last/", Orders.as_view({"get": "recent", "delete": "destroy"})),
                ]
            """,
            "shop/api.py": """
                from rest_framework.decorators import action
                from rest_framework.mixins import DestroyModelMixin
                from rest_framework.viewsets import GenericViewSet
                class Orders(DestroyModelMixin, GenericViewSet):
                    lookup_field = "number"
                    def list(self, request): pass
                    @action(detail=True, methods=["post"])
                    def ship(self, request, number): pass
                    @action(detail=True, url_path=r"parts/(?P<part>[0-9]+)")
                    def part(self, request, number, part): pass
                    @action(detail=False, url_path="last-week")
                    def recent(self, request): pass
                    @recent.mapping.patch
                    def change(self, request): pass
            """,
        },
        {
            ("GET /api/orders", "shop.api:Orders.list"),
            ("DELETE /api/orders/<number>", "shop.api:Orders"),
            ("POST /api/orders/<number>/ship", "shop.api:Orders.ship"),
            ("GET /api/orders/<number>/parts/<part>", "shop.api:Orders.part"),
            ("GET /api/orders/last-week", "shop.api:Orders.recent"),
            ("PATCH /api/orders/last-week", "shop.api:Orders.change"),
            ("GET /last/", "shop.api:Orders.recent"),
            ("DELETE /last/", "shop.api:Orders"),
        },
        id="extra actions and tables of actions",
    ),
    pytest.param(
        {
            "shop/urls.py": """
                from django.urls import include, path
                from rest_framework.routers import SimpleRouter
                from .api import Orders, Parcels
                router = SimpleRouter()
                router.register("orders", Orders)
                urlpatterns = [path("api/", include(router.urls)), path("parcels/", Parcels.as_view())]
            """,
            "shop/api.py": """
                from django.views import View
                from rest_framework.decorators import action
                from rest_framework.viewsets import ModelViewSet
                class ReadOnly:
                    http_method_names = ("get", "head", "options")
                class Orders(ReadOnly, ModelViewSet):
                    @action(detail=True, methods=["get", "post"])
                    def notes(self, request, pk): pass
                class Parcels(View):
                    http_method_names = ["post"]
                    def get(self, request): pass
                    def post(self, request): pass
            """,
        },
        {
            ("GET /api/orders/", "shop.api:Orders"),
            ("GET /api/orders/<pk>/", "shop.api:Orders"),
            ("GET /api/orders/<pk>/notes/", "shop.api:Orders.notes"),
            ("POST /parcels/", "shop.api:Parcels.post"),
        },
        id="classes that allow some methods only",
    ),
    pytest.param(
        {
            "shop/urls.py": """
                from django.urls import path
                from .pages import Leave
                urlpatterns = [path("leave/", Leave.as_view())]
            """,
            "shop/pages.py": """
                from django.views.generic import RedirectView
                class Leave(RedirectView):
                    def get(self, request): pass
            """,
        },
        {
            ("GET /leave/", "shop.pages:Leave.get"),
            ("POST /leave/", "shop.pages:Leave"),
            ("PUT /leave/", "shop.pages:Leave"),
            ("PATCH /leave/", "shop.pages:Leave"),
            ("DELETE /leave/", "shop.pages:Leave"),
        },
        id="a view that redirects whatever it is asked by",
    ),
    pytest.param(
        {
            "shop/urls.py": """
                from rest_framework.routers import DefaultRouter
                from django.urls import include, path
                from .api import Orders
                router = DefaultRouter()
                router.register("orders", Orders)
                urlpatterns = [path("api/", include(router.urls))]
            """,
            "shop/api.py": """
                from rest_framework.viewsets import ModelViewSet
                class Orders(ModelViewSet): pass
            """,
        },
        {
            ("GET /api/orders/", "shop.api:Orders"),
            ("POST /api/orders/", "shop.api:Orders"),
            ("GET /api/orders/<pk>/", "shop.api:Orders"),
            ("PUT /api/orders/<pk>/", "shop.api:Orders"),
            ("PATCH /api/orders/<pk>/", "shop.api:Orders"),
            ("DELETE /api/orders/<pk>/", "shop.api:Orders"),
        },
        id="router of the REST framework",
    ),
]


@pytest.mark.parametrize(("files", "expected"), URLS)
def test_django_routes(draw: Draw, files: dict[str, str], expected: set[tuple[str, str]]) -> None:
    assert draw({**DJANGO, **files}).entry_points("http") == expected


FASTAPI_DEPENDENCIES = """
    from typing import Annotated
    from fastapi import Depends, FastAPI
    app = FastAPI()
    class Service:
        def go(self): pass
    class Other:
        def go(self): pass
    def provide(): return Service()
    def check(): pass
    Provided = Annotated[Service, Depends(provide)]
    @app.get("/default")
    def default(service=Depends(provide)): service.go()
    @app.get("/alias")
    def alias(service: Provided): service.go()
    @app.get("/written")
    def written(service: Annotated[Service, Depends(provide)]): service.go()
    @app.get("/guarded", dependencies=[Depends(check)])
    def guarded(): pass
"""


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        pytest.param(
            "default",
            {"m:provide", "m:Service.go"},
        ),
        pytest.param(
            "alias",
            {"m:provide", "m:Service.go"},
        ),
        pytest.param(
            "written",
            {"m:provide", "m:Service.go"},
        ),
        pytest.param(
            "guarded",
            {"m:check"},
        ),
    ],
)
def test_a_handler_calls_its_dependencies(draw: Draw, handler: str, expected: set[str]) -> None:
    calls = draw(FASTAPI_DEPENDENCIES).calls()
    assert {target for source, target in calls if source == f"m:{handler}"} == expected


def test_routes_of_flask_restful(draw: Draw) -> None:
    app = draw(
        """
        from flask import Flask
        from flask_restful import Api, Resource
        app = Flask(__name__)
        api = Api(app, prefix="/api")
        class Item(Resource):
            def get(self): pass
            def delete(self): pass
        api.add_resource(Item, "/item/<id>")
        """
    )
    assert app.entry_points("http") == {
        ("GET /api/item/<id>", "m:Item.get"),
        ("DELETE /api/item/<id>", "m:Item.delete"),
    }


def test_tasks(draw: Draw) -> None:
    app = draw(
        """
        from celery import Celery, shared_task
        app = Celery("m")
        @shared_task
        def one(): helper()
        @app.task(bind=True, name="custom")
        def two(self): pass
        @app.task
        def three(): pass
        def helper(): pass
        def start():
            one.delay(1)
            two.apply_async(args=[1])
            three()
        def chained():
            (one.s(1) | three.si()).delay()
        """
    )
    assert app.entry_points("task") == {("m.one", "m:one"), ("custom", "m:two"), ("m.three", "m:three")}
    assert app.calls("task") >= {("m:start", "m:one"), ("m:start", "m:two")}
    assert ("m:start", "m:three") in app.calls("call")
    assert ("m:start", "m:three") not in app.calls("task")
    assert {target for source, target in app.calls("task") if source == "m:chained"} == {"m:one", "m:three"}
    assert ("m:one", "m:helper") in app.calls("call")


def test_an_application_of_celery_may_be_known_by_its_use_alone(draw: Draw) -> None:
    app = draw(
        """
        import celery
        from django.conf import settings
        from django.utils.module_loading import import_string
        app = import_string(settings.KIND)("m")
        app.autodiscover_tasks(packages=lambda: settings.INSTALLED_APPS)
        other = import_string(settings.OTHER)("m")
        other.autodiscover(1)
        @app.task(bind=True)
        def one(self): pass
        @other.task
        def two(): pass
        def start(): one.apply_async(args=[1])
        """
    )
    assert app.entry_points("task") == {("m.one", "m:one")}
    assert app.calls("task") == {("m:start", "m:one")}


def test_a_task_sent_by_its_name(draw: Draw) -> None:
    app = draw(
        """
        from celery import Celery
        app = Celery("m")
        @app.task(name="billing.charge")
        def charge(): pass
        def start(): app.send_task("billing.charge")
        """
    )
    assert app.calls("task") == {("m:start", "m:charge")}


@pytest.mark.parametrize(
    "schedule",
    [
        pytest.param('app.conf.beat_schedule = {"nightly": {"task": "m.clean", "schedule": 60}}', id="attribute"),
        pytest.param(
            'app.conf.beat_schedule = {"nightly": {"task": "m.clean", "schedule": crontab(hour=1)}}', id="crontab"
        ),
        pytest.param('app.conf.update(beat_schedule={"nightly": {"task": "m.clean", "schedule": 60}})', id="keyword"),
        pytest.param('CELERY_BEAT_SCHEDULE = {"nightly": {"task": "m.clean", "schedule": crontab()}}', id="constant"),
        pytest.param('class Config:\n    CELERYBEAT_SCHEDULE = {"nightly": {"task": "m.clean"}}', id="settings class"),
        pytest.param(
            'HOURLY = {"task": "m.clean", "schedule": crontab()}\napp.conf.beat_schedule = {"nightly": HOURLY}',
            id="name",
        ),
        pytest.param(
            'OTHER = {"nightly": {"task": "m.clean"}}\napp.conf.beat_schedule = {**OTHER, "x": {"task": "gone"}}',
            id="unpacked",
        ),
        pytest.param(
            'beat_schedule = {**beat_schedule, "nightly": {"task": "m.clean", "schedule": crontab()}}', id="of itself"
        ),
        pytest.param(
            'app.conf.beat_schedule = {"nightly": {"task": clean.name, "schedule": crontab()}}', id="name of the task"
        ),
        pytest.param('app.add_periodic_task(60, clean.s(1), name="nightly")', id="added"),
        pytest.param(
            "@app.on_after_configure.connect\n"
            "def plan(sender, **options): sender.add_periodic_task(60, clean.si(), name='nightly')",
            id="added by a signal",
        ),
    ],
)
def test_scheduled_tasks(draw: Draw, schedule: str) -> None:
    head = "from celery import Celery\nfrom celery.schedules import crontab\napp = Celery('m')\n"
    app = draw(f"{head}@app.task\ndef clean(): pass\n{schedule}\n")
    assert app.entry_points("schedule") == {("nightly", "m:clean")}


def test_a_task_is_scheduled_by_the_name_that_it_was_given(draw: Draw) -> None:
    app = draw(
        """
        from celery import Celery
        app = Celery("m")
        @app.task(name="house.clean")
        def clean(): pass
        @app.task
        def cook(): pass
        app.conf.beat_schedule = {
            "nightly": {"task": "house.clean", "schedule": 60},
            "unknown": {"task": "house.paint", "schedule": 60},
            "none": {"schedule": 60},
        }
        app.add_periodic_task(60, cook.s())
        """
    )
    assert app.entry_points("schedule") == {("nightly", "m:clean"), ("m.cook", "m:cook")}


def test_signals_of_django(draw: Draw) -> None:
    app = draw(
        """
        from django.db.models.signals import post_save, pre_delete
        from django.dispatch import Signal, receiver
        paid = Signal()
        @receiver(post_save, sender="shop.Order")
        def saved(sender, **kwargs): pass
        def deleted(sender, **kwargs): pass
        pre_delete.connect(deleted)
        @receiver(paid)
        def on_paid(sender, **kwargs): pass
        def pay(): paid.send(sender=None)
        """
    )
    assert app.entry_points("signal") == {("post_save", "m:saved"), ("pre_delete", "m:deleted"), ("paid", "m:on_paid")}
    assert app.calls("signal") == {("m:pay", "m:on_paid")}


def test_what_may_be_left_out_of_a_pattern_is(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/settings.py": 'ROOT_URLCONF = "shop.urls"',
            "shop/urls.py": r"""
                from django.urls import include, re_path
                from shop import views
                bundles = [re_path("^bundle/$", views.bundle)]
                urlpatterns = [
                    re_path(r"^parts/(?P<part>\d+)/(?:chunk/(?P<chunk>\d+)/)?", include(bundles)),
                    re_path(r"^(?:v(?P<version>\d))/carts/$", views.carts),
                    re_path(r"^(?:de|en)/carts/$", views.carts),
                ]
            """,
            "shop/views.py": """
                def bundle(request, part, chunk=None): helper()
                def carts(request, version=None): helper()
                def helper(): pass
            """,
        }
    )
    assert app.entry_points("http") == {
        ("ANY /parts/<part>/bundle/", "shop.views:bundle"),
        ("ANY /v<version>/carts/", "shop.views:carts"),
        ("ANY /(?:de|en)/carts/", "shop.views:carts"),
    }


def test_routers_that_a_partial_mounts(draw: Draw) -> None:
    app = draw(
        """
        from functools import partial
        from fastapi import APIRouter, FastAPI
        from flask import Blueprint, Flask
        pages, lists, items = Flask(__name__), Blueprint("lists", __name__), APIRouter()
        admin = Blueprint("admin", __name__)
        @lists.get("/all")
        def everything(): helper()
        @admin.get("/users")
        def users(): helper()
        @items.get("/one")
        def one(): helper()
        def helper(): pass
        def register(name, blueprint, prefix): pages.register_blueprint(blueprint, url_prefix=prefix)
        def start():
            registrations = [partial(pages.register_blueprint, lists, url_prefix="/lists")]
            registrations.append(partial(register, admin, admin, "/wrong"))
            for registration in registrations:
                registration()
        include = partial(FastAPI().include_router, prefix="/v1")
        include(items)
        """
    )
    found = app.entry_points("http")
    assert {("GET /lists/all", "m:everything"), ("GET /v1/one", "m:one")} <= found
    assert {handler for _, handler in found} == {"m:everything", "m:users", "m:one"}
    assert len(found) == 3


def test_listeners_of_events_of_sqlalchemy(draw: Draw) -> None:
    app = draw(
        """
        from sqlalchemy import event
        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
        class Base(DeclarativeBase): pass
        class Parcel(Base):
            __tablename__ = "parcels"
            id: Mapped[int] = mapped_column(primary_key=True)
        def inserted(mapper, connection, target): helper()
        def deleted(mapper, connection, target): helper()
        def helper(): pass
        event.listen(Parcel, "after_insert", inserted)
        event.listen(Parcel, "after_delete", fn=deleted)
        @event.listens_for(Session, "after_flush")
        def flushed(session, context): pass
        """
    )
    assert app.entry_points("signal") == {
        ("Parcel after_insert", "m:inserted"), ("Parcel after_delete", "m:deleted"), ("Session after_flush", "m:flushed"),
    }  # fmt: skip


def test_receivers_that_decorators_of_the_application_connect(draw: Draw) -> None:
    app = draw(
        """
        from functools import wraps
        from celery.signals import task_prerun
        from django.db.models.signals import post_save, pre_save
        from django.dispatch import Signal
        paid = Signal()
        sent = Signal()
        def listening(signal, senders):
            def around(function):
                for sender in senders:
                    signal.connect(function, sender=sender)
                return function
            return around
        def once(signal):
            def around(function):
                @wraps(function)
                def inner(*args, **kwargs): return function(*args, **kwargs)
                signal.connect(inner)
                return inner
            return around
        def unless_raw(function):
            @wraps(function)
            def inner(*, raw=False, **kwargs): return None if raw else function(**kwargs)
            return inner
        @listening(post_save, [1, 2])
        @unless_raw
        def saved(sender, **kwargs): pass
        @unless_raw
        def kept(sender, **kwargs): pass
        pre_save.connect(kept, sender=int)
        @once(paid)
        def on_paid(sender, **kwargs): pass
        @once(sent)
        def on_sent(sender, **kwargs): pass
        @task_prerun.connect
        def started(**kwargs): pass
        """
    )
    assert app.entry_points("signal") == {
        ("post_save", "m:saved"), ("pre_save", "m:kept"), ("paid", "m:on_paid"), ("sent", "m:on_sent"),
        ("task_prerun", "m:started"),
    }  # fmt: skip


def test_a_saved_model_runs_the_receivers_of_its_signal(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models
                class Order(models.Model): pass
                class Other(models.Model): pass
            """,
            "shop/m.py": """
                from django.db.models.signals import post_save
                from django.dispatch import receiver
                from shop.models import Order, Other
                @receiver(post_save, sender=Order)
                def saved(sender, **kwargs): pass
                def pay(order: Order): order.save()
                def other(thing: Other): thing.save()
            """,
        }
    )
    assert app.calls("signal") == {("shop.m:pay", "shop.m:saved")}


def test_commands(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/management/__init__.py": "",
            "shop/management/commands/__init__.py": "",
            "shop/management/commands/clean_up.py": """
                from django.core.management.base import BaseCommand
                class Command(BaseCommand):
                    def handle(self, *args, **options): work()
                def work(): pass
            """,
            "shop/cli.py": """
                import click
                from flask import Flask
                import typer
                flask = Flask(__name__)
                typed = typer.Typer()
                @click.group()
                def main(): pass
                @main.command("run-it")
                def run(): pass
                @click.command()
                def do_this(): pass
                @flask.cli.command("seed")
                def seed(): pass
                @typed.command()
                def hello(): pass
            """,
        }
    )
    assert app.entry_points("command") == {
        ("clean_up", "shop.management.commands.clean_up:Command.handle"),
        ("main", "shop.cli:main"),
        ("run-it", "shop.cli:run"),
        ("do-this", "shop.cli:do_this"),
        ("seed", "shop.cli:seed"),
        ("hello", "shop.cli:hello"),
    }


def test_admin_pages(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": "from django.db import models\nclass A(models.Model): pass\nclass B(models.Model): pass",
            "shop/admin.py": """
                from django.contrib import admin
                from .models import A, B
                @admin.register(A)
                class AAdmin(admin.ModelAdmin): pass
                class BAdmin(admin.ModelAdmin): pass
                admin.site.register(B, BAdmin)
            """,
        }
    )
    assert app.entry_points("admin") == {("A", "shop.admin:AAdmin"), ("B", "shop.admin:BAdmin")}


def test_admin_pages_of_several_models_and_without_a_class_of_their_own(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models
                class A(models.Model): pass
                class B(models.Model): pass
                class C(models.Model): pass
                class D(models.Model): pass
                class E(models.Model): pass
                class F(models.Model): pass
            """,
            "shop/admin.py": """
                from django.contrib import admin
                from .models import A, B, C, D, E, F
                @admin.register(A, B)
                class Both(admin.ModelAdmin): pass
                admin.site.register(C)
                admin.site.register([D], admin.ModelAdmin)
                class Registry:
                    def register(self, model): pass
                site = Registry()
                site.register(E)
            """,
            "shop/own.py": """
                from django.contrib.admin import AdminSite
                from .models import F
                class Own(AdminSite): pass
                own = Own()
                own.register(F)
            """,
        }
    )
    assert app.entry_points("admin") == {
        ("A, B", "shop.admin:Both"), ("C", "shop.admin:"), ("D", "shop.admin:"), ("F", "shop.own:"),
    }  # fmt: skip
    touched = {(a.table, a.operation, a.line) for a in app.system.accesses if a.definition == "shop.admin:"}
    assert touched == {
        (f"shop_{t}", o, n) for t, n in (("c", 5), ("d", 6)) for o in ("read", "insert", "update", "delete")
    }


TRANSACTIONS = [
    pytest.param(
        "with transaction.atomic():\n        save()",
        "atomic",
        id="atomic block",
    ),
    pytest.param(
        "save()",
        "atomic",
        id="atomic decorator",
    ),
    pytest.param(
        "with transaction.atomic(using='x'), open('f'):\n        save()",
        "atomic",
        id="atomic with another",
    ),
]


@pytest.mark.parametrize(("body", "scope"), TRANSACTIONS)
def test_transactions_of_django(draw: Draw, body: str, scope: str) -> None:
    decorator = "@transaction.atomic\n" if body == "save()" else ""
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": "from django.db import models\nclass A(models.Model): pass\nclass B(models.Model): pass",
            "shop/m.py": "from django.db import transaction\nfrom shop.models import A, B\n"
            f"def save():\n    A().save()\n    deeper()\ndef deeper(): B().save()\n{decorator}def f():\n    {body}\n"
            "def outside(): A().save()\n",
        }
    )
    assert app.transactions() == {("shop.m:f", scope, ("shop_a", "shop_b"))}


def test_transactions_of_sessions(draw: Draw) -> None:
    app = draw(
        """
        from sqlalchemy import Column, Integer
        from sqlalchemy.orm import Session, declarative_base
        Base = declarative_base()
        class A(Base):
            __tablename__ = "a"
            id = Column(Integer, primary_key=True)
        class B(Base):
            __tablename__ = "b"
            id = Column(Integer, primary_key=True)
        def store(s: Session): s.add(B())
        def begun(s: Session):
            with s.begin():
                s.add(A())
                store(s)
        def committed(s: Session):
            s.query(A).all()
            store(s)
            s.commit()
        def neither(s: Session): s.add(A())
        """
    )
    assert {(t.definition, t.tables_written, t.tables_read) for t in app.system.transactions} == {
        ("m:begun", ("a", "b"), ()),
        ("m:committed", ("b",), ("a",)),
    }
    assert {(t.definition, t.file, t.line) for t in app.system.transactions} == {
        ("m:begun", "m.py", 12),
        ("m:committed", "m.py", 18),
    }


def test_a_transaction_of_a_connection(draw: Draw) -> None:
    app = draw(
        """
        import sqlite3
        def f():
            connection = sqlite3.connect("x")
            connection.execute("INSERT INTO users VALUES (1)")
            connection.execute("UPDATE orders SET x = 1")
            connection.commit()
        """
    )
    assert app.transactions() == {("m:f", "explicit", ("orders", "users"))}


def test_a_task_runs_outside_of_the_transaction_that_starts_it(draw: Draw) -> None:
    app = draw(
        """
        import sqlite3
        from celery import shared_task
        @shared_task
        def later(): sqlite3.connect("x").execute("INSERT INTO mails VALUES (1)")
        def f():
            connection = sqlite3.connect("x")
            connection.execute("INSERT INTO users VALUES (1)")
            later.delay()
            connection.commit()
        """
    )
    assert app.transactions() == {("m:f", "explicit", ("users",))}


def test_a_transaction_that_a_decorator_opens_is_the_decorated_functions(draw: Draw) -> None:
    app = draw(
        """
        from functools import wraps
        from sqlalchemy import Column, Integer
        from sqlalchemy.orm import DeclarativeBase, Session
        class Base(DeclarativeBase): pass
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
        class User(Base):
            __tablename__ = "users"
            id = Column(Integer, primary_key=True)
        session = Session()
        def transaction():
            def decorate(function):
                @wraps(function)
                def wrapped(*args):
                    result = function(*args)
                    session.commit()
                    return result
                return wrapped
            return decorate
        @transaction()
        def order(): session.add(Order())
        @transaction()
        def register(): session.add(User())
        def main():
            order()
        """
    )
    assert {(t.definition, t.tables_written) for t in app.system.transactions} == {
        ("m:order", ("orders",)),
        ("m:register", ("users",)),
    }
    through = {(d.source, d.target) for d in app.system.dependencies if d.kind == "through"}
    assert through == {("m:main", "m:order")}
    tied = {(d.source, d.target) for d in app.system.dependencies if d.runs}
    assert ("m:transaction.decorate.wrapped", "m:register") not in tied


def test_routes_through_a_blueprint_of_the_applications_own(draw: Draw) -> None:
    source = """
        from flask import Blueprint
        class OurBlueprint(Blueprint):
            def add_url_rule(self, rule, endpoint=None, view_func=None, **options):
                super().add_url_rule(rule, endpoint, view_func, **options)
        bp = OurBlueprint("ours", __name__, url_prefix="/ours")
        def show(): pass
        bp.add_url_rule("/show", "show", show)
    """
    assert [str(e.name) for e in draw(source).system.entry_points] == ["GET /ours/show"]


def test_routes_whose_rows_are_unpacked_and_routes_that_an_own_method_registers(draw: Draw) -> None:
    source = """
        from fastapi import APIRouter
        from flask import Blueprint, Flask
        class OurBlueprint(Blueprint):
            def show(self, *args, **options):
                self.add_url_rule(*args, **options)
        def home(): pass
        def away(): pass
        RULES = (("/home", "home", home), ("/away", "away", away))
        rows = Blueprint("rows", __name__)
        ours = OurBlueprint("ours", __name__, url_prefix="/ours")
        ours.show("/home", "home", home, methods=["PUT"])
        for rule in RULES:
            rows.add_url_rule(*rule)
        app = Flask(__name__)
        app.register_blueprint(rows, url_prefix="/rows")
        app.register_blueprint(ours)
        router = APIRouter()
        for route in [("/home", home), ("/away", away)]:
            router.add_api_route(*route, methods=["POST"])
    """
    assert {(e.name, e.handler) for e in draw(source).system.entry_points} == {
        ("GET /rows/home", "m:home"),
        ("GET /rows/away", "m:away"),
        ("PUT /ours/home", "m:home"),
        ("POST /home", "m:home"),
        ("POST /away", "m:away"),
    }


def test_each_name_of_a_loop_has_the_function_of_that_name(draw: Draw) -> None:
    source = """
        from flask import Blueprint, Flask
        def home(): pass
        def away(): pass
        def other(): pass
        shop = Blueprint("shop", __name__, url_prefix="/shop")
        def register(blueprint):
            names = ["home", "away"]
            for name in names:
                blueprint.add_url_rule("/{0}/<id>".format(name), methods=["GET", "POST"], view_func=globals()[name])
        register(shop)
        for name in ("home", "other"):
            shop.add_url_rule(f"/{name}", view_func=globals()[name])
        app = Flask(__name__)
        app.register_blueprint(shop)
    """
    assert {(e.name, e.handler, e.line) for e in draw(source).system.entry_points} == {
        ("GET /shop/home/<id>", "m:home", 9),
        ("POST /shop/home/<id>", "m:home", 9),
        ("GET /shop/away/<id>", "m:away", 9),
        ("POST /shop/away/<id>", "m:away", 9),
        ("GET /shop/home", "m:home", 12),
        ("GET /shop/other", "m:other", 12),
    }


def test_routes_whose_views_functions_of_the_application_are_put_around(draw: Draw) -> None:
    """Each route has the classes that are given for it, although one decorator remembers all views that are made."""
    source = """
        from functools import wraps
        from flask import Blueprint
        KNOWN = {}
        def remembered(function):
            @wraps(function)
            def inner(*given):
                if given not in KNOWN:
                    KNOWN[given] = function(*given)
                return KNOWN[given]
            return inner
        class Page:
            def process(self): pass
        class Orders(Page): pass
        class Items(Page): pass
        class Parts(Page): pass
        @remembered
        def view_of(page):
            if isinstance(page, type):
                def wrapper(**values): return page().process()
                return wrapper
            return page
        @remembered
        def either(first, second):
            one, two = view_of(first), view_of(second)
            def view(**values): return one(**values) if values["one"] else two(**values)
            return view
        def moved(place, endpoint, view=None):
            def go(**values): return view(**values) if view else (place, endpoint)
            return go
        def elsewhere(endpoint):
            def leave(**values): return endpoint
            return leave
        class OurBlueprint(Blueprint):
            def add_url_rule(self, rule, endpoint=None, view_func=None, **options):
                super().add_url_rule(rule, endpoint, view_of(view_func), **options)
        place = OurBlueprint("place", __name__)
        place.add_url_rule("/orders", "orders", Orders)
        place.add_url_rule("/either", "either", either(Items, Parts), methods=["POST"])
        place.add_url_rule("/old", "old", moved(place, "orders"))
        place.add_url_rule("/older", "older", elsewhere("orders"))
    """
    assert sorted((e.name, e.handler) for e in draw(source).system.entry_points) == [
        ("GET /old", "m:moved.go"),
        ("GET /older", "m:elsewhere.leave"),
        ("GET /orders", "m:Orders"),
        ("POST /either", "m:Items"),
        ("POST /either", "m:Parts"),
    ]


def test_classes_that_a_package_out_of_view_derives_from_a_library(draw: Draw) -> None:
    """``OurCelery`` of ``ours.celery`` is taken for a subclass of ``Celery``, unless the package is in view and it is none."""
    source = """
        from {package}.celery import OurCelery
        from {package}.flask import OurBlueprint
        app = OurCelery()
        place = OurBlueprint("place", __name__, url_prefix="/place")
        @app.task(bind=True, name="count")
        def count(self): pass
        @place.route("/")
        def show(): count.apply_async([1])
    """
    application = draw(source.format(package="ours"))
    assert {(e.kind, e.name, e.handler) for e in application.system.entry_points} == {
        ("task", "count", "m:count"),
        ("http", "GET /place/", "m:show"),
    }
    assert [(d.source, d.target) for d in application.system.dependencies if d.kind == "task"] == [
        ("m:show", "m:count")
    ]
    in_view = {
        "m.py": source.format(package="mine"),
        "mine/__init__.py": "",
        "mine/celery.py": "class OurCelery:\n    def task(self, **options): return lambda function: function\n",
        "mine/flask.py": "class OurBlueprint:\n    def route(self, path): return lambda function: function\n",
    }
    assert not draw(in_view).system.entry_points


def test_routes_that_a_function_registers_for_each_path_of_a_list_that_it_is_given(draw: Draw) -> None:
    source = """
        from flask import Blueprint, Flask
        def register_all(place, routes, view, **options):
            for route in routes:
                place.add_url_rule(route, view_func=view, **options)
        def show(): pass
        def hide(): pass
        OTHERS = ("/c",)
        def load(app):
            one = Blueprint("one", __name__)
            two = Blueprint("two", __name__)
            register_all(one, routes=["/a", "/b"], view=show)
            register_all(two, OTHERS, hide)
            app.register_blueprint(one, url_prefix="/one")
            app.register_blueprint(two, url_prefix="/two")
        load(Flask(__name__))
    """
    found = [(e.name, e.handler, e.line) for e in draw(source).system.entry_points]
    assert sorted(found) == [
        ("GET /one/a", "m:show", 11),
        ("GET /one/b", "m:show", 11),
        ("GET /two/c", "m:hide", 12),
    ]


def test_routes_of_a_table_that_a_loop_registers(draw: Draw) -> None:
    """Each path has the view of its own row, also where the function with the loop keeps and decorates what it makes of it."""
    source = """
        from flask import Blueprint, Flask
        from flask.views import MethodView
        class Orders(MethodView):
            def get(self): pass
            def post(self): pass
        class Items(MethodView):
            def delete(self): pass
        def show(): pass
        def hide(): pass
        def configure(place, table, decorators=None):
            views = {}
            for path, resource in table:
                view = views.get(resource)
                if view is None:
                    view = resource.as_view(resource.__name__)
                    for decorator in decorators or []:
                        view = decorator(view)
                    views[resource] = view
                place.add_url_rule(path, view_func=view)
            return place
        app = Flask(__name__)
        one = Blueprint("one", __name__, url_prefix="/one")
        TABLE = [
            ("/orders", Orders),
            ("/items/<key>", Items),
        ]
        configure(one, TABLE)
        app.register_blueprint(one)
        def load():
            configure(app, [("/late", Items)])
        for rule, function in (("/show", show), ("/hide", hide)):
            app.add_url_rule(rule, view_func=function)
    """
    found = {(e.name, e.handler, e.line) for e in draw(source).system.entry_points}
    assert found == {
        ("GET /one/orders", "m:Orders.get", 24),
        ("POST /one/orders", "m:Orders.post", 24),
        ("DELETE /one/items/<key>", "m:Items.delete", 25),
        ("DELETE /late", "m:Items.delete", 30),
        ("GET /show", "m:show", 31),
        ("GET /hide", "m:hide", 31),
    }


def _paths(app: Application) -> dict[str, str]:
    return {str(e.name).partition(" ")[2]: e.handler for e in app.system.entry_points if e.kind == "http"}


def test_django_routes_put_together_in_a_loop_by_a_function_with_a_prefix(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/views.py": "def show(request): pass\ndef export(request): pass\n",
            "shop/urls.py": """
                from django.urls import include, path
                from . import views

                def urls_below(prefix):
                    prefix = prefix.rstrip("/")
                    return [path(f"{prefix}{rest}", view) for rest, view in [("/", views.show), (".xml", views.export)]]

                urlpatterns = [path("<slug:event>/", include([*urls_below("plan"), *urls_below("plan/v/<version>")]))]
            """,
        }
    )
    assert _paths(app) == {
        "/<slug:event>/plan/": "shop.views:show",
        "/<slug:event>/plan.xml": "shop.views:export",
        "/<slug:event>/plan/v/<version>/": "shop.views:show",
        "/<slug:event>/plan/v/<version>.xml": "shop.views:export",
    }


def test_a_django_view_may_be_an_object(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/feeds.py": """
                from django.contrib.syndication.views import Feed
                class News(Feed):
                    def items(self): pass
                class Health:
                    def __call__(self, request): pass
            """,
            "shop/urls.py": """
                from django.urls import path
                from . import feeds
                urlpatterns = [path("news", feeds.News()), path("health", feeds.Health())]
            """,
        }
    )
    assert _paths(app) == {"/news": "shop.feeds:News", "/health": "shop.feeds:Health.__call__"}


def test_a_prefix_from_the_environment_is_what_it_is_without(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/settings.py": 'import os\nPREFIX = os.getenv("SHOP_PREFIX", "shop/")\n',
            "shop/urls.py": """
                from django.conf import settings
                from django.urls import include, path
                def show(request): pass
                urlpatterns = [path("show", show)]
                urlpatterns = [path(settings.PREFIX, include(urlpatterns))]
            """,
        }
    )
    assert _paths(app) == {"/shop/show": "shop.urls:show"}


def test_a_path_that_an_option_has_is_what_it_is_without(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/options.py": """
                class Options:
                    def text(self, name, default=None): return read(name, default)
                def read(name, default): return default
            """,
            "shop/settings.py": """
                from shop.options import Options
                options = Options()
                class Settings:
                    ORDERS = options.text("ORDERS", "/orders")
                    BILLS = options.text("BILLS", default="/bills")
                settings = Settings()
            """,
            "shop/api.py": """
                from fastapi import APIRouter, FastAPI
                from shop.settings import settings
                def make_router():
                    router = APIRouter()
                    @router.get(settings.ORDERS)
                    def orders(): pass
                    @router.get(settings.BILLS)
                    def bills(): pass
                    return router
                app = FastAPI()
                app.include_router(make_router())
            """,
        }
    )
    assert app.entry_points("http") == {
        ("GET /orders", "shop.api:make_router.orders"),
        ("GET /bills", "shop.api:make_router.bills"),
    }


def test_what_a_function_is_asked_for_is_not_the_prefix_that_it_gives(draw: Draw) -> None:
    app = draw(
        """
        from flask import Blueprint, Flask
        class Rules:
            def __init__(self, prefix): self._prefix = prefix
            def prefix(self, style):
                if style == "flask":
                    return f"/{self._prefix.split('/')[1]}"
                return ""
            def below(self, path): return f"/v1{path}"
        def load_rules(config) -> Rules: return Rules(config["prefix"])
        def below(path): return path
        rules = load_rules({})
        one = Blueprint("one", __name__, url_prefix=rules.prefix("flask"))
        two = Blueprint("two", __name__, url_prefix=below("/two"))
        @one.route("/a")
        def a(): pass
        @two.route("/b")
        def b(): pass
        app = Flask(__name__)
        app.register_blueprint(one)
        app.register_blueprint(two)
        """
    )
    assert app.entry_points("http") == {("GET /<dynamic>/a", "m:a"), ("GET /two/b", "m:b")}


def test_a_prefix_among_options_that_a_function_is_given(draw: Draw) -> None:
    app = draw(
        """
        import os
        from typing import cast
        from fastapi import APIRouter, FastAPI
        OUTER = os.environ.get("OUTER_PREFIX", "")
        UNKNOWN = os.environ.get("UNKNOWN_PREFIX")
        one, two, three = APIRouter(prefix="/own"), APIRouter(), APIRouter()
        @one.get("/a")
        def a(): pass
        @two.get("/b")
        def b(): pass
        @three.get("/c")
        def c(): pass
        def create_app():
            app = FastAPI()
            include(app, one)
            include(app, two, prefix="/two/")
            app.include_router(three, prefix=UNKNOWN)
            return app
        def include(app, router, **options):
            outer = f"/{OUTER.strip('/')}" if OUTER else ""
            inner = cast(str | None, options.get("prefix"))
            prefix = f"{outer}/{inner.strip('/')}" if inner else outer
            app.include_router(router, **{**options, "prefix": prefix})
        """
    )
    assert app.entry_points("http") == {("GET /own/a", "m:a"), ("GET /two/b", "m:b"), ("GET /<dynamic>/c", "m:c")}


def test_views_in_a_module_that_is_named_like_what_another_one_imports(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/views/__init__.py": "from .orders import *\nfrom .settings import *\n",
            "shop/views/orders.py": "from django.conf import settings\n",
            "shop/views/settings.py": "def general(request): pass\n",
            "shop/urls.py": """
                from django.urls import path
                from shop import views
                urlpatterns = [path("settings", views.settings.general)]
            """,
        }
    )
    assert _paths(app) == {"/settings": "shop.views.settings:general"}


def test_what_a_decorator_of_the_application_registers(draw: Draw) -> None:
    app = draw(
        """
        import functools
        from celery import Celery, shared_task
        from fastapi import APIRouter, FastAPI
        from flask import Flask

        celery, web, api = Celery(), Flask(__name__), FastAPI()

        def task(name, **options):
            def decorate(function):
                @functools.wraps(function)
                def wrapped(*arguments): return function(*arguments)

                return celery.task(name=name, **options)(wrapped)
            return decorate

        @task("billing.charge")
        def charge(): pass

        def simple(function):
            return shared_task(bind=True)(function)

        @simple
        def plain(): pass

        def injected(**options):
            def decorate(function):
                @shared_task(**options)
                @functools.wraps(function)
                def wrapped(*arguments): return celery.partial(function)(*arguments)
                return wrapped
            return decorate

        @injected()
        def given(): pass

        def page(path, **options):
            def decorate(view):
                @web.route(path, **options)
                @functools.wraps(view)
                def shown(*arguments): return view(*arguments)
                return shown
            return decorate

        @page("/cart", methods=["POST"])
        def cart(): pass

        def rule(path):
            def decorate(view):
                web.add_url_rule(path, view_func=view)
                return view
            return decorate

        @rule("/rule")
        def ruled(): pass

        def endpoint(path):
            return api.post(path)

        @endpoint("/endpoint")
        def posted(): pass

        class Router(APIRouter):
            def put_it(self, path):
                def decorate(view):
                    self.add_api_route(path, view, methods=["PUT"])
                    return view
                return decorate

        router = Router()

        @router.put_it("/put")
        def put(): pass
        """
    )
    assert app.entry_points("task") == {
        ("billing.charge", "m:charge"),
        ("m.plain", "m:plain"),
        ("m.given", "m:given"),
    }
    assert app.entry_points("http") == {
        ("POST /cart", "m:cart"),
        ("GET /rule", "m:ruled"),
        ("POST /endpoint", "m:posted"),
        ("PUT /put", "m:put"),
    }


def test_a_view_that_calls_a_parameter_of_the_factory_around_it_is_the_view(draw: Draw) -> None:
    app = draw(
        """
        from flask import Flask

        def make(clock):
            app = Flask(__name__)
            @app.route("/now")
            def now(): return clock()
            return app

        class Clock: pass

        app = make(Clock)
        """
    )
    assert app.entry_points("http") == {("GET /now", "m:make.now")}


def test_data_of_a_mapper_that_is_not_read_are_a_blind_spot(draw: Draw) -> None:
    app = draw(
        {"a.py": "from neomodel import StructuredNode\nclass User(StructuredNode): pass\n", "b.py": "import neomodel\n"}
    )
    spots = [(b.file, b.line, b.reason) for b in app.system.blind_spots if b.kind == "unread data"]
    assert spots == [("a.py", 1, "what Neomodel keeps is not read: its data are not among the tables")]


@pytest.mark.parametrize(
    ("line", "kind", "reason"),
    [
        ("from trytond.model import ModelSQL", "unread data", "what Tryton keeps is not read"),
        ("from plone.dexterity.content import Item", "unread data", "what Dexterity keeps is not read"),
        ("from smartmin.views import SmartCRUDL", "unread routes", "routes of smartmin are not read"),
        ("from Products.Five import BrowserView", "unread routes", "routes of Zope are not read"),
        ("import tg", "unread routes", "routes of TurboGears are not read"),
        ("from routes import Mapper", "unread routes", "routes of Routes are not read"),
    ],
)
def test_a_framework_that_is_not_read_is_told(draw: Draw, line: str, kind: str, reason: str) -> None:
    found = draw(f"{line}\ndef used(): pass\nused()\n").system.blind_spots

    assert [b.reason.partition(":")[0] for b in found if b.kind == kind] == [reason]


def test_a_module_of_the_application_that_is_called_like_a_framework_is_none(draw: Draw) -> None:
    app = draw({"routes.py": "def add(): pass\n", "m.py": "from routes import add\nadd()\n"})
    assert [b.reason for b in app.system.blind_spots if b.kind == "unread routes"] == []


def test_what_runs_functions_in_ways_that_are_not_read_is_a_blind_spot(draw: Draw) -> None:
    app = draw({"a.py": "from airflow.decorators import task\n@task\ndef load(): pass\n", "b.py": "import airflow\n"})
    spots = [(b.file, b.line, b.reason) for b in app.system.blind_spots if b.kind == "unread entry points"]
    assert spots == [("a.py", 1, "what Airflow runs is not read: it is not among the entry points")]


def test_routes_of_a_framework_that_is_not_read_are_a_blind_spot(draw: Draw) -> None:
    app = draw(
        {
            "a.py": "import twisted.internet\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import klein\n",
            "b.py": "import os\nfrom twisted import web\nclass Home(web.resource.Resource):\n    def render(self): pass\n",
            "c.py": "import twisted.web\n",
            "d.py": "from klein import run\n",
        }
    )
    assert [
        (b.file, b.line, b.reason.split(" are")[0]) for b in app.system.blind_spots if b.kind == "unread routes"
    ] == [
        ("b.py", 2, "routes of Twisted"),
        ("d.py", 1, "routes of Klein"),
    ]


def test_what_is_added_to_a_schedule_of_celery_is_scheduled(draw: Draw) -> None:
    app = draw("""
        from celery import Celery
        app = Celery("shop")
        app.conf.beat_schedule = {}
        app.conf.beat_schedule["nightly"] = {"task": "m.sweep", "schedule": 30.0}
        app.conf.beat_schedule.update({"hourly": {"task": "m.count", "schedule": 30.0}})
        others = {}
        others["never"] = {"task": "m.count"}
        others.update({"nor": {"task": "m.count"}})
        @app.task
        def sweep(): pass
        @app.task
        def count(): pass
        """)
    found = {(e.name, e.handler, e.line) for e in app.system.entry_points if e.kind == "schedule"}
    assert found == {("nightly", "m:sweep", 4), ("hourly", "m:count", 5)}


def test_a_path_that_a_function_gives_in_several_ways_is_each_of_them(draw: Draw) -> None:
    app = draw("""
        from flask import Blueprint
        import settings
        pages = Blueprint("pages", __name__)
        def scoped(path):
            if settings.MANY: return "/<tenant>" + path
            return path
        @pages.route(scoped("/login"))
        def login(): pass
        """)
    assert {e.name for e in app.system.entry_points} == {"GET /login", "GET /<tenant>/login"}


def test_applications_that_are_mounted_in_a_circle_end(draw: Draw) -> None:
    made = "\n".join(f"app{n} = web.Application()" for n in range(30))
    mounted = "\n".join(f"app{n}.add_subapp('/p{n}', app{m})" for n in range(30) for m in range(30))
    source = f"from aiohttp import web\nasync def hello(request): pass\n{made}\n{mounted}\napp3.add_routes([web.get('/x', hello)])"
    found = draw(source).entry_points("http")
    assert found
    assert all(name.endswith("/x") and handler == "m:hello" for name, handler in found)


def test_a_path_that_loops_and_callers_put_together(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/web.py": """
                from flask import Blueprint, Flask
                app = Flask(__name__)
                ui = Blueprint("ui", __name__)
                def proxy(project): pass
                def add():
                    for prefix in ("<project>", "<owner>/<project>"):
                        for suffix in ("", ".git"):
                            route = "/%s%s/refs" % (prefix, suffix)
                            ui.add_url_rule(route, view_func=proxy)
                add()
                app.register_blueprint(ui)
                def with_status(status="/status"):
                    @app.get(status)
                    def told(): pass
                with_status()
            """,
        }
    )
    assert app.entry_points("http") == {
        ("GET /<project>/refs", "shop.web:proxy"),
        ("GET /<project>.git/refs", "shop.web:proxy"),
        ("GET /<owner>/<project>/refs", "shop.web:proxy"),
        ("GET /<owner>/<project>.git/refs", "shop.web:proxy"),
        ("GET /status", "shop.web:with_status.told"),
    }


def test_a_place_that_only_a_setting_knows(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/settings.py": """
                import os
                def base(): return os.getcwd()
            """,
            "shop/web.py": """
                from fastapi import APIRouter, FastAPI
                from shop.settings import base
                api, other = FastAPI(), APIRouter()
                @api.get("/orders")
                def orders(): pass
                @other.get("/items")
                def items(): pass
                app = FastAPI()
                if base():
                    app.mount(base(), app=api)
                else:
                    app.mount("/api", app=api)
                app.include_router(other, prefix=base())
            """,
        }
    )
    assert app.entry_points("http") == {
        ("GET /api/orders", "shop.web:orders"),
        ("GET /<dynamic>/items", "shop.web:items"),
    }


def test_what_classes_of_flask_appbuilder_let_it_route(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/names.py": """
                class Names:
                    GET = "get"
                    INFO = "info"
                    RELATED = "related"
                    READING = {GET, INFO}
            """,
            "shop/web.py": """
                from flask_appbuilder import IndexView
                from flask_appbuilder.api import ModelRestApi, expose
                from shop.names import Names
                class Base(ModelRestApi):
                    @expose("/related/<name>", methods=["GET"])
                    def related(self, name): pass
                    @expose("/distinct/<name>", methods=["GET"])
                    def distinct(self, name): pass
                class Orders(Base):
                    resource_name = "order"
                    include_route_methods = Names.READING | {Names.RELATED, "own"}
                    @expose("/own", methods=["POST"])
                    def own(self): pass
                class Data(Orders):
                    include_route_methods = {"data"}
                    @expose("/data", methods=["GET"])
                    def data(self): pass
                class Logs(Base):
                    resource_name = "log"
                    exclude_route_methods = {"post", "put", "delete", "related"}
                class Home(IndexView):
                    @expose("/")
                    def index(self): pass
            """,
        }
    )
    assert app.entry_points("http") == {
        ("GET /api/v1/order/<int:pk>", "shop.web:Orders"),
        ("GET /api/v1/order/_info", "shop.web:Orders"),
        ("GET /api/v1/order/related/<name>", "shop.web:Orders"),
        ("POST /api/v1/order/own", "shop.web:Orders.own"),
        ("GET /api/v1/order/data", "shop.web:Data.data"),
        ("GET /api/v1/log/", "shop.web:Logs"),
        ("GET /api/v1/log/<int:pk>", "shop.web:Logs"),
        ("GET /api/v1/log/_info", "shop.web:Logs"),
        ("GET /api/v1/log/distinct/<name>", "shop.web:Logs"),
        ("GET /", "shop.web:Home.index"),
    }


def test_a_route_whose_path_or_view_is_not_in_the_code_is_counted(draw: Draw) -> None:
    app = draw(
        """
        import settings
        from flask import Flask
        app = Flask(__name__)
        def show(): pass
        app.add_url_rule("/shown", view_func=show)
        app.add_url_rule("/looked-up", view_func=globals()[settings.VIEW])
        for name in settings.VIEWS:
            app.add_url_rule(f"/{name}", view_func=getattr(settings, name))
        """
    )
    assert {e.name for e in app.system.entry_points} == {"GET /shown"}
    assert [(b.file, b.line) for b in app.system.blind_spots if b.kind == "unread routes"] == [("m.py", 6), ("m.py", 8)]


def test_views_that_a_loop_takes_from_a_list_of_another_scope_are_those_of_the_list(draw: Draw) -> None:
    """The list of a module, in another file, or what a function is given one by one; each is told where it stands."""
    application = draw(
        {
            "app/views.py": """
            def first(): pass
            def second(): pass
            def never(): pass
            VIEWS = [first, second]
            """,
            "app/main.py": """
            from flask import Flask
            from app.views import VIEWS, first, never, second

            def of_list(app):
                other = never
                for view in VIEWS:
                    app.add_url_rule("/list", view_func=view)

            def of_arguments(app, *views):
                other = [never, never]
                for view in views:
                    app.add_url_rule("/given", view_func=view)

            app = Flask(__name__)
            of_list(app)
            of_arguments(app, second, first)
            """,
        }
    )

    assert sorted((e.name, e.handler, f"{e.file}:{e.line}") for e in application.system.entry_points) == [
        ("GET /given", "app.views:first", "app/main.py:16"),
        ("GET /given", "app.views:second", "app/main.py:16"),
        ("GET /list", "app.views:first", "app/views.py:4"),
        ("GET /list", "app.views:second", "app/views.py:4"),
    ]


def test_a_decorator_that_is_handed_the_method_that_routes(draw: Draw) -> None:
    application = draw(
        {
            "gate.py": """
                from functools import wraps

                def checked(scopes):
                    def around(function):
                        @wraps(function)
                        def run(*args, **kwargs): return function(*args, **kwargs)
                        return run
                    return around

                def guarded(method, path, scopes=None, **options):
                    def decorate(function):
                        inner = checked(scopes or [])(function)
                        return method(path, **options)(inner)
                    return decorate
            """,
            "ships.py": """
                from fastapi import APIRouter
                from gate import guarded
                router = APIRouter(prefix="/ships")

                @guarded(router.get, "", ["read"])
                def ships(): pass

                @guarded(router.post, "/{number}", ["write"], status_code=201)
                def launch(number: int): pass
            """,
            "main.py": """
                from fastapi import FastAPI
                from gate import guarded
                import ships

                app = FastAPI()
                app.include_router(ships.router, prefix="/api")

                @guarded(app.delete, "/harbour")
                def close(): pass
            """,
        }
    )
    assert application.entry_points("http") == {
        ("GET /api/ships", "ships:ships"),
        ("POST /api/ships/{number}", "ships:launch"),
        ("DELETE /harbour", "main:close"),
    }
    places = {(entry.name, entry.file, entry.line) for entry in application.system.entry_points}
    assert {("GET /api/ships", "ships.py", 5), ("DELETE /harbour", "main.py", 8)} <= places


def test_a_prefix_that_a_decorator_sets_on_a_class(draw: Draw) -> None:
    application = draw(
        """
        from flask import Flask

        groups = []

        def group(name, path):
            def decorate(cls):
                cls.name, cls.path = name, path
                groups.append(cls)
                return cls
            return decorate

        class Group:
            path: str

            def __init__(self, app):
                self.app = app

            def route(self, rule, **options):
                def decorate(view):
                    self.app.route(self.path + rule, **options)(view)
                    return view
                return decorate

        @group("boats", "/boats")
        class Boats(Group):
            def initialize(self):
                @self.route("/<number>", methods=["POST"])
                def launch(number): pass

        @group("ships", "/ships")
        class Ships(Group):
            path = "/replaced"

            def initialize(self):
                @self.route("")
                def listed(): pass

        def main():
            app = Flask(__name__)
            for each in groups:
                each(app).initialize()
        """
    )
    assert application.entry_points("http") == {
        ("POST /boats/<number>", "m:Boats.initialize.launch"),
        ("GET /ships", "m:Ships.initialize.listed"),
    }


def test_many_objects_of_other_classes_hide_no_route(draw: Draw) -> None:
    groups = "".join(
        f"class G{n}(Group):\n    path = '/g{n}'\n    def begin(self):\n        @self.route('/a')\n        def a(): pass\n"
        for n in range(420)
    )
    others = "class Other: pass\n" + "".join(f"o{n} = Other()\n" for n in range(1_000))
    source = (
        "from flask import Flask\n"
        "app = Flask(__name__)\n"
        "class Group:\n"
        "    def __init__(self, app): self.app = app\n"
        "    def route(self, rule):\n"
        "        def decorate(view):\n"
        "            self.app.route(self.path + rule)(view)\n"
        "            return view\n"
        "        return decorate\n"
        f"{groups}{others}" + "".join(f"G{n}(app).begin()\n" for n in range(420))
    )
    assert len(draw(source).entry_points("http")) == 420


def test_what_more_ways_lead_to_than_are_followed_is_a_blind_spot(draw: Draw) -> None:
    rows = "".join(f"    ('/p{n}', view),\n" for n in range(1_001))
    application = draw(
        "from flask import Flask\n\ndef view(): pass\n\n"
        f"ROWS = [\n{rows}]\n\n"
        "def register(app):\n    for path, each in ROWS:\n        app.add_url_rule(path, view_func=each)\n\n"
        "register(Flask(__name__))\n"
    )
    assert len(application.entry_points("http")) == 1_000
    assert "m:register" in {spot.definition for spot in application.blind_spots("too many values")}


def test_what_is_registered_through_a_function_or_a_row_has_the_line_of_that(draw: Draw) -> None:
    application = draw(
        """
        from apscheduler.schedulers.background import BackgroundScheduler
        from flask import Flask
        from flask_restful import Api, Resource

        class Ships(Resource):
            def get(self): pass

        def placed(path): return "/harbour" + path

        class Harbour(Api):
            def add(self, resource, *paths):
                return self.add_resource(resource, *[placed(path) for path in paths])

        api = Harbour(Flask(__name__))
        api.add(Ships, "/ships")

        def sweep(): pass

        JOBS = [
            {"trigger": "cron", "func": sweep},
        ]

        def begin():
            scheduler = BackgroundScheduler()
            for job in JOBS:
                scheduler.add_job(**job)
        """
    )
    entries = {(entry.kind, entry.name, entry.line) for entry in application.system.entry_points}
    assert entries == {("http", "GET /harbour/ships", 15), ("schedule", "sweep", 20)}


def test_functions_in_a_cloud_are_those_that_a_template_names(draw: Draw) -> None:
    """Below the folder of the code that the template names, and by a path; not what is no function, or in another file."""
    app = draw(
        {
            "template.yaml": """
            Resources:
              Place:
                Type: AWS::Serverless::Function
                Properties:
                  CodeUri: orders/
                  Handler: app.place  # by the queue
                  Events:
                    Queue:
                      Type: SQS
              Missing:
                Type: AWS::Serverless::Function
                Properties:
                  CodeUri: bills/
                  Handler: app.place
            """,
            "serverless.yml": """
            functions:
              send:
                handler: bills/mail.send
            """,
            "orders/__init__.py": "",
            "orders/app.py": "def place(event, context): pass\ndef other(event, context): pass",
            "bills/__init__.py": "",
            "bills/mail.py": "def send(event, context): pass",
        }
    )
    assert {(e.kind, e.name, e.handler, e.file, e.line) for e in app.system.entry_points} == {
        ("task", "Place", "orders.app:place", "template.yaml", 6),
        ("task", "send", "bills.mail:send", "serverless.yml", 3),
    }


def test_routers_that_a_function_makes_are_told_apart_by_what_it_is_given(draw: Draw) -> None:
    text = """
        from fastapi import APIRouter, FastAPI

        def make(kind, router=None):
            router = router or APIRouter()
            def show(): return kind()
            router.add_api_route("/show", show, methods=["GET"])
            return router

        orders = make(int)
        people = make(str)

        @orders.get("/open")
        def open_orders(): pass

        @people.get("/new")
        def new_people(): pass

        app = FastAPI()
        app.include_router(orders, prefix="/orders")
        app.include_router(people, prefix="/people")
        """
    assert {(e.name, e.handler) for e in draw(text).system.entry_points} == {
        ("GET /orders/show", "m:make.show"),
        ("GET /people/show", "m:make.show"),
        ("GET /orders/open", "m:open_orders"),
        ("GET /people/new", "m:new_people"),
    }
