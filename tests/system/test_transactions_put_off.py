"""Transactions that are opened by what waits for the end of another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.system.transactions.reached import what_is_inside

if TYPE_CHECKING:
    from tests.conftest import Draw

FILES = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models
        class Order(models.Model): pass
        class Mail(models.Model): pass
        """,
    "shop/views.py": """
        from django.db import transaction
        from shop.models import Mail, Order
        @transaction.atomic
        def make(request):
            Order.objects.create()
            transaction.on_commit(tell)
        @transaction.atomic
        def tell():
            Mail.objects.create()
        """,
    "shop/urls.py": """
        from django.urls import path
        from shop.views import make
        urlpatterns = [path("orders/", make)]
        """,
}


def test_what_is_put_off_is_in_another_transaction_to_which_the_same_route_leads(draw: Draw) -> None:
    app = draw(FILES)
    found = zip(app.system.transactions, what_is_inside(app.system), strict=True)
    told = {t.definition: (t.tables_written, inside.entry_points, inside.definitions) for t, inside in found}
    assert told == {
        "shop.views:make": (("shop_order",), ("http ANY /orders/",), ("shop.views:make",)),
        "shop.views:tell": (("shop_mail",), ("http ANY /orders/",), ("shop.views:tell",)),
    }
