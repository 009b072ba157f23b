"""What each method of queries, managers and rows does, one by one; `test_django` has the commonest."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
    from django.db import models
    class Customer(models.Model):
        name = models.CharField(max_length=9)
    class Tag(models.Model):
        name = models.CharField(max_length=9)
    class Label(models.Model):
        object_id = models.IntegerField()
        thing = GenericForeignKey()
    class Order(models.Model):
        customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")
        tags = models.ManyToManyField(Tag, related_name="orders")
        labels = GenericRelation(Label, related_query_name="of_order")
        paid = models.BooleanField()
        made = models.DateTimeField()
"""
BETWEEN = "order_tags"
METHODS = [
    # Managers
    ("Order._default_manager.first()", {"read order"}),
    ("Order._base_manager.count()", {"read order"}),
    ("Order.objects.db_manager('other').last()", {"read order"}),
    ("Order.objects.using('other').latest('id')", {"read order"}),
    # What runs a query
    ("Order.objects.aggregate(n=Count('customer__name'))", {"read order", "read customer"}),
    ("Order.objects.select_related('customer').prefetch_related('tags').aggregate(n=Count('id'))", {"read order"}),
    ("Order.objects.earliest('customer__name')", {"read order", "read customer"}),
    ("Order.objects.in_bulk([1])", {"read order"}),
    ("Order.objects.filter(paid=True).contains(order)", {"read order"}),
    ("Order.objects.select_related('customer').contains(order)", {"read order"}),
    ("Order.objects.all()[0]", {"read order"}),
    ("Order.objects.all()[:5].exists()", {"read order"}),
    ("[o for o in Order.objects.iterator()]", {"read order"}),
    ("bool(Order.objects.filter(paid=True))", {"read order"}),
    ("order in Order.objects.filter(paid=True)", {"read order"}),
    ("list(Order.objects.values_list('customer__name', flat=True))", {"read order", "read customer"}),
    ("list(Order.objects.dates('made', 'day'))", {"read order"}),
    ("list(Order.objects.only('paid').defer('paid').distinct().reverse())", {"read order"}),
    ("list(Order.objects.filter(paid=True) | Order.objects.filter(tags__name='x'))", {"read order", f"read {BETWEEN}", "read tag"}),
    ("list(Customer.objects.values('id').union(Tag.objects.values('id')))", {"read customer", "read tag"}),
    ("list(Order.objects.filter(id__in=Subquery(Label.objects.values('object_id'))))", {"read order", "read label"}),
    ("list(Order.objects.annotate(n=RawSQL('SELECT count(*) FROM shop_tag', ())))", {"read order", "read tag"}),
    ("list(Order.objects.extra(tables=['shop_tag'], where=['1 = 1']))", {"read order", "read tag"}),
    ("list(Order.objects.raw('SELECT * FROM shop_order JOIN shop_customer ON 1 = 1'))", {"read order", "read customer"}),
    ("Label.objects.filter(of_order__customer__name='x').count()", {"read label", "read order", "read customer"}),
    # Lookups in a dictionary
    ("Order.objects.filter(**{'customer__name': 'x'}).count()", {"read order", "read customer"}),
    ("lookups = {}; lookups['customer__name'] = 1; Order.objects.filter(**lookups).count()", {"read order", "read customer"}),
    ("lookups = {'customer__name': name} if name else {'tags__name': order.id}; Order.objects.filter(**lookups).count()", {"read order", "read customer", f"read {BETWEEN}", "read tag"}),
    ("lookups = dict(customer__name=1); Order.objects.exclude(**lookups).count()", {"read order", "read customer"}),
    ("lookups = {name: Label.objects.values('object_id')}; Order.objects.filter(**lookups).count()", {"read order", "read label"}),
    ("list(Order.objects.filter(Q(**{'tags__name': 1})))", {"read order", f"read {BETWEEN}", "read tag"}),
    # What writes
    ("order.get_next_by_made(paid=True)", {"read order"}),
    ("order.get_previous_by_made()", {"read order"}),
    ("order.save(update_fields=['paid'])", {"update order"}),
    ("order.save(force_insert=True)", {"insert order"}),
    ("order.save(force_update=True)", {"update order"}),
    ("order.save()", {"insert order", "update order"}),
    ("order.refresh_from_db()", {"read order"}),
    ("Order.objects.bulk_create([Order()], ignore_conflicts=True)", {"insert order"}),
    ("Order.objects.bulk_update([order], ['paid'])", {"update order"}),
    ("Order.objects.bulk_update(Order.objects.filter(customer__email=1), ['paid'])", {"read order", "read customer", "update order"}),
    ("Order.objects.update(paid=True)", {"update order"}),
    # Related managers, in both directions
    ("customer.orders.get_or_create(paid=True)", {"read order", "insert order"}),
    ("customer.orders.update_or_create(paid=True)", {"read order", "insert order", "update order"}),
    ("customer.orders.bulk_create([Order()])", {"insert order"}),
    ("customer.orders.filter(paid=True).update(paid=False)", {"update order"}),
    ("customer.orders.add(order)", {"update order"}),
    ("order.tags.create(name='x')", {"insert tag", f"insert {BETWEEN}"}),
    ("order.tags.get_or_create(name='x')", {"read tag", f"read {BETWEEN}", "insert tag", f"insert {BETWEEN}"}),
    ("order.tags.update_or_create(name='x')", {"read tag", f"read {BETWEEN}", "insert tag", "update tag", f"insert {BETWEEN}"}),
    ("order.tags.remove(tag)", {f"delete {BETWEEN}"}),
    ("order.tags.clear()", {f"delete {BETWEEN}"}),
    ("tag.orders.remove(order)", {f"delete {BETWEEN}"}),
    ("Order.tags.through.objects.bulk_create([])", {f"insert {BETWEEN}"}),
    ("Order.tags.through.objects.filter(tag_id=1).delete()", {f"delete {BETWEEN}"}),
    ("order.labels.create(object_id=1)", {"insert label"}),
    ("order.labels.filter(object_id=1).delete()", {"delete label"}),
    # Asked without waiting
    ("(await Order.objects.aget(id=1)).pk", {"read order"}),
    ("await Order.objects.alast()", {"read order"}),
    ("await Order.objects.aearliest('made')", {"read order"}),
    ("await Order.objects.alatest('customer__email')", {"read order", "read customer"}),
    ("await Order.objects.ain_bulk([1])", {"read order"}),
    ("[order.pk async for order in Order.objects.filter(paid=True).aiterator()]", {"read order"}),
    ("await Order.objects.aaggregate(n=Count('customer__email'))", {"read order", "read customer"}),
    ("await Order.objects.acontains(order)", {"read order"}),
    ("await Order.objects.aexplain()", {"read order"}),
    ("await Order.objects.abulk_create([Order()])", {"insert order"}),
    ("await Order.objects.abulk_update([order], ['paid'])", {"update order"}),
    ("await aget_list_or_404(Order, customer__email=1)", {"read order", "read customer"}),
    ("await alogin(request, await aauthenticate(name=name))", {"read auth_user", "update auth_user"}),
    ("[o async for o in Order.objects.filter(customer__name='x')]", {"read order", "read customer"}),
    ("await customer.orders.acreate(paid=True)", {"insert order"}),
    ("await order.tags.aadd(tag)", {f"insert {BETWEEN}"}),
    # Sessions that are rows
    ("SessionStore('x').load()", {"read django_session"}),
    ("SessionStore('x').save()", {"insert django_session", "update django_session"}),
    ("Session.objects.filter(expire_date=1).delete()", {"delete django_session"}),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), METHODS)
