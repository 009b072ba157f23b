"""Related rows that were loaded before an attribute asks for them: asking reads nothing then."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    class Customer(models.Model):
        name = models.CharField(max_length=9)
    class Order(models.Model):
        customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
        def clean(self):
            if self.customer.name: self.check_name()
        def check_name(self): return self.customer.name
"""

CASES = [
    pytest.param(
        """
        def plain(order: Order, customer):
            order.customer = customer
            return order.customer.name
        class Page:
            def __init__(self, order: Order): self.order = order
            def kept(self, customer):
                if customer:
                    self.order.customer = customer
                    self.order.customer.name = "x"
        def on_one_way(order: Order, customer):
            if customer:
                order.customer = customer
            return order.customer.name
        def too_late(order: Order, customer):
            print(order.customer.name)
            order.customer = customer
        def of_others(customer):
            for order in Order.objects.all(): order.customer = customer
            for order in Order.objects.all(): print(order.customer.name)
        """,
        {"on_one_way", "too_late", "of_others"},
        id="set above, on every way",
    ),
    pytest.param(
        """
        def named(order): return order.customer.name
        def show(order): return order.customer.name
        def f(order: Order):
            named(order)
            show(order)
        """,
        {"named"},
        id="asked for by a function that was called before",
    ),
    pytest.param(
        """
        def is_named(order): return order.customer.name != ""
        def above(order: Order):
            if not is_named(order):
                return
            print(order.customer.name)
        def on_one_way(order: Order, really):
            if really:
                is_named(order)
            print(order.customer.name)
        def on_the_same_way(order: Order, really):
            if really:
                is_named(order)
                print(order.customer.name)
        def below(order: Order):
            print(order.customer.name)
            is_named(order)
        def of_another(order: Order, other: Order):
            is_named(other)
            print(order.customer.name)
        def of_a_new_one(order: Order):
            is_named(order)
            order = Order.objects.first()
            print(order.customer.name)
        """,
        {"is_named", "on_one_way", "below", "of_another", "of_a_new_one"},
        id="asked for by a function that was called above",
    ),
    pytest.param(
        """
        def named(order, really):
            if really:
                return order.customer.name
        def show(order): return order.customer.name
        def f(order: Order):
            named(order, 1)
            show(order)
        """,
        {"named", "show"},
        id="asked for before only perhaps",
    ),
    pytest.param(
        """
        def show(order): return order.customer.name
        def f(order: Order): show(order)
        """,
        {"show"},
        id="asked for by nobody but who asks",
    ),
    pytest.param(
        """
        class Page:
            def __init__(self, order): self.order = order
            def show(self): return self.order.customer.name
        def f(): Page(Order.objects.select_related("customer").get(id=1)).show()
        """,
        set(),
        id="kept by an object that was given it",
    ),
    pytest.param(
        """
        class Page:
            def __init__(self, order): self.order = order
            def refresh(self): self.order = Order.objects.get(id=1)
            def show(self): return self.order.customer.name
        def f(): Page(Order.objects.select_related("customer").get(id=1)).show()
        """,
        {"Page.show"},
        id="kept by an object that is also given another",
    ),
    pytest.param(
        """
        def f(order: Order):
            print(order.customer)
            def show(): return order.customer.name
            return show
        """,
        {"f"},
        id="in the variable of an enclosing function",
    ),
    pytest.param(
        """
        def logged(function):
            def wrapper(request, *args, **kwargs): return function(request, *args, **kwargs)
            return wrapper
        @logged
        def show(request, order: Order): return order.customer.name
        def f(request): return show(request, Order.objects.select_related("customer").get(id=1))
        def g(request): return show(request, order=Order.objects.select_related("customer").get(id=1))
        """,
        set(),
        id="handed on by a decorator",
    ),
    pytest.param(
        """
        from concurrent.futures import ThreadPoolExecutor
        def show(order: Order): return order.customer.name
        def f(pool: ThreadPoolExecutor): pool.submit(show, Order.objects.select_related("customer").get(id=1))
        """,
        set(),
        id="given to who calls back",
    ),
    pytest.param(
        """
        def show(order: Order): return order.customer.name
        def f(customer): return show(Order.objects.create(customer=customer))
        """,
        set(),
        id="in a row that was created with it",
    ),
    pytest.param(
        """
        def show(order: Order): return order.customer.name
        def f(customer): return show(Order.objects.get(customer=customer))
        """,
        {"show"},
        id="only compared in a query",
    ),
    pytest.param(
        """
        from django.db.models.signals import post_save
        from django.dispatch import receiver
        @receiver(post_save, sender=Order)
        def show(sender, instance, **kwargs): return instance.customer.name
        def f(): Order.objects.select_related("customer").get(id=1).save()
        """,
        set(),
        id="of the object that a signal is about",
    ),
    pytest.param(
        """
        from django.db.models.signals import post_save
        from django.dispatch import receiver
        @receiver(post_save, sender=Order)
        def show(sender, instance, **kwargs): return instance.customer.name
        def f(): Order.objects.select_related("customer").get(id=1).save()
        def g(): Order.objects.get(id=1).save()
        """,
        {"show"},
        id="of one of the objects that a signal is about",
    ),
    pytest.param(
        """
        class Shown(Order):
            class Meta:
                proxy = True
            def label(self): return self.customer.name
        def f(): return getattr(Shown.objects.select_related("customer").get(id=1), "label")()
        """,
        set(),
        id="of a method that is asked for by its name",
    ),
]


