"""Classes around whose requests a framework opens a transaction wherever they are used: by which of its methods that answer."""

from __future__ import annotations

from decompose.facts import Op
from decompose.linking.libraries.admin_pages import registered_for
from decompose.linking.linked import Linked
from decompose.linking.program import Scope

_SEVERAL = 2
_STATED = "__answered_in_transactions__"


def answered_in_transactions(linked: Linked) -> dict[str, tuple[str, ...]]:
    """The definition of each such class, with the names of the framework's methods that it comes to."""
    found = {}
    stating = [
        scope for scope in linked.program.scopes if scope.library and isinstance(scope.facts.names.get(_STATED), str)
    ]
    for cls in linked.application_classes() if stating else ():
        order = linked.hierarchy.order(cls)
        stated = next((str(above.facts.names[_STATED]) for above in stating if above in order), "")
        # What a class shows of several models is not told apart: no request comes to all of them.
        if stated and len(registered_for(linked, cls)) < _SEVERAL:
            names = tuple(name for name, ways in _methods(stated) if _comes_to(linked, cls, name, ways))
            if names:
                found[cls.definition] = names
    return found


def _methods(stated: str) -> list[tuple[str, list[str]]]:
    """What ``a by x y, b`` says: each method with those by which it is come to."""
    groups = (group.partition(" by ") for group in stated.split(","))
    return [(name.strip(), ways.split()) for name, _, ways in groups]


def _comes_to(linked: Linked, cls: Scope, name: str, ways: list[str]) -> bool:
    """Whether a request comes to a framework's method: what stands in its place, or in that of all ways there, goes on to it."""
    return goes_on(linked, cls, name) and (not ways or any(goes_on(linked, cls, way, name) for way in ways))


def goes_on(linked: Linked, cls: Scope, name: str, *further: str) -> bool:
    """Whether a method of a class is the framework's, or calls one of its own name or of ``further`` ones."""
    member = linked.hierarchy.member(cls, name)
    function = linked.method_below(member) if member is not None and not member.owner.library else None
    if function is None:
        return True
    calls = (o for o in function.facts.ops if o[0] == Op.CALL)
    asked = {attribute for call in calls for _, attribute in function.attributes_read(call[2])}
    return not asked.isdisjoint((name, *further))
