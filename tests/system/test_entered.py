"""What a route of a class leads to: what its own method does, and what the framework calls on the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.system.transactions.reached import reached_accesses, what_is_inside

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

_MODELS = """
    from django.db import models
    class Order(models.Model):
        name = models.TextField()
    class Log(models.Model):
        text = models.TextField()
    class Visit(models.Model):
        text = models.TextField()
"""


def _shop(draw: Draw, views: str, urls: str) -> Application:
    modules = {"shop/__init__.py": "", "shop/models.py": _MODELS, "shop/views.py": views}
    return draw({**modules, "shop/urls.py": urls})


def _written(app: Application) -> set[tuple[str, str]]:
    return {(r.entry.name, r.access.table) for r in reached_accesses(app.system) if r.access.operation != "read"}


def test_a_route_that_a_library_answers_leads_to_the_hooks_of_its_method_and_to_those_of_each_request(
    draw: Draw,
) -> None:
    app = _shop(
        draw,
        """
        from rest_framework import serializers, viewsets
        from shop.models import Log, Order, Visit
        class Counted(viewsets.ModelViewSet):
            def initial(self, request):
                Visit.objects.create(text="here")
        class Orders(Counted):
            queryset = Order.objects.none()
            def perform_create(self, serializer):
                Order.objects.create(name="new")
            def perform_update(self, serializer):
                Order.objects.update(name="newer")
            def perform_destroy(self, order):
                Log.objects.create(text="gone")
            def retrieve(self, request, pk):
                Log.objects.update(text="seen")
        """,
        """
        from django.urls import include, path
        from rest_framework.routers import SimpleRouter
        from shop.views import Orders
        router = SimpleRouter()
        router.register("orders", Orders)
        urlpatterns = [path("", include(router.urls))]
        """,
    )
    each = {"GET /orders/", "POST /orders/", "GET /orders/<pk>/", "PUT /orders/<pk>/", "PATCH /orders/<pk>/"}
    found = {(name, table) for name, table in _written(app) if table != "shop_visit"}
    assert found == {
        ("POST /orders/", "shop_order"),
        ("PUT /orders/<pk>/", "shop_order"),
        ("PATCH /orders/<pk>/", "shop_order"),
        ("DELETE /orders/<pk>/", "shop_log"),
        ("GET /orders/<pk>/", "shop_log"),
    }
    assert {name for name, table in _written(app) if table == "shop_visit"} == {*each, "DELETE /orders/<pk>/"}


def test_a_view_that_leaves_its_methods_to_a_library_has_a_route_for_each_with_what_that_method_calls(
    draw: Draw,
) -> None:
    app = _shop(
        draw,
        """
        from django import forms
        from django.views.generic import CreateView
        from rest_framework import generics
        from shop.models import Log, Order, Visit
        class Listed(generics.ListCreateAPIView):
            queryset = Order.objects.none()
            def filter_queryset(self, queryset):
                Visit.objects.create(text="looked")
                return queryset
            def perform_create(self, serializer):
                Order.objects.create(name="new")
        class Maker(forms.ModelForm):
            class Meta:
                model = Order
                fields = ["name"]
            def save(self, commit=True):
                Log.objects.update(text="saved")
        class Shown(CreateView):
            form_class = Maker
        class Made(CreateView):
            fields = ["name"]
            def get_context_data(self, **options):
                Visit.objects.create(text="asked")
            def form_valid(self, form):
                Log.objects.create(text="made")
        """,
        """
        from django.urls import path
        from shop.views import Listed, Made, Shown
        urlpatterns = [
            path("listed/", Listed.as_view()), path("made/", Made.as_view()), path("shown/", Shown.as_view()),
        ]
        """,
    )
    assert _written(app) == {
        ("GET /listed/", "shop_visit"),
        ("POST /listed/", "shop_visit"),
        ("POST /listed/", "shop_order"),
        ("GET /made/", "shop_visit"),
        ("POST /made/", "shop_visit"),
        ("POST /made/", "shop_log"),
        ("PUT /made/", "shop_visit"),
        ("PUT /made/", "shop_log"),
        ("POST /shown/", "shop_log"),
        ("PUT /shown/", "shop_log"),
    }


def test_what_is_called_on_each_request_leads_on_to_the_method_of_the_route_alone(draw: Draw) -> None:
    app = _shop(
        draw,
        """
        from django.db import transaction
        from django.views.generic import TemplateView
        from shop.models import Log, Order, Visit
        class Visited(TemplateView):
            def get_context_data(self, **options):
                Order.objects.update(name="shown")
            def dispatch(self, request, *args, **kwargs):
                with transaction.atomic():
                    Visit.objects.create(text="here")
                    return super().dispatch(request, *args, **kwargs)
        class Orders(Visited):
            def post(self, request):
                with transaction.atomic():
                    Order.objects.create(name="new")
            def delete(self, request):
                Log.objects.create(text="gone")
        class Shown(Visited):
            pass
        """,
        """
        from django.urls import path
        from shop.views import Orders, Shown
        urlpatterns = [path("orders/", Orders.as_view()), path("shown/", Shown.as_view())]
        """,
    )
    assert _written(app) == {
        ("POST /orders/", "shop_order"),
        ("POST /orders/", "shop_visit"),
        ("DELETE /orders/", "shop_log"),
        ("DELETE /orders/", "shop_visit"),
        ("GET /orders/", "shop_order"),
        ("GET /orders/", "shop_visit"),
        ("GET /shown/", "shop_order"),
        ("GET /shown/", "shop_visit"),
    }
    inside = zip(app.system.transactions, what_is_inside(app.system), strict=True)
    assert {(t.definition, *found.entry_points) for t, found in inside if t.unit == "shop.views:Orders"} == {
        ("shop.views:Visited.dispatch", "http DELETE /orders/", "http GET /orders/", "http POST /orders/"),
        ("shop.views:Orders.post", "http POST /orders/"),
    }


def test_a_route_of_a_name_of_its_own_leads_to_the_inherited_method_that_answers_there(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            from flask import Flask
            from flask_classful import FlaskView, route
            from flask_sqlalchemy import SQLAlchemy
            app = Flask(__name__)
            db = SQLAlchemy(app)
            class Order(db.Model):
                id = db.Column(db.Integer, primary_key=True)
            class Rows(FlaskView):
                def post(self):
                    db.session.add(self.model())
                    db.session.commit()
                @route("/all", methods=["DELETE"])
                def clear(self):
                    self.model.query.delete()
                    db.session.commit()
                @route("/count")
                def count(self):
                    return self.model.query.count()
            class OrderView(Rows):
                model = Order
            OrderView.register(app)
            """,
        }
    )
    assert _written(app) == {("POST /order/", "order"), ("DELETE /order/all", "order")}
    inside = zip(app.system.transactions, what_is_inside(app.system), strict=True)
    assert {(t.definition, *found.entry_points) for t, found in inside if t.unit == "m:OrderView"} == {
        ("m:Rows.post", "http POST /order/"),
        ("m:Rows.clear", "http DELETE /order/all"),
    }
    assert {(e.name, e.handler, e.method) for e in app.system.entry_points} == {
        ("GET /order/count", "m:OrderView", "m:Rows.count"),
        ("POST /order/", "m:OrderView", "m:Rows.post"),
        ("DELETE /order/all", "m:OrderView", "m:Rows.clear"),
    }