@pytest.mark.parametrize(("code", "readers"), CASES)
def test_who_reads_a_related_row(draw: Draw, code: str, readers: set[str]) -> None:
    text = "from shop.models import Customer, Order\n" + textwrap.dedent(code)
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/m.py": text})
    lazy = {a.definition for a in app.system.accesses if a.table == "shop_customer" and a.rule.endswith("__get__")}
    assert lazy == {f"shop.m:{reader}" for reader in readers}


def test_a_form_has_put_the_related_rows_into_the_object_that_it_validates(draw: Draw) -> None:
    """So neither the model's own check nor what it calls reads them; a method that anybody may call does."""
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/m.py": "from shop.models import Order\ndef label(order: Order): return order.customer.name\n",
        }
    )
    assert {d for d, _, table in app.accesses() if table == "shop_customer"} == {"shop.m:label"}


MAPPED = """
    from sqlalchemy import ForeignKey, select
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship, selectinload
    class Base(DeclarativeBase): pass
    class Customer(Base):
        __tablename__ = "customers"
        id: Mapped[int] = mapped_column(primary_key=True)
    class Order(Base):
        __tablename__ = "orders"
        id: Mapped[int] = mapped_column(primary_key=True)
        customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
        customer: Mapped[Customer] = relationship()
    class Line(Base):
        __tablename__ = "lines"
        id: Mapped[int] = mapped_column(primary_key=True)
        order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
        order: Mapped[Order] = relationship()
    """


@pytest.mark.parametrize(
    ("query", "reads"),
    [
        ("s.scalars(select(Order).options(joinedload(Order.customer))).first()", False),
        ("s.execute(select(Order).options(joinedload(Order.customer)).where(Order.id == 1)).scalar_one()", False),
        ("s.query(Order).options(selectinload(Order.customer)).filter_by(id=1).first()", False),
        ("s.scalar(select(Line).options(joinedload(Line.order).joinedload(Order.customer))).order", False),
        ("s.scalar(select(Line).options(joinedload(Line.order))).order", True),
        ("s.scalar(select(Order))", True),
        ("s.get(Order, 1)", True),
    ],
)
def test_a_row_that_the_query_loads_along_is_not_read_again(draw: Draw, query: str, reads: bool) -> None:
    use = f"from shop.models import *\ndef f(s: Session):\n    order = {query}\n    return order.customer.id\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": MAPPED, "shop/use.py": use})
    lines = {a.line for a in app.system.accesses if a.table == "customers" and a.operation == "read"}
    assert (4 in lines) is reads


