"""Managers of packages that are not in view: what they give beside Django's methods is taken for a query."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    from elsewhere.managers import TreeManager
    from elsewhere.models import KeptModel
    class Book(models.Model):
        title = models.CharField(max_length=9)
        objects = TreeManager()
    class Note(KeptModel):
        text = models.TextField()
"""
USE = """
    from shop.models import Book, Note
    def sure(): return list(Book.objects.filter(title="x"))
    def along(): return list(Book.objects.with_roots().filter(title="x"))
    def change(): Book.objects.below(1).update(title="y")
    def kept(): return Note.objects.with_deleted().first()
    def join(): return list(Note.objects.with_deleted(1).order_by("text"))
    def only_asked(): Book.objects.rebuild()
    def found(): return Book.objects.with_roots().get(title="x")
    def no_query(): return Note.objects.current().get("colour")
"""


def test_what_such_a_manager_gives_is_a_query_and_its_accesses_are_inferred(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/use.py": USE})
    found = {(a.definition, a.operation, a.table, a.resolution) for a in app.system.accesses}
    assert found == {
        ("shop.use:sure", "read", "shop_book", "exact"),
        ("shop.use:along", "read", "shop_book", "inferred"),
        ("shop.use:change", "update", "shop_book", "inferred"),
        ("shop.use:found", "read", "shop_book", "inferred"),
        ("shop.use:kept", "read", "shop_note", "inferred"),
        ("shop.use:join", "read", "shop_note", "inferred"),
    }
    assert {a.rule for a in app.system.accesses if a.definition == "shop.use:change"} == {
        "django.db.models:QuerySet.update, of what is taken for a query"
    }
    assert {a.rule for a in app.system.accesses if a.definition == "shop.use:found"} == {
        "django.db.models:QuerySet.get, of what is taken for a query"
    }
    assert {table.name for table in app.system.tables} == {"shop_book", "shop_note"}
    unknown = [spot.reason.partition("()")[0] for spot in app.blind_spots("unresolved call")]
    assert sorted(unknown) == [".current", ".with_deleted", ".with_deleted"]


def test_the_class_of_what_such_a_package_makes_is_a_manager_as_a_base(draw: Draw) -> None:
    models = """
        from django.db import models
        from elsewhere.managers import FencedManager
        class BookManager(FencedManager(shop="shop").__class__):
            def get_queryset(self): return super().get_queryset().filter(sold=False)
            def cheap(self): return self.filter(price=1)
        def kept(**fence):
            class KeptManager(FencedManager(**fence).__class__):
                def old(self): return self.filter(year=1)
            return KeptManager()
        class Book(models.Model):
            price = models.IntegerField()
            objects = BookManager()
            kept = kept(shop="shop")
    """
    use = """
        from shop.models import Book
        def sell(): Book.objects.cheap().order_by("price").delete()
        def drop(): Book.kept.old().order_by("price").delete()
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": models, "shop/use.py": use})
    found = {(a.definition, a.operation, a.table) for a in app.system.accesses if a.operation == "delete"}
    assert found == {("shop.use:sell", "delete", "shop_book"), ("shop.use:drop", "delete", "shop_book")}
    assert app.blind_spots("unresolved call") == []
