"""What code takes from its surroundings, and how it is called."""

from __future__ import annotations

from tests.conftest import Draw


def test_settings_are_found_by_name_in_all_their_spellings(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/config.py": """
            import os
            from django.conf import settings
            from flask import current_app


            def setting(name, default=None):
                return current_app.config.get(name, default)


            def a():
                return os.environ["DATABASE_URL"]


            def b():
                return os.environ.get("MAIL_HOST", "localhost"), os.getenv("MAIL_PORT")


            def c():
                return settings.SHOP_NAME, settings.lower_case


            def d():
                return current_app.config["PAGE_SIZE"]
            """,
        "shop/use.py": """
            from shop.config import setting


            def e(row):
                return setting("FREE_FROM_CENTS"), row["NOT_A_SETTING"]
            """,
    })  # fmt: skip
    found = {(need.definition, need.name) for need in app.system.surroundings.needs if need.kind == "setting"}
    assert found == {
        ("shop.config:a", "DATABASE_URL"),
        ("shop.config:b", "MAIL_HOST"),
        ("shop.config:b", "MAIL_PORT"),
        ("shop.config:c", "SHOP_NAME"),
        ("shop.config:d", "PAGE_SIZE"),
        ("shop.use:e", "FREE_FROM_CENTS"),
    }


def test_what_a_function_looks_up_is_what_its_callers_name_and_not_the_object_itself(draw: Draw) -> None:
    app = draw({
        "m.py": """
            import os


            class Config(str):
                @staticmethod
                def of(name):
                    return os.environ[name]

                def own(self, other):
                    return os.environ[self]


            def a(config: Config):
                return Config.of("SHOP_NAME")


            def b(config: Config):
                return config.own("NOT_A_SETTING")


            class Key(str):
                def read(self):
                    return os.environ[self]


            def c(key: Key):
                return key.read()
            """,
    })  # fmt: skip
    found = {(need.definition, need.name) for need in app.system.surroundings.needs if need.kind == "setting"}
    assert found == {("m:a", "SHOP_NAME")}


def test_who_is_asking_is_found_by_the_names_that_frameworks_give(draw: Draw) -> None:
    app = draw("""
        from flask import g, session
        from flask_login import current_user


        def a():
            return g.user


        def b():
            return current_user.id


        def c(request):
            return request.user


        def d():
            return session["cart"]


        def e(model, db):
            return model.user, db.session
        """)
    needs = {(n.definition, n.name, n.line) for n in app.system.surroundings.needs if n.kind == "identity"}
    assert needs == {
        ("m:a", "g.user", 6), ("m:b", "current_user", 10), ("m:c", "request.user", 14), ("m:d", "session", 18)
    }  # fmt: skip


def test_who_is_asking_is_what_a_security_scheme_gives_to_a_parameter(draw: Draw) -> None:
    schemes = "from fastapi.security import OAuth2PasswordBearer\nscheme = OAuth2PasswordBearer(tokenUrl='token')\n"
    functions = (
        "from typing import Annotated\n"
        "from fastapi import Depends, Security\n"
        "from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer\n"
        "from schemes import scheme\n"
        "def by_default(token: str = Depends(scheme)): pass\n"
        "def by_annotation(key: Annotated[str, Security(scheme)]): pass\n"
        "def by_type(sent: HTTPAuthorizationCredentials = Depends(HTTPBearer())): pass\n"
        "def other(page: int = Depends(by_default), size: Annotated[int, Depends(by_type)] = 1): pass\n"
    )
    app = draw({"schemes.py": schemes, "m.py": functions})
    needs = {(n.definition, n.name, n.line) for n in app.system.surroundings.needs if n.kind == "identity"}
    assert needs == {("m:by_default", "token", 5), ("m:by_annotation", "key", 6), ("m:by_type", "sent", 7)}


def test_signatures_are_as_written_without_self(draw: Draw) -> None:
    app = draw("""
        class Orders:
            def place(self, user, address: int, *lines, gateway=None, note: str = "none", **rest):
                pass


        def plain(a, b=1):
            pass
        """)
    assert app.system.surroundings.signatures == {
        "m:Orders.place": "user, address: int, *lines, gateway=None, note: str = 'none', **rest",
        "m:plain": "a, b=1",
    }


def test_loops_dropped_results_refusals_and_packages_are_noted(draw: Draw) -> None:
    app = draw("""
        import json
        import requests
        from stripe import charge


        def pay(orders):
            for order in orders:
                charge(order)
            total = charge(None)
            names = [
                requests.get(order)
                for order in orders
            ]
            if not names:
                raise ValueError(total)


        def again():
            try:
                with requests.Session() as session, session.get("a"):
                    pay([])
            except ValueError:
                raise
        """)
    around = app.system.surroundings
    assert around.loops == {"m.py": ((8, 8),)}
    assert around.looped == {"m.py": {11: ("get",)}}
    assert around.dropped == {"m.py": {8: ("charge",), 21: ("pay",)}}
    assert around.entered == {"m.py": {20: ("Session", "get")}}
    assert around.raising == ("m:pay",)
    assert around.packages == {"m.py": ("requests", "stripe")}


def test_columns_of_wide_tables_are_followed_through_attributes(draw: Draw) -> None:
    columns = "\n".join(f"            {name} = Column(String)" for name in "abcdefgh")
    app = draw(f"""
        from sqlalchemy import Column, Integer, String
        from sqlalchemy.orm import DeclarativeBase, Session


        class Base(DeclarativeBase):
            pass


        class User(Base):
            __tablename__ = "users"
            id = Column(Integer, primary_key=True)
{columns}


        class Narrow(Base):
            __tablename__ = "narrow"
            id = Column(Integer, primary_key=True)
            a = Column(String)


        def load(session: Session) -> User:
            return session.get(User, 1)


        def use(session: Session):
            user = load(session)
            user.b = user.a
            return session.get(Narrow, 1).a
        """)
    uses = {(u.table, u.column, u.operation, u.definition) for u in app.system.surroundings.columns}
    assert uses == {("users", "b", "update", "m:use"), ("users", "a", "read", "m:use")}


def test_test_files_name_what_they_import_and_ask_for(draw: Draw) -> None:
    app = draw({
        "shop/__init__.py": "",
        "shop/orders.py": "def place():\n    return 1\n\n\nplace()\n",
        "shop/stock.py": "def left():\n    return 1\n\n\nleft()\n",
        "tests/test_orders.py": """
            from shop import orders
            from shop.stock import (
                left,
            )


            def test_place(client):
                client.post("/orders", json={})
                client.get(f"/orders/{orders.place()}/lines")
            """,
        "tests/runner.py": "from shop import orders\n\n\nclass ShopTestRunner:\n    def run(self):\n        orders.place()\n",
        "tests/base.py": "from shop import orders\n\n\nclass ShopTestCase:\n    def setUp(self):\n        orders.place()\n",
    })  # fmt: skip
    (file,) = app.system.surroundings.tests
    assert file.file == "tests/test_orders.py"
    assert {"shop.orders", "shop.stock"} <= set(file.modules)
    assert "/orders" in file.paths


def test_a_use_of_a_column_that_only_hands_it_through_is_told_from_one_that_does_more(draw: Draw) -> None:
    names = ("title", "price", "stock", "weight", "colour", "vendor", "rating", "season")
    columns = "".join(f"    {name} = models.IntegerField()\n" for name in names)
    app = draw({
        "shop/__init__.py": "",
        "shop/models.py": f"from django.db import models\nclass Item(models.Model):\n{columns}",
        "shop/use.py": """
            from shop.models import Item
            def shown(item: Item): return {"title": item.title}
            def taxed(item: Item): return item.price * 2
            def both(item: Item): return {"stock": item.stock, "twice": item.stock * 2}
            def filled(item: Item, weight):
                item.weight = weight
                item.colour = weight + 1
            """,
    })  # fmt: skip
    handed = {
        (use.definition.rpartition(":")[2], use.column): use.handed_through for use in app.system.surroundings.columns
    }
    assert handed == {
        ("shown", "title"): True,
        ("taxed", "price"): False,
        ("both", "stock"): False,
        ("filled", "weight"): True,
        ("filled", "colour"): False,
    }
