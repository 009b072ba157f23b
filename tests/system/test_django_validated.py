"""Django: what forms and serializers hand over when they have validated, and the classes of their fields."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Draw

MODELS = """
    from django.contrib.auth.models import User
    from django.db import models

    class Profile(models.Model):
        user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="profile")

    class Owner(models.Model):
        name = models.CharField(max_length=9)

    class Tag(models.Model):
        owner = models.ForeignKey(Owner, on_delete=models.CASCADE)

    class Order(models.Model):
        customer = models.ForeignKey(User, on_delete=models.CASCADE)
        tags = models.ManyToManyField(Tag)
"""


def _reads_of(draw: Draw, module: str, definition: str) -> set[str]:
    app = draw(
        {
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
            "shop/code.py": "from shop.models import *\n" + textwrap.dedent(module),
        }
    )
    return {
        table
        for d, operation, table in app.executed()
        if d == f"shop.code:{definition}" and operation == "read" and table != "auth_user"
    }


FORM = """
    from django import forms
    class OrderForm(forms.ModelForm):
        main = forms.ModelChoiceField(Tag.objects.filter(owner__name="x").order_by("id"))
        class Meta:
            model = Order
            fields = ["customer", "tags"]
        def clean_customer(self): return {clean_customer}
        def clean(self):
            data = super().clean()
            return {clean}
    def show(request):
        form = OrderForm(request.POST)
        return {show}
"""


@pytest.mark.parametrize(
    ("method", "expression", "expected"),
    [
        ("clean_customer", 'self.cleaned_data["customer"].profile.id', {"shop_profile"}),
        ("clean", 'data["main"].owner.name', {"shop_owner"}),
        ("clean", '[tag.id for tag in data["tags"]]', {"shop_tag"}),
        ("show", 'form.cleaned_data.get("customer").profile.id', {"shop_profile"}),
        ("show", 'form.cleaned_data["quantity"].profile.id', set()),
    ],
)
def test_what_a_form_has_validated_are_rows(draw: Draw, method: str, expression: str, expected: set[str]) -> None:
    named = {"clean_customer": "None", "clean": "None", "show": "None", method: expression}
    definition = method if method == "show" else f"OrderForm.{method}"
    assert _reads_of(draw, FORM.format(**named), definition) == expected


LATER = """
    from django import forms
    def tags(): return Tag.objects.filter(owner__name="x")
    class Base(forms.Form):
        main = forms.ModelChoiceField(queryset=None)
        def __init__(self, *args):
            super().__init__(*args)
            {init}
    class OrderForm(Base): pass
    class OtherForm(forms.Form):
        main = forms.ModelChoiceField(queryset=None)
    def show(request, form):
        form = OrderForm(request.POST)
        {show}
    def other(request):
        form = OtherForm(request.POST)
        return form.is_valid(), form.cleaned_data["main"].owner.id
