"""Django's users: what its functions, forms and views for signing in do to them, and rows that libraries keep of them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

HEAD = """
from django.contrib.admin.models import LogEntry
from django.contrib.auth import authenticate, get_user, login, logout
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, PasswordResetForm, SetPasswordForm
from django.contrib.auth.views import LoginView, PasswordChangeView, PasswordResetConfirmView
from guardian.shortcuts import get_objects_for_user, get_users_with_perms
from rest_framework.authtoken.models import Token
from shop.models import Order
"""
FILES = {
    "shop/__init__.py": "",
    "shop/settings.py": "AUTH_USER_MODEL = 'shop.Member'",
    "shop/models.py": """
        from django.contrib.auth.models import AbstractUser
        from django.db import models
        class Member(AbstractUser): pass
        class Order(models.Model): pass
    """,
}
READ, UPDATED = ("read", "shop_member"), ("update", "shop_member")
ASKED = {("read", "guardian_userobjectpermission"), ("read", "guardian_groupobjectpermission")}


def _done(draw: Draw, code: str) -> set[tuple[str, str]]:
    app = draw({**FILES, "shop/code.py": HEAD + textwrap.dedent(code)})
    return {(operation, table) for d, operation, table in app.executed() if d.startswith("shop.code:")}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("authenticate(request, username='x')", {READ}),
        ("get_user(request)", {READ}),
        ("login(request, user)", {UPDATED}),
        ("logout(request)", set()),
        ("AuthenticationForm(request).is_valid()", {READ}),
        ("SetPasswordForm(user, request.POST).save()", {UPDATED}),
        ("PasswordChangeForm(user, request.POST).save(commit=False)", set()),
        ("PasswordResetForm(request.POST).save(request=request)", {READ}),
        ("Token.objects.create(user=user)", {("insert", "authtoken_token")}),
        ("LogEntry.objects.log_action(user_id=1)", {("insert", "django_admin_log")}),
    ],
)
def test_functions_and_forms(draw: Draw, body: str, expected: set[tuple[str, str]]) -> None:
    assert _done(draw, f"def f(request, user): {body}") == expected


@pytest.mark.parametrize(
    ("base", "method", "expected"),
    [
        ("LoginView", "form_valid(self, form)", {UPDATED}),
        ("PasswordChangeView", "form_valid(self, form)", {UPDATED}),
        ("PasswordResetConfirmView", "dispatch(self, *given)", {READ, UPDATED}),
        ("ModelBackend", "authenticate(self, request)", {READ}),
        ("ModelBackend", "user_can_authenticate(self, user)", set()),
    ],
)
def test_views_and_backends(draw: Draw, base: str, method: str, expected: set[tuple[str, str]]) -> None:
    name, _, given = method.removesuffix(")").partition("(self, ")
    assert _done(draw, f"class Own({base}):\n    def {method}: return super().{name}({given})") == expected


def test_objects_for_whom_a_user_has_a_permission(draw: Draw) -> None:
    found = _done(draw, "def f(user):\n    for order in get_objects_for_user(user, 'shop.see', Order): order.id")
    assert {("read", "shop_order"), ("read", "shop_member_groups"), *ASKED} <= found
    found = _done(draw, "def f(order):\n    for user in get_users_with_perms(order): user.id")
    assert {READ, ("read", "shop_member_groups"), *ASKED} <= found


def test_a_key_to_auth_user_is_one_to_djangos_model_whatever_other_class_has_its_name(draw: Draw) -> None:
    models = """
        from django.contrib.auth.models import User
        from django.db import models
        class Card(models.Model):
            user = models.OneToOneField("auth.User", models.CASCADE, related_name="card")
        def number(user: User): return user.card.number
    """
    proxy = """
        from django.contrib.auth.models import User as Base
        class User(Base):
            class Meta: proxy = True
    """
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/people/__init__.py": "",
            "shop/people/models.py": proxy,
            "shop/cards/__init__.py": "",
            "shop/cards/models.py": models,
            "shop/cards/client.py": "class User: pass",
        }
    )
    assert [a.table for a in app.system.accesses if a.definition == "shop.cards.models:number"] == ["cards_card"]


SETTINGS_ASKED = """
    from django.conf import settings as framework
    from shop import usual
    class Settings:
        def __getattr__(self, item):
            try: return getattr(framework, item)
            except AttributeError: return getattr(usual, item)
    class Other:
        def __getattr__(self, item): return getattr(usual, item)
    settings = Settings()
    other = Other()
"""


@pytest.mark.parametrize(("asked", "reads"), [("settings", True), ("other", False)])
def test_settings_that_an_object_of_the_application_asks_the_framework_for(draw: Draw, asked: str, reads: bool) -> None:
    models = f"""
        from django.db import models
        from shop.conf import {asked}
        class Profile(models.Model):
            user = models.OneToOneField({asked}.AUTH_USER_MODEL, related_name="profile", on_delete=models.CASCADE)
    """
    source = """
        from django.contrib.auth import get_user_model
        def f(): return get_user_model().objects.get(pk=1).profile
    """
    files = {
        "shop/__init__.py": "",
        "shop/usual.py": "SIZE = 3",
        "shop/conf.py": SETTINGS_ASKED,
        "shop/models.py": models,
    }
    app = draw({**files, "shop/m.py": source})
    found = {(a.operation, a.table) for a in app.system.accesses if a.definition == "shop.m:f"}
    assert found == {("read", "auth_user")} | ({("read", "shop_profile")} if reads else set())


def test_a_token_that_is_asked_by_hand_reads_its_row_and_the_users(draw: Draw) -> None:
    models = (
        "from django.contrib.auth.models import AbstractUser\nclass Member(AbstractUser):\n    def greet(self): pass\n"
    )
    source = """
        from rest_framework.authentication import TokenAuthentication
        class Strict(TokenAuthentication):
            def authenticate_credentials(self, key): return super().authenticate_credentials(key.strip())
        def signed_in(request):
            found = TokenAuthentication().authenticate(request)
            found[0].greet()
    """
    app = draw({**FILES, "shop/models.py": models, "shop/m.py": source})
    for asking in ("shop.m:signed_in", "shop.m:Strict.authenticate_credentials"):
        assert {(a.operation, a.table) for a in app.system.accesses if a.definition == asking} == {
            ("read", "authtoken_token"),
            ("read", "shop_member"),
        }
    assert ("shop.m:signed_in", "shop.models:Member.greet") in {(d.source, d.target) for d in app.system.dependencies}
