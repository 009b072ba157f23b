"""What the list of rows of an admin page reads to offer the values of its filters: ``list_filter = ["customer", ("order__shelf", RelatedOnly)]``."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.libraries.admin_pages import registered_for
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value

LISTED_IN = "list_filter"


def elements(linked: Linked, cls: Scope) -> Iterator[tuple[Scope, list[Ref]]]:
    """What a page lists as its filters, each with where it stands: a name, a class, or a name and a class."""
    member = linked.hierarchy.own_member(cls, LISTED_IN)
    if member is None:
        return
    for holder, element in linked.names.constants.elements(member.owner, member.ref):
        made = holder.operations_producing(element) if type(element) is int else []
        inside = [ref for operation in made if operation[0] == Op.CONTAINER for ref in operation[3]]
        yield holder, inside or [element]


def offered(linked: Linked, cls: Scope) -> Iterator[Value]:
    """The rows among which the filters by relations let choose; a filter of another class than the usual one asks for them along the way."""
    models = registered_for(linked, cls)
    for _, parts in elements(linked, cls):
        for name in (part for part in parts[:1] if isinstance(part, str)):
            for model in models:
                way = list(linked.engine.relations.across(model.index, name, loads=True))
                yield from way if len(parts) > 1 else way[-1:]
