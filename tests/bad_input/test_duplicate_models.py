"""Models of the same name, and models that shadow each other."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

FIELD = "from django.db import models\nclass Order(models.Model):\n    {} = models.IntegerField()\n"


def test_two_models_of_one_table_are_told_once_and_counted(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models/__init__.py": "",
            "shop/models/first.py": FIELD.format("a"),
            "shop/models/second.py": FIELD.format("b"),
            "shop/use.py": "from shop.models.second import Order\ndef f(): Order.objects.create()\n",
        }
    )
    (table,) = app.system.tables
    assert (table.name, {column.name for column in table.columns}) == ("shop_order", {"id", "a", "b"})
    (spot,) = (spot for spot in app.system.blind_spots if spot.kind == "duplicate table")
    assert (spot.definition, spot.file, spot.line) == ("shop.models.second:Order", "shop/models/second.py", 2)
    assert "shop.models.first:Order" in spot.reason
    assert ("shop.use:f", "insert", "shop_order") in app.accesses()


def test_the_model_of_a_table_is_the_class_that_states_the_most_of_it(draw: Draw) -> None:
    """A script keeps a copy of a model with what it needs of it; what inherits from the model shares its table."""
    head = """
        from sqlalchemy import Column, Integer, String
        from sqlalchemy.orm import declarative_base
        Base = declarative_base()
        class Order(Base):
            __tablename__ = "orders"
            id = Column(Integer, primary_key=True)
        """
    full = "    name = Column(String)\n    total = Column(Integer)\n"
    below = "class Large(Order):\n    weight = Column(Integer)\n    size = Column(Integer)\n"
    app = draw({"a_script.py": head, "shop.py": textwrap.dedent(head) + full + below})
    assert app.table("orders").model == "shop:Order"
    (spot,) = app.blind_spots("duplicate table")
    assert (spot.definition, spot.file) == ("a_script:Order", "a_script.py")


def test_models_of_one_name_in_two_apps_are_two_tables(draw: Draw) -> None:
    """A name in a string means the model of the own app, unless it says which."""
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": FIELD.format("a"),
            "crm/__init__.py": "",
            "crm/models.py": """
                from django.db import models
                class Order(models.Model):
                    other = models.ForeignKey("shop.Order", on_delete=models.CASCADE)
                    own = models.ForeignKey("Order", on_delete=models.CASCADE)
                """,
            "use.py": "from shop.models import Order as ShopOrder\nfrom crm.models import Order\n"
            "def f(): Order.objects.create()\ndef g(): ShopOrder.objects.create()\n",
        }
    )
    keys = {(key.columns[0], key.target_table) for key in app.system.foreign_keys}
    assert keys == {("other_id", "shop_order"), ("own_id", "crm_order")}
    assert app.accesses() == {("use:f", "insert", "crm_order"), ("use:g", "insert", "shop_order")}
    assert not [spot for spot in app.system.blind_spots if spot.kind == "duplicate table"]


def test_a_model_that_is_defined_again_is_the_last_one(draw: Draw) -> None:
    code = """
        from django.db import models
        class Note(models.Model):
            class Meta:
                db_table = "notes_before"
        class Note(models.Model):
            class Meta:
                db_table = "notes"
        def f(): Note.objects.create()
        """
    app = draw({"shop/__init__.py": "", "shop/models.py": code})
    assert app.accesses() == {("shop.models:f", "insert", "notes")}


def test_a_model_that_is_defined_on_one_of_two_ways_may_be_either(draw: Draw) -> None:
    code = """
        import sys
        from django.db import models
        if sys.flags.debug:
            class Note(models.Model):
                class Meta:
                    db_table = "notes_debug"
        else:
            class Note(models.Model):
                class Meta:
                    db_table = "notes"
        def f(): Note.objects.create()
        """
    app = draw({"shop/__init__.py": "", "shop/models.py": code})
    assert app.accesses() == {("shop.models:f", "insert", "notes"), ("shop.models:f", "insert", "notes_debug")}
