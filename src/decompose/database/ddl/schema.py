"""The schema that each service gets, as far as the code shows it: tables, keys among them, indexes; through sqlglot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from decompose.database.places import Places
from decompose.system.model import Column, ForeignKey, Table

_TYPES = {
    "string": "VARCHAR", "unicode": "VARCHAR", "text": "TEXT", "unicodetext": "TEXT", "integer": "INT", "int": "INT",
    "biginteger": "BIGINT", "smallinteger": "SMALLINT", "numeric": "DECIMAL", "float": "DOUBLE", "double": "DOUBLE",
    "boolean": "BOOLEAN", "bool": "BOOLEAN", "date": "DATE", "datetime": "TIMESTAMP", "time": "TIME", "interval": "INTERVAL",
    "largebinary": "BINARY", "json": "JSON", "jsonb": "JSON", "uuid": "UUID", "enum": "VARCHAR", "str": "VARCHAR",
    "decimal": "DECIMAL", "bytes": "BINARY",
    "charfield": "VARCHAR", "textfield": "TEXT", "slugfield": "VARCHAR", "emailfield": "VARCHAR", "urlfield": "VARCHAR",
    "integerfield": "INT", "positiveintegerfield": "INT", "positivesmallintegerfield": "SMALLINT",
    "smallintegerfield": "SMALLINT", "bigintegerfield": "BIGINT", "autofield": "INT", "bigautofield": "BIGINT",
    "booleanfield": "BOOLEAN", "nullbooleanfield": "BOOLEAN", "decimalfield": "DECIMAL", "floatfield": "DOUBLE",
    "datefield": "DATE", "datetimefield": "TIMESTAMPTZ", "timefield": "TIME", "durationfield": "INTERVAL",
    "jsonfield": "JSON", "uuidfield": "UUID", "binaryfield": "BINARY", "filefield": "VARCHAR", "imagefield": "VARCHAR",
    "foreignkey": "BIGINT", "onetoonefield": "BIGINT", "genericipaddressfield": "VARCHAR",
}  # fmt: skip
"""Types of columns as mappers name them -> sqlglot's types."""


def schema_of(places: Places, service: str, tables: Sequence[str], dialect: str) -> str:
    """``CREATE TABLE`` for every table of a service, with the keys among them, and indexes for keys that were cut.

    A key comes with its table if its target is there by then, else at the end; to a table of which no columns are known it is
    only told. SQLite does not look whether the target is there, and cannot add a key later.
    """
    inside = frozenset(tables)
    keys = [key for key in places.system.foreign_keys if key.table in inside]
    made = {name for name in tables if places.tables[name].kind == "table" and places.tables[name].columns}
    there: set[str] = set()
    later: list[ForeignKey] = []
    parts = [f"-- The tables of {service}, as far as the code shows them.", ""]
    for name in parents_first(tables, keys):
        table = places.tables[name]
        if table.kind == "view":
            parts.append(f"-- {one_line(name)} is a view; it is made again from the tables that it reads.\n")
            continue
        there.add(name)
        own = [key for key in keys if key.table == name]
        at_once = [key for key in own if key.target_table in (there & made if dialect != "sqlite" else made)]
        later += [key for key in own if key.target_table in inside and key not in at_once]
        parts += _table(table, at_once, dialect)
        parts += _indexes(table, [key for key in own if key.target_table not in inside], dialect)
    return "\n".join([*parts, *(_later(key, made, dialect) for key in later if key.table in made), ""])


def _later(key: ForeignKey, made: set[str], dialect: str) -> str:
    """A key that is added when all tables are there."""
    from sqlglot import exp

    if key.target_table not in made:
        columns = ", ".join(key.columns)
        return f"-- {one_line(key.table)}({one_line(columns)}) points to {one_line(key.target_table)}, of which no columns are known: add the key by hand."
    constraint = exp.AddConstraint(expressions=[_foreign_key(key)])
    return f"{exp.Alter(this=_table_name(key.table), kind='TABLE', actions=[constraint]).sql(dialect=dialect)};"


def one_line(text: str) -> str:
    """A name as it may stand in a comment: on one line."""
    return " ".join(text.split())


def string_constant(value: str) -> str:
    """A constant of PostgreSQL or SQLite, whatever is in the text."""
    return "'" + value.replace("\x00", "").replace("'", "''") + "'"


def quoted_name(value: str) -> str:
    """A name of PostgreSQL or SQLite, whatever is in it."""
    return '"' + value.replace("\x00", "").replace('"', '""') + '"'


def owned_tables(places: Places, service: str) -> list[str]:
    """The tables of a service without views, so that one comes after those that it points to."""
    owned = next((s.tables for s in places.split.services if s.name == service), ())
    tables = [name for name in owned if places.tables[name].kind == "table"]
    return parents_first(tables, [key for key in places.system.foreign_keys if key.table in tables])


