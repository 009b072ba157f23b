"""The methods that ``self.list`` may be, seen through the decorators around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.facts import Op
from decompose.linking.frames import Site
from decompose.linking.origins import Origin
from decompose.linking.program import Scope

if TYPE_CHECKING:
    from decompose.linking.linked import Linked


def methods_below(linked: Linked, site: Site, origin: Origin, found: list[Scope]) -> list[Scope]:
    """The application's own methods around which decorators put the functions that were found for an attribute.

    None where the attribute is not one of an object or a class, or where a method made the functions itself, as a getter does.
    """
    inside = {
        function.parent.index for function in found if function.parent is not None and function.parent.is_function
    }
    if origin.operation[0] != Op.ATTRIBUTE or origin.scope is not site.frame.scope or not inside:
        return []
    below: dict[int, Scope] = {}
    for value in sorted(linked.argument_values(site, origin.operation[2])):
        kind, owner, *_ = linked.values[value]
        member = linked.hierarchy.member(linked.program.scopes[owner], origin.operation[3]) if kind in "IC" else None
        method = member.owner.function_below(member.ref) if member is not None and member.ref is not None else None
        if method is not None and not method.library and method.index not in inside:
            below[method.index] = method
    return list(below.values())
