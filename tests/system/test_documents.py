"""Documents of MongoDB: collections, the references between those of MongoEngine, and what reads and writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
import mongoengine as me
from mongoengine import CASCADE, Document, EmbeddedDocument, ListField, ReferenceField, StringField

class Base(Document):
    meta = {"abstract": True}

class User(Base):
    name = StringField(unique=True, db_field="n")

class Address(EmbeddedDocument):
    street = StringField()

class Order(Document):
    meta = {"collection": "shop_orders", "allow_inheritance": True}
    user = ReferenceField(User, reverse_delete_rule=CASCADE)
    tags = ListField(me.ReferenceField("OrderTag"))

class OrderTag(me.Document):
    slug = me.StringField(primary_key=True)

class Special(Order): pass
"""


def test_documents_are_tables_and_references_keys_that_nobody_checks(draw: Draw) -> None:
    app = draw({"m.py": MODELS})
    assert {table.name: [c.name for c in table.columns] for table in app.system.tables} == {
        "shop_orders": ["id", "user", "tags"],
        "order_tag": ["slug"],
        "user": ["id", "n"],
    }
    keys = {(k.table, k.columns, k.target_table, k.on_delete, k.enforced) for k in app.system.foreign_keys}
    assert keys == {
        ("shop_orders", ("user",), "user", "CASCADE", False),
        ("shop_orders", ("tags",), "order_tag", "NO ACTION", False),
    }


def test_what_reads_and_writes_documents(draw: Draw) -> None:
    app = draw(
        {
            "m.py": MODELS,
            "use.py": """
                from m import Order, OrderTag, Special, User

                def find():
                    return Order.objects(user=1).first()
                def name():
                    return find().user.name
                def sweep():
                    for tag in OrderTag.objects.filter(slug="x"):
                        tag.delete()
                def change(): Special.objects(user=1).update(set__user=None)
                def add(): User.objects.create(name="x")
                def count(): return OrderTag.objects.count()
            """,
        }
    )
    assert {(a.definition.partition(":")[2], a.operation, a.table) for a in app.system.accesses} == {
        ("find", "read", "shop_orders"),
        ("name", "read", "user"),
        ("sweep", "read", "order_tag"),
        ("sweep", "delete", "order_tag"),
        ("change", "update", "shop_orders"),
        ("add", "insert", "user"),
        ("count", "read", "order_tag"),
    }


def test_documents_of_flasks_extension(draw: Draw) -> None:
    app = draw(
        """
        from flask_mongoengine import MongoEngine
        db = MongoEngine()
        class Page(db.Document):
            title = db.StringField()
        def show(slug): return Page.objects.get_or_404(title=slug)
        """
    )
    assert {(a.definition, a.operation, a.table) for a in app.system.accesses} == {("m:show", "read", "page")}


PLACES = [
    pytest.param("client.shop.orders", id="attributes"),
    pytest.param('client["shop"]["orders"]', id="items"),
    pytest.param("client.shop[NAME]", id="a constant"),
    pytest.param('client.get_database("shop").get_collection("orders")', id="methods"),
    pytest.param("other.db.orders", id="Flask"),
    pytest.param("motor.shop.orders", id="asynchronous"),
    pytest.param("Repository(client.shop).collection", id="kept in an object"),
]


