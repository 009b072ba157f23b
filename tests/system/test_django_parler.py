"""django-parler: the table that a model's translated fields are kept in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    from parler.models import TranslatableModel, TranslatedFields
    class Category(TranslatableModel):
        code = models.CharField(max_length=9)
        translations = TranslatedFields(
            name=models.CharField(max_length=80),
            about=models.TextField(blank=True),
        )
    class Plain(models.Model):
        code = models.CharField(max_length=9)
"""
USE = """
    from django.db import transaction
    from shop.models import Category
    @transaction.atomic
    def make(): Category.objects.create(code="x", name="y")
    @transaction.atomic
    def find(): return list(Category.objects.filter(translations__name="x"))
    @transaction.atomic
    def drop(): Category.objects.filter(code="x").delete()
    @transaction.atomic
    def in_bulk(): Category.objects.filter(code="x").update(code="y")
    @transaction.atomic
    def names(category: Category): return [each.name for each in category.translations.all()]
"""


def test_translations_are_a_table_that_is_written_deleted_and_asked_with_the_model(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": USE})
    tables = {table.name: table for table in app.system.tables}
    assert set(tables) == {"shop_category", "shop_category_translation", "shop_plain"}
    kept = tables["shop_category_translation"]
    assert (kept.model, kept.file, kept.line) == ("shop.models:CategoryTranslation", "shop/models.py", 5)
    assert {"name", "about", "language_code", "master_id"} <= {column.name for column in kept.columns}
    assert {(k.table, k.columns, k.target_table) for k in app.system.foreign_keys} == {
        ("shop_category_translation", ("master_id",), "shop_category")
    }
    both = ("shop_category", "shop_category_translation")
    assert {t.definition: (t.tables_written, t.tables_read) for t in app.system.transactions} == {
        "shop.use:make": (both, ()),
        "shop.use:find": ((), both),
        "shop.use:drop": (both, ("shop_category",)),
        "shop.use:in_bulk": (("shop_category",), ()),
        "shop.use:names": ((), ("shop_category_translation",)),
    }
