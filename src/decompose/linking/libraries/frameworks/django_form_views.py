"""Django's generic views: the forms that a view names, which the framework makes, asks and saves for each request."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.linking.effects import ANSWERING
from decompose.linking.frames import Frame
from decompose.linking.libraries.django_forms import model_of
from decompose.linking.libraries.django_schema import library_class
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.libraries.view_forms import forms_of, saved_by
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.linking.wiring import Given, Wire, own_frame

_RULE = "form of the view"
_SAVES = f"{_RULE}{ANSWERING}post put"
_KEYWORDS = "get_form_kwargs"
_MODEL_FORM = "django.forms:ModelForm"


def wires(linked: Linked) -> Iterator[Wire]:
    """From each view to its forms, and to the method in which they save what they were given, if the framework calls it."""
    for view in linked.application_classes():
        for form in forms_of(linked, view):
            yield Wire(view, view.facts.line, form, "construct", _RULE)
            saving = saved_by(linked, view, form)
            if saving is not None:
                yield Wire(view, view.facts.line, saving, "callback", _SAVES)


def given_to_forms(linked: Linked) -> Iterator[Given]:
    """What a view says that its forms are made with (`get_form_kwargs`) reaches their initialisers, by name."""
    for view in linked.application_classes():
        forms = forms_of(linked, view)
        initialisers = [found[1] for form in forms if (found := linked.bound_method(form, "__init__")) is not None]
        for key, value in _keywords(linked, view) if initialisers else ():
            yield from (Given(initialiser, key, value) for initialiser in initialisers)


def rows_given_to_forms(linked: Linked) -> Iterator[Given]:
    """A view that changes a row makes its forms with it, as ``instance``."""
    changing = library_class(linked.program, "django.views.generic", "BaseUpdateView")
    for view in linked.application_classes() if changing is not None else ():
        for form in forms_of(linked, view) if changing in linked.hierarchy.order(view) else ():
            model, initialiser = model_of(linked, form), linked.bound_method(form, "__init__")
            if model is not None and initialiser is not None and linked.inherits(form, _MODEL_FORM):
                yield Given(initialiser[1], "instance", linked.values.instance(model.index))


def _keywords(linked: Linked, view: Scope) -> Iterator[tuple[str, Value]]:
    for owner in linked.hierarchy.order(view):
        ref = owner.facts.names.get(_KEYWORDS) if not owner.library else None
        function = owner.function_below(ref)
        frame = own_frame(linked.engine, function) if function is not None else None
        yield from _set_in(linked, frame) if frame is not None else ()


def _set_in(linked: Linked, frame: Frame) -> Iterator[tuple[str, Value]]:
    """The constant keys that a function sets, and those of the dictionary that it gives, with the values."""
    engine = linked.engine
    for operation in frame.scope.facts.ops:
        if operation[0] == Op.SET_ITEM and isinstance(operation[2], str):
            for value in sorted(engine.values_of(engine.node_of(frame, operation[3]))):
                yield operation[2], value
        elif operation[0] == Op.CALL and any(name == "update" for _, name in frame.scope.attributes_read(operation[2])):
            for ref in operation[3]:
                yield from _entries(linked, engine.values_of(engine.node_of(frame, ref)))
            for key, ref in operation[4]:
                yield from ((key, v) for v in sorted(engine.values_of(engine.node_of(frame, ref))) if key)
    yield from _entries(linked, engine.values_of(frame.returns))


def _entries(linked: Linked, dictionaries: frozenset[Value]) -> Iterator[tuple[str, Value]]:
    for dictionary in sorted(dictionaries):
        described = linked.values[dictionary]
        for key, node in linked.engine.containers.keyed(described[2]) if described[0] == "O" else ():
            if isinstance(key, str):
                yield from ((key, value) for value in sorted(linked.engine.values_of(node)))


_PARTS = """
    from django import forms
    from django.db import models
    from django.views import generic
    class Order(models.Model):
        def pay(self): pass
    class Bill(models.Model):
        def pay(self): pass
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
    wires=(wires, given_to_forms, rows_given_to_forms),
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
    class PaidForm(forms.ModelForm):
        class Meta:
            model = Order
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            order = kwargs.get("instance")
            order.pay()
    class Paid(generic.UpdateView):
        form_class = PaidForm
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
                    "m:Paid -[construct]-> m:PaidForm.__init__",
                    "m:PaidForm.__init__ -[call]-> m:Order.pay",
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
    class NewForm(forms.ModelForm):
        class Meta:
            model = Order
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            kwargs["instance"].pay()
    class New(generic.CreateView):
        form_class = NewForm
            """,
            calls=frozenset(
                {
                    "m:New -[construct]-> m:NewForm.__init__",
                    "m:OrderForm -[callback]-> m:OrderForm.clean_title",
                    "m:OrderForm.save -[call]-> m:note",
                }
            ),
        ),
    ),
)
