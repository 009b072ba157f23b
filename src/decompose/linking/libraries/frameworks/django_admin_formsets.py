"""What the pages of Django's admin hand over to be saved: their form, and the formsets of the pages inside of them."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries.admin_pages import INSIDE, admin_page, deletes_inside, pages_inside
from decompose.linking.libraries.django_schema import library_class
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Given

_FORMSET, _FORM = "formset", "form"
_SAVED = {"save_formset": 3, "save_related": 3}
"""Hooks of a page -> the position of the formset, or the list of all, that it is given."""
_WITH_FORM = {"save_model": 3, "save_formset": 2, "save_related": 2, "save_form": 2, "construct_change_message": 2}
"""Hooks of a page -> the position of the form of its row."""


def forms_given(linked: Linked) -> Iterator[Given]:
    """The form of the page's row, with that row."""
    page = admin_page(linked.program)
    form = library_class(linked.program, "django.forms", "ModelForm")
    if page is None or form is None:
        return
    base = next(scope for scope in linked.hierarchy.order(page)[1:] if scope.library)
    for cls in linked.application_classes():
        rows = next(iter(linked.hierarchy.bindings(cls, (), base).values()), ())
        if page not in linked.hierarchy.order(cls) or not rows or linked.inherits(cls, INSIDE):
            continue
        own = linked.values.instance(_class_named(linked, cls, _FORM, form).index, (rows,))
        for name, position in _WITH_FORM.items():
            hook = linked.bound_method(cls, name)
            if hook is not None and not hook[0].library and position < len(hook[0].facts.parameters):
                yield Given(hook[1], hook[0].facts.parameters[position][0], own)


def formsets_given(linked: Linked) -> Iterator[Given]:
    """The formset of each page inside, of the rows of its model, for what saves them in the place of the framework."""
    page = admin_page(linked.program)
    plain = library_class(linked.program, "django.forms", "BaseInlineFormSet")
    form = library_class(linked.program, "django.forms", "ModelForm")
    lists = library_class(linked.program, "builtins", "list")
    if page is None or plain is None or form is None or lists is None:
        return
    base = next(scope for scope in linked.hierarchy.order(page)[1:] if scope.library)
    for cls in linked.application_classes():
        hooks = _hooks(linked, cls) if page in linked.hierarchy.order(cls) else []
        for inside in pages_inside(linked, cls) if hooks else ():
            rows = next(iter(linked.hierarchy.bindings(inside, (), base).values()), ())
            made = _class_named(linked, inside, _FORM, form), _class_named(linked, inside, _FORMSET, plain)
            own = linked.values.instance(made[0].index, (rows,))
            formset = linked.values.instance(
                made[1].index, ((own,), rows, rows if deletes_inside(linked, inside) else ())
            )
            for function, name, several in hooks if rows else ():
                yield Given(function, name, linked.values.instance(lists.index, ((formset,),)) if several else formset)


def _hooks(linked: Linked, cls: Scope) -> list[tuple[Value, str, bool]]:
    """What a page saves its formsets with: the function, the parameter, and whether it is given the list of all."""
    found = []
    for name, position in _SAVED.items():
        own = linked.bound_method(cls, name)
        if own is not None and not own[0].library and position < len(own[0].facts.parameters):
            found.append((own[1], own[0].facts.parameters[position][0], name == "save_related"))
    return found


def _class_named(linked: Linked, cls: Scope, name: str, plain: Scope) -> Scope:
    """The class that a page names for its rows, if it is one of the application's; else the framework's."""
    described = (linked.values[value] for value in sorted(linked.attribute_values(cls, name)))
    named = (linked.program.scopes[d[1]] for d in described if d[0] == "C")
    return next((own for own in named if plain in linked.hierarchy.order(own)), plain)


_MODELS = """
    from django.db import models
    class Order(models.Model):
        def total(self): pass
    class Line(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
        def price(self): pass
    class Note(models.Model):
        order = models.ForeignKey(Order, on_delete=models.CASCADE)
        def price(self): pass
"""

FRAMEWORK = Framework(
    name="Formsets of Django's admin",
    summaries={},
    packages=("django",),
    fixed_wires=(formsets_given, forms_given),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": _MODELS,
                "shop/m.py": """
                    from django.contrib import admin
                    from shop.models import Line, Note, Order
                    class Lines(admin.TabularInline):
                        model = Line
                    class Notes(admin.TabularInline):
                        model = Note
                    @admin.register(Order)
                    class OrderAdmin(admin.ModelAdmin):
                        inlines = [Lines]
                        def save_formset(self, request, form, formset, change):
                            for line in formset.save(commit=False): line.price()
                        def save_related(self, request, saved, formsets, change):
                            saved.instance.total()
                """,
            },
            entries=frozenset({"admin Order -> shop.m:OrderAdmin"}),
            calls=frozenset(
                {
                    "shop.m:OrderAdmin -[callback]-> shop.m:OrderAdmin.save_formset",
                    "shop.m:OrderAdmin -[callback]-> shop.m:Lines",
                    "shop.m:OrderAdmin.save_formset -[call]-> shop.models:Line.price",
                    "shop.m:OrderAdmin -[callback]-> shop.m:OrderAdmin.save_related",
                    "shop.m:OrderAdmin.save_related -[call]-> shop.models:Order.total",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": _MODELS,
                "shop/m.py": """
                    from shop.models import Line
                    class Lines:
                        model = Line
                    class Page:
                        inlines = [Lines]
                        def save_formset(self, request, form, formset, change):
                            for line in formset.save(commit=False): line.worth()
                """,
            },
            calls=frozenset(),
        ),
    ),
)
