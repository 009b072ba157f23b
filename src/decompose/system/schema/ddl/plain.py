"""The plain forms of DDL that dumps consist of, taken apart without a parser.

What is not of such a form is not recognised here, and goes to the parser as a whole. A `CREATE TABLE` is only cut into its
parts: what a part means is told by the parser, once for each text that comes again and again.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_QUOTED = r'"[^"]+"|`[^`]+`|\[[^\]]+\]'
_PART = rf"(?:[A-Za-z_][\w$]*|{_QUOTED})"
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})*"
_LIST = rf"{_PART}(?:\s*,\s*{_PART})*"
_INDEXED = rf"{_PART}(?:\s+(?:ASC|DESC))?(?:\s+NULLS\s+(?:FIRST|LAST))?"
_CREATED = re.compile(
    rf"CREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?P<exists>IF\s+NOT\s+EXISTS\s+)?(?P<name>{_NAME})\s*\(", re.IGNORECASE
)
_RULE = (
    rf"(?:(?P<kind>PRIMARY\s+KEY|UNIQUE)\s*\(\s*(?P<columns>{_LIST})\s*\)"
    rf"|FOREIGN\s+KEY\s*\(\s*(?P<from>{_LIST})\s*\)\s*REFERENCES\s+(?P<target>{_NAME})\s*\(\s*(?P<to>{_LIST})\s*\)"
    r"(?P<options>(?:\s+(?:ON\s+(?:DELETE|UPDATE)\s+(?:CASCADE|RESTRICT|NO\s+ACTION|SET\s+NULL|SET\s+DEFAULT)"
    r"|(?:NOT\s+)?DEFERRABLE|INITIALLY\s+(?:DEFERRED|IMMEDIATE)|NOT\s+VALID))*))\s*"
)
_ADDED = re.compile(
    rf"ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?(?P<table>{_NAME})\s+ADD\s+CONSTRAINT\s+(?P<label>{_PART})\s+{_RULE}",
    re.IGNORECASE,
)
_RULE_OF_TABLE = re.compile(rf"(?:CONSTRAINT\s+(?P<label>{_PART})\s+)?{_RULE}", re.IGNORECASE)
_KEY_OF_TABLE = re.compile(
    rf"(?P<unique>UNIQUE\s+)?(?:KEY|INDEX)\s+(?P<label>{_PART})\s*\(\s*(?P<columns>{_LIST})\s*\)", re.IGNORECASE
)
_INDEX = re.compile(
    rf"CREATE\s+(?P<unique>UNIQUE\s+)?INDEX\s+(?P<name>{_PART})\s+ON\s+(?:ONLY\s+)?(?P<table>{_NAME})\s*"
    rf"(?:USING\s+\w+\s*)?\(\s*(?P<columns>{_INDEXED}(?:\s*,\s*{_INDEXED})*)\s*\)(?P<where>\s+WHERE\s.*)?\s*",
    re.IGNORECASE | re.DOTALL,
)
_ORDER = re.compile(r"\s+(?:ASC|DESC|NULLS)\b.*", re.IGNORECASE | re.DOTALL)
_ON_DELETE = re.compile(r"ON\s+DELETE\s+(\w+(?:\s+(?:NULL|DEFAULT|ACTION))?)", re.IGNORECASE)
_TOKEN = re.compile(rf"'(?:[^'\\]|'')*'|{_QUOTED}|[(),]|--|/\*|['\"`\\]")
_COLUMN = re.compile(rf"(?P<name>{_PART})\s+(?P<rest>\S.*)", re.DOTALL)
_NO_COLUMN = re.compile(
    r"(?:CONSTRAINT|PRIMARY|FOREIGN|UNIQUE|CHECK|KEY|INDEX|EXCLUDE|LIKE|FULLTEXT|SPATIAL|PERIOD)\b", re.IGNORECASE
)
_CHECK = re.compile(rf"(?:CONSTRAINT\s+{_PART}\s+)?CHECK\s*\(", re.IGNORECASE)


class PlainTable(NamedTuple):
    """A `CREATE TABLE`: its columns as name and what stands behind it, and the texts of its other parts; checks are left out."""

    name: str
    only_if_new: bool
    parts: tuple[tuple[str, str], ...]
    """``(column, definition)``, or ``("", constraint)``, in order."""


class PlainConstraint(NamedTuple):
    """A ``primary key``, a ``unique`` constraint, an ``index``, or a ``foreign key`` to ``target``."""

    table: str
    label: str
    kind: str
    columns: tuple[str, ...]
    target: str = ""
    target_columns: tuple[str, ...] = ()
    on_delete: str = ""


class PlainIndex(NamedTuple):
    """``CREATE INDEX`` over columns."""

    table: str
    name: str
    columns: tuple[str, ...]
    unique: bool
    partial: bool


def plain_table(text: str) -> PlainTable | None:
    """The parts of a `CREATE TABLE` with columns; None for any other form."""
    found = _CREATED.match(text)
    pieces = _pieces(text, found.end()) if found is not None else None
    if found is None or not pieces:
        return None
    parts: list[tuple[str, str]] = []
    for piece in pieces:
        if _CHECK.match(piece):
            continue
        column = _COLUMN.fullmatch(piece) if not _NO_COLUMN.match(piece) else None
        if column is None and not _NO_COLUMN.match(piece):
            return None
        parts.append((unquoted(column["name"]), column["rest"]) if column is not None else ("", piece))
    return PlainTable(found["name"], found["exists"] is not None, tuple(parts))


def _pieces(text: str, start: int) -> list[str] | None:
    """What stands between the commas of a list in parentheses; None where quotes or comments are not of the plain kind."""
    depth, position, pieces = 1, start, []
    for token in _TOKEN.finditer(text, start):
        sign = token[0]
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if not depth:
                pieces.append(text[position : token.start()].strip())
                return pieces if all(pieces) else None
        elif sign == "," and depth == 1:
            pieces.append(text[position : token.start()].strip())
            position = token.end()
        elif sign in ("--", "/*", "'", '"', "`", "\\"):
            return None
    return None


def plain_constraint(text: str) -> PlainConstraint | None:
    """One constraint that is added to a table."""
    found = _ADDED.fullmatch(text)
    return _constraint(found, found["table"]) if found is not None else None


def plain_part(text: str) -> PlainConstraint | None:
    """A constraint or an index in the list of a `CREATE TABLE`; its table is empty."""
    found = _RULE_OF_TABLE.fullmatch(text)
    if found is not None:
        return _constraint(found, "")
    found = _KEY_OF_TABLE.fullmatch(text)
    if found is None:
        return None
    kind = "unique" if found["unique"] is not None else "index"
    return PlainConstraint("", unquoted(found["label"]), kind, _columns(found["columns"]))


def _constraint(found: re.Match[str], table: str) -> PlainConstraint:
    label = unquoted(found["label"]) if found["label"] is not None else ""
    if found["kind"] is not None:
        kind = "unique" if found["kind"].upper() == "UNIQUE" else "primary key"
        return PlainConstraint(table, label, kind, _columns(found["columns"]))
    deleted = _ON_DELETE.search(found["options"])
    return PlainConstraint(
        table, label, "foreign key", _columns(found["from"]), found["target"], _columns(found["to"]),
        " ".join(deleted[1].upper().split()) if deleted is not None else "",
    )  # fmt: skip


def plain_index(text: str) -> PlainIndex | None:
    """An index over columns, of which none is an expression."""
    found = _INDEX.fullmatch(text)
    if found is None:
        return None
    return PlainIndex(
        found["table"], unquoted(found["name"]), _columns(found["columns"]), found["unique"] is not None,
        found["where"] is not None,
    )  # fmt: skip


def _columns(text: str) -> tuple[str, ...]:
    return tuple(unquoted(_ORDER.sub("", column.strip())) for column in text.split(","))


def unquoted(name: str) -> str:
    """A single name without its quotes."""
    return name[1:-1] if name[0] in '"`[' else name
