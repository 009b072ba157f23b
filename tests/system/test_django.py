"""Django: tables of models and migrations, and what managers, querysets and instances do to them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw


SCHEMAS = [
    pytest.param(
        """
        class Customer(models.Model):
            name = models.CharField(max_length=80)
        class BigOrder(models.Model):
            number = models.CharField(max_length=9, primary_key=True)
            customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
        """,
        {"shop_customer": {"id", "name"}, "shop_bigorder": {"number", "customer_id"}},
        {("shop_bigorder", "customer_id", "shop_customer", "id")},
        id="default names",
    ),
    pytest.param(
        """
        class Order(models.Model):
            status = models.CharField(db_column="state", max_length=3)
            class Meta:
                db_table = "legacy_orders"
        """,
        {"legacy_orders": {"id", "state"}},
        set(),
        id="given names",
    ),
    pytest.param(
        """
        class Stamped(models.Model):
            created = models.DateTimeField()
            class Meta:
                abstract = True
        class Note(Stamped):
            text = models.TextField()
            class Meta(Stamped.Meta):
                ordering = ["text"]
        """,
        {"shop_note": {"id", "created", "text"}},
        set(),
        id="abstract base",
    ),
    pytest.param(
        """
        class Place(models.Model):
            name = models.CharField(max_length=9)
        class Restaurant(Place):
            stars = models.IntegerField()
        class Favourite(Place):
            class Meta:
                proxy = True
        """,
        {"shop_place": {"id", "name"}, "shop_restaurant": {"place_ptr_id", "stars"}},
        {("shop_restaurant", "place_ptr_id", "shop_place", "id")},
        id="multi-table and proxy inheritance",
    ),
    pytest.param(
        """
        class Tag(models.Model): pass
        class Post(models.Model):
            tags = models.ManyToManyField(Tag)
            related = models.ManyToManyField("self")
        """,
        {
            "shop_tag": {"id"},
            "shop_post": {"id"},
            "shop_post_tags": {"id", "post_id", "tag_id"},
            "shop_post_related": {"id", "from_post_id", "to_post_id"},
        },
        {
            ("shop_post_tags", "post_id", "shop_post", "id"),
            ("shop_post_tags", "tag_id", "shop_tag", "id"),
            ("shop_post_related", "from_post_id", "shop_post", "id"),
            ("shop_post_related", "to_post_id", "shop_post", "id"),
        },
        id="many to many",
    ),
    pytest.param(
        """
        class Person(models.Model): pass
        class Club(models.Model):
            members = models.ManyToManyField(Person, through="Membership")
        class Membership(models.Model):
            person = models.ForeignKey(Person, models.CASCADE)
            club = models.ForeignKey("shop.Club", models.CASCADE)
        """,
        {"shop_person": {"id"}, "shop_club": {"id"}, "shop_membership": {"id", "person_id", "club_id"}},
        {
            ("shop_membership", "person_id", "shop_person", "id"),
            ("shop_membership", "club_id", "shop_club", "id"),
        },
        id="many to many through a model, and a reference by label",
    ),
    pytest.param(
        """
        class Category(models.Model):
            parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL)
            top = models.OneToOneField("Category", null=True, on_delete=models.PROTECT)
        """,
        {"shop_category": {"id", "parent_id", "top_id"}},
        {("shop_category", "parent_id", "shop_category", "id"), ("shop_category", "top_id", "shop_category", "id")},
        id="references by name and to itself",
    ),
    pytest.param(
        """
        class Country(models.Model):
            code = models.CharField(max_length=2, primary_key=True)
        class City(models.Model):
            country = models.ForeignKey(Country, models.CASCADE)
        """,
        {"shop_country": {"code"}, "shop_city": {"id", "country_id"}},
        {("shop_city", "country_id", "shop_country", "code")},
        id="key to a primary key of another name",
    ),
    pytest.param(
        """
        class Labelled(models.Model):
            class Meta:
                app_label = "other"
        class Outside(models.Model):
            class Meta:
                managed = False
                db_table = "a_view"
        """,
        {"other_labelled": {"id"}, "a_view": {"id"}},
        set(),
        id="app label and unmanaged",
    ),
]


@pytest.mark.parametrize(("source", "tables", "keys"), SCHEMAS)
def test_schema(draw: Draw, source: str, tables: dict[str, set[str]], keys: set[tuple[str, str, str, str]]) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": "from django.db import models\n" + textwrap.dedent(source),
        }
    )
    assert {table.name: {column.name for column in table.columns} for table in app.system.tables} == tables
    assert app.foreign_keys() == keys


def test_where_a_table_is_known_from(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models
                class A(models.Model):
                    x = models.IntegerField(null=True)
                class B(models.Model):
                    a = models.ForeignKey(
                        A,
                        on_delete=models.SET_NULL,
                    )
            """,
        }
    )
    table = app.table("shop_a")
    assert (table.model, table.source, table.file, table.line) == ("shop.models:A", "model", "shop/models.py", 2)
    column = app.columns("shop_a")["x"]
    assert (column.type, column.nullable, column.primary_key) == ("IntegerField", True, False)
    (key,) = app.system.foreign_keys
    assert (key.on_delete, key.file, key.line) == ("SET_NULL", "shop/models.py", 5)


def test_app_config_gives_the_label(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/orders/__init__.py": "",
            "shop/orders/apps.py": """
                from django.apps import AppConfig
                class OrdersConfig(AppConfig):
                    name = "shop.orders"
                    label = "shop_orders"
            """,
            "shop/orders/models/__init__.py": "from .order import Order",
            "shop/orders/models/order.py": "from django.db import models\nclass Order(models.Model): pass",
            "shop/stock/__init__.py": "",
            "shop/stock/models/__init__.py": "from .item import Item",
            "shop/stock/models/item.py": "from django.db import models\nclass Item(models.Model): pass",
        }
    )
    assert set(app.tables()) == {"shop_orders_order", "stock_item"}


