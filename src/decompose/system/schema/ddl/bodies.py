"""What the parts of one table add up to: its columns, keys and indexes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from decompose.system.model import Column, ForeignKey, Index, Table, TableSource
from decompose.system.schema.ddl.parsing import Parser, name_of, names_of, unquoted
from decompose.system.schema.ddl.plain import PlainConstraint

_ON_DELETE = re.compile(r"ON DELETE (\w+(?: NULL| DEFAULT| ACTION)?)", re.IGNORECASE)
_SERIALS = {"serial": "integer", "bigserial": "bigint", "smallserial": "smallint"}
_SPELLED = {
    "int": "integer",
    "decimal": "numeric",
    "timestamptz": "timestamp with time zone",
    "timetz": "time with time zone",
}


@dataclass(frozen=True)
class Place:
    """Where a text stands, and what kind of source it is."""

    file: str
    source: TableSource

    def table(self, name: str, line: int) -> Table:
        """A table of which nothing but the name is known."""
        return Table(name=name, model="", source=self.source, file=self.file, line=line, known_from=(self.source,))

    def index(self, name: str, columns: tuple[str, ...], line: int, *, unique: bool, partial: bool = False) -> Index:
        """An index, or a unique constraint."""
        return Index(
            name=name, columns=columns, unique=unique, partial=partial, source=self.source, file=self.file, line=line
        )


class Body:
    """One table as far as its parts were read, from nothing or from a ``table`` that is known."""

    def __init__(self, place: Place, parser: Parser, name: str, line: int, table: Table | None = None) -> None:
        self.place = place
        self.parser = parser
        self.name = name
        self.line = line
        self.columns: list[Column] = list(table.columns) if table is not None else []
        self.indexes: list[Index] = list(table.indexes) if table is not None else []
        self.keys: list[ForeignKey] = []
        self._primary: list[str] = []

    def into(self, table: Table) -> Table:
        """The table with what was read."""
        wanted = {name.lower() for name in self._primary}
        columns = (
            msgspec.structs.replace(c, primary_key=True, nullable=False) if c.name.lower() in wanted else c
            for c in self.columns
        )
        return msgspec.structs.replace(table, columns=tuple(columns), indexes=tuple(self.indexes))

    def add_column(self, part: Any, column: Column | None = None) -> None:
        """A column with the keys and unique constraints that stand at it; ``column`` where it was read before."""
        from sqlglot import exp

        column = column or column_of(self.place, self.parser, part, self.line)
        self.columns.append(column)
        for constraint in part.constraints:
            if isinstance(constraint.kind, exp.Reference):
                self._add_key((column.name,), constraint.kind, constraint.kind.args.get("options"))
            elif isinstance(constraint.kind, exp.UniqueColumnConstraint):
                self.indexes.append(self.place.index("", (column.name,), self.line, unique=True))

    def add_constraint(self, part: Any, label: str = "") -> None:
        """A constraint of the table; what is neither key nor index is passed over."""
        from sqlglot import exp

        if isinstance(part, exp.Constraint):
            for inner in part.expressions:
                self.add_constraint(inner, part.name)
        elif isinstance(part, exp.PrimaryKey):
            self._primary += names_of(part.expressions)
        elif isinstance(part, exp.ForeignKey) and part.args.get("reference") is not None:
            options = [*(part.args.get("options") or ()), *(part.args["reference"].args.get("options") or ())]
            deleted = part.args.get("delete")
            options += [f"ON DELETE {deleted}"] if deleted else []
            self._add_key(tuple(names_of(part.expressions)), part.args["reference"], options)
        elif isinstance(part, exp.UniqueColumnConstraint):
            over = part.this
            label = label or (over.name if isinstance(over, exp.Schema) and over.this is not None else "")
            columns = tuple(names_of(over.expressions if over else []))
            self.indexes.append(self.place.index(label, columns, self.line, unique=True))
        elif isinstance(part, exp.IndexColumnConstraint):
            columns = tuple(names_of(part.expressions))
            self.indexes.append(self.place.index(part.name, columns, self.line, unique=False))

    def add_plain(self, plain: PlainConstraint) -> None:
        """A constraint that needed no parser."""
        if plain.kind == "foreign key":
            self._keep_key(plain.columns, unquoted(plain.target), plain.target_columns, plain.on_delete)
        elif plain.kind == "primary key":
            self._primary += plain.columns
        else:
            self.indexes.append(self.place.index(plain.label, plain.columns, self.line, unique=plain.kind == "unique"))

    def _add_key(self, columns: tuple[str, ...], reference: Any, options: Iterable[Any] | None) -> None:
        from sqlglot import exp

        target = reference.this
        listed = isinstance(target, exp.Schema)
        on_delete = _ON_DELETE.search(" ".join(str(option) for option in (options or ())))
        self._keep_key(
            columns, name_of(target.this if listed else target), tuple(names_of(target.expressions)) if listed else (),
            on_delete[1].upper() if on_delete else "",
        )  # fmt: skip

    def _keep_key(self, columns: tuple[str, ...], target: str, pointed: tuple[str, ...], on_delete: str) -> None:
        self.keys.append(
            ForeignKey(
                table=self.name, columns=columns, target_table=target, target_columns=pointed, on_delete=on_delete,
                file=self.place.file, line=self.line, source=self.place.source, known_from=(self.place.source,),
            )
        )  # fmt: skip


def column_of(place: Place, parser: Parser, part: Any, line: int) -> Column:
    """The column that a parsed definition says."""
    from sqlglot import exp

    kinds = [constraint.kind for constraint in part.constraints]
    written, in_postgres = parser.type(part.kind) if part.kind else ("", "")
    plain = in_postgres.partition("(")[0]
    sql_type = _SERIALS.get(in_postgres) or in_postgres.replace(plain, _SPELLED.get(plain, plain), 1)
    generated = (
        in_postgres in _SERIALS
        or any(
            isinstance(k, exp.AutoIncrementColumnConstraint | exp.GeneratedAsIdentityColumnConstraint) for k in kinds
        )
        or any(isinstance(k, exp.DefaultColumnConstraint) and "nextval" in k.sql().lower() for k in kinds)
    )
    primary = any(isinstance(kind, exp.PrimaryKeyColumnConstraint) for kind in kinds)
    refuses_null = any(isinstance(k, exp.NotNullColumnConstraint) and not k.args.get("allow_null") for k in kinds)
    return Column(
        name=part.name, type=written, nullable=not (primary or refuses_null), primary_key=primary, sql_type=sql_type,
        generated=generated, source=place.source, file=place.file, line=line,
    )  # fmt: skip
