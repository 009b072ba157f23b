"""Indexes as far as migrations have come: those that their SQL and Alembic's operations make and drop."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from decompose.system.model import Index
from decompose.system.schema.ddl.plain import plain_index, unquoted

_OPTIONS = re.compile(r"(?<=\bINDEX)\s+CONCURRENTLY\b|(?<=\bINDEX)\s+IF\s+(?:NOT\s+)?EXISTS\b", re.IGNORECASE)
_OF_EXPRESSIONS = re.compile(
    r"CREATE\s+(?P<unique>UNIQUE\s+)?INDEX\s+(?P<name>[\w\"`]+)\s+ON\s+(?:ONLY\s+)?(?P<table>[\w\"`.]+)", re.IGNORECASE
)
_DROP = re.compile(r"DROP\s+INDEX\s+(?P<name>[\w\"`.]+)", re.IGNORECASE)


class MigratedIndexes:
    """The indexes that there are after the migrations that were replayed so far, by their names."""

    def __init__(self) -> None:
        self.made: dict[str, tuple[str, Index]] = {}
        """Name -> table, and the index."""

    def put(self, table: str, index: Index) -> None:
        """An index that is made; of one without a name its table and columns are the name."""
        self.made[index.name or f"{table}({','.join(index.columns)})"] = (table, index)

    def drop(self, name: str) -> None:
        """Forget an index."""
        self.made.pop(name, None)

    def drop_table(self, table: str) -> None:
        """Forget all indexes of a table."""
        self.made = {name: kept for name, kept in self.made.items() if kept[0] != table}

    def rename_table(self, old: str, new: str) -> None:
        """Call the table of some indexes something else."""
        self.made = {name: (new if table == old else table, index) for name, (table, index) in self.made.items()}

    def run_sql(self, text: str, file: str, line: int) -> None:
        """What the statements of a text make and drop."""
        for statement in _statements(text):
            dropped = _DROP.match(statement)
            if dropped is not None:
                self.drop(unquoted(dropped["name"].rpartition(".")[2]))
                continue
            plain = plain_index(statement)
            found = _OF_EXPRESSIONS.match(statement) if plain is None else None
            if plain is not None:
                made = Index(plain.name, plain.columns, unique=plain.unique, partial=plain.partial)
                self.put(_named(plain.table), msgspec.structs.replace(made, source="migration", file=file, line=line))
            elif found is not None:
                name, unique = unquoted(found["name"]), found["unique"] is not None
                made = Index(name, (), unique=unique, source="migration", file=file, line=line)
                self.put(_named(found["table"]), made)


def _statements(text: str) -> Iterator[str]:
    if re.search(r"\bINDEX\b", text, re.IGNORECASE):
        for statement in _OPTIONS.sub("", _OPTIONS.sub("", text)).split(";"):
            yield statement.strip()


def _named(table: str) -> str:
    return unquoted(table.rpartition(".")[2])