def test_what_a_method_reads_and_writes(draw: Draw, body: str, expected: set[str]) -> None:
    source = (
        "from django.contrib.auth import aauthenticate, alogin\n"
        "from django.contrib.sessions.backends.db import SessionStore\n"
        "from django.contrib.sessions.models import Session\n"
        "from django.db.models import Count, Q, Subquery\n"
        "from django.db.models.expressions import RawSQL\n"
        "from django.shortcuts import aget_list_or_404\n"
        "from shop.models import Customer, Label, Order, Tag\n"
        f"async def f(order: Order, customer: Customer, tag: Tag, name: str):\n    {body}\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/m.py": source})
    found = {f"{a.operation} {a.table.removeprefix('shop_')}" for a in app.system.accesses}
    assert found == expected


BASKETS = {
    "kept in an attribute": ("def __init__(self): self.rows = Order.objects.filter(paid=True)", "self.rows.count()"),
    "given by a method": ("def rows(self): return Order.objects.filter(paid=True)", "self.rows().count()"),
    "given by a property": ("@property\n    def rows(self): return Order.objects.all()", "list(self.rows)"),
    "in a class attribute": ("rows = Order.objects.all()", "self.rows.filter(paid=True).exists()"),
}


@pytest.mark.parametrize(("made", "run"), BASKETS.values(), ids=BASKETS)
def test_a_query_runs_where_it_is_asked_however_it_got_there(draw: Draw, made: str, run: str) -> None:
    source = f"from shop.models import Order\nclass Basket:\n    {made}\n    def f(self): return {run}\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/m.py": source})
    roles = {(a.role, a.table) for a in app.system.accesses if a.definition == "shop.m:Basket.f"}
    assert roles == {("execute", "shop_order")}