TAGGED = """
    from sqlalchemy import Column, ForeignKey, Integer, Table
    from sqlalchemy.orm import DeclarativeBase, Session, relationship, selectinload
    class Base(DeclarativeBase):
        pass
    tagged = Table("tagged", Base.metadata, Column("o", ForeignKey("orders.id")), Column("t", ForeignKey("tags.id")))
    class Tag(Base):
        __tablename__ = "tags"
        id = Column(Integer, primary_key=True)
    class Order(Base):
        __tablename__ = "orders"
        id = Column(Integer, primary_key=True)
        tags = relationship("Tag", secondary=tagged)
    def loads(s: Session):
        return s.query(Order).options(selectinload(Order.tags)).one()
    def finds(s: Session):
        return s.query(Order).one()
    def kept(s: Session):
        found = {}
        for order in s.query(Order):
            found[order.id] = order
        for order in found.values():
            print([tag.id for tag in order.tags])
    def shows_loaded(s: Session):
        print([tag.id for tag in loads(s).tags])
    def shows(s: Session):
        print([tag.id for tag in finds(s).tags])
    def removes(s, order: Order):
        s.delete(order)
    """


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("shows_loaded", set()),
        ("shows", {("read", "tags"), ("read", "tagged")}),
        ("kept", {("read", "orders"), ("read", "tags"), ("read", "tagged")}),
        ("removes", {("delete", "orders"), ("read", "tags"), ("read", "tagged"), ("delete", "tagged")}),
    ],
)
def test_a_table_between_is_asked_only_with_the_rows_it_leads_to(
    draw: Draw, name: str, expected: set[tuple[str, str]]
) -> None:
    app = draw({"shop.py": TAGGED})
    assert {(a.operation, a.table) for a in app.system.accesses if a.definition == f"shop:{name}"} == expected


COLLECTIONS = """
    from django.db import models
    class Tag(models.Model):
        name = models.CharField(max_length=9)
    class Order(models.Model):
        tags = models.ManyToManyField(Tag)
    class Line(models.Model):
        order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    class Customer(models.Model):
        last = models.ForeignKey(Order, models.CASCADE)
"""
TAGS, LINES = {"shop_tag", "shop_order_tags"}, {"shop_line"}


@pytest.mark.parametrize(
    ("query", "use", "read"),
    [
        ("Order.objects.prefetch_related('tags').get(id=1)", "[tag.name for tag in row.tags.all()]", set()),
        ("Order.objects.prefetch_related('lines').first()", "list(row.lines.all())", set()),
        ("Order.objects.prefetch_related('lines').first()", "row.lines.all()[0]", set()),
        ("Customer.objects.prefetch_related('last__tags').first()", "list(row.last.tags.all())", set()),
        ("Order.objects.prefetch_related(models.Prefetch('lines')).first()", "list(row.lines.all())", set()),
        (
            "Order.objects.prefetch_related('tags', models.Prefetch('lines', queryset=Line.objects.order_by('id'))).first()",
            "list(row.lines.all()), list(row.tags.all())",
            set(),
        ),
        (
            "Order.objects.prefetch_related(models.Prefetch('lines', to_attr='few')).first()",
            "list(row.lines.all())",
            LINES,
        ),
        (
            "Order.objects.prefetch_related(models.Prefetch('lines', None, 'few')).first()",
            "list(row.lines.all())",
            LINES,
        ),
        ("Order.objects.get(id=1)", "[tag.name for tag in row.tags.all()]", TAGS),
        ("Order.objects.prefetch_related('lines').first()", "list(row.tags.all())", TAGS),
        ("Order.objects.prefetch_related('tags').first()", "list(row.tags.filter(name='a'))", TAGS),
        ("Order.objects.prefetch_related('tags').first()", "list(row.tags.all().order_by('name'))", TAGS),
        ("Order.objects.prefetch_related('lines').first()", "row.lines.all().count()", LINES),
        ("Order.objects.get(id=1)", "list(row.lines.all()), list(row.lines.all())", LINES),
    ],
)
def test_a_collection_that_the_query_loads_along_is_not_read_again(
    draw: Draw, query: str, use: str, read: set[str]
) -> None:
    source = f"from shop.models import *\ndef f():\n    row = {query}\n    return {use}\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": COLLECTIONS, "shop/m.py": source})
    assert {a.table for a in app.system.accesses if a.line == 4 and a.file == "shop/m.py"} - {"shop_order"} == read


