"""What must be true for the lines of a branch to run, as far as it is one thing with a name: ``if settings.DEBUG:``."""

from __future__ import annotations

import ast

from decompose.facts.definitions import last_name


def named_in(test: ast.expr, *, negated: bool = False) -> list[str]:
    """The names of everything that is true wherever ``test`` is true, or, if ``negated``, wherever it is false.

    The name of ``a.b.NAME``, ``config["NAME"]``, ``config.get("NAME")`` and ``getattr(settings, "NAME", False)`` is ``NAME``.
    """
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return named_in(operand, negated=not negated)
        case ast.BoolOp(op=operator, values=values):
            all_hold = isinstance(operator, ast.Or if negated else ast.And)
            return [name for value in values for name in named_in(value, negated=negated)] if all_hold else []
        case ast.Subscript(slice=ast.Constant(value=str(name))) if not negated:
            return [name]
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(name)), *_]) if not negated:
            return [name]
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(name)), *_]) if not negated:
            return [name]
        case ast.Name() | ast.Attribute() if not negated:
            return [last_name(test)]
    return []
