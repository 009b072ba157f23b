"""django-taggit: tags of rows, kept in a table between, by default one for the rows of all models."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_MODELS = """
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db.models import CASCADE, CharField, ForeignKey, IntegerField, Model, SlugField, UUIDField

class TagBase(Model):
    name = CharField(max_length=100, unique=True)
    slug = SlugField(max_length=100, unique=True)
    class Meta:
        abstract = True
    def slugify(self, tag, i=None): ...

class Tag(TagBase):
    __tablename__ = "taggit_tag"

class ItemBase(Model):
    class Meta:
        abstract = True

class TaggedItemBase(ItemBase):
    tag = ForeignKey(Tag, on_delete=CASCADE)
    class Meta:
        abstract = True

class CommonGenericTaggedItemBase(ItemBase):
    content_type = ForeignKey(ContentType, on_delete=CASCADE)
    content_object = GenericForeignKey()
    class Meta:
        abstract = True

class GenericTaggedItemBase(CommonGenericTaggedItemBase):
    object_id = IntegerField(db_index=True)
    class Meta:
        abstract = True

class GenericUUIDTaggedItemBase(CommonGenericTaggedItemBase):
    object_id = UUIDField(db_index=True)
    class Meta:
        abstract = True

class TaggedItem(GenericTaggedItemBase, TaggedItemBase):
    __tablename__ = "taggit_taggeditem"
"""

_MANAGERS = """
from typing import Generic, Self, TypeVar

from decompose.effects import deletes, inserts, reads, scans
from django.db.models import ManyRelatedManager, ManyToManyField

M = TypeVar("M")
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")
B = TypeVar("B")

class TagsManager(ManyRelatedManager[M, J, S, A, B]):
    @reads("M")
    @inserts("M")
    @reads("B")
    @inserts("B")
    def add(self, *tags, **options) -> None: ...
    @reads("M")
    @inserts("M")
    @reads("B")
    @inserts("B")
    @deletes("B")
    def set(self, tags, **options) -> None: ...
    @deletes("B")
    @scans("M")
    def remove(self, *tags) -> None: ...
    @deletes("B")
    def clear(self) -> None: ...
    def names(self) -> Self: ...
    def slugs(self) -> Self: ...
    def most_common(self, **options) -> Self: ...
    @reads("B")
    def similar_objects(self) -> list: ...

class TaggableManager(ManyToManyField[M]):
    __between__ = "taggit.models:TaggedItem"
    __between_key__ = "tag"
    __generic_relation__ = "tagged_items"
    __related_manager__ = "taggit.managers:TagsManager"

    def __init__(self, *args, **options) -> None: ...
"""

FRAMEWORK = Framework(
    name="django-taggit",
    summaries={"taggit.models": _MODELS, "taggit.managers": _MANAGERS},
    examples=(
        Example(
            """
            from django.db import models
            from taggit.managers import TaggableManager

            class Photo(models.Model):
                tags = TaggableManager()
                def label(self): pass

            def show():
                Photo.objects.filter(tags__name="x").first().label()
            """,
            calls=frozenset({"m:show -[call]-> m:Photo.label"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            import taggit

            def show(photo):
                photo.tags.first().label()
            """,
        ),
    ),
)
