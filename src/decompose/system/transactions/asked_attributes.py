"""Attributes that a function asks for by a name which it is given: ``getattr(row, field)``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.program import Scope
from decompose.system.calls.arguments import parameter_of


class Asked(NamedTuple):
    """What is asked, the parameter that names the attribute, and the node of what it gives."""

    of: Ref
    name: str
    result: int


class AskedAttributes:
    """What is asked for in each function, looked up once."""

    def __init__(self) -> None:
        self._known: dict[int, dict[int, Asked]] = {}

    def of(self, function: Scope) -> dict[int, Asked]:
        """Result -> what has been asked for it."""
        known = self._known.get(function.index)
        if known is None:
            known = self._known[function.index] = {asked.result: asked for asked in _found(function)}
        return known


def _found(function: Scope) -> Iterator[Asked]:
    asking = {o[1] for o in function.facts.ops if o[0] == Op.FREE and o[2] == "getattr"}
    for operation in function.facts.ops if asking and function.facts.parameters else ():
        if operation[0] == Op.CALL and operation[2] in asking and len(operation[3]) > 1:
            name = parameter_of(function, operation[3][1])
            if name:
                yield Asked(operation[3][0], name, operation[1])