def test_labels_of_an_application_are_not_those_of_one_that_was_analysed_before(
    draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    def app(label: str) -> dict[str, str]:
        config = f"from django.apps import AppConfig\nclass OrdersConfig(AppConfig):\n    name = 'shop'\n    label = '{label}'\n"
        models = "from django.db import models\nclass Order(models.Model): pass\n"
        return {"shop/__init__.py": "", "shop/apps.py": config, "shop/models.py": models}

    # An object that is made later may have the address of one that is gone.
    monkeypatch.setattr("decompose.linking.libraries.django_options.id", lambda _: 1, raising=False)
    assert [set(draw(app(label)).tables()) for label in ("first", "second")] == [{"first_order"}, {"second_order"}]


@pytest.mark.parametrize(
    "reference",
    [
        "settings.AUTH_USER_MODEL",
        pytest.param(
            "get_user_model()",
        ),
        '"accounts.User"',
    ],
)
def test_the_user_model(draw: Draw, reference: str) -> None:
    app = draw(
        {
            "site_settings/__init__.py": "",
            "site_settings/settings.py": 'AUTH_USER_MODEL = "accounts.User"',
            "accounts/__init__.py": "",
            "accounts/models.py": """
                from django.contrib.auth.models import AbstractUser
                class User(AbstractUser): pass
            """,
            "shop/__init__.py": "",
            "shop/models.py": f"""
                from django.conf import settings
                from django.contrib.auth import get_user_model
                from django.db import models
                class Order(models.Model):
                    user = models.ForeignKey({reference}, on_delete=models.CASCADE)
            """,
        }
    )
    assert app.foreign_keys() >= {("shop_order", "user_id", "accounts_user", "id")}
    assert not any(target == "auth_user" for _, _, target, _ in app.foreign_keys())


def test_the_user_model_of_django_itself(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.contrib.auth.models import User
                from django.db import models
                class Order(models.Model):
                    user = models.ForeignKey(User, on_delete=models.CASCADE)
                def f(): return User.objects.filter(is_staff=True).count()
            """,
        }
    )
    assert app.foreign_keys() == {("shop_order", "user_id", "auth_user", "id")}
    assert app.accesses() == {("shop.models:f", "read", "auth_user")}


MODELS = """
    from django.db import models
    class Customer(models.Model):
        name = models.CharField(max_length=80)
    class OpenOrders(models.Manager):
        def get_queryset(self): return super().get_queryset().filter(open=True)
        def urgent(self): return self.filter(urgent=True)
    class OrderQuerySet(models.QuerySet):
        def late(self): return self.filter(late=True)
    class Order(models.Model):
        customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")
        status = models.CharField(max_length=9)
        objects = models.Manager()
        queried = OrderQuerySet.as_manager()
        opened = OpenOrders()
        def pay(self):
            self.status = "paid"
            self.save(update_fields=["status"])
        joined = models.Manager.from_queryset(OrderQuerySet)()
    class Tag(models.Model):
        orders = models.ManyToManyField(Order)
    class Profile(models.Model):
        customer = models.OneToOneField(Customer, on_delete=models.CASCADE)
    class Note(models.Model):
        about = models.ForeignKey(Customer, null=True, on_delete=models.SET_NULL)
        text = models.TextField()
"""
READ_ORDER, READ_CUSTOMER, READ_TAG = ("read", "shop_order"), ("read", "shop_customer"), ("read", "shop_tag")
READ_BETWEEN = ("read", "shop_tag_orders")

ACCESSES = [
    pytest.param(
        "return [c.id for c in Customer.objects.all()]",
        {READ_CUSTOMER},
        id="all",
    ),
    pytest.param(
        "return list(Customer.objects.all())",
        {READ_CUSTOMER},
        id="list",
    ),
    pytest.param(
        "return Customer.objects.filter(id=1).exclude(name=2).order_by('x').first()",
        {READ_CUSTOMER},
        id="chain",
    ),
    pytest.param(
        "return Customer.objects.get(id=1)",
        {READ_CUSTOMER},
        id="get",
    ),
    pytest.param(
        "return Customer.objects.count(), Customer.objects.filter(id=1).exists()",
        {READ_CUSTOMER},
        id="count",
    ),
    pytest.param(
        "Customer.objects.create(name=1)",
        {("insert", "shop_customer")},
        id="create",
    ),
    pytest.param(
        "c, made = Customer.objects.get_or_create(name=1)",
        {READ_CUSTOMER, ("insert", "shop_customer")},
        id="get_or_create",
    ),
    pytest.param(
        "Customer.objects.update_or_create(name=1)",
        {READ_CUSTOMER, ("insert", "shop_customer"), ("update", "shop_customer")},
        id="update_or_create",
    ),
    pytest.param(
        "Customer.objects.bulk_create([Customer(name=n) for n in 'ab'])",
        {("insert", "shop_customer")},
        id="bulk_create",
    ),
    pytest.param(
        "Customer.objects.bulk_update([], ['name'])",
        {("update", "shop_customer")},
        id="bulk_update",
    ),
    pytest.param(
        "Customer.objects.filter(id=1).update(name=2)",
        {("update", "shop_customer")},
        id="update",
    ),
    pytest.param(
        "Tag.objects.all().delete()",
        {READ_TAG, ("delete", "shop_tag"), ("delete", "shop_tag_orders")},
        id="delete",
    ),
    pytest.param("Note.objects.filter(id=1).delete()", {("delete", "shop_note")}, id="delete of what nothing needs"),
    pytest.param("c = Customer(name=1)\n    c.save()", {("insert", "shop_customer")}, id="save"),
    pytest.param(
        "c = Customer.objects.get(id=1)\n    c.delete()",
        {
            READ_CUSTOMER,
            ("delete", "shop_customer"),
            ("delete", "shop_profile"),
            READ_ORDER,
            ("delete", "shop_order"),
            ("delete", "shop_tag_orders"),
            ("update", "shop_note"),
        },
        id="instance delete with what depends on it",
    ),
    pytest.param(
        "return Order.queried.late().count()",
        {READ_ORDER},
        id="custom queryset",
    ),
    pytest.param(
        "return [x for x in Order.opened.urgent()]",
        {READ_ORDER},
        id="custom manager",
    ),
    pytest.param(
        "o = Order.objects.get(id=1)\n    return o.customer.name",
        {READ_ORDER, READ_CUSTOMER},
        id="forward relation",
    ),
    pytest.param("o = Order.objects.get(id=1)\n    return o.customer_id", {READ_ORDER}, id="key of a relation"),
    pytest.param(
        "c = Customer.objects.get(id=1)\n    return [x for x in c.orders.filter(status=1)]",
        {READ_CUSTOMER, READ_ORDER},
        id="reverse relation by its name",
    ),
    pytest.param(
        "c = Customer.objects.get(id=1)\n    c.orders.create(status=1)",
        {READ_CUSTOMER, ("insert", "shop_order")},
        id="insert through a reverse relation",
    ),
    pytest.param(
        "o = Order.objects.get(id=1)\n    return [x for x in o.tag_set.all()]",
        {READ_ORDER, ("read", "shop_tag"), ("read", "shop_tag_orders")},
        id="reverse many to many",
    ),
    pytest.param(
        "t = Tag.objects.get(id=1)\n    t.orders.add(1)",
        {("read", "shop_tag"), ("insert", "shop_tag_orders")},
        id="add to a many to many",
    ),
    pytest.param(
        "return [x for x in Order.objects.select_related('customer')]",
        {READ_ORDER, READ_CUSTOMER},
        id="select_related",
    ),
    pytest.param(
        "return [x for x in Customer.objects.prefetch_related('orders')]",
        {READ_ORDER, READ_CUSTOMER},
        id="prefetch_related",
    ),
    pytest.param(
        "return [x for x in Order.objects.filter(customer__name='x')]",
        {READ_ORDER, READ_CUSTOMER},
        id="lookup across a relation",
    ),
    pytest.param(
        "for c in Customer.objects.all():\n        c.save()",
        {READ_CUSTOMER, ("update", "shop_customer")},
        id="saved in a loop",
    ),
    pytest.param("return get_object_or_404(Customer, id=1)", {READ_CUSTOMER}, id="get_object_or_404"),
    pytest.param("return Customer.objects.raw('SELECT * FROM shop_customer')", {READ_CUSTOMER}, id="raw"),
    pytest.param(
        "with connection.cursor() as cursor:\n        cursor.execute('UPDATE shop_order SET status = %s', [1])",
        {("update", "shop_order")},
        id="cursor",
    ),
    pytest.param(
        "return [c for c in Customer.objects.filter(id__in=Order.objects.values('customer_id'))]",
        {READ_CUSTOMER, READ_ORDER},
        id="subquery",
    ),
    pytest.param("return [x for x in Order.joined.late()]", {READ_ORDER}, id="manager made from a queryset class"),
    pytest.param("return len(Customer.objects.all())", {READ_CUSTOMER}, id="len"),
    pytest.param("return sorted(Customer.objects.all(), key=str)", {READ_CUSTOMER}, id="sorted"),
    pytest.param("return len([Customer()]), list([Customer()])", set(), id="len and list of a list"),
    pytest.param(
        "return Customer.objects.get(id=1).profile", {READ_CUSTOMER, ("read", "shop_profile")}, id="one to one"
    ),
    pytest.param(
        "return list(Order.objects.order_by('-customer__name'))",
        {READ_ORDER, READ_CUSTOMER},
        id="order across a relation",
    ),
    pytest.param(
        "return list(Note.objects.values('text', 'about__profile__id'))",
        {("read", "shop_note"), READ_CUSTOMER, ("read", "shop_profile")},
        id="values across two relations",
    ),
    pytest.param(
        "return list(Customer.objects.annotate(n=Count('orders')))",
        {READ_CUSTOMER, READ_ORDER},
        id="count of a relation",
    ),
    pytest.param(
        "return Note.objects.filter(Q(text='x') | Q(about__name=F('about__orders__status'))).exists()",
        {("read", "shop_note"), READ_CUSTOMER, READ_ORDER},
        id="expressions across relations",
    ),
    pytest.param(
        "return Customer.objects.filter(Exists(Order.objects.filter(customer=OuterRef('pk')))).count()",
        {READ_CUSTOMER, READ_ORDER},
        id="subquery in an expression",
    ),
    pytest.param(
        "return list(Customer.objects.prefetch_related(Prefetch('orders', queryset=Order.objects.all())))",
        {READ_CUSTOMER, READ_ORDER},
        id="prefetch object",
    ),
    pytest.param(
        "return get_object_or_404(Order.objects.select_related('customer'), tag__id=1)",
        {READ_ORDER, READ_CUSTOMER, READ_BETWEEN},
        id="get_object_or_404 of a queryset",
    ),
    pytest.param(
        "return list(Order.objects.filter(customer=1, customer__id__gt=2, customer__in=[3]).order_by('customer_id'))",
        {READ_ORDER},
        id="a key that is only compared",
    ),
    pytest.param("return list(Order.objects.filter(status__name=1))", {READ_ORDER}, id="a lookup that is no relation"),
    pytest.param(
        "Order.objects.filter(customer__name=1).update(status=2)",
        {("update", "shop_order"), READ_ORDER, READ_CUSTOMER},
        id="update across a relation",
    ),
    pytest.param(
        "t = Tag.objects.get(id=1)\n    t.orders.set(Order.objects.all())",
        {READ_TAG, READ_ORDER, READ_BETWEEN, ("insert", "shop_tag_orders"), ("delete", "shop_tag_orders")},
        id="set of a many to many",
    ),
    pytest.param("return Customer(name=1)", set(), id="an object that nobody stores"),
    pytest.param("return Customer.objects", set(), id="a manager that nobody asks"),
]


@pytest.mark.parametrize(("body", "expected"), ACCESSES)
def test_accesses(draw: Draw, body: str, expected: set[tuple[str, str]]) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/m.py": "from django.db import connection\nfrom django.db.models import Count, Exists, F, OuterRef, Prefetch, Q\n"
            "from django.shortcuts import get_object_or_404\n"
            f"from shop.models import Customer, Note, Order, Tag\ndef f():\n    {body}\n",
        }
    )
    assert {
        (operation, table) for definition, operation, table in app.accesses() if definition == "shop.m:f"
    } == expected


LAZY = """
    from shop.models import Customer, Order
    def show(order: Order): return order.customer.name
    def named(order: Order):
        if order.customer.name: return show(order)
    def plain(): return show(Order.objects.get(id=1))
    def selected(): return show(Order.objects.select_related("customer").get(id=1))
    def made(customer): return show(Order(customer=customer))
    def collected(customer: Customer): return [show(order) for order in customer.orders.all()]
    def fetch(): return Order.objects.select_related("customer").first(), True
    def fetched():
        order, found = fetch()
        return show(order)
    def other(): return show(Order.objects.select_related("tag").get(id=1))
"""


@pytest.mark.parametrize(
    ("callers", "reads"),
    [
        pytest.param((), True, id="a caller that is not in view"),
        pytest.param(("plain",), True, id="a query that loads nothing along"),
        pytest.param(("selected",), False, id="a query that loads it along"),
        pytest.param(("other",), True, id="a query that loads another relation along"),
        pytest.param(("made",), False, id="made with it"),
        pytest.param(("collected",), False, id="from the collection of the related row"),
        pytest.param(("fetch", "fetched"), False, id="through what a function returns"),
        pytest.param(("named",), False, id="a caller that asked before"),
        pytest.param(("selected", "plain"), True, id="one caller of two"),
    ],
)
def test_a_related_row_that_was_loaded_before_is_not_read_again(
    draw: Draw, callers: tuple[str, ...], *, reads: bool
) -> None:
    head, *functions = textwrap.dedent(LAZY).split("\ndef ")
    kept = [f for f in functions if f.partition("(")[0] in ("show", *callers)]
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/m.py": "\ndef ".join([head, *kept]) + "\n"})
    assert (("shop.m:show", "read", "shop_customer") in app.accesses()) is reads


def test_a_method_that_saves_itself(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS})
    writes = {(a.operation, a.table) for a in app.system.accesses if a.definition == "shop.models:Order.pay"}
    assert ("update", "shop_order") in writes
    assert {table for _, table in writes} == {"shop_order"}


def test_an_inherited_model_reads_its_parents_table(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models
                class Place(models.Model): pass
                class Proxy(Place):
                    class Meta:
                        proxy = True
                def f(): return [x for x in Proxy.objects.all()]
            """,
        }
    )
    assert app.accesses() == {("shop.models:f", "read", "shop_place")}


