"""Syntax newer than the running interpreter -> older syntax with the same meaning for us, on the same lines.

Type parameters become ``Generic`` bases (classes) or vanish (functions), ``type X = Y`` becomes ``X = Y``, strings
that reuse their own quotes inside replacement fields become ``"...".format(...)``, template strings become
formatted ones, and exceptions listed without parentheses get them.
"""

from __future__ import annotations

import re

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

Edit = tuple[int, int, str]


def lower(text: str) -> str | None:
    """The lowered text, or None when libcst cannot read it either."""
    try:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        collector = _Edits(text)
        wrapper.visit(collector)
    except (cst.ParserSyntaxError, RecursionError, ValueError, TypeError):
        return None
    if not collector.edits:
        return None
    for start, end, replacement in sorted(collector.edits, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text


class _Edits(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.edits: list[Edit] = []
        # Not splitlines(), which breaks lines at more characters than Python does.
        self.starts = [0, *(end.end() for end in re.finditer(r"\r\n|\r|\n", text))]

    def _span(self, node: cst.CSTNode) -> tuple[int, int]:
        place = self.get_metadata(PositionProvider, node)
        assert isinstance(place, CodeRange)
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

    def visit_ClassDef(self, node: cst.ClassDef) -> None:  # noqa: N802 - libcst's name
        if node.type_parameters is None:
            return
        start, end = self._span(node.type_parameters)
        names = ", ".join(parameter.param.name.value for parameter in node.type_parameters.params)
        generic = f"Generic[{names}]"
        lines = self._newlines(start, end)
        if node.bases or node.keywords:
            opening = self.text.index("(", end) + 1
            self.edits.append((start, opening, f"({lines}{self._newlines(end, opening)}"))
            last = self._span(node.bases[-1])[1] if node.bases else opening
            joined = f", {generic}" if node.bases else f"{generic}, "
            self.edits.append((last, last, joined))
        else:
            # ``class A[T]():`` has parentheses although it has no bases.
            rest = self.text[end : self.text.index(":", end)]
            self.edits.append((start, end + len(rest.rstrip()), f"({lines}{generic})"))

    def visit_TypeAlias(self, node: cst.TypeAlias) -> bool:  # noqa: N802 - libcst's name
        start, _ = self._span(node)
        # Not where the value begins: to libcst, parentheses around it are no part of it.
        value_start = self.text.index("=", self._span(node.type_parameters or node.name)[1]) + 1
        left = f"{node.name.value} = "
        self.edits.append((start, value_start, left + ("\\\n" * self.text.count("\n", start, value_start))))
        return False

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
        fields: list[str] = []
        literal: list[str] = []
        newer = is_template
        quote = source.lstrip("rRfFtTbBuU")[:1]
        triple = source.lstrip("rRfFtTbBuU")[:3] == quote * 3
        for part in getattr(node, "parts", ()):
            if hasattr(part, "expression"):
                code = self.text[slice(*self._span(part.expression))]
                newer = newer or "\\" in code or "#" in code or (quote in code if not triple else quote * 3 in code)
                newer = newer or (not triple and "\n" in source)
                fields.append(code)
                literal.append("{}")
            else:
                literal.append(part.value.replace("\n", " "))
        if not newer:
            return True
        body = "".join(literal)
        missing = source.count("\n") - sum(code.count("\n") for code in fields)
        arguments = ", ".join(f"({code})" for code in fields)
        raw = source[: len(source) - len(source.lstrip("rRfFtTbBuU"))].lower().replace("f", "").replace("t", "")
        self.edits.append((start, end, f"({raw}{quote}{body}{quote}.format({arguments}{chr(10) * missing}))"))
        return False
