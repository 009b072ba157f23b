"""Who uses which columns of wide tables: a table that two services would share may be two tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from decompose.facts import Op
from decompose.linking import Linked
from decompose.linking.program import Scope
from decompose.system.calls.placement import Placement
from decompose.system.model import ColumnUse, Operation, Table
from decompose.system.schema.tables import Schema

_WIDE = 8
"""A table is looked at column by column if it has at least this many that are no keys."""


def wide_tables(schema: Schema) -> dict[str, frozenset[str]]:
    """The tables that are looked at column by column, with those of their columns that are no keys."""
    wide = {table.name: _plain_columns(schema, table) for table in schema.tables.values() if len(table.columns) > _WIDE}
    return {name: columns for name, columns in wide.items() if len(columns) >= _WIDE}


def columns_used(
    linked: Linked,
    placement: Placement,
    schema: Schema,
    wide: Mapping[str, frozenset[str]],
    wanted: dict[int, list[list[Any]]],
) -> Iterator[ColumnUse]:
    """The uses of columns of ``wide`` tables among the ``wanted`` operations of each scope."""
    tables: dict[int, str | None] = {}
    found: dict[tuple[str, str, Operation, str, str, str, int], bool] = {}
    engine = linked.engine
    passing = {index: _handed_through(linked.program.scopes[index], operations) for index, operations in wanted.items()}
    for frame in engine.frames:
        scope = frame.scope
        for number, operation in enumerate(wanted.get(scope.index, ())):
            reading = operation[0] == Op.ATTRIBUTE
            base, name = (operation[2], operation[3]) if reading else (operation[1], operation[2])
            for value in engine.values_of(engine.node_of(frame, base)):
                described = linked.values[value]
                cls = described[1] if described[0] in ("I", "C") else -1
                if cls not in tables:
                    tables[cls] = _table_of(linked, schema, cls) if cls >= 0 else None
                table = tables[cls]
                if table is None or name not in wide.get(table, ()):
                    continue
                unit = placement.acting_unit(scope, frame.receiver)
                doing: Operation = "read" if reading else "update"
                key = (table, name, doing, scope.definition, unit, scope.module.file, operation[4])
                # Of several uses on a line one that is more than handing through counts.
                found[key] = found.get(key, True) and number in passing[scope.index]
    for (table, name, doing, definition, unit, file, line), handed in sorted(found.items()):
        yield ColumnUse(
            table=table, column=name, operation=doing, definition=definition, unit=unit, file=file, line=line,
            handed_through=handed,
        )  # fmt: skip


def _handed_through(scope: Scope, operations: Sequence[list[Any]]) -> frozenset[int]:
    """Which of some reads and writes of attributes only hand a value through, by position.

    Read into a dictionary, as serialisers do; set to what a parameter gives, as forms do; or emptied.
    """
    kept = {
        element
        for operation in scope.facts.ops
        if operation[0] == Op.CONTAINER and operation[2] == "dict"
        for element in operation[3]
        if type(element) is int
    }
    parameters = {parameter[1] for parameter in scope.facts.parameters}
    return frozenset(
        number
        for number, operation in enumerate(operations)
        if (operation[1] in kept if operation[0] == Op.ATTRIBUTE else _is_given(scope, operation[3], parameters))
    )


def _is_given(scope: Scope, ref: Any, parameters: set[int], depth: int = 0) -> bool:
    """Whether a value is what a parameter gives, or None."""
    if ref == ["c", None] or (type(ref) is int and ref in parameters):
        return True
    if type(ref) is not int or ref < 0 or depth > 3:
        return False
    origins = [o[2] for o in scope.operations_producing(ref) if o[0] in (Op.COPY, Op.NARROW)]
    return bool(origins) and all(_is_given(scope, origin, parameters, depth + 1) for origin in origins)


def _plain_columns(schema: Schema, table: Table) -> frozenset[str]:
    keys = {column for key in schema.keys.values() if key.table == table.name for column in key.columns}
    return frozenset(c.name for c in table.columns if not c.primary_key and c.name not in keys)


def _table_of(linked: Linked, schema: Schema, cls: int) -> str | None:
    scope = linked.program.scopes[cls]
    return None if scope.library else schema.table_of_class(scope)
