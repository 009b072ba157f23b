"""What Django does when rows are deleted that others point to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    class Order(models.Model):
        tags = models.ManyToManyField("Tag")
    class Tag(models.Model): pass
    class Line(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
    class Note(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
"""


@pytest.mark.parametrize(
    ("connected", "read"),
    [
        pytest.param(
            "def lines(sender, **kwargs):\n    if not issubclass(sender, Line): return\n    print(1)\npost_delete.connect(lines)",
            {"shop_line", "shop_note", "shop_order_tags"},
            id="a receiver for all models that leaves at once for most",
        ),
        pytest.param("", set(), id="nobody is told"),
        pytest.param("post_delete.connect(told, sender=Line)", {"shop_line"}, id="a receiver for one model"),
        pytest.param("post_save.connect(told, sender=Line)", set(), id="a receiver of something else"),
        pytest.param(
            "pre_delete.connect(told)", {"shop_line", "shop_note", "shop_order_tags"}, id="a receiver for all models"
        ),
    ],
)
def test_rows_are_read_before_they_are_deleted_if_somebody_is_told(draw: Draw, connected: str, read: set[str]) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/m.py": "from django.db.models.signals import post_delete, post_save, pre_delete\n"
            "from shop.models import Line, Order\n"
            f"def told(sender, **kwargs): pass\n{connected}\ndef f(order: Order): order.delete()\n",
        }
    )
    found = {(operation, table) for d, operation, table in app.accesses() if d == "shop.m:f"}
    deleted = {("delete", table) for table in ("shop_order", "shop_line", "shop_note", "shop_order_tags")}
    assert found == deleted | {("read", table) for table in read}


def test_code_that_many_models_share_does_to_others_what_all_of_them_do(draw: Draw) -> None:
    """Of seven models each has lines of its own, and all have an entry in the journal."""
    names = [f"Kind{number}" for number in range(7)]
    models = "".join(
        f"class {name}(models.Model):\n    entries = GenericRelation(Entry)\n"
        f"class {name}Line(models.Model):\n    owner = models.ForeignKey({name}, on_delete=models.CASCADE)\n"
        for name in names
    )
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": "from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation\n"
            "from django.db import models\n"
            "class Entry(models.Model):\n    object_id = models.IntegerField()\n    about = GenericForeignKey()\n"
            + models,
            "shop/m.py": f"from shop.models import {', '.join(names)}\n"
            "def remove(row): row.delete()\n"
            f"def f(): [remove(row) for row in [{', '.join(f'{n}.objects.get(id=1)' for n in names)}]]\n",
        }
    )
    assert {(o, table) for d, o, table in app.accesses() if d == "shop.m:remove"} == {("delete", "shop_entry")}


