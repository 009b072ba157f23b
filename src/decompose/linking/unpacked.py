"""Calls that are given a row, ``api.add_resource(*row)``: as if each element of each row stood in the call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.frames import Site
from decompose.linking.makers import Makers
from decompose.linking.origins import NOTHING, Given, Origin
from decompose.linking.program import Scope

_FIRST = 1_000_000_000
"""Numbers from here on are no nodes of a scope: they stand for the elements of rows."""


class Unpacked:
    """The rows that calls of one linked program are given."""

    def __init__(self, makers: Makers) -> None:
        self.makers = makers
        self._elements: list[tuple[Scope, Ref, list[Any]]] = []

    def sites(self, site: Site, position: int) -> Iterator[tuple[Site, Given]]:
        """The call with the elements of each row in the row's place, and what is known of them; itself where nothing up to
        the argument at ``position`` is a row.
        """
        starred = next((at for at, ref in enumerate(site.arguments[: position + 1]) if _is_row(ref)), -1)
        if starred < 0:
            yield site, NOTHING
            return
        row: Any = site.arguments[starred]
        scope = site.frame.scope
        for origin, settled in self.makers.of(scope, row[1]):
            if origin.operation[0] == Op.CONTAINER:
                elements = [self._element(origin, element) for element in origin.operation[3]]
                known = {(scope.index, node): self._elements[node - _FIRST][:2] for node in elements}
                given = [*site.arguments[:starred], *elements, *site.arguments[starred + 1 :]]
                operation = [*site.operation]
                operation[3] = given
                call = Site(site.frame, operation, site.kind, site.index)
                call.arguments, call.keywords = given, site.keywords
                yield call, {**settled, **known}

    def _element(self, row: Origin, element: Ref) -> int:
        self._elements.append((row.scope, element, row.operation))
        return _FIRST + len(self._elements) - 1

    def element(self, ref: Ref) -> tuple[Scope, Ref, list[Any]] | None:
        """Where an element stands, with its row; None for what is none."""
        return self._elements[ref - _FIRST] if type(ref) is int and ref >= _FIRST else None


def _is_row(ref: Ref) -> bool:
    return isinstance(ref, list) and bool(ref) and ref[0] == "*"
