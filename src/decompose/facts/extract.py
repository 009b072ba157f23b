"""A syntax tree -> `FileFacts`: one walk, statement by statement, scopes outermost first."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

from decompose.facts.annotations import annotation_tree
from decompose.facts.branches import BranchVisitor, called
from decompose.facts.definitions import terms_of_docstring
from decompose.facts.overwritten import drop_overwritten
from decompose.facts.records import FileFacts, Op, Ref, ScopeFacts, ScopeKind
from decompose.facts.stated import stated
from decompose.facts.switches import decided_by, switches_inside
from decompose.facts.type_parameters import TYPING, TypeVariable, name_apart


def extract(tree: ast.Module, *, has_nonlocal: bool = True, has_type_parameters: bool = True) -> FileFacts:
    """The facts of one parsed file; a pure function of the tree. Without ``nonlocal`` or type parameters there is less to look at."""
    variables = list(name_apart(tree)) if has_type_parameters else []
    return Extractor(has_nonlocal=has_nonlocal).run(tree, variables)


# Tuples, where each statement is asked: a union of classes is made anew each time that it is written.
_YIELDING = (ast.Yield, ast.YieldFrom)
_DISPLAYS = (ast.List, ast.Dict)
_SEQUENCES = (ast.Tuple, ast.List)
_DEFINING = frozenset({Op.FUNCTION, Op.CLASS, Op.DECORATE, Op.IMPORT, Op.FROM})


class Extractor(BranchVisitor):
    """Walks statements, and puts together what they say."""

    def __init__(self, *, has_nonlocal: bool) -> None:
        super().__init__(has_nonlocal=has_nonlocal)
        self.dropped: list[list[Any]] = []
        self.raising: set[int] = set()
        self.stated: list[list[Any]] = []

    def run(self, tree: ast.Module, variables: Sequence[TypeVariable] = ()) -> FileFacts:
        end = tree.body[-1].end_lineno or 1 if tree.body else 1
        self.scope = self.open(ScopeFacts(ScopeKind.MODULE, "", "", -1, 1, end), None)
        self.scope.facts.terms = terms_of_docstring(tree)
        self._declare(variables)
        self.block(tree.body)
        self.stated = stated(tree.body)
        self.scope.facts.names = dict(self.scope.environment)
        self.scope.finish()
        while self.waiting:
            node, builder = self.waiting.popleft()
            self.scope = builder
            self.function_body(node)
            builder.finish()
        for builder in self.builders:
            if builder.facts.kind == ScopeKind.MODULE:
                # Names assigned only on paths that stop, and names set by functions, still exist.
                for name, refs in builder.assigned.items():
                    builder.facts.names.setdefault(name, refs[-1])
                for name in sorted(builder.bound_inside):
                    builder.facts.names.setdefault(name, -1)
            builder.facts.nodes = builder.nodes
        return self._facts()

    def _declare(self, variables: Sequence[TypeVariable]) -> None:
        if variables:
            self.scope.assign(TYPING, self.emit(Op.IMPORT, 0, "typing", True, 1))
        for name, assumed in variables:
            constrained = isinstance(assumed, ast.Tuple)
            tree = annotation_tree(assumed)
            self.scope.assign(name, self.emit(Op.TYPE_VARIABLE, name, ["u", tree[1]] if tree and constrained else tree))

    def _facts(self) -> FileFacts:
        imported: set[tuple[int, str, str]] = set()
        whole: set[tuple[str, int]] = set()
        attributes: set[str] = set(self.set_by_type)
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
            blocks=self.blocks, arms=self.arms, yielding=self.yielding, entered=self.entered, conditions=self.conditions,
            stated=self.stated,
        )  # fmt: skip

    def block(self, body: list[ast.stmt]) -> None:
        drop_overwritten(body)
        for place, statement in enumerate(body):
            handler = self._STATEMENTS.get(type(statement))
            if handler is not None:
                handler(self, statement)
            if type(statement) is ast.If:
                self.note_what_is_left(statement, body[place + 1 :])

    # Simple statements

    def _expression(self, node: ast.Expr) -> None:
        value = node.value
        if isinstance(value, _YIELDING):
            self.give(value)
        elif not isinstance(value, ast.Constant):
            self.ref(value)
            self.dropped += called(value)

    def _assign(self, node: ast.Assign) -> None:
        pairs = list(_pairs(node.targets[0], node.value)) if len(node.targets) == 1 else []
        if pairs and pairs[0][0] is not node.targets[0]:
            refs = [self._assigned(value, [target]) for target, value in pairs]
            for (target, _), ref in zip(pairs, refs, strict=True):
                self.bind(target, ref, node.lineno)
            return
        ref = self._assigned(node.value, node.targets)
        for target in node.targets:
            self.bind(target, ref, node.lineno)

    def _assigned(self, value: ast.expr, targets: list[ast.expr]) -> Ref:
        ref = self.ref(value)
        if isinstance(ref, list) and isinstance(value, _DISPLAYS) and not _is_constant(targets):
            return self.as_node(ref)  # something may be put into it: it must be one thing wherever it is named
        return ref

    def _type_alias(self, node: Any) -> None:
        self._assign(ast.copy_location(ast.Assign([node.name], node.value), node))

    def _annotated_assign(self, node: ast.AnnAssign) -> None:
        tree = annotation_tree(node.annotation)
        ref = self.ref(node.value) if node.value is not None else -1
        if tree is not None:
            if isinstance(node.target, ast.Name):
                self.scope.facts.annotations[self.bound_name(node.target.id)] = tree
            if self.scope.facts.kind != ScopeKind.CLASS:
                shown = self.scope.facts.kind == ScopeKind.MODULE and self._shows_its_elements(ref)
                typed = self.emit(Op.TYPED, tree, [ref]) if type(ref) is int and ref >= 0 else self.emit(Op.TYPED, tree)
                # ``None`` holds the place of what comes later.
                plain = shown or (isinstance(ref, str | list) and ref != ["c", None])
                ref = ref if plain else typed if ref == ["c", None] else self.scope.join_refs(ref, typed)
        if node.value is not None or (tree is not None and self.scope.facts.kind != ScopeKind.CLASS):
            self.bind(node.target, ref, node.lineno)

    def _shows_its_elements(self, ref: Ref) -> bool:
        """Whether a display is written with functions, classes and what classes make only: its annotation says less than they do."""
        made = self.scope.ops[-1:]
        if not made or made[0][0] != Op.CONTAINER or made[0][1] != ref or not made[0][3]:
            return False
        produced = {operation[1]: operation for operation in self.scope.ops[:-1]}
        return all(_is_shown(produced, element) for element in made[0][3])

    def _augmented_assign(self, node: ast.AugAssign) -> None:
        target = node.target
        before = self.ref(target)
        added = self.ref(node.value)
        ref = self.binary(before, added, node.op, node.lineno, "i")
        self.bind(target, ref, node.lineno)

    def _return(self, node: ast.Return) -> None:
        ref = self.ref(node.value)
        facts = self.scope.facts
        if ref != -1 and ref not in facts.returns:
            facts.returns.append(ref)
        if ref != -1 and (facts.switches or facts.alone):
            names = {switch[2] for switch in facts.switches}
            inside = switches_inside(node.value, names)
            around = (switch for switch in (*facts.switches, *facts.alone) if switch not in inside)
            decided = [[name, without] for first, last, name, without in around if first <= node.lineno <= last]
            match node.value:
                case ast.IfExp(test=test):
                    for outcome, one in zip((True, False), self.alternatives, strict=True):
                        more = [list(switch) for switch in decided_by(test, names, outcome=outcome)]
                        facts.returning.append([one, decided + more])
                case _:
                    facts.returning.append([ref, decided])
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
                    self.emit(Op.BINARY, base, index, "delitem", node.lineno)
            elif isinstance(target, ast.Attribute):
                base = self.ref(target.value)
                if type(base) is int and base >= 0:
                    self.emit(Op.BINARY, base, target.attr, "delattr", node.lineno)

    def _assert(self, node: ast.Assert) -> None:
        self.test(node.test)
        self.narrow(node.test)

    def _global(self, node: ast.Global | ast.Nonlocal) -> None:
        if self.scope.facts.kind != ScopeKind.MODULE:
            self.scope.outer_names.update(node.names)
            if isinstance(node, ast.Global):
                self.scope.global_names.update(node.names)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            # ``import a.b`` binds ``a``; with ``as`` it binds the submodule.
            whole = self.emit(Op.IMPORT, 0, alias.name, self.only_types, node.lineno)
            if alias.asname:
                self.scope.assign(alias.asname, whole)
            else:
                first = alias.name.partition(".")[0]
                top = self.emit(Op.IMPORT, 0, first, self.only_types, node.lineno) if first != alias.name else whole
                self.scope.assign(first, top)

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        for alias in node.names:
            if alias.name == "*":
                self.scope.ops.append([Op.IMPORT_STAR, node.level, module, node.lineno])
            else:
                ref = self.emit(Op.FROM, node.level, module, alias.name, self.only_types, node.lineno)
                self.scope.assign(alias.asname or alias.name, ref)

    _STATEMENTS: ClassVar[dict[type[ast.stmt], Callable[[Any, Any], None]]] = {
        ast.Expr: _expression,
        ast.Assign: _assign,
        ast.AnnAssign: _annotated_assign,
        ast.AugAssign: _augmented_assign,
        ast.FunctionDef: BranchVisitor.function,
        ast.AsyncFunctionDef: BranchVisitor.function,
        ast.ClassDef: BranchVisitor.class_,
        ast.Return: _return,
        ast.Delete: _delete,
        ast.For: BranchVisitor.for_,
        ast.AsyncFor: BranchVisitor.for_,
        ast.While: BranchVisitor.while_,
        ast.If: BranchVisitor.if_,
        ast.With: BranchVisitor.with_,
        ast.AsyncWith: BranchVisitor.with_,
        ast.Raise: _raise,
        ast.Try: BranchVisitor.try_,
        ast.TryStar: BranchVisitor.try_,
        ast.Assert: _assert,
        ast.Import: _import,
        ast.ImportFrom: _import_from,
        ast.Global: _global,
        ast.Nonlocal: _global,
        ast.Match: BranchVisitor.match_,
        ast.Break: _stop,
        ast.Continue: _stop,
    }
    if sys.version_info >= (3, 12):
        _STATEMENTS[ast.TypeAlias] = _type_alias


def _is_shown(produced: dict[Any, list[Any]], ref: Ref) -> bool:
    """Whether a ref is a function or a class by its name, or an object that a class makes."""
    operation = produced.get(ref) if type(ref) is int else None
    if operation is not None and operation[0] == Op.CALL:
        made = produced.get(operation[2])
        return made is not None and (
            made[0] in (Op.CLASS, Op.DECORATE) or (made[0] == Op.FROM and made[4][:1].isupper())
        )
    return operation is not None and operation[0] in _DEFINING


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What is assigned to what; ``first, second = "/a", "/b"`` are two assignments."""
    parts, values = getattr(target, "elts", None), getattr(value, "elts", None)
    in_rows = isinstance(target, _SEQUENCES) and isinstance(value, _SEQUENCES) and len(parts or ()) == len(values or ())
    if not in_rows or any(isinstance(each, ast.Starred) for each in (*(parts or ()), *(values or ()))):
        yield target, value
        return
    for part, given in zip(parts or (), values or (), strict=True):
        yield from _pairs(part, given)


def _is_constant(targets: list[ast.expr]) -> bool:
    """Whether names are written like those of constants."""
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return len(names) < len(targets) or any(name.isupper() or name.startswith("__") for name in names)
