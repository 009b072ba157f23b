"""What Django does by itself below the application's own middleware: generic views that run without a line of the application's.

Not pages of the admin: a middleware would be told all tables that any of them shows, of which tests are seen to open few.

The innermost function of the application under such a statement is the middleware that calls the next: it is told there a second
time, besides the class of the view.
"""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.linking.effects import DECLARED
from decompose.linking.libraries import (
    django_deletion,
    django_forms,
    django_template_rows,
    django_templates,
    model_views,
    rest_serializers,
)
from decompose.linking.libraries.ended_by_hooks import goes_on_in_transaction
from decompose.linking.libraries.stated import scope_at
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value

BELOW = "views below a middleware, by what the framework does"
_SETTING = "MIDDLEWARE"
NEXT = "get_response"
"""The name by which a middleware is given what it goes on to."""

_BETWEEN = (
    "dispatch", "post", "form_valid", "delete", "create", "update", "destroy", "perform_create", "perform_update", "perform_destroy",
)  # fmt: skip
"""Methods of views below which rows are written."""
_OF_ROWS = {"insert": "save", "update": "save", "delete": "delete"}
"""What writes a row, where its class has one of the application's own."""


def below(linked: Linked, read: django_template_rows.Read) -> Iterator[django_templates.Found]:
    """The accesses of all generic views, at the call by which the innermost middleware goes on."""
    places = list(_innermost(linked))
    if not places:
        return
    found = sorted(set(_of_views(linked, read)))
    for scope, line in places:
        receiver = linked.engine.own_receiver(scope) if scope.is_method else -1
        for operation, value, rule in found:
            yield scope.index, receiver, operation, value, "execute", rule, line


def _of_views(linked: Linked, read: django_template_rows.Read) -> Iterator[tuple[str, Value, str]]:
    def rows(thing: Scope | str) -> Value:
        values = linked.values
        return values.intern("D", thing) if isinstance(thing, str) else values.instance(thing.index)

    for implied in model_views.implied(linked, admin=False):
        if _stands_below(linked, implied):
            pass
        elif implied.operation in DECLARED:
            for operation, thing in rest_serializers.consequences(linked, implied.operation, implied.model):
                yield operation, rows(thing), BELOW
        else:
            yield implied.operation, rows(implied.model), BELOW
            deletes = implied.operation == "delete"
            for follows in django_deletion.consequences(linked, implied.model, selected=False) if deletes else ():
                yield follows.operation, rows(follows.thing), follows.rule(BELOW)
        for value in sorted(linked.attribute_values(implied.cls, "form_class")):
            description = linked.values[value]
            cls = linked.program.scopes[description[1]] if description[0] == "C" else None
            for operation, thing in django_forms.consequences(linked, "offers_choices", cls) if cls is not None else ():
                yield operation, rows(thing), BELOW
    for operation, value in django_templates.shown_by_views(linked, read):
        yield operation, value, BELOW


def _stands_below(linked: Linked, implied: model_views.Implied) -> bool:
    """Whether a method of the application's stands between a middleware and this, and so is told it instead."""
    if implied.operation in ("read", "represents"):
        return False  # rows are also read when the answer is rendered, behind all methods of the view
    if _has_its_own(linked, implied.cls, _BETWEEN):
        return True
    writes = _OF_ROWS.get(implied.operation)
    return writes is not None and _has_its_own(linked, implied.model, (writes,))


def _has_its_own(linked: Linked, cls: Scope, names: tuple[str, ...]) -> bool:
    members = (linked.hierarchy.member(cls, name) for name in names)
    return any(member is not None and not member.owner.library for member in members)


def _innermost(linked: Linked) -> Iterator[tuple[Scope, int]]:
    """The middleware of the application that goes on last, with the line by which it does; the only one, if no list is in view.

    One that has hooks only (`process_request`) goes on by a method of the framework's.
    """
    listed: list[Scope] = []
    for middlewares in listed_middlewares(linked):
        listed += [middleware for middleware in middlewares if _goes_on(middleware)][-1:]
    if not listed:
        classes = [cls for cls in linked.application_classes() if _goes_on(cls)]
        listed = classes if len(classes) == 1 else []
    for cls in dict.fromkeys(listed):
        yield from _goes_on(cls)


def goes_on_in_transactions(linked: Linked) -> bool:
    """Whether a middleware that the settings list goes on inside of a transaction."""
    return any(
        goes_on_in_transaction(linked, scope, NEXT)
        for middlewares in listed_middlewares(linked)
        for middleware in middlewares
        for scope, _ in _goes_on(middleware)
    )


def listed_middlewares(linked: Linked) -> Iterator[list[Scope]]:
    """The middlewares of the application that each module of settings lists, in order."""
    for names in listed_in_settings(linked):
        yield [found for name in names if (found := scope_at(linked, name)) is not None]


def listed_in_settings(linked: Linked, setting: str = _SETTING) -> Iterator[list[str]]:
    """The dotted names, of the application's classes and others, that each module of settings lists, in order."""
    for module in linked.program.modules:
        yield _listed(linked, module.top, setting) if not module.library and "settings" in module.name else []


def _listed(linked: Linked, scope: Scope, setting: str) -> list[str]:
    ref = scope.facts.names.get(setting)
    given = linked.constant(scope, ref) if ref is not None else None
    if isinstance(given, (list, tuple)):
        return [name for name in given if isinstance(name, str)]
    operations = scope.operations_producing(ref)
    return [e for o in operations if o[0] == Op.CONTAINER for e in o[3] if isinstance(e, str)]


def _goes_on(middleware: Scope) -> list[tuple[Scope, int]]:
    """The functions of a middleware that call the next one, each with the line."""
    found = []
    for scope in middleware.module.scopes:
        inside = scope.parent is middleware and scope.is_function
        for operation in scope.facts.ops if inside else ():
            if operation[0] == Op.CALL and type(operation[2]) is int and operation[2] >= 0:
                asked = scope.operations_producing(operation[2])
                if any((o[0] == Op.ATTRIBUTE and o[3] == NEXT) or (o[0] == Op.FREE and o[2] == NEXT) for o in asked):
                    found.append((scope, int(operation[-1])))
    return found[-1:]
