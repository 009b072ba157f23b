"""Django's admin: its pages give rows of their model, or a query of those that are chosen, to methods and to functions that a class lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from decompose.linking.effects import ANSWERING
from decompose.linking.found import FoundEntry
from decompose.linking.frames import Frame
from decompose.linking.libraries.admin_pages import admin_page, pages_inside, usual_pages
from decompose.linking.libraries.django_schema import library_class
from decompose.linking.libraries.framework import Example, Framework
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.query_types import MAX_QUERIES_AT_A_CALL
from decompose.linking.values import Value
from decompose.linking.wiring import Given, Wire

_INLINE = "django.contrib.admin:InlineModelAdmin"
_ROW, _QUERY = "obj", "queryset"
_ACTIONS = "actions"
_OWN_QUERY = "get_queryset"
_FORM, _SAVE = "form", "save"
_MODEL_FORM = "django.forms:ModelForm"
_COLUMNS = ("list_display", "list_display_links", "readonly_fields")


class _Called(NamedTuple):
    """A function of the application's as the admin calls it, and the position of what it is given.

    ``takes_page``: its first parameter is the page, although it is no method.
    """

    function: Scope
    value: Value
    position: int
    chosen: bool
    takes_page: bool = False


def entry_points(linked: Linked) -> Iterator[FoundEntry]:
    """The pages that Django makes by itself for a model, where they are registered."""
    for site, model in usual_pages(linked):
        yield FoundEntry("admin", model.facts.name, site.frame.scope, site.frame.scope.module.file, site.line)


def rows_given(linked: Linked) -> Iterator[Given]:
    """Rows of the model, or a query of it, for what the admin calls of each class."""
    page = admin_page(linked.program)
    inside = library_class(linked.program, *_INLINE.split(":"))
    for cls, rows, chosen in queries_of_pages(linked):
        for called in (*_hooks(linked, cls, page), *_listed(linked, cls)) if page is not None else ():
            yield from _given(linked, cls, called, chosen if called.chosen else rows)
        for shown in pages_inside(linked, cls) if inside is not None else ():
            # What a page inside asks of itself it asks for the row of the page around.
            for called in _hooks(linked, shown, inside) if inside in linked.hierarchy.order(shown) else ():
                yield from _given(linked, shown, called, rows)


def shown_inside(linked: Linked) -> Iterator[Wire]:
    """From each page to the pages that it shows and saves inside of it, and to its form with what that does when it is saved."""
    page = admin_page(linked.program)
    for cls in linked.application_classes() if page is not None else ():
        if page in linked.hierarchy.order(cls):
            named = (linked.values[value] for value in sorted(linked.attribute_values(cls, _FORM)))
            forms = [linked.program.scopes[form[1]] for form in named if form[0] == "C"]
            saving = (linked.method_below(linked.hierarchy.member(form, _SAVE)) for form in forms)
            called = [(shown, "inlines") for shown in pages_inside(linked, cls)]
            called += [(form, _FORM) for form in (*forms, *saving) if form is not None]
            for callee, attribute in dict.fromkeys(called):
                if not callee.library:
                    rule = f"named by {attribute} of the class{ANSWERING}changeform_view"
                    yield Wire(cls, cls.facts.line, callee, "callback", rule)


def rows_inside(linked: Linked) -> Iterator[Given]:
    """Rows of their own model for the columns of the pages inside of others."""
    inside = library_class(linked.program, *_INLINE.split(":"))
    if inside is None:
        return
    base = next(scope for scope in linked.hierarchy.order(inside)[1:] if scope.library)
    for cls in linked.application_classes():
        if inside in linked.hierarchy.order(cls):
            rows = next(iter(linked.hierarchy.bindings(cls, (), base).values()), ())
            for called in _listed(linked, cls) if rows else ():
                yield from _given(linked, cls, called, () if called.chosen else rows)


def _given(linked: Linked, cls: Scope, called: _Called, rows: Iterable[Value]) -> Iterator[Given]:
    parameters = called.function.facts.parameters
    if called.takes_page and parameters:
        yield Given(called.value, parameters[0][0], linked.values.instance(cls.index))
    if called.position < len(parameters):
        yield from (Given(called.value, parameters[called.position][0], value) for value in rows)


def queries_of_pages(linked: Linked) -> Iterator[tuple[Scope, tuple[Value, ...], list[Value]]]:
    """Each page that shows rows by itself, with these and the queries of them that it makes."""
    page = admin_page(linked.program)
    queries = library_class(linked.program, "django.db.models", "QuerySet")
    if page is None or queries is None:
        return
    base = next(scope for scope in linked.hierarchy.order(page)[1:] if scope.library)
    made = {
        (frame.scope.index, frame.receiver): frame
        for frame in linked.engine.frames
        if frame.scope.facts.name == _OWN_QUERY and not frame.scope.library
    }
    for cls in linked.application_classes():
        if page not in linked.hierarchy.order(cls) or linked.inherits(cls, _INLINE):
            continue
        rows = next(iter(linked.hierarchy.bindings(cls, (), base).values()), ())
        maker = linked.engine.function_of(linked.hierarchy.member(cls, _OWN_QUERY))
        frame = made.get((maker.index, linked.values.instance(cls.index))) if maker is not None else None
        if rows:
            yield cls, rows, _chosen(linked, frame, rows) or [linked.values.instance(queries.index, (rows,))]


def _chosen(linked: Linked, frame: Frame | None, rows: tuple[Value, ...]) -> list[Value]:
    """The queries of these rows that a page makes itself, unless they are those of many that share the code."""
    returned = sorted(linked.engine.values_of(frame.returns)) if frame is not None else []
    found = [v for v in returned if linked.values[v][0] == "I" and linked.values[v][2][:1] == (rows,)]
    return found if len(found) <= MAX_QUERIES_AT_A_CALL else []


def rows_given_to_forms(linked: Linked) -> Iterator[Given]:
    """The forms of the admin's pages are made with a row, as ``instance``."""
    page = admin_page(linked.program)
    if page is None:
        return
    base = next(scope for scope in linked.hierarchy.order(page)[1:] if scope.library)
    for cls in linked.application_classes():
        form = linked.hierarchy.member(cls, _FORM) if page in linked.hierarchy.order(cls) else None
        if form is None or form.ref is None or form.owner.library:
            continue
        rows = next(iter(linked.hierarchy.bindings(cls, (), base).values()), ())
        described = (linked.values[value] for value in linked.names.evaluate(form.owner, form.ref))
        for made in (linked.program.scopes[d[1]] for d in described if d[0] == "C"):
            initialiser = linked.bound_method(made, "__init__")
            if initialiser is not None and linked.inherits(made, _MODEL_FORM):
                yield from (Given(initialiser[1], "instance", row) for row in rows)


