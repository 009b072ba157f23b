"""Frappe: document types are declared in JSON beside their controllers; documents are loaded and saved by the name of their type.

The table of ``Leave Type`` is ``tabLeave Type``. A type that is single has no table: its values are rows of ``tabSingles``.
Rows of a table field are part of the document: they are loaded and saved with it.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.found import FoundAccess, FoundColumn, FoundKey, FoundTable
from decompose.linking.frames import Site
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_PACKAGE = "frappe"
_SINGLES = "tabSingles"
_TYPES = {
    "Attach": "text", "Attach Image": "text", "Autocomplete": "varchar(140)", "Barcode": "text", "Check": "smallint", "Code": "text",
    "Color": "varchar(140)", "Currency": "numeric(21, 9)", "Data": "varchar(140)", "Date": "date", "Datetime": "timestamp",
    "Duration": "numeric(21, 9)", "Dynamic Link": "varchar(140)", "Float": "numeric(21, 9)", "Geolocation": "text",
    "HTML Editor": "text", "Icon": "varchar(140)", "Int": "integer", "JSON": "json", "Link": "varchar(140)", "Long Text": "text",
    "Markdown Editor": "text", "Password": "text", "Percent": "numeric(21, 9)", "Phone": "varchar(140)", "Rating": "numeric(3, 2)",
    "Read Only": "varchar(140)", "Select": "varchar(140)", "Signature": "text", "Small Text": "text", "Text": "text",
    "Text Editor": "text", "Time": "time",
}  # fmt: skip
_AUTOMATIC = (
    ("name", "varchar(140)", False), ("creation", "timestamp", True), ("modified", "timestamp", True),
    ("modified_by", "varchar(140)", True), ("owner", "varchar(140)", True), ("docstatus", "smallint", False),
    ("idx", "integer", False),
)  # fmt: skip
_OF_ROWS = ("parent", "parentfield", "parenttype")
_TABLES = frozenset({"Table", "Table MultiSelect"})

_LOADS = ("get_doc", "get_cached_doc", "get_last_doc")
_FUNCTIONS: dict[str, str] = {
    **dict.fromkeys(_LOADS, "read"),
    **dict.fromkeys(
        ("get_all", "get_list", "get_value", "get_cached_value", "db.get_value", "db.get_values", "db.get_all",
         "db.get_list", "db.exists", "db.count", "db.get_values_from_table", "qb.from_", "qb.DocType", "query_builder.DocType",
         "qb.get_query", "db.a_row_exists"), "read",
    ),
    **dict.fromkeys(("db.set_value", "set_value", "rename_doc", "qb.update", "db.bulk_update"), "update"),
    **dict.fromkeys(("delete_doc", "delete_doc_if_exists", "db.delete", "db.truncate"), "delete"),
    **dict.fromkeys(("qb.into", "db.bulk_insert"), "insert"),
}  # fmt: skip
"""Functions of the package that are given the name of a type first -> what they do to its table."""

_OF_SINGLES: dict[str, str] = {
    "db.get_single_value": "read", "db.get_singles_dict": "read", "get_single": "read", "db.get_singles_value": "read",
    "db.set_single_value": "update", "get_single_value": "read", "get_cached_single": "read",
}  # fmt: skip
_METHODS = {
    "insert": "insert", "db_insert": "insert", "save": "update", "submit": "update", "cancel": "update", "db_set": "update",
    "db_update": "update", "db_update_all": "update", "discard": "update", "delete": "delete", "reload": "read",
    "load_from_db": "read", "run_method": "",
}  # fmt: skip
"""Methods of a document -> what they do to its row."""

_WITH_ROWS = frozenset(
    {*_LOADS, "delete_doc", "delete_doc_if_exists", "insert", "save", "submit", "cancel", "delete", "reload"}
)


class _Type(NamedTuple):
    """A document type: its name, whether it is single, and its fields."""

    name: str
    single: bool
    rows: bool
    fields: list[dict[str, Any]]


def table_of(name: str) -> str:
    """The table of a document type."""
    return f"tab{name}"


def declarations(linked: Linked) -> Iterator[tuple[str, Scope | None]]:
    """The files that may declare a type, each with its controller's class: beside modules that are called like their folder."""
    if not _is_used(linked):
        return
    for module in linked.program.modules:
        folder, name = posixpath.split(module.file)
        stem = name.removesuffix(".py")
        if not module.library and stem != name and posixpath.basename(folder) == stem:
            wanted = stem.replace("_", "")
            cls = next((s for s in module.scopes if s.facts.kind == 1 and s.facts.name.lower() == wanted), None)
            yield posixpath.join(folder, f"{stem}.json"), cls


def declared(path: str, content: bytes, cls: Scope | None) -> Iterator[FoundTable | FoundKey]:
    """The table and keys of the type that a file declares; nothing for any other file."""
    found = _type(content)
    if found is None or found.single:
        return
    lines = _lines(content)
    table = table_of(found.name)
    line = lines.get(found.name, 1)
    columns = [FoundColumn(n, "", null, n == "name", kind, False, path, line) for n, kind, null in _AUTOMATIC]
    if found.rows:
        columns += [FoundColumn(name, "Data", True, False, "varchar(140)", False, path, line) for name in _OF_ROWS]
    parts = []
    for field in found.fields:
        name, kind, options = (str(field.get(key) or "") for key in ("fieldname", "fieldtype", "options"))
        at = lines.get(name, line)
        if kind in _TABLES and options:
            parts.append(table_of(options))
            yield FoundKey(table_of(options), ("parent",), table, ("name",), "CASCADE", path, at, enforced=False)
        if kind not in _TYPES or field.get("is_virtual"):
            continue
        columns.append(FoundColumn(name, kind, not field.get("reqd"), False, _TYPES[kind], False, path, at))
        if kind == "Link" and options:
            yield FoundKey(table, (name,), table_of(options), ("name",), "", path, at, enforced=False)
    yield FoundTable(table, cls, "model", tuple(columns), path, line, parts=tuple(parts))


