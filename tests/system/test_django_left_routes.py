"""Routes of a Django package without a root: told below what includes them, and once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

CONFIGS = """\
from django.apps import AppConfig, apps
from django.urls import path


def one(request): pass


def all_of_them(request): pass


class Addresses(AppConfig):
    name = "shop.addresses"

    @property
    def urls(self):
        return [path("addresses/", one)]


class Shop(AppConfig):
    name = "shop"

    @property
    def urls(self):
        addresses = apps.get_app_config("addresses")
        return [path("accounts/", addresses.urls), path("all/", all_of_them)]
"""


def test_what_another_includes_is_told_below_it_only(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/addresses/__init__.py": "", "shop/apps.py": CONFIGS})
    found = {(entry.name, entry.handler) for entry in app.system.entry_points if entry.kind == "http"}
    assert found == {("ANY /accounts/addresses/", "shop.apps:one"), ("ANY /all/", "shop.apps:all_of_them")}