def test_a_manager_made_of_a_class_of_queries_begins_with_one_of_them(draw: Draw) -> None:
    """Also where both have a method of the same name, and where the class of the manager is not in view."""
    source = """
        from django.db import models
        from outside import OrderedManager

        class Queries(models.QuerySet):
            def latest_paid(self): return self.filter(paid=True)
        class Orders(models.Manager.from_queryset(Queries)):
            def latest_paid(self): return self.get_queryset().latest_paid().first()
        class Order(models.Model):
            paid = models.BooleanField()
            objects = Orders()
            ordered = OrderedManager.from_queryset(Queries)()
        def first(): return Order.objects.latest_paid()
        def second(): return Order.ordered.latest_paid().first()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": source})
    found = {a.definition for a in app.system.accesses if (a.table, a.role) == ("shop_order", "execute")}
    assert found == {"shop.models:Orders.latest_paid", "shop.models:second"}


def test_what_code_outside_makes_of_a_class_of_managers_is_one_of_them(draw: Draw) -> None:
    """Of one that it is given, or that is made of a class of queries; without one it is a manager of Django's."""
    source = """
        from django.db import models
        from outside import NarrowedManager

        class Queries(models.QuerySet):
            def paid(self): return self.filter(paid=True)
        class Tree(models.Manager):
            def get_or_create(self, **given): return self.model.add_root(**given)
        Narrow = models.Manager.from_queryset(Queries)

        class Order(models.Model):
            objects = NarrowedManager(shop="shop", base=Narrow)
            tree = NarrowedManager(shop="shop", base=Tree)
            plain = NarrowedManager(shop="shop")
            @classmethod
            def add_root(cls, **given): return cls(**given)
            def ship(self): pass

        def shipped():
            for order in Order.objects.filter(open=True).paid(): order.ship()
        def added(): return Order.tree.get_or_create(name="a")
        def plain():
            for order in Order.plain.filter(open=True): order.ship()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": source})
    assert app.calls("call") == {
        ("shop.models:shipped", "shop.models:Queries.paid"),
        ("shop.models:shipped", "shop.models:Order.ship"),
        ("shop.models:added", "shop.models:Tree.get_or_create"),
        ("shop.models:Tree.get_or_create", "shop.models:Order.add_root"),
        ("shop.models:plain", "shop.models:Order.ship"),
    }
    assert not app.blind_spots("unresolved call")


def test_what_a_managers_queries_begin_with_has_no_joins_of_those_who_go_on(draw: Draw) -> None:
    """A method of the library is the manager's and its query's: what one caller adds is in nobody else's."""
    source = """
        from django.db import models

        class Shelf(models.Model):
            name = models.TextField()
        class Stored(models.Manager):
            def get_queryset(self): return super().get_queryset().filter(gone=False, kind__plain=True)
        class Boxes(Stored):
            def on_shelf(self, name): return self.filter(**{"shelf__name": name}).distinct()
        class Kind(models.Model):
            plain = models.BooleanField()
        class Box(models.Model):
            gone = models.BooleanField()
            kind = models.ForeignKey(Kind, on_delete=models.CASCADE)
            shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE)
            stored = Boxes()
        def on_shelf(): return list(Box.stored.on_shelf("a"))
        def count(): return Box.stored.count()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": source})
    touched: dict[str, set[str]] = {}
    for access in app.system.accesses:
        touched.setdefault(access.definition.partition(":")[2], set()).add(access.table.removeprefix("shop_"))
    assert touched["Stored.get_queryset"] == touched["count"] == {"box", "kind"}
    assert touched["on_shelf"] == {"box", "kind", "shelf"}


def test_managers_that_hand_on_to_each_other_come_to_an_end(draw: Draw) -> None:
    source = """
        from django.db import models

        class Itself(models.Manager):
            def get_queryset(self): return self
        class First(models.Manager):
            def get_queryset(self): return Second()
        class Second(models.Manager):
            def get_queryset(self): return First()
        class Order(models.Model):
            objects = Itself()
            others = First()
        def first(): return Order.objects.filter(paid=True).first()
        def second(): return Order.others.filter(paid=True).first()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": source})
    found = {a.definition for a in app.system.accesses if (a.table, a.role) == ("shop_order", "execute")}
    assert found == {"shop.models:first", "shop.models:second"}


