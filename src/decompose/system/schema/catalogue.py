"""A schema that stands outside of the Python code: in DDL, in a dump, or in a live database."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from decompose.system.model import BlindSpot, ForeignKey, Record, Routine, SchemaSource, StatementCount, Table

DEFAULT_SCHEMAS = frozenset({"public", "main", "dbo"})
"""Schemas that a database looks in when a name has none: PostgreSQL's, SQLite's, SQL Server's."""


class Catalogue(Record, frozen=True):
    """What one source says of the database; ``lines`` are the source lines that its records point to, by number.

    ``dropped``: kinds and names, in lower case, of the routines that it takes away before it makes its own.
    """

    about: SchemaSource
    tables: tuple[Table, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    routines: tuple[Routine, ...] = ()
    dropped: tuple[tuple[str, str], ...] = ()
    statement_counts: tuple[StatementCount, ...] = ()
    blind_spots: tuple[BlindSpot, ...] = ()
    file: str = ""
    lines: Mapping[int, str] = msgspec.field(default_factory=dict)


def plain_name(*parts: str) -> str:
    """A table's name from its parts, outermost first; without a schema that goes without saying."""
    given = [part for part in parts if part]
    if len(given) > 1 and given[-2].lower() in DEFAULT_SCHEMAS:
        return given[-1]
    return ".".join(given[-2:])
