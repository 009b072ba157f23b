"""Telling SQL from other text, cheaply."""

from __future__ import annotations

import re
from functools import lru_cache

from decompose.facts import HOLE
from decompose.facts.records import Ref

_STATEMENT = re.compile(
    r"""^\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*|(?:BEGIN|START\s+TRANSACTION|PRAGMA|SET)\b[^;]*;\s*|\(\s*
            |EXPLAIN\s+(?:\([^)]*\)\s*|ANALYZE\s+|VERBOSE\s+|QUERY\s+PLAN\s+)*)*
    (?: SELECT\b.*?\bFROM\b | SELECT\b | INSERT\s+(?:OR\s+\w+\s+)?INTO\b | UPDATE\b.+?\bSET\b | DELETE\s+FROM\b
      | WITH\b.+?\bAS\b | MERGE\s+INTO\b | REPLACE\s+INTO\b | TRUNCATE\b | COPY\s+\S+.*\b(?:FROM|TO)\b | CALL\s+[\w."`]+\s*\(
      | (?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:TEMP\w*\s+|UNIQUE\s+|MATERIALIZED\s+|CONSTRAINT\s+)?
        (?:TABLE|VIEW|INDEX|TRIGGER|FUNCTION|PROCEDURE)\b )""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_KEYWORDS = (
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "WITH",
    "MERGE",
    "REPLACE",
    "TRUNCATE",
    "COPY",
    "CREATE",
    "ALTER",
    "DROP",
    "EXPLAIN",
    "CALL",
    "BEGIN",
    "START",
    "PRAGMA",
    "SET",
)


@lru_cache(maxsize=65_536)
def looks_like_sql(text: str) -> bool:
    """Whether ``text`` starts like an SQL statement; prose that starts with such a word is mostly told apart."""
    if len(text) < 10:
        return False
    head = text[:400].lstrip(" \t\r\n(")
    if not head.startswith(("--", "/*")) and not head[:9].upper().startswith(_KEYWORDS):
        return False
    if not _STATEMENT.match(text[:4000]):
        return False
    # Prose begins with a capital and goes on in lower case ("Select the user from the list").
    word = re.match(r"[A-Za-z]+", head)
    return word is None or word.group().isupper() or word.group().islower()


def begins_elsewhere(text: str) -> bool:
    """Whether the beginning of ``text`` comes from elsewhere."""
    return text[:1] == HOLE or (text[:1] in "( \n" and text.lstrip("( \n")[:1] == HOLE)


def beginning(templates: dict[str, list[Ref]], text: str) -> Ref:
    """What stands at the beginning of text that begins elsewhere; -1 where it is not known.

    Templates of one function that look alike are one, so that text may seem to begin with itself: ``"{}".format(", ".join(names))``.
    """
    seen: set[str] = set()
    ref: Ref = text
    while type(ref) is str and begins_elsewhere(ref):
        if ref in seen or not templates.get(ref):
            return -1
        seen.add(ref)
        ref = templates[ref][0]
    return ref
