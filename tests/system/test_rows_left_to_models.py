"""Rows that views save and delete by methods that the application gives its models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

FILES = {
    "shop/__init__.py": "",
    "shop/settings.py": 'INSTALLED_APPS = ["shop"]\nDATABASES = {"default": {"ATOMIC_REQUESTS": True}}\n',
    "shop/models.py": """
        from django.db import models
        class Trace(models.Model): pass
        class Kept(models.Model):
            deleted = models.BooleanField(default=False)
            class Meta:
                abstract = True
            def delete(self, *args):
                self.deleted = True
                self.save(update_fields=["deleted"])
        class Order(Kept):
            def save(self, *args, **kwargs):
                super().save(*args, **kwargs)
                Trace.objects.create()
        class Line(models.Model):
            order = models.ForeignKey(Order, on_delete=models.CASCADE)
        class Box(models.Model): pass
        class Lid(models.Model):
            box = models.ForeignKey(Box, on_delete=models.CASCADE)
        """,
    "shop/urls.py": """
        from rest_framework.routers import SimpleRouter
        from shop.views import Rows
        router = SimpleRouter()
        router.register("rows", Rows)
        urlpatterns = router.urls
        """,
}
VIEWS = """
    from rest_framework import mixins, viewsets
    from shop.models import Box, Order
    class Rows(mixins.MIXIN, viewsets.GenericViewSet):
        queryset = MODEL.objects.all()
    """
OWN = """
        def destroy(self, request, pk=None):
            self.perform_destroy(self.get_object())
    """


def _written(draw: Draw, views: str) -> set[str]:
    """What requests to the one view write."""
    transactions = draw({**FILES, "shop/views.py": views}).system.transactions
    return {table for t in transactions if t.scope == "request" for table in t.tables_written}


@pytest.mark.parametrize("own", ["", OWN], ids=["the library's method", "one of its own"])
def test_a_row_that_is_only_marked_as_deleted_takes_no_others_along(draw: Draw, own: str) -> None:
    views = VIEWS.replace("MIXIN", "DestroyModelMixin") + own
    assert _written(draw, views.replace("MODEL", "Order")) == {"shop_order", "shop_trace"}
    assert _written(draw, views.replace("MODEL", "Box")) == {"shop_box", "shop_lid"}


def test_what_a_model_does_when_it_is_saved_is_done_for_the_view_that_saves_it(draw: Draw) -> None:
    views = VIEWS.replace("MODEL", "Order")
    assert _written(draw, views.replace("MIXIN", "CreateModelMixin")) == {"shop_order", "shop_trace"}
    assert _written(draw, views.replace("MIXIN", "ListModelMixin")) == set()


def test_pages_of_the_administration_delete_by_the_method_and_by_a_statement(draw: Draw) -> None:
    admin = """
        from django.contrib import admin
        from shop.models import Order
        @admin.register(Order)
        class OrderAdmin(admin.ModelAdmin): pass
        """
    app = draw(
        {
            **FILES,
            "shop/views.py": VIEWS.replace("MODEL", "Box").replace("MIXIN", "ListModelMixin"),
            "shop/admin.py": admin,
        }
    )
    done = {(a.operation, a.table) for a in app.system.accesses if a.definition == "shop.admin:OrderAdmin"}
    assert ("delete", "shop_order") in done
    called = {d.target for d in app.dependencies() if d.source == "shop.admin:OrderAdmin"}
    assert {"shop.models:Order.save", "shop.models:Kept.delete"} <= called
