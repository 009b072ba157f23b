"""django-taggit: tags are rows of a table of their own, tied to what they tag by rows between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

APP = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models
        from taggit.managers import TaggableManager
        from taggit.models import GenericTaggedItemBase, TagBase

        class Label(TagBase): pass

        class Labelled(GenericTaggedItemBase):
            tag = models.ForeignKey(Label, related_name="items", on_delete=models.CASCADE)

        class Photo(models.Model):
            tags = TaggableManager()

        class Film(models.Model):
            tags = TaggableManager(through=Labelled, blank=True)

        class Review(models.Model):
            film = models.ForeignKey(Film, on_delete=models.CASCADE)
        """,
    "shop/forms.py": """
        from django import forms
        from shop.models import Film

        class FilmForm(forms.ModelForm):
            tags = forms.CharField()
            class Meta:
                model = Film
                fields = ["tags"]
        """,
}


def test_tables(draw: Draw) -> None:
    app = draw(APP)
    assert app.tables().keys() >= {"shop_film", "shop_label", "shop_labelled", "shop_photo"}
    assert not [name for name in app.tables() if name.endswith("_tags")]
    columns = {t.name: {c.name for c in t.columns} for t in app.system.tables}
    assert columns["shop_labelled"] == {"id", "tag_id", "content_type_id", "object_id"}
    assert columns["shop_label"] == {"id", "name", "slug"}


READ = {("read", "shop_label"), ("read", "shop_labelled")}
ACCESSES = [
    pytest.param("return list(film.tags.all())", READ, id="all tags"),
    pytest.param("return list(film.tags.names())", READ, id="names"),
    pytest.param("return Film.objects.filter(tags__name=1).count()", {*READ, ("read", "shop_film")}, id="a lookup"),
    pytest.param(
        "film.tags.add('new')", {*READ, ("insert", "shop_label"), ("insert", "shop_labelled")}, id="add makes tags"
    ),
    pytest.param("film.tags.clear()", {("delete", "shop_labelled")}, id="clear keeps the tags"),
    pytest.param(
        "film.delete()",
        {("delete", "shop_film"), ("delete", "shop_labelled"), ("delete", "shop_review")},
        id="what is deleted loses its tags",
    ),
    pytest.param(
        "return list(Photo.objects.get(id=1).tags.all())",
        {("read", "shop_photo"), ("read", "taggit_tag"), ("read", "taggit_taggeditem")},
        id="in the table for all models",
    ),
    pytest.param(
        "FilmForm(instance=film).save_m2m()",
        {*READ, ("insert", "shop_label"), ("insert", "shop_labelled")},
        id="a form reads and saves them, also with a field of its own",
    ),
]


@pytest.mark.parametrize(("body", "expected"), ACCESSES)
def test_accesses(draw: Draw, body: str, expected: set[tuple[str, str]]) -> None:
    code = f"from shop.forms import FilmForm\nfrom shop.models import Film, Photo\ndef f(film: Film):\n    {body}\n"
    app = draw({**APP, "shop/m.py": code})
    assert {(operation, table) for d, operation, table in app.accesses() if d == "shop.m:f"} == expected


def test_rows_between_that_are_the_tagged_rows_themselves_end(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": """
            from django.db import models
            from taggit.managers import TaggableManager

            class Film(models.Model):
                tags = TaggableManager(through="Film")
            """,
    })  # fmt: skip
    assert "shop_film" in app.tables()
