"""django-import-export: what resources read and write of the model that they name, and what they call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
from django.db import models
class Book(models.Model):
    name = models.TextField()
class Kept(models.Model):
    name = models.TextField()
    def save(self, *args, **options): super().save(*args, **options)
"""
RESOURCES = """
from import_export import resources
from import_export.resources import modelresource_factory
from shop.models import Book, Kept
class Books(resources.ModelResource):
    class Meta:
        model = Book
    def before_import_row(self, row, **options): pass
    def dehydrate_name(self, row): pass
class KeptOnes(resources.ModelResource):
    class Meta:
        model = Kept
"""
IMPORTED = {"read shop_book", "insert shop_book", "update shop_book"}


@pytest.mark.parametrize(
    ("body", "expected", "called"),
    [
        ("Books().export()", {"read shop_book"}, {"dehydrate_name"}),
        ("Books().export(Book.objects.filter(name=''))", {"read shop_book"}, {"dehydrate_name"}),
        ("Books().import_data(data)", IMPORTED, {"before_import_row"}),
        ("modelresource_factory(Book)().import_data(data)", IMPORTED, set()),
    ],
)
def test_a_resource_reads_and_writes_its_model(draw: Draw, body: str, expected: set[str], called: set[str]) -> None:
    app = draw({"shop/models.py": MODELS, "shop/use.py": f"{RESOURCES}\ndef f(data): return {body}\n"})
    accesses = {f"{operation} {table}" for definition, operation, table in app.accesses() if definition == "shop.use:f"}
    assert accesses == expected
    own = {
        target.rpartition(".")[2] for source, target in app.calls() if source == "shop.use:f" and ":Books." in target
    }
    assert own == called


def test_rows_that_save_themselves_are_left_to_their_method(draw: Draw) -> None:
    source = f"{RESOURCES}\ndef f(data): KeptOnes().import_data(data)\n"
    app = draw({"shop/models.py": MODELS, "shop/use.py": source})
    accesses = {f"{operation} {table}" for definition, operation, table in app.accesses() if definition == "shop.use:f"}
    assert accesses == {"read shop_kept"}
    assert ("shop.use:f", "shop.models:Kept.save") in app.calls()
