"""Peewee: classes that inherit from ``Model``; a base class without fields of its own is no table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from decompose.facts import Op
from decompose.facts.records import HOLE, Ref
from decompose.linking.found import FoundColumn, FoundIndex, FoundKey, FoundTable
from decompose.linking.libraries import sql_types
from decompose.linking.libraries.consequence import Consequence
from decompose.linking.libraries.models.bodies import (
    Declaration,
    declarations,
    inherited_option,
    models_of,
    option,
    snake,
    target_class,
)
from decompose.linking.libraries.sqlalchemy_columns import call_of, called_name
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope

_TYPES = {
    "AutoField": "integer", "BigAutoField": "bigint", "BigIntegerField": "bigint", "BlobField": "bytea",
    "BooleanField": "boolean", "CharField": "varchar({max_length:255})", "DateField": "date", "DateTimeField": "timestamp",
    "DecimalField": "numeric({max_digits:10}, {decimal_places:5})", "DoubleField": "double precision",
    "FixedCharField": "char({max_length:255})", "FloatField": "real", "IdentityField": "integer", "IntegerField": "integer",
    "IPField": "bigint", "JSONField": "json", "BinaryJSONField": "jsonb", "PrimaryKeyField": "integer",
    "SmallIntegerField": "smallint", "TextField": "text", "TimeField": "time", "TimestampField": "bigint",
    "UUIDField": "uuid", "BareField": "", "BitField": "bigint", "BigBitField": "bytea", "BinaryUUIDField": "bytea",
    "DateTimeTZField": "timestamp with time zone", "ArrayField": "", "TSVectorField": "tsvector", "HStoreField": "hstore",
}  # fmt: skip
_GENERATED = frozenset({"AutoField", "BigAutoField", "IdentityField", "PrimaryKeyField"})
_KEYS = frozenset({"ForeignKeyField", "DeferredForeignKey"})


PACKAGES, BASES = ("peewee", "playhouse", "peewee_async"), ("Model", "FlaskDB.Model")

_POINTING: WeakKeyDictionary[Linked, dict[int, list[tuple[Scope, bool]]]] = WeakKeyDictionary()
"""The models with a key to a model, and whether that may be empty."""


def keys_of(linked: Linked, cls: Scope, models: list[Scope]) -> Iterator[tuple[Declaration, Scope]]:
    """The keys of a model, each with the model that it points to."""
    for declared in declarations(linked, cls):
        if declared.called in _KEYS:
            ref = keyword_ref(declared.operation, "model", 0)
            ref = ref if ref != -1 else keyword_ref(declared.operation, "rel_model")
            target = target_class(linked, declared.owner, ref, models)
            if target is not None:
                yield declared, cls if target is declared.owner else target


def many_to_many(linked: Linked, cls: Scope, models: list[Scope]) -> Iterator[tuple[Declaration, Scope, Scope | None]]:
    """The many-to-many relations that a model declares: what they lead to, and the model between, if one is named."""
    for declared in declarations(linked, cls):
        if declared.called == "ManyToManyField":
            owner, operation = declared.owner, declared.operation
            target = target_class(linked, owner, keyword_ref(operation, "model", 0), models)
            through = keyword_ref(operation, "through_model", 2)
            if target is not None:
                named = target_class(linked, owner, through, models) if through != -1 else None
                yield declared, cls if target is owner else target, named


def table_between(linked: Linked, cls: Scope, target: Scope) -> str:
    """The name of the table that Peewee makes for a many-to-many relation."""
    return f"{table_name(linked, cls)}_{table_name(linked, target)}_through"


def is_model(linked: Linked, cls: Scope) -> bool:
    """Whether a class inherits from Peewee's model."""
    return linked.inherits(cls, "peewee:Model")


