"""Which lines of a function run only for some values of an argument: ``if commit: session.commit()``."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
"""What ends a block: nothing behind it runs."""

_TRUE, _FALSE, _NONE, _NOT_NONE = "FN", "T", "TF", "N"
"""The constants with which a test does not come out so: of ``True``, ``False`` and ``None`` the first letters."""

ALONE = "!"
"""Said with those constants where nothing else is asked: for the others the lines do run."""

Switch = tuple[str, str]
"""A name, and the constants for which the lines do not run."""


def switches(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[list[int | str]]:
    """``[first line, last line, name, constants for which they do not run]``, of names of parameters that nothing else is bound to.

    What a function takes as ``**kwargs`` counts where it asks for it by a constant name, at once or by the only name that it binds
    to that: ``commit = kwargs.pop("commit", True)``.
    """
    arguments = node.args
    names = {a.arg: a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    rest = arguments.kwarg.arg if arguments.kwarg is not None else ""
    if not names and not rest:
        return []
    taken = dict(_taken_out(node.body, rest)) if rest else {}
    found = list(_of_body(node.body, {**names, **taken}, rest))
    if found:
        walked = (inner for statement in node.body for inner in ast.walk(statement))
        bound = Counter(n.id for n in walked if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load))
        rest = "" if bound[rest] else rest
        sure = {name: name for name in names if not bound[name]}
        sure |= {name: asked for name, asked in taken.items() if rest and bound[name] == 1}
        if len(sure) < len(names) + len(taken) or (arguments.kwarg is not None and not rest):
            found = list(_of_body(node.body, sure, rest))
    return found


def made_unless_given(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[list[int | str]]:
    """``[first line, last line, name]`` of what makes an argument where it is not given: ``if not session: session = Session()``."""
    arguments = node.args
    names = {a.arg: a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    found: list[list[int | str]] = []
    for statement in node.body if names else ():
        if isinstance(statement, ast.If):
            for name, without in _decided(statement.test, names, "", outcome=True):
                if without in (_NONE, _FALSE) and name in _bound(statement.body):
                    found += lines_of(statement.body, [(name, without)])
    return [[first, last, name] for first, last, name, _ in found]


def _bound(body: list[ast.stmt]) -> set[str]:
    walked = (inner for statement in body for inner in ast.walk(statement))
    return {n.id for n in walked if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _taken_out(body: list[ast.stmt], rest: str) -> Iterator[Switch]:
    """The names that are bound to one of the further arguments, each with the argument's."""
    for statement in _statements(body):
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=value)
            ):
                asked = _asked(value, {}, rest) if value is not None else ""
                if asked:
                    yield name, asked


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    blocks = [body]
    for block in blocks:
        for statement in block:
            blocks += inner_blocks(statement)
            yield statement


def _of_body(body: list[ast.stmt], names: Mapping[str, str], rest: str) -> Iterator[list[int | str]]:
    blocks = [body]
    for block in blocks:
        for place, statement in enumerate(block):
            blocks += inner_blocks(statement)
            if not isinstance(statement, ast.If):
                yield from _of_value(statement, names, rest)
                continue
            yes = list(_decided(statement.test, names, rest, outcome=True))
            no = list(_decided(statement.test, names, rest, outcome=False))
            alone = ALONE if len(yes) == len(no) == 1 and not _is_of_several(statement.test) else ""
            yield from lines_of(statement.body, yes, alone)
            yield from lines_of(statement.orelse, no, alone)
            if isinstance(statement.body[-1], LEAVING):
                yield from lines_of(block[place + 1 :], no)
            elif statement.orelse and isinstance(statement.orelse[-1], LEAVING):
                yield from lines_of(block[place + 1 :], yes)


def _of_value(statement: ast.stmt, names: Mapping[str, str], rest: str) -> Iterator[list[int | str]]:
    """``commit and session.commit()``, ``session.commit() if commit else None``: nothing else happens on these lines."""
    match statement:
        case ast.Expr(value=value) | ast.Return(value=value) | ast.Assign(targets=[ast.Name()], value=value):
            match value:
                case ast.BoolOp(op=operator, values=[ast.Name() as test, then]):
                    yield from lines_of(
                        [then], list(_decided(test, names, rest, outcome=isinstance(operator, ast.And)))
                    )
                case ast.IfExp(test=test, body=body, orelse=ast.Constant() | ast.Name()):
                    yield from lines_of([body], list(_decided(test, names, rest, outcome=True)))
                case ast.IfExp(test=test, body=ast.Constant() | ast.Name(), orelse=orelse):
                    yield from lines_of([orelse], list(_decided(test, names, rest, outcome=False)))


def inner_blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of a statement that has some."""
    match statement:
        case ast.If() | ast.For() | ast.AsyncFor() | ast.While():
            yield from (statement.body, statement.orelse)
        case ast.With() | ast.AsyncWith():
            yield statement.body
        case ast.Try() | ast.TryStar():
            yield from (statement.body, statement.orelse, statement.finalbody)
            yield from (handler.body for handler in statement.handlers)
        case ast.Match():
            yield from (case.body for case in statement.cases)


def lines_of(
    block: Sequence[ast.stmt | ast.expr], decided: Sequence[Switch], alone: str = ""
) -> Iterator[list[int | str]]:
    for name, without in decided if block else ():
        yield [block[0].lineno, block[-1].end_lineno or block[-1].lineno, name, without + alone]


def _is_of_several(test: ast.expr) -> bool:
    """Whether a test asks for more than one thing."""
    return any(isinstance(inner, ast.BoolOp) for inner in ast.walk(test))


def _decided(test: ast.expr, names: Mapping[str, str], rest: str, *, outcome: bool) -> Iterator[Switch]:
    """What is certain of arguments where a test has come out true, or false."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _decided(operand, names, rest, outcome=not outcome)
        case ast.BoolOp(op=operator, values=values):
            if isinstance(operator, ast.And) is outcome:
                for value in values:
                    yield from _decided(value, names, rest, outcome=outcome)
        case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot()], comparators=[ast.Constant(value=None)]):
            name = _asked(left, names, rest)
            if name:
                yield name, _NONE if isinstance(test.ops[0], ast.Is) is outcome else _NOT_NONE
        case ast.Call(func=ast.Name(id="isinstance"), args=[of, _]):
            name = _asked(of, names, rest)
            if name and outcome:
                yield name, _NOT_NONE
        case _:
            name = _asked(test, names, rest)
            if name:
                yield name, _TRUE if outcome else _FALSE


def decided_by(test: ast.expr, names: Iterable[str], *, outcome: bool) -> Iterator[Switch]:
    """What is certain of these arguments where a test has come out so."""
    return _decided(test, {name: name for name in names}, "", outcome=outcome)


def switches_inside(value: ast.expr | None, names: Iterable[str]) -> list[list[int | str]]:
    """The switches of the two branches of ``a if test else b``: what is on their lines as well need not be in that branch."""
    if not isinstance(value, ast.IfExp):
        return []
    branches = ((True, value.body), (False, value.orelse))
    of_each = (lines_of([part], list(decided_by(value.test, names, outcome=outcome))) for outcome, part in branches)
    return [switch for found in of_each for switch in found]


def _asked(value: ast.expr, names: Mapping[str, str], rest: str) -> str:
    """The argument that an expression is; empty for anything else."""
    match value:
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.Subscript(value=ast.Name(id=of), slice=ast.Constant(value=str(name))) if of == rest:
            return name
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=of), attr="get" | "pop"), args=[ast.Constant(value=str(name)), *_]
        ):
            return name if of == rest else ""
    return ""
