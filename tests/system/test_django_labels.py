"""Labels that configurations give to apps: strings name models by them, whatever their packages are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

CONFIGURATION = """
    from django.apps import AppConfig
    class Config(AppConfig):
        name = "{package}"
        label = "{label}"
    """
MODELS = """
    from django.db import models
    class Note(models.Model):
        text = models.TextField()
    """
TASKS = """
    from django.apps import apps
    from django.db import models
    class Mark(models.Model):
        note = models.ForeignKey("shop_stock.Note", on_delete=models.CASCADE)
    def of_orders(pk):
        return apps.get_model("shop_orders.Note").objects.get(pk=pk)
    def of_stock(pk):
        Note = apps.get_model("shop_stock", "Note")
        return Note.objects.get(pk=pk)
    def of_a_path(pk):
        return apps.get_model("orders.Note").objects.get(pk=pk)
    def of_nobody(pk):
        return apps.get_model("shop_users.Note").objects.get(pk=pk)
    """


def test_models_are_named_by_the_labels_of_their_apps(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/orders/__init__.py": "",
            "shop/orders/apps.py": CONFIGURATION.format(package="shop.orders", label="shop_orders"),
            "shop/orders/models.py": MODELS,
            "shop/stock/__init__.py": "",
            "shop/stock/apps.py": CONFIGURATION.format(package="shop.stock", label="shop_stock"),
            "shop/stock/models.py": MODELS,
            "shop/tasks/__init__.py": TASKS,
        }
    )
    assert {(a.definition, a.table) for a in app.system.accesses} == {
        ("shop.tasks:of_orders", "shop_orders_note"),
        ("shop.tasks:of_stock", "shop_stock_note"),
        ("shop.tasks:of_a_path", "shop_orders_note"),
    }
    assert {key.target_table for key in app.system.foreign_keys} == {"shop_stock_note"}