def test_generic_views_read_their_model(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/views.py": """
                from django.views.generic import ListView
                from shop.models import Customer
                class Customers(ListView):
                    model = Customer
            """,
            "shop/urls.py": """
                from django.urls import path
                from shop.views import Customers
                urlpatterns = [path("customers/", Customers.as_view())]
            """,
        }
    )
    assert ("read", "shop_customer") in {
        (a.operation, a.table) for a in app.system.accesses if a.unit == "shop.views:Customers"
    }


def test_a_query_that_may_be_of_many_models_is_evidence_for_none(draw: Draw) -> None:
    names = ["A", "B", "C", "D", "E", "F", "G"]
    models = "\n".join(f"class {name}(models.Model): pass" for name in names)
    calls = "\n".join(f"    pick({name}.objects.all())" for name in names)
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": f"from django.db import models\n{models}\n",
            "shop/use.py": f"""
from shop.models import *
def pick(queryset): return queryset.filter(pk=1)
def main():
{calls}
""",
        }
    )
    assert not {a.table for a in app.system.accesses if a.definition == "shop.use:pick"}


def test_a_view_whose_model_is_from_outside(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/views.py": """
                from django.views.generic import ListView
                from elsewhere import Thing
                class Things(ListView):
                    queryset = Thing.objects
            """,
        }
    )
    assert not {a.table for a in app.system.accesses if a.unit == "shop.views:Things"}


def test_a_view_that_names_no_model_reads_nothing(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/views.py": """
                from django.views.generic import ListView
                from rest_framework.generics import DestroyAPIView
                from shop.models import Customer, Order
                class Plain: model = Customer
                class Empty(ListView): pass
                class Removal(DestroyAPIView): queryset = Order.objects.filter(status=1)
            """,
        }
    )
    assert {a for a in app.accesses() if a[0].startswith("shop.views")} == {
        ("shop.views:Removal", "read", "shop_order"),
        ("shop.views:Removal", "delete", "shop_order"),
        ("shop.views:Removal", "delete", "shop_tag_orders"),
    }


def test_a_query_that_is_returned_is_built_here(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/m.py": """
                from shop.models import Customer
                def make(): return Customer.objects.filter(name=1)
                def hand_on(): return make()
                def run(): return list(hand_on())
            """,
        }
    )
    found = {(a.definition, a.role, a.table) for a in app.system.accesses if a.definition.startswith("shop.m:")}
    assert found == {("shop.m:make", "build", "shop_customer"), ("shop.m:run", "execute", "shop_customer")}


MIGRATION = """
    from django.db import migrations, models
    class Migration(migrations.Migration):
        dependencies = []
        operations = [{operations}]
"""


def _migrations(*operations: str) -> dict[str, str]:
    files = {"shop/__init__.py": "", "shop/views.py": "def f(): pass", "shop/migrations/__init__.py": ""}
    for number, operation in enumerate(operations, start=1):
        files[f"shop/migrations/{number:04}_step.py"] = MIGRATION.format(operations=operation)
    return files


CREATE = 'migrations.CreateModel(name="Order", fields=[("id", models.AutoField(primary_key=True))], options={})'


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        pytest.param([CREATE], {"shop_order"}, id="created"),
        pytest.param([CREATE.replace("options={}", 'options={"db_table": "old"}')], {"old"}, id="with a given name"),
        pytest.param([CREATE.replace("options={}", 'options={"proxy": True}')], set(), id="proxy"),
        pytest.param([CREATE, 'migrations.DeleteModel(name="Order")'], set(), id="dropped"),
        pytest.param([CREATE, 'migrations.DeleteModel("Order")', CREATE], {"shop_order"}, id="made again"),
        pytest.param([CREATE, 'migrations.RenameModel("Order", "Sale")'], {"shop_sale"}, id="renamed"),
        pytest.param([CREATE, 'migrations.AlterModelTable("order", "sales")'], {"sales"}, id="other table"),
        pytest.param(
            [CREATE, 'migrations.AlterModelTable("order", "sales")', 'migrations.AlterModelTable("order", table=None)'],
            {"shop_order"},
            id="the table of the name again",
        ),
        pytest.param(
            [CREATE, 'migrations.RunSQL("ALTER TABLE shop_order_id_seq RENAME TO sales_id_seq")'],
            {"shop_order"},
            id="a sequence renamed",
        ),
        pytest.param(
            [CREATE.replace("options={}", 'options={"db_table": "old"}'), 'migrations.DeleteModel("Order")'],
            set(),
            id="dropped under a given name",
        ),
        pytest.param(
            [CREATE, 'migrations.AlterModelTable("order", "sales")', 'migrations.DeleteModel("Order")'],
            set(),
            id="dropped under another table",
        ),
        pytest.param(
            ["migrations.RunSQL('CREATE TABLE shop_log (id integer primary key);')"],
            {"shop_log"},
            id="made by SQL",
        ),
        pytest.param(
            [CREATE, "migrations.RunSQL('ALTER TABLE shop_order RENAME total TO total_old;')"],
            {"shop_order"},
            id="column renamed by SQL",
        ),
        pytest.param(
            ["migrations.RunSQL(['CREATE TABLE shop_log (id integer)', 'CREATE TABLE shop_note (id integer)', 'DROP TABLE shop_log'])"],
            {"shop_note"},
            id="made by several statements",
        ),
    ],
)  # fmt: skip
def test_tables_that_only_migrations_know(draw: Draw, operations: list[str], expected: set[str]) -> None:
    app = draw(_migrations(*operations))
    assert app.tables() == dict.fromkeys(expected, "migration")


def test_tables_and_views_that_code_in_a_migration_makes(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/migrations/0001_log.py": """
                from django.db import migrations
                def forth(apps, schema_editor):
                    schema_editor.execute("CREATE TABLE shop_log (id integer primary key)")
                    with schema_editor.connection.cursor() as cursor:
                        cursor.execute("CREATE VIEW late AS SELECT id FROM shop_log")
                def back(apps, schema_editor):
                    schema_editor.execute("DROP VIEW late")
                    schema_editor.execute("DROP TABLE shop_log")
                class Migration(migrations.Migration):
                    operations = [migrations.RunPython(forth, back)]
                """,
        }
    )
    assert app.tables() == {"shop_log": "migration", "late": "migration"}


def test_a_migration_adds_nothing_to_what_models_tell(draw: Draw) -> None:
    files = {**_migrations(CREATE), "shop/models.py": "from django.db import models\nclass Order(models.Model): pass"}
    app = draw(files)
    assert app.tables() == {"shop_order": "model"}
    assert not any(definition.file.startswith("shop/migrations") for definition in app.system.definitions)


def test_a_migration_is_of_the_app_that_its_configuration_labels(draw: Draw) -> None:
    files = {
        **_migrations(
            CREATE.replace("Order", "Old"), CREATE, 'migrations.AddField("order", "x", models.IntegerField())'
        ),
        "shop/apps.py": """
            from django.apps import AppConfig
            class ShopConfig(AppConfig):
                name = "shop"
                label = "till"
        """,
        "shop/models.py": "from django.db import models\nclass Order(models.Model): x = models.IntegerField()",
    }
    assert draw(files).tables() == {"till_order": "model", "till_old": "migration"}


def test_a_migration_names_a_model_by_a_setting(draw: Draw) -> None:
    key = 'migrations.AddField("order", "by", models.ForeignKey(to=settings.CLIENT_MODEL, on_delete=models.CASCADE))'
    app = draw({**_migrations(CREATE, key), "settings.py": 'CLIENT_MODEL = "shop.Client"\n'})
    assert [k.target_table for k in app.system.foreign_keys] == ["shop_client"]


def test_evidence_of_a_migration(draw: Draw) -> None:
    table = draw(_migrations(CREATE)).table("shop_order")
    assert (table.file, table.line, table.model) == ("shop/migrations/0001_step.py", 4, "")


def test_models_are_found_by_the_names_that_their_registry_knows(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/catalogue/__init__.py": "",
            "shop/catalogue/managers.py": "from django.db import models\nclass Products(models.QuerySet): pass\n",
            "shop/loading.py": """
                from importlib import import_module
                from django.apps import apps
                def get_model(label, name): return apps.get_model(label, name)
                def get_classes(module, names): return [getattr(import_module(module), name) for name in names]
                """,
            "shop/catalogue/models.py": """
                from django.db import models
                from shop.loading import get_classes
                Products, = get_classes("catalogue.managers", ["Products"])
                class Product(models.Model):
                    objects = Products.as_manager()
                """,
            "shop/views.py": """
                from shop.loading import get_model
                Product = get_model("catalogue", "product")
                def f(): return Product.objects.count()
                """,
        }
    )
    assert ("shop.views:f", "read", "catalogue_product") in app.accesses()


GENERIC = {
    "shop/__init__.py": "",
    "shop/models.py": MODELS,
    "shop/forms.py": """
        from django import forms
        from shop.models import Customer
        class CustomerForm(forms.ModelForm):
            class Meta:
                model = Customer
        Customers = forms.modelformset_factory(Customer, CustomerForm)
        """,
    "shop/serializers.py": """
        from rest_framework import serializers
        from shop.models import Customer
        class CustomerSerializer(serializers.ModelSerializer):
            class Meta: model = Customer
        """,
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(data): return CustomerForm(data).save().orders.count()", {"insert shop_customer", "read shop_order"}),
        ("def f(data): Customers(data).save()", {"insert shop_customer", "update shop_customer"}),
        ("def f(data): CustomerSerializer(data=data).save()", {"insert shop_customer"}),
        ("def f(row, data): CustomerSerializer(row, data=data).save()", {"update shop_customer"}),
        (
            ("class V(generics.RetrieveAPIView):\n    serializer_class = CustomerSerializer\n"
            "    def f(self): return self.get_object().orders.count()"),
            {"read shop_customer", "read shop_order"},
        ),
        (
            ("class V(generic.DetailView):\n    queryset = Customer.objects.filter(name='x')\n"
            "    def f(self): return list(self.get_queryset())"),
            {"read shop_customer"},
        ),
        (
            ("class V(generic.CreateView):\n    form_class = CustomerForm\n"
            "    def f(self, form): return super().form_valid(form)"),
            {"insert shop_customer"},
        ),
        (
            ("class V(generic.UpdateView):\n    def get_queryset(self): return Customer.objects.all()\n"
            "    def f(self): return self.object.orders.count()"),
            {"read shop_order"},
        ),
        (
            "class V(admin.ModelAdmin):\n    def f(self, request, customer): return customer.orders.count()",
            {"read shop_order"},
        ),
        ("def f(order): return order.customer.name", {"read shop_customer"}),
        ("def f(request): return request.user.orders_seen.count()", set()),
    ],
)  # fmt: skip
def test_what_works_on_the_model_that_it_names(draw: Draw, source: str, expected: set[str]) -> None:
    imports = (
        "from django.views import generic\nfrom django.contrib import admin\nfrom rest_framework import generics\n"
        "from shop.forms import CustomerForm, Customers\nfrom shop.models import Customer\n"
        "from shop.serializers import CustomerSerializer\n"
    )
    app = draw({**GENERIC, "shop/m.py": imports + source})
    found = app.system.accesses
    assert {f"{a.operation} {a.table}" for a in found if a.definition in ("shop.m:f", "shop.m:V.f")} == expected


def test_what_rests_on_the_name_of_a_parameter_is_inferred(draw: Draw) -> None:
    app = draw(
        {**GENERIC, "shop/m.py": "def f(order): return order.customer.name\ndef g(order, x=1): return x\ng(2)\n"}
    )
    found = {(a.definition, a.resolution) for a in app.system.accesses if a.definition.startswith("shop.m:")}
    assert found == {("shop.m:f", "inferred")}


def test_a_class_with_fields_is_a_model_even_where_its_base_is_not_in_view(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models
                from elsewhere.models import TimeStamped
                class Place(TimeStamped):
                    name = models.CharField()
                """,
            "shop/m.py": "from shop.models import Place\ndef f(): return Place.objects.filter(name=1).count()\n",
        }
    )
    assert app.accesses() == {("shop.m:f", "read", "shop_place")}


