"""Which results a decorator has when it stands alone (``@logged``), and which when it is called first (``@logged(to=file)``).

``if len(args) == 1 and callable(args[0]): return decorate(args[0])`` is what a function that it stands above gets; what is behind
that is for who gives options. ``if isinstance(name, str)`` asks the other way round, and ``inspect.isgeneratorfunction(function)``
which kind of function it stands above.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from decompose.facts.switches import LEAVING, Switch, inner_blocks, lines_of

MARK = "@"
"""Before the name of the parameter that is asked whether it is what is decorated, in place of a name alone."""

ANY, COROUTINE, GENERATOR, GENERATING_COROUTINE, ORDINARY = "C", "k", "g", "y", "p"
NOTHING, TEXT, OTHER = "A", "S", "O"
"""What may be given for it: something that can be called, of what kind ever, or a function of one of the four kinds; nothing at all,
text, another constant that cannot be called.
"""

DECORATED = ANY + COROUTINE + GENERATOR + GENERATING_COROUTINE + ORDINARY
PLAIN = TEXT + OTHER

_ASKED = {
    "callable": DECORATED,
    "isfunction": DECORATED,
    "iscoroutinefunction": ANY + COROUTINE,
    "isgeneratorfunction": ANY + GENERATOR,
    "isasyncgenfunction": ANY + GENERATING_COROUTINE,
}
"""What is asked of an argument -> what may have been given where that is so."""

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
    if arguments.vararg is None and not _makes_functions(node.body):
        return set(), set()
    rest = {a.arg for a in (arguments.vararg, arguments.kwarg) if a}
    walked = (inner for statement in node.body for inner in ast.walk(statement))
    bound = {n.id for n in walked if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    names = rest.union(a.arg for a in (*arguments.posonlyargs, *arguments.args))
    return names - bound, rest - bound


def _makes_functions(body: list[ast.stmt]) -> bool:
    """Whether functions are written in a body, on whatever branch."""
    blocks = [body]
    for block in blocks:
        for statement in block:
            if isinstance(statement, _Function):
                return True
            if isinstance(statement, (ast.If, ast.Try)):
                blocks += inner_blocks(statement)
    return False


def told_by(test: ast.expr, names: Collection[str], rest: Collection[str], *, outcome: bool) -> _Told:
    """The parameter that a test asks for what is decorated, with what it is not where the test has come out so."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from told_by(test.operand, names, rest, outcome=not outcome)
        return
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    asked = [(name, given) for part in parts for name, given in [_asked_of(part)] if name in names]
    if len(asked) == 1 and all(_asked_of(part)[0] in names or _counts(part, rest) for part in parts):
        name, given = asked[0]
        yield MARK + name, _others(given) if outcome else _certain(given)
    elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) and outcome:
        for part in parts:
            yield from told_by(part, names, rest, outcome=True)


def _others(given: str) -> str:
    """What was not given, if ``given`` is all that may have been."""
    return "".join(letter for letter in DECORATED + NOTHING + PLAIN if letter not in given)


def _certain(given: str) -> str:
    """What was not given where a test for ``given`` has come out false: of a function of whatever kind that tells nothing."""
    return given if given == DECORATED else given.replace(ANY, "")


def _asked_of(test: ast.expr) -> tuple[str, str]:
    """The parameter that ``callable(function)``, or ``callable(args[0])``, asks about, and what is given where that is so."""
    match test:
        case (
            ast.Call(func=ast.Name(id=asked) | ast.Attribute(attr=asked), args=[ast.Name(id=name)], keywords=[])
            | ast.Call(
                func=ast.Name(id=asked),
                args=[ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=0))],
                keywords=[],
            )
        ) if asked in _ASKED:
            return name, _ASKED[asked]
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), ast.Name(id="str")]):
            return name, TEXT
    return "", ""


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
