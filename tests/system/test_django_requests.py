"""Django: what the templates of every request are given besides their context."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

FILES = {
    "shop/__init__.py": "",
    "shop/settings.py": """
        TEMPLATES = [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"context_processors": ["django.contrib.auth.context_processors.auth", "shop.context.notes"]},
            }
        ]
    """,
    "shop/models.py": """
        from django.contrib.auth.models import User
        from django.db import models

        class Profile(models.Model):
            user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="profile")

        class Note(models.Model): pass
    """,
    "shop/context.py": """
        from shop.models import Note
        def notes(request): return {"notes": Note.objects.all()}
    """,
    "shop/views.py": """
        from django.shortcuts import render
        from django.template.loader import render_to_string
        def page(request): return render(request, "page.html", {})
        def known(request):
            if request.user.profile.id:
                return render(request, "page.html", {})
        def letter(): return render_to_string("page.html", {})
    """,
}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ user.profile.id }}", {("page", "shop_profile"), ("known", "shop_profile")}),
        ("{{ request.user.profile.id }}", {("page", "shop_profile"), ("known", "shop_profile")}),
        ("{% for note in notes %}{{ note.id }}{% endfor %}", {("page", "shop_note"), ("known", "shop_note"), ("known", "shop_profile")}),
        ("{{ user.username }}", {("known", "shop_profile")}),
        ("{{ member.profile.id }}", {("known", "shop_profile")}),
    ],
)  # fmt: skip
def test_the_user_and_what_the_settings_add(draw: Draw, template: str, expected: set[tuple[str, str]]) -> None:
    app = draw({**FILES, "shop/templates/page.html": template})
    found = {(d.partition(":")[2], table) for d, _, table in app.executed() if d.startswith("shop.views:")}
    assert {(function, table) for function, table in found if table != "auth_user"} == expected


def test_a_template_does_not_read_again_what_the_view_has_asked_of_the_user(draw: Draw) -> None:
    app = draw({**FILES, "shop/templates/page.html": "{{ user.profile.id }}"})
    rules = {a.rule for a in app.system.accesses if a.definition == "shop.views:known" and a.table == "shop_profile"}
    assert len(rules) == 1
    assert "shown by the template" not in rules.pop()


def test_an_application_that_also_asks_others_by_another_framework(draw: Draw) -> None:
    prices = "import aiohttp\nfrom aiohttp import web\nasync def prices(): return await aiohttp.request('GET', 'x')\n"
    views = "def known(request): return request.user.profile.id\n"
    app = draw({**FILES, "shop/prices.py": prices, "shop/views.py": views})
    assert ("shop.views:known", "read", "shop_profile") in app.executed()
