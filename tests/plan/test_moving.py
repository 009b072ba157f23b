"""What a step says about the code that moves, and about what it does to tables of others."""

from __future__ import annotations

from decompose.boundaries.split import Service, Split
from decompose.plan.consequences import consequences
from tests.conftest import Draw

SHOP = """
    import sqlite3

    db = sqlite3.connect("shop.db")

    def order(what):
        db.execute("insert into orders (what) values (?)", [what])
        if db.execute("select left from stock where what = ?", [what]).fetchone():
            db.execute("update stock set left = left - 1 where what = ?", [what])

    def orders():
        return db.execute("select what from orders").fetchall()

    def fill(what):
        db.execute("insert into stock (what, left) values (?, 1)", [what])
    """


def test_a_step_names_the_code_that_moves_and_what_it_does_to_tables_of_others(draw: Draw) -> None:
    app = draw({"shop.py": SHOP, "stock.py": "from shop import fill\n\ndef refill():\n    fill('x')\n"})
    split = Split(
        name="s",
        generator="",
        trivial=False,
        services=(
            Service(name="orders", units=("shop:order", "shop:orders"), tables=("orders",)),
            Service(name="stock", units=("shop:fill", "stock:", "stock:refill"), tables=("stock",)),
        ),
        shared=("shop:",),
    )
    first = consequences(app.system, split).plan.steps[1]
    assert first.service == "orders"
    assert first.detail is not None
    assert [str(code) for code in first.detail.code] == [
        "shop.py: order, orders; the rest is of the shared library, stock"
    ]
    assert [str(use) for use in first.detail.uses] == [
        "read stock of stock (shop.py:7): ask stock",
        "update stock of stock (shop.py:8): stock does it: a command of its API, or a step of a saga",
    ]


def test_what_puts_several_services_together_when_a_process_starts_is_copied(draw: Draw) -> None:
    app = draw(
        {
            "m/__init__.py": "",
            "m/app.py": "from m import mail, stock\n\ndef make():\n    mail.ready()\n    stock.ready()\n\napp = make()\n",
            "m/mail.py": "def ready():\n    return 1\n",
            "m/stock.py": "def ready():\n    return 2\n\ndef own():\n    return alone()\n\ndef alone():\n    return 3\n",
        }
    )
    homes = {
        "mail": ("m.app:", "m.app:make", "m.mail:", "m.mail:ready"),
        "stock": ("m.stock:ready", "m.stock:own", "m.stock:alone"),
    }
    services = tuple(Service(name=name, units=units, tables=()) for name, units in homes.items())
    plan = consequences(app.system, Split(name="s", generator="", trivial=False, services=services, shared=())).plan
    said = [str(code) for step in plan.steps if step.detail for code in step.detail.code]
    assert said == [
        "m/stock.py: all of it; ready runs only when a process starts: each service has its own, with its part"
    ]