@pytest.mark.parametrize("place", PLACES)
def test_collections_by_their_names(draw: Draw, place: str) -> None:
    app = draw(
        f"""
        from flask_pymongo import PyMongo
        from motor.motor_asyncio import AsyncIOMotorClient
        from pymongo import MongoClient
        client, motor, other = MongoClient(), AsyncIOMotorClient(), PyMongo()
        NAME = "orders"

        class Repository:
            def __init__(self, db): self.collection = db["orders"]

        def find(number): return {place}.find_one({{"number": number}})
        def all_of(): return [order for order in {place}.find().sort("number")]
        def place(order): {place}.insert_one(order)
        def change(): {place}.update_many({{}}, {{}})
        def sweep(): {place}.delete_many({{}})
        def count(): return {place}.count_documents({{}})
        """
    )
    assert {(a.definition, a.operation, a.table) for a in app.system.accesses} == {
        ("m:find", "read", "orders"),
        ("m:all_of", "read", "orders"),
        ("m:place", "insert", "orders"),
        ("m:change", "update", "orders"),
        ("m:sweep", "delete", "orders"),
        ("m:count", "read", "orders"),
    }


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("list(User.objects.hint('x').batch_size(3))", "read user"),
        ("User.objects(name='').fields(name=1).to_json()", "read user"),
        ("User.objects.read_preference(1).using('other').no_sub_classes().delete()", "delete user"),
        ("user.switch_db('other').update(name='')", "update user"),
        ("Page.live.first()", "read page"),
        ("Page.live().delete()", "delete page"),
    ],
)
def test_what_is_put_between_a_query_of_documents_and_its_run_loses_nothing(
    draw: Draw, body: str, expected: str
) -> None:
    page = """
class Page(Document):
    title = StringField()
    @me.queryset_manager
    def live(doc_cls, queryset):
        return queryset.filter(title="")
"""
    app = draw({"m.py": MODELS + page, "use.py": f"from m import *\ndef f(user: User): return {body}\n"})
    assert {f"{operation} {table}" for _, operation, table in app.accesses()} == {expected}
    if "live" in body:
        assert ("use:f", "m:Page.live") in app.calls()


@pytest.mark.parametrize("driver", ["aiomysql", "pymysql", "MySQLdb"])
def test_statements_of_drivers_of_mysql_are_exact(draw: Draw, driver: str) -> None:
    app = draw(
        {
            "m.py": f"""
            import {driver}
            async def run():
                connection = await {driver}.connect()
                async with connection.cursor() as cursor:
                    await cursor.execute("DELETE FROM orders")
                await connection.query("UPDATE users SET name = ''")
            """
        }
    )
    assert {(a.operation, a.table, a.resolution) for a in app.system.accesses} == {
        ("delete", "orders", "exact"),
        ("update", "users", "exact"),
    }


BEANIE = """
from typing import Annotated, Optional
from beanie import Document, Indexed, Link

class Base(Document):
    created: int

class User(Base):
    email: Annotated[str, Indexed(unique=True)]
    class Settings:
        name = "users"

class Tag(Document):
    word: str

class Order(Base):
    user: Link[User]
    tags: Optional[list[Link[Tag]]] = None

class Animal(Document):
    class Settings:
        is_root = True

class Dog(Animal):
    bark: str
"""


def test_documents_of_beanie_are_tables_and_links_keys_that_nobody_checks(draw: Draw) -> None:
    app = draw({"m.py": BEANIE})
    assert {table.name: [c.name for c in table.columns] for table in app.system.tables} == {
        "Animal": ["id"],
        "Order": ["id", "user", "tags", "created"],
        "Tag": ["id", "word"],
        "users": ["id", "email", "created"],
    }
    keys = {(k.table, k.columns, k.target_table, k.enforced) for k in app.system.foreign_keys}
    assert keys == {("Order", ("user",), "users", False), ("Order", ("tags",), "Tag", False)}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return await User.find(User.email == 'x').sort(-User.created).limit(3).to_list()", {"read users"}),
        ("return await User.find_one(User.email == 'x')", {"read users"}),
        ("await User(email='').insert()", {"insert users"}),
        ("await User(email='').save()", {"insert users"}),
        ("user = await User.get('1'); await user.save()", {"read users", "update users"}),
        ("await User.find(User.email == '').delete()", {"delete users"}),
        ("await Order.find_all().set({Order.created: 0})", {"update Order"}),
        ("await (await order.user.fetch()).save_changes()", {"read users", "update users"}),
        ("[(await tag.fetch()).delete() for tag in order.tags]", {"read Tag", "delete Tag"}),
        ("await Tag.insert_many([Tag(word='')])", {"insert Tag"}),
        ("return [dog async for dog in Dog.find()]", {"read Animal"}),
        ("return await Order.count()", {"read Order"}),
        ("Order.find()", {"read Order"}),
    ],
)
def test_what_reads_and_writes_documents_of_beanie(draw: Draw, body: str, expected: set[str]) -> None:
    app = draw({"m.py": BEANIE, "use.py": f"from m import *\nasync def f(order: Order):\n    {body}\n"})
    assert {f"{operation} {table}" for _, operation, table in app.accesses()} == expected
