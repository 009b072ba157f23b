"""What runs only for some values of an argument is told of those who give such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.system.transactions.reached import what_is_inside
from tests.system.test_contexts import written

if TYPE_CHECKING:
    from tests.conftest import Draw

TABLES = """
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import Session, declarative_base
    Base = declarative_base()
    session = Session()
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
    class Log(Base):
        __tablename__ = "logs"
        id = Column(Integer, primary_key=True)
    class Mail(Base):
        __tablename__ = "mails"
        id = Column(Integer, primary_key=True)
    """


def test_who_says_not_to_commit_leaves_it_to_others(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": TABLES,
        "shop/use.py": """
            from shop.models import Log, Order, session
            def keep(row, commit=True):
                session.add(row)
                if commit:
                    session.commit()
            def keep_all(rows, commit=True):
                for row in rows:
                    keep(row, commit=commit)
            def log():
                keep(Log())
            def order():
                keep(Order(), commit=False)
                keep(Log(), False)
                session.commit()
            def orders():
                keep_all([Order()], commit=False)
                session.commit()
            """,
    })  # fmt: skip
    assert written(app) == {("keep", ("logs",)), ("order", ("logs", "orders")), ("orders", ("orders",))}


def test_who_has_others_commit_commits_nothing_of_theirs_later(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": TABLES,
        "shop/use.py": """
            from shop.models import Log, Mail, Order, session
            def note(commit=True):
                session.add(Log())
                if commit:
                    session.commit()
            def send(ready, commit=True):
                session.add(Mail())
                if commit and ready:
                    session.commit()
            def order():
                note()
                session.add(Order())
                session.commit()
            def order_by_mail(ready):
                send(ready)
                session.add(Order())
                session.commit()
            """,
    })  # fmt: skip
    assert written(app) == {
        ("note", ("logs",)),
        ("send", ("mails",)),
        ("order", ("orders",)),
        ("order_by_mail", ("mails", "orders")),
    }


def test_branches_and_early_returns_run_for_some_values_only(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": TABLES,
        "shop/use.py": """
            from shop.models import Log, Mail, Order, session
            def place(log=None, *, mail=False, quiet=True, dry=False):
                if log is not None:
                    session.add(Log())
                if not mail or quiet:
                    pass
                else:
                    session.add(Mail())
                if dry:
                    return
                session.add(Order())
            def plain():
                place()
                session.commit()
            def logging():
                place("x")
                session.commit()
            def mailing():
                place(mail=True, quiet=False)
                session.commit()
            def trying():
                place("x", dry=True)
                session.commit()
            def any(log, mail):
                place(log, mail=mail)
                session.commit()
            """,
    })  # fmt: skip
    assert written(app) == {
        ("plain", ("orders",)),
        ("logging", ("logs", "orders")),
        ("mailing", ("mails", "orders")),
        ("trying", ("logs",)),
        ("any", ("logs", "orders")),
    }


def test_what_is_taken_out_of_further_arguments_is_asked_by_the_name_that_it_gets(draw: Draw) -> None:
    """Who is handed the others is not given it; a name that is bound to something else as well says nothing."""
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": TABLES,
        "shop/use.py": """
            from shop.models import Log, Mail, Order, session
            def keep(row, **options):
                commit = options.pop("commit", True)
                session.add(row)
                if commit:
                    session.commit()
            def decide(row, **options):
                commit = options.pop("commit", True)
                commit = commit or row.urgent
                session.add(row)
                if commit:
                    session.commit()
            def finish(commit=True):
                if commit:
                    session.commit()
            def hand_on(row, **options):
                session.add(row)
                if options.pop("commit", False):
                    print("now")
                finish(**options)
            def order():
                keep(Order(), commit=False)
                keep(Log(), commit=False)
                session.commit()
            def log():
                decide(Log(), commit=False)
            def mail():
                hand_on(Mail(), commit=False)
            """,
    })  # fmt: skip
    assert written(app) == {
        ("order", ("logs", "orders")), ("decide", ("logs",)), ("hand_on", ("mails",)),
    }  # fmt: skip


def test_parts_of_an_expression_run_for_some_values_only(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": TABLES,
        "shop/use.py": """
            from shop.models import Log, Mail, Order, session
            def both(row, commit=True):
                session.add(row)
                commit and session.commit()
            def either(row, later=False):
                session.add(row)
                return later or session.commit()
            def choose(row, commit=True):
                session.add(row)
                return session.commit() if commit else None
            def order():
                both(Order(), commit=False)
                either(Log(), later=True)
                choose(Mail(), commit=False)
                session.commit()
            def now():
                both(Log())
                either(Order())
                choose(Mail())
            """,
    })  # fmt: skip
    assert written(app) == {
        ("order", ("logs", "mails", "orders")), ("both", ("logs",)), ("either", ("orders",)), ("choose", ("mails",)),
    }  # fmt: skip


def test_an_argument_that_is_changed_before_it_is_asked_says_nothing(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": TABLES,
        "shop/use.py": """
            from shop.models import Log, Order, session
            def place(log=False):
                log = log or settings.LOG
                session.add(Order())
                if log:
                    session.add(Log())
                session.commit()
            def order():
                place(log=False)
            """,
    })  # fmt: skip
    assert written(app) == {("place", ("logs", "orders"))}


def test_what_the_outside_starts_commits_though_others_say_not_to(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": TABLES,
        "shop/use.py": """
            from flask import Flask
            from shop.models import Log, Order, session
            app = Flask(__name__)
            @app.route("/order", methods=["POST"])
            def order(commit=True):
                session.add(Order())
                if commit:
                    session.commit()
            @app.route("/log", methods=["POST"])
            def log():
                order(commit=False)
                session.add(Log())
                session.commit()
            """,
    })  # fmt: skip
    assert written(app) == {("order", ("orders",)), ("log", ("logs", "orders"))}


def test_one_commit_is_told_once_with_what_any_caller_has_it_commit(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": TABLES,
        "shop/use.py": """
            from shop.models import Log, Order, session
            def place(log=False):
                session.add(Order())
                if log:
                    session.add(Log())
                session.commit()
            def order():
                place()
            def logging():
                place(log=True)
            """,
    })  # fmt: skip
    assert written(app) == {("place", ("logs", "orders"))}
    assert len(app.system.transactions) == 1


def test_what_a_task_is_given_later_is_not_what_others_give_it_at_once(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": TABLES,
        "shop/use.py": """
            from celery import shared_task
            from shop.models import Log, Order, session
            @shared_task
            def place(log):
                keep(log)
            def keep(log):
                session.add(Order())
                if log:
                    session.add(Log())
                session.commit()
            def now():
                place(False)
            def later():
                place.delay(True)
            """,
    })  # fmt: skip
    assert written(app) == {("keep", ("logs", "orders"))}


def test_routes_lead_only_to_what_they_commit(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": TABLES,
        "shop/use.py": """
            from flask import Flask
            from shop.models import Log, Order, session
            app = Flask(__name__)
            def keep(row, commit=False):
                session.add(row)
                if commit:
                    session.commit()
            @app.route("/order", methods=["POST"])
            def order(): keep(Order(), commit=True)
            @app.route("/log", methods=["POST"])
            def log():
                keep(Log())
            """,
    })  # fmt: skip
    assert written(app) == {("keep", ("orders",))}
    assert [inside.entry_points for inside in what_is_inside(app.system)] == [("http POST /order",)]


def test_listeners_are_told_whether_the_row_is_new(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": """
            from django.db import models
            class Order(models.Model):
                status = models.CharField(max_length=9)
                def save(self, *args, **kwargs):
                    super().save(*args, **kwargs)
            class Bill(models.Model):
                status = models.CharField(max_length=9)
            class Log(models.Model): pass
            class Mail(models.Model): pass
            class Change(models.Model): pass
            """,
        "shop/use.py": """
            from django.db import transaction
            from django.db.models.signals import post_save
            from django.dispatch import receiver
            from shop.models import Bill, Change, Log, Mail, Order
            @receiver(post_save, sender=Order)
            def on_order(sender, instance, created, **kwargs):
                if not created:
                    return
                Log.objects.create()
            @receiver(post_save, sender=Bill)
            def on_bill(sender, instance, **kwargs):
                if kwargs.get("created"):
                    Mail.objects.create()
                else:
                    Change.objects.create()
            @transaction.atomic
            def place(): Order.objects.create()
            @transaction.atomic
            def pay(order: Order): order.save(update_fields=["status"])
            @transaction.atomic
            def keep(order: Order): order.save()
            @transaction.atomic
            def bill(): Bill.objects.create()
            @transaction.atomic
            def settle(bill: Bill): bill.save(update_fields=["status"])
            """,
    })  # fmt: skip
    assert written(app) == {
        ("place", ("shop_log", "shop_order")),
        ("pay", ("shop_order",)),
        ("keep", ("shop_log", "shop_order")),
        ("bill", ("shop_bill", "shop_mail")),
        ("settle", ("shop_bill", "shop_change")),
    }


def test_a_row_that_is_loaded_is_not_new_to_listeners(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": """
            from django.db import models
            class Order(models.Model):
                status = models.CharField(max_length=9)
                def save(self, *args, **kwargs):
                    super().save(*args, **kwargs)
            class Bill(models.Model):
                status = models.CharField(max_length=9)
            class Log(models.Model): pass
            """,
        "shop/use.py": """
            from django.db import transaction
            from django.db.models.signals import post_save
            from django.dispatch import receiver
            from django.shortcuts import get_object_or_404
            from shop.models import Bill, Log, Order
            @receiver(post_save)
            def on_save(sender, instance, created, **kwargs):
                if sender in (Order, Bill) and created:
                    Log.objects.create()
            @transaction.atomic
            def pay(number):
                order = Order.objects.get(id=number)
                order.status = "paid"
                order.save()
            @transaction.atomic
            def settle(number):
                bill = get_object_or_404(Bill, id=number)
                bill.save()
            @transaction.atomic
            def settle_all():
                for bill in Bill.objects.filter(status="open"):
                    bill.save()
            @transaction.atomic
            def copy(number):
                bill = Bill.objects.get(id=number)
                bill.pk = None
                bill.save()
            @transaction.atomic
            def ensure(number):
                order = Order.objects.filter(id=number).first() if number else Order()
                order.save()
            """,
    })  # fmt: skip
    assert written(app) == {
        ("pay", ("shop_order",)),
        ("settle", ("shop_bill",)),
        ("settle_all", ("shop_bill",)),
        ("copy", ("shop_bill", "shop_log")),
        ("ensure", ("shop_log", "shop_order")),
    }
