"""SQLModel's classes that are tables -> tables and keys: types are those of the annotations, unless ``Field`` says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking.found import FoundColumn, FoundIndex, FoundKey, FoundTable
from decompose.linking.libraries.sql_types import ANNOTATIONS
from decompose.linking.libraries.sqlalchemy_columns import (
    call_of,
    called_name,
    column,
    hinted_type,
    index,
    index_of_column,
)
from decompose.linking.libraries.sqlalchemy_keys import key_constraint, keys
from decompose.linking.linked import Linked
from decompose.linking.origins import NOTHING, Given, keyword_ref
from decompose.linking.program import Scope


def sqlmodel(linked: Linked, cls: Scope, table: str, given: Given = NOTHING) -> Iterator[FoundTable | FoundKey]:
    """The table of a class that declares itself one, and its keys; ``given`` is what is settled where a function states it."""
    columns: dict[str, FoundColumn] = {}
    indexes: list[FoundIndex] = []
    for owner in linked.hierarchy.order(cls):
        for name, annotation in owner.facts.annotations.items() if not owner.library else ():
            ref = owner.facts.names.get(name, -1)
            operation = call_of(owner, ref)
            called = called_name(owner, operation) if operation is not None else ""
            if name in columns or name.startswith("__") or called == "Relationship":
                continue
            asked: list[Any] = (
                operation if operation is not None and called == "Field" else [Op.CALL, -1, -1, [], [], 0]
            )
            line: int = asked[-1] or owner.facts.line
            columns[name] = _column(linked, owner, name, asked, annotation, line)
            indexes += (i._replace(line=line) for i in index_of_column(linked, owner, asked, name))
            inner = call_of(owner, keyword_ref(asked, "sa_column"))
            if inner is not None:
                yield from keys(linked, owner, inner, table, name, given)
            target = linked.keyword(owner, asked, "foreign_key", given=given)
            if isinstance(target, str):
                pointed, _, other = target.rpartition(".")
                on_delete = str(linked.keyword(owner, asked, "ondelete") or "").upper()
                yield FoundKey(table, (name,), pointed, (other,), on_delete, owner.module.file, line)
                columns[name] = columns[name]._replace(sql_type="", generated=False)
    for operation in cls.facts.ops:
        if operation[0] == Op.CALL:
            yield from key_constraint(linked, cls, operation, table, known_as={})
            indexes += index(linked, cls, operation, known_as={})
    yield FoundTable(table, cls, "model", tuple(columns.values()), cls.module.file, cls.facts.line, tuple(indexes))


def _column(
    linked: Linked, owner: Scope, name: str, operation: list[Any], annotation: list[Any], line: int
) -> FoundColumn:
    hint, optional = hinted_type(annotation)
    inner = call_of(owner, next((ref for key, ref in operation[4] if key == "sa_column"), -1))
    if inner is not None:
        return column(linked, owner, inner, name)
    made = column(linked, owner, [*operation[:3], [], *operation[4:]], name)
    primary = made.primary_key
    length = linked.keyword(owner, operation, "max_length")
    sql_type = made.sql_type or ANNOTATIONS.get(hint, "")
    if sql_type == "varchar" and isinstance(length, int):
        sql_type = f"varchar({length})"
    stated = linked.keyword(owner, operation, "nullable")
    nullable = stated if isinstance(stated, bool) else bool(optional) and not primary
    return FoundColumn(
        name, made.type or hint, nullable, primary, sql_type, primary and sql_type == "integer", owner.module.file, line
    )
