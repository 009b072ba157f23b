"""Annotations as small trees, strings inside them parsed too."""

from __future__ import annotations

import ast
import warnings
from typing import Any

Tree = list[Any]


def annotation_tree(node: ast.expr | None) -> Tree | None:
    """The tree of an annotation (layout in `ScopeFacts`), or None for what names no type."""
    match node:
        case ast.Name():
            return ["n", node.id]
        case ast.Attribute():
            base = annotation_tree(node.value)
            return ["a", base, node.attr] if base else None
        case ast.Constant(value=str(text)):
            return parse_annotation(text)
        case ast.Constant(value=None):
            return ["c", None]
        case ast.Subscript():
            base = annotation_tree(node.value)
            if base is None:
                return None
            if base[-1] == "Literal":
                return None
            index = node.slice
            arguments = index.elts if isinstance(index, ast.Tuple) else [index]
            read = _extra if base[-1] == "Annotated" else annotation_tree
            return ["s", base, [read(argument) or ["c", None] for argument in arguments]]
        case ast.BinOp(op=ast.BitOr()):
            sides = [annotation_tree(node.left), annotation_tree(node.right)]
            return ["u", [side for side in sides if side]]
        case ast.List() | ast.Tuple():
            return ["l", [annotation_tree(element) or ["c", None] for element in node.elts]]
        case ast.Starred():
            return annotation_tree(node.value)
    return None


def _extra(node: ast.expr) -> Tree | None:
    """An argument of ``Annotated``, which may be a call with names as arguments."""
    if not isinstance(node, ast.Call):
        return annotation_tree(node)
    function = annotation_tree(node.func)
    arguments = [annotation_tree(argument) or ["c", None] for argument in node.args]
    return ["k", function, arguments] if function else None


def parse_annotation(text: str) -> Tree | None:
    """The tree of an annotation that is written as a string."""
    return annotation_tree(parse_expression(text)) if len(text) <= 500 else None


def parse_expression(text: str) -> ast.expr | None:
    """The expression that stands in a string, or None for any other text; Python's warnings of it are nobody's business."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