def deleted_along(linked: Linked, cls: Scope) -> Iterator[Consequence]:
    """What ``delete_instance(recursive=True)`` sends, whatever rows there are: keys that may be empty are emptied, the rows of others deleted.

    Rows further away are found by subqueries over those between.
    """
    pointing = _POINTING.get(linked)
    if pointing is None:
        models = models_of(linked, PACKAGES, BASES)
        pointing = _POINTING[linked] = {}
        for model in models:
            for declared, target in keys_of(linked, model, models):
                empty = linked.keyword(declared.owner, declared.operation, "null") is True
                pointing.setdefault(target.index, []).append((model, empty))
    seen, waiting = {cls.index}, [cls]
    while waiting:
        current = waiting.pop()
        for model, may_be_empty in pointing.get(current.index, ()):
            if current is not cls:
                yield Consequence("read", current)
            yield Consequence("update" if may_be_empty else "delete", model)
            if not may_be_empty and model.index not in seen:
                seen.add(model.index)
                waiting.append(model)


def schema(linked: Linked) -> Iterator[FoundTable | FoundKey]:
    """Tables and keys of all models."""
    models = models_of(linked, PACKAGES, BASES)
    for cls in models:
        below = linked.hierarchy.subclasses.get(cls.index, ())
        if below and not any(d.called in _TYPES or d.called in _KEYS for d in declarations(linked, cls)):
            continue
        if option(cls, "temporary") is True:
            continue  # there for one connection only
        yield from _table(linked, cls, models)
        for declared, target, named in many_to_many(linked, cls, models):
            if named is None:
                yield from _between(linked, cls, target, declared)


def _between(linked: Linked, cls: Scope, target: Scope, declared: Declaration) -> Iterator[FoundTable | FoundKey]:
    """The table that Peewee makes for a many-to-many relation, and its keys."""
    file, line = declared.place
    table, sides = table_between(linked, cls, target), (cls, target)
    names = tuple(f"{side.facts.name.lower()}_id" for side in sides)
    columns = tuple(FoundColumn(name, "ForeignKeyField", False, False, "", False, file, line) for name in names)
    key = FoundColumn("id", "AutoField", False, True, "integer", True, file, line)
    yield FoundTable(
        table, None, "model", (key, *columns), file, line, (FoundIndex("", names, True, False, file, line),)
    )
    for name, side in zip(names, sides, strict=True):
        yield FoundKey(table, (name,), side, (_key(linked, side),), "CASCADE", file, line)


def table_name(linked: Linked, cls: Scope) -> str:
    """As given, or the name of the class in lower case, in words where ``legacy_table_names`` is off."""
    given = option(cls, "table_name") or option(cls, "db_table")
    if isinstance(given, str):
        given = _filled(linked, cls, given) if HOLE in given else given
        schema_name = inherited_option(linked, cls, "schema")
        return f"{schema_name}.{given}" if isinstance(schema_name, str) else given
    if inherited_option(linked, cls, "legacy_table_names") is False:
        return snake(cls.facts.name)
    return re.sub(r"[^\w]+", "_", cls.facts.name).lower()


def _filled(linked: Linked, cls: Scope, text: str) -> str:
    """A name put together from those of other models' tables: ``"starred_" + Track._meta.table_name``."""
    meta = next(s for s in cls.module.scopes if s.parent is cls and s.facts.name == "Meta")
    names = [_name_of_table(linked, meta, ref) for ref in meta.facts.templates.get(text, ())]
    for name in names if len(names) == text.count(HOLE) else ():
        text = text.replace(HOLE, name or HOLE, 1) if name else text
    return text


def _name_of_table(linked: Linked, scope: Scope, ref: Ref) -> str | None:
    known = linked.constant(scope, ref)
    if isinstance(known, str):
        return known
    for name in ("table_name", "_meta"):
        operation = next(iter(scope.operations_producing(ref)), [-1])
        if operation[0] != Op.ATTRIBUTE or operation[3] != name:
            return None
        ref = operation[2]
    described = [linked.values[value] for value in linked.names.evaluate(scope, ref)]
    of = linked.program.scopes[described[0][1]] if len(described) == 1 and described[0][0] == "C" else None
    return table_name(linked, of) if of is not None else None


