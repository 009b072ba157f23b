"""The forms that generic views of Django name, and who saves what they were given."""

from __future__ import annotations

from decompose.linking.libraries.django_schema import library_class
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_VIEWS = "django.views.generic"


def forms_of(linked: Linked, view: Scope) -> list[Scope]:
    """The application's classes that a view makes its forms of."""
    mixin = library_class(linked.program, _VIEWS, "FormMixin")
    if mixin is None or mixin not in linked.hierarchy.order(view):
        return []
    bound = linked.hierarchy.bindings(view, (), mixin).get("F", ())
    described = (linked.values[value] for value in bound)
    forms = [linked.program.scopes[form[1]] for form in described if form[0] == "I"]
    return [form for form in forms if not form.library]


def saved_by(linked: Linked, view: Scope, form: Scope) -> Scope | None:
    """The application's method by which the framework saves a form of a view; None where that, or the view's part, is not as usual."""
    valid = linked.hierarchy.member(view, "form_valid")
    mixin = library_class(linked.program, _VIEWS, "ModelFormMixin")
    if valid is None or not valid.owner.library or mixin not in linked.hierarchy.order(view):
        return None
    member = linked.hierarchy.own_member(form, "save")
    return member.owner.function_below(member.ref) if member is not None else None