def test_a_transaction_that_is_the_same_whatever_its_function_is_given_is_reached_by_all_who_call_it(
    draw: Draw,
) -> None:
    app = _shop(
        draw,
        """
        from django.db import transaction
        from shop.models import Log, Order
        @transaction.atomic
        def note(daily):
            if daily:
                Log.objects.create(text="day")
            else:
                Log.objects.create(text="week")
        def day(request): note(True)
        def week(request): note(False)
        """,
        """
        from django.urls import path
        from shop.views import day, week
        urlpatterns = [path("day/", day), path("week/", week)]
        """,
    )
    inside = zip(app.system.transactions, what_is_inside(app.system), strict=True)
    assert {(t.definition, name) for t, found in inside for name in found.entry_points} == {
        ("shop.views:note", "http ANY /day/"),
        ("shop.views:note", "http ANY /week/"),
    }


_NARROWED = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models
        class Stock(models.Model):
            name = models.TextField()
        class Ban(models.Model):
            name = models.TextField()
        class InStock(models.Manager):
            def get_queryset(self):
                return super().get_queryset().filter(name__in=list(Stock.objects.values_list("name")))
        class Allowed(models.Manager):
            def get_queryset(self):
                return super().get_queryset().exclude(name__in=list(Ban.objects.values_list("name")))
        class Order(models.Model):
            name = models.TextField()
            valid = InStock()
        class Page(models.Model):
            name = models.TextField()
            valid = Allowed()
    """,
    "shop/views.py": """
        from shop.models import Order, Page
        def narrow(queryset, user):
            return list(queryset.filter(name=user))
        def orders(request):
            return narrow(Order.valid, "me")
        def pages(request):
            return narrow(Page.valid, "me")
        def whatever(request):
            return narrow(request.rows, "me")
    """,
    "shop/urls.py": """
        from django.urls import path
        from shop import views
        urlpatterns = [path("orders", views.orders), path("pages", views.pages), path("any", views.whatever)]
    """,
}


def test_a_route_leads_to_the_manager_that_it_hands_to_shared_code_and_not_to_those_of_others(draw: Draw) -> None:
    read: dict[str, set[str]] = {}
    for reached in reached_accesses(draw(_NARROWED).system):
        read.setdefault(reached.entry.name, set()).add(reached.access.table)
    assert read["ANY /orders"] == {"shop_order", "shop_stock"}
    assert read["ANY /pages"] == {"shop_page", "shop_ban"}


def test_a_route_that_hands_on_what_is_not_known_is_not_told_to_touch_what_others_hand_on(draw: Draw) -> None:
    app = draw(_NARROWED)
    assert not [r.access.table for r in reached_accesses(app.system) if r.entry.name == "ANY /any"]


def test_a_route_that_a_library_answers_does_to_the_rows_of_its_model_what_its_method_does(draw: Draw) -> None:
    app = _shop(
        draw,
        """
        from django.views.generic import DeleteView
        from rest_framework import serializers, viewsets
        from shop.models import Log, Order
        class OrderShown(serializers.ModelSerializer):
            class Meta:
                model = Order
        class Orders(viewsets.ModelViewSet):
            queryset = Order.objects.all()
            serializer_class = OrderShown
        class Gone(DeleteView):
            model = Log
            def get(self, request, pk):
                return self.render_to_response({})
        """,
        """
        from django.urls import path
        from rest_framework.routers import SimpleRouter
        from shop.views import Gone, Orders
        router = SimpleRouter()
        router.register("orders", Orders)
        urlpatterns = [*router.urls, path("gone/<pk>/", Gone.as_view())]
        """,
    )
    done: dict[str, set[str]] = {}
    for reached in reached_accesses(app.system):
        done.setdefault(reached.entry.name, set()).add(f"{reached.access.operation} {reached.access.table}")
    orders = {name: found for name, found in done.items() if "orders" in name}
    assert orders == {
        "GET /orders/": {"read shop_order"},
        "POST /orders/": {"insert shop_order"},
        "GET /orders/<pk>/": {"read shop_order"},
        "PUT /orders/<pk>/": {"read shop_order", "update shop_order"},
        "PATCH /orders/<pk>/": {"read shop_order", "update shop_order"},
        "DELETE /orders/<pk>/": {"read shop_order", "delete shop_order"},
    }
    deleting = {name for name, found in done.items() if "delete shop_log" in found}
    assert deleting == {"POST /gone/<pk>/", "DELETE /gone/<pk>/"}


def test_who_listens_to_rows_is_reached_by_the_routes_that_a_library_saves_them_for(draw: Draw) -> None:
    app = _shop(
        draw,
        """
        from django.db.models.signals import post_delete, post_save
        from django.dispatch import receiver
        from rest_framework import serializers, viewsets
        from shop.models import Log, Order, Visit

        @receiver(post_save, sender=Order)
        def saved(sender, instance, **kwargs): Log.objects.create(text="saved")

        @receiver(post_delete, sender=Order)
        def deleted(sender, instance, **kwargs): Visit.objects.create(text="deleted")

        class Renamed(serializers.Serializer):
            def update(self, instance, validated_data):
                return super().update(instance, validated_data)

        class OrderSerializer(Renamed, serializers.ModelSerializer):
            class Meta:
                model = Order
                fields = ["name"]

        class Orders(viewsets.ModelViewSet):
            queryset = Order.objects.all()
            serializer_class = OrderSerializer
        """,
        """
        from rest_framework.routers import DefaultRouter
        from shop.views import Orders
        router = DefaultRouter()
        router.register("orders", Orders)
        urlpatterns = router.urls
        """,
    )
    told = {(name.split()[0], table) for name, table in _written(app) if table != "shop_order" and "/" in name}
    assert told == {
        ("POST", "shop_log"),
        ("PUT", "shop_log"),
        ("PATCH", "shop_log"),
        ("DELETE", "shop_visit"),
    }


_LED_ON = """
    from django.db.models.signals import post_delete
    from django.db import transaction
    from django.dispatch import receiver
    from django.views.generic import DeleteView, UpdateView
    from shop.models import Log, Order, Visit

    @receiver(post_delete, sender=Order)
    def deleted(sender, instance, **kwargs): Log.objects.create(text="deleted")

    class Counted:
        def dispatch(self, request, *args, **kwargs):
            Visit.objects.create(text="here")
            return super().dispatch(request, *args, **kwargs)
    class Gone(DeleteView):
        model = Order
        def dispatch(self, request, *args, **kwargs):
            with transaction.atomic():
                return super().dispatch(request, *args, **kwargs)
    class Renamed(Counted, UpdateView):
        model = Order
        fields = ["name"]