def _table(linked: Linked, cls: Scope, models: list[Scope]) -> Iterator[FoundTable | FoundKey]:
    table = table_name(linked, cls)
    columns: list[FoundColumn] = []
    indexes: list[FoundIndex] = []
    for declared in declarations(linked, cls):
        if declared.called not in _TYPES and declared.called not in _KEYS:
            continue
        owner, operation, (file, line) = declared.owner, declared.operation, declared.place
        is_key = declared.called in _KEYS
        given = linked.keyword(owner, operation, "column_name") or linked.keyword(owner, operation, "db_column")
        usual = declared.name if not is_key or declared.name.endswith("_id") else f"{declared.name}_id"
        name = given if isinstance(given, str) else usual
        pattern = _TYPES.get(declared.called, "")
        arguments = {a: linked.keyword(owner, operation, a) for a in sql_types.arguments_of(pattern)}
        generated = declared.called in _GENERATED
        primary = generated or linked.keyword(owner, operation, "primary_key") is True
        nullable = linked.keyword(owner, operation, "null") is True and not primary
        sql_type = sql_types.filled(pattern, arguments)
        columns.append(FoundColumn(name, declared.called, nullable, primary, sql_type, generated, file, line))
        unique = linked.keyword(owner, operation, "unique") is True
        if not primary and (unique or is_key or linked.keyword(owner, operation, "index") is True):
            indexes.append(FoundIndex("", (name,), unique, False, file, line))
        if is_key:
            ref = keyword_ref(operation, "model", 0)
            target = target_class(linked, owner, ref if ref != -1 else keyword_ref(operation, "rel_model"), models)
            on_delete = str(linked.keyword(owner, operation, "on_delete") or "").upper()
            if target is not None:
                target = cls if target is owner else target
                pointed = linked.keyword(owner, operation, "field")
                yield FoundKey(
                    table,
                    (name,),
                    target,
                    (pointed if isinstance(pointed, str) else _key(linked, target),),
                    on_delete,
                    file,
                    line,
                )
    composite = _composite_key(linked, cls)
    known_as = {name: next((c.name for c in columns if c.name in (name, f"{name}_id")), name) for name in composite}
    columns = [c._replace(primary_key=True, nullable=False) if c.name in known_as.values() else c for c in columns]
    if not any(column.primary_key for column in columns) and option(cls, "primary_key") is not False:
        columns.insert(0, FoundColumn("id", "AutoField", False, True, "integer", True, cls.module.file, cls.facts.line))
    for group in option(cls, "indexes") or ():
        if isinstance(group, list) and len(group) == 2 and isinstance(group[0], list):
            by_name = tuple(next((c.name for c in columns if c.name in (n, f"{n}_id")), str(n)) for n in group[0])
            indexes.append(FoundIndex("", by_name, bool(group[1]), False, cls.module.file, cls.facts.line))
    yield FoundTable(table, cls, "model", tuple(columns), cls.module.file, cls.facts.line, tuple(indexes))


def _composite_key(linked: Linked, cls: Scope) -> list[str]:
    """The attributes in ``primary_key = CompositeKey(...)``."""
    for scope in cls.module.scopes:
        if scope.parent is cls and scope.facts.name == "Meta":
            operation = call_of(scope, scope.facts.names.get("primary_key"))
            if operation is not None and called_name(scope, operation) == "CompositeKey":
                return [name for ref in operation[3] if isinstance(name := linked.constant(scope, ref), str)]
    return []


def _key(linked: Linked, cls: Scope) -> str:
    for declared in declarations(linked, cls):
        asked = linked.keyword(declared.owner, declared.operation, "primary_key") is True
        if declared.called in _GENERATED or (asked and declared.called in _TYPES):
            given = linked.keyword(declared.owner, declared.operation, "column_name")
            return given if isinstance(given, str) else declared.name
    return "id"
