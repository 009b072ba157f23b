"""Expressions -> refs and operations."""

from __future__ import annotations

import ast
import sys
from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from decompose.facts.annotations import annotation_tree
from decompose.facts.constants import MAX_CONSTANT_ELEMENTS, constants, is_small
from decompose.facts.records import Op, Ref, ScopeKind
from decompose.facts.text import MAX_STRING, TextExpressions, percent_filled

# Tuples, where each expression is asked: a union of classes is made anew each time that it is written.
_NUMBERS = (bool, int, float)
_LITERALS = (ast.Constant, ast.JoinedStr)
_ASKED = (ast.Name, ast.Attribute, ast.Call, ast.NamedExpr)
_OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.LShift: "lshift", ast.RShift: "rshift", ast.BitOr: "or", ast.BitAnd: "and",
    ast.BitXor: "xor", ast.MatMult: "matmul",
}  # fmt: skip
_MADE_BY: dict[type[ast.expr], str] = {
    ast.ListComp: "list", ast.SetComp: "set", ast.DictComp: "dict", ast.GeneratorExp: "generator"
}  # fmt: skip


_PLAIN_KINDS = frozenset({"type", "str", "bytes", "int", "float", "bool", "list", "tuple", "dict", "set"})


def _alternatives(classes: ast.expr) -> Iterator[ast.expr]:
    """The classes that ``isinstance`` is asked about: one, a tuple of them, or ``A | B``."""
    match classes:
        case ast.Tuple(elts=elements):
            for element in elements:
                yield from _alternatives(element)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from _alternatives(left)
            yield from _alternatives(right)
        case _:
            yield classes


def _asks_for_class(test: ast.expr) -> bool:
    """Whether a test, or a part of it, is one for a class."""
    match test:
        case ast.UnaryOp(operand=operand):
            return _asks_for_class(operand)
        case ast.BoolOp(values=values):
            return any(map(_asks_for_class, values))
        case ast.Call(func=ast.Name(id=function)):
            return function == "isinstance"
    return False


