"""Accesses are told with their columns where a statement that is made by calls names them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.libraries import sqlalchemy_mapping, sqlalchemy_statements
from decompose.linking.libraries.sqlalchemy_statements import NamedColumns
from decompose.linking.values import Value
from decompose.system.accesses.found import FoundAccesses
from decompose.system.model import Access
from decompose.system.schema.tables import Schema

_RUNNING = frozenset(sqlalchemy_statements.RUNNING)
_Place = tuple[str, int, str]
"""Definition, line, and the library's function that runs the statement."""


def name_columns(linked: Linked, schema: Schema, kept: FoundAccesses) -> None:
    """Complete the accesses by statements of which all columns are known."""
    wanted: dict[_Place, list[tuple[str, str, str, str, int]]] = {}
    for key, access in kept.accesses.items():
        runs = access.rule.partition(",")[0]
        if runs in _RUNNING and access.role == "execute" and not access.columns:
            wanted.setdefault((access.definition, access.line, runs), []).append(key)
    if not wanted:
        return
    for runs in sorted({place[2] for place in wanted}):
        sites: dict[_Place, list[Site]] = {}
        for site in linked.sites_calling(runs):
            place = (site.frame.scope.definition, site.line, runs)
            if place in wanted:
                sites.setdefault(place, []).append(site)
        for place, found in sites.items():
            statements = [NamedColumns(linked, site) for site in found]
            for key in wanted[place]:
                columns = _columns(linked, schema, kept.accesses[key], statements)
                if columns:
                    kept.accesses[key] = msgspec.structs.replace(kept.accesses[key], columns=columns)


def _columns(linked: Linked, schema: Schema, access: Access, statements: Iterable[NamedColumns]) -> tuple[str, ...]:
    """The columns of one access; none where any of the statements that it may be leaves them open."""
    found: set[str] = set()
    for statement in statements:
        writes = access.operation in ("insert", "update")
        named, given = (_named_in(linked, schema, columns) for columns in (statement.named, statement.set))
        if not statement.known or named is None or given is None or (writes and not (statement.set_known and given)):
            return ()
        if access.operation == "read" and access.table in _tables(schema, statement.whole):
            return ()
        found |= {name for table, name in (named | given if writes else named) if table == access.table}
        if access.table in _tables(schema, statement.only):
            found |= {column.name for column in schema.tables[access.table].columns if column.primary_key}
    return tuple(sorted(found))


def _tables(schema: Schema, entities: Iterable[Value | str]) -> set[str]:
    found: set[str] = set()
    for entity in entities:
        if isinstance(entity, str):
            found.update(name for name in (schema.resolve(entity),) if name is not None)
        else:
            found.update(schema.tables_of_value(entity))
    return found


def _named_in(linked: Linked, schema: Schema, columns: Iterable[tuple[Value, str]]) -> set[tuple[str, str]] | None:
    """The tables and the names there of attributes of mapped classes and of Core tables; None where one is no column."""
    found: set[tuple[str, str]] = set()
    for entity, attribute in columns:
        cls = linked.program.scopes[linked.values[entity][1]]
        held = sqlalchemy_mapping.column_of(linked, cls, attribute) if not cls.library else None
        of_class = schema.table_of_class(held[0]) if held is not None else None
        of_core = schema.tables_of_value(entity) if cls.library else []
        table, name = (of_class, held[1]) if held is not None else (of_core[0] if of_core else None, attribute)
        known = schema.tables.get(table or "")
        if known is None or table is None or not any(column.name == name for column in known.columns):
            return None
        found.add((table, name))
    return found