def test_a_polymorphic_query_reads_the_tables_of_the_models_below(draw: Draw) -> None:
    source = """
        from django.db import models
        from polymorphic.models import PolymorphicModel

        class Payment(PolymorphicModel): pass
        class Card(Payment): number = models.CharField(max_length=9)
        class Gift(Payment): number = models.CharField(max_length=9)
        def every(): return list(Payment.objects.all())
        def counted(): return Payment.objects.count()
        def cards(): return list(Card.objects.all())
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": source})
    found = {(d.partition(":")[2], table.removeprefix("shop_")) for d, _, table in app.executed()}
    assert found == {
        *(("every", table) for table in ("payment", "card", "gift")),
        ("counted", "payment"),
        *(("cards", table) for table in ("payment", "card")),
    }


def test_a_row_of_a_polymorphic_query_leads_to_what_the_models_below_state(draw: Draw) -> None:
    source = """
        from django.db import models
        from polymorphic.models import PolymorphicModel

        class Bank(models.Model): pass
        class Payment(PolymorphicModel):
            @property
            def bank(self): raise NotImplementedError
            def settle(self): pass
        class Card(Payment):
            bank = models.ForeignKey(Bank, on_delete=models.CASCADE)
            def settle(self): Bank.objects.first().delete()
        class Refund(models.Model):
            card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="refunds")
            payment = models.ForeignKey(Payment, on_delete=models.CASCADE)
        def banks(): return Payment.objects.first().bank.pk2
        def refunds(): return Payment.objects.first().refunds.count()
        def by_key(refund: Refund): return refund.payment.bank.pk2
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": source, "shop/jobs.py": """
        from shop.models import Payment
        def settle_all():
            for payment in Payment.objects.all(): payment.settle()
    """, "shop/templates/payment.html": "{{ payment.bank.name }}", "shop/views.py": """
        from django.shortcuts import render
        from shop.models import Payment
        def show(request): return render(request, "payment.html", {"payment": Payment.objects.first()})
    """})  # fmt: skip
    found = {(d.partition(":")[2], table.removeprefix("shop_")) for d, _, table in app.executed()}
    assert found >= {("banks", "bank"), ("refunds", "refund"), ("by_key", "bank"), ("show", "bank")}
    assert ("shop.jobs:settle_all", "shop.models:Card.settle") in app.calls()


ORDERED = {
    "list(Line.objects.all())": {"line", "order", "customer"},
    "Line.objects.first()": {"line", "order", "customer"},
    "order.lines.all()[0]": {"line", "order", "customer"},
    "list(Line.objects.values_list('id'))": {"line", "order", "customer"},
    "render(None, 'a.html', {'lines': Line.objects.all()})": {"line", "order", "customer"},
    # Where the query says it itself, or no rows are given in an order
    "list(Line.objects.order_by('id'))": {"line"},
    "list(Line.objects.order_by('id').values('id'))": {"line"},
    "list(Line.objects.order_by())": {"line"},
    "Line.objects.count()": {"line"},
    "Line.objects.get(id=1)": {"line"},
    "Line.objects.update(id=1)": {"line"},
    # By a key: as the rows are ordered that it leads to, if they are
    "list(Line.objects.order_by('-order'))": {"line", "order", "customer"},
    "list(Order.objects.all())": {"order", "customer"},
    "list(Order.objects.order_by('customer'))": {"order"},
    # What a deletion looks for
    "order.delete()": {"line", "order", "customer", "mark"},
}


@pytest.mark.parametrize(("body", "expected"), ORDERED.items(), ids=ORDERED)
def test_the_order_that_a_model_states_reads_what_it_leads_to(draw: Draw, body: str, expected: set[str]) -> None:
    source = """
        from django.db import models
        class Customer(models.Model):
            name = models.CharField(max_length=9)
        class Ordered(models.Model):
            class Meta:
                abstract = True
                ordering = ["-customer__name", "id"]
        class Order(Ordered):
            customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
        class Line(models.Model):
            order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
            class Meta:
                ordering = ("order", "id")
        class Mark(models.Model):
            line = models.ForeignKey(Line, on_delete=models.CASCADE)
    """
    function = (
        f"from django.shortcuts import render\nfrom shop.models import Line, Order\ndef f(order: Order):\n    {body}\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": source, "shop/m.py": function})
    assert {table.removeprefix("shop_") for _, _, table in app.executed()} == expected


def test_rows_that_are_made_when_they_are_asked_for(draw: Draw) -> None:
    source = """
        from annoying.fields import AutoOneToOneField
        from django.db import models
        from solo.models import SingletonModel

        class Settings(SingletonModel): sender = models.CharField(max_length=9)
        class Customer(models.Model): pass
        class Profile(models.Model):
            customer = AutoOneToOneField(Customer, on_delete=models.CASCADE, related_name="profile")
        def solo(): return Settings.get_solo().sender
        def auto(customer: Customer): return customer.profile.pk
        def back(profile: Profile): return profile.customer.pk
        def crossed(): return Customer.objects.filter(profile__id=1).count()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": source})
    found = {(d.partition(":")[2], operation, table.removeprefix("shop_")) for d, operation, table in app.executed()}
    assert found == {
        ("solo", "read", "settings"),
        *(("auto", operation, "profile") for operation in ("read", "insert")),
        ("back", "read", "customer"),
        *(("crossed", "read", table) for table in ("customer", "profile")),
    }


