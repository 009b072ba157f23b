"""Relations to many that an abstract model declares: each model below has a table of its own between."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    class Tag(models.Model): pass
    class Tagged(models.Model):
        tags = models.ManyToManyField(Tag)
        class Meta:
            abstract = True
    class Order(Tagged): pass
"""
SAVING = {
    "form": """
        from django import forms
        class Saved(forms.ModelForm):
            class Meta:
                model = Order
                fields = ["tags"]
        def save(data): Saved(data).save()
    """,
    "serializer": """
        from rest_framework import serializers
        class Saved(serializers.ModelSerializer):
            class Meta:
                model = Order
                fields = ["tags"]
        def save(data): Saved(data=data).save()
    """,
    "page": """
        from django.contrib import admin
        @admin.register(Order)
        class Page(admin.ModelAdmin):
            def save_related(self, request, form, formsets, change): super().save_related(request, form, formsets, change)
    """,
}


@pytest.mark.parametrize("kind", SAVING)
def test_what_saves_a_row_writes_the_table_between_that_its_own_model_has(draw: Draw, kind: str) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": textwrap.dedent(MODELS),
            "shop/m.py": f"from shop.models import Order\n{textwrap.dedent(SAVING[kind])}",
        }
    )
    assert "shop_order_tags" in app.tables()
    functions = {"shop.m:save", "shop.m:Page.save_related"}
    written = {a.table for a in app.system.accesses if a.definition in functions and a.operation == "insert"}
    assert "shop_order_tags" in written
    assert "shop_tagged_tags" not in written


def test_a_relation_that_keeps_its_order_has_a_table_between(draw: Draw) -> None:
    source = """
        from django.db import models
        from sortedm2m.fields import SortedManyToManyField
        class Step(models.Model): pass
        class Plan(models.Model):
            steps = SortedManyToManyField(Step)
        def show(plan: Plan): print(list(plan.steps.all()))
        def add(plan: Plan, step: Step): plan.steps.add(step)
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": textwrap.dedent(source)})
    done = {(a.definition.rpartition(":")[2], a.operation, a.table) for a in app.system.accesses}
    assert {
        ("show", "read", "shop_step"),
        ("show", "read", "shop_plan_steps"),
        ("add", "insert", "shop_plan_steps"),
    } <= done
