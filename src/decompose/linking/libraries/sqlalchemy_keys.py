"""The foreign and primary keys in SQLAlchemy's declarations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import HOLE, Op
from decompose.linking.found import FoundKey
from decompose.linking.libraries.sqlalchemy_columns import KEYS, attribute_named, call_of, called_name
from decompose.linking.libraries.sqlalchemy_made_classes import made_for
from decompose.linking.linked import Linked
from decompose.linking.origins import NOTHING, Given, keyword_ref
from decompose.linking.program import Scope

_KEY_CONSTRAINTS = frozenset({"ForeignKeyConstraint"})


def keys(
    linked: Linked, scope: Scope, operation: list[Any], table: str, column_name: str, given: Given = NOTHING
) -> Iterator[FoundKey]:
    """The foreign keys that a column declares; ``given`` is what is settled where a function declares it."""
    for ref in operation[3]:
        inner = call_of(scope, ref)
        if inner is None or called_name(scope, inner) not in KEYS:
            continue
        on_delete = str(linked.keyword(scope, inner, "ondelete") or "").upper()
        target = linked.constant(scope, keyword_ref(inner, "column", 0), given)
        line = inner[-1]
        outer = made_for(linked, scope) if isinstance(target, str) and target.startswith(f"{HOLE}.") else None
        if isinstance(target, str):
            name, _, target_column = target.rpartition(".")
            if outer is not None:
                yield FoundKey(table, (column_name,), outer, (target_column,), on_delete, scope.module.file, line)
                continue
            yield FoundKey(table, (column_name,), name or target, (target_column,), on_delete, scope.module.file, line)
        else:
            target_class, target_column = _class_column(linked, scope, keyword_ref(inner, "column", 0))
            if target_class is not None:
                yield FoundKey(
                    table, (column_name,), target_class, (target_column,), on_delete, scope.module.file, line
                )


def _class_column(linked: Linked, scope: Scope, ref: Any) -> tuple[Scope | None, str]:
    """``ForeignKey(User.id)``."""
    for operation in scope.operations_producing(ref):
        if operation[0] == Op.ATTRIBUTE:
            for value in linked.names.evaluate(scope, operation[2]):
                if linked.values[value][0] == "C":
                    return linked.program.scopes[linked.values[value][1]], str(operation[3])
    return None, ""


def key_constraint(
    linked: Linked, scope: Scope, operation: list[Any], table: str, *, known_as: dict[str, str]
) -> Iterator[FoundKey]:
    """A key that is declared beside its columns, which it names or refers to; ``known_as`` are the columns of attributes."""
    if called_name(scope, operation) not in _KEY_CONSTRAINTS:
        return
    own, others = (
        _listed(scope, keyword_ref(operation, name, position))
        for position, name in enumerate(("columns", "refcolumns"))
    )
    columns = [linked.constant(scope, ref) or attribute_named(scope, ref) for ref in own]
    targets = [_target(linked, scope, ref) for ref in others]
    if not (columns and targets and all(isinstance(name, str) and name for name in columns) and all(targets)):
        return
    on_delete = str(linked.keyword(scope, operation, "ondelete") or "").upper()
    yield FoundKey(
        table,
        tuple(known_as.get(name, name) for name in columns),
        next(target for target, _ in filter(None, targets)),
        tuple(column for _, column in filter(None, targets)),
        on_delete,
        scope.module.file,
        operation[-1],
    )


def _listed(scope: Scope, ref: Any) -> list[Any]:
    """The refs of what a list or tuple holds that is written out."""
    if isinstance(ref, list) and ref[0] == "c" and isinstance(ref[1], list):
        return ref[1]
    made = scope.operations_producing(ref) if type(ref) is int and ref >= 0 else []
    return next((operation[3] for operation in made if operation[0] == Op.CONTAINER), [])


def _target(linked: Linked, scope: Scope, ref: Any) -> tuple[str | Scope, str] | None:
    """The table or model, and the column, that a key leads to: ``"user.id"`` or ``User.id``."""
    text = linked.constant(scope, ref)
    if isinstance(text, str):
        table, _, column_name = text.rpartition(".")
        return table, column_name
    cls, column_name = _class_column(linked, scope, ref)
    return (cls, column_name) if cls is not None else None


def key_columns(linked: Linked, scope: Scope, operation: list[Any]) -> tuple[str, ...]:
    """The columns of a ``PrimaryKeyConstraint``."""
    if called_name(scope, operation) != "PrimaryKeyConstraint":
        return ()
    names = (linked.constant(scope, ref) or attribute_named(scope, ref) for ref in operation[3])
    return tuple(name for name in names if isinstance(name, str) and name)