WRAPPERS = (
    "(*args, **kwargs): return function(*args, **kwargs)",
    "(self, *args, **kwargs): return function(self, *args, **kwargs)",
)


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_a_wrapped_method_of_a_manager_creates_rows_of_its_model(draw: Draw, wrapper: str) -> None:
    source = f"""
        from functools import wraps
        from django.db import models

        def logged(action):
            def decorate(function):
                @wraps(function)
                def wrapped{wrapper}
                return wrapped
            return decorate
        class Rows(models.Manager):
            @logged("created")
            def create(self, *args, **kwargs): return super().create(*args, **kwargs)
            @logged("found")
            def named(self, name): return self.filter(name=name).count()
        class Order(models.Model):
            objects = Rows()
        class Customer(models.Model):
            objects = Rows()
        def create(): Order.objects.create(name="x").delete()
        def named(): return Customer.objects.named("x")
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": source})
    assert {(d.partition(":")[2], operation, table) for d, operation, table in app.executed()} == {
        ("Rows.create", "insert", "shop_order"),
        ("create", "delete", "shop_order"),
        ("Rows.named", "read", "shop_customer"),
    }


def test_methods_that_nothing_in_view_calls_act_for_the_models_of_their_manager(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models

                class Keyed(models.Manager):
                    def get_by_natural_key(self, name): return self.get(name=name)

                class Queries(models.QuerySet):
                    def late(self): return self.filter(late=True).count()

                class Lone(models.Manager):
                    def nobody(self): return self.count()

                class Order(models.Model):
                    objects = Keyed()
                    queries = Queries.as_manager()

                class Line(models.Model):
                    objects = Keyed()
            """,
        }
    )
    found = {(a.definition, a.table, a.resolution) for a in app.system.accesses}
    assert found == {
        ("shop.models:Keyed.get_by_natural_key", "shop_order", "exact"),
        ("shop.models:Keyed.get_by_natural_key", "shop_line", "exact"),
        ("shop.models:Queries.late", "shop_order", "exact"),
    }


