"""Fields of GraphQL that list the rows of a model, because their type names it: ``orders = DjangoListField(OrderType)``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.libraries.django_schema import library_class
from decompose.linking.libraries.model_views import Implied
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value

PACKAGE, TYPES = "graphene_django", "graphene_django.types"
_LISTING = frozenset({"DjangoListField", "DjangoConnectionField", "DjangoFilterConnectionField"})
RULE = "rows that a field lists"


class ListingField(NamedTuple):
    """A field of a class of fields, and the class of the type whose rows it lists; ``resolved``: code of the application finds them."""

    owner: Scope
    name: str
    line: int
    type: Scope
    resolved: bool


def listing_fields(linked: Linked) -> Iterator[ListingField]:
    """Every such field, where its type is in view."""
    for cls in linked.application_classes():
        fields = {ref: name for name, ref in cls.facts.names.items() if type(ref) is int}
        for operation in cls.facts.ops:
            if operation[0] != Op.CALL or operation[1] not in fields or not operation[3]:
                continue
            name = fields[operation[1]]
            if any(_lists(linked, linked.values[value]) for value in linked.names.evaluate(cls, operation[2])):
                resolved = f"resolve_{name}" in cls.facts.names
                for named in _named(linked, cls, operation[3][0]):
                    yield ListingField(cls, name, operation[-1], named, resolved)


def _lists(linked: Linked, described: tuple[Any, ...]) -> bool:
    if described[0] == "X":
        return str(described[1]).partition(".")[0] == PACKAGE and described[2] in _LISTING
    bases = linked.hierarchy.external_bases(linked.program.scopes[described[1]]) if described[0] == "C" else ()
    return any(_lists(linked, linked.values[base]) for base in bases)


def _named(linked: Linked, owner: Scope, ref: Ref) -> Iterator[Scope]:
    """The type by its name, or by a text: ``DjangoListField("shop.schema.OrderType")``."""
    if isinstance(ref, str):
        module, _, name = ref.rpartition(".")
        found = linked.program.by_name.get(module)
        values: tuple[Value, ...] = (
            linked.names.evaluate(found.top, found.top.facts.names.get(name, -1)) if found else ()
        )
    else:
        values = tuple(linked.names.evaluate(owner, ref))
    described = (linked.values[value] for value in values)
    yield from (
        linked.program.scopes[d[1]] for d in described if d[0] == "C" and not linked.program.scopes[d[1]].library
    )


def models_of(linked: Linked, cls: Scope) -> list[Scope]:
    """The models that a type names in its ``Meta``."""
    base = library_class(linked.program, TYPES, "DjangoObjectType")
    rows = linked.hierarchy.bindings(cls, (), base).get("M", ()) if base is not None else ()
    return [linked.program.scopes[linked.values[row][1]] for row in rows if linked.values[row][0] == "I"]


def implied(linked: Linked) -> Iterator[Implied]:
    """What such fields read, unless a resolver of the application finds the rows."""
    if PACKAGE not in linked.program.by_name:
        return
    for field in listing_fields(linked):
        for model in () if field.resolved else models_of(linked, field.type):
            yield Implied(field.owner, "read", model, f"{RULE}: {field.name}", line=field.line, besides=True)
