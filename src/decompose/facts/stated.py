"""Names of code that the constants of a module state as texts: ``MIDDLEWARE = ("shop.web.Timed",)``, with their lines."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Any

_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+").fullmatch
_AROUND = (ast.If, ast.Try, ast.With)


def stated(body: Iterable[ast.stmt]) -> list[list[Any]]:
    """``[text, line]`` of the dotted names in what a module gives to names in capitals, or adds to these; each once."""
    found: dict[str, int] = {}
    for value in _values(body):
        if type(value) is ast.Constant:
            _note(value, found)
        elif not isinstance(value, ast.Name):
            for node in ast.walk(value):
                if type(node) is ast.Constant:
                    _note(node, found)
    return [[text, line] for text, line in found.items()]


def _note(node: ast.Constant, found: dict[str, int]) -> None:
    if isinstance(node.value, str) and _DOTTED(node.value):
        found.setdefault(node.value, node.lineno)


def _values(body: Iterable[ast.stmt]) -> Iterator[ast.expr]:
    stack = [iter(body)]
    while stack:
        for statement in stack[-1]:
            if isinstance(statement, _AROUND):
                stack.append(child for child in ast.iter_child_nodes(statement) if isinstance(child, ast.stmt))
                break
            yield from _given(statement)
        else:
            stack.pop()


def _given(statement: ast.stmt) -> Iterator[ast.expr]:
    if isinstance(statement, ast.Assign):
        if any(_is_constant(target) for target in statement.targets):
            yield statement.value
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        if statement.value is not None and _is_constant(statement.target):
            yield statement.value
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        called = statement.value.func
        if isinstance(called, ast.Attribute) and _is_constant(called.value):
            yield from statement.value.args


def _is_constant(target: ast.expr) -> bool:
    while isinstance(target, ast.Subscript):
        target = target.value
    return isinstance(target, ast.Name) and target.id.isupper()
