"""Settings that a module of the application reads from the environment, and others take from it under its names."""

from __future__ import annotations

from tests.conftest import Draw

SHOP = {
    "shop/__init__.py": "",
    "shop/settings.py": """
        import os


        def number(text, least):
            return max(int(text), least)


        def flag(name):
            return os.environ.get(name) == "1"


        LIMIT = number(os.environ.get("SHOP_LIMIT", "3"), 7)
        CACHE_URL = os.environ.get("SHOP_CACHE", os.environ.get("CACHE", "none"))
        DEBUG = flag("SHOP_DEBUG")
        PAGE_SIZE = 20
        """,
    "shop/orders.py": """
        from shop import settings
        from shop.settings import CACHE_URL as where, PAGE_SIZE


        def limit():
            return settings.LIMIT * settings.PAGE_SIZE


        def cache():
            return where, PAGE_SIZE


        def other(settings):
            return settings.LIMIT
        """,
    "shop/mail.py": """
        import shop.settings


        def show():
            return shop.settings.DEBUG
        """,
}


def test_a_setting_is_told_of_the_code_that_uses_the_name_for_it(draw: Draw) -> None:
    found = {
        (need.definition, need.name, need.line)
        for need in draw(SHOP).system.surroundings.needs
        if need.kind == "setting" and not need.definition.startswith("shop.settings:")
    }
    assert found == {
        ("shop.orders:limit", "SHOP_LIMIT", 6),
        ("shop.orders:cache", "SHOP_CACHE", 10),
        ("shop.orders:cache", "CACHE", 10),
        ("shop.mail:show", "SHOP_DEBUG", 5),
    }, "a constant is no setting, and a parameter of that name is no module"