def test_rows_are_found_by_natural_keys_in_each_of_the_many_models_of_a_manager(draw: Draw) -> None:
    names = [f"Kind{number}" for number in range(7)]
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": "from django.db import models\n"
            "class Keyed(models.Manager):\n"
            "    def get_by_natural_key(self, name): return self.get(name=name)\n"
            "    def nobody(self): return self.count()\n"
            + "".join(f"class {name}(models.Model):\n    objects = Keyed()\n" for name in names),
        }
    )
    assert {(a.definition, a.table) for a in app.system.accesses} == {
        ("shop.models:Keyed.get_by_natural_key", f"shop_{name.lower()}") for name in names
    }


@pytest.mark.parametrize("manager", ["models.Manager.from_queryset(Queries)", "Own"])
def test_methods_of_queries_that_nothing_in_view_calls_act_for_the_models_that_they_begin_at(
    draw: Draw, manager: str
) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": f"""
                from django.db import models

                class Queries(models.QuerySet):
                    def late(self): return self.filter(late=True).count()

                class Own(models.Manager):
                    def get_queryset(self): return Queries(self.model, using=self._db)

                class Orders({manager}): pass

                class Order(models.Model):
                    objects = Orders()

                def show(): return list(Order.objects.all())
            """,
        }
    )
    assert {(a.definition, a.table) for a in app.system.accesses if a.definition.endswith("late")} == {
        ("shop.models:Queries.late", "shop_order"),
    }


def test_methods_that_are_called_act_for_whom_they_are_called(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models

                class Late(models.Manager):
                    def late(self): return self.filter(late=True).count()

                class Order(models.Model):
                    objects = Late()

                class Line(models.Model):
                    objects = Late()

                def show(): return Order.objects.late()
            """,
        }
    )
    assert {(a.definition, a.table) for a in app.system.accesses if a.role == "execute"} == {
        ("shop.models:Late.late", "shop_order"),
    }


