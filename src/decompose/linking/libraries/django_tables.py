"""Django models -> tables, columns, indexes and keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from decompose.facts import Op
from decompose.linking.found import FoundColumn, FoundIndex, FoundKey, FoundTable
from decompose.linking.libraries import sql_types
from decompose.linking.libraries.django_history import histories
from decompose.linking.libraries.django_options import (
    MODEL,
    OPTIONS_OF_TRANSLATIONS,
    is_abstract,
    is_kept_above,
    is_proxy,
    mapped_class,
    metas,
    table_name,
    translated_model,
)
from decompose.linking.libraries.django_schema import (
    MANY_TO_MANY,
    ONE_TO_ONE,
    Field,
    column_of,
    column_pointed_to,
    fields,
    has_table_of_its_own,
    is_key,
    is_link_above,
    key_column,
    on_delete_of,
    option,
    table_between,
    through_of,
    user_model,
)
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope

_GENERATED = frozenset({"AutoField", "BigAutoField", "SmallAutoField"})
_INDEXED = frozenset({"SlugField"})
_INDEX_CALLS = {"Index": False, "UniqueConstraint": True}


def schema(linked: Linked) -> Iterator[FoundTable | FoundKey]:
    """Tables and foreign keys of all models."""
    for cls in linked.application_classes():
        if linked.inherits(cls, MODEL) and not is_abstract(cls) and not is_proxy(linked, cls):
            yield from _table(linked, cls)
    for cls in linked.program.classes():
        name = cls.facts.names.get("__tablename__")
        if (
            cls.library
            and isinstance(name, str)
            and linked.inherits(cls, MODEL)
            and cls.index not in linked.names.substitutes
        ):
            yield FoundTable(name, cls, "model", (FoundColumn("id", "AutoField", False, True, "integer", True),), "", 0)
            for field in fields(linked, cls):
                between = _many_to_many(linked, cls, field, "", 0) if field.relation == MANY_TO_MANY else ()
                yield from (found for found in between if isinstance(found, FoundTable))


def between(linked: Linked) -> Iterator[Scope]:
    """The models that many-to-many relations name as ``through``."""
    for cls in linked.application_classes():
        if linked.inherits(cls, MODEL):
            for field in fields(linked, cls):
                if field.relation == MANY_TO_MANY and keyword_ref(field.operation, "through") != -1:
                    for value in through_of(linked, cls, field):
                        described = linked.values[value]
                        if described[0] == "I":
                            yield linked.program.scopes[described[1]]


def _table(linked: Linked, cls: Scope) -> Iterator[FoundTable | FoundKey]:
    table = table_name(linked, cls)
    columns: list[FoundColumn] = []
    indexes: list[FoundIndex] = []
    known_as: dict[str, str] = {}
    linked_above: set[int] = set()
    file = cls.module.file
    for field in (f for model in (cls, *_kept_models(linked, cls)) for f in fields(linked, model)):
        home = field.owner.module.file or file
        line = cls.facts.line if field.owner.library else field.operation[-1]
        if field.relation == MANY_TO_MANY:
            yield from _many_to_many(linked, cls, field, home, line)
            continue
        column = _column(linked, field, home, line)
        columns.append(column)
        known_as[field.name] = column.name
        indexes += _index_of(linked, field, column)
        if field.relation:
            enforced = option(linked, field, "db_constraint") is not False
            if is_link_above(linked, field):
                linked_above.update(target.index for target in field.targets)
            for target in field.targets:
                pointed = column_pointed_to(linked, field, target)
                on_delete = on_delete_of(linked, field)
                yield FoundKey(table, (column.name,), target, (pointed,), on_delete, home, line, enforced)
    for parent in linked.hierarchy.order(cls)[1:]:
        if (
            (not parent.library or "__tablename__" in parent.facts.names)
            and linked.inherits(parent, MODEL)
            and not is_abstract(parent)
            and not is_proxy(linked, parent)
        ):
            name = f"{parent.facts.name.lower()}_ptr_id"
            if name not in known_as.values() and parent.index not in linked_above:
                columns.insert(0, FoundColumn(name, "OneToOneField", False, True, "", False, file, cls.facts.line))
                pointed = key_column(linked, parent)
                yield FoundKey(table, (name,), parent, (pointed,), "CASCADE", file, cls.facts.line)
            break
    if not any(column.primary_key for column in columns):
        columns.insert(0, _automatic_key(linked, file, cls.facts.line))
    yield from _copies(linked, cls, columns)
    indexes += _indexes_of_meta(linked, cls, known_as)
    yield FoundTable(table, cls, "model", tuple(columns), file, cls.facts.line, tuple(indexes))


def _kept_models(linked: Linked, cls: Scope) -> Iterator[Scope]:
    """The models below whose rows a library keeps in the table of a model."""
    for below in linked.hierarchy.subclasses.get(cls.index, ()):
        if is_kept_above(linked, below) and mapped_class(linked, below) is cls:
            yield below


def _copies(linked: Linked, cls: Scope, columns: list[FoundColumn]) -> Iterator[FoundTable | FoundKey]:
    """The table that a library copies the rows into: what was unique is not there, and no row is held by a key but the user's."""
    history = histories(linked).get(cls.index)
    if history is None:
        return
    plain = [column._replace(primary_key=False, generated=False) for column in columns]
    user = user_model(linked) if history.user else None
    if user is not None:
        plain.append(FoundColumn(history.user, "ForeignKey", True, False, "", False, history.file, history.line))
    yield FoundTable(history.table, None, "model", tuple(plain), history.file, history.line)
    if user is not None:
        pointed = key_column(linked, user)
        yield FoundKey(history.table, (history.user,), user, (pointed,), "SET_NULL", history.file, history.line)


