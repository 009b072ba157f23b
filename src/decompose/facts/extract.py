"""A syntax tree -> `FileFacts`: one walk, statement by statement, scopes outermost first."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable
from typing import Any

from decompose.facts.annotations import annotation_tree
from decompose.facts.expressions import ExpressionVisitor
from decompose.facts.overwritten import drop_overwritten
from decompose.facts.records import FileFacts, Op, ParameterKind, Ref, ScopeFacts, ScopeKind
from decompose.facts.scope import ScopeBuilder

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


def extract(tree: ast.Module, *, has_nonlocal: bool = True) -> FileFacts:
    """The facts of one parsed file; a pure function of the tree. Without ``nonlocal`` in it there is less to look at."""
    return Extractor(has_nonlocal=has_nonlocal).run(tree)


class Extractor(ExpressionVisitor):
    """Walks statements; function bodies wait until the scope around them is complete, so that its names are known."""

    def __init__(self, *, has_nonlocal: bool) -> None:
        super().__init__()
        self.has_nonlocal = has_nonlocal
        self.open_lambda = self._open_lambda
        self.scopes: list[ScopeFacts] = []
        self.builders: list[ScopeBuilder] = []
        self.waiting: deque[tuple[Function | ast.Lambda, ScopeBuilder]] = deque()
        self.dropped: list[list[Any]] = []
        self.raising: set[int] = set()
        self.blocks: list[list[int]] = []
        self.arms: list[list[int]] = []
        self.branchings = 0
        self.only_types = False
        self._statements: dict[type[ast.stmt], Callable[[Any], None]] = {
            ast.Expr: self._expression,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated_assign,
            ast.AugAssign: self._augmented_assign,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Return: self._return,
            ast.Delete: self._delete,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.While: self._while,
            ast.If: self._if,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Raise: self._raise,
            ast.Try: self._try,
            ast.TryStar: self._try,
            ast.Assert: self._assert,
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.Global: self._global,
            ast.Nonlocal: self._global,
            ast.Match: self._match,
            ast.Break: self._stop,
            ast.Continue: self._stop,
        }

    def run(self, tree: ast.Module) -> FileFacts:
        end = tree.body[-1].end_lineno or 1 if tree.body else 1
        self.scope = self._open(ScopeFacts(ScopeKind.MODULE, "", "", -1, 1, end), None)
        self.scope.facts.terms = _terms_of_docstring(tree)
        self._block(tree.body)
        self.scope.facts.names = dict(self.scope.environment)
        self.scope.finish()
        while self.waiting:
            node, builder = self.waiting.popleft()
            self.scope = builder
            self._function_body(node)
            builder.finish()
        for builder in self.builders:
            if builder.facts.kind == ScopeKind.MODULE:
                # Names assigned only on paths that stop, and names set by functions, still exist.
                for name, refs in builder.assigned.items():
                    builder.facts.names.setdefault(name, refs[-1])
            builder.facts.nodes = builder.nodes
        return self._facts()

    def _facts(self) -> FileFacts:
        imported: set[tuple[int, str, str]] = set()
        whole: set[tuple[str, int]] = set()
        attributes: set[str] = set()
        stars: list[list[Any]] = []
        for scope in self.scopes:
            for operation in scope.ops:
                code = operation[0]
                if code == Op.SET_ATTRIBUTE:
                    attributes.add(operation[2])
                elif code == Op.IMPORT_STAR:
                    stars.append(operation[1:3])
                elif code == Op.FROM:
                    imported.add((operation[2], operation[3], operation[4]))
                elif code == Op.IMPORT:
                    whole.add((operation[3], operation[-1]))
        # ``import a.b`` binds ``a`` as well, which is no import of its own.
        for name, line in whole:
            if not any(other.startswith(f"{name}.") and at == line for other, at in whole):
                imported.add((0, name, ""))
        packages = {name.partition(".")[0] for level, name, _ in imported if not level}
        packages |= {name.partition(".")[0] for level, name in stars if not level}
        return FileFacts(
            self.scopes, packages=sorted(packages), attributes=sorted(attributes), stars=stars, loops=self.loops, looped=self.looped,
            dropped=self.dropped, raising=sorted(self.raising), imported=[list(found) for found in sorted(imported)],
            blocks=self.blocks, arms=self.arms, yielding=self.yielding,
        )  # fmt: skip

    def _open(self, facts: ScopeFacts, parent: ScopeBuilder | None) -> ScopeBuilder:
        builder = ScopeBuilder(facts, len(self.scopes), parent)
        if builder.depth > _MAX_DEPTH:
            # Indentation ends at 100; only lambdas get this far.
            raise RecursionError
        self.scopes.append(facts)
        self.builders.append(builder)
        return builder

    def _block(self, body: list[ast.stmt]) -> None:
        drop_overwritten(body)
        for statement in body:
            handler = self._statements.get(type(statement))
            if handler is not None:
                handler(statement)

    # Definitions

    def _qualname(self, name: str) -> str:
        outer = self.scope.facts.qualname
        return f"{outer}.{name}" if outer else name

    def _function(self, node: Function) -> None:
        decorators = [self.ref(decorator) for decorator in node.decorator_list]
        facts = ScopeFacts(
            ScopeKind.FUNCTION,
            node.name,
            self._qualname(node.name),
            self.scope.index,
            node.lineno,
            node.end_lineno or 0,
        )
        facts.is_async = isinstance(node, ast.AsyncFunctionDef)
        facts.terms = _terms_of_docstring(node)
        facts.return_annotation = annotation_tree(node.returns)
        ref: Ref = self._new_function(node, node.args, facts)
        facts.decorators = decorators
        plain = ref
        for decorator, decorator_node in zip(reversed(decorators), reversed(node.decorator_list), strict=True):
            name = _last_name(decorator_node)
            if name == "expression" and not self._extends_hybrid(decorator_node):
                name = ""
            if name not in _DECLARATIONS and (name in _FLAVOURS or name in _TRANSPARENT):
                # It does nothing that matters here, but it is called.
                self._emit(Op.CALL, self.as_node(decorator), [], [], decorator_node.lineno)
            if name in _FLAVOURS:
                facts.flavour = _FLAVOURS[name]
                if name == "property" and ref != plain:
                    # Of what another decorator gives it must be told that it is a property.
                    ref = self._emit(Op.DECORATE, self.as_node(decorator), ref, decorator_node.lineno)
            elif name not in _TRANSPARENT:
                ref = self._emit(Op.DECORATE, self.as_node(decorator), ref, decorator_node.lineno)
        if self.scope.facts.kind == ScopeKind.CLASS and node.name in _CLASS_METHODS:
            facts.flavour = "class"
        if facts.flavour in _BESIDE:
            # The name keeps meaning the property; what sets and deletes it is found beside it.
            named = (_property_of(decorator) for decorator in node.decorator_list)
            self.scope.assign(f"{next(filter(None, named), node.name)}.{facts.flavour}", ref)
            return
        self.scope.assign(self.mangled(node.name) if self.scope.facts.kind == ScopeKind.CLASS else node.name, ref)

    def _extends_hybrid(self, decorator: ast.expr) -> bool:
        """Whether a decorator says what a hybrid property of this class is in SQL."""
        return self.scope.facts.kind == ScopeKind.CLASS and _property_of(decorator) in self.scope.environment

    def _open_lambda(self, node: ast.Lambda) -> Ref:
        facts = ScopeFacts(
            ScopeKind.LAMBDA, "<lambda>", self.scope.facts.qualname, self.scope.index, node.lineno, node.end_lineno or 0
        )
        return self._new_function(node, node.args, facts)

    def _new_function(self, node: Function | ast.Lambda, arguments: ast.arguments, facts: ScopeFacts) -> int:
        builder = self._open(facts, self.scope)
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
        return self._emit(Op.FUNCTION, builder.index)

    def _function_body(self, node: Function | ast.Lambda) -> None:
        if isinstance(node, ast.Lambda):
            self.scope.facts.returns.append(self.ref(node.body))
            return
        if self.has_nonlocal:
            inner = (found for statement in node.body for found in ast.walk(statement))
            self.scope.shared = {name for found in inner if isinstance(found, ast.Nonlocal) for name in found.names}
        self._block(node.body)

    def _class(self, node: ast.ClassDef) -> None:
        decorators = [self.ref(decorator) for decorator in node.decorator_list]
        facts = ScopeFacts(
            ScopeKind.CLASS, node.name, self._qualname(node.name), self.scope.index, node.lineno, node.end_lineno or 0
        )
        facts.bases = [self.ref(base) for base in node.bases]
        facts.base_annotations = [annotation_tree(base) or ["c", None] for base in node.bases]
        facts.keywords = [[keyword.arg, self.ref(keyword.value)] for keyword in node.keywords]
        facts.decorators = decorators
        facts.terms = _terms_of_docstring(node)
        outer = self.scope
        self.scope = self._open(facts, outer)
        index = self.scope.index
        self._block(node.body)
        facts.names = dict(self.scope.environment)
        self.scope.finish()
        self.scope = outer
        ref: Ref = self._emit(Op.CLASS, index)
        for decorator, decorator_node in zip(reversed(decorators), reversed(node.decorator_list), strict=True):
            ref = self._emit(Op.DECORATE, self.as_node(decorator), ref, decorator_node.lineno)
        outer.assign(node.name, ref)

    # Simple statements

    def _expression(self, node: ast.Expr) -> None:
        value = node.value
        if isinstance(value, ast.Yield | ast.YieldFrom):
            self.give(value)
        elif not isinstance(value, ast.Constant):
            self.ref(value)
            call = value.value if isinstance(value, ast.Await) else value
            if isinstance(call, ast.Call):
                line = call.func.end_lineno if isinstance(call.func, ast.Attribute) else call.lineno
                self.dropped.append([line, _last_name(call.func)])

    def _assign(self, node: ast.Assign) -> None:
        ref = self.ref(node.value)
        if isinstance(ref, list) and isinstance(node.value, ast.List | ast.Dict) and not _is_constant(node.targets):
            ref = self.as_node(ref)  # something may be put into it: it must be one thing wherever it is named
        for target in node.targets:
            if (
                isinstance(target, ast.Tuple | ast.List)
                and isinstance(node.value, ast.Tuple | ast.List)
                and len(target.elts) == len(node.value.elts)
                and not any(isinstance(e, ast.Starred) for e in (*target.elts, *node.value.elts))
                and (type(ref) is int and ref >= 0)
                and self.scope.ops[-1][0] == Op.CONTAINER
            ):
                for element, source in zip(target.elts, self.scope.ops[-1][3], strict=False):
                    self.bind(element, source, node.lineno)
            else:
                self.bind(target, ref, node.lineno)

    def _annotated_assign(self, node: ast.AnnAssign) -> None:
        tree = annotation_tree(node.annotation)
        ref = self.ref(node.value) if node.value is not None else -1
        if tree is not None:
            if isinstance(node.target, ast.Name):
                self.scope.facts.annotations[node.target.id] = tree
            if self.scope.facts.kind != ScopeKind.CLASS:
                typed = self._emit(Op.TYPED, tree)
                plain = isinstance(ref, str | list) and ref != [
                    "c",
                    None,
                ]  # ``None`` holds the place of what comes later
                ref = ref if plain else typed if ref == ["c", None] else self.scope.join_refs(ref, typed)
        if node.value is not None or (tree is not None and self.scope.facts.kind != ScopeKind.CLASS):
            self.bind(node.target, ref, node.lineno)

    def _augmented_assign(self, node: ast.AugAssign) -> None:
        target = node.target
        before = self.ref(target)
        added = self.ref(node.value)
        ref = self.binary(before, added, node.op, node.lineno, "i")
        self.bind(target, ref, node.lineno)

    def _return(self, node: ast.Return) -> None:
        ref = self.ref(node.value)
        if ref != -1 and ref not in self.scope.facts.returns:
            self.scope.facts.returns.append(ref)
        self.scope.stopped = True

    def _stop(self, node: ast.stmt) -> None:  # noqa: ARG002 - one signature for all handlers
        if not self.scope.loops:
            self.scope.stopped = True

    def _raise(self, node: ast.Raise) -> None:
        if node.exc is not None:
            self.raising.add(self.scope.index)
        for raised in (node.exc, node.cause):
            ref = self.ref(raised)
            if type(ref) is int and ref >= 0 and not isinstance(raised, ast.Call):
                self.scope.ops.append([Op.RAISE, ref, node.lineno])
        self.scope.stopped = True

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                base = self.ref(target.value)
                index = self.ref(target.slice)
                if type(base) is int and base >= 0:
                    self._emit(Op.BINARY, base, index, "delitem", node.lineno)
            elif isinstance(target, ast.Attribute):
                base = self.ref(target.value)
                if type(base) is int and base >= 0:
                    self._emit(Op.BINARY, base, target.attr, "delattr", node.lineno)

    def _assert(self, node: ast.Assert) -> None:
        self.test(node.test)
        self.narrow(node.test)

    def _global(self, node: ast.Global | ast.Nonlocal) -> None:
        if self.scope.facts.kind != ScopeKind.MODULE:
            self.scope.outer_names.update(node.names)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            # ``import a.b`` binds ``a``; with ``as`` it binds the submodule.
            whole = self._emit(Op.IMPORT, 0, alias.name, self.only_types, node.lineno)
            if alias.asname:
                self.scope.assign(alias.asname, whole)
            else:
                first = alias.name.partition(".")[0]
                top = self._emit(Op.IMPORT, 0, first, self.only_types, node.lineno) if first != alias.name else whole
                self.scope.assign(first, top)

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        for alias in node.names:
            if alias.name == "*":
                self.scope.ops.append([Op.IMPORT_STAR, node.level, module, node.lineno])
            else:
                ref = self._emit(Op.FROM, node.level, module, alias.name, self.only_types, node.lineno)
                self.scope.assign(alias.asname or alias.name, ref)

    # Branches

    def _branch(
        self, body: list[ast.stmt], start: dict[str, Ref], test: ast.expr | None = None
    ) -> dict[str, Ref] | None:
        self.scope.environment = dict(start)
        self.scope.stopped = False
        if test is not None:
            self.narrow(test)
        self._block(body)
        stopped, self.scope.stopped = self.scope.stopped, False
        return None if stopped else self.scope.environment

    def _new_branching(self, *, exhaustive: bool) -> int:
        """The number of a statement with branches; positive if one of them is always taken."""
        self.branchings += 1
        return self.branchings if exhaustive else -self.branchings

    def _note_arm(self, body: list[ast.stmt], branching: int, end: dict[str, Ref] | None) -> None:
        if body:
            self.arms.append([body[0].lineno, body[-1].end_lineno or body[-1].lineno, branching, int(end is None)])

    def _meet(self, ends: list[dict[str, Ref] | None], fallback: dict[str, Ref]) -> None:
        live = [end for end in ends if end is not None]
        if not live:
            self.scope.environment = fallback
            self.scope.stopped = True
            return
        joined = live[0]
        for end in live[1:]:
            joined = self.scope.join(joined, end)
        self.scope.environment = joined
        self.scope.stopped = False

    def _if(self, node: ast.If) -> None:
        self.test(node.test)
        start = self.scope.environment
        outside, self.only_types = self.only_types, self.only_types or _is_type_checking(node.test)
        body = self._branch(node.body, start, node.test)
        self.only_types = outside
        orelse = self._branch(node.orelse, start)
        if (
            body is None
            and not node.orelse
            and isinstance(node.test, ast.UnaryOp)
            and isinstance(node.test.op, ast.Not)
        ):
            # ``if not isinstance(x, C): return`` narrows what follows.
            self.scope.environment = dict(start)
            self.narrow(node.test.operand)
            orelse = self.scope.environment
        branching = self._new_branching(exhaustive=bool(node.orelse))
        self._note_arm(node.body, branching, body)
        self._note_arm(node.orelse, branching, orelse)
        self._meet([body, orelse], start)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        source = self.ref(node.iter)
        self.loops.append([node.body[0].lineno, node.body[-1].end_lineno or node.lineno])
        before = self.scope.enter_loop()
        item = self._emit(Op.ITERATE, self.as_node(source), node.lineno) if source != -1 else -1
        self.bind(node.target, item, node.lineno)
        self._block(node.body)
        self._note_arm(node.body, self._new_branching(exhaustive=False), before)
        self.scope.leave_loop(before)
        self._block(node.orelse)

    def _while(self, node: ast.While) -> None:
        self.loops.append([node.lineno, node.body[-1].end_lineno or node.lineno])
        before = self.scope.enter_loop()
        self.test(node.test)
        self.narrow(node.test)
        self._block(node.body)
        always = isinstance(node.test, ast.Constant) and bool(node.test.value)
        self._note_arm(node.body, self._new_branching(exhaustive=always), before)
        self.scope.leave_loop(before)
        self._block(node.orelse)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            manager = self.ref(item.context_expr)
            entered = self._emit(Op.ENTER, self.as_node(manager), node.lineno) if manager != -1 else -1
            if item.optional_vars is not None:
                self.bind(item.optional_vars, entered, node.lineno)
        self.blocks.append([node.lineno, node.body[0].lineno, node.body[-1].end_lineno or node.lineno])
        self._block(node.body)

    def _try(self, node: ast.Try | ast.TryStar) -> None:
        start = self.scope.environment
        body = self._branch([*node.body, *node.orelse], start)
        # An exception may leave the body anywhere: handlers see the names before and after it.
        reached = self.scope.join(start, self.scope.environment) if node.handlers else start
        ends = [body]
        branching = self._new_branching(exhaustive=False)
        for handler in node.handlers:
            self.scope.environment = dict(reached)
            caught = self.ref(handler.type) if handler.type is not None else -1
            if handler.name:
                tree = annotation_tree(handler.type)
                if tree and tree[0] == "l":
                    tree = ["u", tree[1]]  # one of several classes
                self.scope.assign(handler.name, self._emit(Op.TYPED, tree) if tree else caught)
            ends.append(self._branch(handler.body, self.scope.environment))
            self._note_arm(handler.body, branching, ends[-1])
        self._meet(ends, reached)
        stopped = self.scope.stopped
        self._block(node.finalbody)
        self.scope.stopped = self.scope.stopped or stopped

    def _match(self, node: ast.Match) -> None:
        subject = self.ref(node.subject)
        start = self.scope.environment
        ends: list[dict[str, Ref] | None] = [start]
        last = node.cases[-1]
        anything = isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None and last.guard is None
        branching = self._new_branching(exhaustive=anything)
        for case in node.cases:
            self.scope.environment = dict(start)
            self._pattern(case.pattern, subject, node.subject)
            self.ref(case.guard)
            ends.append(self._branch(case.body, self.scope.environment))
            self._note_arm(case.body, branching, ends[-1])
        self._meet(ends, start)

    def _pattern(self, pattern: ast.pattern, subject: Ref, expression: ast.expr | None) -> None:
        match pattern:
            case ast.MatchValue(value=value):
                self.ref(value)
            case ast.MatchAs(pattern=inner, name=name):
                if inner is not None:
                    self._pattern(inner, subject, expression)
                    classes = _classes(inner)
                    if classes:
                        subject = self._narrowed(classes, subject)
                if name:
                    self.scope.assign(name, subject)
            case ast.MatchClass(cls=cls, patterns=patterns, kwd_attrs=attributes, kwd_patterns=keyword_patterns):
                self.ref(cls)
                narrowed = self._narrowed([cls], subject)
                if isinstance(expression, ast.Name) and expression.id not in self.scope.outer_names:
                    self.scope.environment[expression.id] = narrowed
                for inner in patterns:
                    self._pattern(inner, -1, None)
                for attribute, inner in zip(attributes, keyword_patterns, strict=True):
                    part = self._emit(Op.ATTRIBUTE, narrowed, attribute, cls.lineno) if narrowed != -1 else -1
                    self._pattern(inner, part, None)
            case ast.MatchOr(patterns=patterns):
                for inner in patterns:
                    self._pattern(inner, subject, None)
            case ast.MatchSequence(patterns=patterns):
                starred = next((i for i, p in enumerate(patterns) if isinstance(p, ast.MatchStar)), len(patterns))
                for position, inner in enumerate(patterns):
                    index: Ref = ["c", position] if position < starred else -1
                    if isinstance(inner, ast.MatchStar):
                        index = ["c", "slice", position] if position == len(patterns) - 1 else ["c", "slice"]
                    self._pattern(inner, self._part(subject, index, inner.lineno), None)
            case ast.MatchStar(name=name):
                if name:
                    self.scope.assign(name, subject)
            case ast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
                for key, inner in zip(keys, patterns, strict=True):
                    self._pattern(inner, self._part(subject, self.ref(key), inner.lineno), None)
                if rest:
                    self.scope.assign(rest, subject)

    def _part(self, subject: Ref, index: Ref, line: int) -> Ref:
        return self._emit(Op.ITEM, subject, index, line) if type(subject) is int and subject >= 0 else -1

    def _narrowed(self, classes: list[ast.expr], subject: Ref) -> Ref:
        trees = [tree for tree in map(annotation_tree, classes) if tree is not None]
        if not trees or type(subject) is not int or subject < 0:
            return subject
        return self._emit(Op.NARROW, subject, trees[0] if len(trees) == 1 else ["u", trees])


def _is_constant(targets: list[ast.expr]) -> bool:
    """Whether names are written like those of constants."""
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return len(names) < len(targets) or any(name.isupper() or name.startswith("__") for name in names)


def _classes(pattern: ast.pattern) -> list[ast.expr]:
    """The classes that a pattern is one of; none where it may be something else."""
    if isinstance(pattern, ast.MatchClass):
        return [pattern.cls]
    inner = [_classes(each) for each in pattern.patterns] if isinstance(pattern, ast.MatchOr) else []
    return [cls for classes in inner for cls in classes] if all(inner) else []


def _last_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _property_of(decorator: ast.expr) -> str:
    """The property that ``@total.setter`` or ``@total.inplace.expression`` goes with."""
    if not isinstance(decorator, ast.Attribute) or decorator.attr not in ("setter", "deleter", "expression"):
        return ""
    inner = decorator.value
    if isinstance(inner, ast.Attribute) and inner.attr == "inplace":
        inner = inner.value
    return inner.id if isinstance(inner, ast.Name) else ""


def _is_type_checking(test: ast.expr) -> bool:
    return _last_name(test) == "TYPE_CHECKING"


def _terms_of_docstring(node: ast.Module | ast.ClassDef | Function) -> list[str]:
    """The words of the docstring's first line."""
    if not node.body or not isinstance(node.body[0], ast.Expr):
        return []
    value = node.body[0].value
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return []
    first = value.value.strip().partition("\n")[0]
    return [word for word in first.lower().split() if word.isalpha()][:_MAX_TERMS]