def test_a_template_asks_the_queries_of_its_own_rows(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models

                class Late(models.QuerySet):
                    def late(self): return self.filter(late=True)

                class Order(models.Model):
                    objects = Late.as_manager()

                class Line(models.Model):
                    objects = Late.as_manager()
            """,
            "shop/templates/page.html": "{% for order in orders.late %}{{ order.id }}{% endfor %}",
            "shop/views.py": """
                from django.shortcuts import render
                from shop.models import Order
                def view(request): return render(request, "page.html", {"orders": Order.objects.all()})
            """,
        }
    )
    assert {table for definition, _, table in app.executed() if definition == "shop.views:view"} == {"shop_order"}


@pytest.mark.parametrize(
    ("asked", "tables"),
    [
        ("filter(customer__in=given)", {"order", "customer"}),
        ("filter(customer=given)", {"order"}),
        ("filter(models.Q(customer=given))", {"order"}),
        ("filter(models.Q(customer__in=given))", {"order", "customer"}),
        ("filter(customer=given[:1])", {"order", "customer"}),
        ("filter(customer=Customer.objects.filter(name='a')[:1])", {"order", "customer"}),
    ],
)
def test_what_is_compared_with_one_value_is_no_query_that_comes_from_elsewhere(
    draw: Draw, asked: str, tables: set[str]
) -> None:
    app = draw(
        textwrap.dedent(MODELS)
        + f"def f(given):\n    return Order.objects.{asked}.exists()\ndef g():\n    f(Customer.objects.all())\n"
    )
    assert {table for definition, _, table in app.executed() if definition == "m:f"} == {f"m_{t}" for t in tables}


def test_what_is_between_is_looked_up_before_more_is_added_where_somebody_is_told_or_a_model_has_it(draw: Draw) -> None:
    source = """
        from django.contrib.auth.models import Group, User
        from django.db import models
        from django.db.models.signals import m2m_changed

        class Tag(models.Model): pass
        class Member(models.Model):
            name = models.TextField()
        class Order(models.Model):
            tags = models.ManyToManyField(Tag)
            heard = models.ManyToManyField(Tag, related_name="heard_by")
            members = models.ManyToManyField(Member, through="Place")
        class Place(models.Model):
            order = models.ForeignKey(Order, models.CASCADE)
            member = models.ForeignKey(Member, models.CASCADE)
            class Meta: ordering = ["member__name"]
        def told(sender, instance, **options): pass
        m2m_changed.connect(told, sender=Order.heard.through)
        m2m_changed.connect(told, sender=User.groups.through)

        def plain(order: Order, tag: Tag): order.tags.add(tag)
        def heard(order: Order, tag: Tag): order.heard.add(tag)
        def backwards(order: Order, tag: Tag): tag.heard_by.add(order)
        def placed(order: Order, member: Member): order.members.add(member)
        def grouped(user: User, group: Group): user.groups.add(group)
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": source})
    touched: dict[str, set[str]] = {}
    for access in app.system.accesses:
        done = f"{access.operation} {access.table.removeprefix('shop_')}"
        touched.setdefault(access.definition.partition(":")[2], set()).add(done)
    assert touched["plain"] == {"insert order_tags"}
    assert touched["heard"] == touched["backwards"] == {"read order_heard", "insert order_heard"}
    assert touched["placed"] == {"read place", "insert place", "read member"}
    assert touched["grouped"] == {"read auth_user_groups", "insert auth_user_groups"}


def test_the_way_back_from_a_proxy_is_that_of_the_model_whose_rows_it_shows(draw: Draw) -> None:
    source = """
        from django.contrib.auth.models import User
        from django.db import models

        class Reader(User):
            class Meta: proxy = True
        class Card(models.Model):
            reader = models.OneToOneField(Reader, models.CASCADE, related_name="card")
        class Loan(models.Model):
            reader = models.ForeignKey(Reader, models.CASCADE, related_name="loans")

        def of_user(user: User): return user.card
        def of_reader(reader: Reader): reader.loans.update(late=True)
        def across(): return User.objects.filter(loans__late=True).count()
        def inherited(reader: Reader): reader.groups.clear()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": source})
    touched: dict[str, set[str]] = {}
    for access in app.system.accesses:
        done = f"{access.operation} {access.table.removeprefix('shop_')}"
        touched.setdefault(access.definition.partition(":")[2], set()).add(done)
    assert touched["of_user"] == {"read card"}
    assert touched["of_reader"] == {"update loan"}
    assert touched["across"] == {"read auth_user", "read loan"}
    assert touched["inherited"] == {"delete auth_user_groups"}


def test_what_is_joined_to_one_of_too_many_tables_is_guessed_like_it(draw: Draw) -> None:
    names = [f"M{number}" for number in range(8)]
    models = "\n".join(
        f"class {n}(models.Model):\n    owner = models.ForeignKey('Owner{n}', models.CASCADE)\n"
        f"class Owner{n}(models.Model):\n    pass"
        for n in names
    )
    calls = "\n".join(f"    show({n}.objects.select_related('owner'))" for n in names)
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": f"from django.db import models\n{models}\n",
            "shop/use.py": f"from shop.models import *\ndef show(rows):\n    return list(rows)\ndef use():\n{calls}\n",
        }
    )
    assert not {a.table for a in app.system.accesses if a.definition == "shop.use:show" and a.resolution != "guessed"}
    assert "read of one of 8 tables: too many callers share this code" in {b.reason for b in app.system.blind_spots}


def test_what_a_function_adds_to_the_queries_of_few_models_is_known_however_many_managers_they_have(draw: Draw) -> None:
    names = ["Task", "Note", "Plan"]
    models = "\n".join(
        f"""
class {n}Query(models.QuerySet): pass
class {n}Manager(models.Manager):
    def get_queryset(self): return {n}Query(self.model, using=self._db)
class {n}(models.Model):
    owner = models.ForeignKey(Owner, models.CASCADE)
    sites = models.ManyToManyField(Site)
    groups = models.ManyToManyField(Group)
    objects = {n}Manager()
"""
        for n in names
    )
    kinds = "\n".join(f"class {n}(models.Model): pass" for n in ("Owner", "Site", "Group"))
    use = """
        from shop.models import *
        def wanted(model, place):
            rows = model.objects.filter(owner__isnull=False).filter(groups=place.group)
            if place.open:
                rows = rows.filter(open=True)
            if place.many:
                return rows.filter(sites=place.site)
            return rows.filter(sites=None)
        def match(model, place):
            for row in wanted(model, place):
                print(row)
    """
    calls = "\n".join(f"def of_{n.lower()}(place): match({n}, place)" for n in names)
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": f"from django.db import models\n{kinds}\n{models}\n",
            "shop/use.py": textwrap.dedent(use) + calls,
        }
    )
    read = {a.table for a in app.system.accesses if a.definition == "shop.use:match" and a.resolution != "guessed"}
    assert {f"shop_{n.lower()}_{of}" for n in names for of in ("sites", "groups")} <= read


def test_what_is_added_by_name_is_known_in_however_many_ways_queries_come(draw: Draw) -> None:
    ways = [f"way{number}" for number in range(9)]
    keys = "".join(f"    {way} = models.ForeignKey({way.title()}, models.CASCADE)\n" for way in ways)
    kinds = "".join(f"class {way.title()}(models.Model): pass\n" for way in ways)
    branches = "".join(f"    if where.{way}: rows = rows.filter({way}__name=where.{way})\n" for way in ways[1:])
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": f"from django.db import models\n{kinds}class Task(models.Model):\n{keys}",
            "shop/use.py": "from shop.models import *\ndef match(rows, who):\n    return list(rows.filter(way0__name=who))\n"
            f"def show(where, who):\n    rows = Task.objects.all()\n{branches}    return match(rows, who)\n",
        }
    )
    read = {a.table for a in app.system.accesses if a.definition == "shop.use:match" and a.resolution != "guessed"}
    assert read == {f"shop_{way}" for way in ways} | {"shop_task"}


def test_a_row_that_is_validated_looks_whether_its_own_key_is_taken_and_what_a_proxy_inherits(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models
                class Place(models.Model):
                    code = models.CharField(max_length=9, primary_key=True)
                class Plain(models.Model):
                    number = models.BigAutoField(primary_key=True)
                class Stop(models.Model):
                    place = models.ForeignKey(Place, models.CASCADE)
                class Halt(Stop):
                    class Meta:
                        proxy = True
            """,
            "shop/use.py": """
                from shop.models import Halt, Place, Plain
                def of_key(): Place(code="x").full_clean()
                def of_number(): Plain().full_clean()
                def of_proxy(halt: Halt): halt.full_clean()
            """,
        }
    )
    read = {(a.definition, a.table) for a in app.system.accesses if a.operation == "read"}
    assert read == {("shop.use:of_key", "shop_place"), ("shop.use:of_proxy", "shop_place")}
