"""Pages inside of a page of Django's admin: known by the names of bases that are not in view, and given rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    class Customer(models.Model): pass
    class Owner(models.Model): pass
    class Order(models.Model):
        customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    class Note(models.Model):
        owner = models.ForeignKey(Owner, on_delete=models.CASCADE)
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
"""


def pages(draw: Draw, notes: str) -> set[str]:
    """Tell what the classes of the pages access, where the class of notes is inside of the page of orders."""
    source = (
        "from django.contrib import admin\nfrom django.contrib.contenttypes.admin import GenericTabularInline\n"
        "from elsewhere import Lines, SortableTabularInline, StackedPolymorphicInline\nfrom shop.models import Note, Order\n"
        f"{notes}\n@admin.register(Order)\nclass Page(admin.ModelAdmin):\n    inlines = [Notes]\n"
        "    def save_related(self, request, form, formsets, change): super().save_related(request, form, formsets, change)\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/admin.py": source})
    found = (a for a in app.system.accesses if a.definition.startswith("shop.admin:"))
    return {f"{a.definition.partition(':')[2]} {a.operation} {a.table}" for a in found}


@pytest.mark.parametrize("base", ["GenericTabularInline", "SortableTabularInline", "StackedPolymorphicInline"])
def test_a_page_inside_is_known_by_the_name_of_its_base(draw: Draw, base: str) -> None:
    found = pages(draw, f"class Notes({base}): model = Note")
    assert {"Notes read shop_note", "Notes insert shop_note", "Page.save_related insert shop_note"} <= found


def test_a_base_of_another_name_is_no_page_inside(draw: Draw) -> None:
    found = pages(draw, "class Notes(Lines): model = Note")
    assert not any(each.endswith("shop_note") for each in found)


@pytest.mark.parametrize(
    ("hook", "expected"),
    [
        ("def has_add_permission(self, request, obj): return obj.customer", {"has_add_permission read shop_customer"}),
        ("def has_delete_permission(self, request, obj=None): return obj.customer", {"has_delete_permission read shop_customer"}),
        ("def get_extra(self, request, obj=None, **kwargs): return len(obj.note_set.all())", {"get_extra read shop_note"}),
        ("def get_formset(self, request, obj=None, **kwargs): obj.customer", {"get_formset read shop_customer"}),
        ("readonly_fields = ['of']\n    def of(self, obj): return obj.owner", {"of read shop_owner"}),
        ("def of(self, obj): return obj.owner", set()),
    ],
)  # fmt: skip
def test_a_page_inside_asks_of_itself_for_the_row_of_the_page_around(draw: Draw, hook: str, expected: set[str]) -> None:
    """Only its columns are given rows of its own model."""
    found = pages(draw, f"class Notes(admin.TabularInline):\n    model = Note\n    {hook}")
    assert {each.removeprefix("Notes.") for each in found if each.startswith("Notes.")} == expected
