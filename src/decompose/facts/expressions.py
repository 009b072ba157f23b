"""Expressions -> refs and operations."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from decompose.facts.annotations import annotation_tree
from decompose.facts.records import HOLE, Op, Ref, ScopeKind
from decompose.facts.scope import ScopeBuilder

MAX_STRING = 20_000
MAX_CONSTANT_ELEMENTS = 200
_MAX_ELEMENTS_IN_ALL = 20_000
_MAX_NESTED = 30
"""Of constants put together of constants: what doubles line by line is soon larger than any memory."""
_FORMAT_FIELD = re.compile(r"\{[^{}]*\}")
_FORMAT_NAME = re.compile(r"\{(\w*)[^{}]*\}")
_MAX_NAME = 80
_NAME_WITH_HOLES = re.compile(rf"[\w.:/|@#*<>{{}}{HOLE}-]+")
"""Keys, paths and topics have no blanks."""
_SQL_WORDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "MERGE", "REPLACE", "TRUNCATE", "COPY")
_PERCENT_FIELD = re.compile(r"%(?:\(\w+\))?[-#0-9. +]*[sdifgrx]")
_PERCENT_NAME = re.compile(r"%\((\w+)\)[-#0-9. +]*[sdifgrx]")
_CONVERSIONS = {ord("r"): "repr", ord("s"): "str", ord("a"): "repr"}
_OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.LShift: "lshift", ast.RShift: "rshift", ast.BitOr: "or", ast.BitAnd: "and",
    ast.BitXor: "xor", ast.MatMult: "matmul",
}  # fmt: skip


def _filling(text: str, given: ast.expr) -> list[ast.expr]:
    """What ``text % given`` puts into the text, in its order."""
    if isinstance(given, ast.Tuple):
        return given.elts
    if isinstance(given, ast.Dict):
        by_name = {
            key.value: v for key, v in zip(given.keys, given.values, strict=True) if isinstance(key, ast.Constant)
        }
        nothing = ast.List([], ast.Load())
        return [by_name.get(name, nothing) for name in _PERCENT_NAME.findall(text)]
    return [given]


def _put_together(between: str, parts: list[str]) -> str:
    """``between.join(parts)`` up to somewhat more than the longest text that is kept, never much longer than that."""
    length = 0
    for number, part in enumerate(parts, 1):
        length += len(part) + len(between)
        if length > MAX_STRING:
            return between.join(parts[:number])
    return between.join(parts)


class ExpressionVisitor:
    """Evaluates expressions in ``self.scope``; subclasses open the scopes of lambdas."""

    scope: ScopeBuilder
    open_lambda: Callable[[ast.Lambda], Ref]

    def __init__(self) -> None:
        self.loops: list[list[int]] = []
        self.yielding: list[int] = []
        self.looped: list[list[Any]] = []
        self._handlers: dict[type[ast.expr], Callable[[Any], Ref]] = {
            ast.Name: self._name,
            ast.Constant: self._constant,
            ast.Attribute: self._attribute,
            ast.Call: self._call,
            ast.Subscript: self._subscript,
            ast.BinOp: self._binary,
            ast.BoolOp: self._any_of_values,
            ast.IfExp: self._conditional,
            ast.JoinedStr: self._joined_string,
            ast.Lambda: self._lambda,
            ast.List: self._sequence,
            ast.Tuple: self._sequence,
            ast.Set: self._sequence,
            ast.Dict: self._dict,
            ast.ListComp: self._comprehension,
            ast.SetComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.DictComp: self._comprehension,
            ast.Await: self._await,
            ast.NamedExpr: self._walrus,
            ast.Starred: self._starred,
            ast.Compare: self._compare,
            ast.UnaryOp: self._unary,
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield_from,
            ast.FormattedValue: self._formatted,
            ast.Slice: self._slice,
        }

    def ref(self, node: ast.expr | None) -> Ref:
        """The ref of an expression, after emitting what it does."""
        if node is None:
            return -1
        handler = self._handlers.get(type(node))
        return handler(node) if handler else -1

    def as_node(self, ref: Ref) -> int:
        """A node for any ref, so that it can be a base or a function."""
        if type(ref) is int:
            return ref
        node = self.scope.node()
        self.scope.ops.append([Op.COPY, node, ref])
        return node

    def _emit(self, op: Op, *rest: Any) -> int:
        node = self.scope.node()
        self.scope.ops.append([op, node, *rest])
        return node

    def _name(self, node: ast.Name) -> Ref:
        return self.scope.read(node.id, node.lineno)

    def _constant(self, node: ast.Constant) -> Ref:
        value = node.value
        if isinstance(value, str):
            return value if len(value) <= MAX_STRING else -1
        if value is None or isinstance(value, bool | int | float):
            return ["c", value if not isinstance(value, int) or abs(value) < 2**53 else None]
        return -1

    def _attribute(self, node: ast.Attribute) -> Ref:
        base = self.ref(node.value)
        if base == -1:
            return -1
        return self._emit(Op.ATTRIBUTE, self.as_node(base), self.mangled(node.attr), node.end_lineno)

    def mangled(self, name: str) -> str:
        """A private name of a class, as Python stores it."""
        if not name.startswith("__") or name.endswith("__"):
            return name
        scope: ScopeBuilder | None = self.scope
        while scope is not None and scope.facts.kind != ScopeKind.CLASS:
            scope = scope.parent
        return f"_{scope.facts.name.lstrip('_')}{name}" if scope is not None else name

    def _call(self, node: ast.Call) -> Ref:
        function = node.func
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Constant | ast.JoinedStr):
            return self._literal_method(node, function)
        target = self.ref(function)
        line = function.end_lineno if isinstance(function, ast.Attribute) else node.lineno
        arguments: list[Ref] = [self.ref(argument) for argument in node.args]
        keywords = [[keyword.arg, self.ref(keyword.value)] for keyword in node.keywords]
        made = self._emit(Op.CALL, self.as_node(target), arguments, keywords, line)
        return self._wrapped_template(node, function) or made

    def _wrapped_template(self, node: ast.Call, function: ast.expr) -> str:
        """``SQL("... {} ...").format(Identifier("orders"))``: SQL text that something wraps, with what fills it; else nothing."""
        if (
            not isinstance(function, ast.Attribute)
            or function.attr != "format"
            or not isinstance(function.value, ast.Call)
        ):
            return ""
        wrapped = function.value.args
        text = wrapped[0].value if len(wrapped) == 1 and isinstance(wrapped[0], ast.Constant) else None
        if not isinstance(text, str) or not text[:40].lstrip(" \t\r\n(")[:8].upper().startswith(_SQL_WORDS):
            return ""
        filled = _FORMAT_FIELD.sub(HOLE, text)
        parts = [self._unwrapped(argument) for argument in node.args]
        given = {keyword.arg: self._unwrapped(keyword.value) for keyword in node.keywords}
        if not given:
            self._keep_template(filled, parts)
        elif not parts:
            self._keep_template(filled, [given.get(name, -1) for name in _FORMAT_NAME.findall(text)])
        return filled

    def _unwrapped(self, part: ast.expr) -> Ref:
        """What a call around a name or around constants is given: ``Identifier(table)``, ``Identifier("public", "orders")``."""
        if not isinstance(part, ast.Call):
            return self._again(part)
        constants = [a.value for a in part.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if constants and len(constants) == len(part.args):
            return ".".join(constants)
        return self._again(part.args[0]) if len(part.args) == 1 else -1

    def _literal_method(self, node: ast.Call, function: ast.Attribute) -> Ref:
        """A method of a literal; ``"...".format(...)`` and ``", ".join([...])`` stay strings with holes."""
        arguments = [self.ref(argument) for argument in node.args]
        keywords = [[keyword.arg, self.ref(keyword.value)] for keyword in node.keywords]
        text = function.value.value if isinstance(function.value, ast.Constant) else self.ref(function.value)
        kind = self.scope.read(type(text).__name__)
        method = self._emit(Op.ATTRIBUTE, self.as_node(kind), function.attr, function.end_lineno)
        result = self._emit(Op.CALL, method, arguments, keywords, function.end_lineno)
        if not isinstance(text, str):
            return result
        if function.attr == "format":
            self._show([*arguments, *(ref for _, ref in keywords)], "format", function.end_lineno or node.lineno)
            filled = _FORMAT_FIELD.sub(HOLE, text)
            if not keywords and "{}" in text:
                self._keep_template(filled, arguments)
            elif keywords and not arguments:
                given = dict(keywords)
                self._keep_template(filled, [given.get(name, -1) for name in _FORMAT_NAME.findall(text)])
            return filled
        if function.attr == "join":
            parts = arguments[0][1] if arguments and isinstance(arguments[0], list) and arguments[0][0] == "c" else None
            if isinstance(parts, list) and all(isinstance(part, str) for part in parts):
                return _put_together(text, parts)
            return _put_together(text, self._pieces(arguments[0])) if arguments else HOLE
        if function.attr in ("strip", "lstrip", "rstrip", "dedent", "lower", "upper", "replace"):
            return text
        return result

    def _pieces(self, listed: Ref) -> list[str]:
        """What a list of text that was made in this scope holds by now, in the order of the code; a hole for what is not known."""
        same = {listed} if type(listed) is int else set()
        pieces: list[str] = []
        for operation in reversed(self.scope.ops):
            if operation[0] == Op.COPY and operation[1] in same and type(operation[2]) is int:
                same.add(operation[2])
        methods: dict[int, str] = {}
        for operation in self.scope.ops:
            if operation[0] == Op.COPY and operation[1] in same and isinstance(operation[2], list):
                held = operation[2][1] if operation[2][0] == "c" else None
                pieces += [p if isinstance(p, str) else HOLE for p in held] if isinstance(held, list) else [HOLE]
            elif operation[0] == Op.CONTAINER and operation[1] in same:
                pieces += [part if isinstance(part, str) else HOLE for part in operation[3]]
            elif operation[0] == Op.ATTRIBUTE and operation[2] in same:
                methods[operation[1]] = operation[3]
            elif operation[0] == Op.CALL and methods.get(operation[2]) in ("append", "extend", "insert"):
                plain = methods[operation[2]] == "append" and operation[3] and isinstance(operation[3][0], str)
                pieces.append(operation[3][0] if plain else HOLE)
        return pieces or [HOLE]

    def _subscript(self, node: ast.Subscript) -> Ref:
        base = self.ref(node.value)
        index = self.ref(node.slice)
        if base == -1:
            return -1
        return self._emit(Op.ITEM, self.as_node(base), index, node.lineno)

    def _binary(self, node: ast.BinOp) -> Ref:
        left, right = self.ref(node.left), self.ref(node.right)
        result = self.binary(left, right, node.op, node.lineno)
        if isinstance(left, str) and isinstance(node.op, ast.Mod) and isinstance(result, str):
            made = self.scope.ops[-1] if isinstance(node.right, ast.Tuple) and self.scope.ops else []
            shown = made[3] if made and made[:2] == [Op.CONTAINER, right] else [right]
            self._show(shown, "str", node.lineno)
            self._keep_template(result, [self._again(part) for part in _filling(left, node.right)])
        return result

    def _show(self, refs: list[Ref], how: str, line: int) -> None:
        """Values become text."""
        for ref in refs:
            if type(ref) is int and ref >= 0:
                self._emit(Op.BINARY, ref, -1, how, line)

    def _again(self, part: ast.expr) -> Ref:
        """The ref of a part that was read before; of what cannot be read again without a trace, none."""
        return self.ref(part) if isinstance(part, ast.Name | ast.Constant) else -1

    def _joined(self, left: str, right: Ref) -> str:
        """``left + right``, with what is put into the holes of both."""
        text = (left + (right if isinstance(right, str) else HOLE))[:MAX_STRING]
        templates = self.scope.facts.templates
        if left in templates:
            more = templates.get(right, [-1] * right.count(HOLE)) if isinstance(right, str) else [right]
            self._keep_template(text, [*templates[left], *more])
        return text

    def _keep_template(self, text: str, parts: list[Ref]) -> None:
        """Remember what is put into the holes of text that begins like SQL, or that may be a name."""
        if len(parts) == text.count(HOLE) and (
            text[:40].lstrip(" \t\r\n(")[:8].upper().startswith(_SQL_WORDS)
            or (len(text) <= _MAX_NAME and _NAME_WITH_HOLES.fullmatch(text))
        ):
            self.scope.facts.templates.setdefault(text, parts)

    def binary(self, left: Ref, right: Ref, operator: ast.operator, line: int, place: str = "") -> Ref:
        """``left operator right``; strings are put together as far as they are known.

        ``place`` is ``i`` for an assignment in place.
        """
        if isinstance(left, str):
            if isinstance(operator, ast.Mod):
                return _PERCENT_FIELD.sub(HOLE, left)
            if isinstance(operator, ast.Add):
                return self._joined(left, right)
        if isinstance(left, list) and isinstance(right, list) and isinstance(operator, ast.Add):
            both = left[1], right[1]
            if isinstance(both[0], list) and isinstance(both[1], list):
                added = [*both[0], *both[1]]
                return ["c", added] if _is_small(added) else -1
        if (type(left) is int and left >= 0) or (type(right) is int and right >= 0):
            return self._emit(Op.BINARY, left, right, place + _OPERATORS[type(operator)], line)
        return -1

    def _any_of_values(self, node: ast.BoolOp, *, tested: bool = False) -> Ref:
        """All but the last are asked whether they are true; the last, if the whole is."""
        outside = self.scope.environment
        if isinstance(node.op, ast.And):
            self.scope.environment = dict(outside)
        ref: Ref = -1
        for value in node.values:
            this = self.test(value) if tested or value is not node.values[-1] else self.ref(value)
            if isinstance(node.op, ast.And):
                self.narrow(value)
                ref = this
            else:
                ref = self.scope.join_refs(ref, this)
        if isinstance(node.op, ast.And):
            self.scope.environment = outside
        return ref

    def _conditional(self, node: ast.IfExp) -> Ref:
        self.test(node.test)
        outside = self.scope.environment
        self.scope.environment = dict(outside)
        self.narrow(node.test)
        body = self.ref(node.body)
        self.scope.environment = outside
        return self.scope.join_refs(body, self.ref(node.orelse))

    def narrow(self, test: ast.expr) -> None:
        """Inside the branch where ``isinstance(name, class)`` holds, the name is that class."""
        match test:
            case ast.BoolOp(op=ast.And(), values=values):
                for value in values:
                    self.narrow(value)
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), classes]):
                if name in self.scope.outer_names:
                    return
                before = self.scope.read(name)
                alternatives = classes.elts if isinstance(classes, ast.Tuple) else [classes]
                trees = [tree for tree in map(annotation_tree, alternatives) if tree]
                if type(before) is int and before >= 0 and trees:
                    tree = trees[0] if len(trees) == 1 else ["u", trees]
                    self.scope.environment[name] = self._emit(Op.NARROW, before, tree)

    def _joined_string(self, node: ast.JoinedStr) -> Ref:
        parts = []
        holes: list[Ref] = []
        for value in node.values:
            ref = self.ref(value)
            parts.append(ref if isinstance(ref, str) else HOLE)
            if not isinstance(ref, str):
                holes.append(ref)
        text = _put_together("", parts)
        if len(text) > MAX_STRING:
            return -1
        self._keep_template(text, holes)
        return text

    def _formatted(self, node: ast.FormattedValue) -> Ref:
        ref = self.ref(node.value)
        if type(ref) is int and ref >= 0:
            self._emit(Op.BINARY, ref, -1, _CONVERSIONS.get(node.conversion, "format"), node.lineno)
        return ref

    def test(self, node: ast.expr) -> Ref:
        """The ref of an expression that is asked whether it is true."""
        if isinstance(node, ast.BoolOp):
            return self._any_of_values(node, tested=True)
        ref = self.ref(node)
        if type(ref) is int and ref >= 0 and isinstance(node, ast.Name | ast.Attribute | ast.Call):
            self._emit(Op.BINARY, ref, -1, "bool", node.lineno)
        return ref

    def _lambda(self, node: ast.Lambda) -> Ref:
        return self.open_lambda(node)

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> Ref:
        elements = [self.ref(element) for element in node.elts]
        constants = _constants(elements) if not isinstance(node, ast.Set) else None
        if constants is not None and len(constants) <= MAX_CONSTANT_ELEMENTS and elements:
            return ["c", constants]
        kind = "list" if isinstance(node, ast.List) else "tuple" if isinstance(node, ast.Tuple) else "set"
        kept = elements if len(elements) <= MAX_CONSTANT_ELEMENTS else [ref for ref in elements if type(ref) is int]
        return self._emit(Op.CONTAINER, kind, kept, None, node.lineno)

    def _dict(self, node: ast.Dict) -> Ref:
        keys = [self.ref(key) for key in node.keys]
        values: list[Ref] = [
            self.ref(value) if key is not None else ["*", self.as_node(self.ref(value))]
            for key, value in zip(node.keys, node.values, strict=True)
        ]
        plain_keys, plain_values = _constants(keys), _constants(values)
        if keys and plain_keys is not None and plain_values is not None and len(keys) <= MAX_CONSTANT_ELEMENTS:
            return ["c", {str(key): value for key, value in zip(plain_keys, plain_values, strict=True)}]
        return self._emit(Op.CONTAINER, "dict", values, keys, node.lineno)

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
            item = self._emit(Op.ITERATE, self.as_node(source), node.lineno) if source != -1 else -1
            self.bind(generator.target, item, node.lineno)
            for condition in generator.ifs:
                self.ref(condition)
                self.narrow(condition)
        key: Ref = None
        if isinstance(node, ast.DictComp):
            key = self.ref(node.key)
            element, kind = self.ref(node.value), "dict"
        else:
            element, kind = self.ref(node.elt), "list"
        self.scope.environment = outside
        # Where the elements stand is not known: no keys would mean their order.
        return self._emit(Op.CONTAINER, kind, [element], [key if kind == "dict" else -1], node.lineno)

    def bind(self, target: ast.expr, ref: Ref, line: int) -> None:
        """Assign ``ref`` to a target of any form."""
        match target:
            case ast.Name(id=name):
                self.scope.assign(name, ref)
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
                self.bind(element, self._emit(Op.ITEM, node, rest, line), line)
            else:
                index = ["c", position] if position < starred else -1
                self.bind(element, self._emit(Op.ITEM, node, index, line), line)

    def _await(self, node: ast.Await) -> Ref:
        ref = self.ref(node.value)
        if type(ref) is int and ref >= 0:
            self._emit(Op.BINARY, ref, -1, "await", node.lineno)
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
                result = self._emit(Op.BINARY, left, right, name, node.lineno)
            elif name in ("in", "notin") and type(right) is int and right >= 0:
                self._emit(Op.BINARY, right, left, "contains", node.lineno)
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
        return self._emit(Op.BINARY, ref, -1, type(node.op).__name__.lower(), node.lineno)

    def _yield(self, node: ast.Yield) -> Ref:
        self.give(node)
        return self._emit(Op.BINARY, -1, -1, "sent", node.lineno)

    def _yield_from(self, node: ast.YieldFrom) -> Ref:
        source = self.give(node)
        return self._emit(Op.BINARY, source, -1, "returned", node.lineno) if source != -1 else -1

    def give(self, node: ast.Yield | ast.YieldFrom) -> Ref:
        """Yield a value, or those of another generator, which is given back; what comes back is not asked for."""
        self.yielding.append(node.lineno)
        source = self.ref(node.value)
        if isinstance(node, ast.Yield):
            if self.scope.facts.kind != ScopeKind.CLASS:
                self.scope.facts.yields.append(source)
        elif source != -1:
            source = self.as_node(source)
            self.scope.facts.yields.append(self._emit(Op.ITERATE, source, node.lineno))
        return source

    def _slice(self, node: ast.Slice) -> Ref:
        bounds = [self.ref(part) for part in (node.lower, node.upper)]
        if node.step is None and all(ref == -1 or (isinstance(ref, list) and ref[0] == "c") for ref in bounds):
            known = [None if ref == -1 else ref[1] for ref in bounds]
            if all(bound is None or (isinstance(bound, int) and bound >= 0) for bound in known):
                return ["c", "slice", known[0] or 0, known[1]]
        self.ref(node.step)
        return ["c", "slice"]


def _constants(refs: list[Ref]) -> list[Any] | None:
    """The plain values of ``refs`` if all of them are constants."""
    values = []
    for ref in refs:
        if isinstance(ref, str):
            values.append(ref)
        elif isinstance(ref, list) and ref[0] == "c":
            values.append(ref[1])
        else:
            return None
    return values if _is_small(values) else None


def _is_small(values: list[Any]) -> bool:
    """Whether constants within constants are few and not deep, each counted as often as it would be written down."""
    count, layer = len(values), values
    for _ in range(_MAX_NESTED):
        inner: list[Any] = []
        for value in layer:
            if isinstance(value, list | dict):
                inner += value.values() if isinstance(value, dict) else value
                if count + len(inner) > _MAX_ELEMENTS_IN_ALL:
                    return False
        if not inner:
            return True
        count += len(inner)
        layer = inner
    return False
