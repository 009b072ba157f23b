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
