"""Columns that a model has from a library's model, those that it takes away, and proxies that a metaclass makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Draw

MEMBERS = """
    from django.contrib.auth.models import AbstractBaseUser, AbstractUser
    from django.db import models
    class Named(models.Model):
        title = models.CharField(max_length=9)
        note = models.TextField()
        class Meta:
            abstract = True
    class Member(AbstractUser):
        username = None
        email = models.EmailField(unique=True)
    class Robot(Named, AbstractBaseUser):
        note = None
"""


def test_a_user_has_the_columns_of_the_librarys_user_less_those_taken_away(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": MEMBERS})
    assert set(app.columns("shop_member")) == {
        *("id", "password", "last_login", "is_superuser", "first_name", "last_name", "email", "is_staff", "is_active"),
        "date_joined",
    }
    assert set(app.columns("shop_robot")) == {"id", "title", "password", "last_login"}
    member = app.table("shop_member")
    assert {(c.name, c.line) for c in member.columns} == {
        (c.name, 10 if c.name == "email" else 8) for c in member.columns
    }
    assert [index.columns for index in member.indexes] == [("email",)]
    assert [(index.columns, index.unique) for index in app.table("shop_member_groups").indexes] == [
        (("member_id", "group_id"), True),
        (("member_id",), False),
        (("group_id",), False),
    ]
    assert {app.table(f"shop_member_{name}").line for name in ("groups", "user_permissions")} == {8}


ORDERED = """
    from django.db import models
    from ordered_model.models import OrderedModel
    class Step(OrderedModel):
        name = models.CharField(max_length=9)
    def move(step: Step): step.up()
    def drop(step: Step): step.delete()
    def first(): return Step.objects.above(3).first()
"""


def test_rows_that_have_a_place_among_others(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": ORDERED})
    assert set(app.columns("shop_step")) == {"id", "name", "order"}
    assert app.accesses() == {
        ("shop.models:move", "read", "shop_step"),
        ("shop.models:move", "update", "shop_step"),
        ("shop.models:drop", "update", "shop_step"),
        ("shop.models:drop", "delete", "shop_step"),
        ("shop.models:first", "read", "shop_step"),
    }


PROXIES = """
    from django.db import models
    from django.db.models.base import ModelBase
    class Kinds(ModelBase):
        def __new__(cls, name, bases, attrs):
            if "Meta" not in attrs:
                class Meta:
                    proxy = True
                attrs["Meta"] = Meta
            return super().__new__(cls, name, bases, attrs)
    class Plain(ModelBase):
        def __new__(cls, name, bases, attrs):
            class Meta:
                proxy = False
            return super().__new__(cls, name, bases, attrs)
    class Thing(models.Model): ...
    class Lamp(Thing, metaclass=Kinds): ...
    class Torch(Lamp): ...
    class Own(Thing, metaclass=Kinds):
        class Meta:
            verbose_name = "own"
    class Other(models.Model, metaclass=Plain): ...
    def add(): Torch.objects.create()
"""


def test_a_metaclass_makes_proxies_of_models_that_state_no_options(draw: Draw) -> None:
    app = draw({"shop/__init__.py": "", "shop/models.py": PROXIES})
    assert {t.name for t in app.system.tables} == {"shop_thing", "shop_own", "shop_other"}
    assert app.accesses() == {("shop.models:add", "insert", "shop_thing")}
