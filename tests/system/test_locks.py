"""Which transactions lock rows, and of which tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    class Order(models.Model): pass
    class Stock(models.Model): pass
    """
USE = """
    from django.db import transaction
    from shop.models import Order, Stock

    def find(model, number, lock=False, query=None):
        query = model.objects.all()
        if lock:
            query = query.select_for_update()
        return query.get(id=number)

    def find_order(number, lock=False): return find(Order, number, lock=lock)

    @transaction.atomic
    def look(): find_order(1)

    @transaction.atomic
    def take(): find_order(1, lock=True)

    @transaction.atomic
    def take_some(lock): find_order(1, lock=lock)

    @transaction.atomic
    def count():
        find(Stock, 1, True)
        find_order(2)
    """


def test_rows_are_locked_only_where_the_argument_says_so(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": USE})
    assert {t.definition: (t.tables_read, t.locked) for t in app.system.transactions} == {
        "shop.use:look": (("shop_order",), ()),
        "shop.use:take": (("shop_order",), ("shop_order",)),
        "shop.use:take_some": (("shop_order",), ("shop_order",)),
        "shop.use:count": (("shop_order", "shop_stock"), ("shop_stock",)),
    }
