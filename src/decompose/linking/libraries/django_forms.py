"""What forms do to the rows of their model, and of the models it points to, by what their classes declare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.linking.libraries.django_form_queries import FORM, Asked, added, asked_by, set_later
from decompose.linking.libraries.django_options import MODEL, mapped_class
from decompose.linking.libraries.django_schema import (
    MANY_TO_MANY,
    ONE_TO_ONE,
    Field,
    fields,
    has_table_of_its_own,
    option,
    said_of_field,
    table_between,
    texts_of,
    through_of,
)
from decompose.linking.libraries.django_tables import unique_groups
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope

LOOKING_UP = frozenset({"validates", "offers_choices"})
"""What looks up rows one field after the other."""
SERIALIZER = "rest_framework.serializers:BaseSerializer"

Consequence = tuple[str, Scope | str]
_SEVERAL = "ModelMultipleChoice"
"""In the names of fields that let several rows be chosen."""
_CHOOSING = "ModelChoiceField"
"""The class of fields that let rows be chosen, which `_SEVERAL` is a subclass of."""
RELATED = "RelatedField"
"""In the names of fields that stand for a row that a key points to."""


class Choice(NamedTuple):
    """A field by which rows of a model are chosen: one, or ``many``."""

    name: str
    model: Scope
    many: bool


def consequences(linked: Linked, operation: str, cls: Scope) -> Iterator[Consequence]:
    """What an instance of a form does to tables besides saving the row that it is about, and what a row does when it is validated."""
    if linked.inherits(cls, MODEL):
        yield from _validated_row(linked, cls)
        return
    if not linked.inherits(cls, FORM):
        return
    declared = _declared(linked, cls)
    chosen = [thing for things in declared.values() for thing in things]
    if operation == "validates":
        yield from _validated(linked, cls, choices=tuple(chosen))
        return
    for thing in chosen if operation == "offers_choices" else ():
        yield "read", thing
    about = model_of(linked, cls)
    for field in fields_included(linked, cls):
        if not field.relation or not field.targets or about is None:
            continue
        if operation == "offers_choices":
            if field.name not in declared:  # what is declared has choices of its own
                yield "read", field.targets[0]
        elif field.relation != MANY_TO_MANY:
            continue
        elif has_table_of_its_own(linked, field):
            between = table_between(linked, about, field)
            yield "read", between
            if operation == "loads_relations":
                yield "read", field.targets[0]
            else:
                yield "insert", between
        elif said_of_field(linked, field.cls, "__between__"):
            # A library keeps it, and saves what the form has.
            kept = (linked.values[value] for value in through_of(linked, cls, field))
            rows = [field.targets[0], *(linked.program.scopes[d[1]] for d in kept if d[0] == "I")]
            for model in rows:
                yield "read", model
            for model in rows if operation != "loads_relations" else ():
                yield "insert", model


def fills_in(linked: Linked, method: Scope) -> bool:
    """Whether a form of the model has put its values into the object, related rows among them, when it calls this."""
    cls = method.parent
    return method.is_method and method.facts.name == "clean" and cls is not None and linked.inherits(cls, MODEL)


def _validated(linked: Linked, cls: Scope, choices: tuple[Scope | str, ...]) -> Iterator[Consequence]:
    """Choices are looked up, and so is whether what is to be unique is there already."""
    for thing in choices:
        yield "read", thing
    included = list(fields_included(linked, cls))
    for field in included:
        if field.relation and field.targets:
            yield "read", field.targets[0]
    about = model_of(linked, cls)
    if about is not None and is_unique(linked, about, included):
        yield "read", about


def _validated_row(linked: Linked, model: Scope) -> Iterator[Consequence]:
    """What keys point to is looked up, and so is whether what is to be unique is there already."""
    mapped = mapped_class(linked, model)
    declared = [field for cls in dict.fromkeys((model, mapped)) for field in fields(linked, cls)]
    for field in declared:
        if field.relation and field.relation != MANY_TO_MANY and field.targets:
            yield "read", field.targets[0]
    if is_unique(linked, mapped, declared):
        yield "read", mapped


def is_unique(linked: Linked, model: Scope, included: list[Field]) -> bool:
    names = {field.name for field in included}
    for field in included:
        if field.relation == ONE_TO_ONE or option(linked, field, "unique") is True or _is_given_key(linked, field):
            return True
    return any(names.issuperset(group) for group in unique_groups(linked, model))


def _is_given_key(linked: Linked, field: Field) -> bool:
    """Whether a field is the row's own key, and a new row has one before the database gives it one."""
    return option(linked, field, "primary_key") is True and not field.cls.facts.name.endswith("AutoField")


def asked_later(linked: Linked, cls: Scope) -> Iterator[tuple[str, bool]]:
    """The fields that choose rows of a query which the bodies of a form's classes do not tell, and whether several: also those that methods add."""
    for name, owner, operation in fields_in_bodies(linked, cls):
        if is_called(linked, owner, operation, _CHOOSING) and not any(_models_chosen(linked, owner, operation)):
            yield name, is_called(linked, owner, operation, _SEVERAL)
    for name, function, made in added(linked, cls):
        if is_called(linked, function, made, _CHOOSING):
            yield name, is_called(linked, function, made, _SEVERAL)


