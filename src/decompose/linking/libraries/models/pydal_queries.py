"""PyDAL: what is done to tables by ``db.thing.insert(...)`` and ``db(db.thing.name == name).select()``.

The models of web2py run before its controllers, with the same names: ``db`` of a controller is what a model of its application binds.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.found import FoundAccess
from decompose.linking.libraries.models import pydal
from decompose.linking.libraries.sqlalchemy_columns import call_of, called_name
from decompose.linking.linked import Linked
from decompose.linking.program import Module, Scope

_OF_TABLES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("insert", "bulk_insert", "validate_and_insert", "import_from_csv_file"), ("insert",)),
    **dict.fromkeys(("update_or_insert", "validate_and_update_or_insert"), ("read", "insert", "update")),
    "validate_and_update": ("read", "update"), "truncate": ("delete",),
}  # fmt: skip
_OF_QUERIES = {
    **dict.fromkeys(("select", "count", "isempty", "iterselect"), "read"),
    **dict.fromkeys(("update", "update_naive", "validate_and_update"), "update"),
    "delete": "delete", "delete_naive": "delete",
}  # fmt: skip
_MAX_STEPS = 30


def accesses(linked: Linked) -> Iterator[FoundAccess]:
    """Each call that reads or writes; a query whose table is not seen is one of an unknown name."""
    modules = [module for module in linked.program.modules if not module.library]
    if not any(package in module.facts.packages for module in modules for package in pydal.PACKAGES):
        return
    databases = _Databases(linked, modules)
    for site in linked.engine.sites if databases.tables else ():
        scope = site.frame.scope
        if site.kind != "call" or scope.library:
            continue
        called = databases.table(scope, site.operation[2])
        if called:
            yield FoundAccess(site, called, "read", "pydal.Table")
        for base, name in scope.attributes_read(site.operation[2]):
            table = databases.table(scope, base) if name in _OF_TABLES else ""
            for operation in _OF_TABLES[name] if table else ():
                yield FoundAccess(site, table, operation, f"pydal.Table.{name}")
            queried = call_of(scope, base) if name in _OF_QUERIES and not table else None
            if queried is not None and databases.is_database(scope, queried[2]):
                for table, operation in _touched(databases, scope, queried, site.operation, _OF_QUERIES[name]):
                    yield FoundAccess(site, table, operation, f"pydal.Set.{name}")


def _touched(
    databases: _Databases, scope: Scope, queried: list[Any], call: list[Any], operation: str
) -> list[tuple[str, str]]:
    """The tables of a query: those that it is about, and those that are only read, in a query within it."""
    about, within = set[str](), set[str]()
    for ref in queried[3]:
        databases.gather(scope, ref, about, within)
    if operation == "read":
        for ref in (*call[3], *(ref for _, ref in call[4])):
            databases.gather(scope, ref, about, within)
    if not about or (operation != "read" and len(about) > 1):
        return [("", operation)]  # PyDAL itself refuses to write to several
    return [*((table, operation) for table in sorted(about)), *((table, "read") for table in sorted(within - about))]


class _Databases:
    """What is a database, and which of its tables a value is."""

    def __init__(self, linked: Linked, modules: list[Module]) -> None:
        self.linked = linked
        self.tables = {table for _, _, table in pydal.definitions(linked)}
        self._shared = {
            (_application(module), name)
            for module in modules
            if self.tables and posixpath.basename(posixpath.dirname(module.file)) == "models"
            for name, ref in module.top.facts.names.items()
            if self._is_made(module.top, ref)
        }

    def is_database(self, scope: Scope, ref: Ref) -> bool:
        """Whether a value is a database: made by ``DAL(...)``, here or in the models of the application."""
        origin = self.linked.origin(scope, ref)
        if origin is None:
            return False
        if origin.operation[0] == Op.FREE:
            return (_application(scope.module), origin.operation[2]) in self._shared
        return origin.operation[0] == Op.CALL and called_name(origin.scope, origin.operation) == "DAL"

    def table(self, scope: Scope, ref: Ref) -> str:
        """The table that a value is: ``db.thing``, ``db["thing"]``, or what ``define_table`` gave."""
        for operation in scope.operations_producing(ref):
            if operation[0] in (Op.ATTRIBUTE, Op.ITEM) and isinstance(operation[3], str):
                name = operation[3] if operation[3] in self.tables else ""
                if name and self.is_database(scope, operation[2]):
                    return name
        origin = self.linked.origin(scope, ref)
        return pydal.defined(self.linked, *origin) if origin is not None else ""

    def gather(self, scope: Scope, ref: Ref, about: set[str], within: set[str], steps: int = _MAX_STEPS) -> None:
        """Add the tables that an expression names; those that stand in the arguments of a call to ``within``."""
        table = self.table(scope, ref)
        if table:
            about.add(table)
            return
        for operation in scope.operations_producing(ref) if steps else ():
            match operation[0]:
                case Op.ATTRIBUTE | Op.ITEM | Op.COPY | Op.NARROW:
                    self.gather(scope, operation[2], about, within, steps - 1)
                case Op.BINARY:
                    self.gather(scope, operation[2], about, within, steps - 1)
                    self.gather(scope, operation[3], about, within, steps - 1)
                case Op.CALL:
                    self.gather(scope, operation[2], about, within, steps - 1)
                    for inner in operation[3]:
                        self.gather(scope, inner, within, within, steps - 1)

    def _is_made(self, scope: Scope, ref: Ref) -> bool:
        made = call_of(scope, ref)
        return made is not None and called_name(scope, made) == "DAL"


def _application(module: Module) -> str:
    return posixpath.dirname(posixpath.dirname(module.file))
