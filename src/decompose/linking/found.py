"""What recognisers of libraries find, in the order in which its parts are told."""

from __future__ import annotations

from typing import NamedTuple

from decompose.linking.frames import Site
from decompose.linking.program import Scope


class FoundColumn(NamedTuple):
    """A column as its source declares it; ``sql_type`` is the database's type where it can be told."""

    name: str
    type: str = ""
    nullable: bool | None = None
    primary_key: bool = False
    sql_type: str = ""
    generated: bool = False
    file: str = ""
    line: int = 0


class FoundIndex(NamedTuple):
    """An index or a unique constraint; ``columns`` are empty where it covers expressions."""

    name: str
    columns: tuple[str, ...]
    unique: bool
    partial: bool
    file: str
    line: int


class FoundTable(NamedTuple):
    """A table; ``cls`` is the class that maps it, if one does. The rows of ``parts`` are loaded and saved along with its rows."""

    name: str
    cls: Scope | None
    source: str
    columns: tuple[FoundColumn, ...]
    file: str
    line: int
    indexes: tuple[FoundIndex, ...] = ()
    parts: tuple[str, ...] = ()


class FoundKey(NamedTuple):
    """A foreign key; the target is a class or a table's name. ``enforced``: the database checks it."""

    table: str
    columns: tuple[str, ...]
    target: Scope | str
    target_columns: tuple[str, ...]
    on_delete: str
    file: str
    line: int
    enforced: bool = True


class FoundAccess(NamedTuple):
    """A call that reads or writes a table: its name, empty where it is not known, or the class that maps it.

    ``whole``: with the rows that are part of the table's rows.
    """

    site: Site
    table: Scope | str
    operation: str
    rule: str
    whole: bool = False


class FoundEntry(NamedTuple):
    """An entry point and the scope that handles it; ``method``: where that is a class, what it answers with, if that is known."""

    kind: str
    name: str
    handler: Scope
    file: str
    line: int
    method: Scope | None = None
