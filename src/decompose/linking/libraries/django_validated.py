"""What forms and serializers hand over when they have validated what came in: the rows that were chosen, by the names of their fields.

``form.cleaned_data["customer"]`` is a row of the model of that field, as is ``validated_data["customer"]`` of a serializer, which also
gives it to its methods: ``create``, ``update``, ``validate`` and ``validate_customer``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from decompose.linking.engine import Engine
from decompose.linking.libraries.django_form_queries import FORM, set_later
from decompose.linking.libraries.django_forms import SERIALIZER, Choice, asked_later, choices
from decompose.linking.libraries.django_schema import library_class
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.solver import Node
from decompose.linking.values import Value
from decompose.linking.wiring import Given, Result

_KEPT_IN = ((FORM, "cleaned_data"), (SERIALIZER, "validated_data"))
_GIVEN = {"validate": 1, "create": 1, "update": 2}
"""Method of a serializer -> the position of the parameter that what was validated is given to."""
_OF_ONE = "validate_"


class _Later(NamedTuple):
    """A field of a form that is given its query by code, with the node of what it gives."""

    form: Scope
    name: str
    many: bool
    given: Node


_Validated = dict[int, tuple[dict[str, Value], Value]]
"""Class -> what each field gives, and the dictionary of all."""

_VALIDATED: WeakKeyDictionary[Engine, _Validated] = WeakKeyDictionary()
_LATER: WeakKeyDictionary[Engine, list[_Later]] = WeakKeyDictionary()


def contribute_validated(engine: Engine) -> None:
    """Add the dictionaries of what was validated to the classes of forms and serializers."""
    linked = Linked(engine)
    kept = _VALIDATED[engine] = {}
    later = _LATER[engine] = []
    context = _context(engine)
    for cls in linked.application_classes():
        name = next((name for base, name in _KEPT_IN if linked.inherits(cls, base)), "")
        if context is not None and linked.inherits(cls, SERIALIZER):
            engine.contribute(cls.index, "context", context)
        given = dict(_given(linked, cls)) if name else {}
        open_fields = list(asked_later(linked, cls)) if name and linked.inherits(cls, FORM) else []
        if given or open_fields:
            kept[cls.index] = given, _dictionary(engine, given)
            every = linked.values[kept[cls.index][1]][2]
            later += (_Later(cls, field, many, engine.containers.slot(every, field)) for field, many in open_fields)
            engine.contribute(cls.index, name, kept[cls.index][1])


def _context(engine: Engine) -> Value | None:
    """What generic views give to each serializer that they make."""
    request = library_class(engine.program, "rest_framework.request", "Request")
    return _dictionary(engine, {"request": engine.values.instance(request.index)}) if request is not None else None


def _dictionary(engine: Engine, entries: dict[str, Value]) -> Value:
    every = engine.new_node()
    for name, value in entries.items():
        engine.put(engine.containers.slot(every, name), value)
    return engine.values.intern("O", "dict", every)


def given_to_serializers(linked: Linked) -> Iterator[Given]:
    """What was validated reaches the methods of a serializer that the framework gives it to, and one field's those for that."""
    for index, (fields, every) in sorted(_VALIDATED.get(linked.engine, {}).items()):
        cls = linked.program.scopes[index]
        if not linked.inherits(cls, SERIALIZER):
            continue
        for method, position in _GIVEN.items():
            yield from _handed(linked, cls, method, position, every)
        for field, value in fields.items():
            yield from _handed(linked, cls, f"{_OF_ONE}{field}", 1, value)


def rows_asked_later(linked: Linked) -> Iterator[Result]:
    """The rows of the queries that code gives to the fields of a form, where the form hands over what was chosen."""
    for field in _LATER.get(linked.engine, ()):
        models = (a.model for name, a in set_later(linked, field.form) if name == field.name and a.model is not None)
        values = (_value(linked, field.form, Choice(field.name, model, field.many)) for model in models)
        yield from (Result(field.given, value) for value in values if value is not None)


def results_of_clean(linked: Linked) -> Iterator[Result]:
    """``super().clean()`` of a form gives what was validated so far."""
    kept = _VALIDATED.get(linked.engine, {})
    for site in linked.sites_calling(f"{FORM}.clean") if kept else ():
        described = linked.values[site.frame.receiver] if site.frame.receiver >= 0 else ("",)
        if described[0] == "I" and described[1] in kept and site.result >= 0:
            yield Result(site.result, kept[described[1]][1])


def _handed(linked: Linked, cls: Scope, method: str, position: int, value: Value) -> Iterator[Given]:
    found = linked.bound_method(cls, method)
    if found is not None and len(found[0].facts.parameters) > position:
        yield Given(found[1], found[0].facts.parameters[position][0], value)


def _given(linked: Linked, cls: Scope) -> Iterator[tuple[str, Value]]:
    """The name of each field that rows are chosen by, and what it gives: a row, a query of rows, or a list of them."""
    for choice in choices(linked, cls):
        value = _value(linked, cls, choice)
        if value is not None:
            yield choice.name, value


def _value(linked: Linked, cls: Scope, choice: Choice) -> Value | None:
    engine, row = linked.engine, linked.values.instance(choice.model.index)
    if not choice.many:
        return row
    if not linked.inherits(cls, SERIALIZER):
        query = library_class(linked.program, "django.db.models", "QuerySet")
        return linked.values.instance(query.index, ((row,),)) if query is not None else None
    every = engine.new_node()
    engine.put(every, row)
    return linked.values.intern("O", "list", every)
