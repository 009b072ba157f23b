"""Stores outside of the tables: who would own them, which are shared, and what the plan says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries import split_from_assignment
from decompose.boundaries.split import Recommendation
from decompose.database import split_database
from decompose.plan import make_plan
from decompose.report import render_html
from decompose.report.exports import export_rows
from decompose.report.view import make_view
from decompose.runs.analysis import FORMAT_VERSION, Analysis

if TYPE_CHECKING:
    from tests.conftest import Draw

SALES = """
    import redis
    from django.core.cache import cache
    client = redis.Redis()
    def price(item):
        client.set(f"price:{item}", 1)
        client.incr(f"price:{item}")
    def cart(user):
        cache.set(f"cart:{user}", [])
    """
STOCK = """
    import redis
    client = redis.Redis()
    def level(item, name):
        client.get(f"price:{item}")
        client.get(name)
    """


def test_a_key_that_two_services_touch_is_shared_and_in_the_report_and_the_plan(draw: Draw) -> None:
    system = draw({"shop/__init__.py": "", "shop/sales.py": SALES, "shop/stock.py": STOCK}).system
    split = split_from_assignment(system, {u.id: u.module.rpartition(".")[2] for u in system.units}, "by hand")
    database = split_database(system, split)
    found = {
        (s.kind, s.name): (s.owner, s.shared, s.writers, s.readers, s.services, s.evidence) for s in database.stores
    }
    assert found == {
        ("cache", "cart:*"): ("sales", False, {"sales": 1}, {}, ("sales",), ("shop/sales.py:8",)),
        ("key-value", "price:*"): (
            "sales",
            True,
            {"sales": 2},
            {"stock": 1},
            ("sales", "stock"),
            ("shop/stock.py:4",),
        ),
    }
    plan = make_plan(system, split, database)
    work = {(step.service, item.kind): (item.count, item.evidence) for step in plan.steps for item in step.work}
    first = plan.steps[1].service
    assert work[first, "shared stores"] == (1, ("key-value price:* (shop/stock.py:4)",))
    analysis = Analysis(
        format_version=FORMAT_VERSION,
        decompose_version="0",
        system=system,
        splits=(split,),
        recommendation=Recommendation(split="", sentence=""),
        databases=(),
        plans=(),
    )
    page = render_html(make_view(analysis)).decode()
    assert "2 stores, 1 shared by several services" in page
    assert "1 access to a store whose name is not known is among the blind spots" in page
    assert [row[:4] for row in export_rows(analysis, "stores")[1]] == [
        ("cache", "cart:*", "", "shop/sales.py"),
        ("key-value", "price:*", "", "shop/sales.py"),
    ]
    assert [row[1:5] for row in export_rows(analysis, "shared_stores")[1]] == [
        ("key-value", "price:*", "sales", ("sales", "stock"))
    ]


def test_a_key_that_only_shared_code_touches_does_not_move_with_an_owner(draw: Draw) -> None:
    system = draw({"shop/__init__.py": "", "shop/sales.py": SALES, "shop/stock.py": STOCK}).system
    homes = {u.id: "shared" if u.module == "shop.sales" else "stock" for u in system.units}
    database = split_database(system, split_from_assignment(system, homes, "by hand"))
    told = {s.name: (s.owner, s.way_out.partition(",")[0]) for s in database.stores}
    assert told == {"cart:*": ("shared", "only shared code touches it"), "price:*": ("stock", "")}


def test_a_flag_that_is_only_read_is_nobodys_to_give(draw: Draw) -> None:
    code = """
        from waffle import flag_is_active
        def new(request): return flag_is_active(request, "new")
        """
    system = draw({"shop/__init__.py": "", "shop/sales.py": code, "shop/stock.py": code}).system
    split = split_from_assignment(system, {u.id: u.module.rpartition(".")[2] for u in system.units}, "by hand")
    assert [(s.kind, s.name, s.shared, s.way_out) for s in split_database(system, split).stores] == [
        ("settings", "new", False, "each service reads it itself: no code here writes it")
    ]
