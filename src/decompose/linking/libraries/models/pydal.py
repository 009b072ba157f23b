"""PyDAL (web2py, py4web): tables are made by ``db.define_table("thing", Field("name"), ...)``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.found import FoundColumn, FoundIndex, FoundKey, FoundTable
from decompose.linking.libraries.models.bodies import plain
from decompose.linking.libraries.sqlalchemy_columns import call_of, called_name
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

PACKAGES = ("gluon", "py4web", "pydal")
_FIELDS = frozenset({"Field", "SQLField"})
_TEXT = frozenset({"string", "password", "upload"})
_TYPES = {
    "bigint": "bigint", "blob": "bytea", "boolean": "char(1)", "date": "date", "datetime": "timestamp", "double": "double precision",
    "float": "real", "id": "integer", "integer": "integer", "json": "json", "text": "text", "time": "time",
}  # fmt: skip
_LENGTH = 512
_REFERENCE = re.compile(r"(?:big-)?reference (\w+)(?:\.(\w+))?$")


def schema(linked: Linked) -> Iterator[FoundTable | FoundKey]:
    """Tables and keys of all such calls whose table has a name that the code says."""
    for scope, operation, table in definitions(linked):
        yield from _table(linked, scope, operation, table)


def definitions(linked: Linked) -> Iterator[tuple[Scope, list[Any], str]]:
    """The calls that define tables, each with the table's name."""
    for module in linked.program.modules:
        for scope in module.scopes if not module.library else ():
            for operation in scope.facts.ops:
                table = defined(linked, scope, operation)
                if table:
                    yield scope, operation, table


def defined(linked: Linked, scope: Scope, operation: list[Any]) -> str:
    """The table that an operation defines; empty where it is no such call."""
    read = scope.attributes_read(operation[2]) if operation[0] == Op.CALL else []
    bases = [base for base, name in read if name == "define_table"]
    if not bases or any(_is_of_forms(linked, scope, base) for base in bases):
        return ""
    name = linked.keyword(scope, operation, "tablename", 0)
    return name if isinstance(name, str) and name.isidentifier() else ""


def _is_of_forms(linked: Linked, scope: Scope, base: Ref) -> bool:
    """Whether it is ``DAL(None)``, which has no database behind it: its tables are read from forms."""
    made = linked.origin(scope, base)
    if made is None or made.operation[0] != Op.CALL or not made.operation[3]:
        return False
    return made.operation[3][0] == ["c", None] and called_name(made.scope, made.operation) == "DAL"


def _table(linked: Linked, scope: Scope, operation: list[Any], table: str) -> Iterator[FoundTable | FoundKey]:
    file, line = scope.module.file, operation[-1]
    primary = _listed(scope, operation)
    columns: dict[str, FoundColumn] = {}
    indexes = []
    for ref in operation[3][1:]:
        field = call_of(scope, ref)
        name = linked.keyword(scope, field, "fieldname", 0) if field and called_name(scope, field) in _FIELDS else None
        if field is None or not isinstance(name, str):
            continue
        target = _target(linked, scope, field)
        kind = linked.keyword(scope, field, "type", 1)
        kind = kind if isinstance(kind, str) else "reference" if target else "string"
        is_key = kind == "id" or name in primary
        nullable = not is_key and linked.keyword(scope, field, "notnull") is not True
        sql_type = "integer" if target else _sql_type(kind, linked.keyword(scope, field, "length", 2))
        columns[name] = FoundColumn(name, kind, nullable, is_key, sql_type, kind == "id", file, field[-1])
        if linked.keyword(scope, field, "unique") is True:
            indexes.append(FoundIndex("", (name,), True, False, file, field[-1]))
        if target:
            on_delete = str(linked.keyword(scope, field, "ondelete") or "CASCADE").upper()
            yield FoundKey(table, (name,), target[0], (target[1],), on_delete, file, field[-1])
    found = list(columns.values())
    if not any(column.primary_key for column in found):
        found.insert(0, FoundColumn("id", "id", False, True, "integer", True, file, line))
    yield FoundTable(table, None, "model", tuple(found), file, line, tuple(indexes))


def _listed(scope: Scope, operation: list[Any]) -> list[str]:
    """The columns of the primary key, where a table has another one than ``id``."""
    given = next((ref for name, ref in operation[4] if name == "primarykey"), None)
    constant = plain(given)
    if isinstance(constant, list):
        return [name for name in constant if isinstance(name, str)]
    made = next((o for o in scope.operations_producing(given) if o[0] == Op.CONTAINER), None)
    return [ref for ref in made[3] if isinstance(ref, str)] if made is not None else []


def _target(linked: Linked, scope: Scope, field: list[Any]) -> tuple[str, str] | None:
    """The table and column that a field refers to: ``"reference thing"``, or the table itself, ``db.thing``."""
    kind = linked.keyword(scope, field, "type", 1)
    stated = _REFERENCE.match(kind) if isinstance(kind, str) else None
    if stated is not None:
        return stated[1], stated[2] or "id"
    given = next((ref for name, ref in field[4] if name == "type"), field[3][1] if len(field[3]) > 1 else None)
    read = scope.attributes_read(given) if kind is None else []
    return (read[0][1], "id") if len(read) == 1 else None


def _sql_type(kind: str, length: object) -> str:
    if kind in _TEXT:
        return f"varchar({length if isinstance(length, int) else _LENGTH})"
    if kind.startswith("decimal("):
        return kind.replace("decimal", "numeric").replace(" ", "")
    return "text" if kind.startswith("list:") else _TYPES.get(kind, "")
