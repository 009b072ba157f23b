"""Functions, lambdas and classes -> scopes of their own."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections import deque

from decompose.facts.alone import alone
from decompose.facts.annotations import annotation_tree
from decompose.facts.coroutines import made_for
from decompose.facts.guards import guards
from decompose.facts.patterns import PatternVisitor
from decompose.facts.records import Op, ParameterKind, Ref, ScopeFacts, ScopeKind
from decompose.facts.scope import ScopeBuilder
from decompose.facts.switches import made_unless_given, switches

Function = ast.FunctionDef | ast.AsyncFunctionDef
_MAX_TERMS = 60
_MAX_DEPTH = 120
_FLAVOURS = {
    "staticmethod": "static",
    "classmethod": "class",
    "property": "property",
    "cached_property": "property",
    "abstractproperty": "property",
    "hybrid_property": "hybrid",
    "setter": "setter",
    "deleter": "deleter",
    "expression": "expression",
}
_DECLARATIONS = frozenset({"staticmethod", "classmethod", "property", "setter", "deleter", "getter", "expression"})
_BESIDE = frozenset({"setter", "deleter", "expression"})
"""Flavours of functions that stand beside a property, which keeps its name."""

_CLASS_METHODS = frozenset({"__init_subclass__", "__class_getitem__"})
"""Class methods without being declared as such."""

_TRANSPARENT = frozenset({"abstractmethod", "override", "final", "overload", "no_type_check"})


class DefinitionVisitor(PatternVisitor):
    """Opens a scope for each definition; function bodies wait until the scope around them is complete, so that its names are known."""

    def __init__(self, *, has_nonlocal: bool) -> None:
        super().__init__()
        self.has_nonlocal = has_nonlocal
        self.only_types = False
        self.scopes: list[ScopeFacts] = []
        self.builders: list[ScopeBuilder] = []
        self.waiting: deque[tuple[Function | ast.Lambda, ScopeBuilder]] = deque()

    @abstractmethod
    def block(self, body: list[ast.stmt]) -> None:
        """The statements of a body, one after the other."""

    def open(self, facts: ScopeFacts, parent: ScopeBuilder | None) -> ScopeBuilder:
        builder = ScopeBuilder(facts, len(self.scopes), parent)
        if builder.depth > _MAX_DEPTH:
            # Indentation ends at 100; only lambdas get this far.
            raise RecursionError
        self.scopes.append(facts)
        self.builders.append(builder)
        return builder

    def _qualname(self, name: str) -> str:
        outer = self.scope.facts.qualname
        return f"{outer}.{name}" if outer else name

    def function(self, node: Function) -> None:
        decorators = [self.ref(decorator) for decorator in node.decorator_list]
        facts = ScopeFacts(
            ScopeKind.FUNCTION,
            node.name,
            self._qualname(node.name),
            self.scope.index,
            node.lineno,
            node.end_lineno or 0,
        )
        facts.terms = terms_of_docstring(node)
        facts.coroutine = isinstance(node, ast.AsyncFunctionDef)
        facts.made_for = list(self._made_inside().get(node.lineno, ()))
        facts.return_annotation = annotation_tree(node.returns)
        ref: Ref = self._new_function(node, node.args, facts)
        facts.decorators = decorators
        plain = ref
        for decorator, decorator_node in zip(reversed(decorators), reversed(node.decorator_list), strict=True):
            name = last_name(decorator_node)
            if name == "expression" and not self._extends_hybrid(decorator_node):
                name = ""
            if name not in _DECLARATIONS and (name in _FLAVOURS or name in _TRANSPARENT):
                # It does nothing that matters here, but it is called.
                self.emit(Op.CALL, self.as_node(decorator), [], [], decorator_node.lineno)
            if name in _FLAVOURS:
                facts.flavour = _FLAVOURS[name]
                if name == "property" and ref != plain:
                    # Of what another decorator gives it must be told that it is a property.
                    ref = self.emit(Op.DECORATE, self.as_node(decorator), ref, decorator_node.lineno)
            elif name not in _TRANSPARENT:
                ref = self.emit(Op.DECORATE, self.as_node(decorator), ref, decorator_node.lineno)
        if self.scope.facts.kind == ScopeKind.CLASS and node.name in _CLASS_METHODS:
            facts.flavour = "class"
        if facts.flavour in _BESIDE:
            # The name keeps meaning the property; what sets and deletes it is found beside it.
            named = (_property_of(decorator) for decorator in node.decorator_list)
            self.scope.assign(f"{next(filter(None, named), node.name)}.{facts.flavour}", ref)
            return
        self.scope.assign(self.bound_name(node.name), ref)

    def _made_inside(self) -> dict[int, tuple[str, bool]]:
        """`coroutines.made_for` of the function around."""
        scope = self.scope
        if scope.made_inside is None:
            scope.made_inside = made_for(scope.function) if scope.function is not None else {}
        return scope.made_inside

    def _extends_hybrid(self, decorator: ast.expr) -> bool:
        """Whether a decorator says what a hybrid property of this class is in SQL."""
        return self.scope.facts.kind == ScopeKind.CLASS and _property_of(decorator) in self.scope.environment

    def open_lambda(self, node: ast.Lambda) -> Ref:
        facts = ScopeFacts(
            ScopeKind.LAMBDA, "<lambda>", self.scope.facts.qualname, self.scope.index, node.lineno, node.end_lineno or 0
        )
        return self._new_function(node, node.args, facts)

    def _new_function(self, node: Function | ast.Lambda, arguments: ast.arguments, facts: ScopeFacts) -> int:
        builder = self.open(facts, self.scope)
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
        defaults += arguments.defaults
        parameters = [(a, d, ParameterKind.POSITIONAL) for a, d in zip(positional, defaults, strict=True)]
        if arguments.vararg:
            parameters.append((arguments.vararg, None, ParameterKind.STAR))
        parameters += [
            (a, d, ParameterKind.KEYWORD) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        ]
        if arguments.kwarg:
            parameters.append((arguments.kwarg, None, ParameterKind.STAR_STAR))
        for argument, default, kind in parameters:
            ref = self.ref(default) if default is not None else None
            inner = builder.node()
            builder.assign(argument.arg, inner)
            tree = annotation_tree(argument.annotation) if argument.annotation else None
            facts.parameters.append([argument.arg, inner, tree, ref, int(kind)])
        self.waiting.append((node, builder))
        return self.emit(Op.FUNCTION, builder.index)

    def function_body(self, node: Function | ast.Lambda) -> None:
        if isinstance(node, ast.Lambda):
            self.scope.facts.returns.append(self.ref(node.body))
            return
        if self.has_nonlocal:
            inner = (found for statement in node.body for found in ast.walk(statement))
            self.scope.shared = {name for found in inner if isinstance(found, ast.Nonlocal) for name in found.names}
        self.scope.function = node
        self.scope.facts.guards = guards(node.body)
        self.scope.facts.switches = switches(node)
        self.scope.facts.alone = alone(node)
        self.scope.facts.unless_given = made_unless_given(node)
        self.block(node.body)

    def class_(self, node: ast.ClassDef) -> None:
        decorators = [self.ref(decorator) for decorator in node.decorator_list]
        facts = ScopeFacts(
            ScopeKind.CLASS, node.name, self._qualname(node.name), self.scope.index, node.lineno, node.end_lineno or 0
        )
        facts.bases = [self.ref(base) for base in node.bases]
        facts.base_annotations = [annotation_tree(base) or ["c", None] for base in node.bases]
        facts.keywords = [[keyword.arg, self.ref(keyword.value)] for keyword in node.keywords]
        facts.decorators = decorators
        facts.terms = terms_of_docstring(node)
        facts.flavour = "types" if self.only_types else ""
        outer = self.scope
        self.scope = self.open(facts, outer)
        index = self.scope.index
        self.block(node.body)
        facts.names = dict(self.scope.environment)
        self.scope.finish()
        self.scope = outer
        ref: Ref = self.emit(Op.CLASS, index)
        for decorator, decorator_node in zip(reversed(decorators), reversed(node.decorator_list), strict=True):
            ref = self.emit(Op.DECORATE, self.as_node(decorator), ref, decorator_node.lineno)
        outer.assign(node.name, ref)


def last_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _property_of(decorator: ast.expr) -> str:
    """The property that ``@total.setter`` or ``@total.inplace.expression`` goes with."""
    if not isinstance(decorator, ast.Attribute) or decorator.attr not in ("setter", "deleter", "expression"):
        return ""
    inner = decorator.value
    if isinstance(inner, ast.Attribute) and inner.attr == "inplace":
        inner = inner.value
    return inner.id if isinstance(inner, ast.Name) else ""


def terms_of_docstring(node: ast.Module | ast.ClassDef | Function) -> list[str]:
    """The words of the docstring's first line."""
    if not node.body or not isinstance(node.body[0], ast.Expr):
        return []
    value = node.body[0].value
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return []
    first = value.value.strip().partition("\n")[0]
    return [word for word in first.lower().split() if word.isalpha()][:_MAX_TERMS]