def _automatic_key(linked: Linked, file: str, line: int) -> FoundColumn:
    """The column ``id`` that Django adds, of the type that the settings choose."""
    chosen = linked.engine.references.settings().get("DEFAULT_AUTO_FIELD", "AutoField").rpartition(".")[2]
    return FoundColumn("id", chosen, False, True, sql_types.DJANGO.get(chosen, "integer"), True, file, line)


def _column(linked: Linked, field: Field, file: str, line: int) -> FoundColumn:
    key = is_key(linked, field)
    nullable: bool | None = option(linked, field, "null") is True
    if not nullable and keyword_ref(field.operation, "null") not in (-1, ["c", False]):
        nullable = None  # computed
    generated = any(name in _GENERATED for name in field.kinds)
    sql_type = "" if field.relation else _sql_type(linked, field)
    return FoundColumn(
        column_of(linked, field), field.type_name, nullable and not key, key, sql_type, generated, file, line
    )


def _sql_type(linked: Linked, field: Field) -> str:
    """The type in the database: of the field's class, or of the nearest one above that Django has."""
    pattern = next((sql_types.DJANGO[name] for name in field.kinds if name in sql_types.DJANGO), "")
    arguments = {
        name: option(linked, field, name, 1 if name == "max_length" else -1) for name in sql_types.arguments_of(pattern)
    }
    return sql_types.filled(pattern, arguments)


def _index_of(linked: Linked, field: Field, column: FoundColumn) -> Iterator[FoundIndex]:
    if column.primary_key:
        return
    unique = field.relation == ONE_TO_ONE or option(linked, field, "unique") is True
    asked = option(linked, field, "db_index")
    implied = bool(field.relation) or any(name in _INDEXED for name in field.kinds)
    if unique or asked is True or (implied and asked is not False):
        yield FoundIndex("", (column.name,), unique, False, column.file, column.line)


