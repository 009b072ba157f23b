"""Odoo: models are known by ``_name``; a class with ``_inherit`` alone adds to the table of the model that it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking.found import FoundColumn, FoundIndex, FoundKey, FoundTable
from decompose.linking.libraries.models.bodies import Declaration, declarations, models_of, plain
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_TYPES = {
    "Binary": "bytea", "Boolean": "boolean", "Char": "varchar", "Date": "date", "Datetime": "timestamp",
    "Float": "double precision", "Html": "text", "Id": "integer", "Image": "bytea", "Integer": "integer", "Json": "jsonb",
    "Many2one": "integer", "Many2oneReference": "integer", "Monetary": "numeric", "Properties": "jsonb",
    "PropertiesDefinition": "jsonb", "Reference": "varchar", "Selection": "varchar", "Text": "text",
}  # fmt: skip
_AUTOMATIC = (
    ("id", "integer", False), ("create_uid", "integer", True), ("create_date", "timestamp", True),
    ("write_uid", "integer", True), ("write_date", "timestamp", True),
)  # fmt: skip
_USERS = "res_users"


def schema(linked: Linked) -> Iterator[FoundTable | FoundKey]:
    """Tables and keys of all models; what is computed and not stored is no column."""
    models = models_of(linked, ("odoo", "openerp"), ("Model", "TransientModel", "AbstractModel"))
    for cls in models:
        name = model_of(cls)
        if not name or is_abstract(linked, cls):
            continue
        yield from _table(linked, cls, name, is_new=isinstance(plain(cls.facts.names.get("_name")), str))


def table_of(model: str) -> str:
    """The table of a model: its name with underscores."""
    return model.replace(".", "_")


def stated_table(cls: Scope, model: str) -> dict[str, str]:
    """The table that a class itself names for its model."""
    given = plain(cls.facts.names.get("_table"))
    return {model: given} if isinstance(given, str) else {}


def stated(cls: Scope, name: str) -> Any:
    """What a class body binds a name to, as plain data; a list may be made anew."""
    ref = cls.facts.names.get(name)
    copied = [o[2] for o in cls.operations_producing(ref) if o[0] == Op.COPY]
    return plain(copied[0] if len(copied) == 1 else ref)


def model_of(cls: Scope) -> str:
    """The model that a class declares or adds to; empty where it is none, or several."""
    name, inherited = stated(cls, "_name"), stated(cls, "_inherit")
    if isinstance(name, str):
        return name
    if isinstance(inherited, list):
        return str(inherited[0]) if len(inherited) == 1 else ""
    return inherited if isinstance(inherited, str) else ""


def is_abstract(linked: Linked, cls: Scope) -> bool:
    """Whether a model has no table of its own."""
    assert cls.parent is not None
    named = (linked.values[v] for ref in cls.facts.bases for v in linked.names.evaluate(cls.parent, ref))
    abstract = any(d[0] == "X" and d[2].rpartition(".")[2] == "AbstractModel" for d in named)
    return abstract or plain(cls.facts.names.get("_abstract")) is True


def _table(linked: Linked, cls: Scope, model: str, *, is_new: bool) -> Iterator[FoundTable | FoundKey]:
    table = stated_table(cls, model).get(model) or table_of(model)
    file, line = cls.module.file, cls.facts.line
    columns: list[FoundColumn] = []
    indexes: list[FoundIndex] = []
    is_view = plain(cls.facts.names.get("_auto")) is False
    if is_new and not is_view:
        columns += [FoundColumn(n, "", null, n == "id", kind, n == "id", file, line) for n, kind, null in _AUTOMATIC]
        for column in ("create_uid", "write_uid"):
            yield FoundKey(table, (column,), _USERS, ("id",), "SET NULL", file, line)
    for declared in declarations(linked, cls):
        if declared.called == "Many2many":
            yield from _many_to_many(linked, declared, table)
        if declared.called not in _TYPES or not _is_stored(linked, declared):
            continue
        owner, operation, (home, at) = declared.owner, declared.operation, declared.place
        required = linked.keyword(owner, operation, "required") is True
        kind = _TYPES[declared.called]
        size = linked.keyword(owner, operation, "size")
        kind = f"{kind}({size})" if kind == "varchar" and isinstance(size, int) else kind
        columns.append(FoundColumn(declared.name, declared.called, not required, False, kind, False, home, at))
        if linked.keyword(owner, operation, "index"):
            indexes.append(FoundIndex("", (declared.name,), False, False, home, at))
        target = linked.keyword(owner, operation, "comodel_name", 0)
        if declared.called == "Many2one" and isinstance(target, str) and not is_view:
            stated = str(linked.keyword(owner, operation, "ondelete") or ("restrict" if required else "set null"))
            yield FoundKey(table, (declared.name,), table_of(target), ("id",), stated.upper(), home, at)
    parents = plain(cls.facts.names.get("_inherits"))
    for parent, column in parents.items() if isinstance(parents, dict) else ():
        if isinstance(column, str) and all(known.name != column for known in columns):
            columns.append(FoundColumn(column, "Many2one", False, False, "integer", False, file, line))
            yield FoundKey(table, (column,), table_of(str(parent)), ("id",), "CASCADE", file, line)
    yield FoundTable(table, cls, "model", tuple(columns), file, line, tuple(indexes))


def _is_stored(linked: Linked, declared: Declaration) -> bool:
    stored = linked.keyword(declared.owner, declared.operation, "store")
    derived = any(name in ("compute", "related") for name, _ in declared.operation[4])
    if (
        declared.called in ("Binary", "Image")
        and linked.keyword(declared.owner, declared.operation, "attachment") is not False
    ):
        return False  # in the file store
    return stored is True if derived else stored is not False


def _many_to_many(linked: Linked, declared: Declaration, table: str) -> Iterator[FoundTable | FoundKey]:
    if not _is_stored(linked, declared):
        return
    owner, operation, (file, line) = declared.owner, declared.operation, declared.place
    target = linked.keyword(owner, operation, "comodel_name", 0)
    if not isinstance(target, str):
        return
    other = table_of(target)
    relation, own, pointed = (
        linked.keyword(owner, operation, name, position)
        for position, name in enumerate(("relation", "column1", "column2"), 1)
    )
    between = relation if isinstance(relation, str) else f"{'_'.join(sorted((table, other)))}_rel"
    names = (own if isinstance(own, str) else f"{table}_id", pointed if isinstance(pointed, str) else f"{other}_id")
    columns = tuple(FoundColumn(name, "Many2one", False, True, "integer", False, file, line) for name in names)
    yield FoundTable(between, None, "model", columns, file, line)
    for name, to in zip(names, (table, other), strict=True):
        yield FoundKey(between, (name,), to, ("id",), "CASCADE", file, line)
