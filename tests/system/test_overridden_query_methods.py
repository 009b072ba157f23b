"""Querysets of the application that override a method of Django's and hand on to it what they are given."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Application, Draw

MODELS = """
    from django.db import models

    class Keyed:
        def filter(self, *args, key=None, **lookups):
            return super().filter(*args, **self.spelled_out(key, **lookups))
        def exclude(self, *args, **lookups):
            lookups = self.spelled_out(None, **lookups)
            return super().exclude(*args, **lookups)
        def order_by(self, *names):
            return super().order_by(*names)
        def values_list(self, *names, **options):
            return super(Keyed, self).values_list(*names, **options)
        def spelled_out(self, key, **lookups):
            return {**lookups, "pk": key} if key else lookups

    class Rows(Keyed, models.QuerySet):
        pass

    class Traced(Rows):
        def filter(self, *args, **lookups):
            return super().filter(*args, country__open=True, **lookups)

    class Country(models.Model):
        objects = Rows.as_manager()
    class Author(models.Model):
        country = models.ForeignKey(Country, models.CASCADE)
        objects = models.Manager.from_queryset(Traced)()
    class Shelf(models.Model):
        objects = Rows.as_manager()
    class Book(models.Model):
        author = models.ForeignKey(Author, models.CASCADE, related_name="books")
        shelf = models.ForeignKey(Shelf, models.CASCADE)
        objects = Rows.as_manager()
"""
CALLS = [
    ("Book.objects.filter(title='x')", {"book"}),
    ("Book.objects.filter(author__name='x')", {"book", "author"}),
    ("Book.objects.filter(Q(shelf__name='x'))", {"book", "shelf"}),
    (
        "Book.objects.filter(title='x').filter(shelf__name='x').exclude(Q(author__name='x'))",
        {"book", "shelf", "author"},
    ),
    ("Shelf.objects.filter(book__in=Book.objects.filter(author__name='x'))", {"shelf", "book", "author"}),
    ("Shelf.objects.filter(pk=1)", {"shelf"}),
    ("Book.objects.order_by('shelf__name')", {"book", "shelf"}),
    ("Book.objects.values_list('author__name')", {"book", "author"}),
    ("Book.objects.select_related('author').filter(pk=1)", {"book", "author"}),
    ("Book.objects.all()", {"book"}),
    ("Author.objects.filter(pk=1)", {"author", "country"}),
    ("Author.objects.filter(books__title='x')", {"author", "country", "book"}),
]
"""What is asked, and what is read; all of them stand in one application, so that they meet in the overrides."""


def _drawn(draw: Draw) -> Application:
    views = "".join(f"def view_{i}():\n    return list({call})\n" for i, (call, _) in enumerate(CALLS))
    return draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": textwrap.dedent(MODELS),
            "shop/views.py": f"from django.db.models import Q\nfrom shop.models import *\n{views}",
        }
    )


def test_each_call_asks_for_what_it_says_itself(draw: Draw) -> None:
    found: dict[str, set[str]] = {}
    for access in _drawn(draw).system.accesses:
        if access.operation == "read" and access.role == "execute":
            found.setdefault(access.definition, set()).add(access.table.removeprefix("shop_"))
    assert found == {f"shop.views:view_{i}": tables for i, (_, tables) in enumerate(CALLS)}


def test_the_override_is_called_and_calls_what_it_needs(draw: Draw) -> None:
    calls = _drawn(draw).calls()
    assert ("shop.views:view_0", "shop.models:Keyed.filter") in calls
    assert ("shop.models:Traced.filter", "shop.models:Keyed.filter") in calls
    assert ("shop.models:Keyed.filter", "shop.models:Keyed.spelled_out") in calls


RUNNING = """
from django.db import models
class Rows(models.QuerySet):
    def get(self, *args, **lookups): return super().get(*args, **lookups)
    def aggregate(self, *args, **sums): return super().aggregate(*args, **sums)
    def get_or_create(self, defaults=None, **lookups): return super().get_or_create(defaults, **lookups)
class Country(models.Model): pass
class Author(models.Model):
    country = models.ForeignKey(Country, on_delete=models.CASCADE)
    objects = Rows.as_manager()
class Shelf(models.Model): pass
class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE)
    objects = Rows.as_manager()
"""


def test_an_override_that_runs_the_query_reads_what_its_callers_look_up(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": RUNNING,
            "shop/views.py": """
            from django.db.models import Count, Q
            from shop.models import Author, Book
            def by_country(): return Book.objects.get(author__country__code="x")
            def by_room(): return Book.objects.get(Q(shelf__room="x"))
            def count(): return Author.objects.aggregate(n=Count("books__title"))
            def keep(): return Author.objects.get_or_create(country__code="x")
            """,
        }
    )
    read: dict[str, dict[str, str]] = {}
    for access in app.system.accesses:
        if access.operation == "read":
            read.setdefault(access.definition, {})[access.table] = access.resolution
    assert read == {
        "shop.models:Rows.get": {
            "shop_book": "exact",
            "shop_author": "inferred",
            "shop_country": "inferred",
            "shop_shelf": "inferred",
        },
        "shop.models:Rows.aggregate": {"shop_author": "exact", "shop_book": "exact"},
        "shop.models:Rows.get_or_create": {"shop_author": "exact", "shop_country": "exact"},
    }
