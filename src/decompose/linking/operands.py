"""What the operands of a condition bring into a query: a variable that holds columns of several tables brings those of one.

``Order.total > limit`` states its table. ``self.column > limit`` does not: what flows there may be columns of many tables, and the
rows that they bring are alternatives. Where the rows of the query itself are among them it is those, and nothing is brought.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts import Op
from decompose.linking.found_once import found_once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.facts.records import Ref
    from decompose.linking.engine import Engine
    from decompose.linking.library_call import LibraryCall
    from decompose.linking.program import Scope
    from decompose.linking.values import Bindings, Value

Row = tuple[Any, ...]
"""The description of rows: of a class, or of a table by its name."""

_MARKED = 5
"""The length of the description of rows that are marked with the operand that brought them."""

_MAX_STEPS = 20

_CONNECTING = frozenset({"and", "or", "invert", "not", "bool"})
"""Operators between conditions; all others stand between columns and values."""


class _Leaf(NamedTuple):
    """A column, or a condition, that stands in another.

    It ``varies`` where a variable gives it, and is ``made`` where a function of the application does. One that is ``compared`` is a
    column; all others may be conditions over several tables.
    """

    ref: Ref
    compared: bool
    varies: bool
    made: bool = False


class Operand:
    """What one variable brings, one of its values at a time."""

    def __init__(self) -> None:
        self.compared = True
        self.values: dict[Value, frozenset[Row]] = {}
        """Each value with the rows that it brings."""

    def brings(self, row: Row) -> bool:
        return any(row in rows for rows in self.values.values())

    def always_brings(self, row: Row) -> bool:
        return all(row in rows for rows in self.values.values())

    def may_be_of(self, about: frozenset[Row]) -> bool:
        """Whether it is a column, and may be one of these rows."""
        return self.compared and any(rows <= about for rows in self.values.values())

    def is_each_of(self, queried: set[Row]) -> bool:
        """Whether its values bring nothing but rows that there are queries about, one the rows of one query."""
        return len(self.values) > 1 and all(rows <= queried for rows in self.values.values())


class Operands:
    """What the variables of a function bring into queries that are about the same rows."""

    def __init__(self, about: frozenset[Row], queried: set[Row]) -> None:
        self.about = about
        self.queried = queried
        """The rows that any query is about that the function adds to."""
        self.each: dict[Ref, Operand] = {}

    def is_one_of_several(self, row: Row) -> bool:
        """Whether all that brings these rows may bring others in their place."""
        return not any(operand.always_brings(row) for operand in self._bringing(row))

    def tell_nothing(self, row: Row) -> bool:
        """Whether all that brings these rows may be of the rows that the query is about, so that it is of those.

        So is whatever filters everybody's queries by everybody's columns: each by its own.
        """
        return all(operand.may_be_of(self.about) or operand.is_each_of(self.queried) for operand in self._bringing(row))

    def _bringing(self, row: Row) -> list[Operand]:
        return [operand for operand in self.each.values() if operand.brings(row)]


class Queries:
    """What is found of a program's queries besides what their types tell."""

    def __init__(self) -> None:
        self.operands: list[Operands] = []
        self.joined_by_function: dict[int, set[Row]] = {}
        """Function -> the rows that its own conditions bring into queries."""
        self.touched_along: dict[tuple[int, Value, str, int], set[tuple[Value, ...]]] = {}
        """Where queries run, for each of those that arrive there: what it touches along with its own rows."""
        self.bound_alike: dict[tuple[Any, ...], Bindings] = {}
        """What calls of libraries ask of a query -> what they bind, as `query_types.enlarge` found it."""
        self._numbers: dict[tuple[int, frozenset[Row]], int] = {}
        self._queried: dict[int, set[Row]] = {}

    def number_of_operands(self, function: Scope, about: set[Row]) -> int:
        """The number of what the variables of a function bring into queries about some rows."""
        queried = self._queried.setdefault(function.index, set())
        queried |= about
        key = function.index, frozenset(about)
        number = self._numbers.setdefault(key, len(self.operands))
        if number == len(self.operands):
            self.operands.append(Operands(key[1], queried))
        return number


def joined(call: LibraryCall, names: list[str], own: set[Row]) -> list[Value]:
    """The rows that the arguments stand for; those that a variable brings are marked with it (`Operands`)."""
    engine, frame = call.engine, call.site.frame
    found = [value for name in names for value in call.bindings.get(name, ())]
    if not found:
        return found
    parts = _Parts(call)
    leaves = [leaf for ref in call.site.arguments for leaf in parts.of(ref)]
    every = {engine.values[value][:2] for value in found}
    itself = engine.queries.joined_by_function.setdefault(frame.scope.index, set())
    if not any(leaf.varies or leaf.made for leaf in leaves):
        itself |= every
        return found
    number = engine.queries.number_of_operands(frame.scope, own)
    stated: set[Row] = set()
    varying: set[Row] = set()
    for leaf in leaves:
        values = engine.values_of(engine.node_of(frame, leaf.ref))
        brought = {value: rows for value in values if (rows := _rows(engine, value) & every)}
        if not leaf.varies and not leaf.made:
            stated.update(*brought.values())
        elif not leaf.varies:
            # Of a condition there may be several values for its several tables; of a query each is another one.
            stated.update(*(rows for value, rows in brought.items() if not _is_query(call, value)))
            brought = {value: rows for value, rows in brought.items() if _is_query(call, value)}
        if brought and (leaf.varies or leaf.made):
            operand = engine.queries.operands[number].each.setdefault(leaf.ref, Operand())
            operand.values.update(brought)
            operand.compared &= leaf.compared
            varying.update(*brought.values())
    itself |= every - varying
    return [each for value in found for each in _marked(call, value, number, varying, stated)]


