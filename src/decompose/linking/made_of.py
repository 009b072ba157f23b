"""Whether what a function gives is made of what it is given: ``below("/orders")``, but not ``rules.prefix("flask")``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import HOLE, Op
from decompose.linking.program import Scope

_MOST = 200
_NOTHING_BEHIND = frozenset({Op.FUNCTION, Op.CLASS, Op.IMPORT, Op.FROM, Op.FREE})


def is_made_of_first(function: Scope) -> bool:
    """Whether what a function returns may be made of its first argument."""
    skipped = 1 if function.is_method and function.facts.flavour != "static" else 0
    parameters = function.facts.parameters[skipped:]
    waiting = list(_nodes(function, function.facts.returns))
    found: set[int] = set()
    while waiting and parameters and len(found) < _MOST:
        node = waiting.pop()
        if node == parameters[0][1]:
            return True
        if node not in found:
            found.add(node)
            for operation in function.operations_producing(node):
                if operation[0] not in _NOTHING_BEHIND:
                    waiting += _nodes(function, operation[2:-1] if len(operation) > 3 else operation[2:])
    return len(found) >= _MOST


def _nodes(function: Scope, told: Any) -> Iterator[int]:
    """The nodes in a part of an operation, with those that are put into its texts."""
    if type(told) is int:
        yield told
    elif isinstance(told, str) and HOLE in told:
        yield from _nodes(function, function.facts.templates.get(told, []))
    elif isinstance(told, list | tuple) and told[:1] != ["c"]:
        for each in told:
            yield from _nodes(function, each)