def test_the_user_of_the_framework_knows_what_points_to_it(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.conf import settings
                from django.db import models
                class Basket(models.Model):
                    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="baskets")
                """,
            "shop/m.py": "def f(request): return request.user.baskets.count()\n",
        }
    )
    assert app.accesses() == {("shop.m:f", "read", "shop_basket")}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(request): return render(request, 'x.html', {'them': Customer.objects.all()})", {("read", "shop_customer", "inferred")}),
        (
            ("def f(request):\n    them = {}\n    them['x'] = Customer.objects.filter(orders__status=1)\n"
            "    return render_to_string('x.html', them)"),
            {("read", "shop_customer", "inferred"), ("read", "shop_order", "inferred")},
        ),
        ("def f(request): return render_template('x.html', them=Customer.objects.all())", {("read", "shop_customer", "inferred")}),
        ("def f(request): return render(request, 'x.html', {'one': Customer()})", set()),
    ],
)  # fmt: skip
def test_queries_that_a_template_is_given_run_when_it_is_rendered(
    draw: Draw, source: str, expected: set[tuple[str, str, str]]
) -> None:
    imports = (
        "from django.shortcuts import render\nfrom django.template.loader import render_to_string\n"
        "from flask import render_template\nfrom shop.models import Customer\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/m.py": imports + source})
    found = {
        (a.operation, a.table, a.resolution)
        for a in app.system.accesses
        if a.definition == "shop.m:f" and a.role == "execute"
    }
    assert found == expected


RICH = """
    from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
    from django.db import models
    from django.db.models.functions import Lower
    class Customer(models.Model):
        name = models.CharField(max_length=80, unique=True)
    class OrderQuerySet(models.QuerySet):
        def late(self): return self.filter(late=True)
    class Label(models.Model):
        thing = GenericForeignKey("content_type", "object_id")
    class Tag(models.Model): pass
    class Order(models.Model):
        customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")
        tags = models.ManyToManyField(Tag)
        labels = GenericRelation(Label)
        objects = OrderQuerySet.as_manager()
    class RushOrder(Order):
        courier = models.CharField(max_length=9)
    class Counted(models.Model):
        number = models.IntegerField()
        def save(self, *args, **kwargs):
            super().save(*args, **kwargs)
    class Shift(models.Model):
        day, person, open = models.DateField(), models.CharField(), models.BooleanField()
        class Meta:
            constraints = [models.UniqueConstraint(fields=["day", "person"], name="once")]
    class NightShift(models.Model):
        day, person = models.DateField(), models.CharField()
        class Meta:
            constraints = [models.CheckConstraint(check=models.Q(day=1), name="day")]
    class Badge(models.Model):
        text = models.CharField()
        class Meta:
            constraints = [models.UniqueConstraint(Lower("text"), name="of_any_case")]