def _is_query(call: LibraryCall, value: Value) -> bool:
    engine, description = call.engine, call.engine.values[value]
    cls = engine.program.scopes[description[1]] if description[0] == "I" else None
    return cls is not None and engine.hierarchy.member(cls, "__operation__") is not None


def brought_by(description: Row) -> int | None:
    """The operand that brought these rows into a query; None where the query itself states them."""
    return description[-1] if len(description) == _MARKED else None


def _marked(call: LibraryCall, value: Value, number: int, varying: set[Row], stated: set[Row]) -> Iterator[Value]:
    described = call.engine.values
    description = described[value]
    row = description[:2]
    if row not in varying or row in stated or brought_by(description) is not None:
        yield value
    elif description[0] in ("I", "D"):
        whole = description if description[0] == "I" else (*description, (), False)
        yield described.intern(*whole, number)


@found_once
def _rows(engine: Engine, value: Value) -> frozenset[Row]:
    """The rows of a class, a column, a statement."""
    description = engine.values[value]
    found = {("I", description[1])} if description[0] == "C" else set[Row]()
    for values in description[2] if description[0] == "I" else ():
        for inner in values:
            found.add(engine.values[inner][:2])
            found |= _rows(engine, inner)
    return frozenset(found)


class _Parts:
    """What the conditions of one call are made of."""

    def __init__(self, call: LibraryCall) -> None:
        self.call = call
        self.scope = call.site.frame.scope
        self.known: dict[tuple[int, bool], dict[_Leaf, None]] = {}

    def of(self, ref: Ref, compared: bool = False, steps: int = _MAX_STEPS) -> list[_Leaf]:
        """Each leaf once."""
        if type(ref) is list and ref[0] == "*":
            ref = ref[1]
        if type(ref) is not int or ref < 0:
            return []
        known = self.known.get((ref, compared))
        if known is None:
            producers = self.scope.operations_producing(ref)
            # What is made of itself, in a loop, is made of nothing else by that.
            known = self.known[ref, compared] = {}
            if not producers or not steps:
                known[_Leaf(ref, compared, varies=not producers)] = None
            for operation in producers if steps else ():
                known.update(dict.fromkeys(self._of_operation(operation, compared, steps - 1)))
        return list(known)

    def _of_operation(self, operation: list[Any], compared: bool, steps: int) -> list[_Leaf]:
        made = operation[1]
        match operation[0]:
            case Op.COPY | Op.ENTER | Op.NARROW:
                return self.of(operation[2], compared, steps)
            case Op.CONTAINER:
                return [leaf for element in operation[3] for leaf in self.of(element, compared, steps)]
            case Op.BINARY:
                below = compared or operation[4] not in _CONNECTING
                return [leaf for side in operation[2:4] for leaf in self.of(side, below, steps)]
            case Op.CALL if _is_of_a_library(self.call, operation[2]):
                asked = [o[2] for o in self.scope.operations_producing(operation[2]) if o[0] == Op.ATTRIBUTE]
                found = [leaf for ref in asked for leaf in self.of(ref, True, steps)]
                return found + [leaf for ref in operation[3] for leaf in self.of(ref, compared, steps)]
            case Op.CALL:
                refs = [operation[2], *operation[3], *(ref for _, ref in operation[4])]
                return [_Leaf(made, False, any(self._varies(ref, steps) for ref in refs), made=True)]
            case Op.ITERATE:
                # All that a variable holds may be joined, one after the other.
                return [_Leaf(made, False, self._varies(operation[2], steps))]
            case Op.ITEM:
                chosen = type(operation[3]) is int
                return [_Leaf(made, compared, chosen or self._varies(operation[2], steps))]
            case Op.ATTRIBUTE:
                parts = self.of(operation[2], compared, steps)
                # Of a query that a function makes, the column brings what the query brings.
                queries = [leaf for leaf in parts if leaf.made]
                return queries or [_Leaf(made, compared, any(leaf.varies for leaf in parts))]
        return [_Leaf(made, compared, varies=False)]

    def _varies(self, ref: Ref, steps: int) -> bool:
        return any(leaf.varies for leaf in self.of(ref, False, steps))


def _is_of_a_library(call: LibraryCall, ref: Ref) -> bool:
    """Whether what is called is no function of the application."""
    engine = call.engine
    for value in engine.values_of(engine.node_of(call.site.frame, ref)):
        description = engine.values[value]
        if description[0] == "B":
            description = engine.values[description[1]]
        if description[0] in ("F", "C", "I") and not engine.program.scopes[description[1]].library:
            return False
    return True
