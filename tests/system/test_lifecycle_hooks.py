"""Methods of a model that run when a row is inserted, or updated: only where that is what its saving does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

ORDERS = """
    from django.db import models, transaction
    from django_lifecycle import AFTER_CREATE, AFTER_SAVE, AFTER_UPDATE, LifecycleModel, hook
    class Log(models.Model): ...
    class Mail(models.Model): ...
    class Order(LifecycleModel):
        total = models.IntegerField()
        @hook(AFTER_CREATE)
        def log(self): Log.objects.create()
        @hook(AFTER_UPDATE)
        def tell(self): Mail.objects.create()
        @hook(AFTER_SAVE)
        def seen(self): pass
        @hook(AFTER_SAVE, on_commit=True)
        def later(self): Mail.objects.create()
    def add():
        order = Order(total=1)
        with transaction.atomic():
            order.save()
    def pay(key):
        with transaction.atomic():
            order = Order.objects.get(pk=key)
            order.total = 0
            order.save()
    def either(order: Order):
        order.save()
"""


def test_hooks_run_where_their_row_is_inserted_or_updated(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": ORDERS})
    told = {(d.source, d.target.rpartition(".")[2]) for d in app.system.dependencies if d.kind == "signal"}
    both = {"seen", "later"}
    assert {name for source, name in told if source == "shop.models:add"} == {"log", *both}
    assert {name for source, name in told if source == "shop.models:pay"} == {"tell", *both}
    assert {name for source, name in told if source == "shop.models:either"} == {"log", "tell", *both}
    assert {(t.definition, t.tables_written) for t in app.system.transactions} == {
        ("shop.models:add", ("shop_log", "shop_order")),
        ("shop.models:pay", ("shop_mail", "shop_order")),
    }