def test_a_query_that_is_called_back_runs(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/m.py": """
                from django.core.cache import cache
                from shop.models import Order
                def f(): return cache.get_or_set("orders", Order.objects.count, 60)
                """,
        }
    )
    assert ("shop.m:f", "read", "shop_order") in app.accesses()


DEPENDING = """
    from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
    from django.db import models
    def nobody(): return 1
    class Place(models.Model): pass
    class Cafe(Place): pass
    class Bar(Place): pass
    class WineBar(Bar): pass
    class Visit(models.Model):
        place = models.ForeignKey(Place, on_delete=models.CASCADE)
    class Tag(models.Model):
        object_id = models.IntegerField()
        about = GenericForeignKey()
    class Order(models.Model):
        tags = GenericRelation(Tag)
    class Line(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
    class Part(models.Model):
        line = models.ForeignKey(Line, on_delete=models.CASCADE)
    class Emptied(models.Model):
        order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL)
    class Reset(models.Model):
        order = models.ForeignKey(Order, default=1, on_delete=models.SET_DEFAULT)
    class Given(models.Model):
        order = models.ForeignKey(Order, on_delete=models.SET(nobody))
    class Guarded(models.Model):
        order = models.ForeignKey(Order, on_delete=models.PROTECT)
    class Apart(models.Model):
        order = models.ForeignKey(Order, on_delete=models.DO_NOTHING)
"""


@pytest.mark.parametrize(
    ("body", "sent", "if_there"),
    [
        pytest.param(
            "Order.objects.get(id=1).delete()",
            {"read order", "delete order", "read line", "delete tag", "update emptied", "update given", "read reset", "read guarded"},
            {"delete line", "delete part", "update reset"},
            id="what depends on what depends is touched only if it is there",
        ),
        pytest.param("Line.objects.filter(id=1).delete()", {"read line", "delete line", "delete part"}, set(), id="a query reads its rows first"),
        pytest.param("Part.objects.filter(id=1).delete()", {"delete part"}, set(), id="nothing depends on it"),
        pytest.param("Line().delete()", {"delete line", "delete part"}, set(), id="one level below"),
        pytest.param(
            "Place().delete()", {"delete place", "delete visit", "read cafe", "read bar", "read place"}, {"delete cafe", "delete bar", "read winebar", "delete winebar"},
            id="all kinds are looked for",
        ),
        pytest.param("Cafe().delete()", {"delete place", "delete cafe", "delete visit"}, set(), id="other kinds are not"),
        pytest.param("WineBar().delete()", {"delete place", "delete bar", "delete winebar", "delete visit"}, set(), id="a kind of a kind"),
    ],
)  # fmt: skip
def test_what_a_deletion_sends_and_what_only_if_there_are_rows(
    draw: Draw, body: str, sent: set[str], if_there: set[str]
) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": DEPENDING,
            "shop/m.py": f"from shop.models import Bar, Cafe, Line, Order, Part, Place, WineBar\ndef f(): {body}\n",
        }
    )
    found = [a for a in app.system.accesses if a.definition == "shop.m:f"]
    only = {f"{a.operation} {a.table.removeprefix('shop_')}" for a in found if "if there are such rows" in a.rule}
    always = {f"{a.operation} {a.table.removeprefix('shop_')}" for a in found} - only
    assert (always, only) == (sent, if_there)


ADMIN = """
    from django.contrib import admin
    from django.contrib.admin.actions import delete_selected
    from shop.models import Order
    class Careful(admin.ModelAdmin):
        actions = ["drop"]
        def delete_view(self, request, object_id, extra_context=None):
            return super().delete_view(request, object_id, extra_context)
        def drop(self, request, queryset):
            return delete_selected(self, request, queryset)
    admin.site.register(Order, Careful)
"""


@pytest.mark.parametrize("method", ["delete_view", "drop"])
def test_the_admin_shows_what_a_deletion_takes_along_and_deletes_it(draw: Draw, method: str) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/admin.py": ADMIN})
    assert {(o, table) for d, o, table in app.accesses() if d == f"shop.admin:Careful.{method}"} == {
        (operation, table)
        for operation in ("read", "delete")
        for table in ("shop_order", "shop_line", "shop_note", "shop_order_tags")
    }


def test_a_view_that_deletes_tells_what_goes_with_the_row(draw: Draw) -> None:
    """So does the middleware that goes on to it; a page of the administration shows it first."""
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/views.py": """
                from django.contrib import admin
                from django.views.generic import DeleteView
                from shop.models import Order
                class Removal(DeleteView): model = Order
                @admin.register(Order)
                class OrderAdmin(admin.ModelAdmin): pass
            """,
            "shop/middleware.py": """
                class Timing:
                    def __init__(self, get_response): self.get_response = get_response
                    def __call__(self, request): return self.get_response(request)
            """,
        }
    )
    taken_along = {"shop_line", "shop_note", "shop_order_tags"}
    deleted = {(d, table) for d, operation, table in app.accesses() if operation == "delete"}
    assert {table for d, table in deleted if d == "shop.views:Removal"} == {"shop_order", *taken_along}
    assert {table for d, table in deleted if d == "shop.views:OrderAdmin"} == {"shop_order"}
    below = {a.table for a in app.system.flushes if a.definition == "shop.middleware:Timing.__call__"}
    assert below == {"shop_order", *taken_along}
