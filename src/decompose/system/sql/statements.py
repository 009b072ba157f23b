"""SQL files -> statements with their lines, without a parser: quotes, comments, data blocks and compound bodies are passed over.

Every step is one search by one regular expression whose alternatives cannot take back what they took, so that the time
grows with the length of the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import NamedTuple

_QUOTED = {
    "plain": r"'(?:[^']++|'')*+(?:'|\Z)",
    "backslash": r"'(?:[^'\\]++|\\.|'')*+(?:'|\Z)|\"(?:[^\"\\]++|\\.|\"\")*+(?:\"|\Z)",
}
_LEXICON = r"""
    (?P<comment>--[^\n]*+|/\*.*?(?:\*/|\Z)|(?:(?<=\n)|\A)\#[^\n]*+)
  | (?P<quoted>{quoted}|"(?:[^"]++|"")*+(?:"|\Z)|`[^`]*+(?:`|\Z)|\$(?P<tag>(?:[A-Za-z_]\w*+)?)\$.*?(?:\$(?P=tag)\$|\Z))
  | (?P<copy>(?:(?<=\n)|\A)COPY\s[^;\n]*?\sFROM\s+stdin\b[^;\n]*;.*?(?:\n\\\.[ \t\r]*(?=\n|\Z)|\Z))
  | (?P<meta>(?:(?<=\n)|\A)(?:\\[^\n]*+|GO[ \t\r]*(?=\n|\Z)|DELIMITER[ \t]+(?P<delimiter>\S+)[^\n]*+))
  | (?P<end>;)
  | (?P<word>\b(?:BEGIN|CASE|END(?:[ \t]+(?:IF|LOOP|WHILE|REPEAT|CASE)\b)?)\b)
"""
_SCANNERS = {
    style: re.compile(_LEXICON.replace("{quoted}", quoted), re.VERBOSE | re.DOTALL | re.IGNORECASE)
    for style, quoted in _QUOTED.items()
}
_COMPOUND = re.compile(
    r"CREATE\b(?:(?!\b(?:TABLE|VIEW|INDEX)\b)[^;(]){0,200}?\b(?:TRIGGER|PROCEDURE|FUNCTION|EVENT)\b", re.IGNORECASE
)
_CONDITIONAL = re.compile(r"/\*M?!\d*(.*?)\*/", re.DOTALL)
_DIALECTS = (
    (
        "postgres",
        re.compile(r"PostgreSQL database dump|\bpg_catalog\.|\bLANGUAGE plpgsql\b|\bnextval\(", re.IGNORECASE),
    ),
    ("mysql", re.compile(r"^-- (?:MySQL|MariaDB) dump|\bENGINE\s*=|\bAUTO_INCREMENT\b", re.IGNORECASE | re.MULTILINE)),
    ("sqlite", re.compile(r"^PRAGMA foreign_keys|\bAUTOINCREMENT\b|\bsqlite_sequence\b", re.IGNORECASE | re.MULTILINE)),
    ("tsql", re.compile(r"^GO\s*$|\[dbo\]\.|\bNVARCHAR\b|\bIDENTITY\s*\(", re.IGNORECASE | re.MULTILINE)),
    ("oracle", re.compile(r"\bVARCHAR2\b|\bNUMBER\s*\(", re.IGNORECASE)),
)
_DELIMITER = re.compile(r"^DELIMITER\b", re.IGNORECASE | re.MULTILINE)
_LOOKED_AT = 200_000


class Statement(NamedTuple):
    """One statement without the comments before it, and the line where it begins, from 1."""

    text: str
    line: int


def detected_dialect(text: str) -> str:
    """The dialect that the first part of a text shows, or empty."""
    start = text[:_LOOKED_AT]
    return next((dialect for dialect, mark in _DIALECTS if mark.search(start)), "")


def statements_of(text: str, dialect: str = "") -> Iterator[Statement]:
    """The statements of a text in order. Rows of ``COPY ... FROM stdin`` and commands of a shell are not among them."""
    if dialect == "mysql":
        text = _CONDITIONAL.sub(lambda found: f"  {found[1]}  ", text)
    return _Splitter(text, _SCANNERS["backslash" if dialect == "mysql" else "plain"]).statements()


class _Splitter:
    def __init__(self, text: str, tokens: re.Pattern[str]) -> None:
        self.text = text
        self.tokens = tokens
        self.line = 1
        self.counted = 0

    def statements(self) -> Iterator[Statement]:
        start, position, depth = 0, 0, 0
        compound: bool | None = None
        while (found := self.tokens.search(self.text, position)) is not None:
            position = found.end()
            kind = found.lastgroup
            if kind in ("comment", "quoted"):
                continue
            if kind == "word":
                if compound is None:
                    compound = _COMPOUND.match(self.text, self._begin(start, found.start())) is not None
                depth += {"BEGIN": 1, "CASE": 1, "END": -1}.get(found[0].upper(), 0)
                continue
            if kind == "end" and compound and depth > 0:
                continue
            yield from self._statement(start, found.start())
            if found["delimiter"] not in (None, ";"):
                position = yield from self._delimited(found["delimiter"], position)
            start, depth, compound = position, 0, None
        yield from self._statement(start, len(self.text))

    def _delimited(self, delimiter: str, start: int) -> Generator[Statement, None, int]:
        """Statements that end with a sign of their own, up to where that is given up."""
        again = _DELIMITER.search(self.text, start)
        end = again.start() if again is not None else len(self.text)
        while start < end:
            stop = self.text.find(delimiter, start, end)
            yield from self._statement(start, stop if stop >= 0 else end)
            start = stop + len(delimiter) if stop >= 0 else end
        return end

    def _begin(self, start: int, end: int) -> int:
        """Where a statement begins, behind the comments before it."""
        while start < end:
            if self.text[start].isspace():
                start += 1
                continue
            found = self.tokens.match(self.text, start, end)
            if found is None or found.lastgroup != "comment":
                break
            start = found.end()
        return start

    def _statement(self, start: int, end: int) -> Iterator[Statement]:
        begin = self._begin(start, end)
        body = self.text[begin:end].rstrip()
        if body:
            self.line += self.text.count("\n", self.counted, begin)
            self.counted = begin
            yield Statement(body, self.line)
