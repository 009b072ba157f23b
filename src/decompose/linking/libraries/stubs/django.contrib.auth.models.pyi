from django.db.models import Manager, ManyToManyField, Model, QuerySet
from typing import TypeVar

from decompose.effects import inserts

M = TypeVar("M")


class BaseUserManager(Manager[M]):
    def get_by_natural_key(self, username) -> M: ...
    @classmethod
    def normalize_email(cls, email): ...
    def make_random_password(self, *args): ...


class UserManager(BaseUserManager[M]):
    @inserts("M")
    def create_user(self, *args, **values) -> M: ...
    @inserts("M")
    def create_superuser(self, *args, **values) -> M: ...


class AbstractBaseUser(Model):
    def set_password(self, raw_password) -> None: ...
    def check_password(self, raw_password): ...
    def set_unusable_password(self) -> None: ...
    def has_usable_password(self): ...
    def get_username(self): ...


class PermissionsMixin(Model):
    groups = ManyToManyField("decompose.Group")
    user_permissions = ManyToManyField("decompose.Permission")

    def has_perm(self, perm, obj=None): ...
    def has_perms(self, perms, obj=None): ...
    def has_module_perms(self, app): ...


class AbstractUser(AbstractBaseUser, PermissionsMixin):
    objects = UserManager()

    def get_full_name(self): ...
    def get_short_name(self): ...
    def email_user(self, subject, message, from_email=None): ...


class User(AbstractUser):
    __tablename__ = "auth_user"


class Group(Model):
    __tablename__ = "auth_group"


class Permission(Model):
    __tablename__ = "auth_permission"


class AnonymousUser: ...
