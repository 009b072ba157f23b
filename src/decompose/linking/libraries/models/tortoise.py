"""Tortoise ORM: classes that inherit from ``tortoise.models.Model``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking.found import FoundColumn, FoundIndex, FoundKey, FoundTable
from decompose.linking.libraries import sql_types
from decompose.linking.libraries.models.bodies import Declaration, declarations, models_of, option, target_class
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope

_TYPES = {
    "BigIntField": "bigint", "BinaryField": "bytea", "BooleanField": "boolean", "CharEnumField": "varchar({max_length})",
    "CharField": "varchar({max_length})", "DateField": "date", "DatetimeField": "timestamp with time zone",
    "DecimalField": "numeric({max_digits}, {decimal_places})", "FloatField": "double precision", "IntEnumField": "smallint",
    "IntField": "integer", "JSONField": "jsonb", "SmallIntField": "smallint", "TextField": "text", "TimeDeltaField": "bigint",
    "TimeField": "time", "UUIDField": "uuid",
}  # fmt: skip
_WHOLE = frozenset({"BigIntField", "IntField", "SmallIntField"})
KEYS = frozenset({"ForeignKeyField", "OneToOneField"})
MANY_TO_MANY = "ManyToManyField"
PACKAGES, BASES = ("tortoise",), ("Model",)


def schema(linked: Linked) -> Iterator[FoundTable | FoundKey]:
    """Tables and keys of all models."""
    models = models_of(linked, PACKAGES, BASES)
    for cls in models:
        if option(cls, "abstract") is not True:
            yield from _table(linked, cls, models)


def table_name(cls: Scope) -> str:
    """As given, or the name of the class in lower case."""
    given = option(cls, "table")
    schema_name = option(cls, "schema")
    name = given if isinstance(given, str) else cls.facts.name.lower()
    return f"{schema_name}.{name}" if isinstance(schema_name, str) else name


def _table(linked: Linked, cls: Scope, models: list[Scope]) -> Iterator[FoundTable | FoundKey]:
    table = table_name(cls)
    columns: list[FoundColumn] = []
    indexes: list[FoundIndex] = []
    for declared in declarations(linked, cls):
        if declared.called == MANY_TO_MANY:
            yield from _many_to_many(linked, cls, declared, models)
        if declared.called not in _TYPES and declared.called not in KEYS:
            continue
        owner, operation, (file, line) = declared.owner, declared.operation, declared.place
        is_key = declared.called in KEYS
        given = _asked(linked, declared, "source_field", "db_column")
        name = given if isinstance(given, str) else f"{declared.name}_id" if is_key else declared.name
        primary = _is_primary(linked, declared)
        pattern = _TYPES.get(declared.called, "")
        arguments = {a: linked.keyword(owner, operation, a) for a in sql_types.arguments_of(pattern)}
        nullable = linked.keyword(owner, operation, "null") is True and not primary
        stated = _asked(linked, declared, "generated")
        generated = primary and declared.called in _WHOLE and stated is not False
        sql_type = sql_types.filled(pattern, arguments)
        columns.append(FoundColumn(name, declared.called, nullable, primary, sql_type, generated, file, line))
        unique = declared.called == "OneToOneField" or linked.keyword(owner, operation, "unique") is True
        if not primary and (unique or _asked(linked, declared, "db_index", "index") is True):
            indexes.append(FoundIndex("", (name,), unique, False, file, line))
        target = target_class(linked, owner, keyword_ref(operation, "model_name", 0), models) if is_key else None
        if target is not None:
            target = cls if target is owner else target
            enforced = linked.keyword(owner, operation, "db_constraint") is not False
            to_field = linked.keyword(owner, operation, "to_field")
            pointed = to_field if isinstance(to_field, str) else _key(linked, target)
            yield FoundKey(table, (name,), target, (pointed,), _on_delete(declared), file, line, enforced)
    if not any(column.primary_key for column in columns):
        columns.insert(0, FoundColumn("id", "IntField", False, True, "integer", True, cls.module.file, cls.facts.line))
    groups = option(cls, "unique_together") or ()
    for group in [groups] if groups and isinstance(groups[0], str) else groups:
        by_name = tuple(next((c.name for c in columns if c.name in (n, f"{n}_id")), str(n)) for n in group)
        indexes.append(FoundIndex("", by_name, True, False, cls.module.file, cls.facts.line))
    yield FoundTable(table, cls, "model", tuple(columns), cls.module.file, cls.facts.line, tuple(indexes))


def between(linked: Linked, cls: Scope, declared: Declaration, target: Scope) -> str:
    """The table between the two sides of a many-to-many relation."""
    given = linked.keyword(declared.owner, declared.operation, "through")
    return given if isinstance(given, str) else f"{table_name(cls)}_{table_name(target)}"


def _many_to_many(
    linked: Linked, cls: Scope, declared: Declaration, models: list[Scope]
) -> Iterator[FoundTable | FoundKey]:
    owner, operation, (file, line) = declared.owner, declared.operation, declared.place
    target = target_class(linked, owner, keyword_ref(operation, "model_name", 0), models)
    if target is None:
        return
    own, other = table_name(cls), table_name(target)
    table = between(linked, cls, declared, target)
    forward = linked.keyword(owner, operation, "forward_key") or f"{other}_id"
    backward = linked.keyword(owner, operation, "backward_key") or f"{own}_rel_id" if own == other else f"{own}_id"
    columns = (str(backward), str(forward))
    yield FoundTable(
        table, None, "model",
        tuple(FoundColumn(name, "ForeignKey", False, False, "", False, file, line) for name in columns), file, line,
        (FoundIndex("", columns, True, False, file, line),),
    )  # fmt: skip
    for name, pointed in zip(columns, (cls, target), strict=True):
        yield FoundKey(table, (name,), pointed, (_key(linked, pointed),), "CASCADE", file, line)


def _asked(linked: Linked, declared: Declaration, *names: str) -> Any:
    return next((v for n in names if (v := linked.keyword(declared.owner, declared.operation, n)) is not None), None)


def _is_primary(linked: Linked, declared: Declaration) -> bool:
    return _asked(linked, declared, "pk", "primary_key") is True


def _key(linked: Linked, cls: Scope) -> str:
    return next((d.name for d in declarations(linked, cls) if d.called in _TYPES and _is_primary(linked, d)), "id")


def _on_delete(declared: Declaration) -> str:
    """``fields.CASCADE``, ``OnDelete.SET_NULL``; Tortoise's default is to cascade."""
    ref = keyword_ref(declared.operation, "on_delete")
    for operation in declared.owner.operations_producing(ref):
        if operation[0] in (Op.ATTRIBUTE, Op.FREE):
            return str(operation[3 if operation[0] == Op.ATTRIBUTE else 2]).replace("_", " ")
    return "CASCADE"
