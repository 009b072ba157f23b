"""What a loop goes over: the elements of a list, or the rows that ``table.items()`` makes of a table."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.origins import Origin
from decompose.linking.program import Scope


def table_of_items(scope: Scope, looped: Ref) -> Ref | None:
    """The table in ``for name, view in table.items()``; None where the loop is none of that kind."""
    call = scope.call_producing(looped) if type(looped) is int else None
    if call is None or call[3] or call[4]:
        return None
    table: Ref | None = next((of for of, name in scope.attributes_read(call[2]) if name == "items"), None)
    return table


def elements_of(made: Origin, *, with_keys: bool) -> Iterator[Ref]:
    """The elements of a list or table that an operation makes; with their keys each is a row of both."""
    if made.operation[0] != Op.CONTAINER:
        return
    elements, keys = made.operation[3:5]
    if not with_keys:
        yield from elements
        return
    for key, element in zip(keys or (), elements, strict=False):
        if isinstance(key, str):
            yield [Op.CONTAINER, -1, "tuple", [key, element], None, made.operation[-1]]