def _indexes_of_meta(linked: Linked, cls: Scope, known_as: dict[str, str]) -> Iterator[FoundIndex]:
    def columns(names: Any) -> tuple[str, ...]:
        given = names if isinstance(names, (list, tuple)) else ()
        return tuple(known_as.get(str(name).lstrip("-"), str(name).lstrip("-")) for name in given)

    if translated_model(linked, cls) is not None:
        meta = cls.facts.names.get(OPTIONS_OF_TRANSLATIONS)
        stated = linked.constant(cls, meta) if meta is not None else None
        groups = stated.get("unique_together", ()) if isinstance(stated, dict) else ()
        for group in (*_listed(groups), ("language_code", "master")):
            yield FoundIndex("", columns(group), True, False, cls.module.file, cls.facts.line)
    for groups_of, is_unique in (("unique_together", True), ("index_together", False)):
        for meta, group in _groups(linked, cls, groups_of):
            yield FoundIndex("", columns(group), is_unique, False, meta.module.file, meta.facts.line)
    for meta, name, operation in _indexes_made(linked, cls):
        given = linked.keyword(meta, operation, "name")
        label = given if isinstance(given, str) and "%" not in given else ""
        partial = keyword_ref(operation, "condition") != -1
        over = columns(linked.keyword(meta, operation, "fields"))
        yield FoundIndex(label, over, _INDEX_CALLS[name], partial, meta.module.file, operation[-1])


def unique_groups(linked: Linked, cls: Scope) -> Iterator[tuple[str, ...]]:
    """The fields that are unique together, as the options of a model say."""
    for _, group in _groups(linked, cls, "unique_together"):
        yield tuple(group)
    for meta, name, operation in _indexes_made(linked, cls):
        over = linked.keyword(meta, operation, "fields") or _expressed(meta, operation)
        if _INDEX_CALLS[name] and isinstance(over, (list, tuple)) and over:
            yield tuple(over)


def _expressed(meta: Scope, operation: list[Any]) -> list[str]:
    """The fields that a constraint names by expressions, such as `Lower("name")`."""
    found = []
    for ref in operation[3]:
        made = None if isinstance(ref, str) else meta.call_producing(ref)
        given = [ref] if isinstance(ref, str) else made[3] if made is not None else []
        found += [name.lstrip("-") for name in given if isinstance(name, str)]
    return found


def _groups(linked: Linked, cls: Scope, groups_of: str) -> Iterator[tuple[Scope, Sequence[str]]]:
    meta = next((meta for meta in metas(linked, cls) if groups_of in meta.facts.names), None)
    groups = linked.constant(meta, meta.facts.names[groups_of]) if meta is not None else None
    if meta is not None:
        yield from ((meta, group) for group in _listed(groups))


def _listed(groups: Any) -> Sequence[Sequence[str]]:
    """Groups of fields, of which a single one may stand for itself."""
    if not isinstance(groups, (list, tuple)) or not groups:
        return ()
    return [groups] if isinstance(groups[0], str) else groups


def _indexes_made(linked: Linked, cls: Scope) -> Iterator[tuple[Scope, str, list[Any]]]:
    """The calls in the options of a model that make indexes and constraints, each with the name of what it calls."""
    for meta in metas(linked, cls):
        for operation in meta.facts.ops:
            name = _called(meta, operation) if operation[0] == Op.CALL else ""
            if name in _INDEX_CALLS:
                yield meta, name, operation


def _called(scope: Scope, operation: list[Any]) -> str:
    for producer in scope.operations_producing(operation[2]):
        if producer[0] in (Op.ATTRIBUTE, Op.FROM):
            return str(producer[3 if producer[0] == Op.ATTRIBUTE else 4])
        if producer[0] == Op.FREE:
            return str(producer[2])
    return ""


def _many_to_many(linked: Linked, cls: Scope, field: Field, file: str, line: int) -> Iterator[FoundTable | FoundKey]:
    if not has_table_of_its_own(linked, field) or not field.targets:
        return
    name = table_between(linked, cls, field)
    target = field.targets[0]
    own, other = f"{cls.facts.name.lower()}_id", f"{target.facts.name.lower()}_id"
    if own == other:
        own, other = f"from_{own}", f"to_{other}"
    columns = (
        _automatic_key(linked, file, line),
        *(FoundColumn(column, "ForeignKey", False, False, "", False, file, line) for column in (own, other)),
    )
    enforced = option(linked, field, "db_constraint") is not False
    indexes = [FoundIndex("", over, len(over) > 1, False, file, line) for over in ((own, other), (own,), (other,))]
    yield FoundTable(name, None, "model", columns, file, line, tuple(indexes))
    for column, pointed in ((own, cls), (other, target)):
        yield FoundKey(name, (column,), pointed, (key_column(linked, pointed),), "CASCADE", file, line, enforced)
