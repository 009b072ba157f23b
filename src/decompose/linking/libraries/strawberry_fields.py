"""Types of strawberry-django, each about a model, and the fields that give their rows: ``orders: list[OrderType] = field()``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decompose.linking.libraries.model_views import Implied
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.made_once import made_once

PACKAGE = "strawberry_django"
RULE = "rows that a field gives"
_TYPES = (f"{PACKAGE}:type", f"{PACKAGE}:interface")
_MAX_TREES = 20
_KINDS = frozenset("nasulck")
"""What the trees of annotations begin with."""


class RowsField(NamedTuple):
    """A field of a class of fields that no code resolves, and the class of the type whose rows it gives."""

    owner: Scope
    name: str
    line: int
    type: Scope


@made_once
def models_of_types(linked: Linked) -> dict[int, Scope]:
    """Class of a type -> the model that its decorator names."""
    found: dict[int, Scope] = {}
    for site in linked.sites_calling(*_TYPES):
        models = list(linked.functions_among(linked.argument_values(site, site.argument(0, "model"))))
        for decoration in linked.decorations(site) if models else ():
            for cls in linked.handlers(decoration, decoration.arguments[0]):
                if not cls.is_function:
                    found[cls.index] = models[0]
    return found


@made_once
def rows_fields(linked: Linked) -> list[RowsField]:
    """Every field that is made without a resolver, where its type is in view."""
    types = models_of_types(linked)
    by_name: dict[str, list[Scope]] = {}
    for index in types:
        cls = linked.program.scopes[index]
        by_name.setdefault(cls.facts.name, []).append(cls)
    found = []
    for site in linked.sites_calling(f"{PACKAGE}:field", f"{PACKAGE}:node", f"{PACKAGE}:connection"):
        owner = site.frame.scope
        if site.kind != "call" or owner.is_function or site.argument(0, "resolver") != -1:
            continue
        for name in (n for n, ref in owner.facts.names.items() if ref == site.operation[1]):
            annotation = owner.facts.annotations.get(name)
            named = [c for word in _words(annotation) for c in by_name.get(word, ())]
            near = [cls for cls in named if cls.module is owner.module] or named
            found += [RowsField(owner, name, site.line, cls) for cls in near[:1]]
    return found


def _words(annotation: object) -> Iterator[str]:
    """The names and texts in an annotation: ``OrderType`` of ``list[Annotated["OrderType", lazy("shop.types")]]``."""
    waiting = [annotation]
    for tree in waiting:
        if isinstance(tree, str):
            yield tree
        elif isinstance(tree, list) and len(waiting) < _MAX_TREES:
            is_named = bool(tree) and isinstance(tree[0], str) and tree[0] in _KINDS
            waiting += tree[1:] if is_named else tree


def implied(linked: Linked) -> Iterator[Implied]:
    """What such fields read."""
    if PACKAGE not in linked.program.by_name:
        return
    types = models_of_types(linked)
    for field in rows_fields(linked):
        model = types[field.type.index]
        yield Implied(field.owner, "read", model, f"{RULE}: {field.name}", line=field.line, besides=True)
