from django.contrib.contenttypes.models import ContentType
from django.db.models import BooleanField, CharField, DateTimeField, EmailField, ForeignKey, Manager, ManyToManyField, Model, QuerySet
from typing import TypeVar

from decompose.effects import inserts, only_without, reads, scans_across

M = TypeVar("M")


class BaseUserManager(Manager[M]):
    @reads("M")
    def get_by_natural_key(self, username) -> M: ...
    @reads("M")
    def aget_by_natural_key(self, username) -> M: ...
    @classmethod
    def normalize_email(cls, email): ...
    def make_random_password(self, *args): ...


class UserManager(BaseUserManager[M]):
    @inserts("M")
    def create_user(self, *args, **values) -> M: ...
    @inserts("M")
    def acreate_user(self, *args, **values) -> M: ...
    @inserts("M")
    def create_superuser(self, *args, **values) -> M: ...
    @inserts("M")
    def acreate_superuser(self, *args, **values) -> M: ...


class AbstractBaseUser(Model):
    password = CharField(max_length=128)
    last_login = DateTimeField(null=True)

    def set_password(self, raw_password) -> None: ...
    def check_password(self, raw_password): ...
    def acheck_password(self, raw_password): ...
    def set_unusable_password(self) -> None: ...
    def has_usable_password(self): ...
    def get_username(self): ...


class PermissionsMixin(Model):
    is_superuser = BooleanField()
    groups = ManyToManyField("decompose.Group")
    user_permissions = ManyToManyField("decompose.Permission")

    # Asked of an object, the framework's own backend knows nothing; of a superuser it asks nothing.
    @only_without("obj")
    @scans_across("Self", "user_permissions__content_type__app_label", "groups__permissions__content_type__app_label")
    def has_perm(self, perm, obj=None): ...
    @only_without("obj")
    @scans_across("Self", "user_permissions__content_type__app_label", "groups__permissions__content_type__app_label")
    def ahas_perm(self, perm, obj=None): ...
    @only_without("obj")
    @scans_across("Self", "user_permissions__content_type__app_label", "groups__permissions__content_type__app_label")
    def has_perms(self, perms, obj=None): ...
    @only_without("obj")
    @scans_across("Self", "user_permissions__content_type__app_label", "groups__permissions__content_type__app_label")
    def ahas_perms(self, perms, obj=None): ...
    @scans_across("Self", "user_permissions__content_type__app_label", "groups__permissions__content_type__app_label")
    def has_module_perms(self, app): ...
    @scans_across("Self", "user_permissions__content_type__app_label", "groups__permissions__content_type__app_label")
    def ahas_module_perms(self, app): ...
    @only_without("obj")
    @scans_across("Self", "user_permissions__content_type__app_label", "groups__permissions__content_type__app_label")
    def get_all_permissions(self, obj=None): ...
    @only_without("obj")
    @scans_across("Self", "user_permissions__content_type__app_label", "groups__permissions__content_type__app_label")
    def aget_all_permissions(self, obj=None): ...
    @only_without("obj")
    @scans_across("Self", "user_permissions__content_type__app_label")
    def get_user_permissions(self, obj=None): ...
    @only_without("obj")
    @scans_across("Self", "user_permissions__content_type__app_label")
    def aget_user_permissions(self, obj=None): ...
    @only_without("obj")
    @scans_across("Self", "groups__permissions__content_type__app_label")
    def get_group_permissions(self, obj=None): ...
    @only_without("obj")
    @scans_across("Self", "groups__permissions__content_type__app_label")
    def aget_group_permissions(self, obj=None): ...


class AbstractUser(AbstractBaseUser, PermissionsMixin):
    username = CharField(max_length=150, unique=True)
    first_name = CharField(max_length=150)
    last_name = CharField(max_length=150)
    email = EmailField()
    is_staff = BooleanField()
    is_active = BooleanField()
    date_joined = DateTimeField()
    objects = UserManager()

    def get_full_name(self): ...
    def get_short_name(self): ...
    def email_user(self, subject, message, from_email=None): ...


class User(AbstractUser):
    __tablename__ = "auth_user"


class Group(Model):
    __tablename__ = "auth_group"
    permissions = ManyToManyField("decompose.Permission")


class Permission(Model):
    __tablename__ = "auth_permission"
    content_type = ForeignKey(ContentType)


class AnonymousUser: ...
