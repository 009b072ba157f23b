"""Django: what is looked at to know what a user may do, and where that is asked."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

OWN = {"shop_user_user_permissions", "auth_permission", "django_content_type"}
GROUPS = {"shop_user_groups", "auth_group", "auth_group_permissions", "auth_permission", "django_content_type"}
ALL = OWN | GROUPS

MODELS = """
    from django.contrib.auth.models import AbstractUser
    class User(AbstractUser): pass
"""
SETTINGS = 'AUTH_USER_MODEL = "shop.User"\n'


def _read(draw: Draw, code: str, definition: str, settings: str = "", template: str = "") -> set[str]:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/settings.py": SETTINGS + settings,
            "shop/models.py": MODELS,
            "shop/templates/page.html": template,
            "shop/code.py": textwrap.dedent(code),
        }
    )
    return {table for d, operation, table in app.executed() if (d, operation) == (f"shop.code:{definition}", "read")}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("has_perm('shop.see')", ALL),
        ("has_perm('shop.see', None)", ALL),
        ("has_perms(names)", ALL),
        ("has_module_perms('shop')", ALL),
        ("get_all_permissions()", ALL),
        ("get_user_permissions()", OWN),
        ("get_group_permissions()", GROUPS),
        ("has_perm('shop.see', order)", set()),
        ("has_perm('shop.see', obj=order)", set()),
        ("get_username()", set()),
    ],
)
def test_the_permissions_of_a_user_and_of_the_groups(draw: Draw, asked: str, expected: set[str]) -> None:
    code = f"""
        def other(request, order): return request.user.has_perm("shop.see", order)
        def view(request, order, names): return request.user.{asked}
    """
    assert _read(draw, code, "view") - {"shop_user"} == expected


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("class V(PermissionRequiredMixin, View): permission_required = 'shop.see'", ALL),
        ("class V(PermissionRequiredMixin, View): pass", set()),
        ("class V(LoginRequiredMixin, View): permission_required = 'shop.see'", set()),
        ("class V(APIView): permission_classes = [IsAuthenticated, DjangoModelPermissions]", ALL),
        ("class V(APIView): permission_classes = [Strict]", ALL),
        ("class V(APIView): permission_classes = [Lax]", set()),
        ("class V(APIView): permission_classes = [IsAuthenticated]", set()),
        ("class V(APIView): queryset = Group.objects.all()", set()),
    ],
)
def test_views_that_ask_before_they_run(draw: Draw, view: str, expected: set[str]) -> None:
    code = f"""
        from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
        from django.contrib.auth.models import Group
        from django.views.generic import View
        from rest_framework.permissions import DjangoModelPermissions, IsAuthenticated
        from rest_framework.views import APIView

        class Strict(DjangoModelPermissions):
            pass

        class Lax(DjangoModelPermissions):
            def has_permission(self, request, view): return True

        {view}
    """
    assert _read(draw, code, "V") == expected


def test_a_view_of_rows_asks_what_the_settings_say(draw: Draw) -> None:
    settings = textwrap.dedent("""
        REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.DjangoModelPermissions"]}
    """)
    code = """
        from rest_framework.views import APIView
        class V(APIView):
            def get_queryset(self): return []
        class Without(APIView): pass
        class Open(V): permission_classes = []
    """
    assert _read(draw, code, "V", settings) == ALL
    assert _read(draw, code, "Without", settings) == set()
    assert _read(draw, code, "Open", settings) == set()


def test_what_a_view_adds_to_what_its_base_asks(draw: Draw) -> None:
    code = """
        from django.contrib.auth.mixins import PermissionRequiredMixin
        from django.views.generic import View
        class V(PermissionRequiredMixin, View):
            permission_required = "shop.see"
            def has_permission(self): return super().has_permission() or self.kwargs["open"]
    """
    assert _read(draw, code, "V.has_permission") == ALL
    assert _read(draw, code, "V") == set()


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{% if perms.shop.see %}x{% endif %}", {"view": ALL, "letter": set()}),
        ("{% with perms=mine %}{{ perms.shop }}{% endwith %}", {"view": set(), "letter": set()}),
    ],
)
def test_templates_of_requests(draw: Draw, template: str, expected: dict[str, set[str]]) -> None:
    code = """
        from django.shortcuts import render
        from django.template.loader import render_to_string
        def view(request): return render(request, "page.html", {})
        def letter(): return render_to_string("page.html", {})
    """
    found = {name: _read(draw, code, name, template=template) - {"shop_user"} for name in expected}
    assert found == expected


def test_tables_of_permissions_that_nothing_asks_for_are_no_tables_of_the_application(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/code.py": """
                from django.contrib.auth.models import User
                def find(pk): return User.objects.get(pk=pk)
            """,
        }
    )
    assert [table.name for table in app.system.tables] == ["auth_user"]


def _reads_of(draw: Draw, listed: str, own: str) -> dict[str, set[str]]:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/settings.py": f"AUTHENTICATION_BACKENDS = [{listed}]",
            "shop/backends.py": f"""
                from django.contrib.auth.backends import ModelBackend
                class Backend(ModelBackend):
                    def {own}(self, user_obj, *args):
                        return self.get_group_permissions(user_obj)
            """,
            "shop/use.py": """
                from django.contrib.auth.models import User
                def allowed(user: User): return user.has_perm("shop.pay")
            """,
        }
    )
    found: dict[str, set[str]] = {}
    for access in app.system.accesses:
        found.setdefault(access.definition.partition(":")[2], set()).add(access.table)
    return found


def test_what_a_user_may_do_is_looked_up_by_the_applications_own_backend(draw: Draw) -> None:
    groups = {"auth_group", "auth_group_permissions", "auth_permission", "auth_user_groups", "django_content_type"}
    own, djangos = '"shop.backends.Backend"', '"django.contrib.auth.backends.ModelBackend"'
    everything = _reads_of(draw, djangos, "has_perm")["allowed"]
    assert everything > groups - {"django_content_type"}
    in_place = _reads_of(draw, f"{own}, {djangos}", "get_all_permissions")
    assert "allowed" not in in_place
    assert {"auth_group", "auth_permission"} <= in_place["Backend.get_all_permissions"]
    # Django's backend is asked too, and has kept nothing with the user.
    assert _reads_of(draw, f"{own}, {djangos}", "has_perm")["allowed"] == everything
    assert "allowed" not in _reads_of(draw, own, "has_perm")
