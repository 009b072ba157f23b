"""Models of Django's of which nothing of Django's is in view: by their fields' names, their ``Meta``, and their migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

_MODELS = """
    from django.db import transaction
    from elsewhere.models import AbstractPlace, Lifecycle, PlainMixin
    from fsm import FSMField
    class Order(Lifecycle):
        state = FSMField()
    class Domain(PlainMixin):
        class Meta(PlainMixin.Meta):
            abstract = False
    class Nobody(AbstractPlace):
        pass
    class Tool(PlainMixin):
        number = 4
    """


def test_a_class_is_taken_for_a_model_by_its_fields_and_its_meta(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": _MODELS,
            "shop/use.py": """
            from shop.models import Domain, Nobody, Order
            def order(): Order.objects.create()
            def domain(): Domain.objects.all().delete()
            """,
        }
    )
    assert {t.name: t.model for t in app.system.tables} == {
        "shop_domain": "shop.models:Domain",
        "shop_order": "shop.models:Order",
    }
    assert {(a.definition, a.table, a.operation, a.resolution, a.rule) for a in app.system.accesses} == {
        (
            "shop.use:order", "shop_order", "insert", "inferred",
            "django.db.models:QuerySet.create, of what is taken for a model by its state, which is of a FSMField",
        ),
        (
            "shop.use:domain", "shop_domain", "delete", "inferred",
            "django.db.models:QuerySet.delete, of what is taken for a model by what its Meta says of abstract",
        ),
    }  # fmt: skip
    assert {(b.definition, b.reason) for b in app.system.blind_spots if b.kind == "unknown table"} == {
        (
            "shop.models:Nobody",
            "elsewhere.models.AbstractPlace is not in view: whether this is a model with a table of its own is not known",
        )
    }


def test_a_migration_proves_that_it_is_one_and_says_what_it_points_to(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": _MODELS,
            "shop/migrations/__init__.py": "",
            "shop/migrations/0001_initial.py": """
            from django.conf import settings
            from django.db import migrations, models
            from elsewhere import model_named
            class Migration(migrations.Migration):
                operations = [
                    migrations.CreateModel(name="Domain", fields=[("id", models.AutoField(primary_key=True))]),
                    migrations.CreateModel(
                        name="Order",
                        fields=[
                            ("id", models.AutoField(primary_key=True)),
                            ("domain", models.ForeignKey(model_named("shop", "Domain"), on_delete=models.CASCADE)),
                            ("other", models.ForeignKey(settings.SHOP_DOMAIN_MODEL, on_delete=models.CASCADE)),
                            ("unset", models.ForeignKey(settings.PLACE_MODEL, on_delete=models.CASCADE)),
                            ("made", models.ForeignKey(model_named(), on_delete=models.CASCADE)),
                        ],
                    ),
                ]
            """,
            "shop/use.py": "from shop.models import Order\ndef order(): Order.objects.create()\n",
        }
    )
    assert [(a.table, a.operation, a.resolution) for a in app.system.accesses] == [("shop_order", "insert", "exact")]
    assert {t.name for t in app.system.tables} == {"shop_domain", "shop_order"}
    assert {(k.table, k.columns, k.target_table) for k in app.system.foreign_keys} == {
        ("shop_order", ("domain_id",), "shop_domain"),
        ("shop_order", ("other_id",), "shop_domain"),
    }


def test_models_of_geodjango_are_models(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
            from django.contrib.gis.db import models
            class Place(models.Model):
                at = models.PointField()
            class Shop(models.Model):
                place = models.ForeignKey(Place, on_delete=models.CASCADE)
            def move(place): Place.objects.update(at=None)
            """,
        }
    )
    assert {t.name for t in app.system.tables} == {"shop_place", "shop_shop"}
    assert [(k.table, k.target_table) for k in app.system.foreign_keys] == [("shop_shop", "shop_place")]
    assert [(a.table, a.operation, a.resolution) for a in app.system.accesses] == [("shop_place", "update", "exact")]
