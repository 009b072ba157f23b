"""Classes that a framework makes work on the model that they name: generic views, view sets, forms of models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from decompose.linking.libraries.admin_pages import INSIDE, deletes_inside, registered_for
from decompose.linking.libraries.answered_in_transactions import goes_on
from decompose.linking.libraries.django_forms import SERIALIZER
from decompose.linking.libraries.django_options import MODEL
from decompose.linking.libraries.django_schema import library_class
from decompose.linking.libraries.view_forms import forms_of
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value

_OPERATIONS = {
    "ListView": ("read",),
    "DetailView": ("read",),
    "CreateView": ("insert",),
    "UpdateView": ("read", "update"),
    "DeleteView": ("read", "delete"),
    "ListAPIView": ("read",),
    "RetrieveAPIView": ("read",),
    "CreateAPIView": ("insert",),
    "UpdateAPIView": ("read", "update"),
    "DestroyAPIView": ("read", "delete"),
    "ListCreateAPIView": ("read", "insert"),
    "RetrieveUpdateAPIView": ("read", "update"),
    "RetrieveDestroyAPIView": ("read", "delete"),
    "RetrieveUpdateDestroyAPIView": ("read", "update", "delete"),
    "ReadOnlyModelViewSet": ("read",),
    "ModelViewSet": ("read", "insert", "update", "delete"),
    "ModelAdmin": ("read", "insert", "update", "delete"),
    "InlineModelAdmin": ("read", "insert", "update", "delete"),
}
_ACTIONS = {
    "ListModelMixin": ("list", ("read",)),
    "RetrieveModelMixin": ("retrieve", ("read",)),
    "CreateModelMixin": ("create", ("insert",)),
    "UpdateModelMixin": ("update", ("read", "update")),
    "DestroyModelMixin": ("destroy", ("read", "delete")),
}
"""What a set of views is put together from, each with the method that a router leads to; other views call that themselves."""
_OPERATIONS |= {mixin: operations for mixin, (_, operations) in _ACTIONS.items()}
_VIEW_SET = "rest_framework.viewsets:ViewSetMixin"
_MODULES = ("django.views", "rest_framework", "django.contrib.admin")
_ADMIN = "Admin"
_FORBIDS = {"insert": "has_add_permission", "update": "has_change_permission", "delete": "has_delete_permission"}
"""Operation of an admin page -> the method that forbids it, if all that it says is no."""
_PAGE, _FORM = "ModelAdmin", "changeform_view"
_PAGES = {"insert": "add_view", "update": "change_view"}
"""Operation -> the page of the admin on which it is done."""
_OF_PAGES = {
    "read": ("", ("get_queryset", "get_object")),
    "insert": ("changeform_view changelist_view", ("save_model",)),
    "update": ("changeform_view changelist_view", ("save_model",)),
    "delete": ("delete_view changelist_view", ("delete_model",)),
}
"""Operation of a page of the admin -> the framework's methods that do it, and the methods by which: those of the application's in
their place do it themselves."""
_NAMED_IN = ("queryset", "model")
_LEFT_TO = {
    "insert": (("save", "create"), "perform_create"),
    "update": (("save", "update"), "perform_update"),
    "delete": ((), "perform_destroy"),
}
"""Operation -> who does it in the place of the framework: methods of a form or a serializer, and a method of the view."""
_BY_METHOD = {"insert": "save", "update": "save", "delete": "delete"}
"""Operation -> the method of the row by which it is done."""
_WITH_FORMS = frozenset({"ListView", "DetailView", "CreateView", "UpdateView", "DeleteView"})
_ANSWERING = {
    "read": "get head put patch delete list retrieve update partial_update destroy",
    "insert": "post create",
    "update": "put patch update partial_update",
    "delete": "delete destroy",
}
_ANSWERING_FORMS = {
    "read": "get head post put delete",
    "insert": "post put",
    "update": "post put",
    "delete": "post delete",
}
"""Operation -> the methods that do it, of views for a REST API, and of those with pages and forms."""
_CHANGED = (("represents", "shown by"), ("validates", "validated by"), ("saves_relations", "saved by"))
_SERIALIZERS_PART = {
    "read": _CHANGED[:1],
    "insert": _CHANGED,
    "update": (*_CHANGED, ("replaces_relations", "saved by")),
}
"""Operation of a view -> what its serializer does then, with the words for it."""


class Implied(NamedTuple):
    """What a class does to the rows of a model without a line of code that says so.

    The ``operation`` may be one of `effects.DECLARED`: what the serializer, which then is the ``model``, says that this does.
    """

    cls: Scope
    operation: str
    model: Scope
    rule: str
    asks_first: bool = False
    """Whether it shows what a deletion would take along, and leaves it to who looks at that."""
    line: int = 0
    """Where, if not at the class."""
    answering: str = ""
    """The methods of a view, the library's or in their place, that do it; empty for all."""
    besides: bool = False
    """Whether it does so besides what its methods do, not in their place."""
    between: str = ""
    """The table that it is done to, if that is one between the rows of the model and others."""
    own: Scope | None = None
    """The model's own method by which it does so, if the application has one."""


