"""What is told of the transaction that a framework opens around each request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.system.transactions.reached import what_is_inside

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

FILES = {
    "shop/__init__.py": "",
    "shop/settings.py": 'DATABASES = {"default": {"ATOMIC_REQUESTS": True}}\n',
    "shop/models.py": """
        from django.db import models
        class Order(models.Model): pass
        class Note(models.Model): pass
        class Mail(models.Model): pass
        """,
    "shop/serializers.py": """
        from rest_framework import serializers
        from shop.models import Note, Order
        class OrderSerializer(serializers.ModelSerializer):
            class Meta:
                model = Order
            def create(self, data):
                Note.objects.create()
                return super().create(data)
        """,
    "shop/urls.py": """
        from rest_framework.routers import SimpleRouter
        from shop.views import Orders
        router = SimpleRouter()
        router.register("orders", Orders)
        urlpatterns = router.urls
        """,
}
VIEWS = """
    from rest_framework import mixins, viewsets
    from rest_framework.decorators import action
    from shop.models import Mail, Order
    from shop.serializers import OrderSerializer
    class Orders(MIXINS, viewsets.GenericViewSet):
        queryset = Order.objects.all()
        serializer_class = OrderSerializer
        @action(detail=True, methods=["post"])
        def tell(self, request, pk=None):
            Mail.objects.create()
    """


def _requests(app: Application) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Of whom a request's transaction is told -> the tables that it writes, and the routes."""
    told = zip(app.system.transactions, what_is_inside(app.system), strict=True)
    return {t.definition: (t.tables_written, i.entry_points) for t, i in told if t.scope == "request"}


def test_a_view_set_that_only_shows_rows_writes_none_whatever_its_serializer_could_do(draw: Draw) -> None:
    app = draw({**FILES, "shop/views.py": VIEWS.replace("MIXINS", "mixins.ListModelMixin")})
    assert _requests(app) == {
        "shop.views:Orders": ((), ("http GET /orders/",)),
        "shop.views:Orders.tell": (("shop_mail",), ("http POST /orders/<pk>/tell/",)),
    }


def test_one_that_makes_rows_writes_what_its_serializer_does(draw: Draw) -> None:
    app = draw({**FILES, "shop/views.py": VIEWS.replace("MIXINS", "mixins.CreateModelMixin")})
    assert _requests(app)["shop.views:Orders"] == (("shop_note", "shop_order"), ("http POST /orders/",))


def test_a_view_set_that_shows_rows_and_makes_them_has_a_transaction_for_each(draw: Draw) -> None:
    """Who looks at the list writes nothing; what two methods of the library do alike is told once."""
    files = {
        "shop/views.py": VIEWS.replace(
            "MIXINS", "mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.CreateModelMixin"
        )
    }
    app = draw({**FILES, **files})
    inside = zip(app.system.transactions, what_is_inside(app.system), strict=True)
    assert [
        (t.answering, t.tables_written, i.entry_points) for t, i in inside if t.definition == "shop.views:Orders"
    ] == [
        (("list", "retrieve"), (), ("http GET /orders/", "http GET /orders/<pk>/")),
        (("create",), ("shop_note", "shop_order"), ("http POST /orders/",)),
    ]


def test_what_runs_inside_is_what_the_routes_come_to(draw: Draw) -> None:
    app = draw({**FILES, "shop/views.py": VIEWS.replace("MIXINS", "mixins.ListModelMixin")})
    inside = zip(app.system.transactions, what_is_inside(app.system), strict=True)
    assert [i.definitions for t, i in inside if t.definition == "shop.views:Orders"] == [
        ("shop.serializers:OrderSerializer", "shop.views:Orders")
    ]


def test_who_calls_a_view_itself_is_in_no_request(draw: Draw) -> None:
    """A command that calls the view's function gets no transaction from the framework."""
    files = {
        "shop/views.py": """
            from shop.models import Mail
            def tell(request):
                Mail.objects.create()
            """,
        "shop/urls.py": """
            from django.urls import path
            from shop.views import tell
            urlpatterns = [path("tell/", tell)]
            """,
        "shop/management/__init__.py": "",
        "shop/management/commands/__init__.py": "",
        "shop/management/commands/tell_all.py": """
            from django.core.management.base import BaseCommand
            from shop.views import tell
            class Command(BaseCommand):
                def handle(self, *args, **options):
                    tell(None)
            """,
    }
    assert _requests(draw({**FILES, **files})) == {"shop.views:tell": (("shop_mail",), ("http ANY /tell/",))}


def test_a_manager_shared_by_models_begins_a_query_of_the_one_that_asks(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models
                class Kept(models.Manager):
                    def get_queryset(self):
                        return super().get_queryset().filter(deleted=False)
                class Base(models.Model):
                    deleted = models.BooleanField()
                    objects = Kept()
                    class Meta:
                        abstract = True
                class Order(Base): pass
                class Line(Base): pass
                class Box(Base): pass
                """,
            "shop/use.py": """
                from django.db import transaction
                from shop.models import Box, Line, Order
                @transaction.atomic
                def pack():
                    for order in Order.objects.filter(open=True):
                        Box.objects.create()
                def count():
                    return Line.objects.count()
                """,
        }
    )
    assert [(t.definition, t.tables_written, t.tables_read) for t in app.system.transactions] == [
        ("shop.use:pack", ("shop_box",), ("shop_order",))
    ]
