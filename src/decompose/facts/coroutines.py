"""Which functions inside a decorator are made for coroutine functions only, or for all others only.

``return around_async if inspect.iscoroutinefunction(function) else around``: what it decorates tells which of them there is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from decompose.facts.switches import LEAVING

Decided = tuple[str, bool] | None
"""A parameter, and whether it is a coroutine function here; None where that is not asked."""

_TEST = "iscoroutinefunction"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def made_for(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[int, tuple[str, bool]]:
    """The line of each function inside that there is for one kind of argument only -> the parameter, and whether it is a coroutine function."""
    if not any(_is_test(inner) for inner in ast.walk(node)):
        return {}
    walked = _Walk(node)
    walked.block(node.body, None)
    return dict(walked.found())


def _is_test(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Name()], keywords=[]):
            return name == _TEST
    return False


class _Walk:
    """Where the functions inside a function are written and named, and what is certain of its parameters there."""

    def __init__(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = node.args
        names = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        bound = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)]
        self.parameters = names.difference(bound)
        self.answers = {name: about for name, about in _answers(node.body) if bound.count(name) == 1}
        self.written: list[tuple[str, int, Decided]] = []
        self.named: dict[str, set[Decided]] = {}

    def found(self) -> Iterator[tuple[int, tuple[str, bool]]]:
        """The functions of which it is certain, by where they are written, or else by all places that name them."""
        names = [name for name, _, _ in self.written]
        for name, line, decided in self.written:
            places = self.named.get(name, {None}) if names.count(name) == 1 else {None}
            there = decided or (places.pop() if len(places) == 1 else None)
            if there is not None:
                yield line, there

    def block(self, body: Sequence[ast.stmt], decided: Decided) -> None:
        for statement in body:
            if isinstance(statement, _FUNCTIONS):
                self.written.append((statement.name, statement.lineno, decided))
                self._names_in(statement, None)
            elif isinstance(statement, ast.If):
                yes, no = (self._decided(statement.test, outcome=outcome) or decided for outcome in (True, False))
                self._names_in(statement.test, decided)
                self.block(statement.body, yes)
                self.block(statement.orelse, no)
                if isinstance(statement.body[-1], LEAVING):
                    decided = no
                elif statement.orelse and isinstance(statement.orelse[-1], LEAVING):
                    decided = yes
            else:
                self._inside(statement, decided)

    def _inside(self, node: ast.AST, decided: Decided) -> None:
        """A statement with statements in it, or an expression."""
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                self.block(value, decided)
                continue
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, (ast.ExceptHandler, ast.match_case, ast.withitem)):
                    self._inside(part, decided)
                elif isinstance(part, ast.AST):
                    self._names_in(part, decided)

    def _names_in(self, node: ast.AST, decided: Decided) -> None:
        if isinstance(node, ast.IfExp):
            self._names_in(node.test, decided)
            self._names_in(node.body, self._decided(node.test, outcome=True) or decided)
            self._names_in(node.orelse, self._decided(node.test, outcome=False) or decided)
        elif isinstance(node, ast.Name):
            self.named.setdefault(node.id, set()).add(decided)
        else:
            for part in ast.iter_child_nodes(node):
                self._names_in(part, decided)

    def _decided(self, test: ast.expr, *, outcome: bool) -> Decided:
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._decided(operand, outcome=not outcome)
            case ast.BoolOp(op=operator, values=values) if isinstance(operator, ast.And) is outcome:
                return next(filter(None, (self._decided(value, outcome=outcome) for value in values)), None)
            case ast.Name(id=name) if name in self.answers and self.answers[name] in self.parameters:
                return self.answers[name], outcome
            case ast.Call(args=[ast.Name(id=name)]) if _is_test(test) and name in self.parameters:
                return name, outcome
        return None


def _answers(body: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    """``is_async = iscoroutinefunction(function)``: the name of the answer, and of what is asked."""
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[ast.Name(id=about)]) as test):
                if _is_test(test):
                    yield name, about
