"""Identities that a framework gives to parameters: ``def who(token=Depends(scheme))``, where the scheme reads them from the request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.linking import Linked
from decompose.linking.libraries.surroundings import GIVING_IDENTITIES
from decompose.linking.program import Scope


def identities_given(linked: Linked, function: Scope) -> Iterator[str]:
    """The names of a function's parameters that hold who is asking: by their type, or by what they are asked of."""
    for name, _, annotation, default, _ in function.facts.parameters:
        values = [*_of_default(linked, function, default), *_of_annotation(linked, function, annotation)]
        described = [linked.values[value] for value in values]
        if any(d[0] == "X" and d[1] in GIVING_IDENTITIES for d in described):
            yield str(name)


def _of_default(linked: Linked, function: Scope, default: Any) -> Iterator[int]:
    """What the call is given that makes a default value."""
    outer = function.parent
    if outer is None or type(default) is not int:
        return
    for operation in outer.operations_producing(default):
        if operation[0] == Op.CALL:
            for ref in (*operation[3], *(ref for _, ref in operation[4])):
                yield from linked.names.evaluate(outer, ref)


def _of_annotation(linked: Linked, function: Scope, annotation: list[Any] | None) -> Iterator[int]:
    """What an annotation promises, and what the calls behind the type are given in ``Annotated``."""
    if annotation is None:
        return
    yield from linked.names.types(function, annotation)
    for extra in annotation[2][1:] if annotation[0] == "s" else ():
        for tree in extra[2] if extra[0] == "k" else ():
            yield from linked.names.values_of_name(function, tree)
