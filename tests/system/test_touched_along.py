"""What queries touch along with their own rows, where several of them arrive at one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    class Customer(models.Model): name = models.TextField()
    class Tag(models.Model): name = models.TextField()
    class Order(models.Model):
        customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
        tag = models.ForeignKey(Tag, on_delete=models.CASCADE)
"""


def test_what_some_of_the_queries_of_a_line_touch_is_inferred_at_each_such_line(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/use.py": """
                from shop.models import Order
                def first(rows): return list(rows)
                def second(rows): return list(rows)
                def by_customer():
                    rows = Order.objects.filter(customer__name="x")
                    return first(rows), second(rows)
                def by_tag():
                    rows = Order.objects.filter(tag__name="x")
                    return first(rows), second(rows)
                """,
        }
    )
    found = {(a.definition.partition(":")[2], a.table, a.resolution) for a in app.system.accesses}
    assert found == {
        (function, table, resolution)
        for function in ("first", "second")
        for table, resolution in (("shop_order", "exact"), ("shop_customer", "inferred"), ("shop_tag", "inferred"))
    }


def test_what_one_query_touches_by_several_of_its_methods_is_sure(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/use.py": """
                from shop.models import Order
                def shown(): return list(Order.objects.filter(tag__name="x").select_related("customer"))
                """,
        }
    )
    assert {(a.table, a.resolution) for a in app.system.accesses} == {
        ("shop_order", "exact"),
        ("shop_customer", "exact"),
        ("shop_tag", "exact"),
    }


def test_a_query_that_is_put_together_for_very_many_is_evidence_for_none(draw: Draw) -> None:
    """No query by itself touches so many tables: what does is of all who share the code that narrows it."""
    names = [f"Part{number}" for number in range(20)]
    models = "\n".join(f"    class {name}(models.Model): orders = models.ManyToManyField(Order)" for name in names)
    callers = "\n".join(f"def use_{n}(): return show(narrowed(Order.objects.all(), m.{n}))" for n in names)
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": f"{MODELS}{models}\n",
            "shop/use.py": f"""
from shop import models as m
from shop.models import Order
def narrowed(rows, part):
    for other in ({", ".join(f"m.{n}" for n in names)}):
        rows = rows.filter(pk__in=other.objects.values("orders"))
    return rows
def show(rows): return list(rows)
{callers}
""",
        }
    )
    shown = {a.table for a in app.system.accesses if a.definition == "shop.use:show"}
    assert shown == {"shop_order"}
    assert [s.line for s in app.system.blind_spots if s.definition == "shop.use:show"] != []
