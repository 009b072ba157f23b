"""Django's generic views: the forms that a view names, which the framework makes, asks and saves for each request."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.view_forms import forms_of, saved_by
from decompose.linking.linked import Linked
from decompose.linking.wiring import Wire

_RULE = "form of the view"


def wires(linked: Linked) -> Iterator[Wire]:
    """From each view to its forms, and to the method in which they save what they were given, if the framework calls it."""
    for view in linked.application_classes():
        for form in forms_of(linked, view):
            yield Wire(view, view.facts.line, form, "construct", _RULE)
            saving = saved_by(linked, view, form)
            if saving is not None:
                yield Wire(view, view.facts.line, saving, "callback", _RULE)


_PARTS = """
    from django import forms
    from django.db import models
    from django.views import generic
    class Order(models.Model): pass
    class OrderForm(forms.ModelForm):
        class Meta:
            model = Order
        def clean_title(self): pass
        def save(self, commit=True):
            note()
            return super().save(commit)
    def note(): pass
"""

FRAMEWORK = Framework(
    name="Django's generic views of forms",
    summaries={},
    packages=("django",),
    wires=(wires,),
    examples=(
        Example(
            _PARTS
            + """
    class Named(generic.CreateView):
        model = Order
        form_class = OrderForm
    class Chosen(generic.UpdateView):
        model = Order
        def get_form_class(self): return OrderForm
        def form_valid(self, form): return note()
            """,
            calls=frozenset(
                {
                    "m:Named -[construct]-> m:OrderForm",
                    "m:Named -[callback]-> m:OrderForm.save",
                    "m:Chosen -[construct]-> m:OrderForm",
                    "m:Chosen -[callback]-> m:Chosen.form_valid",
                    "m:Chosen -[callback]-> m:Chosen.get_form_class",
                    "m:Chosen.form_valid -[call]-> m:note",
                    "m:OrderForm -[callback]-> m:OrderForm.clean_title",
                    "m:OrderForm.save -[call]-> m:note",
                }
            ),
        ),
    ),
    look_alikes=(
        Example(
            _PARTS
            + """
    class Page(generic.TemplateView):
        form_class = OrderForm
            """,
            calls=frozenset(
                {
                    "m:OrderForm -[callback]-> m:OrderForm.clean_title",
                    "m:OrderForm.save -[call]-> m:note",
                }
            ),
        ),
    ),
)
