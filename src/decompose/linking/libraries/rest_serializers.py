"""What serializers of Django REST framework do to the rows of their model, and of the models it points to, by what their classes declare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from decompose.linking.engine import Engine
from decompose.linking.libraries.django_forms import (
    SERIALIZER,
    Consequence,
    choices,
    fields_in_bodies,
    fields_included,
    is_unique,
    meta_body,
    model_of,
    told_by_meta,
)
from decompose.linking.libraries.django_relations import relations_back
from decompose.linking.libraries.django_schema import (
    MANY_TO_MANY,
    fields,
    has_table_of_its_own,
    table_between,
    through_of,
)
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value

_MAX_NESTED = 4
_LIST = "rest_framework.serializers:ListSerializer"
_SAVES_NESTED = "__saves_nested__"
_FOUND: WeakKeyDictionary[Engine, dict[tuple[str, int], list[Consequence]]] = WeakKeyDictionary()


class Nested(NamedTuple):
    """A serializer inside another: the name of what it shows or saves, its class, and whether it only shows."""

    name: str
    cls: Scope
    read_only: bool


def consequences(linked: Linked, operation: str, cls: Scope) -> list[Consequence]:
    """What an instance of a serializer does to tables besides saving the row that it is about; asked once all values have flowed."""
    kept = _FOUND.setdefault(linked.engine, {})
    if (operation, cls.index) not in kept:
        kept[operation, cls.index] = list(dict.fromkeys(_consequences(linked, operation, cls)))
    return kept[operation, cls.index]


def _consequences(linked: Linked, operation: str, cls: Scope) -> Iterator[Consequence]:
    if operation == "represents":
        yield from _represented(linked, cls, _MAX_NESTED)
    elif operation == "validates":
        yield from _validated(linked, cls, _MAX_NESTED)
    elif operation == "saves_relations":
        yield from _saved(linked, cls, _MAX_NESTED)
    elif operation == "replaces_relations":
        yield from _replaced(linked, cls)


def nested(linked: Linked, cls: Scope) -> Iterator[Nested]:
    """The serializers that are attributes of a serializer; the nearest of one name counts."""
    seen: set[str] = set()
    for owner in linked.hierarchy.order(cls):
        if owner.library:
            continue
        frame = linked.engine.class_frame(owner)
        for name, ref in owner.facts.names.items():
            if name in seen:
                continue
            seen.add(name)
            for value in sorted(linked.engine.values_of(linked.engine.node_of(frame, ref))):
                if linked.is_instance_of(value, SERIALIZER):
                    made = owner.call_producing(ref)
                    source = linked.keyword(owner, made, "source") if made is not None else None
                    shows = made is not None and linked.keyword(owner, made, "read_only") is True
                    inner = linked.program.scopes[linked.values[value][1]]
                    yield Nested(source if isinstance(source, str) else name, inner, shows)


def saves_nested(linked: Linked, cls: Scope) -> bool:
    """Whether the library's ``create`` and ``update`` also save what the serializers inside were given."""
    return linked.hierarchy.member(cls, _SAVES_NESTED) is not None


def _represented(linked: Linked, cls: Scope, depth: int) -> Iterator[Consequence]:
    """Related rows that are shown: of relations to many, of serializers inside, and those on the way to what a field shows."""
    model = model_of(linked, cls)
    if not depth:
        return
    inside = list(nested(linked, cls))
    if model is None:
        for inner in inside if linked.inherits(cls, _LIST) else ():
            yield from _represented(linked, inner.cls, depth - 1)
        return
    shown = {inner.name for inner in inside}
    named = told_by_meta(linked, meta_body(linked, cls), "fields")
    for field in fields_included(linked, cls):
        if field.targets and field.relation == MANY_TO_MANY:
            yield "read", field.targets[0]
            yield from (("read", _thing(linked, value)) for value in through_of(linked, model, field))
        elif field.targets and field.name in shown:
            yield "read", field.targets[0]
    for name, target in relations_back(linked, model):
        if name in shown or (isinstance(named, list) and name in named):
            yield "read", target
    for path in _paths(linked, cls):
        for value in linked.engine.relations.across(model.index, path, loads=True):
            yield "read", _thing(linked, value)
    for inner in inside:
        yield from _represented(linked, inner.cls, depth - 1)