def _hooks(linked: Linked, cls: Scope, page: Scope) -> Iterator[_Called]:
    """What overrides methods that are given something."""
    for name in {name: None for a in linked.hierarchy.order(cls) if not a.library for name in a.facts.names}:
        told = linked.hierarchy.member(page, name)
        overridden = linked.engine.function_of(told)
        for position, parameter in enumerate(overridden.facts.parameters if overridden is not None else ()):
            if parameter[0] in (_ROW, _QUERY):
                yield from _method(linked, cls, name, position, chosen=parameter[0] == _QUERY)


def _listed(linked: Linked, cls: Scope) -> Iterator[_Called]:
    """The actions and the columns that a class lists, methods by name or functions."""
    for attribute in (_ACTIONS, *_COLUMNS):
        member = linked.hierarchy.own_member(cls, attribute)
        if member is None:
            continue
        chosen = attribute == _ACTIONS
        for holder, element in linked.names.constants.elements(member.owner, member.ref):
            if isinstance(element, str):
                yield from _method(linked, cls, element, 2 if chosen else 1, chosen=chosen)
                continue
            for value in linked.names.evaluate(holder, element):
                described = linked.values[value]
                function = linked.program.scopes[described[1]] if described[0] == "F" else None
                if function is None or function.library:
                    continue
                if function.is_method and function.parent in linked.hierarchy.order(cls):
                    yield from _method(linked, cls, function.facts.name, 2 if chosen else 1, chosen=chosen)
                    continue
                if function.parent is not function.module.top:
                    continue  # made by another function, with what that was given
                home = linked.engine.module_frame(function.module)
                made = linked.values.intern("F", function.index, home.index)
                yield _Called(function, made, 2 if chosen else 0, chosen, takes_page=chosen)


