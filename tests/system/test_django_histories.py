"""Rows that a library copies with each change, and what libraries that listen to every deletion make Django do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.contrib.auth.models import User
    from django.db import models
    from simple_history.models import HistoricalRecords
    class Order(models.Model):
        number = models.CharField(max_length=9, unique=True)
        history = HistoricalRecords()
    class Line(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
        log = HistoricalRecords(table_name="line_copies")
    class Note(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
"""
KEPT = [
    ("Order(number='x').save()", {"insert shop_order", "insert shop_historicalorder"}),
    ("Order.objects.create(number='x')", {"insert shop_order", "insert shop_historicalorder"}),
    ("Order.objects.update(number='x')", {"update shop_order"}),
    ("Order.objects.bulk_create([])", {"insert shop_order"}),
    ("bulk_create_with_history([], Order)", {"insert shop_order", "insert shop_historicalorder"}),
    ("Line.objects.filter(pk=1).delete()", {"read shop_line", "delete shop_line", "insert line_copies"}),
    (
        "Order.objects.get(pk=1).delete()",
        {
            "read shop_order", "delete shop_order", "insert shop_historicalorder", "read shop_line", "delete shop_line",
            "insert line_copies", "delete shop_note",
        },
    ),
    ("Order.history.filter(number='x').first()", {"read shop_historicalorder"}),
    ("Order.objects.get(pk=1).history.most_recent()", {"read shop_order", "read shop_historicalorder"}),
    ("Line.log.count()", {"read line_copies"}),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), KEPT)
def test_a_history_is_written_with_the_rows_and_read_by_its_manager(draw: Draw, body: str, expected: set[str]) -> None:
    source = (
        "from simple_history.utils import bulk_create_with_history\nfrom shop.models import Line, Order\n"
        f"def f():\n    {body}\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/m.py": source})
    assert {f"{a.operation} {a.table}" for a in app.system.accesses if a.definition == "shop.m:f"} == expected


def test_the_table_of_a_history_has_the_columns_of_the_model_and_who_made_the_change(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS})
    assert set(app.columns("shop_historicalorder")) == {"id", "number", "history_user_id"}
    assert ("shop_historicalorder", "history_user_id", "auth_user", "id") in app.foreign_keys()
    assert not app.table("shop_historicalorder").indexes


PROMISED = """
    from django.db import models
    from simple_history.models import HistoricalRecords
    class Audited(models.Model):
        class Meta:
            abstract = True
    def audited(excluded) -> type[Audited]:
        class Base(Audited):
            history = HistoricalRecords(excluded_fields=excluded, inherit=True)
            class Meta:
                abstract = True
        return Base
    def unchanged(excluded) -> type[Audited]:
        class Other(models.Model):
            history = HistoricalRecords(inherit=True)
            class Meta:
                abstract = True
        return Audited
    class Order(audited([])): ...
    class Draft(unchanged([])): ...
    def add():
        Order.objects.create()
        Draft.objects.create()
"""


def test_the_class_that_a_function_makes_is_a_base_though_the_function_promises_one_above(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": PROMISED})
    assert {(o, t) for d, o, t in app.accesses() if d == "shop.models:add"} == {
        ("insert", "shop_order"),
        ("insert", "shop_historicalorder"),
        ("insert", "shop_draft"),
    }


def test_deleting_a_user_empties_who_made_the_changes(draw: Draw) -> None:
    source = "from django.contrib.auth.models import User\ndef f(user: User): user.delete()\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/m.py": source})
    assert {("shop.m:f", "update", "shop_historicalorder"), ("shop.m:f", "update", "line_copies")} <= app.accesses()


PLAIN = """
    from django.db import models
    class Order(models.Model): pass
    class Note(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
"""


@pytest.mark.parametrize(
    ("listening", "read"),
    [
        ("from actstream import action", {"shop_note"}),
        ("HAYSTACK_SIGNAL_PROCESSOR = 'haystack.signals.RealtimeSignalProcessor'", {"shop_note"}),
        ("HAYSTACK_SIGNAL_PROCESSOR = 'haystack.signals.BaseSignalProcessor'", set()),
        ("from haystack import indexes", set()),
    ],
)
def test_rows_are_read_before_they_are_deleted_where_a_library_hears_of_each(
    draw: Draw, listening: str, read: set[str]
) -> None:
    source = "from shop.models import Order\ndef f(order: Order): order.delete()\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": PLAIN, "shop/m.py": source, "shop/settings.py": listening})
    assert {a.table for a in app.system.accesses if a.operation == "read"} == read


OWN = """
    from django.db import models
    from django.db.models import signals
    from simple_history.models import HistoricalRecords
    class Records(HistoricalRecords):
        def pre_save(self, instance, **kwargs):
            instance.before = instance.__class__.objects.first()
        def post_save(self, instance, created, using=None, **kwargs):
            super().post_save(instance, created, using, **kwargs)
        def finalize(self, sender, **kwargs):
            super().finalize(sender, **kwargs)
            signals.pre_save.connect(self.pre_save, sender=sender)
    class Order(models.Model):
        history = Records()
"""


def test_what_a_class_of_histories_of_the_applications_own_does(draw: Draw) -> None:
    source = """
        from shop.models import Order
        def add(): Order.objects.create()
        def drop(order: Order): order.delete()
        def show(order: Order): return order.history.latest()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": OWN, "shop/m.py": source})
    assert app.accesses() == {
        ("shop.m:add", "insert", "shop_order"),
        ("shop.m:drop", "delete", "shop_order"),
        ("shop.m:drop", "insert", "shop_historicalorder"),
        ("shop.m:show", "read", "shop_historicalorder"),
        ("shop.models:Records.pre_save", "read", "shop_order"),
        ("shop.models:Records.post_save", "insert", "shop_historicalorder"),
    }
    told = {(d.source, d.target) for d in app.system.dependencies if d.kind == "signal"}
    assert told == {("shop.m:add", f"shop.models:Records.{name}") for name in ("pre_save", "post_save")}


SERVED = """
    from rest_framework import serializers, viewsets
    from shop.models import Order
    class OrderSerializer(serializers.ModelSerializer):
        class Meta:
            model = Order
            fields = "__all__"
    class Orders(viewsets.ModelViewSet):
        queryset = Order.objects.all()
        serializer_class = OrderSerializer
"""


def test_a_serializer_that_changes_a_row_adds_to_its_history(draw: Draw) -> None:
    own = "        def update(self, request, *args, **kwargs):\n            return super().update(request, *args, **kwargs)\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/views.py": SERVED + own})
    told = {f"{a.operation} {a.table}" for a in app.system.accesses if a.definition == "shop.views:Orders.update"}
    assert {"update shop_order", "insert shop_historicalorder"} <= told


def test_what_a_view_set_adds_to_a_history_is_told_of_the_methods_that_do_it(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/views.py": SERVED})
    (kept,) = [
        a for a in app.system.accesses if a.definition == "shop.views:Orders" and a.table == "shop_historicalorder"
    ]
    assert kept.operation == "insert"
    assert {"create", "update", "destroy"} <= set(kept.answering)
