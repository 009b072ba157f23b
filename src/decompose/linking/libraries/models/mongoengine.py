"""MongoEngine: documents, whose collections count as tables; references between them are checked by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking.found import FoundColumn, FoundIndex, FoundKey, FoundTable
from decompose.linking.libraries.models.bodies import Declaration, declarations, models_of, plain, snake, target_class
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope

PACKAGES = ("mongoengine", "flask_mongoengine")
_BASES = ("Document", "DynamicDocument")
_REFERENCES = frozenset({"ReferenceField", "LazyReferenceField", "CachedReferenceField"})
_RULES = {0: "NO ACTION", 1: "SET NULL", 2: "CASCADE", 3: "RESTRICT", 4: "SET NULL"}
"""What ``reverse_delete_rule`` may be, by its number; the last takes a reference out of a list."""
_RULE_NAMES = {"NULLIFY": 1, "CASCADE": 2, "DENY": 3, "PULL": 4}


def schema(linked: Linked) -> Iterator[FoundTable | FoundKey]:
    """The collections of all documents, and the references between them."""
    documents = models_of(linked, PACKAGES, _BASES)
    for cls in documents:
        if _meta(linked, cls, "abstract") is not True and not any(o in documents for o in _kept_above(linked, cls)):
            yield from _collection(linked, cls, documents)


def table_name(linked: Linked, cls: Scope) -> str:
    """As given, or the name of the class with underscores."""
    for owner in linked.hierarchy.order(cls):
        given = _meta(linked, owner, "collection") if not owner.library else None
        if isinstance(given, str):
            return given
    return snake(cls.facts.name)


def _kept_above(linked: Linked, cls: Scope) -> list[Scope]:
    """The documents above, which are not abstract: their collection holds those of the class as well."""
    above = linked.hierarchy.order(cls)[1:]
    return [owner for owner in above if not owner.library and _meta(linked, owner, "abstract") is not True]


def _collection(linked: Linked, cls: Scope, documents: list[Scope]) -> Iterator[FoundTable | FoundKey]:
    table = table_name(linked, cls)
    columns, indexes = [], []
    for declared in declarations(linked, cls):
        if not declared.called.endswith("Field"):
            continue
        owner, operation, (file, line) = declared.owner, declared.operation, declared.place
        given = linked.keyword(owner, operation, "db_field")
        name = given if isinstance(given, str) else declared.name
        primary = linked.keyword(owner, operation, "primary_key") is True
        required = linked.keyword(owner, operation, "required") is True
        columns.append(FoundColumn(name, declared.called, not (required or primary), primary, "", False, file, line))
        if linked.keyword(owner, operation, "unique") is True and not primary:
            indexes.append(FoundIndex("", (name,), True, False, file, line))
        found = _referred(linked, declared, documents)
        if found is not None:
            target, rule = found
            yield FoundKey(table, (name,), target, (_key(linked, target),), rule, file, line, enforced=False)
    if not any(column.primary_key for column in columns):
        columns.insert(0, FoundColumn("id", "ObjectIdField", False, True, "", True, cls.module.file, cls.facts.line))
    yield FoundTable(table, cls, "model", tuple(columns), cls.module.file, cls.facts.line, tuple(indexes))


def _key(linked: Linked, cls: Scope) -> str:
    named = (d.name for d in declarations(linked, cls) if linked.keyword(d.owner, d.operation, "primary_key") is True)
    return next(named, "id")


def _referred(linked: Linked, declared: Declaration, documents: list[Scope]) -> tuple[Scope, str] | None:
    """The document that a field refers to, or each element of a list, and what its deletion does."""
    owner, operation, called = declared.owner, declared.operation, declared.called
    if called == "ListField":
        inner = next(iter(owner.operations_producing(keyword_ref(operation, "field", 0))), None)
        if inner is None or inner[0] != Op.CALL:
            return None
        operation, called = inner, next((n for _, n in owner.attributes_read(inner[2])), "") or _free(owner, inner[2])
    if called not in _REFERENCES:
        return None
    target = target_class(linked, owner, keyword_ref(operation, "document_type", 0), documents)
    return (target, _rule(linked, owner, operation)) if target is not None else None


def _free(owner: Scope, ref: Any) -> str:  # Any: a ref
    for operation in owner.operations_producing(ref):
        if operation[0] == Op.FREE:
            return str(operation[2])
    return ""


def _rule(linked: Linked, owner: Scope, operation: list[Any]) -> str:
    given = linked.keyword(owner, operation, "reverse_delete_rule", 2)
    if not isinstance(given, int):
        ref = keyword_ref(operation, "reverse_delete_rule", 2)
        name = next((n for _, n in owner.attributes_read(ref)), "") or _free(owner, ref)
        given = _RULE_NAMES.get(name, 0)
    return _RULES.get(given, "NO ACTION")


def _meta(linked: Linked, cls: Scope, name: str) -> Any:
    """A constant of the table ``meta`` in a class body; None where it is not there."""
    ref = cls.facts.names.get("meta", -1)
    given = linked.names.constants.plain_data(cls, ref)
    if isinstance(given, dict):
        return given.get(name)
    for operation in cls.operations_producing(ref):
        if operation[0] == Op.CONTAINER and operation[2] == "dict" and operation[4]:
            for key, value in zip(operation[4], operation[3], strict=False):
                if key == name:
                    return plain(value)
    return None