def _method(linked: Linked, cls: Scope, name: str, position: int, *, chosen: bool) -> Iterator[_Called]:
    """A method, and what decorators of the application's put into its place."""
    found = linked.bound_method(cls, name)
    if found is None or found[0].facts.flavour:
        return
    yield _Called(*found, position, chosen)
    member = linked.hierarchy.member(cls, name)
    node = linked.engine.node_of(linked.engine.class_frame(member.owner), member.ref) if member is not None else -1
    for value in sorted(linked.engine.values_of(node)):
        described = linked.values[value]
        around = linked.program.scopes[described[1]] if described[0] == "F" else found[0]
        if around is not found[0] and around.is_function and not around.library:
            yield _Called(around, value, position, chosen, takes_page=True)


_MODELS = """
    from django.db import models
    class Order(models.Model):
        def total(self): pass
        def pay(self): pass
    class Unlike(models.Model): pass
"""

FRAMEWORK = Framework(
    name="Django's admin",
    summaries={},
    packages=("django",),
    entry_points=(entry_points,),
    fixed_wires=(shown_inside, rows_given, rows_inside, rows_given_to_forms),
    examples=(
        Example(
            {
                "shop/__init__.py": "",
                "shop/models.py": _MODELS,
                "shop/m.py": """
                    from django import forms
                    from django.contrib import admin
                    from shop.models import Order
                    def pay_all(page, request, chosen):
                        for order in chosen: order.pay()
                    def label(row): return row.total()
                    def of_one(action):
                        def around(page, request, chosen):
                            if page.allows() and chosen.first().total(): action(page, request, chosen)
                        return around
                    class Bill:
                        def total(self): pass
                    class OrderForm(forms.ModelForm):
                        def __init__(self, *args, **kwargs):
                            super().__init__(*args, **kwargs)
                            kwargs["instance"].total()
                    class OrderPage(admin.ModelAdmin):
                        list_display = ["number", "more"]
                        def more(self, row): return row.total()
                    @admin.register(Order)
                    class OrderAdmin(OrderPage):
                        list_display = OrderPage.list_display + [label, "sum"]
                        form = OrderForm
                        def allows(self): return True
                        def close(self, request, queryset): self.close_all(queryset)
                        def close_all(self, orders):
                            for order in orders: order.pay()
                        @of_one
                        def remind(self, request, orders): orders[0].pay()
                        actions = [pay_all, close, "remind"]
                        def sum(self, row): return row.total()
                        def save_model(self, request, obj, form, change): obj.pay()
                """,
            },
            entries=frozenset({"admin Order -> shop.m:OrderAdmin"}),
            calls=frozenset(
                {
                    "shop.m:OrderAdmin -[callback]-> shop.m:OrderAdmin.save_model",
                    "shop.m:OrderAdmin -[callback]-> shop.m:OrderAdmin.sum",
                    "shop.m:pay_all -[call]-> shop.models:Order.pay",
                    "shop.m:OrderForm.__init__ -[call]-> shop.models:Order.total",
                    "shop.m:OrderAdmin.sum -[call]-> shop.models:Order.total",
                    "shop.m:OrderAdmin -[decorate]-> shop.m:of_one",
                    "shop.m:OrderAdmin -[callback]-> shop.m:OrderAdmin.remind",
                    "shop.m:OrderAdmin -[callback]-> shop.m:pay_all",
                    "shop.m:OrderAdmin -[callback]-> shop.m:OrderForm.__init__",
                    "shop.m:OrderAdmin -[callback]-> shop.m:label",
                    "shop.m:of_one.around -[call]-> shop.m:OrderAdmin.allows",
                    "shop.m:of_one.around -[call]-> shop.models:Order.total",
                    "shop.m:of_one.around -[call]-> shop.m:OrderAdmin.remind",
                    "shop.m:OrderAdmin.remind -[call]-> shop.models:Order.pay",
                    "shop.m:OrderAdmin.close -[call]-> shop.m:OrderAdmin.close_all",
                    "shop.m:OrderAdmin.close_all -[call]-> shop.models:Order.pay",
                    "shop.m:OrderPage -[callback]-> shop.m:OrderPage.more",
                    "shop.m:OrderPage.more -[call]-> shop.models:Order.total",
                    "shop.m:label -[call]-> shop.models:Order.total",
                    "shop.m:OrderAdmin.save_model -[call]-> shop.models:Order.pay",
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
                    from shop.models import Order
                    class OrderAdmin:
                        list_display = ["sum"]
                        def sum(self, row): return row.total_of()
                """,
            },
            calls=frozenset(),
        ),
    ),
)
