"""Elements of a container that are overwritten before anything can read them: they never count.

    HANDLERS = {"paid": old}
    HANDLERS["paid"] = new

Looked at are the statements right behind a literal, as long as they only store under constant keys, bind names or define
functions: nothing that could read the container, or leave the block, stands between.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

_PLAIN = (ast.Name, ast.Attribute)
_Path = tuple[Any, ...]


def drop_overwritten(body: Sequence[ast.stmt]) -> None:
    """Replace what is overwritten by ``None`` in the literals of a block."""
    for position, statement in enumerate(body[:-1] if len(body) > 1 else ()):
        if type(statement) is ast.Assign and type(statement.value) in (ast.Dict, ast.List):
            target = statement.targets[0]
            if len(statement.targets) == 1 and type(target) is ast.Name:
                _follow(target.id, statement.value, body[position + 1 :])


def _follow(name: str, literal: ast.expr, following: Sequence[ast.stmt]) -> None:
    for statement in following:
        paths = list(_stored(name, statement))
        for path in paths:
            _drop(literal, path)
        if not paths and not _is_harmless(name, statement):
            return


def _stored(name: str, statement: ast.stmt) -> Iterator[_Path]:
    """The constant keys that a statement stores under: several, one inside the other, for ``d["a"]["b"] = x``."""
    match statement:
        case ast.Assign(targets=[ast.Subscript() as target], value=value) if _is_plain(name, value):
            path: list[Any] = []
            inner: ast.expr = target
            while isinstance(inner, ast.Subscript) and isinstance(inner.slice, ast.Constant):
                path.insert(0, inner.slice.value)
                inner = inner.value
            if isinstance(inner, ast.Name) and inner.id == name:
                yield tuple(path)
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id=called), attr="update"), args=[ast.Dict() as given], keywords=[]
            )
        ) if called == name and all(_is_plain(name, value) for value in given.values):
            for key in given.keys:
                if isinstance(key, ast.Constant):
                    yield (key.value,)


def _is_harmless(name: str, statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass():
            return True
        case ast.FunctionDef(decorator_list=[], args=arguments):
            return not arguments.defaults and not any(arguments.kw_defaults)
        case ast.Assign(targets=[ast.Name(id=other)], value=value):
            return other != name and _is_plain(name, value)
    return False


def _is_plain(name: str, value: ast.expr) -> bool:
    """Whether an expression only names something, or is a literal of such, and does not mention the container."""
    if isinstance(value, ast.List | ast.Tuple):
        return all(_is_plain(name, element) for element in value.elts)
    while isinstance(value, ast.Attribute):
        value = value.value
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Name) and value.id != name)


def _drop(literal: ast.expr, path: _Path) -> None:
    for depth, key in enumerate(path):
        found = _position(literal, key)
        if found is None or not isinstance(literal, ast.Dict | ast.List):
            return
        elements = literal.values if isinstance(literal, ast.Dict) else literal.elts
        element = elements[found]
        if depth == len(path) - 1 and isinstance(element, _PLAIN):
            elements[found] = ast.copy_location(ast.Constant(None), element)
        literal = element


def _position(literal: ast.expr, key: Any) -> int | None:
    """Where a constant key stands in a literal, if it can be told."""
    if isinstance(literal, ast.Dict):
        if None in literal.keys:
            return None
        places = [at for at, k in enumerate(literal.keys) if isinstance(k, ast.Constant) and k.value == key]
        return places[0] if len(places) == 1 else None
    if isinstance(literal, ast.List) and type(key) is int and not any(isinstance(e, ast.Starred) for e in literal.elts):
        return key if 0 <= key < len(literal.elts) else None
    return None