def _paths(linked: Linked, cls: Scope) -> Iterator[str]:
    """``customer__name`` for ``source="customer.name"`` of a field."""
    seen: set[str] = set()
    for name, owner, made in fields_in_bodies(linked, cls):
        source = linked.keyword(owner, made, "source") if name not in seen else None
        seen.add(name)
        if isinstance(source, str) and "." in source:
            yield source.replace(".", "__")


def _validated(linked: Linked, cls: Scope, depth: int) -> Iterator[Consequence]:
    """Rows that keys name are looked up, and so is whether what is to be unique is there already."""
    shown = _only_shown(linked, cls)
    for choice in choices(linked, cls):
        if choice.name not in shown:
            yield "read", choice.model
    about = model_of(linked, cls)
    if about is not None and is_unique(linked, about, [f for f in fields_included(linked, cls) if f.name not in shown]):
        yield "read", about
    for inner in nested(linked, cls) if depth else ():
        if inner.name not in shown and not inner.read_only:
            yield from _validated(linked, inner.cls, depth - 1)


def _saved(linked: Linked, cls: Scope, depth: int) -> Iterator[Consequence]:
    """Relations to many are set to what was given: what is there is looked at first. So are rows of serializers inside, by some."""
    shown, inside, about = _only_shown(linked, cls), list(nested(linked, cls)), model_of(linked, cls)
    declared = {inner.name for inner in inside}
    for field in fields_included(linked, cls):
        if about is not None and field.name not in shown | declared and _is_kept_between(linked, field):
            between = table_between(linked, about, field)
            yield from (("read", field.targets[0]), ("read", between), ("insert", between))
    for inner, model, between in _saved_inside(linked, cls) if depth else ():
        yield "read", model
        for method, operation in (("create", "insert"), ("update", "update")):
            member = linked.hierarchy.own_member(inner.cls, method)
            if member is None:
                yield operation, model
                yield from _saved(linked, inner.cls, depth - 1)
        if between:
            yield "insert", between


def _replaced(linked: Linked, cls: Scope) -> Iterator[Consequence]:
    """What points to a row and is not among what was given is deleted, or no longer belongs to it."""
    about = model_of(linked, cls)
    back = dict(relations_back(linked, about)) if about is not None else {}
    for inner, model, between in _saved_inside(linked, cls):
        if between:
            yield "delete", between
        elif inner.name in back:
            yield "delete", model


def _saved_inside(linked: Linked, cls: Scope) -> Iterator[tuple[Nested, Scope, str]]:
    """The serializers inside that are saved along, each with its model and the table between, which is empty if there is none."""
    if not saves_nested(linked, cls):
        return
    shown, about = _only_shown(linked, cls), model_of(linked, cls)
    declared = fields(linked, about) if about is not None else ()
    between = {f.name: table_between(linked, about, f) for f in declared if about and _is_kept_between(linked, f)}
    for inner in nested(linked, cls):
        model = model_of(linked, inner.cls)
        if model is not None and not inner.read_only and inner.name not in shown:
            yield inner, model, between.get(inner.name, "")


def _is_kept_between(linked: Linked, field: Any) -> bool:
    return field.relation == MANY_TO_MANY and bool(field.targets) and has_table_of_its_own(linked, field)


def _only_shown(linked: Linked, cls: Scope) -> set[str]:
    """The names that ``read_only_fields`` of the ``Meta`` lists, and those of fields that say so themselves."""
    listed = told_by_meta(linked, meta_body(linked, cls), "read_only_fields")
    shown = set(listed) if isinstance(listed, list) else set()
    seen: set[str] = set()
    for name, owner, made in fields_in_bodies(linked, cls):
        if name not in seen and linked.keyword(owner, made, "read_only") is True:
            shown.add(name)
        seen.add(name)
    return shown


def _thing(linked: Linked, value: Value) -> Scope | str:
    described = linked.values[value]
    if described[0] == "D":
        return str(described[1])
    scope: Scope = linked.program.scopes[described[1]]
    return scope
