"""What a request needs of other services: everything that a handler reaches, in circles too, and nothing that it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries.split import Service, Split
from decompose.database import split_database
from decompose.report.opened import transactions_of_units
from decompose.report.requests import request_costs
from decompose.report.ties import Ties

if TYPE_CHECKING:
    from tests.conftest import Draw

SHOP = """
import sqlite3

from flask import Flask

app = Flask(__name__)
db = sqlite3.connect("x")


@app.post("/orders")
def order():
    check(3)
    return pay()


@app.get("/orders")
def show():
    return db.execute("select * from orders")


def check(left):
    stock()
    if left:
        again(left - 1)


def again(left):
    check(left)


def stock():
    db.execute("update items set left = left - 1")


def pay():
    db.execute("insert into payments values (1)")
    receipt()


def receipt():
    db.execute("insert into receipts values (1)")
"""


def test_a_request_costs_what_it_reaches_through_circles(draw: Draw) -> None:
    system = draw(SHOP).system
    homes = {"sales": {"order", "show", "check", "again"}, "stock": {"stock"}, "money": {"pay", "receipt"}}
    tables = {"sales": ("orders",), "stock": ("items",), "money": ("payments", "receipts")}
    services = tuple(
        Service(name=name, units=tuple(f"m:{unit}" for unit in sorted(units)), tables=tables[name])
        for name, units in homes.items()
    )
    split = Split(name="s", generator="by hand", trivial=False, services=services, shared=("m:",))
    spanning = list(split_database(system, split).spanning_transactions)
    costs = {cost.name: cost for cost in request_costs(Ties(system), split, spanning)}
    dear = costs["POST /orders"]
    # check -> stock and order -> pay; pay -> receipt stays inside, and all tables are written by their owners.
    assert (dear.service, dear.operations, dear.tables, dear.services) == ("sales", 2, 0, ["stock", "money"])
    assert (costs["GET /orders"].operations, costs["GET /orders"].services) == (0, [])


VIEWS = """
import sqlite3

from flask import Flask
from flask.views import MethodView

app = Flask(__name__)
db = sqlite3.connect("x")


class Page(MethodView):
    def get(self):
        return self.rows()

    def rows(self):
        return []


class Orders(Page):
    def rows(self):
        return db.execute("select * from orders")


class Items(Page):
    def rows(self):
        with db:
            db.execute("update items set seen = 1")
            db.execute("insert into looks values (1)")


