"""Type parameters -> type variables of the module, each under a name of its own.

``class Repository[T: Row]`` means what ``T = TypeVar("T", bound=Row)`` and ``Generic[T]`` mean, but for this class only:
``T`` is called ``Repository.T`` wherever it stands in the class.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_PARAMETERS = re.compile(rb"\b(?:class|def|type)\s+\w+\s*\[")

TYPING = "typing."
"""The name under which the module `typing` is looked for: none that a program can bind."""


class TypeVariable(NamedTuple):
    """A type variable, and what is assumed of it where nothing tells more."""

    name: str
    assumed: ast.expr | None


def has_type_parameters(content: bytes) -> bool:
    """Whether there may be type parameters in a file."""
    return _PARAMETERS.search(content) is not None


def name_apart(tree: ast.Module) -> Iterator[TypeVariable]:
    """Rename the type parameters in ``tree`` and the places where they are meant; gives them under their new names.

    Classes with type parameters get the base ``typing.Generic``.
    """
    found = list(_generic(tree))
    for node, name in reversed(found):  # the inner ones first: their names hide those of the outer ones
        names = {parameter.name: f"{name}.{parameter.name}" for parameter in _parameters(node)}
        for part in (node, *filter(None, map(_assumed, _parameters(node)))):
            for inner in ast.walk(part):
                if isinstance(inner, ast.Name) and inner.id in names:
                    inner.id = names[inner.id]
        if isinstance(node, ast.ClassDef):
            node.bases.append(_generic_base(list(names.values()), node))
    for node, name in found:
        for parameter in _parameters(node):
            yield TypeVariable(f"{name}.{parameter.name}", _assumed(parameter))


def _parameters(node: ast.AST) -> list[Any]:
    return getattr(node, "type_params", None) or []


def _assumed(parameter: Any) -> ast.expr | None:
    found: ast.expr | None = getattr(parameter, "default_value", None) or getattr(parameter, "bound", None)
    return found


def _generic(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """What has type parameters, with its qualified name; outer ones first."""
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    for node, outer in waiting:
        if _parameters(node):
            yield node, outer
        for inner in ast.iter_child_nodes(node):
            own = _own_name(inner) if isinstance(inner, ast.stmt) else ""
            waiting.append((inner, f"{outer}.{own}" if outer and own else own or outer))


def _own_name(node: ast.stmt) -> str:
    name = getattr(node, "name", None)
    if name is None and isinstance(node, ast.Assign) and _parameters(node):
        name = node.targets[0]
    return name.id if isinstance(name, ast.Name) else name or ""


def _generic_base(names: list[str], node: ast.ClassDef) -> ast.expr:
    variables: list[ast.expr] = [ast.Name(name, ast.Load()) for name in names]
    generic = ast.Attribute(ast.Name(TYPING, ast.Load()), "Generic", ast.Load())
    base = ast.Subscript(generic, ast.Tuple(variables, ast.Load()), ast.Load())
    return ast.fix_missing_locations(ast.copy_location(base, node))
