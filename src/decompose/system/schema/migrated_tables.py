"""Tables with their columns and keys, as far as migrations have come."""

from __future__ import annotations

import msgspec

from decompose.system.model import Column, ForeignKey
from decompose.system.schema.migrated_columns import Declared
from decompose.system.schema.migrated_indexes import MigratedIndexes
from decompose.system.sql.reading import read_changes

_SEQUENCE = "_seq"

Place = tuple[str, int]
"""File and line of the migration that made a table."""


class MigratedTables:
    """What there is after the migrations that were replayed so far."""

    def __init__(self) -> None:
        self.tables: dict[str, Place] = {}
        self.columns: dict[str, dict[str, Column]] = {}
        self.fields: dict[str, dict[str, Declared]] = {}
        """Table -> Django's fields by their names."""
        self.labels: dict[str, str] = {}
        """Table -> label of its application, of Django's."""
        self.keys: dict[tuple[str, tuple[str, ...]], ForeignKey] = {}
        """Table and columns -> the key."""
        self.labels_of_keys: dict[str, tuple[str, tuple[str, ...]]] = {}
        """Name of a key -> its table and columns, where the name is told."""
        self.indexes = MigratedIndexes()

    def drop(self, table: str) -> None:
        """Forget a table, with its keys."""
        for known in (self.tables, self.columns, self.fields, self.labels):
            known.pop(table, None)
        self.keys = {place: key for place, key in self.keys.items() if place[0] != table}
        self.indexes.drop_table(table)

    def rename(self, old: str, new: str, place: Place) -> None:
        """Call a table something else, or move it to ``place`` where it was not known."""
        before = self.tables.pop(old, None)
        self.tables[new] = place if before is None or new != old else before
        if new == old:
            return
        if old in self.columns:
            self.columns[new] = self.columns.pop(old)
        if old in self.fields:
            self.fields[new] = self.fields.pop(old)
        if old in self.labels:
            self.labels[new] = self.labels.pop(old)
        self.indexes.rename_table(old, new)
        self.keys = {
            (new if table == old else table, columns): msgspec.structs.replace(key, table=new) if table == old else key
            for (table, columns), key in self.keys.items()
        }

    def run_sql(self, text: str, place: Place) -> None:
        """DDL in a migration: tables made, renamed and dropped, and indexes."""
        self.indexes.run_sql(text, *place)
        for operation, name, new in read_changes(text) if text else ():
            if operation == "create":
                self.tables.setdefault(name, place)
            elif operation == "rename":
                # PostgreSQL renames sequences by the same words; those of serial columns are ``table_column_seq``.
                if name in self.tables or not (name.endswith(_SEQUENCE) and new.endswith(_SEQUENCE)):
                    self.rename(name, new, place)
            else:
                self.drop(name)