"""


@pytest.mark.parametrize(
    ("init", "show"),
    [
        ('self.fields["main"].queryset = tags()', "pass"),
        ('field = self.fields["main"]; field.queryset = tags().order_by("id")', "pass"),
        ('self.fields["main"] = forms.ModelChoiceField(queryset=tags())', "pass"),
        ("pass", 'form.fields["main"].queryset = tags()'),
    ],
)
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("form.is_valid()", {"shop_tag", "shop_owner"}),
        ('form.cleaned_data["main"].owner.name', {"shop_owner"}),
    ],
)
def test_a_form_is_given_its_query_later(draw: Draw, init: str, show: str, expression: str, expected: set[str]) -> None:
    module = LATER.format(init=init, show=f"{show}; return {expression}")
    assert _reads_of(draw, module, "show") == expected
    assert _reads_of(draw, module, "other") == set()


KEYWORDS = [
    'kwargs = super().get_form_kwargs(); kwargs["tags"] = tags(); return kwargs',
    'kwargs = super().get_form_kwargs(); kwargs.update({"tags": tags()}); return kwargs',
    "kwargs = super().get_form_kwargs(); kwargs.update(tags=tags()); return kwargs",
    'return {"data": self.request.POST, "tags": tags()}',
]


@pytest.mark.parametrize("body", KEYWORDS)
@pytest.mark.parametrize(
    "method", ["(self, *args, tags, **kwargs): tags.first()", '(self, *args, **kwargs): kwargs.pop("tags").first()']
)
def test_a_form_is_made_with_what_its_view_says(draw: Draw, body: str, method: str) -> None:
    module = f"""
        from django import forms
        from django.views.generic import FormView
        def tags(): return Tag.objects.filter(owner__name="x")
        class OrderForm(forms.Form):
            def __init__{method}
        class OtherForm(forms.Form):
            def __init__{method}
        class Mixin:
            def get_form_kwargs(self): {body}
        class Buy(Mixin, FormView):
            form_class = OrderForm
        class Sell(FormView):
            form_class = OtherForm
    """
    assert _reads_of(draw, module, "OrderForm.__init__") == {"shop_tag", "shop_owner"}
    assert _reads_of(draw, module, "OtherForm.__init__") == set()


@pytest.mark.parametrize(
    ("initialiser", "arguments", "where"),
    [
        ("(self, *args, **kwargs): super().__init__(*args, **kwargs)", "Tag.objects.all(), many=True", "show"),
        ("(self, *args, **kwargs): super().__init__(*args, **kwargs)", "instance=Tag.objects.all()", "show"),
        ("(self, instance=None, **kwargs): super().__init__(instance, **kwargs)", "Tag.objects.all()", "show"),
        ("(self, tags, size): super().__init__(instance=size)", "0, Tag.objects.all()", "Shorter.__init__"),
    ],
)
def test_what_an_initialiser_only_hands_on_is_read_where_the_object_is_made(
    draw: Draw, initialiser: str, arguments: str, where: str
) -> None:
    module = f"""
        from rest_framework import serializers
        class Shorter:
            def __init__{initialiser}
        class TagSerializer(Shorter, serializers.ModelSerializer):
            class Meta:
                model = Tag
                fields = ["id"]
        def show(): return TagSerializer({arguments})
    """
    reads = {of: _reads_of(draw, module, of) for of in ("show", "Shorter.__init__")}
    assert reads == {of: {"shop_tag"} if of == where else set() for of in reads}


SERIALIZER = """
    from rest_framework import serializers
    class OrderSerializer(serializers.ModelSerializer):
        main = serializers.PrimaryKeyRelatedField(queryset=Tag.objects.all(), source="first")
        extra = serializers.DictField()
        class Meta:
            model = Order
            fields = ["customer", "tags", "main", "extra"]
"""


@pytest.mark.parametrize(
    ("method", "body", "expected"),
    [
        ("validate_customer", "(self, value): return value.profile.id", {"shop_profile"}),
        ("validate_tags", "(self, value): return [tag.owner.name for tag in value]", {"shop_owner"}),
        ("validate", '(self, attrs): return attrs["first"].owner.name', {"shop_owner"}),
        ("create", '(self, validated_data): return validated_data.get("customer").profile.id', {"shop_profile"}),
        ("update", "(self, instance, data): return instance.customer.profile.id", {"shop_profile"}),
        ("to_representation", "(self, instance): return instance.customer.profile.id", {"shop_profile"}),
        ("validate", '(self, attrs): return self.context["request"].user.profile.id', {"shop_profile"}),
        ("validate_extra", "(self, value): return value.profile.id", set()),
    ],
)
def test_a_serializer_gives_its_methods_what_it_has_validated(
    draw: Draw, method: str, body: str, expected: set[str]
) -> None:
    module = f"{SERIALIZER}        def {method}{body}\n"
    assert _reads_of(draw, module, f"OrderSerializer.{method}") == expected


def test_a_serializer_of_the_frameworks_own_user(draw: Draw) -> None:
    module = """
        from rest_framework import serializers
        class UserSerializer(serializers.ModelSerializer):
            class Meta:
                model = User
                fields = "__all__"
            def update(self, instance, data):
                return instance.profile.id
    """
    assert _reads_of(draw, module, "UserSerializer.update") == {"shop_profile"}


def test_a_fields_class_works_on_the_rows_that_its_objects_are_made_with(draw: Draw) -> None:
    module = """
        from django import forms
        class Labelled(forms.ModelChoiceField):
            def clean(self, value): return super().clean(value)
            def label_from_instance(self, row): return row.owner.name
        def query(): return Tag.objects.all()
        class OrderForm(forms.Form):
            def __init__(self):
                self.fields["tag"] = Labelled(queryset=query())
    """
    assert _reads_of(draw, module, "Labelled.clean") == {"shop_tag"}
    assert _reads_of(draw, module, "Labelled.label_from_instance") == {"shop_owner"}


VIEW = """
    from rest_framework import generics, serializers
    class OrderSerializer(serializers.ModelSerializer):
        class Meta:
            model = Order
            fields = ["customer"]
    class Told:
        serializer_class = OrderSerializer
    class Orders({bases}):
        def create(self, request): return super().create(request)
