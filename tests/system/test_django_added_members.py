"""Methods that code puts on a model from outside are methods of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw


@pytest.mark.parametrize("model", ["Order", "User"])
def test_a_function_that_is_added_to_a_class_is_called_on_its_rows(draw: Draw, model: str) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": f"""
                from django.contrib.auth.models import User
                from django.db import models
                class Order(models.Model): pass
                class Note(models.Model): pass
                def note(self, text):
                    Note.objects.create(text=text)
                    self.save()
                {model}.add_to_class("note", note)
                {model}.add_to_class("text", models.TextField())
                """,
            "shop/use.py": f"""
                from django.db import transaction
                from shop.models import {model}
                @transaction.atomic
                def answer(key):
                    row = {model}.objects.get(pk=key)
                    row.note("seen")
                """,
        }
    )
    calls = {(d.source, d.target) for d in app.system.dependencies if d.kind == "call"}
    assert ("shop.use:answer", "shop.models:note") in calls
    table = {"Order": "shop_order", "User": "auth_user"}[model]
    assert [t.tables_written for t in app.system.transactions] == [tuple(sorted(("shop_note", table)))]


def test_what_has_a_method_of_that_name_itself_and_is_no_model_is_left_alone(draw: Draw) -> None:
    app = draw(
        """
        import django
        class Page:
            @classmethod
            def add_to_class(cls, name, function): pass
        def note(self): pass
        Page.add_to_class("note", note)
        def answer():
            Page().note()
        """
    )
    assert not any(d.target == "m:note" for d in app.system.dependencies if d.source == "m:answer")


def test_members_may_be_added_where_an_application_is_ready_and_by_keywords(draw: Draw) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": """
                from django.db import models
                class Order(models.Model): pass
                class Note(models.Model): pass
                """,
            "shop/apps.py": """
                from django.apps import AppConfig, apps
                def note(self, text):
                    from shop.models import Note
                    Note.objects.create(text=text)
                class Shop(AppConfig):
                    name = "shop"
                    def ready(self):
                        Order = apps.get_model(app_label="shop", model_name="Order")
                        Order.add_to_class(name="note", value=note)
                """,
            "shop/use.py": """
                from shop.models import Order
                def answer(key):
                    Order.objects.get(pk=key).note("seen")
                """,
        }
    )
    assert ("shop.use:answer", "shop.apps:note") in app.calls("call")
    assert not [spot for spot in app.system.blind_spots if spot.kind == "unresolved call"]
