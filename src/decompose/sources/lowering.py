"""Syntax newer than the running interpreter -> the tree that a newer one makes of it, on the same lines.

The text is lowered first to older syntax that is as long in lines: type parameters vanish, ``type X = Y`` becomes
``X = Y``, what stands in the braces of a string that older interpreters cannot read becomes a name, template strings become
formatted ones, and exceptions listed without parentheses get them. Into the tree of the lowered text goes what was taken
out: type parameters where newer interpreters have them, and the expressions that stood in strings.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

Edit = tuple[int, int, str]
_MAX_STRINGS_INSIDE_STRINGS = 6


class TypeParameter(NamedTuple):
    """``T: bound = default_value``, with the names of `ast.TypeVar`."""

    name: str
    bound: ast.expr | None
    default_value: ast.expr | None


class _Field(NamedTuple):
    """What stands in the braces of a string."""

    code: str
    line: int


def parse_newer(text: str) -> ast.Module | None:
    """The tree of a whole file, or None where libcst cannot read it either, or it is not newer syntax that is wrong."""
    try:
        return _tree(text, 0)
    except (cst.ParserSyntaxError, SyntaxError, ValueError, RecursionError, MemoryError, TypeError):
        return None


def _tree(text: str, depth: int) -> ast.Module:
    if depth > _MAX_STRINGS_INSIDE_STRINGS:
        raise RecursionError
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    found = _Newer(text)
    wrapper.visit(found)
    if not found.edits:
        raise SyntaxError
    for start, end, replacement in sorted(found.edits, reverse=True):
        text = text[:start] + replacement + text[end:]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue):
            if isinstance(node.value, ast.Name) and node.value.id in found.fields:
                node.value = _expression(found.fields[node.value.id], depth)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign):
            parameters = found.parameters.get((node.lineno, _name_of(node)))
            if parameters is not None:
                node.type_params = parameters  # type: ignore[union-attr]
    return tree


def _name_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign) -> str:
    if not isinstance(node, ast.Assign):
        return node.name
    return node.targets[0].id if isinstance(node.targets[0], ast.Name) else ""


def _expression(field: _Field, depth: int) -> ast.expr:
    """The expression in the braces of a string, which may be newer syntax again."""
    text = f"({field.code}\n)"
    try:
        tree = ast.parse(text)
    except SyntaxError:
        tree = _tree(text, depth + 1)
    match tree.body:
        case [ast.Expr() as statement]:
            return ast.increment_lineno(statement, field.line - 1).value
    raise SyntaxError


class _Newer(cst.CSTVisitor):
    """Collects the edits that lower the text, and what they take out of it."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.edits: list[Edit] = []
        self.fields: dict[str, _Field] = {}
        """The name that stands for it -> what stood in the braces."""
        self.parameters: dict[tuple[int, str], list[TypeParameter]] = {}
        """Line and name of a class, function or alias -> its type parameters."""
        self._placeholder = "field_"
        while self._placeholder in text:
            self._placeholder += "_"
        # Not splitlines(), which breaks lines at more characters than Python does.
        self.starts = [0, *(end.end() for end in re.finditer(r"\r\n|\r|\n", text))]

    def _place(self, node: cst.CSTNode) -> CodeRange:
        place = self.get_metadata(PositionProvider, node)
        assert isinstance(place, CodeRange)
        return place

    def _span(self, node: cst.CSTNode) -> tuple[int, int]:
        place = self._place(node)
        return (
            self.starts[place.start.line - 1] + place.start.column,
            self.starts[place.end.line - 1] + place.end.column,
        )

    def _newlines(self, start: int, end: int) -> str:
        return "\n" * self.text.count("\n", start, end)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:  # noqa: N802 - libcst's name
        if node.type_parameters is not None:
            start, end = self._span(node.type_parameters)
            opening = self.text.index("(", end) + 1
            self.edits.append((start, opening, "(" + self._newlines(start, opening)))
            self._keep_parameters(node.name, node.type_parameters, self._place(node.name).start.line)

    def visit_ClassDef(self, node: cst.ClassDef) -> None:  # noqa: N802 - libcst's name
        if node.type_parameters is None:
            return
        start, end = self._span(node.type_parameters)
        self._keep_parameters(node.name, node.type_parameters, self._place(node.name).start.line)
        if node.bases or node.keywords:
            opening = self.text.index("(", end) + 1
            self.edits.append((start, opening, f"({self._newlines(start, opening)}"))
        else:
            # ``class A[T]():`` has parentheses although it has no bases.
            rest = self.text[end : self.text.index(":", end)]
            self.edits.append((start, end + len(rest.rstrip()), f"({self._newlines(start, end)})"))

    def visit_TypeAlias(self, node: cst.TypeAlias) -> bool:  # noqa: N802 - libcst's name
        start, _ = self._span(node)
        # Not where the value begins: to libcst, parentheses around it are no part of it.
        value_start = self.text.index("=", self._span(node.type_parameters or node.name)[1]) + 1
        left = f"{node.name.value} = "
        self.edits.append((start, value_start, left + ("\\\n" * self.text.count("\n", start, value_start))))
        if node.type_parameters is not None:
            self._keep_parameters(node.name, node.type_parameters, self._place(node).start.line)
        return False

    def _keep_parameters(self, name: cst.Name, parameters: cst.TypeParameters, line: int) -> None:
        self.parameters[line, name.value] = list(self._read_parameters(parameters.params))

    def _read_parameters(self, parameters: Sequence[cst.TypeParam]) -> Iterator[TypeParameter]:
        for parameter in parameters:
            bound = parameter.param.bound if isinstance(parameter.param, cst.TypeVar) else None
            yield TypeParameter(parameter.param.name.value, self._read(bound), self._read(parameter.default))

    def _read(self, node: cst.BaseExpression | None) -> ast.expr | None:
        if node is None:
            return None
        return _expression(_Field(self.text[slice(*self._span(node))], self._place(node).start.line), 0)

    def visit_ExceptStarHandler(self, node: cst.ExceptStarHandler) -> None:  # noqa: N802 - libcst's name
        self.visit_ExceptHandler(node)

    def visit_ExceptHandler(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> None:  # noqa: N802
        if isinstance(node.type, cst.Tuple) and not node.type.lpar:
            start, end = self._span(node.type)
            self.edits += [(start, start, "("), (end, end, ")")]

    def visit_FormattedString(self, node: cst.FormattedString) -> bool:  # noqa: N802 - libcst's name
        return self._formatted(node, is_template=False)

    def visit_TemplatedString(self, node: cst.CSTNode) -> bool:  # noqa: N802 - libcst's name
        return self._formatted(node, is_template=True)

    def _formatted(self, node: cst.CSTNode, *, is_template: bool) -> bool:
        start, end = self._span(node)
        source = self.text[start:end]
        prefix = source[: len(source) - len(source.lstrip("rRfFtT"))]
        quote = source[len(prefix)]
        triple = source.startswith(quote * 3, len(prefix))
        codes = [self.text[slice(*self._span(part))] for part in _fields_of(node)]
        older = triple or "\n" not in source
        if not is_template and older and not any(_is_newer(code, quote * (3 if triple else 1)) for code in codes):
            return True
        # Three quotes, for within them braces may hold line ends.
        body = "".join(self._part(part) for part in getattr(node, "parts", ()))
        missing = source.count("\n") - body.count("\n")
        body = body.replace("{" + self._placeholder, "{" + "\n" * missing + self._placeholder, 1)
        mark = prefix.replace("t", "f").replace("T", "f")
        self.edits.append((start, end, f"{mark}{quote * 3}{body}{quote * 3}"))
        return False

    def _part(self, part: cst.CSTNode) -> str:
        """One part of a string, with a name for what stands in its braces."""
        if not hasattr(part, "expression"):
            return str(getattr(part, "value", ""))
        name = f"{self._placeholder}{len(self.fields)}"
        place = self._place(part.expression)
        code = self.text[slice(*self._span(part.expression))]
        self.fields[name] = _Field(code, place.start.line)
        conversion, form = getattr(part, "conversion", None), getattr(part, "format_spec", None)
        shown = ""
        if getattr(part, "equal", None) is not None:
            shown = f"{code}=" if code.isidentifier() else ""
            conversion = conversion or ("r" if form is None else None)
        ending = f"!{conversion}" if conversion else ""
        if form is not None:
            ending += ":" + "".join(map(self._part, form))
        return f"{shown}{{{name}{ending}}}"


def _fields_of(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What stands in the braces of a string, also of those in the format of another."""
    for part in getattr(node, "parts", getattr(node, "format_spec", None) or ()):
        if hasattr(part, "expression"):
            yield part.expression
            yield from _fields_of(part)


def _is_newer(code: str, quote: str) -> bool:
    """Whether older interpreters cannot read ``code`` in the braces of a string with these quotes."""
    return "\\" in code or "#" in code or quote in code
