"""Lists of URL patterns as real projects put them together, and the pages that the admin adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

PROJECT = {
    "shop/__init__.py": "",
    "shop/settings.py": "ROOT_URLCONF = 'shop.urls'",
    "shop/models.py": """
        from django.db import models
        class Order(models.Model): pass
    """,
    "shop/views.py": """
        from django.views.generic import View
        class Orders(View):
            def get(self, request): pass
    """,
}


def test_patterns_that_are_added_to_a_list_have_its_prefix(draw: Draw) -> None:
    urls = """
        from django.conf import settings
        from django.urls import include, path
        from shop import more, views
        urlpatterns = [path("more/", include(more))]
        others = [path("never/", views.Orders.as_view())]
        if settings.DEBUG:
            urlpatterns.extend([path("debug/", views.Orders.as_view())])
    """
    more = """
        from django.urls import path
        from shop import views
        urlpatterns = [path("a/", views.Orders.as_view())]
        urlpatterns += [path("b/", views.Orders.as_view())]
        urlpatterns.append(path("c/", views.Orders.as_view()))
        urlpatterns.insert(0, path("d/", views.Orders.as_view()))
    """
    app = draw({**PROJECT, "shop/urls.py": urls, "shop/more.py": more})
    below = {f"GET /more/{letter}/" for letter in "abcd"}
    assert {name for name, _ in app.entry_points("http")} >= {*below, "GET /debug/"}
    assert not {name for name, _ in app.entry_points("http")} & {f"GET /{letter}/" for letter in "abcd"}


def test_routes_below_a_prefix_that_may_be_there_or_not_are_told_once(draw: Draw) -> None:
    urls = """
        from django.conf import settings
        from django.urls import include, path
        from shop import views
        PREFIX = settings.PREFIX
        real = [path("orders/", views.Orders.as_view())]
        other = [path("only/", views.Orders.as_view())]
        urlpatterns = [path(settings.OTHER, include(other))]
        if PREFIX:
            urlpatterns += [path(PREFIX, include(real))]
        else:
            urlpatterns += real
    """
    app = draw({**PROJECT, "shop/urls.py": urls})
    names = {name for name, _ in app.entry_points("http")}
    assert names == {"GET /orders/", "GET /<dynamic>only/"}


def test_further_pages_of_the_admin(draw: Draw) -> None:
    admin = """
        from django.apps import apps
        from django.contrib import admin
        from django.urls import path
        class Office(admin.AdminSite):
            def get_urls(self):
                return [path("jobs/", self.jobs)] + super().get_urls()
            def jobs(self, request): pass
        office = Office()
        class OrderAdmin(admin.ModelAdmin):
            def get_urls(self):
                urls = super().get_urls()
                return [path("<int:pk>/ship/", self.admin_site.admin_view(self.ship))] + urls
            def ship(self, request, pk): pass
        admin.site.register(apps.get_model("shop", "Order"), OrderAdmin)
    """
    urls = """
        from django.contrib import admin
        from django.urls import path
        from shop.admin import office
        urlpatterns = [path("admin/", admin.site.urls), path("office/", office.urls)]
    """
    app = draw({**PROJECT, "shop/urls.py": urls, "shop/admin.py": admin})
    assert app.entry_points("http") == {
        ("ANY /admin/shop/order/<int:pk>/ship/", "shop.admin:OrderAdmin.ship"),
        ("ANY /office/jobs/", "shop.admin:Office.jobs"),
    }
    assert app.entry_points("admin") == {("Order", "shop.admin:OrderAdmin")}


def test_routers_of_the_applications_own_and_view_sets_without_a_prefix(draw: Draw) -> None:
    urls = """
        from django.urls import include, path
        from rest_framework import routers
        from shop import api
        class Router(routers.DefaultRouter):
            def __init__(self, *args):
                super().__init__(*args)
                self.more = []
            @property
            def urls(self):
                return super().urls + self.more
        router = Router()
        router.register("orders", api.Orders)
        bare = routers.SimpleRouter()
        bare.register("", api.Orders)
        urlpatterns = [path("api/", include(router.urls)), path("bare/", include(bare.urls))]
    """
    api = """
        from rest_framework import viewsets
        class Orders(viewsets.ReadOnlyModelViewSet): pass
    """
    app = draw({**PROJECT, "shop/urls.py": urls, "shop/api.py": api})
    paths = ("/api/orders/", "/api/orders/<pk>/", "/bare/", "/bare/<pk>/")
    assert app.entry_points("http") == {(f"GET {path}", "shop.api:Orders") for path in paths}


def test_patterns_that_are_those_of_a_router_and_nothing_else(draw: Draw) -> None:
    urls = """
        from rest_framework.routers import DefaultRouter
        from shop import api
        router = DefaultRouter()
        router.register("orders", api.Orders, basename="order")
        urlpatterns = router.urls
    """
    api = """
        from rest_framework import viewsets
        class Orders(viewsets.ReadOnlyModelViewSet): pass
    """
    app = draw({"shop/__init__.py": "", "shop/urls.py": urls, "shop/api.py": api})
    assert app.entry_points("http") == {(f"GET {path}", "shop.api:Orders") for path in ("/orders/", "/orders/<pk>/")}


def test_views_that_are_objects_or_kept_in_attributes(draw: Draw) -> None:
    urls = """
        from django.contrib.auth.decorators import login_required, user_passes_test
        from django.contrib.auth.views import LoginView
        from django.contrib.syndication.views import Feed
        from django.urls import include, path
        class News(Feed):
            def items(self): pass
        class Login(LoginView):
            def form_valid(self, form): pass
        class Config:
            def ready(self):
                self.login = Login
            @property
            def urls(self):
                return self.get_urls(), "shop", "shop"
            def get_urls(self):
                return [path("login/", self.login.as_view()), path("again/", login_required(self.login.as_view()))]
        staff = user_passes_test(lambda user: user.is_staff)
        urlpatterns = [path("news/", staff(News())), path("c/", include(Config().urls[0]))]
    """
    app = draw({**PROJECT, "shop/urls.py": urls})
    logins = {
        (f"{verb} /c/{path}/", "shop.urls:Login") for verb in ("GET", "POST", "PUT") for path in ("login", "again")
    }
    assert app.entry_points("http") == {("ANY /news/", "shop.urls:News"), *logins}


def test_routers_in_routers(draw: Draw) -> None:
    urls = """
        from django.urls import include, re_path
        from rest_framework.routers import SimpleRouter
        from rest_framework_nested.routers import NestedSimpleRouter
        from shop import api
        router = SimpleRouter(trailing_slash=False)
        router.register("shops", api.Orders)
        orders = NestedSimpleRouter(router, "shops", lookup="shop")
        orders.register("orders", api.Orders)
        lines = NestedSimpleRouter(orders, "orders", lookup="order")
        lines.register("lines", api.Orders)
        urlpatterns = [re_path("^api/?$", include(lines.urls)), re_path("^v1/", include(router.urls)), re_path("^v1/", include(orders.urls))]
    """
    api = """
        from rest_framework import viewsets
        from rest_framework.mixins import ListModelMixin
        class Orders(ListModelMixin, viewsets.GenericViewSet): pass
    """
    app = draw({**PROJECT, "shop/urls.py": urls, "shop/api.py": api})
    assert {name for name, _ in app.entry_points("http")} == {
        "GET /v1/shops",
        "GET /v1/shops/<shop_pk>/orders",
        "GET /api/shops/<shop_pk>/orders/<order_pk>/lines",
    }


def test_what_a_router_gives_for_a_registration_takes_registrations_below_it(draw: Draw) -> None:
    urls = """
        from django.urls import include, path
        from rest_framework.routers import DefaultRouter
        from rest_framework_extensions.routers import NestedRouterMixin
        from shop import api
        class Nesting(NestedRouterMixin, DefaultRouter): pass
        router = Nesting()
        shops = router.register("shops", api.Orders)
        orders = shops.register("orders", api.Orders, parents_query_lookups=["shop"])
        orders.register("lines", api.Orders, "line", ["shop", "order__number"])
        urlpatterns = [path("v1/", include(router.urls))]
    """
    api = """
        from rest_framework import viewsets
        from rest_framework.mixins import ListModelMixin
        class Orders(ListModelMixin, viewsets.GenericViewSet): pass
    """
    app = draw({**PROJECT, "shop/urls.py": urls, "shop/api.py": api})
    assert {name for name, _ in app.entry_points("http")} == {
        "GET /v1/shops/",
        "GET /v1/shops/<parent_lookup_shop>/orders/",
        "GET /v1/shops/<parent_lookup_shop>/orders/<parent_lookup_order__number>/lines/",
    }


def test_a_view_set_that_is_registered_with_a_router_is_no_page_of_the_admin(draw: Draw) -> None:
    urls = """
        from django.contrib import admin
        from django.urls import include, path
        from rest_framework import mixins, routers, viewsets
        from shop.models import Order
        class OrderList(viewsets.GenericViewSet, mixins.ListModelMixin):
            queryset = Order.objects.all()
        router = routers.SimpleRouter()
        router.register("orders", OrderList)
        urlpatterns = [path("admin/", admin.site.urls), path("api/", include(router.urls))]
    """
    app = draw({**PROJECT, "shop/urls.py": urls})
    assert {access.operation for access in app.system.accesses if access.table == "shop_order"} == {"read"}


def test_a_view_set_does_what_those_of_its_actions_do_that_nothing_takes_the_place_of(draw: Draw) -> None:
    views = """
        from rest_framework import generics, mixins, viewsets
        from shop.models import Order
        class Orders(mixins.CreateModelMixin, mixins.UpdateModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet):
            queryset = Order.objects.all()
            def destroy(self, request, pk): return None
        class NobodyAsks(mixins.DestroyModelMixin, generics.GenericAPIView):
            queryset = Order.objects.all()
    """
    app = draw({**PROJECT, "shop/views.py": views})
    done = {(a.definition, a.operation) for a in app.system.accesses if a.table == "shop_order"}
    assert done == {("shop.views:Orders", operation) for operation in ("insert", "read", "update")}


def test_methods_that_decorators_leave(draw: Draw) -> None:
    views = """
        import functools
        from django.utils.decorators import method_decorator
        from django.views.decorators import http
        from django.views.decorators.csrf import csrf_exempt
        from django.views.decorators.http import require_POST, require_http_methods, require_safe
        from django.views.generic import View
        from rest_framework.decorators import api_view

        READING = ["GET", "HEAD"]

        def signed(view): return require_POST(csrf_exempt(view))
        def taking(methods):
            def around(view):
                @require_http_methods(methods)
                @functools.wraps(view)
                def inner(request): return view(request)
                return inner
            return around

        @require_POST
        def pay(request): pass
        @csrf_exempt
        @require_http_methods(["GET", "POST"])
        def edit(request): pass
        @http.require_http_methods(request_method_list=READING)
        def show(request): pass
        @require_safe
        @require_http_methods(["GET", "POST"])
        def both(request): pass
        @api_view(["PUT", "DELETE"])
        def stock(request): pass
        @api_view()
        def status(request): pass
        @signed
        def hook(request): pass
        @taking(["DELETE"])
        def drop(request): pass
        def free(request): pass

        class Pages(View):
            def get(self, request): pass
            def post(self, request): pass
        @method_decorator(require_POST, name="dispatch")
        class Sent(Pages):
            def post(self, request): pass
        class Shown(Pages):
            @method_decorator(require_http_methods(["GET"]))
            def dispatch(self, request): return super().dispatch(request)
    """
    urls = """
        from django.urls import path
        from django.views.decorators.csrf import csrf_exempt
        from django.views.decorators.http import require_POST
        from shop.views import Pages, Sent, Shown, both, drop, edit, free, hook, pay, show, status, stock
        urlpatterns = [
            path("pay", pay), path("edit", edit), path("show", show), path("both", both), path("stock", stock),
            path("status", status), path("hook", hook), path("drop", drop), path("free", free),
            path("sent", csrf_exempt(require_POST(free))), path("class", Sent.as_view()), path("read", Shown.as_view()),
            path("one", Pages.as_view(http_method_names=["get", "head"])), path("two", require_POST(Pages.as_view())),
        ]
    """
    app = draw({**PROJECT, "shop/views.py": views, "shop/urls.py": urls})
    assert {name for name, _ in app.entry_points("http")} == {
        "POST /pay", "GET /edit", "POST /edit", "GET /show", "GET /both", "PUT /stock", "DELETE /stock", "GET /status",
        "POST /hook", "DELETE /drop", "ANY /free", "POST /sent", "POST /class", "GET /read", "GET /one", "POST /two",
    }  # fmt: skip


def test_actions_of_a_view_set_answer_by_the_methods_that_its_class_allows(draw: Draw) -> None:
    views = """
        from rest_framework import viewsets
        class Orders(viewsets.ViewSet):
            http_method_names = ["get", "post"]
            def list(self, request): pass
            def create(self, request): pass
            def drop(self, request): pass
    """
    urls = """
        from django.urls import path
        from shop.views import Orders
        urlpatterns = [path("orders", Orders.as_view({"get": "list", "post": "create", "delete": "drop"}))]
    """
    app = draw({**PROJECT, "shop/views.py": views, "shop/urls.py": urls})
    assert {name for name, _ in app.entry_points("http")} == {"GET /orders", "POST /orders"}


def test_an_extra_action_that_a_view_set_inherits_is_answered_by_each_that_does(draw: Draw) -> None:
    views = """
        from rest_framework import viewsets
        from rest_framework.decorators import action
        class Noted:
            @action(detail=True, methods=["get", "post"], url_path="all-notes")
            def notes(self, request, pk): pass
            @notes.mapping.delete
            def drop_notes(self, request, pk): pass
        class Orders(Noted, viewsets.ViewSet): pass
        class Items(Noted, viewsets.ViewSet):
            @action(detail=False)
            def recent(self, request): pass
    """
    urls = """
        from rest_framework.routers import DefaultRouter
        from shop.views import Items, Orders
        router = DefaultRouter()
        router.register("orders", Orders, basename="orders")
        router.register("items", Items, basename="items")
        urlpatterns = router.urls
    """
    app = draw({**PROJECT, "shop/views.py": views, "shop/urls.py": urls})
    assert set(app.entry_points("http")) == {
        *((f"{verb} /orders/<pk>/all-notes/", "shop.views:Orders") for verb in ("GET", "POST", "DELETE")),
        *((f"{verb} /items/<pk>/all-notes/", "shop.views:Items") for verb in ("GET", "POST", "DELETE")),
        ("GET /items/recent/", "shop.views:Items.recent"),
    }


def test_view_sets_that_loops_and_functions_register(draw: Draw) -> None:
    views = """
        from rest_framework import viewsets
        class Orders(viewsets.ViewSet):
            def list(self, request): pass
        class Items(viewsets.ViewSet):
            def create(self, request): pass
        class Notes(viewsets.ViewSet):
            def list(self, request): pass
        TABLE = [("orders", Orders), ("items", Items)]
    """
    urls = """
        from rest_framework.routers import DefaultRouter
        from shop import views
        router = DefaultRouter()
        for prefix, view in views.TABLE:
            router.register(prefix, view, basename=prefix)
        def add(prefix, view):
            router.register(f"more/{prefix}", view, basename=prefix)
        add("notes", views.Notes)
        urlpatterns = router.urls
    """
    app = draw({**PROJECT, "shop/views.py": views, "shop/urls.py": urls})
    assert set(app.entry_points("http")) == {
        ("GET /orders/", "shop.views:Orders.list"),
        ("POST /items/", "shop.views:Items.create"),
        ("GET /more/notes/", "shop.views:Notes.list"),
    }


def test_patterns_that_a_comprehension_makes_of_a_table_of_classes(draw: Draw) -> None:
    views = """
        from django.views.generic import View
        class Orders(View):
            def get(self, request): pass
        class Items(View):
            def post(self, request): pass
    """
    urls = """
        from django.urls import path
        from shop import views
        TABLE = {"orders": views.Orders, "items": views.Items}
        urlpatterns = [path(f"all/{name}/", view.as_view()) for name, view in TABLE.items()]
        urlpatterns += [path(route, view.as_view()) for route, view in (("first", views.Orders), ("last", views.Items))]
    """
    app = draw({**PROJECT, "shop/views.py": views, "shop/urls.py": urls})
    assert set(app.entry_points("http")) == {
        ("GET /all/orders/", "shop.views:Orders.get"),
        ("POST /all/items/", "shop.views:Items.post"),
        ("GET /first", "shop.views:Orders.get"),
        ("POST /last", "shop.views:Items.post"),
    }
