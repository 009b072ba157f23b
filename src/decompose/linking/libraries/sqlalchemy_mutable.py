"""Columns whose values change in place: ``order.options["muted"] = True`` changes the row of an order.

SQLAlchemy sees that only of columns whose type is made by ``MutableDict.as_mutable`` or one of its kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.frames import Frame
from decompose.linking.libraries.sqlalchemy_columns import call_of, called_name
from decompose.linking.libraries.sqlalchemy_mapping import BASE, declared_columns
from decompose.linking.linked import Linked
from decompose.linking.program import Scope
from decompose.linking.values import Value

_CHANGING = frozenset(
    {"append", "extend", "insert", "remove", "pop", "popitem", "clear", "update", "setdefault", "add", "discard"}
)

Change = tuple[Frame, Value, str, int]
"""Where, the object, the name of the attribute, and the line."""


def changed_in_place(linked: Linked) -> Iterator[Change]:
    """What is put into, or taken from, the values of such columns."""
    columns = {
        cls.index: {
            column.attribute for column in declared_columns(linked, cls) if _is_mutable(column.scope, column.operation)
        }
        for cls in linked.application_classes()
        if linked.inherits(cls, BASE)
    }
    named = frozenset().union(*columns.values())
    places: dict[int, list[tuple[int, str, int]]] = {}
    for frame in linked.engine.frames if named else ():
        if frame.scope.library:
            continue
        found = places.get(frame.scope.index)
        if found is None:
            found = places[frame.scope.index] = list(_places(frame.scope, named))
        for base, name, line in found:
            for value in sorted(linked.engine.values_of(frame.nodes[base])):
                description = linked.values[value]
                if description[0] == "I" and name in columns.get(description[1], ()):
                    yield frame, value, name, line


def _is_mutable(scope: Scope, operation: list[Any]) -> bool:
    made = (call_of(scope, ref) for ref in (*operation[3], *(ref for _, ref in operation[4])))
    return any(call is not None and called_name(scope, call) == "as_mutable" for call in made)


def _places(scope: Scope, named: frozenset[str]) -> Iterator[tuple[int, str, int]]:
    """The node of the object, the attribute, and the line, wherever the value of an attribute of such a name is changed."""
    for operation in scope.facts.ops:
        if operation[0] == Op.SET_ITEM:
            changed = [operation[1]]
        elif operation[0] == Op.BINARY and operation[4] == "delitem":
            changed = [operation[2]]
        elif operation[0] == Op.CALL:
            changed = [asked[2] for asked in _attributes(scope, operation[2]) if asked[3] in _CHANGING]
        else:
            continue
        for ref in changed:
            yield from ((asked[2], asked[3], operation[-1]) for asked in _attributes(scope, ref) if asked[3] in named)


def _attributes(scope: Scope, ref: Ref) -> Iterator[list[Any]]:
    for producer in scope.operations_producing(ref):
        if producer[0] == Op.ATTRIBUTE and type(producer[2]) is int and producer[2] >= 0:
            yield producer