def _type(content: bytes) -> _Type | None:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("doctype") != "DocType" or not isinstance(data.get("name"), str):
        return None
    fields = data.get("fields")
    listed = [field for field in fields if isinstance(field, dict)] if isinstance(fields, list) else []
    single = bool(data.get("issingle")) or bool(data.get("is_virtual"))
    return _Type(data["name"], single, bool(data.get("istable")), listed)


def _lines(content: bytes) -> dict[str, int]:
    """Name -> the line that gives it, of the fields and of the type."""
    found: dict[str, int] = {}
    for number, line in enumerate(content.decode("utf-8", errors="replace").split("\n"), 1):
        key, colon, value = line.strip().rstrip(",").partition(":")
        if colon and key in ('"fieldname"', '"name"'):
            found.setdefault(value.strip().strip('"'), number)
    return found


# Accesses


def accesses(linked: Linked) -> Iterator[FoundAccess]:
    """What is done to documents through the functions of the package, and through documents."""
    if not _is_used(linked):
        return
    for site, module, name in linked.external_sites():
        if site.frame.scope.library or module.partition(".")[0] != _PACKAGE:
            continue
        operation = _FUNCTIONS.get(name) if module == _PACKAGE else None
        if operation is not None:
            kind, new = named(linked, site.frame.scope, site.operation)
            if kind and not new:
                yield FoundAccess(site, table_of(kind), operation, f"{_PACKAGE}.{name}", whole=name in _WITH_ROWS)
            elif not kind:
                yield FoundAccess(site, "", operation, f"{_PACKAGE}.{name}")
        elif module == _PACKAGE and name in _OF_SINGLES:
            yield FoundAccess(site, _SINGLES, _OF_SINGLES[name], f"{_PACKAGE}.{name}")
        elif module == _PACKAGE and "().".join(name.split("().")[:2]) == name and "()" in name:
            yield from _by_method(linked, site, name.partition("().")[2])
        elif name.startswith("Document."):
            yield from _by_controller(linked, site, name.removeprefix("Document."))


def _by_method(linked: Linked, site: Site, method: str) -> Iterator[FoundAccess]:
    """``frappe.get_doc("Leave Type", name).save()``, also over variables."""
    operation = _METHODS.get(method)
    maker = _receiver(linked, site) if operation else None
    if maker is None or not operation:
        return
    kind, new = named(linked, maker[0], maker[1])
    if kind:
        done = "insert" if new and operation == "update" else operation
        yield FoundAccess(site, table_of(kind), done, f"Document.{method}", whole=method in _WITH_ROWS)


def _receiver(linked: Linked, site: Site) -> tuple[Scope, list[Any]] | None:
    """The call that makes the document that a method is called of."""
    origin = linked.receiver(site)
    return (origin.scope, origin.operation) if origin is not None and origin.operation[0] == Op.CALL else None


def _by_controller(linked: Linked, site: Site, method: str) -> Iterator[FoundAccess]:
    """``self.save()`` in the class of a type, or of what a function was given; where it was made in view is told by that."""
    operation = _METHODS.get(method)
    scope = site.frame.scope
    maker = _receiver(linked, site)
    if maker is not None and named(linked, maker[0], maker[1])[0]:
        return
    for asked in scope.operations_producing(site.operation[2]) if operation else ():
        if asked[0] != Op.ATTRIBUTE or type(asked[2]) is not int or asked[2] < 0:
            continue
        for value in sorted(linked.engine.values_of(linked.engine.node_of(site.frame, asked[2]))):
            description = linked.values[value]
            if description[0] == "I" and not linked.program.scopes[description[1]].library:
                cls = linked.program.scopes[description[1]]
                yield FoundAccess(site, cls, str(operation), f"Document.{method}", whole=method in _WITH_ROWS)


def named(linked: Linked, scope: Scope, operation: list[Any]) -> tuple[str, bool]:
    """The type that a call names, and whether the document is new: given by its values, or made by ``new_doc``."""
    first: Ref = operation[3][0] if operation[3] else next((r for k, r in operation[4] if k in ("doctype", "dt")), -1)
    made = scope.operations_producing(operation[2])
    new = any(o[0] == Op.ATTRIBUTE and o[3] == "new_doc" for o in made)
    constant = linked.constant(scope, first)
    if isinstance(constant, str):
        return constant, new
    if isinstance(constant, dict):
        kind = constant.get("doctype")
        return (kind if isinstance(kind, str) else ""), True
    origin = linked.origin(scope, first)
    if origin is None:
        return "", new
    given: Ref = -1
    if origin.operation[0] == Op.CONTAINER and origin.operation[4] is not None:
        pairs = zip(origin.operation[4], origin.operation[3], strict=True)
        given = next((value for key, value in pairs if key == "doctype"), -1)
    elif origin.operation[0] == Op.CALL:
        given = next((value for key, value in origin.operation[4] if key == "doctype"), -1)
    kind = linked.constant(origin.scope, given)
    return (kind if isinstance(kind, str) else ""), True if isinstance(kind, str) else new


def _is_used(linked: Linked) -> bool:
    return any(_PACKAGE in module.facts.packages for module in linked.program.modules if not module.library)