app.add_url_rule("/orders", view_func=Orders.as_view("orders"))
app.add_url_rule("/items", view_func=Items.as_view("items"))
"""


def test_an_inherited_method_leads_to_what_the_class_that_acts_does(draw: Draw) -> None:
    system = draw(VIEWS).system
    services = tuple(
        Service(name=name, units=units, tables=tables)
        for name, units, tables in (
            ("pages", ("m:Items", "m:Orders", "m:Page"), ("looks",)),
            ("sales", (), ("orders",)),
            ("stock", (), ("items",)),
        )
    )
    split = Split(name="s", generator="by hand", trivial=False, services=services, shared=("m:",))
    spanning = list(split_database(system, split).spanning_transactions)
    assert [s.transaction.definition for s in spanning] == ["m:Items.rows"]
    costs = {cost.name: cost for cost in request_costs(Ties(system), split, spanning)}
    found = {name: (cost.tables, cost.services, cost.breaks) for name, cost in costs.items()}
    assert found == {"GET /orders": (1, ["sales"], []), "GET /items": (1, ["stock"], [0])}
    units = dict(zip((unit.id for unit in system.units), transactions_of_units(Ties(system)), strict=True))
    assert {unit for unit, opened in units.items() if opened} == {"m:Items"}


def test_a_class_is_not_entered_by_methods_that_have_routes_of_their_own(draw: Draw) -> None:
    system = draw(
        {
            "m/__init__.py": "",
            "m/models.py": "from django.db import models\nclass Order(models.Model): pass\nclass Payment(models.Model): pass\n",
            "m/views.py": """
                from rest_framework import viewsets
                from rest_framework.decorators import action
                from m.models import Order
                from m.paying import pay
                class OrderViewSet(viewsets.ModelViewSet):
                    queryset = Order.objects.all()
                    @action(detail=True, methods=["post"])
                    def charge(self, request, pk): pay()
                """,
            "m/paying.py": "from m.models import Payment\ndef pay(): Payment.objects.create()\n",
            "m/urls.py": """
                from django.urls import include, path
                from rest_framework import routers
                from m.views import OrderViewSet
                router = routers.SimpleRouter()
                router.register("orders", OrderViewSet)
                urlpatterns = [path("", include(router.urls))]
                """,
        }
    ).system
    sales = Service(name="sales", units=("m.models:Order", "m.views:OrderViewSet"), tables=("m_order",))
    money = Service(name="money", units=("m.models:Payment", "m.paying:pay"), tables=("m_payment",))
    split = Split(name="s", generator="by hand", trivial=False, services=(sales, money), shared=())
    costs = {(c.name, c.operations) for c in request_costs(Ties(system), split, [])}
    assert ("POST /orders/<pk>/charge/", 1) in costs
    assert {name for name, operations in costs if operations} == {"POST /orders/<pk>/charge/"}


REST_VIEWS = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models
        class Order(models.Model):
            name = models.TextField()
        class Log(models.Model):
            text = models.TextField()
    """,
    "shop/listeners.py": """
        from django.db.models.signals import post_save
        from django.dispatch import receiver
        from shop.models import Log, Order
        @receiver(post_save, sender=Order)
        def saved(sender, instance, **kwargs): Log.objects.create(text="saved")
    """,
    "shop/views.py": """
        from rest_framework import viewsets
        from rest_framework.routers import SimpleRouter
        from shop.models import Order
        class Orders(viewsets.ModelViewSet):
            queryset = Order.objects.all()
        router = SimpleRouter()
        router.register("orders", Orders)
    """,
    "shop/urls.py": """
        from shop.views import router
        urlpatterns = router.urls
    """,
}


def test_a_view_costs_by_the_method_that_answers_what_its_class_says_once(draw: Draw) -> None:
    system = draw(REST_VIEWS).system
    views = Service(name="views", units=("shop.views:Orders",), tables=("shop_log",))
    rows = Service(name="rows", units=("shop.listeners:saved", "shop.models:Order"), tables=("shop_order",))
    split = Split(name="s", generator="by hand", trivial=False, services=(views, rows), shared=())
    spanning = list(split_database(system, split).spanning_transactions)
    costs = {cost.name: (cost.operations, cost.tables) for cost in request_costs(Ties(system), split, spanning)}
    # The listener is called, and it and the view each write a row of the other service.
    assert costs["POST /orders/"] == (1, 2)
    assert costs["GET /orders/"] == (0, 1)


def test_a_view_costs_by_the_method_that_its_own_dispatch_leads_on_to(draw: Draw) -> None:
    system = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": "from django.db import models\nclass Order(models.Model): pass\n",
            "shop/views.py": """
                from django.views.generic import CreateView
                from shop.models import Order
                class Made(CreateView):
                    model = Order
                    fields = []
                    def dispatch(self, request):
                        return super().dispatch(request)
                """,
            "shop/urls.py": """
                from django.urls import path
                from shop.views import Made
                urlpatterns = [path("made/", Made.as_view())]
                """,
        }
    ).system
    rows = Service(name="rows", units=("shop.models:Order",), tables=("shop_order",))
    views = Service(name="views", units=("shop.views:Made",), tables=())
    split = Split(name="s", generator="by hand", trivial=False, services=(views, rows), shared=())
    costs = {cost.name: cost.tables for cost in request_costs(Ties(system), split, [])}
    assert costs == {"GET /made/": 0, "POST /made/": 1, "PUT /made/": 1}
