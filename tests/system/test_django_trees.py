"""What methods of trees, and keys to anything, do to tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
    from django.contrib.contenttypes.models import ContentType
    from django.db import models
    from mptt.models import MPTTModel, TreeForeignKey
    from treebeard.mp_tree import MP_Node
    class Page(MPTTModel):
        parent = TreeForeignKey("self", models.CASCADE, null=True)
        notes = GenericRelation("Note")
    class Category(MP_Node):
        name = models.TextField()
    class Note(models.Model):
        content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
        object_id = models.IntegerField()
        about = GenericForeignKey()
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("page.get_ancestors()", set()),
        ("list(page.get_ancestors(include_self=True))", {"read shop_page"}),
        ("page.get_descendants().count()", {"read shop_page"}),
        ("page.move_to(page)", {"read shop_page", "update shop_page"}),
        ("page.save()", {"read shop_page", "insert shop_page", "update shop_page"}),
        ("Page.objects.rebuild()", {"read shop_page", "update shop_page"}),
        ("page.parent.pk", {"read shop_page"}),
        ("Category.add_root(name='x')", {"read shop_category", "insert shop_category", "update shop_category"}),
        ("category.get_parent().name", {"read shop_category"}),
        ("list(category.get_children())", {"read shop_category"}),
        ("category.move(category)", {"read shop_category", "update shop_category"}),
        ("Note.objects.get(pk=1).about", {"read shop_note", "read shop_page"}),
        ("page.notes.create(object_id=1)", {"insert shop_note"}),
        ("list(page.notes.all())", {"read shop_note"}),
        ("list(Page.objects.filter(notes__object_id=1))", {"read shop_page", "read shop_note"}),
    ],
)
def test_trees_and_keys_to_anything(draw: Draw, body: str, expected: set[str]) -> None:
    source = (
        "from shop.models import Category, Note, Page\n"
        f"def f(page: Page, category: Category):\n    {body}\n"
    )  # fmt: skip
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/m.py": source})
    found = {
        f"{a.operation} {a.table}" for a in app.system.accesses if a.definition == "shop.m:f" and a.role == "execute"
    }
    assert found == expected
