from typing import TypeVar

from decompose.effects import reads, unless, updates
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.forms import Form, ModelForm

M = TypeVar("M")


class BaseUserCreationForm(ModelForm[M]): ...


class UserCreationForm(BaseUserCreationForm[M]): ...


class UserChangeForm(ModelForm[M]): ...


class AuthenticationForm(Form):
    __hooks__ = "confirm_login_allowed get_invalid_login_error"
    def __init__(self, request=None, *args, **kwargs) -> None: ...
    @reads("User")
    def is_valid(self): ...
    @reads("User")
    def full_clean(self): ...
    @reads("User")
    def clean(self): ...
    def confirm_login_allowed(self, user: User): ...
    def get_user(self) -> User: ...


class SetPasswordForm(Form):
    user: User
    def __init__(self, user: User, *args, **kwargs) -> None: ...
    @unless("commit", False)
    @updates("User")
    def save(self, commit=True) -> User: ...


class PasswordChangeForm(SetPasswordForm):
    def clean_old_password(self): ...


class AdminPasswordChangeForm(SetPasswordForm): ...


class PasswordResetForm(Form):
    __hooks__ = "get_users send_mail"
    @reads("User")
    def get_users(self, email) -> QuerySet[User]: ...
    def send_mail(self, *args): ...
    @reads("User")
    def save(self, *args, **options) -> None: ...
