"""Pony: classes that inherit from the ``Entity`` of a ``Database``; attributes are ``Required``, ``Optional``, ``Set``, ``PrimaryKey``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking.found import FoundColumn, FoundIndex, FoundKey, FoundTable
from decompose.linking.libraries.models.bodies import Declaration, declarations, plain, target_class
from decompose.linking.libraries.sql_types import ANNOTATIONS
from decompose.linking.libraries.sqlalchemy_columns import called_name
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope

_KINDS = frozenset({"Required", "Optional", "PrimaryKey"})
_OWN_TYPES = {
    "LongStr": "text",
    "Json": "jsonb",
    "IntArray": "integer[]",
    "StrArray": "text[]",
    "FloatArray": "double precision[]",
}


def schema(linked: Linked) -> Iterator[FoundTable | FoundKey]:
    """Tables and keys of all entities; an entity that inherits from another is stored in its table."""
    models = [cls for cls in linked.application_classes() if _is_entity(linked, cls)]
    for cls in models:
        if _root(linked, cls, models) is cls:
            yield from _table(linked, cls, models)
    yield from _between(linked, models)


def _is_entity(linked: Linked, cls: Scope) -> bool:
    """Whether a class or one above it has the base ``db.Entity``, in a module that is not another mapper's."""
    for ancestor in linked.hierarchy.order(cls):
        holder = ancestor.parent
        if ancestor.library or holder is None:
            continue
        if any(type(r) is int and called_name(holder, [Op.CALL, -1, r]) == "Entity" for r in ancestor.facts.bases):
            return "pony" in cls.module.facts.packages or "pony" in ancestor.module.facts.packages
    return False


def _root(linked: Linked, cls: Scope, models: list[Scope]) -> Scope:
    above = [scope for scope in linked.hierarchy.order(cls) if scope in models]
    return above[-1]


def table_name(cls: Scope) -> str:
    """As given, or the name of the class."""
    given = plain(cls.facts.names.get("_table_"))
    if isinstance(given, list):
        return ".".join(str(part) for part in given)
    return given if isinstance(given, str) else cls.facts.name


def _table(linked: Linked, cls: Scope, models: list[Scope]) -> Iterator[FoundTable | FoundKey]:
    table = table_name(cls)
    below = [s for s in linked.hierarchy.subclasses.get(cls.index, ()) if s in models]
    columns: dict[str, FoundColumn] = {}
    indexes: list[FoundIndex] = []
    for member in (cls, *below):
        for declared in declarations(linked, member):
            if declared.called not in _KINDS:
                continue
            found = _column(linked, declared, member, models, table, foreign=member is not cls)
            if found is None:
                continue
            column, key = found
            if column.name in columns:
                continue
            columns[column.name] = column
            if linked.keyword(declared.owner, declared.operation, "unique") is True:
                indexes.append(FoundIndex("", (column.name,), True, False, column.file, column.line))
            if key is not None:
                yield key
    if below:
        columns.setdefault(
            "classtype", FoundColumn("classtype", "", False, False, "varchar", False, cls.module.file, cls.facts.line)
        )
    made = list(columns.values())
    if not any(column.primary_key for column in made):
        made.insert(0, FoundColumn("id", "PrimaryKey", False, True, "integer", True, cls.module.file, cls.facts.line))
    yield FoundTable(table, cls, "model", tuple(made), cls.module.file, cls.facts.line, tuple(indexes))


def _column(
    linked: Linked, declared: Declaration, cls: Scope, models: list[Scope], table: str, *, foreign: bool
) -> tuple[FoundColumn, FoundKey | None] | None:
    owner, operation, (file, line) = declared.owner, declared.operation, declared.place
    ref = operation[3][0] if operation[3] else -1
    target = target_class(linked, owner, ref, models)
    given = linked.keyword(owner, operation, "column")
    name = given if isinstance(given, str) else declared.name
    primary = declared.called == "PrimaryKey"
    nullable = declared.called == "Optional" or foreign
    if target is not None:
        if declared.called == "Optional" and _points_here(linked, target, cls, models, "Required"):
            return None  # the other side of a one-to-one relation holds the column
        target = _root(linked, target, models)
        on_delete = "" if declared.called != "Optional" else "SET NULL"
        column = FoundColumn(name, target.facts.name, nullable, primary, "", False, file, line)
        return column, FoundKey(table, (name,), target, (_key(linked, target),), on_delete, file, line)
    hint = called_name(owner, [Op.CALL, -1, ref]) if type(ref) is int and ref >= 0 else ""
    sql_type = _OWN_TYPES.get(hint) or ANNOTATIONS.get(hint, "")
    length = operation[3][1] if len(operation[3]) > 1 else None
    size = plain(length)
    if sql_type == "varchar" and isinstance(size, int):
        sql_type = f"varchar({size})"
    # Pony stores an empty text rather than null.
    nullable = nullable and (hint not in ("str", "LongStr") or linked.keyword(owner, operation, "nullable") is True)
    generated = primary and linked.keyword(owner, operation, "auto") is True
    return FoundColumn(name, hint, nullable and not primary, primary, sql_type, generated, file, line), None


def _points_here(linked: Linked, other: Scope, cls: Scope, models: list[Scope], kind: str) -> bool:
    return any(
        d.called == kind and d.operation[3] and target_class(linked, d.owner, d.operation[3][0], models) is cls
        for d in declarations(linked, other)
    )


def _key(linked: Linked, cls: Scope) -> str:
    for declared in declarations(linked, cls):
        if declared.called == "PrimaryKey":
            given = linked.keyword(declared.owner, declared.operation, "column")
            return given if isinstance(given, str) else declared.name
    return "id"


def _between(linked: Linked, models: list[Scope]) -> Iterator[FoundTable | FoundKey]:
    """Two sets that lead to each other: a table between, called by both entities in order of their names."""
    sets: dict[tuple[str, str], list[tuple[Declaration, Scope, Scope]]] = {}
    for cls in models:
        for declared in declarations(linked, cls):
            ref: Any = keyword_ref(declared.operation, "", 0)
            target = target_class(linked, declared.owner, ref, models) if declared.called == "Set" else None
            if target is not None and declared.owner is cls:
                first, second = sorted((cls.facts.name, target.facts.name))
                sets.setdefault((first, second), []).append((declared, cls, target))
    for (first, second), sides in sorted(sets.items()):
        if first != second and len({cls.index for _, cls, _ in sides}) < 2:
            continue  # the other side is a single value
        declared, cls, target = sides[0]
        file, line = declared.place
        given = linked.keyword(declared.owner, declared.operation, "table")
        table = given if isinstance(given, str) else f"{first}_{second}"
        ends = sorted((cls, target), key=lambda scope: scope.facts.name)
        names = [scope.facts.name.lower() for scope in ends]
        if names[0] == names[1]:
            names[1] = f"{names[1]}_2"
        columns = tuple(FoundColumn(name, "Set", False, True, "", False, file, line) for name in names)
        yield FoundTable(table, None, "model", columns, file, line)
        for name, end in zip(names, ends, strict=True):
            yield FoundKey(table, (name,), end, (_key(linked, end),), "CASCADE", file, line)
