"""Code that registers views runs none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    class Order(models.Model): pass
    class User(models.Model): pass
"""

VIEWS = """
    from django.db import transaction
    from shop.models import Order, User
    def log_in(request):
        User.objects.create()
    def submit(request):
        Order.objects.create()
        transaction.commit()
"""

URLS = """
    from django.urls import path
    from shop.views import log_in, submit
    urlpatterns = [path("login/", log_in), path("submit/", submit)]
"""


def test_a_module_that_registers_two_views_writes_nothing_of_both(draw: Draw) -> None:
    files = {"shop/__init__.py": "", "shop/models.py": MODELS, "shop/views.py": VIEWS, "shop/urls.py": URLS}
    transactions = draw(files).system.transactions
    assert {t.definition: t.tables_written for t in transactions} == {"shop.views:submit": ("shop_order",)}
