"""Text -> refs: strings put together in every way, with holes for what is not known."""

from __future__ import annotations

import ast
import re
from string import Formatter

from decompose.facts.annotations import parse_expression
from decompose.facts.emitting import Emitter
from decompose.facts.records import HOLE, Op, Ref

MAX_STRING = 20_000
_FORMAT_FIELD = re.compile(r"\{[^{}]*\}")
_FORMAT_NAME = re.compile(r"\{(\w*)[^{}]*\}")
_TEMPLATE_FIELD = re.compile(r"\$(?:\w+|\{\w+\})")
_TEMPLATE_NAME = re.compile(r"\$\{?(\w+)")
_FIELDS = {
    "format": (_FORMAT_FIELD, _FORMAT_NAME),
    "substitute": (_TEMPLATE_FIELD, _TEMPLATE_NAME),
    "safe_substitute": (_TEMPLATE_FIELD, _TEMPLATE_NAME),
}
"""Method by which wrapped text is filled -> its fields, and their names."""
_MAX_NAME = 80
_NAME_WITH_HOLES = re.compile(rf"[\w.:/|@#*<>{{}}{HOLE}-]+")
"""Keys, paths and topics have no blanks."""
_SQL_WORDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "MERGE", "REPLACE", "TRUNCATE", "COPY")
_GOES_ON = re.compile(
    rf"[(\s]*{HOLE}[)\s].*\b(?:WHERE|LIMIT|ORDER\s+BY|GROUP\s+BY|HAVING|UNION|JOIN|RETURNING|OFFSET|FOR\s+UPDATE)\b",
    re.IGNORECASE | re.DOTALL,
)
"""SQL text that goes on where text from elsewhere ends."""
_PERCENT_FIELD = re.compile(r"%(?:\(\w+\))?[-#0-9. +]*[sdifgrx]")
_PERCENT_NAME = re.compile(r"%\((\w+)\)[-#0-9. +]*[sdifgrx]")
_MAX_EVALUATED = 500
_OF_THE_SCOPE = (
    ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom,
)  # fmt: skip
_CONVERSIONS = {ord("r"): "repr", ord("s"): "str", ord("a"): "repr"}
_OF_PERCENT = {"s": "str", "r": "repr"}
"""Field of ``%`` -> how a value becomes text there: as a number it does not become one by its own method for that."""