def test_a_collection_that_was_changed_is_read_again(draw: Draw) -> None:
    loop = "for row in Order.objects.prefetch_related('tags'):\n        row.tags.clear()\n        print(list(row.tags.all()))"
    source = f"from shop.models import Order\ndef f():\n    {loop}\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": COLLECTIONS, "shop/m.py": source})
    assert {a.table for a in app.system.accesses if a.line == 5 and a.file == "shop/m.py"} == TAGS


@pytest.mark.parametrize(
    "rows",
    [
        "for order in Order.objects.select_related('customer')",
        "for order in Order.objects.exclude(id=1).select_related('customer').all()",
        "for order in any_query(Order).select_related('customer')",
    ],
)
def test_the_rows_of_a_query_that_loads_along_have_what_it_loads(draw: Draw, rows: str) -> None:
    others = "".join(f"class C{n}(models.Model): pass\nany_query(C{n}).select_related('x{n}')\n" for n in range(9))
    source = (
        "from django.db import models\nfrom shop.models import Order\ndef any_query(model): return model.objects.all()\n"
        f"{others}def f():\n    {rows}:\n        print(order.customer.name)\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/m.py": source})
    lazy = {a.table for a in app.system.accesses if a.rule.endswith("__get__") and a.definition == "shop.m:f"}
    assert not lazy


def test_who_returns_a_query_is_told_what_it_loads_along(draw: Draw) -> None:
    source = """
        from shop.models import Customer
        def f(): return Customer.objects.select_related("last").prefetch_related("last__tags")
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": COLLECTIONS, "shop/m.py": source})
    built = {(a.table, a.rule) for a in app.system.accesses if a.definition == "shop.m:f" and a.role == "build"}
    later = "query returned, if there are such rows"
    assert built == {
        ("shop_customer", "query returned"),
        ("shop_order", "query returned"),
        ("shop_tag", later),
        ("shop_order_tags", later),
    }


def test_what_is_loaded_along_with_rows_that_are_there_is_read_where_that_is_asked_for(draw: Draw) -> None:
    source = """
        from django.db.models import Prefetch, prefetch_related_objects
        from shop.models import *
        def f(orders: list[Order]):
            prefetch_related_objects(orders, "lines", Prefetch("tags"))
        def inner(): return list(Customer.objects.prefetch_related(Prefetch("last", Order.objects.prefetch_related("lines"))))
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": COLLECTIONS, "shop/m.py": source})
    read = {(a.definition, a.table) for a in app.system.accesses}
    assert read == {("shop.m:f", table) for table in TAGS | LINES} | {
        ("shop.m:inner", table) for table in ("shop_customer", "shop_order", "shop_line")
    }


HAS_CARD = """
        from django.db import models
        class Customer(models.Model):
            @property
            def first(self): return Card.objects.first()
        class Card(models.Model):
            owner = models.OneToOneField(Customer, models.CASCADE, related_name="card")
"""


def test_who_asks_whether_there_is_a_related_row_reads_it(draw: Draw) -> None:
    source = """
        from shop.models import Customer
        def asks(who: Customer): return hasattr(who, "card")
        def asks_a_property(who: Customer): return hasattr(who, "first")
        def asks_for_a_method(who: Customer): return hasattr(who, "save")
        def asks_and_takes():
            who = Customer.objects.get(id=1)
            if asks(who):
                return who.card.id
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": HAS_CARD, "shop/m.py": source})
    assert {(a.definition, a.operation, a.table) for a in app.system.accesses} == {
        ("shop.m:asks", "read", "shop_card"),
        ("shop.models:Customer.first", "read", "shop_card"),
        ("shop.m:asks_and_takes", "read", "shop_customer"),
    }
    assert ("shop.m:asks_a_property", "shop.models:Customer.first") in {
        (d.source, d.target) for d in app.system.dependencies if d.kind == "property"
    }