"""
_LED_ON_URLS = """
    from django.urls import path
    from shop.views import Gone, Renamed
    urlpatterns = [path("gone/", Gone.as_view()), path("renamed/", Renamed.as_view())]
"""


def test_what_a_library_does_where_a_method_leads_on_to_it_is_told_of_the_routes_that_it_does_so_for(
    draw: Draw,
) -> None:
    app = _shop(draw, _LED_ON, _LED_ON_URLS)
    assert {(name, table) for name, table in _written(app) if "/" in name} == {
        ("POST /gone/", "shop_order"),
        ("POST /gone/", "shop_log"),
        ("DELETE /gone/", "shop_order"),
        ("DELETE /gone/", "shop_log"),
        ("GET /renamed/", "shop_visit"),
        ("POST /renamed/", "shop_visit"),
        ("POST /renamed/", "shop_order"),
        ("PUT /renamed/", "shop_visit"),
        ("PUT /renamed/", "shop_order"),
    }
    # Its own transaction is around whatever answers.
    inside = {t.tables_written for t in app.system.transactions if t.definition == "shop.views:Gone.dispatch"}
    assert inside == {("shop_log", "shop_order")}


def test_requests_that_are_transactions_hold_what_a_library_does_where_a_method_leads_on_to_it(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/settings.py": 'DATABASES = {"default": {"ATOMIC_REQUESTS": True}}\n',
            "shop/models.py": _MODELS,
            "shop/views.py": _LED_ON,
            "shop/urls.py": _LED_ON_URLS,
        }
    )
    requests = [t for t in app.system.transactions if t.scope == "request"]
    assert {(t.unit, t.answering): t.tables_written for t in requests} == {
        ("shop.views:Gone", ("get",)): (),
        ("shop.views:Gone", ("delete", "post")): ("shop_log", "shop_order"),
        ("shop.views:Renamed", ("get",)): ("shop_visit",),
        ("shop.views:Renamed", ("post", "put")): ("shop_order", "shop_visit"),
    }


def test_what_a_framework_calls_it_calls_also_where_it_is_decorated(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": """
            from django.db import models, transaction
            class Trace(models.Model): pass
            class Note(models.Model): pass
            class Order(models.Model):
                @transaction.atomic
                def save(self, *args, **kwargs):
                    super().save(*args, **kwargs)
                    Trace.objects.create()
            """,
        "shop/rest.py": """
            from rest_framework import routers, viewsets
            from shop.models import Order
            class Rows(viewsets.ModelViewSet):
                queryset = Order.objects.all()
            router = routers.SimpleRouter()
            router.register("rows", Rows)
            """,
        "shop/urls.py": "from shop.rest import router\nurlpatterns = router.urls\n",
        "shop/admin.py": """
            from django.contrib import admin
            from django.db import transaction
            from shop.models import Note, Order
            @admin.action
            @transaction.atomic
            def note(page, request, rows):
                Note.objects.create()
            @admin.register(Order)
            class OrderAdmin(admin.ModelAdmin):
                actions = [note]
                @transaction.atomic
                def save_model(self, request, obj, form, change):
                    super().save_model(request, obj, form, change)
            """,
        "shop/management/__init__.py": "",
        "shop/management/commands/__init__.py": "",
        "shop/management/commands/tidy.py": """
            from django.core.management.base import BaseCommand
            from django.db import transaction
            from shop.models import Note
            class Command(BaseCommand):
                @transaction.atomic
                def handle(self, *args, **options):
                    Note.objects.all().delete()
            """,
    })  # fmt: skip
    led = {
        (r.entry.kind, r.entry.name, r.access.definition.partition(":")[2], r.access.table)
        for r in reached_accesses(app.system)
        if r.access.operation in ("insert", "delete") and r.access.table != "shop_order"
    }
    assert {one for one in led if one[0] != "http"} == {
        ("admin", "Order", "note", "shop_note"),
        ("admin", "Order", "Order.save", "shop_trace"),
        ("command", "tidy", "Command.handle", "shop_note"),
    }
    assert ("http", "PUT /rows/<pk>/", "Order.save", "shop_trace") in led
    saved = {t.tables_written for t in app.system.transactions if t.definition.endswith("OrderAdmin.save_model")}
    assert saved == {("shop_order", "shop_trace")}