"""

RELATED = [
    ("Customer.objects.get(id=1).orders.late().count()", {"read shop_customer", "read shop_order"}),
    ("RushOrder.objects.get(id=1)", {"read shop_rushorder", "read shop_order"}),
    ("RushOrder.objects.filter(customer=1).count()", {"read shop_rushorder", "read shop_order"}),
    ("RushOrder.objects.count()", {"read shop_rushorder"}),
    (
        "RushOrder(courier='x').save()",
        {"insert shop_rushorder", "insert shop_order"},
    ),
    ("Order.objects.get(id=1).rushorder", {"read shop_order", "read shop_rushorder"}),
    ("Order.objects.get(id=1).labels.count()", {"read shop_order", "read shop_label"}),
    ("Order.objects.filter(labels__id=1).count()", {"read shop_order", "read shop_label"}),
    ("Label.objects.get(id=1).thing", {"read shop_label", "read shop_order", "read shop_rushorder"}),
    ("list(Order.objects.prefetch_related('tags'))", {"read shop_order", "read shop_tag", "read shop_order_tags"}),
    ("Order.objects.prefetch_related('tags').count()", {"read shop_order"}),
    ("list(Order.objects.select_related('customer').values_list('id'))", {"read shop_order"}),
    ("list(Order.objects.select_related())", {"read shop_order", "read shop_customer"}),
    ("Order.objects.select_related().get(id=1).customer.name", {"read shop_order", "read shop_customer"}),
    ("list(Order.objects.select_related(None))", {"read shop_order"}),
    ("return Order.objects.none()", set()),
    ("if Order and Order.objects.all(): pass", {"read shop_order"}),
    ("while not Order or Order.objects.all(): pass", {"read shop_order"}),
    ("return Order.objects.all() or []", {"read shop_order"}),
    ("return [] or Order.objects.all()", {"read shop_order"}),
    ("Order(customer=1).full_clean()", {"read shop_customer"}),
    ("Customer(name='x').full_clean()", {"read shop_customer"}),
    ("Shift(day=1).full_clean()", {"read shop_shift"}),
    ("NightShift(day=1).full_clean()", set()),
    ("Badge(text='x').full_clean()", {"read shop_badge"}),
    ("Counted.objects.create(number=1)", set()),
    ("Counted.objects.get_or_create(number=1)", {"read shop_counted"}),
]


@pytest.mark.parametrize(("body", "expected"), RELATED)
def test_what_relations_and_inherited_models_read_and_write(draw: Draw, body: str, expected: set[str]) -> None:
    source = f"from shop.models import Badge, Counted, Customer, Label, NightShift, Order, RushOrder, Shift\ndef f():\n    {body}\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": RICH, "shop/m.py": source})
    assert {f"{a.operation} {a.table}" for a in app.system.accesses if a.definition == "shop.m:f"} == expected


def test_deleting_looks_for_the_rows_of_other_kinds_and_deletes_what_is_told_of_the_row(draw: Draw) -> None:
    source = "from shop.models import Order\ndef f(order: Order): order.delete()\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": RICH, "shop/m.py": source})
    assert {f"{a.operation} {a.table}" for a in app.system.accesses if a.definition == "shop.m:f"} == {
        "delete shop_order", "delete shop_order_tags", "delete shop_label", "delete shop_rushorder", "read shop_rushorder",
        "read shop_order",
    }  # fmt: skip


def test_a_model_that_saves_itself_writes_its_rows_itself(draw: Draw) -> None:
    source = "from shop.models import Counted\ndef f(): Counted.objects.create(number=1)\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": RICH, "shop/m.py": source})
    assert ("shop.models:Counted.save", "insert", "shop_counted") in app.accesses()
    assert ("shop.m:f", "shop.models:Counted.save") in {(d.source, d.target) for d in app.system.dependencies}


@pytest.mark.parametrize(
    "connected",
    [
        "@receiver(post_save, sender=Order)\ndef f(sender, instance, **kwargs): instance.customer.name",
        "def f(sender, instance, **kwargs): instance.customer.name\npost_save.connect(f, Order)",
        "def f(**kwargs): kwargs['instance'].customer.name\nmodels.signals.post_save.connect(f, sender=Order)",
        (
            "def once(function):\n    def run(*args, **kwargs): return function(*args, **kwargs)\n    return run\n"
            "@once\ndef f(**kwargs): kwargs['instance'].customer.name\npost_save.connect(f, sender=Order)"
        ),
    ],
)
def test_receivers_of_a_signal_are_given_the_object(draw: Draw, connected: str) -> None:
    imports = (
        "from django.db import models\nfrom django.db.models.signals import post_save\nfrom django.dispatch import receiver\n"
        "from shop.models import Order\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": RICH, "shop/m.py": imports + connected})
    assert ("shop.m:f", "read", "shop_customer") in app.accesses()


FORMS = """
    from django import forms
    from shop.models import Counted, Customer, Order, Tag
    class OrderForm(forms.ModelForm):
        class Meta:
            model = Order
            fields = ["customer", "tags"]
    class CustomerForm(forms.ModelForm):
        class Meta:
            model = Customer
            fields = "__all__"
    class Pick(forms.Form):
        tag = forms.ModelChoiceField(queryset=Tag.objects.all())
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("OrderForm(data).is_valid()", {"read shop_customer", "read shop_tag"}),
        ("CustomerForm(data).is_valid()", {"read shop_customer"}),
        ("Pick(data).is_valid()", {"read shop_tag"}),
        ("OrderForm(data).save(commit=False)", set()),
        ("OrderForm(data).save_m2m()", {"read shop_order_tags", "insert shop_order_tags"}),
        (
            "OrderForm(data).save()",
            {"insert shop_order", "read shop_order_tags", "insert shop_order_tags"},
        ),
        ("OrderForm(instance=data)", {"read shop_order_tags", "read shop_tag"}),
        ("render(data, 'x.html', {'form': Pick()})", {"read shop_tag"}),
    ],
)
def test_what_forms_look_up(draw: Draw, body: str, expected: set[str]) -> None:
    source = f"from django.shortcuts import render\nfrom shop.forms import *\ndef f(data):\n    {body}\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": RICH, "shop/forms.py": FORMS, "shop/m.py": source})
    assert {f"{a.operation} {a.table}" for a in app.system.accesses if a.definition == "shop.m:f"} == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "class V(UpdateView):\n    model = Customer\n    def dispatch(self, r): return super().dispatch(r)",
            {"read", "update"},
        ),
        (
            (
                "class V(UpdateView):\n    model = Customer\n    def get_object(self): return None\n"
                "    def get(self, r): return None\n    def post(self, r): return None\n"
                "    def dispatch(self, r): return super().dispatch(r)"
            ),
            set(),
        ),
        (
            (
                "class V(ListView):\n    model = Customer\n    paginate_by = 5\n"
                "    def dispatch(self, **kw): return super().get_context_data(**kw)"
            ),
            {"read"},
        ),
        (
            "class V(ListView):\n    model = Customer\n    def dispatch(self, **kw): return super().get_context_data(**kw)",
            set(),
        ),
        (
            "class V(FormView):\n    form_class = CustomerForm\n    def dispatch(self, form): self.get_form().save()",
            {"insert", "update"},
        ),
        (
            (
                "class V(generics.CreateAPIView):\n    queryset = Customer.objects.all()\n    serializer_class = S\n"
                "    def dispatch(self, r): return super().dispatch(r)"
            ),
            {"insert", "read"},
        ),
    ],
)
def test_views_call_their_own_methods(draw: Draw, body: str, expected: set[str]) -> None:
    imports = (
        "from django.views.generic import FormView, ListView, UpdateView\nfrom rest_framework import generics, serializers\n"
        "from shop.forms import CustomerForm\nfrom shop.models import Customer\n"
        "class S(serializers.ModelSerializer):\n    class Meta:\n        model = Customer\n        fields = '__all__'\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": RICH, "shop/forms.py": FORMS, "shop/m.py": imports + body})
    found = {
        a.operation for a in app.system.accesses if a.definition == "shop.m:V.dispatch" and a.table == "shop_customer"
    }
    assert found == expected