class ExpressionVisitor(TextExpressions):
    """Evaluates expressions in ``self.scope``; subclasses open the scopes of lambdas."""

    @abstractmethod
    def open_lambda(self, node: ast.Lambda) -> Ref:
        """The function that a lambda is, after opening its scope."""

    def __init__(self) -> None:
        self.loops: list[list[int]] = []
        self.yielding: list[int] = []
        self.set_by_type: set[str] = set()
        """The names that classes get which are made while running: ``type("Made", (Base,), {"name": value})``."""
        self.looped: list[list[Any]] = []
        self.alternatives: tuple[Ref, Ref] = -1, -1
        """Both sides of the conditional expression that was read last."""

    def ref(self, node: ast.expr | None) -> Ref:
        """The ref of an expression, after emitting what it does."""
        if node is None:
            return -1
        handler = self._EXPRESSIONS.get(type(node))
        return handler(self, node) if handler else -1

    def _name(self, node: ast.Name) -> Ref:
        scope = self.scope
        return scope.read(self.mangled(node.id) if scope.facts.kind == ScopeKind.CLASS else node.id, node.lineno)

    def _constant(self, node: ast.Constant) -> Ref:
        value = node.value
        if isinstance(value, str):
            return value if len(value) <= MAX_STRING else -1
        if value is None or isinstance(value, _NUMBERS):
            return ["c", value if not isinstance(value, int) or abs(value) < 2**53 else None]
        return -1

    def _attribute(self, node: ast.Attribute) -> Ref:
        base = self.ref(node.value)
        if base == -1:
            return -1
        return self.emit(Op.ATTRIBUTE, self.as_node(base), self.mangled(node.attr), node.end_lineno)

    def _call(self, node: ast.Call) -> Ref:
        function = node.func
        if isinstance(function, ast.Attribute) and isinstance(function.value, _LITERALS):
            return self.literal_method(node, function)
        if isinstance(function, ast.Name) and function.id == "type" and len(node.args) == 3:
            body = node.args[2].keys if isinstance(node.args[2], ast.Dict) else ()
            self.set_by_type.update(k.value for k in body if isinstance(k, ast.Constant) and isinstance(k.value, str))
        target = self.ref(function)
        line = function.end_lineno if isinstance(function, ast.Attribute) else node.lineno
        arguments: list[Ref] = [self.ref(argument) for argument in node.args]
        keywords = [[keyword.arg, self.ref(keyword.value)] for keyword in node.keywords]
        made = self.emit(Op.CALL, self.as_node(target), arguments, keywords, line)
        if isinstance(function, ast.Name) and function.id == "eval" and len(arguments) == 1:
            evaluated = self.evaluated(node, arguments[0])
            if evaluated != -1:
                self.scope.ops.append([Op.COPY, made, evaluated])
                return evaluated
        return self.wrapped_template(node, function) or made

    def _subscript(self, node: ast.Subscript) -> Ref:
        base = self.ref(node.value)
        index = self.ref(node.slice)
        if base == -1:
            return -1
        return self.emit(Op.ITEM, self.as_node(base), index, node.lineno)

    def _binary(self, node: ast.BinOp) -> Ref:
        left, right = self.ref(node.left), self.ref(node.right)
        result = self.binary(left, right, node.op, node.lineno)
        if isinstance(left, str) and isinstance(node.op, ast.Mod) and isinstance(result, str):
            self.show_filling(result, left, node.right, right, node.lineno)
        return result

    def binary(self, left: Ref, right: Ref, operator: ast.operator, line: int, place: str = "") -> Ref:
        """``left operator right``; strings are put together as far as they are known.

        ``place`` is ``i`` for an assignment in place.
        """
        if isinstance(left, str):
            if isinstance(operator, ast.Mod):
                return percent_filled(left)
            if isinstance(operator, ast.Add):
                return self.joined(left, right, line)
        if isinstance(left, list) and isinstance(right, list) and isinstance(operator, ast.Add):
            both = left[1], right[1]
            if isinstance(both[0], list) and isinstance(both[1], list):
                added = [*both[0], *both[1]]
                return ["c", added] if is_small(added) else -1
        if (type(left) is int and left >= 0) or (type(right) is int and right >= 0):
            return self.emit(Op.BINARY, left, right, place + _OPERATORS[type(operator)], line)
        return -1

    def _any_of_values(self, node: ast.BoolOp, *, tested: bool = False) -> Ref:
        """All but the last are asked whether they are true; the last, if the whole is."""
        outside = self.scope.environment
        all_hold = isinstance(node.op, ast.And)
        narrowing = all_hold or any(map(_asks_for_class, node.values))
        if narrowing:
            self.scope.environment = dict(outside)
        ref: Ref = -1
        for value in node.values:
            this = self.test(value) if tested or value is not node.values[-1] else self.ref(value)
            if narrowing:
                self.narrow(value, outcome=all_hold)
            ref = this if all_hold else self.scope.join_refs(ref, this)
        if narrowing:
            self.scope.environment = outside
        return ref

    def _conditional(self, node: ast.IfExp) -> Ref:
        self.test(node.test)
        outside = self.scope.environment
        self.scope.environment = dict(outside)
        self.narrow(node.test)
        body = self.ref(node.body)
        self.scope.environment = outside
        if _asks_for_class(node.test):
            self.scope.environment = dict(outside)
            self.narrow(node.test, outcome=False)
        orelse = self.ref(node.orelse)
        self.scope.environment = outside
        self.alternatives = body, orelse
        return self.scope.join_refs(body, orelse)

    def narrow(self, test: ast.expr, *, outcome: bool = True) -> None:
        """Inside the branch where ``isinstance(name, class)`` holds, the name is that class; where it does not, anything else."""
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self.narrow(operand, outcome=not outcome)
            case ast.BoolOp(op=operator, values=values) if isinstance(operator, ast.And) is outcome:
                for value in values:
                    self.narrow(value, outcome=outcome)
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), classes]):
                if name in self.scope.outer_names:
                    return
                before = self.scope.read(name)
                trees = [tree for tree in map(annotation_tree, _alternatives(classes)) if tree]
                if not outcome:
                    # What is no plain data is not told apart by its kinds.
                    trees = [tree for tree in trees if tree[0] not in ("n", "a") or tree[-1] not in _PLAIN_KINDS]
                if type(before) is int and before >= 0 and trees:
                    tree = trees[0] if len(trees) == 1 else ["u", trees]
                    if not outcome:
                        tree = ["!", tree]
                    narrow = self.scope.environment[name] = self.emit(Op.NARROW, before, tree)
                    self.scope.narrowed[narrow] = before, tree

    def test(self, node: ast.expr) -> Ref:
        """The ref of an expression that is asked whether it is true."""
        if isinstance(node, ast.BoolOp):
            return self._any_of_values(node, tested=True)
        ref = self.ref(node)
        if type(ref) is int and ref >= 0 and isinstance(node, _ASKED):
            self.emit(Op.BINARY, ref, -1, "bool", node.lineno)
        return ref

    def _lambda(self, node: ast.Lambda) -> Ref:
        return self.open_lambda(node)

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> Ref:
        elements = [self.ref(element) for element in node.elts]
        plain = constants(elements) if not isinstance(node, ast.Set) else None
        if plain is not None and len(plain) <= MAX_CONSTANT_ELEMENTS and elements:
            return ["c", plain, "tuple"] if isinstance(node, ast.Tuple) else ["c", plain]
        kind = "list" if isinstance(node, ast.List) else "tuple" if isinstance(node, ast.Tuple) else "set"
        kept = elements if len(elements) <= MAX_CONSTANT_ELEMENTS else [ref for ref in elements if type(ref) is int]
        return self.emit(Op.CONTAINER, kind, kept, None, node.lineno)

    def _dict(self, node: ast.Dict) -> Ref:
        keys = [self.ref(key) for key in node.keys]
        values: list[Ref] = [
            self.ref(value) if key is not None else ["*", self.as_node(self.ref(value))]
            for key, value in zip(node.keys, node.values, strict=True)
        ]
        plain_keys, plain_values = constants(keys), constants(values)
        if keys and plain_keys is not None and plain_values is not None and len(keys) <= MAX_CONSTANT_ELEMENTS:
            return ["c", {str(key): value for key, value in zip(plain_keys, plain_values, strict=True)}]
        return self.emit(Op.CONTAINER, "dict", values, keys, node.lineno)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Ref:
        outside = self.scope.environment
        self.scope.environment = dict(outside)
        # Of a comprehension only the names of what is called for each item are kept: the line has other calls on it.
        for part in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
            for inner in ast.walk(part):
                if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name | ast.Attribute):
                    function = inner.func
                    name = function.id if isinstance(function, ast.Name) else function.attr
                    self.looped.append([function.end_lineno or inner.lineno, name])
        for generator in node.generators:
            source = self.ref(generator.iter)
            item = self.emit(Op.ITERATE, self.as_node(source), node.lineno) if source != -1 else -1
            if source != -1 and generator.is_async:
                self.emit(Op.BINARY, self.as_node(source), -1, "aiter", node.lineno)
            self.bind(generator.target, item, node.lineno)
            for condition in generator.ifs:
                self.ref(condition)
                self.narrow(condition)
        # Where the elements stand is not known: no keys would mean their order.
        key: Ref = self.ref(node.key) if isinstance(node, ast.DictComp) else -1
        element = self.ref(node.value if isinstance(node, ast.DictComp) else node.elt)
        self.scope.environment = outside
        return self.emit(Op.CONTAINER, _MADE_BY[type(node)], [element], [key], node.lineno)

    def bind(self, target: ast.expr, ref: Ref, line: int) -> None:
        """Assign ``ref`` to a target of any form."""
        match target:
            case ast.Name(id=name):
                self.scope.assign(self.bound_name(name), ref)
            case ast.Attribute(value=value, attr=attribute):
                base = self.ref(value)
                if base != -1:
                    self.scope.ops.append([Op.SET_ATTRIBUTE, self.as_node(base), self.mangled(attribute), ref, line])
            case ast.Subscript(value=value, slice=index):
                base, key = self.ref(value), self.ref(index)
                if base != -1:
                    self.scope.ops.append([Op.SET_ITEM, self.as_node(base), key, ref, line])
            case ast.Starred(value=value):
                self.bind(value, ref, line)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                self._unpack(elements, ref, line)

    def _unpack(self, elements: list[ast.expr], ref: Ref, line: int) -> None:
        starred = next((i for i, element in enumerate(elements) if isinstance(element, ast.Starred)), len(elements))
        node = self.as_node(ref)
        for position, element in enumerate(elements):
            if node < 0:
                self.bind(element, -1, line)
            elif position == starred:
                rest = ["c", "slice", position] if position == len(elements) - 1 else ["c", "slice"]
                self.bind(element, self.emit(Op.ITEM, node, rest, line), line)
            else:
                index = ["c", position] if position < starred else -1
                self.bind(element, self.emit(Op.ITEM, node, index, line), line)

    def _await(self, node: ast.Await) -> Ref:
        ref = self.ref(node.value)
        if type(ref) is int and ref >= 0:
            self.emit(Op.BINARY, ref, -1, "await", node.lineno)
        return ref

    def _walrus(self, node: ast.NamedExpr) -> Ref:
        ref = self.ref(node.value)
        self.scope.assign(node.target.id, ref)
        return ref

    def _starred(self, node: ast.Starred) -> Ref:
        return ["*", self.as_node(self.ref(node.value))]

    def _compare(self, node: ast.Compare) -> Ref:
        left = self.ref(node.left)
        result: Ref = -1
        for operator, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.ref(comparator)
            name = type(operator).__name__.lower()
            if name in ("eq", "lt", "gt", "lte", "gte", "noteq") and type(left) is int and left >= 0:
                result = self.emit(Op.BINARY, left, right, name, node.lineno)
            elif name in ("in", "notin") and type(right) is int and right >= 0:
                self.emit(Op.BINARY, right, left, "contains", node.lineno)
            left = right
        # Where attributes are compared the result may be a condition, an object of a query language.
        return result if len(node.ops) == 1 and isinstance(node.left, ast.Attribute) else -1

    def _unary(self, node: ast.UnaryOp) -> Ref:
        if isinstance(node.op, ast.Not):
            self.test(node.operand)
            return -1
        ref = self.ref(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(ref, list) and isinstance(ref[1], int | float):
            return ["c", -ref[1]]
        if type(ref) is not int or ref < 0:
            return -1
        return self.emit(Op.BINARY, ref, -1, type(node.op).__name__.lower(), node.lineno)

    def _yield(self, node: ast.Yield) -> Ref:
        self.give(node)
        return self.emit(Op.BINARY, -1, -1, "sent", node.lineno)

    def _yield_from(self, node: ast.YieldFrom) -> Ref:
        source = self.give(node)
        return self.emit(Op.BINARY, source, -1, "returned", node.lineno) if source != -1 else -1

    def give(self, node: ast.Yield | ast.YieldFrom) -> Ref:
        """Yield a value, or those of another generator, which is given back; what comes back is not asked for."""
        self.yielding.append(node.lineno)
        source = self.ref(node.value)
        if isinstance(node, ast.Yield):
            if self.scope.facts.kind != ScopeKind.CLASS:
                self.scope.facts.yields.append(source)
        elif source != -1:
            source = self.as_node(source)
            self.scope.facts.yields.append(self.emit(Op.ITERATE, source, node.lineno))
        return source

    def _slice(self, node: ast.Slice) -> Ref:
        bounds = [self.ref(part) for part in (node.lower, node.upper)]
        if node.step is None and all(ref == -1 or (isinstance(ref, list) and ref[0] == "c") for ref in bounds):
            known = [None if ref == -1 else ref[1] for ref in bounds]
            if all(bound is None or (isinstance(bound, int) and bound >= 0) for bound in known):
                return ["c", "slice", known[0] or 0, known[1]]
        self.ref(node.step)
        return ["c", "slice"]

    # Functions and not methods of an object: then nothing refers to itself, and what a file was read with goes with it.
    _EXPRESSIONS: ClassVar[dict[type[ast.expr], Callable[[Any, Any], Ref]]] = {
        ast.Name: _name,
        ast.Constant: _constant,
        ast.Attribute: _attribute,
        ast.Call: _call,
        ast.Subscript: _subscript,
        ast.BinOp: _binary,
        ast.BoolOp: _any_of_values,
        ast.IfExp: _conditional,
        ast.JoinedStr: TextExpressions.joined_string,
        ast.Lambda: _lambda,
        ast.List: _sequence,
        ast.Tuple: _sequence,
        ast.Set: _sequence,
        ast.Dict: _dict,
        ast.ListComp: _comprehension,
        ast.SetComp: _comprehension,
        ast.GeneratorExp: _comprehension,
        ast.DictComp: _comprehension,
        ast.Await: _await,
        ast.NamedExpr: _walrus,
        ast.Starred: _starred,
        ast.Compare: _compare,
        ast.UnaryOp: _unary,
        ast.Yield: _yield,
        ast.YieldFrom: _yield_from,
        ast.FormattedValue: TextExpressions.formatted,
        ast.Slice: _slice,
    }
    if sys.version_info >= (3, 14):
        _EXPRESSIONS |= {ast.TemplateStr: TextExpressions.joined_string, ast.Interpolation: TextExpressions.formatted}
