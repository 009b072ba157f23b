"""django-guardian: what each user or group may do with each row, kept in two tables of its own for the rows of all models."""

from __future__ import annotations

from decompose.linking.libraries.framework import Example, Framework

_MODELS = """
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import CASCADE, CharField, ForeignKey, Manager, Model
from typing import TypeVar

from decompose.effects import deletes, inserts, reads

M = TypeVar("M")

class BaseObjectPermissionManager(Manager[M]):
    @reads("M")
    @inserts("M")
    def assign_perm(self, perm, user_or_group, obj) -> M: ...
    @inserts("M")
    def bulk_assign_perm(self, perm, user_or_group, queryset) -> list[M]: ...
    @deletes("M")
    def remove_perm(self, perm, user_or_group, obj): ...
    @deletes("M")
    def bulk_remove_perm(self, perm, user_or_group, queryset): ...

class BaseObjectPermission(Model):
    permission = ForeignKey(Permission, on_delete=CASCADE)
    class Meta:
        abstract = True

class UserObjectPermissionBase(BaseObjectPermission):
    user = ForeignKey(User, on_delete=CASCADE)
    objects = BaseObjectPermissionManager()
    class Meta:
        abstract = True

class GroupObjectPermissionBase(BaseObjectPermission):
    group = ForeignKey(Group, on_delete=CASCADE)
    objects = BaseObjectPermissionManager()
    class Meta:
        abstract = True

class UserObjectPermission(UserObjectPermissionBase):
    __tablename__ = "guardian_userobjectpermission"
    content_type = ForeignKey(ContentType, on_delete=CASCADE)
    object_pk = CharField()

class GroupObjectPermission(GroupObjectPermissionBase):
    __tablename__ = "guardian_groupobjectpermission"
    content_type = ForeignKey(ContentType, on_delete=CASCADE)
    object_pk = CharField()
"""

_SHORTCUTS = """
from django.contrib.auth.models import Group, Permission, User
from django.db.models import QuerySet
from guardian.models import GroupObjectPermission, UserObjectPermission
from typing import TypeVar

from decompose.effects import deletes, inserts, reads, scans_across

T = TypeVar("T")
J = TypeVar("J")
S = TypeVar("S")
A = TypeVar("A")
E = TypeVar("E")

@reads("Permission", "UserObjectPermission", "GroupObjectPermission")
@reads("T", "E")
@inserts("UserObjectPermission")
@inserts("GroupObjectPermission")
def assign_perm(perm, user_or_group, obj: QuerySet[T, E] = None): ...
@reads("Permission")
@deletes("UserObjectPermission")
@deletes("GroupObjectPermission")
def remove_perm(perm, user_or_group=None, obj=None): ...
@scans_across("User", "user_permissions__content_type", "groups__permissions__content_type")
def get_objects_for_user(
    user, perms, klass: type[T] | QuerySet[T, J, S, A] = None, *args, **options
) -> QuerySet[T, J | UserObjectPermission | GroupObjectPermission, S, A]: ...
def get_objects_for_group(
    group, perms, klass: type[T] | QuerySet[T, J, S, A] = None, *args, **options
) -> QuerySet[T, J | GroupObjectPermission, S, A]: ...
@scans_across("User", "groups")
def get_users_with_perms(obj, *args, **options) -> QuerySet[User, UserObjectPermission | GroupObjectPermission]: ...
def get_groups_with_perms(obj, *args, **options) -> QuerySet[Group, GroupObjectPermission]: ...
@scans_across("User", "groups")
@reads("Permission", "UserObjectPermission", "GroupObjectPermission")
def get_perms(user_or_group, obj) -> list: ...
@reads("Permission", "UserObjectPermission")
def get_user_perms(user, obj) -> QuerySet[Permission, UserObjectPermission]: ...
@reads("Permission", "GroupObjectPermission")
def get_group_perms(user_or_group, obj) -> QuerySet[Permission, GroupObjectPermission]: ...
"""

_CORE = """
from django.contrib.auth.models import Permission, User
from guardian.models import GroupObjectPermission, UserObjectPermission

from decompose.effects import reads, scans_across

class ObjectPermissionChecker:
    def __init__(self, user_or_group=None) -> None: ...
    @scans_across("User", "groups")
    @reads("Permission", "UserObjectPermission", "GroupObjectPermission")
    def has_perm(self, perm, obj): ...
    @scans_across("User", "groups")
    @reads("Permission", "UserObjectPermission", "GroupObjectPermission")
    def get_perms(self, obj) -> list: ...
    @scans_across("User", "groups")
    @reads("Permission", "UserObjectPermission", "GroupObjectPermission")
    def prefetch_perms(self, objects): ...
"""

FRAMEWORK = Framework(
    name="django-guardian",
    summaries={"guardian.models": _MODELS, "guardian.shortcuts": _SHORTCUTS, "guardian.core": _CORE},
    examples=(
        Example(
            """
            from django.db import models
            from guardian.shortcuts import get_objects_for_user

            class Order(models.Model):
                def show(self): pass

            def mine(user):
                for order in get_objects_for_user(user, "view_order", Order.objects.all()):
                    order.show()
            """,
            calls=frozenset({"m:mine -[call]-> m:Order.show"}),
        ),
    ),
    look_alikes=(
        Example(
            """
            def get_objects_for_user(user, perms, klass): return klass

            class Order:
                def show(self): pass

            def mine(user):
                for order in get_objects_for_user(user, "view_order", []):
                    order.count()
            """,
            calls=frozenset({"m:mine -[call]-> m:get_objects_for_user"}),
        ),
    ),
)