def test_what_a_view_hands_to_its_methods_is_known(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": RICH,
            "shop/forms.py": FORMS,
            "shop/m.py": """
                from django.views.generic import CreateView
                from shop.forms import OrderForm
                class V(CreateView):
                    form_class = OrderForm
                    def form_valid(self, form):
                        order = form.save(commit=False)
                        return order.customer.name
                """,
        }
    )
    assert ("shop.m:V.form_valid", "read", "shop_customer") in app.accesses()


def test_managers_whose_base_is_not_in_view(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models
                from somewhere import RowManager, RowQuerySet
                class Mine(RowManager):
                    def open(self): return self.filter(open=True)
                class Rows(RowQuerySet): pass
                class Order(models.Model):
                    objects = Mine()
                    rows = Rows.as_manager()
                    others = RowManager()
                def f(): return Order.objects.open().count()
                def g(): return Order.rows.count()
                def h(): return Order.others.count()
                """,
        }
    )
    assert app.accesses() >= {(f"shop.models:{name}", "read", "shop_order") for name in "fgh"}


BEGUN = [
    pytest.param("Order.objects.filter(id=1).late().count()", id="of a query"),
    pytest.param("Order.objects.all().late().count()", id="of all rows"),
    pytest.param("Order.objects.get_queryset().late().count()", id="asked for itself"),
    pytest.param("Customer.objects.get(id=1).order_set.exclude(id=1).late().count()", id="of related rows"),
]


@pytest.mark.parametrize("query", BEGUN)
def test_a_managers_queries_begin_with_what_its_own_method_gives(draw: Draw, query: str) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models
                class Mail(models.Model):
                    text = models.TextField()
                class OrderQuerySet(models.QuerySet):
                    def late(self): return self.filter(mail__text=1)
                class OrderManager(models.Manager):
                    def get_queryset(self): return OrderQuerySet(self.model, using=self._db)
                class Customer(models.Model): pass
                class Order(models.Model):
                    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
                    mail = models.ForeignKey(Mail, on_delete=models.CASCADE)
                    objects = OrderManager()
                """,
            "shop/m.py": f"from shop.models import Customer, Order\ndef f(): return {query}\n",
        }
    )
    read = {(operation, table) for d, operation, table in app.accesses() if d == "shop.m:f"}
    assert read - {("read", "shop_customer")} == {("read", "shop_order"), ("read", "shop_mail")}
    assert app.calls() >= {
        ("shop.m:f", "shop.models:OrderManager.get_queryset"),
        ("shop.m:f", "shop.models:OrderQuerySet.late"),
    }


