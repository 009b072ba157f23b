"""Pages of Django's admin: the framework opens a transaction around the page of one row and around the one that deletes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.system.transactions.reached import what_is_inside

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

FILES = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models
        class Tag(models.Model): pass
        class Order(models.Model):
            tags = models.ManyToManyField(Tag)
        class Item(models.Model):
            order = models.ForeignKey(Order, on_delete=models.CASCADE)
        class Note(models.Model): pass
        class Parcel(models.Model): pass
        """,
}
IMPORTS = """
    from django.contrib import admin
    from shop.models import Item, Note, Order, Parcel, Tag
"""


def _pages(draw: Draw, source: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """By whom and how a page is answered -> the tables that its transaction writes, and the entry points."""
    return _told(draw({**FILES, "shop/admin.py": IMPORTS + source}))


def _told(app: Application) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    found = zip(app.system.transactions, what_is_inside(app.system), strict=True)
    return {t.name.partition(":")[2]: (t.tables_written, inside.entry_points) for t, inside in found}


def test_the_page_of_a_row_saves_it_with_its_relations_and_the_pages_inside_in_one_transaction(draw: Draw) -> None:
    source = """
    class Items(admin.TabularInline):
        model = Item
    @admin.register(Order)
    class Orders(admin.ModelAdmin):
        inlines = [Items]
    """
    written = ("shop_item", "shop_order", "shop_order_tags")
    assert _pages(draw, source) == {"Orders, answering by changeform_view": (written, ("admin Order",))}


def test_what_is_done_when_a_row_is_saved_is_apart_from_what_is_done_when_it_is_deleted(draw: Draw) -> None:
    source = """
    @admin.register(Note)
    class Notes(admin.ModelAdmin):
        def save_model(self, request, obj, form, change):
            super().save_model(request, obj, form, change)
            Tag.objects.create()
        def delete_model(self, request, obj):
            super().delete_model(request, obj)
            Parcel.objects.create()
    """
    assert _pages(draw, source) == {
        "Notes, answering by changeform_view": (("shop_note", "shop_tag"), ("admin Note",)),
        "Notes, answering by delete_view": (("shop_note", "shop_parcel"), ("admin Note",)),
    }


def test_actions_columns_of_the_list_and_further_views_run_in_neither(draw: Draw) -> None:
    source = """
    def ship(page, request, queryset): Parcel.objects.create()
    @admin.register(Order)
    class Orders(admin.ModelAdmin):
        actions = [ship, "close"]
        list_display = ["seen"]
        exclude = ["tags"]
        def close(self, request, queryset):
            queryset.update(name="closed")
            Note.objects.create()
        def seen(self, obj): Tag.objects.create()
        def changelist_view(self, request): Item.objects.create()
        def save_formset(self, request, form, formset, change): Parcel.objects.create()
    """
    assert _pages(draw, source) == {
        "Orders, answering by changeform_view": (("shop_order", "shop_parcel"), ("admin Order",))
    }


def test_a_method_that_is_a_column_of_both_the_list_and_the_page_of_a_row_runs_in_that_page(draw: Draw) -> None:
    source = """
    @admin.register(Note)
    class Notes(admin.ModelAdmin):
        list_display = ["seen"]
        readonly_fields = ["seen"]
        def seen(self, obj): Parcel.objects.create()
    """
    assert _pages(draw, source) == {
        "Notes, answering by changeform_view": (("shop_note", "shop_parcel"), ("admin Note",))
    }


def test_a_page_that_writes_one_table_has_no_transaction_to_tell_of(draw: Draw) -> None:
    assert _pages(draw, "    @admin.register(Note)\n    class Notes(admin.ModelAdmin): pass\n") == {}


def test_pages_of_several_models_are_not_told_apart_and_have_none(draw: Draw) -> None:
    source = """
    @admin.register(Note, Parcel)
    class Both(admin.ModelAdmin): pass
    """
    assert _pages(draw, source) == {}


def test_pages_of_the_application_s_own_in_the_place_of_the_framework_s_save_nothing_that_these_would(
    draw: Draw,
) -> None:
    source = """
    class Items(admin.TabularInline):
        model = Item
    @admin.register(Order)
    class Orders(admin.ModelAdmin):
        inlines = [Items]
        def add_view(self, request, form_url="", extra_context=None): return elsewhere()
        def change_view(self, request, object_id, form_url="", extra_context=None): return elsewhere()
        def delete_model(self, request, obj):
            super().delete_model(request, obj)
            Note.objects.create()
        def delete_view(self, request, object_id, extra_context=None):
            return super().delete_view(request, object_id, extra_context)
    def elsewhere(): pass
    """
    app = draw({**FILES, "shop/admin.py": IMPORTS + source})
    written = ("shop_item", "shop_note", "shop_order", "shop_order_tags")
    assert _told(app) == {"Orders, answering by delete_view": (written, ("admin Order",))}
    assert {a.operation for a in app.system.accesses if a.table == "shop_order"} == {"read", "delete"}
    assert not [a for a in app.system.accesses if a.table == "shop_order_tags" and a.operation == "insert"]


def test_a_page_of_the_application_s_own_that_goes_on_to_the_framework_s_saves_what_that_does(draw: Draw) -> None:
    source = """
    @admin.register(Order)
    class Orders(admin.ModelAdmin):
        def add_view(self, request, form_url="", extra_context=None): return None
        def change_view(self, request, object_id, form_url="", extra_context=None):
            return self.changeform_view(request, object_id, form_url, extra_context)
    """
    told = _pages(draw, source)
    assert told == {"Orders, answering by changeform_view": (("shop_order", "shop_order_tags"), ("admin Order",))}


def test_what_the_form_of_a_page_does_when_it_is_saved_is_in_the_transaction_and_what_the_list_loads_is_not(
    draw: Draw,
) -> None:
    source = """
    from django import forms
    class ItemForm(forms.ModelForm):
        class Meta:
            model = Item
            fields = "__all__"
        def save(self, commit=True):
            Note.objects.create()
            return super().save(commit)
    @admin.register(Item)
    class Items(admin.ModelAdmin):
        form = ItemForm
        list_display = ["order"]
    """
    app = draw({**FILES, "shop/admin.py": IMPORTS + source})
    assert _told(app) == {"Items, answering by changeform_view": (("shop_item", "shop_note"), ("admin Item",))}
    assert [t.tables_read for t in app.system.transactions] == [("shop_item",)]