class TextExpressions(Emitter):
    """Text in all its forms. What is put into the holes of SQL text, or of names, is kept beside it as its template."""

    def joined_string(self, node: ast.JoinedStr) -> Ref:
        parts = []
        holes: list[Ref] = []
        for value in node.values:
            ref = self.ref(value)
            parts.append(ref if isinstance(ref, str) else HOLE)
            if isinstance(ref, str):
                holes += self.scope.facts.templates.get(ref, [-1] * ref.count(HOLE))
            else:
                holes.append(ref)
        text = _put_together("", parts)
        if len(text) > MAX_STRING:
            return -1
        whole: Ref = -1
        for verb in self._verbs(holes[0]) if text[:1] == HOLE and text[1:2].isspace() else ():
            one = self._told_apart(verb + text[1:], holes[1:], node.lineno)
            whole = self.scope.join_refs(whole, one)
        return self._told_apart(text, holes, node.lineno) if whole == -1 else whole

    def _verbs(self, ref: Ref) -> list[str]:
        """The beginnings of statements that branches give a name, ``"DELETE FROM" if slow else "TRUNCATE"``; none where it may be more."""
        made = [op for op in self.scope.ops if op[1] == ref] if type(ref) is int else []
        texts = [op[2] for op in made if op[0] == Op.COPY and isinstance(op[2], str)]
        all_verbs = len(texts) == len(made) and all(text.upper().startswith(_SQL_WORDS) for text in texts)
        return texts if all_verbs else []

    def formatted(self, node: ast.FormattedValue) -> Ref:
        ref = self.ref(node.value)
        if type(ref) is int and ref >= 0:
            # Python 3.11 gives the braces the line on which the whole text begins, and only what is in them their own.
            self.emit(Op.BINARY, ref, -1, _CONVERSIONS.get(node.conversion, "format"), node.value.lineno)
        return ref

    def evaluated(self, node: ast.Call, text: Ref) -> Ref:
        """What the expression in ``eval("handler()")`` is; -1 where the text is not there, or is more than calls of names."""
        if not isinstance(text, str) or HOLE in text or len(text) > _MAX_EVALUATED:
            return -1
        tree = parse_expression(text)
        if tree is None:
            return -1
        for inner in ast.walk(tree):
            if isinstance(inner, _OF_THE_SCOPE):
                return -1
            if isinstance(inner, ast.expr | ast.keyword):
                ast.copy_location(inner, node)
        return self.ref(tree)

    def literal_method(self, node: ast.Call, function: ast.Attribute) -> Ref:
        """A method of a literal; ``"...".format(...)`` and ``", ".join([...])`` stay strings with holes."""
        arguments = [self.ref(argument) for argument in node.args]
        keywords = [[keyword.arg, self.ref(keyword.value)] for keyword in node.keywords]
        text = function.value.value if isinstance(function.value, ast.Constant) else self.ref(function.value)
        kind = self.scope.read(type(text).__name__)
        method = self.emit(Op.ATTRIBUTE, self.as_node(kind), function.attr, function.end_lineno)
        result = self.emit(Op.CALL, method, arguments, keywords, function.end_lineno)
        if not isinstance(text, str):
            return result
        if function.attr == "format":
            self._show_fields(text, arguments, dict(keywords), function.end_lineno or node.lineno)
            filled = _FORMAT_FIELD.sub(HOLE, text)
            if not keywords and "{}" in text:
                self._keep_template(filled, arguments)
            elif not (keywords and arguments):
                given = dict(keywords) if keywords else {str(at): ref for at, ref in enumerate(arguments)}
                self._keep_template(filled, [given.get(name, -1) for name in _FORMAT_NAME.findall(text)])
            return filled
        if function.attr == "join":
            parts = arguments[0][1] if arguments and isinstance(arguments[0], list) and arguments[0][0] == "c" else None
            if isinstance(parts, list) and all(isinstance(part, str) for part in parts):
                return _put_together(text, parts)
            return _put_together(text, self._pieces(arguments[0])) if arguments else HOLE
        if function.attr == "replace" and len(arguments) > 1:
            return self._replaced(text, arguments[0], arguments[1])
        if function.attr in ("strip", "lstrip", "rstrip", "dedent", "lower", "upper"):
            return text
        return result

    def _replaced(self, text: str, old: Ref, new: Ref) -> Ref:
        """``"... :table ...".replace(":table", table)``: the text, with holes where something that is not known stands then."""
        if not isinstance(old, str) or not old or HOLE in text:
            return text
        if isinstance(new, str) and HOLE not in new:
            return text.replace(old, new)[:MAX_STRING]
        filled = text.replace(old, HOLE)
        self._keep_template(filled, [-1 if isinstance(new, str) else new] * filled.count(HOLE))
        return filled

    def _pieces(self, listed: Ref) -> list[str]:
        """What a list of text that was made in this scope holds by now, in the order of the code; a hole for what is not known."""
        same = {listed} if type(listed) is int else set()
        pieces: list[str] = []
        for operation in reversed(self.scope.ops):
            if operation[0] == Op.COPY and operation[1] in same and type(operation[2]) is int:
                same.add(operation[2])
        methods: dict[int, str] = {}
        for operation in self.scope.ops:
            if operation[0] == Op.COPY and operation[1] in same and isinstance(operation[2], list):
                held = operation[2][1] if operation[2][0] == "c" else None
                pieces += [p if isinstance(p, str) else HOLE for p in held] if isinstance(held, list) else [HOLE]
            elif operation[0] == Op.CONTAINER and operation[1] in same:
                pieces += [part if isinstance(part, str) else HOLE for part in operation[3]]
            elif operation[0] == Op.ATTRIBUTE and operation[2] in same:
                methods[operation[1]] = operation[3]
            elif operation[0] == Op.CALL and methods.get(operation[2]) in ("append", "extend", "insert"):
                plain = methods[operation[2]] == "append" and operation[3] and isinstance(operation[3][0], str)
                pieces.append(operation[3][0] if plain else HOLE)
        return pieces or [HOLE]

    def wrapped_template(self, node: ast.Call, function: ast.expr) -> str:
        """``SQL("... {} ...").format(Identifier("orders"))``: SQL text that something wraps, with what fills it; else nothing.

        So is ``Template("... $table ...").substitute(table="orders")``.
        """
        if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Call):
            return ""
        field, name = _FIELDS.get(function.attr, (None, _FORMAT_NAME))
        if field is None:
            return ""
        wrapped = function.value.args
        text = wrapped[0].value if len(wrapped) == 1 and isinstance(wrapped[0], ast.Constant) else None
        if not isinstance(text, str) or not text[:40].lstrip(" \t\r\n(")[:8].upper().startswith(_SQL_WORDS):
            return ""
        filled = field.sub(HOLE, text)
        parts = [self._unwrapped(argument) for argument in node.args]
        given = {keyword.arg: self._unwrapped(keyword.value) for keyword in node.keywords}
        if not given and field is _FORMAT_FIELD:
            self._keep_template(filled, parts)
        elif not parts:
            self._keep_template(filled, [given.get(one, -1) for one in name.findall(text)])
        return filled

    def _unwrapped(self, part: ast.expr) -> Ref:
        """What a call around a name or around constants is given: ``Identifier(table)``, ``Identifier("public", "orders")``."""
        if not isinstance(part, ast.Call):
            return self._again(part)
        constants = [a.value for a in part.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if constants and len(constants) == len(part.args):
            return ".".join(constants)
        return self._again(part.args[0]) if len(part.args) == 1 else -1

    def joined(self, left: str, right: Ref, line: int) -> Ref:
        """``left + right``, with what is put into the holes of both."""
        text = (left + (right if isinstance(right, str) else HOLE))[:MAX_STRING]
        templates = self.scope.facts.templates
        if left in templates or (HOLE not in left and HOLE in text):
            more = templates.get(right, [-1] * right.count(HOLE)) if isinstance(right, str) else [right]
            return self._told_apart(text, [*templates.get(left, ()), *more], line)
        return text

    def show_filling(self, text: str, template: str, given: ast.expr, ref: Ref, line: int) -> None:
        """``template % given`` became ``text``: what is put into it becomes text, and is kept."""
        made = self.scope.ops[-1] if isinstance(given, ast.Tuple) and self.scope.ops else []
        parts = list(made[3]) if made and made[:2] == [Op.CONTAINER, ref] else [ref]
        fields = _PERCENT_FIELD.findall(template)
        for part, field in zip(parts, fields, strict=True) if len(parts) == len(fields) else ():
            self._show([part], _OF_PERCENT.get(field[-1], ""), line)
        if len(parts) != len(fields):
            self._show(parts, "str", line)
        alike = not isinstance(given, ast.Tuple | ast.Dict) or len(parts) == len(_filling(template, given))
        known = alike and not isinstance(given, ast.Dict)
        self._keep_template(text, parts if known else [self._again(part) for part in _filling(template, given)])

    def _told_apart(self, text: str, parts: list[Ref], line: int) -> Ref:
        """Text whose template is kept, unless the same text stands in this scope already with other parts in its holes.

        Then SQL has one blank more, which says nothing there, and a name is put together by operations: it is no text that is known.
        """
        kept = self.scope.facts.templates
        if kept.get(text, parts) == parts or len(parts) != text.count(HOLE):
            self._keep_template(text, parts)
            return text
        if not _NAME_WITH_HOLES.fullmatch(text):
            while kept.get(text, parts) != parts:
                text += " "
            self._keep_template(text, parts)
            return text
        pieces = text.split(HOLE)
        ref: Ref = pieces[0]
        for part, piece in zip(parts, pieces[1:], strict=True):
            ref = self.emit(Op.BINARY, ref, part, "add", line)
            ref = self.emit(Op.BINARY, ref, piece, "add", line) if piece else ref
        return ref

    def _keep_template(self, text: str, parts: list[Ref]) -> None:
        """Remember what is put into the holes of text that is or goes on like SQL, or that may be a name."""
        if len(parts) == text.count(HOLE) and (
            text[:40].lstrip(" \t\r\n(")[:8].upper().startswith(_SQL_WORDS)
            or (len(text) <= _MAX_NAME and _NAME_WITH_HOLES.fullmatch(text))
            or _GOES_ON.match(text)
        ):
            self.scope.facts.templates.setdefault(text, parts)

    def _show(self, refs: list[Ref], how: str, line: int) -> None:
        """Values become text."""
        for ref in refs:
            if how and type(ref) is int and ref >= 0:
                self.emit(Op.BINARY, ref, -1, how, line)

    def _show_fields(self, text: str, arguments: list[Ref], named: dict[str | None, Ref], line: int) -> None:
        """What ``text.format(...)`` makes text of: in each field a value, or an attribute of it, in the field's own way."""
        for position, name, attributes, conversion in _fields_of(text):
            ref = arguments[position] if 0 <= position < len(arguments) else named.get(name, -1)
            for attribute in attributes if type(ref) is int and ref >= 0 else ():
                ref = self.emit(Op.ATTRIBUTE, ref, attribute, line)
            self._show([ref], _CONVERSIONS.get(ord(conversion or " "), "format"), line)
        if any(isinstance(ref, list) and ref[0] == "*" for ref in arguments) or None in named:
            self._show([*arguments, *named.values()], "format", line)

    def _again(self, part: ast.expr) -> Ref:
        """The ref of a part that was read before; of what cannot be read again without a trace, none."""
        own = isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in ("self", "cls")
        return self.ref(part) if own or isinstance(part, ast.Name | ast.Constant) else -1


def _fields_of(text: str) -> list[tuple[int, str, list[str], str | None]]:
    """The fields of a text for ``format``: the position or the name of the value, the attributes that are asked of it, the conversion.

    Of what a field asks by an item nothing is known.
    """
    found: list[tuple[int, str, list[str], str | None]] = []
    try:
        for _, field, _, conversion in Formatter().parse(text):
            if field is not None and "[" not in field:
                name, *attributes = field.split(".")
                position = len(found) if not name else int(name) if name.isdecimal() else -1
                found.append((position, name, attributes, conversion))
    except ValueError:
        return []
    return found


def percent_filled(text: str) -> str:
    """``text % ...`` with a hole for each field."""
    return _PERCENT_FIELD.sub(HOLE, text)


def _put_together(between: str, parts: list[str]) -> str:
    """``between.join(parts)`` up to somewhat more than the longest text that is kept, never much longer than that."""
    length = 0
    for number, part in enumerate(parts, 1):
        length += len(part) + len(between)
        if length > MAX_STRING:
            return between.join(parts[:number])
    return between.join(parts)


def _filling(text: str, given: ast.expr) -> list[ast.expr]:
    """What ``text % given`` puts into the text, in its order."""
    if isinstance(given, ast.Tuple):
        return given.elts
    if isinstance(given, ast.Dict):
        by_name = {
            key.value: v for key, v in zip(given.keys, given.values, strict=True) if isinstance(key, ast.Constant)
        }
        nothing = ast.List([], ast.Load())
        return [by_name.get(name, nothing) for name in _PERCENT_NAME.findall(text)]
    return [given]
