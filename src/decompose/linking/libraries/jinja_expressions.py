"""Expressions of a Jinja template -> refs and operations."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from jinja2 import nodes

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.libraries.jinja_filters import FILTERS, Filtered, is_node
from decompose.linking.libraries.jinja_operations import Imported, Known, Loop, Macro, TemplateOperations

_MAX_DEPTH = 10


class TemplateExpressions(TemplateOperations):
    """Evaluates expressions; subclasses do the statements of macros and blocks."""

    def __init__(self, free: int, line: int, outer: Callable[[Any, str], Ref]) -> None:
        super().__init__(free, line, outer)
        self._depth = 0
        self._block: tuple[str, int] = ("", 0)
        self._global: dict[str, Ref] = {}
        self._done: dict[Any, tuple[int, list[Any]]] = {}
        """The macro and what it knows -> the depth at which it was followed; what it knows is kept, as others may get its identity."""

    @abstractmethod
    def body(self, statements: Iterable[nodes.Node], known: Known) -> None:
        """Do the statements in turn."""

    @abstractmethod
    def run_block(self, name: str, level: int, known: Known) -> None:
        """Do what a block does, or so many levels above it."""

    def enter(self) -> bool:
        """Go one level deeper, unless that is too deep."""
        self.step()
        if self._depth >= _MAX_DEPTH:
            return False
        self._depth += 1
        return True

    def ref(self, node: nodes.Node | None, known: Known) -> Ref:
        """The ref of an expression; -1 where it is no value of the program."""
        value = self.value(node, known)
        return value if isinstance(value, int | str | list) else -1

    def value(self, node: nodes.Node | None, known: Known) -> Any:
        """The ref of an expression, or the macro, imported template or loop that it is."""
        if node is None:
            return -1
        self.step()
        handler = self._EXPRESSIONS.get(type(node))
        if handler is None:
            for child in node.iter_child_nodes():
                self.ref(child, known)
            return -1
        value = handler(self, node, known)
        self._at = node.lineno
        return value

    def _name(self, node: nodes.Name, known: Known) -> Any:
        if node.name in known:
            return known[node.name]
        if node.name not in self._global:
            self._at = node.lineno
            self._global[node.name] = self._outer(self, node.name)
        return self._global[node.name]

    def _constant(self, node: nodes.Const, _: Known) -> Ref:
        value = node.value
        plain = value is None or isinstance(value, bool | int | float)
        return value if isinstance(value, str) else ["c", value] if plain else -1

    def _sequence(self, node: nodes.List | nodes.Tuple, known: Known) -> Ref:
        elements = [self.ref(item, known) for item in node.items]
        self._at = node.lineno
        return self.container("tuple" if isinstance(node, nodes.Tuple) else "list", elements)

    def _dict(self, node: nodes.Dict, known: Known) -> Ref:
        keys = [self.ref(pair.key, known) for pair in node.items]
        values = [self.ref(pair.value, known) for pair in node.items]
        self._at = node.lineno
        return self.emit(Op.CONTAINER, "dict", values, keys)

    def _conditional(self, node: nodes.CondExpr, known: Known) -> Ref:
        self.tested(node.test, known)
        return self.join([self.ref(node.expr1, known), self.ref(node.expr2, known)])

    def _or(self, node: nodes.Or, known: Known) -> Ref:
        return self.join([self.tested(node.left, known), self.ref(node.right, known)])

    def _and(self, node: nodes.And, known: Known) -> Ref:
        self.tested(node.left, known)
        return self.ref(node.right, known)

    def _not(self, node: nodes.Not, known: Known) -> Ref:
        self.tested(node.node, known)
        return -1

    def _compare(self, node: nodes.Compare, known: Known) -> Ref:
        left = self.ref(node.expr, known)
        for operand in node.ops:
            right = self.ref(operand.expr, known)
            self._at = node.lineno
            if operand.op in ("in", "notin") and is_node(right):
                self.emit(Op.BINARY, right, left, "contains", name="__contains__")
            left = right
        return -1

    def _concatenation(self, node: nodes.Concat, known: Known) -> Ref:
        for part in node.nodes:
            self.text(self.ref(part, known))
        return -1

    def _sum(self, node: nodes.Add, known: Known) -> Ref:
        left, right = self.ref(node.left, known), self.ref(node.right, known)
        return self.emit(Op.BINARY, left, right, "add", name="__add__") if is_node(left) or is_node(right) else -1

    def _filter(self, node: nodes.Filter, known: Known) -> Ref:
        given = self.ref(node.node, known)
        arguments = [self.ref(argument, known) for argument in node.args]
        keywords = {str(keyword.key): self.ref(keyword.value, known) for keyword in node.kwargs}
        self._at = node.lineno
        known_filter = FILTERS.get(node.name)
        if known_filter is not None:
            return known_filter(self, Filtered(given, arguments, keywords))
        function = self._outer(self, f"|{node.name}")
        if is_node(function):
            return self.emit(Op.CALL, function, [given, *arguments], [[k, v] for k, v in keywords.items()])
        self.text(given)
        return -1

    def _attribute(self, node: nodes.Getattr, known: Known) -> Any:
        base = self.value(node.node, known)
        if isinstance(base, Imported):
            return base.names.get(node.attr, -1)
        self._at = node.lineno
        return self.member(base, node.attr)

    def _item(self, node: nodes.Getitem, known: Known) -> Ref:
        base = self.ref(node.node, known)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            self._at = node.lineno
            return self.member(base, node.arg.value)
        index = ["c", "slice"] if isinstance(node.arg, nodes.Slice) else self.ref(node.arg, known)
        self._at = node.lineno
        return self.emit(Op.ITEM, base, index, name="__getitem__") if is_node(base) else -1

    def _called(self, node: nodes.Call, known: Known) -> Ref:
        return self._call(node, known)

    def _call(self, node: nodes.Call, known: Known, caller: Macro | None = None) -> Ref:
        called = node.node
        name = called.name if isinstance(called, nodes.Name) else ""
        if name == "super" and self._block[0]:
            self.run_block(self._block[0], self._block[1] + 1, known)
            return -1
        function = self._method(called, known) if isinstance(called, nodes.Getattr) else self.value(called, known)
        arguments = [self.value(argument, known) for argument in node.args]
        keywords = [(keyword.key, self.value(keyword.value, known)) for keyword in node.kwargs]
        spread = [self.ref(more, known) for more in (node.dyn_args, node.dyn_kwargs) if more is not None]
        self._at = node.lineno
        if isinstance(function, Macro):
            self._expand(function, arguments, dict(keywords), caller)
        elif isinstance(function, Loop) and arguments:
            self.copy(function.element, self.element(arguments[0]))
        elif is_node(function):
            given = [argument if isinstance(argument, int | str | list) else -1 for argument in arguments]
            named = [[key, value if isinstance(value, int | str | list) else -1] for key, value in keywords]
            return self.emit(Op.CALL, function, [*given, *(["*", ref] for ref in spread if is_node(ref))], named)
        return -1

    def _method(self, node: nodes.Getattr, known: Known) -> Any:
        base = self.value(node.node, known)
        self._at = node.lineno
        if isinstance(base, Imported):
            return base.names.get(node.attr, -1)
        return self.emit(Op.ATTRIBUTE, base, node.attr, name=node.attr) if is_node(base) else -1

    def _expand(self, macro: Macro, arguments: list[Any], keywords: dict[str, Any], caller: Macro | None) -> None:
        """Do what a macro does for these arguments, unless it was done before."""
        if caller is None and self._is_done(macro, [*arguments, *keywords, *keywords.values()]):
            return
        if not self.enter():
            return
        inner = dict(macro.known)
        outside, self._page = self._page, macro.page
        names = [parameter.name for parameter in macro.node.args]
        defaults = dict(zip(reversed(names), reversed(macro.node.defaults), strict=False))
        given = {**dict(zip(names, arguments, strict=False)), **keywords}
        for name in names:
            inner[name] = given[name] if name in given else self.value(defaults.get(name), inner)
        if caller is not None:
            inner["caller"] = caller
        self.body(macro.node.body, inner)
        self._page = outside
        self._depth -= 1

    def _is_done(self, macro: Macro, given: list[Any]) -> bool:
        """Whether a macro was followed for the same arguments, at least as far; otherwise it will be."""
        values = [*given, *macro.known.values()]
        key = (id(macro.node), *(value if isinstance(value, int | str) else id(value) for value in values))
        depth, _ = self._done.get(key, (_MAX_DEPTH, ()))
        if depth <= self._depth:
            return True
        self._done[key] = self._depth, values
        return False

    def tested(self, node: nodes.Node, known: Known) -> Ref:
        """The ref of an expression that is asked whether it is true."""
        ref = self.ref(node, known)
        self.test(ref)
        return ref

    _EXPRESSIONS: ClassVar[dict[type[nodes.Node], Callable[[Any, Any, Known], Any]]] = {
        nodes.Name: _name,
        nodes.Const: _constant,
        nodes.List: _sequence,
        nodes.Tuple: _sequence,
        nodes.Dict: _dict,
        nodes.CondExpr: _conditional,
        nodes.Or: _or,
        nodes.And: _and,
        nodes.Not: _not,
        nodes.Compare: _compare,
        nodes.Concat: _concatenation,
        nodes.Add: _sum,
        nodes.Filter: _filter,
        nodes.Getattr: _attribute,
        nodes.Getitem: _item,
        nodes.Call: _called,
    }
