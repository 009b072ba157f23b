"""What a function asks of its arguments before anything else: of another class, nothing is done with them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from decompose.facts.annotations import Tree, annotation_tree

_LEAVING = (ast.Return, ast.Raise)
_TESTS_OF_CLASSES = frozenset({"isinstance", "issubclass"})
_Asked = Iterator[tuple[str, list[Tree]]]


def guards(body: Sequence[ast.stmt]) -> dict[str, list[Tree]]:
    """Names -> the classes that a function asks for at its beginning, and without which it leaves or does nothing.

    Told are annotation trees of what ``isinstance``, ``issubclass`` or a comparison names; not whether they are classes.
    """
    found: dict[str, list[Tree]] = {}
    for statement in body:
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom():
                continue
            case ast.If(test=test, body=[*_, last], orelse=[]) if isinstance(last, _LEAVING):
                found.update(_if_false(test))
            case ast.If(test=test, orelse=[]) if statement is body[-1]:
                found.update(_if_true(test))
            case _:
                break
    return found


def _if_true(test: ast.expr) -> _Asked:
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from _if_true(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _if_false(operand)
        case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=name), classes]) if function in _TESTS_OF_CLASSES:
            yield name, _trees(classes)
        case ast.Compare(left=ast.Name(id=name), ops=[ast.In() | ast.Eq() | ast.Is()], comparators=[classes]):
            yield name, _trees(classes)


def _if_false(test: ast.expr) -> _Asked:
    match test:
        case ast.BoolOp(op=ast.Or(), values=values):
            for value in values:
                yield from _if_false(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _if_true(operand)
        case ast.Compare(left=ast.Name(id=name), ops=[ast.NotIn() | ast.NotEq() | ast.IsNot()], comparators=[classes]):
            yield name, _trees(classes)


def _trees(classes: ast.expr) -> list[Tree]:
    """The trees of one class or of several; none, where one of them names nothing."""
    several = classes.elts if isinstance(classes, ast.Tuple | ast.List | ast.Set) else [classes]
    trees = [annotation_tree(one) if isinstance(one, ast.Name | ast.Attribute) else None for one in several]
    return [tree for tree in trees if tree] if all(trees) else []