def parents_first(tables: Sequence[str], keys: Iterable[ForeignKey]) -> list[str]:
    """The tables so that one comes after those that it points to, as far as they do not point to each other."""
    targets: dict[str, set[str]] = {table: set() for table in tables}
    for key in keys:
        if key.target_table in targets and key.target_table != key.table:
            targets[key.table].add(key.target_table)
    ordered: list[str] = []
    waiting = sorted(tables)
    while waiting:
        ready = [table for table in waiting if targets[table] <= set(ordered)] or waiting[:1]
        ordered += ready
        waiting = [table for table in waiting if table not in ready]
    return ordered


def _table(table: Table, keys: Sequence[ForeignKey], dialect: str) -> list[str]:
    from sqlglot import exp

    if not table.columns:
        place = f" ({one_line(table.file)}:{table.line})" if table.file else ""
        return [
            f"-- {one_line(table.name)}: no columns are known{place}; copy it from the database.",
            "",
        ]
    definitions: list[Any] = [_column(column, dialect) for column in table.columns]
    primary = [column.name for column in table.columns if column.primary_key]
    if primary:
        definitions.append(exp.PrimaryKey(expressions=[_name(column) for column in primary]))
    for unique in _unique(table):
        columns = exp.Schema(expressions=[_name(column) for column in unique])
        definitions.append(exp.UniqueColumnConstraint(this=columns))
    definitions += [_foreign_key(key) for key in keys]
    created = exp.Create(
        this=exp.Schema(this=_table_name(table.name), expressions=definitions), kind="TABLE", exists=True
    )
    text = created.sql(dialect=dialect, pretty=True) + ";"
    return [f"-- {_missing_columns(table)}", text, ""] if table.may_miss_columns else [text, ""]


def _missing_columns(table: Table) -> str:
    """That what is known of a table may not be all."""
    name, base = one_line(table.name), one_line(table.unseen_base)
    return f"{name} may have more columns: {base}, which its class is derived from, is not in view."


def _foreign_key(key: ForeignKey) -> Any:
    from sqlglot import exp

    target = _table_name(key.target_table)
    if all(key.target_columns) and key.target_columns:
        target = exp.Schema(this=target, expressions=[_name(column) for column in key.target_columns])
    options = [f"ON DELETE {key.on_delete.replace('_', ' ')}"] if key.on_delete in _ACTIONS else None
    reference = exp.Reference(this=target, options=options)
    return exp.ForeignKey(expressions=[_name(column) for column in key.columns], reference=reference)


_ACTIONS = frozenset({"CASCADE", "SET NULL", "SET_NULL", "SET DEFAULT", "SET_DEFAULT", "RESTRICT", "NO ACTION"})


def _column(column: Column, dialect: str) -> Any:
    from sqlglot import exp

    constraints = []
    if column.generated and dialect == "postgres":
        constraints.append(exp.ColumnConstraint(kind=exp.GeneratedAsIdentityColumnConstraint(this=False)))
    elif column.generated and dialect == "mysql":
        constraints.append(exp.ColumnConstraint(kind=exp.AutoIncrementColumnConstraint()))
    if column.nullable is False and not column.primary_key:
        constraints.append(exp.ColumnConstraint(kind=exp.NotNullColumnConstraint()))
    return exp.ColumnDef(this=_name(column.name), kind=_type(column, dialect), constraints=constraints)


def _type(column: Column, dialect: str) -> Any:
    """The type of a column; ``TEXT`` where nothing says more, and a length where the dialect has to have one."""
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    declared = column.sql_type
    name = declared or _TYPES.get(column.type.lower(), "") or column.type or "TEXT"
    try:
        kind = exp.DataType.build(name, dialect="postgres" if declared else None)
    except (SqlglotError, ValueError):
        kind = exp.DataType.build("TEXT")
    if kind.this == exp.DataType.Type.USERDEFINED:
        kind = exp.DataType.build("TEXT")
    if dialect == "mysql" and kind.this == exp.DataType.Type.VARCHAR and not kind.expressions:
        kind = exp.DataType.build("VARCHAR(255)")
    return kind


def _unique(table: Table) -> list[tuple[str, ...]]:
    found = [index.columns for index in table.indexes if index.unique and index.columns and not index.partial]
    return sorted(set(found))


def _indexes(table: Table, cut: Sequence[ForeignKey], dialect: str) -> list[str]:
    """Indexes that the code declares, and one for every cut key, whose rows are still found by it."""
    from sqlglot import exp

    plain = {i.columns for i in table.indexes if not i.unique and i.columns and not i.partial}
    plain |= {key.columns for key in cut}
    parts = []
    for columns in sorted(plain):
        name = f"ix_{table.name.replace('.', '_')}_{'_'.join(columns)}"[:60]
        created = exp.Create(
            this=exp.Index(
                this=_name(name),
                table=_table_name(table.name),
                params=exp.IndexParameters(columns=[exp.column(_name(column)) for column in columns]),
            ),
            kind="INDEX",
            exists=dialect != "mysql",
        )
        parts.append(created.sql(dialect=dialect) + ";")
    return [*parts, ""] if parts else []


def _name(text: str) -> Any:
    from sqlglot import exp

    return exp.to_identifier(text, quoted=True)


def _table_name(text: str) -> Any:
    """The bare name: each service has a schema or database of its own."""
    from sqlglot import exp

    return exp.Table(this=_name(text.rpartition(".")[2]))
