"""SQLAlchemy mapped classes and Core tables -> tables and keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking.found import FoundColumn, FoundIndex, FoundKey, FoundTable
from decompose.linking.libraries.sqlalchemy_bases import maps, names_a_mapper
from decompose.linking.libraries.sqlalchemy_columns import (
    COLUMNS,
    call_of,
    called_name,
    column,
    index,
    index_of_column,
)
from decompose.linking.libraries.sqlalchemy_keys import key_columns, key_constraint, keys
from decompose.linking.libraries.sqlalchemy_made_tables import MadeTable, tables_made
from decompose.linking.libraries.sqlalchemy_mapping import (
    BASE,
    declared_columns,
    in_other_tables,
    is_sqlmodel,
    of_single_table,
    table_name,
)
from decompose.linking.libraries.sqlmodel_schema import sqlmodel
from decompose.linking.linked import Linked
from decompose.linking.origins import NOTHING, Given, keyword_ref
from decompose.linking.program import Scope

_MIN_TABLE_ARGUMENTS = 2
_REFLECTING_PACKAGES = frozenset({"sqlalchemy", "flask_sqlalchemy"})
_AUTOLOAD = frozenset({"autoload", "autoload_with", "reflect"})


def schema(linked: Linked) -> Iterator[FoundTable | FoundKey]:
    """Tables and foreign keys of mapped classes and Core tables."""
    made = tables_made(linked)
    for cls in linked.application_classes():
        name = table_name(linked, cls)
        if name is not None and not made.tells_all_of(cls.index):
            yield from _mapped(linked, cls, name)
        for table in made.of_class(cls):
            yield from (_of_call(found, table) for found in _mapped(linked, cls, table.name, table.given))
    for site in linked.sites_calling("sqlalchemy:Table"):
        name, scope = linked.constant(site.frame.scope, site.argument(0)), site.frame.scope
        stated = len(site.arguments) >= _MIN_TABLE_ARGUMENTS
        if isinstance(name, str) and stated and not made.tells_all_of(id(site.operation)):
            yield from _core(linked, scope, site.operation, name)
        for table in made.of_core(site.operation) if stated else ():
            found = _core(linked, scope, site.operation, table.name, table.given)
            yield from (_of_call(each, table) for each in found)
    yield from _imperative(linked)


def _of_call(found: FoundTable | FoundKey, table: MadeTable) -> FoundTable | FoundKey:
    """What a function states, of the table that one call of it makes: no class is that of the table."""
    if isinstance(found, FoundKey):
        return found
    return found._replace(cls=None, source="core", file=table.file, line=table.line)


def _imperative(linked: Linked) -> Iterator[FoundTable]:
    """Classes that are mapped to a Core table by a call: ``registry.map_imperatively(User, users)``, ``mapper(...)``."""
    for module in linked.program.modules if BASE.partition(":")[0] in linked.program.by_name else ():
        for scope in module.scopes if not module.library else ():
            for operation in scope.facts.ops if names_a_mapper(scope) else ():
                if not maps(scope, operation):
                    continue
                described = (
                    linked.values[v] for v in linked.names.evaluate(scope, keyword_ref(operation, "class_", 0))
                )
                classes = [linked.program.scopes[d[1]] for d in described if d[0] == "C"]
                origin = linked.origin(scope, keyword_ref(operation, "local_table", 1))
                if not classes or origin is None or origin.operation[0] != Op.CALL or not origin.operation[3]:
                    continue
                name = linked.constant(origin.scope, origin.operation[3][0])
                given = linked.keyword(origin.scope, origin.operation, "schema")
                if isinstance(name, str):
                    full = f"{given}.{name}" if isinstance(given, str) else name
                    yield FoundTable(full, classes[0], "model", (), module.file, operation[-1])


def reflections(linked: Linked) -> Iterator[tuple[Scope, int]]:
    """Where tables are taken from the database while running: ``MetaData.reflect``, ``automap_base().prepare``, ``autoload_with``."""
    for module in linked.program.modules:
        if module.library or not _REFLECTING_PACKAGES.intersection(module.facts.packages):
            continue
        for scope in module.scopes:
            for operation in scope.facts.ops:
                if operation[0] != Op.CALL:
                    continue
                options = {name for name, _ in operation[4]}
                called = called_name(scope, operation)
                reads = called == "reflect" or (called in ("prepare", "Table") and not _AUTOLOAD.isdisjoint(options))
                if reads:
                    yield scope, operation[-1]


def _mapped(linked: Linked, cls: Scope, table: str, given: Given = NOTHING) -> Iterator[FoundTable | FoundKey]:
    if is_sqlmodel(linked, cls):
        yield from sqlmodel(linked, cls, table, given)
        return
    declared = {d.attribute: d for d in declared_columns(linked, cls)}
    for below in of_single_table(linked, cls):
        for d in declared_columns(linked, below):
            declared.setdefault(d.attribute, d)
    columns: list[FoundColumn] = []
    indexes: list[FoundIndex] = []
    for attribute, (_, owner, operation, annotation) in declared.items():
        named = operation[3][0] if operation[3] else None
        name = named if isinstance(named, str) and named != attribute else attribute
        found = column(linked, owner, operation, name, annotation)
        # What a library's mixin brings is told of the class that takes it.
        columns.append(found._replace(file=cls.module.file, line=cls.facts.line) if owner.library else found)
        indexes += index_of_column(linked, owner, operation, name)
        yield from keys(linked, owner, operation, table, name, given)
    known_as = dict(zip(declared, (c.name for c in columns), strict=True))
    primary: set[str] = set()
    elsewhere = in_other_tables(linked, cls)
    for owner in linked.hierarchy.order(cls):
        if owner.library or owner.index in elsewhere:
            continue
        for scope in (owner, *_functions_named(owner, "__table_args__")):
            for operation in scope.facts.ops:
                if operation[0] == Op.CALL:
                    yield from key_constraint(linked, scope, operation, table, known_as=known_as)
                    indexes += index(linked, scope, operation, known_as=known_as)
                    primary.update(key_columns(linked, scope, operation))
    columns = [c._replace(primary_key=True, nullable=False) if c.name in primary else c for c in columns]
    yield FoundTable(table, cls, "model", tuple(columns), cls.module.file, cls.facts.line, tuple(indexes))


def _functions_named(cls: Scope, name: str) -> Iterator[Scope]:
    return (s for s in cls.module.scopes if s.parent is cls and s.facts.name == name and s.is_function)


def _core(
    linked: Linked, scope: Scope, operation: list[Any], table: str, given: Given = NOTHING
) -> Iterator[FoundTable | FoundKey]:
    columns: list[FoundColumn] = []
    indexes: list[FoundIndex] = []
    primary: set[str] = set()
    prefix = linked.keyword(scope, operation, "schema")
    full = f"{prefix}.{table}" if isinstance(prefix, str) else table
    for ref in operation[3][1:]:
        inner = call_of(scope, ref)
        if inner is None:
            continue
        name = linked.constant(scope, inner[3][0], given) if inner[3] else None
        if called_name(scope, inner) in COLUMNS and isinstance(name, str):
            rest = [inner[0], inner[1], inner[2], inner[3][1:], inner[4], inner[5]]
            columns.append(column(linked, scope, rest, name))
            indexes += index_of_column(linked, scope, rest, name)
            yield from keys(linked, scope, inner, full, name, given)
        else:
            yield from key_constraint(linked, scope, inner, full, known_as={})
            indexes += index(linked, scope, inner, known_as={})
            primary.update(key_columns(linked, scope, inner))
    columns = [c._replace(primary_key=True, nullable=False) if c.name in primary else c for c in columns]
    yield FoundTable(full, None, "core", tuple(columns), scope.module.file, operation[-1], tuple(indexes))
