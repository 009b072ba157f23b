"""Transactions, listed exactly: what they read, write and lock, what runs inside, and what leads to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.system.transactions import reached_accesses, what_is_inside

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    class Order(models.Model):
        status = models.CharField(max_length=9)
    class Line(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
    class Mail(models.Model):
        text = models.TextField()
    """
PLACE = """
    from django.db import transaction
    from shop.models import Line, Mail, Order
    @transaction.atomic
    def place(number):
        order = Order.objects.select_for_update().get(id=number)
        add_lines(order)
        transaction.on_commit(notify)
    def add_lines(order):
        with transaction.atomic():
            Line.objects.create(order=order)
    def notify():
        Mail.objects.create(text="x")
    def view(request):
        place(1)
    """
URLS = "from django.urls import path\nfrom shop.use import view\nurlpatterns = [path('place/', view)]\n"


def test_a_transaction_with_its_tables_locks_definitions_and_entry_points(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": PLACE, "shop/urls.py": URLS})
    inside = what_is_inside(app.system)
    found = {
        (t.definition, t.scope): (
            t.tables_written,
            t.tables_read,
            t.locked,
            inside[t.definition, t.unit, t.scope].definitions,
            inside[t.definition, t.unit, t.scope].entry_points,
        )
        for t in app.system.transactions
    }
    assert found == {
        ("shop.use:place", "atomic"): (
            ("shop_line",),
            ("shop_order",),
            ("shop_order",),
            ("shop.use:add_lines", "shop.use:place"),
            ("http ANY /place/",),
        ),
        ("shop.use:add_lines", "atomic"): (
            ("shop_line",),
            (),
            (),
            ("shop.use:add_lines",),
            ("http ANY /place/",),
        ),
    }


def test_every_request_is_a_transaction_where_the_settings_say_so(draw: Draw) -> None:
    settings = 'DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "ATOMIC_REQUESTS": True}}\n'
    files = {"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": PLACE, "shop/urls.py": URLS}
    app = draw({**files, "shop/settings.py": settings})
    requests = [(t.definition, t.tables_written) for t in app.system.transactions if t.scope == "request"]
    assert requests == [("shop.use:view", ("shop_line",))]
    app = draw({**files, "shop/settings.py": settings.replace("True", "False")})
    assert not [t for t in app.system.transactions if t.scope == "request"]


def test_settings_that_read_the_environment_say_so_too(draw: Draw) -> None:
    settings = 'import os\nDATABASES = {"default": {"NAME": os.environ["NAME"]}}\nDATABASES["default"]["ATOMIC_REQUESTS"] = True\n'
    files = {"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": PLACE, "shop/urls.py": URLS}
    app = draw({**files, "shop/settings.py": settings})
    assert [t.definition for t in app.system.transactions if t.scope == "request"] == ["shop.use:view"]


def test_locks_of_the_other_mapper_and_of_sql_text(draw: Draw) -> None:
    app = draw(
        {
            "m.py": """
            from sqlalchemy import select, text
            from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
            class Base(DeclarativeBase): pass
            class Order(Base):
                __tablename__ = "orders"
                id: Mapped[int] = mapped_column(primary_key=True)
            def query(session: Session):
                session.query(Order).with_for_update().one().id = 2
                session.commit()
            def statement(session: Session):
                session.scalars(select(Order).with_for_update()).one().id = 2
                session.commit()
            def sql(session: Session):
                session.execute(text("SELECT id FROM orders WHERE id = 1 FOR UPDATE"))
                session.commit()
            def none(session: Session):
                session.query(Order).one().id = 2
                session.commit()
            """
        }
    )
    assert {(t.definition, t.locked) for t in app.system.transactions} == {
        ("m:query", ("orders",)),
        ("m:statement", ("orders",)),
        ("m:sql", ("orders",)),
        ("m:none", ()),
    }


def test_what_entry_points_reach_is_told_with_the_calls_between(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": PLACE, "shop/urls.py": URLS})
    found = {(r.entry.name, r.access.operation, r.access.table, r.via) for r in reached_accesses(app.system)}
    assert found == {
        ("ANY /place/", "read", "shop_order", ("shop.use:view", "shop.use:place")),
        ("ANY /place/", "insert", "shop_line", ("shop.use:view", "shop.use:place", "shop.use:add_lines")),
        ("ANY /place/", "insert", "shop_mail", ("shop.use:view", "shop.use:place", "shop.use:notify")),
    }