"""


@pytest.mark.parametrize(
    ("bases", "expected"), [("Told, generics.CreateAPIView", {"insert"}), ("generics.CreateAPIView, Told", set())]
)
def test_what_a_plain_class_tells_a_view(draw: Draw, bases: str, expected: set[str]) -> None:
    """It counts only where it comes before the framework's own class, which has such a name as well."""
    files = {"shop/__init__.py": "", "shop/models.py": MODELS}
    files["shop/code.py"] = "from shop.models import *\n" + textwrap.dedent(VIEW.format(bases=bases))
    found = {(d, o) for d, o, table in draw(files).executed() if table == "shop_order"}
    assert {operation for definition, operation in found if definition == "shop.code:Orders.create"} == expected


def test_what_a_view_finds_keeps_what_it_loads_along(draw: Draw) -> None:
    module = """
        from rest_framework import generics
        from rest_framework.generics import get_object_or_404
        class Tags(generics.ListAPIView):
            def get_queryset(self): return Tag.objects.select_related("owner")
            def get_object(self): return get_object_or_404(self.filter_queryset(self.get_queryset()), id=1)
    """
    assert _reads_of(draw, module, "Tags.get_object") == {"shop_tag", "shop_owner"}


def test_classes_that_tell_in_a_circle_end(draw: Draw) -> None:
    module = """
        from django import forms
        class Again(forms.ModelChoiceField): pass
        def first(): return second() or second() or first()
        def second(): return first() or first() or second()
        class A(B): pass
        class B(A): pass
        class OrderForm(A, B, forms.ModelForm):
            tag = Again(queryset=first())
            def clean(self): return self.cleaned_data["tag"]
    """
    assert _reads_of(draw, module, "OrderForm.clean") == set()


@pytest.mark.parametrize(("last", "expected"), [('"customer"', {"shop_tag", "shop_order_tags"}), ("size", set())])
def test_a_relation_that_is_named_in_branches(draw: Draw, last: str, expected: set[str]) -> None:
    module = f"""
        def show(order: Order, size):
            if size:
                name = "tags"
            elif size == 1:
                raise RuntimeError
            else:
                name = {last}
            return getattr(order, name).all().count()
    """
    assert _reads_of(draw, module, "show") == expected


ADDED = """
    from django import forms
    from django.db import models
    class Topic(models.Model):
        title = models.CharField(max_length=9)
    class Note(models.Model):
        topic = models.ForeignKey(Topic, on_delete=models.CASCADE)
    class Move(forms.Form):
        def __init__(self, topic, *given, **options):
            super().__init__(*given, **options)
            self.fields["notes"] = forms.ModelMultipleChoiceField(queryset=Note.objects.filter(topic=topic))
            self.fields["to"] = forms.ModelChoiceField(queryset=Topic.objects.all())
            self.fields["text"] = forms.CharField()
        def save(self): self.cleaned_data["notes"].update(topic=self.cleaned_data["to"])
        def clear(self): self.cleaned_data["to"].note_set.all().delete()
        def text(self): return self.cleaned_data["text"].update()
    class Other(forms.Form):
        def of_nobody(): self.fields["notes"] = forms.ModelChoiceField(queryset=Note.objects.all())
        def save(self): self.cleaned_data["notes"].update(topic=1)
    """


def test_what_is_chosen_by_fields_that_a_form_adds_is_of_their_queries(draw: Draw) -> None:
    app = draw({"m.py": ADDED})
    assert {(a.definition, a.table, a.operation) for a in app.system.accesses if a.operation != "read"} == {
        ("m:Move.save", "m_note", "update"),
        ("m:Move.clear", "m_note", "delete"),
    }
