"""Classes of forms that factories derive, and methods that a library calls under another name or on behalf of a mixin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.db import models
    class Tag(models.Model): pass
    class Order(models.Model):
        tags = models.ManyToManyField(Tag)
    class Line(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
"""
FORMS = """
    from django import forms
    from django.forms import BaseInlineFormSet, BaseModelFormSet, inlineformset_factory, modelform_factory, modelformset_factory
    from shop.models import Line, Order
    class LineForm(forms.ModelForm):
        class Meta:
            model = Line
            fields = ["order"]
    class BaseLines(BaseModelFormSet):
        def save(self, commit=True): return super().save(commit)
        def total(self): return len(self.get_queryset())
    class BaseInline(BaseInlineFormSet):
        def total(self): return len(self.get_queryset())
    Lines = modelformset_factory(Line, form=LineForm, formset=BaseLines)
    Inline = inlineformset_factory(Order, Line, LineForm, BaseInline, extra=1)
    class Derived(inlineformset_factory(Order, Line, form=LineForm)):
        def save(self, commit=True): return super().save(commit)
    class BaseForm(forms.ModelForm):
        def save(self, commit=True): return super().save(commit)
    Made = modelform_factory(Line, form=BaseForm, fields=["order"])
"""
WRITES = {("insert", "shop_line"), ("update", "shop_line")}


@pytest.mark.parametrize(
    ("body", "method", "expected"),
    [
        ("Lines(data).save()", "BaseLines.save", WRITES),
        ("Lines(data).total()", "BaseLines.total", {("read", "shop_line")}),
        ("Inline(data).total()", "BaseInline.total", {("read", "shop_line")}),
        ("Derived(data).save()", "Derived.save", WRITES),
        ("Made(data).save()", "BaseForm.save", WRITES),
    ],
)
def test_what_a_factory_derives_is_of_its_model(
    draw: Draw, body: str, method: str, expected: set[tuple[str, str]]
) -> None:
    source = f"from shop.forms import Derived, Inline, Lines, Made\ndef f(data): {body}\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/forms.py": FORMS, "shop/m.py": source})
    done = {(a.operation, a.table) for a in app.system.accesses if a.definition == f"shop.forms:{method}"}
    assert expected <= done
    assert {table for _, table in done} == {"shop_line"}


DELETED = {("delete", "shop_line"), ("delete", "shop_part")}


@pytest.mark.parametrize(
    ("made", "used", "expected"),
    [
        ("inlineformset_factory(Order, Line)", "save()", DELETED),
        ("inlineformset_factory(Order, Line, can_delete=False)", "save()", set()),
        ("modelformset_factory(Line)", "save()", set()),
        ("modelformset_factory(Line, can_delete=True)", "save()", DELETED),
        ("modelformset_factory(Line, can_delete=False)", "save()", set()),
        ("inlineformset_factory(Order, Line)", "save(commit=False)", set()),
        ("inlineformset_factory(Order, Line)", "deleted_objects[0].delete()", DELETED),
        ("modelformset_factory(Line)", "deleted_objects[0].delete()", set()),
        ("inlineformset_factory(Order, Line, formset=Own)", "save()", DELETED),
        ("inlineformset_factory(Order, Line, formset=Own, can_delete=False)", "save()", set()),
    ],
)
def test_a_formset_deletes_rows_where_its_factory_lets_it(
    draw: Draw, made: str, used: str, expected: set[tuple[str, str]]
) -> None:
    part = "    class Part(models.Model):\n        line = models.ForeignKey(Line, on_delete=models.CASCADE)\n"
    source = (
        "from django.forms import BaseInlineFormSet, inlineformset_factory, modelformset_factory\n"
        "from shop.models import Line, Order\nclass Own(BaseInlineFormSet): pass\n"
        f"Lines = {made}\ndef f(data): Lines(data).{used}\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": f"{MODELS}{part}", "shop/m.py": source})
    assert {(a.operation, a.table) for a in app.system.accesses if a.operation == "delete"} == expected


def test_a_formset_leaves_the_rows_to_methods_of_the_model(draw: Draw) -> None:
    models = """
        from django.db import models
        class Order(models.Model): pass
        class Line(models.Model):
            order = models.ForeignKey(Order, on_delete=models.CASCADE)
            def save(self, *args, **kwargs): super().save(*args, **kwargs)
            def delete(self, *args, **kwargs): super().delete(*args, **kwargs)
    """
    source = (
        "from django.forms import inlineformset_factory\nfrom shop.models import Line, Order\n"
        "Lines = inlineformset_factory(Order, Line)\ndef f(data): Lines(data).save()\n"
    )
    app = draw({"shop/__init__.py": "", "shop/models.py": models, "shop/m.py": source})
    assert app.accesses() == {
        ("shop.models:Line.save", "insert", "shop_line"),
        ("shop.models:Line.save", "update", "shop_line"),
        ("shop.models:Line.delete", "delete", "shop_line"),
    }
    assert {c.target for c in app.system.dependencies if c.source == "shop.m:f" and c.kind == "call"} >= {
        "shop.models:Line.save",
        "shop.models:Line.delete",
    }


