"""What an application's own class of fields says of every field that is made of it.

Its constructor gives it to the one that it inherits from: ``super().__init__(Project, null=True)``, or puts it among what it
was given, ``kwargs["to"] = Project`` or ``kwargs.setdefault("to", Project)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.linked import Linked
from decompose.linking.origins import keyword_ref
from decompose.linking.program import Scope

Said = tuple[Scope, Ref]
"""Where something stands, and the ref there."""


def said_by_class(linked: Linked, cls: Scope, name: str, position: int = -1) -> Said | None:
    """What the constructors of a class, and of those above it, give for an argument of the library's field."""
    for owner in linked.hierarchy.order(cls):
        if owner.library:
            return None
        ref = owner.facts.names.get("__init__", -1)
        function = linked.engine.plain_function(owner, ref) if ref != -1 else None
        if function is None:
            continue
        for call in _calls_above(function):
            given = keyword_ref(call, name, position)
            for found in (given,) if given != -1 else _put_among(function, call, name):
                return function, found
    return None


def _calls_above(function: Scope) -> Iterator[list[Any]]:
    """``super().__init__(...)``."""
    for operation in function.facts.ops:
        for asked in function.operations_producing(operation[2]) if operation[0] == Op.CALL else ():
            if asked[0] == Op.ATTRIBUTE and asked[3] == "__init__":
                of = (o for o in function.operations_producing(asked[2]) if o[0] == Op.CALL)
                if any(
                    o[0] == Op.FREE and o[2] == "super" for call in of for o in function.operations_producing(call[2])
                ):
                    yield operation


def _put_among(function: Scope, call: list[Any], name: str) -> Iterator[Ref]:
    """What is put under a name into a dictionary that a call is given as ``**options``."""
    options = {ref for keyword, ref in call[4] if keyword is None}
    for operation in function.facts.ops:
        if operation[0] == Op.SET_ITEM and operation[1] in options and operation[2] == name:
            yield operation[3]
        elif operation[0] == Op.CALL and operation[3][:1] == [name] and len(operation[3]) > 1:
            asked = function.operations_producing(operation[2])
            if any(o[0] == Op.ATTRIBUTE and o[2] in options and o[3] == "setdefault" for o in asked):
                yield operation[3][1]
