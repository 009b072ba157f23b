"""What a loop goes over: the elements of a list, or the rows that ``table.items()`` makes of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.origins import Origin
from decompose.linking.program import Scope

_MAX_COPIES = 4
_COPYING = frozenset({"frozenset", "list", "reversed", "set", "sorted", "tuple"})


def table_of_items(scope: Scope, looped: Ref) -> Ref | None:
    """The table in ``for name, view in table.items()``; None where the loop is none of that kind."""
    call = scope.call_producing(looped) if type(looped) is int else None
    if call is None or call[3] or call[4]:
        return None
    table: Ref | None = next((of for of, name in scope.attributes_read(call[2]) if name == "items"), None)
    return table


def added_later(scope: Scope) -> dict[int, list[Ref]]:
    """Node of a list that a scope makes -> what the same scope adds to it: ``rows.append(row)``, ``rows.extend([first, second])``.

    Of ``rows.extend(others)`` the whole list, as in ``[*others]``.
    """
    found: dict[int, list[Ref]] = {}
    for operation in scope.facts.ops:
        if operation[0] == Op.CALL and len(operation[3]) == 1 and not operation[4]:
            for of, name in scope.attributes_read(operation[2]):
                if name == "append":
                    found.setdefault(_list_behind(scope, of), []).append(operation[3][0])
                elif name == "extend":
                    added = list(_written(scope, operation[3][0])) or _all_of(operation[3][0])
                    found.setdefault(_list_behind(scope, of), []).extend(added)
    found.pop(-1, None)
    return found


def _all_of(ref: Ref) -> list[Ref]:
    return [["*", ref]] if type(ref) is int and ref >= 0 else []


def _written(scope: Scope, ref: Ref) -> Iterator[Ref]:
    """The elements of a list that is written out, be they constants or not."""
    if isinstance(ref, list) and ref[0] == "c" and isinstance(ref[1], list):
        yield from (each if isinstance(each, str) else ["c", each] for each in ref[1])
    for operation in scope.operations_producing(ref):
        yield from operation[3] if operation[0] == Op.CONTAINER else ()


def _list_behind(scope: Scope, ref: Ref) -> int:
    """The node of the list that a name of a scope stands for; -1 where it stands for anything else."""
    for _ in range(_MAX_COPIES):
        made = scope.operations_producing(ref)
        if len(made) != 1 or made[0][0] not in (Op.COPY, Op.CONTAINER, Op.CALL):
            return -1
        if made[0][0] == Op.CALL:
            return int(made[0][1]) if makes_list(scope, made[0]) else -1
        if made[0][0] == Op.CONTAINER:
            return int(made[0][1]) if made[0][2] == "list" else -1
        ref = made[0][2]
    return -1


def makes_list(scope: Scope, call: list[Any]) -> bool:
    """Whether a call is ``list()``."""
    asked = scope.operations_producing(call[2]) if not call[3] and not call[4] else []
    return any(operation[0] == Op.FREE and operation[2] == "list" for operation in asked)


def _copied(made: Origin) -> list[Ref]:
    """All of the list of which a call makes another: ``sorted(names)``."""
    asked = made.scope.operations_producing(made.operation[2]) if made.operation[3] else []
    copies = any(operation[0] == Op.FREE and operation[2] in _COPYING for operation in asked)
    if not copies:
        return []
    return list(_written(made.scope, made.operation[3][0])) or _all_of(made.operation[3][0])


def elements_of(made: Origin, *, with_keys: bool) -> Iterator[Ref]:
    """The elements of a list or table that an operation makes; with their keys each is a row of both."""
    if made.operation[0] == Op.CALL and not with_keys:
        yield from _copied(made)
    if made.operation[0] != Op.CONTAINER:
        return
    elements, keys = made.operation[3:5]
    if not with_keys:
        yield from elements
        return
    for key, element in zip(keys or (), elements, strict=False):
        if isinstance(key, str) or (type(key) is int and key >= 0):
            yield [Op.CONTAINER, -1, "tuple", [key, element], None, made.operation[-1]]