TEMPLATES = [
    ("{% for order in customer.orders.all %}{{ order.id }}{% endfor %}", {"read shop_order"}),
    ("{{ customer.orders.count }}", {"read shop_order"}),
    ("{% if order.tags.all %}x{% endif %}", {"read shop_tag", "read shop_order_tags"}),
    ("Order{{ order.tags.all|pluralize }}", {"read shop_tag", "read shop_order_tags"}),
    ("{% if order.tags %}x{% endif %}{{ order.tags.none }}", set()),
    ("{{ order.customer.name }}", {"read shop_customer"}),
    ("{{ order.customer_id }}{# order.customer.name #}{% comment %}{{ order.customer.name }}{% endcomment %}", set()),
    ("{% for o in many %}{{ o.customer.name }}{% endfor %}", {"read shop_order", "read shop_customer"}),
    ("{% for o in along %}{{ o.customer.name }}{% endfor %}", {"read shop_order", "read shop_customer"}),
    ("{% with c=order.customer %}{{ c.orders.first.id }}{% endwith %}", {"read shop_customer", "read shop_order"}),
    ("{% include 'shop/part.html' %}", {"read shop_customer"}),
    ("{% extends 'shop/part.html' %}", {"read shop_customer"}),
    ("{% extends short|yesno:'shop/none.html,shop/part.html' %}", {"read shop_customer"}),
    ("{% include 'shop/page.html' %}", set()),
    ("{% include 'shop/page.html' with o=order %}{{ o.customer.orders.all }}", {"read shop_customer"}),
    ("{% load shop_tags %}{% for o in customer|orders_of %}{{ o.id }}{% endfor %}", {"read shop_order"}),
    ("{% if customer.orders.late %}x{% endif %}", {"read shop_order"}),
    ("{% load shop_tags %}{% menu %}", {"read shop_tag"}),
    ("{% load shop_tags %}{% latest as newest %}{{ newest.customer.name }}", {"read shop_customer"}),
    ("{{ customer.nothing.at.all }}{{ unknown.orders.all }}{% include missing %}{% for %}{{ ", set()),
]


@pytest.mark.parametrize(("template", "expected"), TEMPLATES)
def test_what_a_template_asks_for_is_read_where_it_is_rendered(draw: Draw, template: str, expected: set[str]) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": RICH,
            "shop/templates/shop/show.html": template,
            "shop/templates/shop/part.html": "{{ order.customer.name }}",
            "shop/templatetags/__init__.py": "",
            "shop/templatetags/shop_tags.py": """
                from django import template
                from shop.models import Customer, Order, Tag
                register = template.Library()
                @register.filter
                def orders_of(customer: Customer): return customer.orders.all()
                @register.inclusion_tag("shop/menu.html", name="menu")
                def show_menu(): return {"tags": Tag.objects.all()}
                @register.simple_tag
                def latest(): return Order.objects.first()
                """,
            "shop/templates/shop/menu.html": "{% for tag in tags %}{{ tag.id }}{% endfor %}",
            "shop/views.py": """
                from django.shortcuts import render
                from shop.models import Customer, Order
                def show(request, customer: Customer, order: Order, many, along):
                    return render(request, "shop/show.html", {"customer": customer, "order": order})
                def lists(request):
                    context = {"many": Order.objects.all()}
                    context["along"] = Order.objects.select_related("customer")
                    return render(request, "shop/show.html", context)
                class Page:
                    template_name = ""
                    def show(self, request): return render(request, self.template_name, {"o": Order()})
                class OrderPage(Page):
                    template_name = "shop/page.html"
                def page(request): return OrderPage().show(request)
                """,
            "shop/templates/shop/page.html": "{{ o.customer.name }}",
        }
    )
    assert ("shop.views:Page.show", "read", "shop_customer") in app.accesses()
    found = {
        f"{a.operation} {a.table}"
        for a in app.system.accesses
        if a.definition in ("shop.views:show", "shop.views:lists") and a.rule.startswith("shown by the template")
    }
    # What is given to a template counts as read anyway; so do the rows that are loaded along with it.
    given = {"read shop_order", "read shop_customer"} if "many" in template or "along" in template else set()
    assert found | given == expected


def test_tags_and_filters_read_what_templates_give_them(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models
                class Customer(models.Model):
                    name = models.CharField(max_length=9)
                class Tag(models.Model): pass
                class Order(models.Model):
                    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
            """,
            "shop/templatetags/__init__.py": "",
            "shop/templatetags/shop_tags.py": """
                from django import template
                from django.template.loader import render_to_string
                register = template.Library()

                @register.filter
                def names(rows): return [row.name for row in rows]
                @register.simple_tag
                def listed(title, rows=(), *, of=None): return [title, of.customer.name, *rows]
                @register.simple_tag(takes_context=True)
                def boxed(context, **shown):
                    return render_to_string("shop/box.html", {"form": shown["form"] if "form" in shown else context["form"]})
                @register.simple_tag(takes_context=True)
                def other(context): return len(context["nothing"])
            """,
            "shop/views.py": """
                from django import forms
                from django.shortcuts import render
                from django.views.generic import UpdateView
                from shop.models import Customer, Order, Tag

                class OrderForm(forms.ModelForm):
                    class Meta:
                        model = Order
                        fields = ["customer"]
                class Edit(UpdateView):
                    model = Order
                    form_class = OrderForm
                    template_name = "shop/edit.html"
                def show(request):
                    given = {"customers": Customer.objects.all(), "tags": Tag.objects.all(), "order": Order()}
                    return render(request, "shop/show.html", given)
            """,
            "shop/templates/shop/show.html": '{% include "shop/part.html" with them=customers %}',
            "shop/templates/shop/part.html": '{{ them|names }}{% listed "a b" tags of=order %}',
            "shop/templates/shop/edit.html": "{% boxed %}{% other %}",
            "shop/templates/shop/box.html": "{{ form }}",
        }
    )
    found = {
        f"{a.definition.rpartition(':')[2]} {a.operation} {a.table}"
        for a in app.system.accesses
        if a.definition.startswith("shop.templatetags.")
    }
    assert found == {
        "names read shop_customer",
        "listed read shop_tag",
        "listed read shop_customer",
        "boxed read shop_customer",
    }


def test_a_template_that_several_views_share_hands_on_what_each_gives_it(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models
                class Customer(models.Model): pass
                class Tag(models.Model): pass
            """,
            "shop/templatetags/__init__.py": "",
            "shop/templatetags/shop_tags.py": """
                from django import template
                register = template.Library()
                @register.filter
                def ids(rows): return [row.id for row in rows]
                @register.simple_tag(takes_context=True)
                def all_of(context): return list(context["others"])
            """,
            "shop/views.py": """
                from django.shortcuts import render
                from django.views.generic import ListView
                from shop.models import Customer, Tag
                def customers(request): return render(request, "shop/page.html", {"them": Customer.objects.all()})
                def tags(request): return render(request, "shop/page.html", {"them": Tag.objects.all()})
                class Alone(ListView):
                    model = Tag
                    template_name = "shop/list.html"
                class WithOthers(Alone):
                    def get_context_data(self): return {"others": Customer.objects.all()}
            """,
            "shop/templates/shop/page.html": '{% include "shop/part.html" %}',
            "shop/templates/shop/part.html": "{% for each in them|ids %}{{ each }}{% endfor %}",
            "shop/templates/shop/list.html": "{% all_of %}",
        }
    )
    found = {
        (a.definition.rpartition(".")[2], a.table) for a in app.system.accesses if ".templatetags." in a.definition
    }
    assert found == {
        ("shop_tags:ids", "shop_customer"),
        ("shop_tags:ids", "shop_tag"),
        ("shop_tags:all_of", "shop_customer"),
    }


def test_choices_of_more_forms_than_one_line_is_told_of_are_guessed(draw: Draw) -> None:
    count = 10
    fields = "".join(f"    ref{n} = models.ForeignKey(Kind{n}, on_delete=models.CASCADE)\n" for n in range(count))
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": "from django.db import models\n"
            + "".join(f"class Kind{n}(models.Model): pass\n" for n in range(count))
            + f"class Order(models.Model):\n{fields}",
            "shop/views.py": "from django import forms\nfrom django.shortcuts import render\nfrom shop.models import Order\n"
            "def show(request, form): return render(request, 'show.html', {'form': form})\n"
            + "".join(
                f"class Form{n}(forms.ModelForm):\n    class Meta:\n        model = Order\n        fields = ['ref{n}']\n"
                f"def view{n}(request): return show(request, Form{n}())\n"
                for n in range(count)
            ),
        }
    )
    tables = {f"shop_kind{n}" for n in range(count)}
    assert {a.table for a in app.system.alternatives if a.definition == "shop.views:show"} == tables
    assert any(s.definition == "shop.views:show" and s.kind == "unknown table" for s in app.system.blind_spots)


