"""Types of plain data, with those of what it holds, and what the language's own functions and methods make of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from decompose.linking.plain_types import TRIPLE, result_of

TEXTS = ("str", "bytes")
TYPES = frozenset(("str", "bytes", "int", "float", "bool", "dict", "list", "set", "frozenset", "tuple"))
_CONTAINERS = frozenset(("list", "set", "frozenset", "tuple"))
_ROW = "row"
"""A list or a tuple inside of plain data, where nothing tells which of them."""
_MAX_PARTS = 12
_MAX_INNER_DEPTH = 3


class PlainType(NamedTuple):
    """A built-in type, empty where it is not known; ``element`` is what a loop over it gives, ``values`` what a table has under its
    keys, ``parts`` are the elements of a row that differ.
    """

    kind: str = ""
    element: PlainType | None = None
    values: PlainType | None = None
    parts: tuple[PlainType, ...] = ()

    def at(self, index: Any) -> PlainType:
        """What stands at a place, a constant or not."""
        if self.kind in TEXTS:
            return self
        if self.kind == "dict":
            return self.values or NOTHING
        if type(index) is int and -len(self.parts) <= index < len(self.parts):
            return self.parts[index]
        return self.element or NOTHING

    @property
    def gone_over(self) -> PlainType:
        """What a loop gives."""
        return self if self.kind in TEXTS else self.element or NOTHING


NOTHING = PlainType()
TEXT = PlainType("str")


def combined(found: Iterable[PlainType]) -> PlainType:
    """What may be any of some types: nothing where they are not of one kind; those that are not known say nothing."""
    known = list(dict.fromkeys(each for each in found if each.kind))
    if len(known) < 2:
        return known[0] if known else NOTHING
    if len({each.kind for each in known}) > 1:
        return NOTHING
    lengths = {len(each.parts) for each in known}
    parts = zip(*(each.parts for each in known), strict=True) if len(lengths) == 1 else ()
    return PlainType(
        known[0].kind,
        combined(each.element for each in known if each.element is not None),
        combined(each.values for each in known if each.values is not None),
        tuple(combined(same) for same in parts),
    )


def row(parts: Iterable[PlainType], kind: str = "tuple") -> PlainType:
    """A row with these parts."""
    kept = tuple(parts)
    element = combined(kept) if all(part.kind for part in kept) else NOTHING
    return PlainType(kind, element, parts=kept if len(kept) <= _MAX_PARTS else ())


def table(keys: Iterable[PlainType], values: Iterable[PlainType]) -> PlainType:
    """A dictionary."""
    return PlainType("dict", combined(keys), combined(values))


def of_constant(ref: list[Any]) -> PlainType:
    """The type of a constant."""
    value = ref[1]
    if isinstance(value, str):
        return NOTHING  # a text there is a part of an object
    if isinstance(value, list | tuple):
        return _of_data(value, ref[2] if len(ref) > 2 else "list", _MAX_INNER_DEPTH)
    return _of_data(value, type(value).__name__, _MAX_INNER_DEPTH)


def _of_data(value: Any, kind: str, depth: int) -> PlainType:
    if isinstance(value, dict) and depth:
        inner = [_of_data(each, _kind_inside(each), depth - 1) for each in value.values()]
        return table((PlainType(_kind_inside(key)) for key in value), inner)
    if isinstance(value, list | tuple) and depth:
        return row((_of_data(each, _kind_inside(each), depth - 1) for each in value), kind)
    return PlainType(kind) if kind in TYPES or kind == _ROW else NOTHING


def _kind_inside(value: Any) -> str:
    return _ROW if isinstance(value, list | tuple) else type(value).__name__


def of_method(owner: PlainType, name: str) -> PlainType:
    """What a method of plain data gives."""
    if owner.kind == "dict":
        keys, values = owner.element or NOTHING, owner.values or NOTHING
        given = {
            "items": PlainType("list", row((keys, values))),
            "keys": PlainType("list", keys),
            "values": PlainType("list", values),
            "copy": owner,
        }
        return given.get(name, values if name in ("get", "pop", "setdefault") else NOTHING)
    if owner.kind in _CONTAINERS and name in ("pop", "copy"):
        return owner if name == "copy" else owner.element or NOTHING
    return of_path(f"{owner.kind}.{name}") if owner.kind else NOTHING


def of_path(path: str) -> PlainType:
    """What a function or method of the language gives, whatever it is given."""
    known = result_of(path)
    if known is None:
        return PlainType(path) if path in TYPES else NOTHING
    kind, element = known
    parts = (PlainType(element),) * TRIPLE if kind == "tuple" and element else ()
    return PlainType(kind, PlainType(element) if element else None, parts=parts)


def of_function(name: str, given: list[PlainType]) -> PlainType:
    """What a function of the language gives that is given plain data."""
    if not given or name == "dict":
        return of_path(name)
    inner = [each.gone_over for each in given]
    match name:
        case "list" | "set" | "frozenset" | "tuple":
            return PlainType(name, inner[0])
        case "sorted":
            return PlainType("list", inner[0])
        case "iter" | "reversed":
            return PlainType("generator", inner[0])
        case "enumerate":
            return PlainType("generator", row((PlainType("int"), inner[0])))
        case "zip":
            return PlainType("generator", row(inner))
        case "min" | "max":
            return inner[0] if len(given) == 1 else combined(given)
        case "next":
            return inner[0]
    return of_path(name)
