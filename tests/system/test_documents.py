"""MongoEngine: the collections of documents, the references between them, and what reads and writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def test_the_driver_below_documents_is_no_blind_spot_by_itself(draw: Draw) -> None:
    errors = "from pymongo.errors import DuplicateKeyError\n"
    documents = draw({"m.py": MODELS, "use.py": errors})
    alone = draw({"m.py": "def f(): pass", "use.py": errors})
    assert [[b.kind for b in app.system.blind_spots] for app in (documents, alone)] == [[], ["unread data"]]
