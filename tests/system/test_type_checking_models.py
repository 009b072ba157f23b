"""What only type checkers see makes no table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw


def test_a_base_and_a_class_for_type_checkers_alone_make_no_table(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            from typing import TYPE_CHECKING
            from django.db import models
            class Order(models.Model):
                price = models.IntegerField()
            if TYPE_CHECKING:
                Base = Order
                class Priced(Order): pass
            else:
                Base = object
                Priced = Order
            class Extra(Base):
                def total(self): return self.price
                def again(self): return self.refresh_from_db()
            class Gift(Extra, Order): pass
            """,
            "shop/use.py": """
            from shop.models import Gift, Priced
            def first(): return Priced.objects.first()
            def again(): Gift.objects.create().again()
            """,
        }
    )
    assert {table.name for table in app.system.tables} == {"shop_order", "shop_gift"}
    found = {(a.definition, a.operation, a.table) for a in app.system.accesses}
    assert ("shop.use:first", "read", "shop_order") in found
    assert ("shop.models:Extra.again", "read", "shop_gift") in found