def choices(linked: Linked, cls: Scope) -> Iterator[Choice]:
    """The fields of a form or a serializer by which rows are chosen: those in the bodies of its classes, and those of its model."""
    declared: dict[str, bool] = {}
    for name, owner, operation in fields_in_bodies(linked, cls):
        if name in declared:
            continue
        declared[name] = is_called(linked, owner, operation, RELATED)
        source = linked.keyword(owner, operation, "source")
        many = linked.keyword(owner, operation, "many") is True or is_called(linked, owner, operation, _SEVERAL)
        for model in _models_chosen(linked, owner, operation):
            declared[name] = False
            yield Choice(source if isinstance(source, str) else name, model, many)
    for field in fields_included(linked, cls):
        if field.relation and field.targets and declared.get(field.name, True):
            yield Choice(field.name, field.targets[0], field.relation == MANY_TO_MANY)


def is_called(linked: Linked, owner: Scope, operation: list[Any], part: str) -> bool:
    """Whether the class that a call makes an object of, or one above it, has ``part`` in its name."""
    names = []
    for value in linked.names.evaluate(owner, operation[2]):
        description = linked.values[value]
        if description[0] == "X":
            names.append(description[2])
        elif description[0] == "C":
            cls = linked.program.scopes[description[1]]
            names += (above.facts.name for above in linked.hierarchy.order(cls))
            names += (linked.values[base][2] for base in linked.hierarchy.external_bases(cls))
    return any(part in name for name in names)


def _declared(linked: Linked, cls: Scope) -> dict[str, list[Scope | str]]:
    """The fields in the bodies of a form's classes, each with what the query of its choices asks for, also if it is told later."""
    declared: dict[str, list[Scope | str]] = {}
    for name, owner, operation in fields_in_bodies(linked, cls):
        if name not in declared:
            declared[name] = [asked.thing for asked in _asked(linked, owner, operation)]
    for name, later in set_later(linked, cls):
        declared.setdefault(name, []).append(later.thing)
    return declared


def fields_in_bodies(linked: Linked, cls: Scope) -> Iterator[tuple[str, Scope, list[Any]]]:
    """What the bodies of a class and its ancestors make by a call: the name, the class, and the call."""
    for owner in linked.hierarchy.order(cls):
        for name, ref in owner.facts.names.items() if not owner.library else ():
            if _is_node(ref):
                made = owner.call_producing(ref)
                if made is not None:
                    yield name, owner, made


def _models_chosen(linked: Linked, owner: Scope, operation: list[Any]) -> Iterator[Scope]:
    """The models whose rows a field lets be chosen: of the query that it is given."""
    yield from (asked.model for asked in _asked(linked, owner, operation) if asked.model is not None)


def _asked(linked: Linked, owner: Scope, operation: list[Any]) -> Iterator[Asked]:
    query = keyword_ref(operation, "queryset", 0)
    if _is_node(query):
        yield from asked_by(linked, linked.engine.class_frame(owner), query)


def _is_node(ref: Any) -> bool:
    return type(ref) is int and ref >= 0


def meta_body(linked: Linked, cls: Scope) -> Scope | None:
    for owner in linked.hierarchy.order(cls):
        found = next((s for s in owner.module.scopes if s.parent is owner and s.facts.name == "Meta"), None)
        if found is not None and not owner.library:
            return found
    return None


def model_of(linked: Linked, cls: Scope) -> Scope | None:
    meta = meta_body(linked, cls)
    for holder in linked.hierarchy.order(meta) if meta is not None else ():
        ref = holder.facts.names.get("model")
        for value in linked.names.evaluate(holder, ref) if ref is not None else ():
            if linked.values[value][0] == "C":
                found: Scope = linked.program.scopes[linked.values[value][1]]
                return found
    return None


def told_by_meta(linked: Linked, meta: Scope | None, option: str) -> list[str] | str | None:
    for holder in linked.hierarchy.order(meta) if meta is not None else ():
        ref = holder.facts.names.get(option)
        if ref is not None:
            given = linked.constant(holder, ref)
            return given if isinstance(given, str) else texts_of(linked, holder, ref)
    return None


def fields_included(linked: Linked, cls: Scope) -> Iterator[Field]:
    """The fields of the model that a form or a serializer has, where that is told."""
    model, meta = model_of(linked, cls), meta_body(linked, cls)
    if model is None:
        return
    wanted, without = told_by_meta(linked, meta, "fields"), told_by_meta(linked, meta, "exclude")
    if wanted is None and without is None:
        return
    for field in fields(linked, model):
        if isinstance(wanted, list) and field.name not in wanted:
            continue
        if isinstance(without, list) and field.name in without:
            continue
        if option(linked, field, "editable") is not False:
            yield field