def test_a_template_does_not_read_again_what_the_view_has_loaded(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": RICH,
            "shop/templates/show.html": "{{ order.customer.name }}",
            "shop/views.py": """
                from django.shortcuts import get_object_or_404, render
                from shop.models import Order
                def fetch(id): return get_object_or_404(Order.objects.select_related("customer"), id=id)
                def show(request, id):
                    order = fetch(id)
                    return render(request, "show.html", {"order": order})
                """,
        }
    )
    assert not [a for a in app.system.accesses if a.definition == "shop.views:show"]


def test_a_context_whose_plain_list_is_replaced_by_a_query_is_read(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            from django.db import models
            class Order(models.Model):
                note = models.TextField()
            """,
            "shop/templates/show.html": "{% for kind in kinds %}{{ kind.note }}{% endfor %}",
            "shop/views.py": """
            from django.shortcuts import render
            from shop.models import Order
            def show(request):
                context = {"kinds": ["a", "b"], "rest": Order.objects.none()}
                context["kinds"] = Order.objects.all()
                return render(request, "show.html", context)
            """,
        }
    )
    assert ("shop.views:show", "read", "shop_order") in app.accesses()


def test_the_rows_between_and_what_a_relation_is_set_to(draw: Draw) -> None:
    source = """
        from shop.models import Order
        Between = Order.tags.through
        def make(): Between.objects.bulk_create([Between(order_id=1, tag_id=1)])
        def put(order: Order, tags): order.tags.set(tags)
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": RICH, "shop/m.py": source})
    assert ("shop.m:make", "insert", "shop_order_tags") in app.accesses()
    assert ("shop.m:put", "read", "shop_tag") in app.accesses()


def test_a_query_that_another_function_makes_is_built_there(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": RICH,
            "shop/queries.py": "from shop.models import Order\ndef late(): return Order.objects.late()\n",
            "shop/views.py": "from shop import queries\ndef show(): return queries.late()\n",
        }
    )
    assert {definition for definition, _, table in app.accesses() if table == "shop_order"} == {
        "shop.models:OrderQuerySet.late"
    }


def test_a_module_inside_a_package_that_takes_all_names_from_its_modules(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": RICH,
            "shop/views/__init__.py": "from .pages import *\n",
            "shop/views/access.py": "from shop.models import Order\ndef find(): return Order.objects.get(id=1)\n",
            "shop/views/pages.py": "from shop.views import access\ndef show(): access.find().save()\n",
        }
    )
    assert ("shop.views.pages:show", "update", "shop_order") in app.accesses()


def test_what_generic_views_do_is_told_again_of_the_innermost_middleware(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": RICH,
            "shop/settings.py": 'MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "shop.ware.Outer", "shop.ware.Inner", "shop.ware.Hooked"]',
            "shop/ware.py": """
                from django.utils.deprecation import MiddlewareMixin
                class Hooked(MiddlewareMixin):
                    def process_request(self, request): request.hooked = True
                class Outer:
                    def __init__(self, get_response): self.get_response = get_response
                    def __call__(self, request): return self.get_response(request)
                class Inner:
                    def __init__(self, get_response): self.get_response = get_response
                    def __call__(self, request): return self.get_response(request)
                """,
            "shop/templates/shop/order_detail.html": "{% for tag in order.tags.all %}{{ tag.id }}{% endfor %}{{ late.first.id }}",
            "shop/views.py": """
                from django.views.generic import DetailView, UpdateView
                from shop.models import Customer, Order, RushOrder
                class Show(DetailView):
                    model = Order
                    def get_context_data(self, **kwargs):
                        context = super().get_context_data(**kwargs)
                        context["late"] = RushOrder.objects.late()
                        return context
                class Change(UpdateView):
                    model = Customer
                class Told(UpdateView):
                    model = Order
                    def form_valid(self, form): return super().form_valid(form)
                """,
        }
    )
    assert {(a.definition, a.operation, a.table) for a in app.system.flushes} == {
        ("shop.ware:Inner.__call__", operation, table)
        for operation, table in [
            ("read", "shop_order"), ("read", "shop_tag"), ("read", "shop_order_tags"), ("read", "shop_rushorder"),
            ("read", "shop_customer"), ("update", "shop_customer"),
        ]
    }  # fmt: skip
    assert not [a for a in app.system.accesses if a.definition == "shop.ware:Inner.__call__"]


def test_below_a_middleware_a_row_that_saves_itself_and_pages_of_the_admin_are_not_told_again(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/settings.py": 'MIDDLEWARE = ["shop.ware.Inner"]',
            "shop/ware.py": """
                class Inner:
                    def __init__(self, get_response): self.get_response = get_response
                    def __call__(self, request): return self.get_response(request)
                """,
            "shop/models.py": """
                from django.db import models
                class Order(models.Model): pass
                class Bill(models.Model):
                    def save(self, **kwargs): super().save(**kwargs)
                """,
            "shop/admin.py": """
                from django.contrib import admin
                from shop.models import Order
                @admin.register(Order)
                class OrderAdmin(admin.ModelAdmin): pass
                """,
            "shop/views.py": """
                from django.views.generic import CreateView
                from shop.models import Bill
                class New(CreateView):
                    model = Bill
                """,
        }
    )
    assert not app.system.flushes


def test_models_that_a_library_keeps_in_one_table(draw: Draw) -> None:
    source = """
        from django.db import models
        from typedmodels.models import TypedModel

        class Owner(models.Model): pass
        class Animal(TypedModel):
            name = models.CharField(max_length=9)
        class Cat(Animal):
            owner = models.ForeignKey(Owner, on_delete=models.CASCADE)
        class Lion(Cat): pass
        def cats(): return list(Cat.objects.filter(owner__id=1))
        def lions(): return Lion.objects.count()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": source})
    assert {t.name: [c.name for c in t.columns] for t in app.system.tables} == {
        "shop_owner": ["id"],
        "shop_animal": ["id", "name", "owner_id"],
    }
    assert {(k.table, k.target_table) for k in app.system.foreign_keys} == {("shop_animal", "shop_owner")}
    assert {(a.definition, a.operation, a.table) for a in app.system.accesses if a.role == "execute"} >= {
        ("shop.models:cats", "read", "shop_animal"),
        ("shop.models:lions", "read", "shop_animal"),
    }


def test_a_model_below_an_installed_package_is_of_that_app(draw: Draw) -> None:
    app = draw({
        "stores/__init__.py": "",
        "site/settings.py": 'INSTALLED_APPS = ["django.contrib.auth", "stores"]\n',
        "stores/cloud/__init__.py": "",
        "stores/cloud/models.py": "from django.db import models\n\nclass Bucket(models.Model):\n    name = models.CharField(max_length=9)\n",
    })  # fmt: skip
    assert [table.name for table in app.system.tables] == ["stores_bucket"]


def test_the_manager_of_sites_knows_the_current_one(draw: Draw) -> None:
    source = """
    from django.contrib.sites.models import Site
    from django.db import models
    class Notice(models.Model):
        site = models.ForeignKey(Site, on_delete=models.CASCADE)
    def current(): return Site.objects.get_current()
    def notices(): return list(current().notice_set.all())
    """
    app = draw(textwrap.dedent(source))
    assert ("m:current", "read", "django_site") in app.accesses()
    assert ("m:notices", "read", "m_notice") in app.accesses()
