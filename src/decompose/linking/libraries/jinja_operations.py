"""What writes the operations of a Jinja template, and what its names may stand for besides values of the program."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.libraries.jinja_filters import is_node
from decompose.linking.rendered import Page, TemplateLine

if TYPE_CHECKING:
    from jinja2 import nodes

_MAX_OPERATIONS = 4_000
_MAX_STEPS = 50_000
"""Of a template that does more than this, or has more parts to look at, the rest is left out, and that is told."""


_OF_LISTS = frozenset({Op.CALL, Op.CONTAINER, Op.ITEM, Op.BINARY})
"""Operations that may have lists among their parts."""


class Macro(NamedTuple):
    """A macro, or the block of a call: what it does, in which template, and what it knows."""

    node: nodes.Macro | nodes.CallBlock
    page: Page
    known: dict[str, Any]


class Imported(NamedTuple):
    """A template that is imported: its macros and variables."""

    names: dict[str, Any]


class Loop(NamedTuple):
    """A loop, which may be called to go on with other elements."""

    element: Ref


Known = dict[str, Any]
"""Name -> a ref, a macro, an imported template or a loop."""


class Operation(NamedTuple):
    """An operation, the name of what it asks for, and where."""

    operation: list[Any]
    name: str
    place: TemplateLine


class TooDeepError(Exception):
    """A template that does more than is followed."""


class TemplateOperations:
    """Collects operations; each is there once, however often the templates ask the same: what it gives does not depend on when.

    ``free``: the next free node of the function, ``line``: the line of the call, ``outer``: what a name is that the context lacks.
    """

    def __init__(self, free: int, line: int, outer: Callable[[Any, str], Ref]) -> None:
        self.free = free
        self.line = line
        self.steps = 0
        """So many statements and expressions were looked at."""
        self.operations: list[Operation] = []
        self._outer = outer
        self._made: dict[Any, int] = {}
        """What an operation does -> its result; what is joined -> what it may all be."""
        self.fields: Mapping[Ref, Collection[str]] = {}
        """A ref -> names of attributes that code outside makes: they are worth no operation."""
        self._attributes: set[int] = set()
        self._page = Page("", "")
        self._at = 0

    def _place(self) -> TemplateLine:
        return TemplateLine(self._page.file, self._at + self._page.line - 1)

    def step(self) -> None:
        """Look at one more part of a template: those that call each other may be without end."""
        self.steps += 1
        if self.steps > _MAX_STEPS:
            raise TooDeepError

    def node(self) -> int:
        """A node that nothing has yet."""
        self.free += 1
        return self.free - 1

    def emit(self, code: int, *rest: Any, name: str = "") -> int:
        """The node of an operation's result."""
        key = (code, *rest) if code not in _OF_LISTS else str((code, *rest))
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._emit(code, rest, name)
        return made

    def _emit(self, code: int, rest: tuple[Any, ...], name: str) -> int:
        if len(self.operations) >= _MAX_OPERATIONS:
            raise TooDeepError
        made = self.node()
        self.operations.append(Operation([code, made, *rest, self.line], name, self._place()))
        return made

    def copy(self, target: int, source: Ref) -> None:
        """What one ref is, a node may be."""
        if source != -1:
            self.operations.append(Operation([Op.COPY, target, source], "", self._place()))

    def join(self, refs: Iterable[Ref]) -> Ref:
        """What is one of several."""
        several: list[Ref] = []
        for ref in refs:
            if ref != -1 and ref not in several:
                several.append(ref)
        if len(several) < 2:
            return several[0] if several else -1
        key = str(several)
        joined = self._made.get(key)
        if joined is None:
            joined = self._made[key] = self.node()
            for ref in several:
                self.copy(joined, ref)
        return joined

    def element(self, ref: Ref) -> Ref:
        """Each of what is gone through."""
        return self.emit(Op.ITERATE, ref, name="__iter__") if is_node(ref) else -1

    def container(self, kind: str, elements: list[Ref]) -> Ref:
        """A list or a tuple of refs."""
        return self.emit(Op.CONTAINER, kind, elements, None)

    def attribute(self, base: Ref, path: str) -> Ref:
        """What attributes lead to, one after the other: ``department.name``."""
        for name in path.split("."):
            base = self.member(base, name)
        return base

    def member(self, base: Any, name: str) -> Ref:
        """An attribute, or what a dictionary has by that name; what an attribute gives is taken for no dictionary."""
        if not is_node(base) or name in self.fields.get(base, ()):
            return -1
        free = self.free
        made = self.emit(Op.ATTRIBUTE, base, name, name=name)
        if made == free and base not in self._attributes:
            self.operations.append(Operation([Op.ITEM, made, base, name, self.line], "__getitem__", self._place()))
        self._attributes.add(made)
        return made

    def test(self, ref: Ref) -> None:
        """Ask a value whether it is true."""
        if is_node(ref):
            self.emit(Op.BINARY, ref, -1, "bool", name="__bool__")

    def text(self, ref: Ref) -> None:
        """Show a value."""
        if is_node(ref):
            self.emit(Op.BINARY, ref, -1, "format", name="__str__")
