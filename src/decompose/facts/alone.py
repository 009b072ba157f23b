"""Which results a decorator has when it stands alone (``@logged``), and which when it is called first (``@logged(to=file)``).

``if len(args) == 1 and callable(args[0]): return decorate(args[0])`` is what a function that it stands above gets; what is behind
that is for who gives options.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from decompose.facts.switches import LEAVING, Switch, inner_blocks, lines_of

MARK = "@"
"""Before the name of the parameter that is asked whether it is what is decorated, in place of a name alone."""

DECORATED, NOTHING, PLAIN = "C", "A", "S"
"""What may be given for it: something that can be called, nothing at all, a constant that cannot be called."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Told = Iterator[Switch]


def alone(node: _Function) -> list[list[int | str]]:
    """``[first line, last line, MARK + parameter, what is not given where these lines run]``."""
    names, rest = _asked_for(node)
    if not names:
        return []
    found: list[list[int | str]] = []
    blocks = [node.body]
    for block in blocks:
        for place, statement in enumerate(block):
            blocks += inner_blocks(statement)
            if isinstance(statement, ast.If):
                yes, no = (list(told_by(statement.test, names, rest, outcome=outcome)) for outcome in (True, False))
                found += [*lines_of(statement.body, yes), *lines_of(statement.orelse, no)]
                if isinstance(statement.body[-1], LEAVING):
                    found += lines_of(block[place + 1 :], no)
                elif statement.orelse and isinstance(statement.orelse[-1], LEAVING):
                    found += lines_of(block[place + 1 :], yes)
    return found


def _asked_for(node: _Function) -> tuple[set[str], set[str]]:
    """The parameters of what may be a decorator, and those of them that take any number, if nothing else is bound to them."""
    arguments = node.args
    if arguments.vararg is None and not any(isinstance(statement, _Function) for statement in node.body):
        return set(), set()
    rest = {a.arg for a in (arguments.vararg, arguments.kwarg) if a}
    walked = (inner for statement in node.body for inner in ast.walk(statement))
    bound = {n.id for n in walked if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    names = rest.union(a.arg for a in (*arguments.posonlyargs, *arguments.args))
    return names - bound, rest - bound


def told_by(test: ast.expr, names: Collection[str], rest: Collection[str], *, outcome: bool) -> _Told:
    """The parameter that a test asks for what is decorated, with what it is not where the test has come out so."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from told_by(test.operand, names, rest, outcome=not outcome)
        return
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    called = {name for part in parts if (name := _is_called(part)) in names}
    if len(called) == 1 and all(_is_called(part) in names or _counts(part, rest) for part in parts):
        yield MARK + called.pop(), NOTHING + PLAIN if outcome else DECORATED
    elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) and outcome:
        for part in parts:
            yield from told_by(part, names, rest, outcome=True)


def _is_called(test: ast.expr) -> str:
    """The parameter that ``callable(function)``, or ``callable(args[0])``, asks about; empty for anything else."""
    match test:
        case ast.Call(func=ast.Name(id="callable"), args=[ast.Name(id=name)]):
            return name
        case ast.Call(
            func=ast.Name(id="callable"), args=[ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=0))]
        ):
            return name
    return ""


def _counts(test: ast.expr, names: Collection[str]) -> bool:
    """Whether a test asks of arguments only that there is one, or that there are no others: ``len(args) == 1``, ``not options``."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)) | ast.Name(id=name):
            return name in names
        case ast.Compare(
            left=ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]),
            ops=[ast.Eq() | ast.Gt() | ast.GtE()],
            comparators=[ast.Constant(value=0 | 1)],
        ):
            return name in names
    return False
