"""Statements and parts of statements, parsed by sqlglot in whichever dialect reads them."""

from __future__ import annotations

from typing import Any

from decompose.system.schema.catalogue import plain_name
from decompose.system.sql.reading import statements_as

_DIALECTS = ("postgres", "mysql", "sqlite", "tsql", "oracle")


class Parser:
    """Parses what stands in one text. ``dialect`` is one of sqlglot's, or empty: the first that reads a statement is kept for the next."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self._types: dict[Any, tuple[str, str]] = {}
        self._parts: dict[str, Any] = {}

    def statement(self, text: str) -> Any:
        """One statement; None if no dialect reads it."""
        for dialect in dict.fromkeys((self.dialect or _DIALECTS[0], *_DIALECTS)):
            parsed = statements_as(dialect, text)
            if len(parsed) == 1:
                self.dialect = self.dialect or dialect
                return parsed[0]
        return None

    def part(self, text: str) -> Any:
        """A column or a constraint of a table; None for what is more than one part, or none. The same text gives the same object."""
        from sqlglot import exp

        if text in self._parts:
            return self._parts[text]
        statement = self.statement(f"CREATE TABLE t ({text})")
        parts = (
            statement.this.expressions
            if isinstance(statement, exp.Create) and isinstance(statement.this, exp.Schema)
            else []
        )
        self._parts[text] = parts[0] if len(parts) == 1 else None
        return self._parts[text]

    def type(self, kind: Any) -> tuple[str, str]:
        """A type as its own dialect writes it and as PostgreSQL does; the same few types come again and again."""
        known = self._types.get(kind)
        if known is None:
            known = kind.sql(dialect=self.dialect or None).lower(), kind.sql(dialect="postgres").lower()
            self._types[kind] = known
        return known


def name_of(table: Any) -> str:
    """The plain name of a parsed table."""
    return (
        plain_name(table.args.get("catalog").name if table.args.get("catalog") else "", table.db, table.name)
        if hasattr(table, "db")
        else str(table.name)
    )


def names_of(parts: Any) -> list[str]:
    """The plain names among columns, ordered columns and identifiers."""
    from sqlglot import exp

    names = []
    for part in parts:
        inner = part
        while isinstance(inner, exp.Ordered | exp.Opclass):
            inner = inner.this
        if isinstance(inner, exp.Identifier | exp.Column | exp.ColumnDef):
            names.append(str(inner.name))
    return names


def unquoted(name: str) -> str:
    """The plain name of a table or column as it is written, with its quotes."""
    return plain_name(*(part.strip().strip('"`[]') for part in name.split(".")))
