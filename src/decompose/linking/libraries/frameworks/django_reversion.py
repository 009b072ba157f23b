"""django-reversion: what is saved inside of a revision is written down as a version, which is one transaction with it."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_REVISIONS = """
from typing import TypeVar

from decompose.effects import transaction

F = TypeVar("F")

class _Revision:
    def __enter__(self): ...
    def __exit__(self, *error): ...
    def __call__(self, func: F) -> F: ...

@transaction("atomic")
def create_revision(manage_manually=False, using=None, atomic=True) -> _Revision: ...
def add_to_revision(obj, model_db=None): ...
def is_active() -> bool: ...
def is_registered(model) -> bool: ...
def get_user(): ...
def set_user(user): ...
def get_comment() -> str: ...
def set_comment(comment): ...
def get_date_created(): ...
def set_date_created(date): ...
def add_meta(model, **values): ...
"""

_MODELS = """
from django.contrib.contenttypes.models import ContentType
from django.db.models import CASCADE, CharField, ForeignKey, Model, QuerySet, TextField, DateTimeField, PROTECT, SET_NULL
from django.contrib.auth.models import User
from typing import ClassVar, Self

class _Versions(QuerySet[Version]):
    def get_for_model(self, model, model_db=None) -> Self: ...
    def get_for_object(self, obj, model_db=None) -> Self: ...
    def get_for_object_reference(self, model, object_id, model_db=None) -> Self: ...
    def get_deleted(self, model, model_db=None) -> Self: ...
    def get_unique(self) -> list[Version]: ...

class Revision(Model):
    __tablename__ = "reversion_revision"
    date_created = DateTimeField()
    user = ForeignKey(User, null=True, on_delete=SET_NULL)
    comment = TextField()
    def get_comment(self): ...
    def revert(self, delete=False): ...

class Version(Model):
    __tablename__ = "reversion_version"
    objects: ClassVar[_Versions]
    revision = ForeignKey(Revision, on_delete=CASCADE)
    object_id = CharField()
    content_type = ForeignKey(ContentType, on_delete=CASCADE)
    field_dict: dict
    def revert(self): ...
"""

_VIEWS = """
from typing import TypeVar

from decompose.effects import transaction

F = TypeVar("F")

class _Revision:
    def __call__(self, func: F) -> F: ...

@transaction("atomic")
def create_revision(manage_manually=False, using=None, atomic=True, request_creates_revision=None) -> _Revision: ...

class RevisionMixin:
    def revision_request_creates_revision(self, request) -> bool: ...
"""

_ADMIN = """
from django.contrib.admin import ModelAdmin
from typing import TypeVar

M = TypeVar("M")

class VersionAdmin(ModelAdmin[M]):
    __hooks__ = "reversion_register revision_request_creates_revision"
    def get_revision_instances(self, *args): ...
    def reversion_register(self, model, **options): ...
    def recover_view(self, request, version_id, extra_context=None): ...
    def recoverlist_view(self, request, extra_context=None): ...
    def revision_view(self, request, object_id, version_id, extra_context=None): ...
"""

FRAMEWORK = Framework(
    name="django-reversion",
    summaries={
        "reversion": "from reversion.revisions import *\n",
        "reversion.revisions": _REVISIONS,
        "reversion.admin": _ADMIN,
        "reversion.models": _MODELS,
        "reversion.views": _VIEWS,
    },
    examples=(
        Example(
            """
            import reversion
            from django.db import models
            from reversion.views import create_revision

            @reversion.register()
            class Order(models.Model):
                def pay(self): pass

            @reversion.create_revision()
            def pay(): Order.objects.first().pay()

            @create_revision()
            def view(request): pay()

            def also():
                with reversion.create_revision():
                    reversion.set_comment("paid")
                    pay()
            """,
            calls=frozenset({"m:pay -[call]-> m:Order.pay", "m:view -[call]-> m:pay", "m:also -[call]-> m:pay"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            def create_revision(): return lambda function: function

            @create_revision()
            def pay(): pass
            """,
            calls=frozenset({"m: -[call]-> m:create_revision", "m: -[decorate]-> m:create_revision"}),
        ),
    ),
)
