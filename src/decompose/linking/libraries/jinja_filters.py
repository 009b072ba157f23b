"""Jinja's own filters, as far as they hand on what they are given: elements of lists, attributes, lengths."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref

if TYPE_CHECKING:
    from decompose.linking.libraries.jinja_operations import TemplateOperations


class Filtered(NamedTuple):
    """What a filter is applied to, and its arguments."""

    value: Ref
    arguments: list[Ref]
    keywords: dict[str, Ref]

    def attribute(self, code: TemplateOperations, element: Ref, position: int | None = None) -> Ref:
        """The attribute of an element that the filter is told to look at, at a position or by the keyword; or the element."""
        placed = position is not None and len(self.arguments) > position
        named = self.arguments[position or 0] if placed else self.keywords.get("attribute", -1)
        return code.attribute(element, named) if isinstance(named, str) else element


def is_node(ref: Ref) -> bool:
    """Whether a ref is a node: something that may be asked for an attribute."""
    return type(ref) is int and ref >= 0


def _elements(code: TemplateOperations, given: Filtered) -> Ref:
    return code.container("list", [_one(code, given)])


def _one(code: TemplateOperations, given: Filtered) -> Ref:
    element = code.element(given.value)
    given.attribute(code, element)
    return element


def _chosen(code: TemplateOperations, given: Filtered) -> Ref:
    element = code.element(given.value)
    code.test(given.attribute(code, element, 0))
    return code.container("list", [element])


def _groups(code: TemplateOperations, given: Filtered) -> Ref:
    element = code.element(given.value)
    key = given.attribute(code, element, 0)
    return code.container("list", [code.container("tuple", [key, code.container("list", [element])])])


def _rows(code: TemplateOperations, given: Filtered) -> Ref:
    return code.container("list", [code.container("list", [code.element(given.value)])])


def _mapped(code: TemplateOperations, given: Filtered) -> Ref:
    element = code.element(given.value)
    return code.container("list", [given.attribute(code, element) if "attribute" in given.keywords else -1])


def _shown(code: TemplateOperations, given: Filtered) -> Ref:
    code.text(given.attribute(code, code.element(given.value), 1))
    return -1


def _total(code: TemplateOperations, given: Filtered) -> Ref:
    given.attribute(code, code.element(given.value), 0)
    return -1


def _length(code: TemplateOperations, given: Filtered) -> Ref:
    if is_node(given.value):
        code.emit(Op.CALL, code.emit(Op.FREE, "len"), [given.value], [], name="__len__")
    return -1


def _or_else(code: TemplateOperations, given: Filtered) -> Ref:
    return code.join([given.value, *given.arguments[:1]])


def _asked(code: TemplateOperations, given: Filtered) -> Ref:
    name = given.arguments[0] if given.arguments else -1
    return code.attribute(given.value, name) if isinstance(name, str) else -1


def _pairs(code: TemplateOperations, given: Filtered) -> Ref:
    value = code.emit(Op.ITEM, given.value, -1, name="__getitem__") if is_node(given.value) else -1
    return code.container("list", [code.container("tuple", [-1, value])])


FILTERS: dict[str, Callable[[TemplateOperations, Filtered], Ref]] = {
    **dict.fromkeys(("list", "sort", "reverse", "unique", "select", "reject"), _elements),
    **dict.fromkeys(("selectattr", "rejectattr"), _chosen),
    **dict.fromkeys(("first", "last", "min", "max", "random"), _one),
    **dict.fromkeys(("batch", "slice"), _rows),
    **dict.fromkeys(("length", "count"), _length),
    **dict.fromkeys(("default", "d"), _or_else),
    **dict.fromkeys(("items", "dictsort"), _pairs),
    "groupby": _groups,
    "map": _mapped,
    "join": _shown,
    "sum": _total,
    "attr": _asked,
}