def test_a_formset_that_is_loaded_by_its_name(draw: Draw) -> None:
    loading = """
        from importlib import import_module
        def get_class(module, name): return getattr(import_module(f"shop.{module}"), name)
    """
    source = "from shop.loading import get_class\nLines = get_class('shop.forms', 'Lines')\ndef f(data): Lines(data).total()\n"
    files = {"shop/__init__.py": "", "shop/models.py": MODELS, "shop/forms.py": FORMS, "shop/loading.py": loading}
    app = draw({**files, "shop/m.py": source})
    assert ("shop.m:f", "shop.forms:BaseLines.total") in {(d.source, d.target) for d in app.system.dependencies}


VIEWS = """
    from django.views.generic import UpdateView
    from shop.forms import LineForm
    from shop.models import Line
    class Checked:
        def form_valid(self, form):
            return form.save()
    class Mixed(Checked, UpdateView):
        model = Line
        form_class = LineForm
    class Aliased(UpdateView):
        model = Line
        form_class = LineForm
        def process(self, form):
            return form.save()
        form_valid = form_invalid = process
    class Unrelated(Checked):
        pass
"""


@pytest.mark.parametrize(
    ("method", "unit", "left_out"), [("Checked.form_valid", "Mixed", ""), ("Aliased.process", "Aliased", "insert")]
)
def test_a_form_is_handed_to_mixins_and_under_any_name(draw: Draw, method: str, unit: str, left_out: str) -> None:
    """A view that updates inserts no row of its model; a mixin does not say which of the two it is for."""
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/forms.py": FORMS, "shop/views.py": VIEWS})
    done = {(a.unit, a.operation, a.table) for a in app.system.accesses if a.definition == f"shop.views:{method}"}
    kept = {written for written in WRITES if written != (left_out, "shop_line")}
    assert done == {(f"shop.views:{unit}", operation, table) for operation, table in kept}


def test_a_serializer_sets_relations_to_many(draw: Draw) -> None:
    source = """
        from rest_framework import serializers, viewsets
        from shop.models import Order
        class OrderSerializer(serializers.ModelSerializer):
            class Meta:
                model = Order
                fields = ["id", "tags"]
        class Orders(viewsets.ModelViewSet):
            queryset = Order.objects.all()
            serializer_class = OrderSerializer
            def perform_create(self, serializer):
                super().perform_create(serializer)
    """
    app = draw({"shop/__init__.py": "", "shop/models.py": MODELS, "shop/api.py": source})
    done = {f"{a.operation} {a.table}" for a in app.system.accesses if a.definition == "shop.api:Orders.perform_create"}
    assert done == {"insert shop_order", "insert shop_order_tags", "read shop_order_tags", "read shop_tag"}


TREE = """
    from django.db import models
    from mptt.models import MPTTModel, TreeForeignKey, TreeManager
    class NodeQuerySet(models.QuerySet):
        def visible(self): return self.filter(shown=True)
    class NodeManager(TreeManager):
        def get_queryset(self): return NodeQuerySet(self.model, using=self._db)
        def visible(self): return self.get_queryset().something_else()
    class Node(MPTTModel):
        shown = models.BooleanField()
        parent = TreeForeignKey("self", models.CASCADE, null=True)
        objects = NodeManager()
"""


def test_methods_of_trees_give_the_managers_own_queries(draw: Draw) -> None:
    source = "from shop.models import Node\ndef f(node: Node): return node.get_children().visible().first()\n"
    app = draw({"shop/__init__.py": "", "shop/models.py": TREE, "shop/m.py": source})
    assert ("shop.m:f", "read", "shop_node") in app.accesses()
    called = {d.target for d in app.system.dependencies if d.source == "shop.m:f"}
    assert "shop.models:NodeQuerySet.visible" in called
    assert "shop.models:NodeManager.visible" not in called


@pytest.mark.parametrize(
    ("body", "reads"),
    [
        ("Line.objects.filter(order__tags__id=1).delete()", {"shop_line", "shop_order", "shop_order_tags"}),
        ("Line.objects.filter(order=1).delete()", set()),
        ("Line.objects.filter(order__tags__id=1).update(order=2)", {"shop_line", "shop_order", "shop_order_tags"}),
        ("Line.objects.filter(order=1).update(order=2)", set()),
    ],
)
def test_a_joined_update_or_delete_reads_its_own_table(draw: Draw, body: str, reads: set[str]) -> None:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/m.py": f"from shop.models import Line\ndef f(): {body}\n",
        }
    )
    found = {a.table for a in app.system.accesses if a.definition == "shop.m:f" and a.operation == "read"}
    assert found - {"shop_tag"} == reads


def test_a_row_that_has_nothing_of_its_own_but_a_key_is_looked_for(draw: Draw) -> None:
    models = "from django.db import models\nclass Place(models.Model):\n    name = models.TextField()\nclass Bar(Place): pass\n"
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": models,
            "shop/m.py": "from shop.models import Bar\ndef f(bar: Bar): bar.save()\n",
        }
    )
    assert ("shop.m:f", "read", "shop_bar") in app.accesses()
    assert ("shop.m:f", "read", "shop_place") not in app.accesses()