def implied(linked: Linked, *, admin: bool = True) -> Iterator[Implied]:
    """What views do whose class names a model or a query, and pages of the ``admin`` for the model that they are registered for.

    Not what they leave to a method of the model; pages of the admin can also delete many rows by one statement.
    """
    for found in _done_to_rows(linked, admin=admin):
        if found.own is None or (found.asks_first and found.operation == "delete"):
            yield found


def left_to_models(linked: Linked) -> Iterator[Implied]:
    """What they do by a method that the application has given the model."""
    return (found for found in _done_to_rows(linked, admin=True) if found.own is not None)


def _done_to_rows(linked: Linked, *, admin: bool) -> Iterator[Implied]:
    for cls in linked.application_classes():
        for base in _frameworks_bases(linked, cls):
            if base.endswith(_ADMIN) and not admin:
                continue
            models = _models(linked, cls)
            for operation in _OPERATIONS[base]:
                if _is_forbidden(linked, cls, operation) or _is_left(linked, cls, operation):
                    continue
                asks, answering = base.endswith(_ADMIN), _answering(base, operation)
                besides = base == _PAGE and not any(
                    linked.hierarchy.own_member(cls, name) for name in _OF_PAGES[operation][1]
                )
                for model in models:
                    own = _own_method(linked, model, _BY_METHOD.get(operation, ""))
                    yield Implied(
                        cls, operation, model, f"model of a {base}", asks, answering=answering, own=own, besides=besides
                    )
                for other in _touched_along(linked, cls) if operation == "read" and models else ():
                    yield Implied(cls, operation, other, f"along with the model of a {base}", answering=answering)
                yield from _by_serializers(linked, cls, operation, answering)


def _own_method(linked: Linked, model: Scope, name: str) -> Scope | None:
    """The method of that name which the application has given a model, or a class above it."""
    member = linked.hierarchy.member(model, name) if name else None
    return linked.method_below(member) if member is not None and not member.owner.library else None


def _touched_along(linked: Linked, cls: Scope) -> list[Scope]:
    """The models of the rows that the query which a class names touches besides its own, if no method of the application makes it."""
    maker = linked.method_below(linked.hierarchy.member(cls, "get_queryset"))
    if maker is not None and not maker.library:
        return []
    queries = (linked.values[value] for value in sorted(linked.attribute_values(cls, "queryset")))
    told = (value for query in queries if query[0] == "I" for part in query[2][1:] for value in part)
    classes = dict.fromkeys(linked.values[value][1] for value in told if linked.values[value][0] == "I")
    return [linked.program.scopes[index] for index in sorted(classes)]


def _answering(base: str, operation: str) -> str:
    if base.endswith(_ADMIN):
        return _OF_PAGES[operation][0] if base == _PAGE else ""
    return (_ANSWERING_FORMS if base in _WITH_FORMS else _ANSWERING)[operation]


