"""Classes around whose requests a framework opens a transaction wherever they are used: by which of its methods that answer."""

from __future__ import annotations

from decompose.linking.libraries.admin_pages import registered_for
from decompose.linking.linked import Linked

_SEVERAL = 2
_STATED = "__answered_in_transactions__"


def answered_in_transactions(linked: Linked) -> dict[str, tuple[str, ...]]:
    """The definition of each such class, with the names of the framework's methods."""
    found = {}
    stating = [
        scope for scope in linked.program.scopes if scope.library and isinstance(scope.facts.names.get(_STATED), str)
    ]
    for cls in linked.application_classes() if stating else ():
        order = linked.hierarchy.order(cls)
        names = next((str(above.facts.names[_STATED]) for above in stating if above in order), "")
        # What a class shows of several models is not told apart: no request comes to all of them.
        if names and len(registered_for(linked, cls)) < _SEVERAL:
            found[cls.definition] = tuple(names.split())
    return found
