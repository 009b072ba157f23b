"""Beanie: documents whose fields are annotations; links between them are checked by nobody."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.linking.found import FoundColumn, FoundKey, FoundTable
from decompose.linking.libraries.models.bodies import models_of, option
from decompose.linking.libraries.sqlalchemy_columns import hinted_type
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Types

PACKAGES = ("beanie",)
_BASES = ("Document", "DocumentWithSoftDelete")
_LINK, _SETTINGS = "beanie:Link", "Settings"
_MAX_DEPTH = 3
"""``Optional[list[Link[User]]]``: how far inside of an annotation a link is looked for."""


def schema(linked: Linked) -> Iterator[FoundTable | FoundKey]:
    """The collections of all documents, and the links between them."""
    documents = models_of(linked, PACKAGES, _BASES)
    for cls in documents:
        above = [owner for owner in linked.hierarchy.order(cls)[1:] if owner in documents]
        if not any(_is_root(owner) for owner in above) and not _is_only_inherited(linked, cls, documents):
            yield from _collection(linked, cls)


def _collection(linked: Linked, cls: Scope) -> Iterator[FoundTable | FoundKey]:
    named = option(cls, "name", _SETTINGS)
    table = named if isinstance(named, str) else cls.facts.name
    columns = {"id": FoundColumn("id", "ObjectId", False, True, "", True, cls.module.file, cls.facts.line)}
    for owner in linked.hierarchy.order(cls):
        for name, annotation in owner.facts.annotations.items() if not owner.library else ():
            if name in columns or name.startswith("_"):
                continue
            hint, optional = hinted_type(annotation)
            place = owner.module.file, owner.facts.line
            columns[name] = FoundColumn(name, hint, bool(optional), False, "", False, *place)
            target = _linked_to(linked, linked.names.types(owner, annotation))
            if target is not None:
                yield FoundKey(table, (name,), target, ("id",), "NO ACTION", *place, enforced=False)
    yield FoundTable(table, cls, "model", tuple(columns.values()), cls.module.file, cls.facts.line)


def _linked_to(linked: Linked, types: Types) -> Scope | None:
    """The document that an annotation links to, or each element of a list."""
    for _ in range(_MAX_DEPTH):
        described = [d for d in (linked.values[value] for value in types) if d[0] == "I" and d[2]]
        for description in described:
            scopes = linked.program.scopes
            if scopes[description[1]].definition == _LINK:
                inner = (linked.values[value] for value in description[2][0])
                return next((scopes[d[1]] for d in inner if d[0] == "I" and not scopes[d[1]].library), None)
        types = tuple(value for description in described for part in description[2] for value in part)
    return None


def _is_root(cls: Scope) -> bool:
    """Whether the documents of classes below are kept in the same collection."""
    return option(cls, "is_root", _SETTINGS) is True


def _is_only_inherited(linked: Linked, cls: Scope, documents: list[Scope]) -> bool:
    """Whether a class is there for what others inherit: it has documents below it, and names no collection."""
    below = any(linked.hierarchy.is_subclass(other.index, cls.index) for other in documents if other is not cls)
    return below and not _is_root(cls) and option(cls, "name", _SETTINGS) is None