def _by_serializers(linked: Linked, cls: Scope, operation: str, answering: str) -> Iterator[Implied]:
    """What the serializers that a view names do besides, when the view reads or writes rows."""
    for value in sorted(linked.attribute_values(cls, "serializer_class")):
        description = linked.values[value]
        if description[0] == "C" and linked.is_instance_of(linked.values.instance(description[1]), SERIALIZER):
            named = linked.program.scopes[description[1]]
            for effect, words in _SERIALIZERS_PART.get(operation, ()):
                yield Implied(cls, effect, named, f"{words} {named.facts.name}", answering=answering)


def _frameworks_bases(linked: Linked, cls: Scope) -> list[str]:
    reached = [
        (ancestor.module.name, ancestor.facts.name) for ancestor in linked.hierarchy.order(cls) if ancestor.library
    ]
    described = (linked.values[base] for base in linked.hierarchy.external_bases(cls))
    reached += [(module, name.rpartition(".")[2]) for _, module, name in described]
    known = [name for module, name in reached if name in _OPERATIONS and module.startswith(_MODULES)]
    whole = [name for name in known if name not in _ACTIONS]
    if whole or not linked.inherits(cls, _VIEW_SET):
        return whole
    return [name for name in known if _is_the_librarys(linked, cls, _ACTIONS[name][0])]


def _is_the_librarys(linked: Linked, cls: Scope, name: str) -> bool:
    member = linked.hierarchy.member(cls, name)
    return member is not None and member.owner.library


def _is_forbidden(linked: Linked, cls: Scope, operation: str) -> bool:
    """Whether the class says ``False`` to whoever asks for it, or has another page in the place of the framework's."""
    if operation == "delete" and linked.inherits(cls, INSIDE) and not deletes_inside(linked, cls):
        return True
    member = linked.hierarchy.member(cls, _FORBIDS.get(operation, ""))
    function = linked.engine.function_of(member)
    if function is not None and function.facts.returns == [["c", False]]:
        return True
    page = _PAGES.get(operation)
    return page is not None and not goes_on(linked, cls, page, _FORM)


def _is_left(linked: Linked, cls: Scope, operation: str) -> bool:
    """Whether methods of the application do it, which are told of it at their lines: of the view, or of each form that it names."""
    methods, own = _LEFT_TO.get(operation, ((), ""))
    if linked.hierarchy.own_member(cls, own):
        return True
    named = [linked.values[value] for value in linked.attribute_values(cls, "serializer_class")]
    forms = forms_of(linked, cls) or [linked.program.scopes[d[1]] for d in named if d[0] == "C"]
    return bool(forms) and all(any(linked.hierarchy.own_member(form, name) for name in methods) for form in forms)


def _models(linked: Linked, cls: Scope) -> list[Scope]:
    """The models that a name in the class gives, or those that it is registered for."""
    registered = registered_for(linked, cls)
    if registered:
        return registered
    for name in _NAMED_IN:
        found = []
        for value in sorted(linked.attribute_values(cls, name)):
            description = linked.values[value]
            entities: Sequence[Value] = ()
            if description[0] == "C":
                entities = [value]
            elif description[0] == "I" and description[2]:
                entities = description[2][0]
            found += [linked.program.scopes[linked.values[v][1]] for v in entities if linked.values[v][0] in ("C", "I")]
        models = [model for model in found if linked.inherits(model, MODEL)]
        if models:
            return models
    return _bound_model(linked, cls)


def _bound_model(linked: Linked, cls: Scope) -> list[Scope]:
    """The model that a view for a REST API works on by what its methods or its serializer say."""
    view = library_class(linked.program, "rest_framework.generics", "GenericAPIView")
    if view is None or view not in linked.hierarchy.order(cls):
        return []
    bound = (linked.values[row] for row in linked.hierarchy.bindings(cls, (), view).get("M", ()))
    return [linked.program.scopes[row[1]] for row in bound if row[0] == "I"]
