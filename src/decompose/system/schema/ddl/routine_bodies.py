"""What the body of a trigger, a function or a procedure does, statement by statement: what looks like SQL in it is read as such."""

from __future__ import annotations

import re
from typing import NamedTuple

from decompose.facts import HOLE
from decompose.system.schema.catalogue import plain_name
from decompose.system.sql.reading import read_statement
from decompose.system.sql.routines import names_called

_STATEMENT = re.compile(
    r"\b(?:SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE|WITH)\b[^;]*", re.IGNORECASE
)
_OLD_AND_NEW = frozenset({"new", "old", "inserted", "deleted", "dual"})
_COMMENT = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_TEXT = re.compile(
    r"(?P<run>\bEXECUTE\s+(?:IMMEDIATE\s+)?(?:format\s*\(\s*)?|\bAS\s+)?(?:E|N)?'(?P<text>(?:[^']++|'')*+)'(?P<more>\s*\|\|)?",
    re.IGNORECASE,
)
_PUT_IN = re.compile(r"%(?:\d+\$)?[ILs]")
_PUT_TOGETHER = re.compile(
    r"\bEXECUTE\s+(?:IMMEDIATE\s+)?(?!'|FUNCTION\b|PROCEDURE\b|ON\b|format\s*\()[\w@(]", re.IGNORECASE
)
_INTO_VARIABLES = re.compile(
    r"(?<!INSERT )(?<!MERGE )\bINTO\s+(?:STRICT\s+)?[\w.@]+(?:\s*,\s*[\w.@]+)*(?=\s*(?:;|\Z|\bFROM\b|\bWHERE\b|\bUSING\b|\bLIMIT\b))",
    re.IGNORECASE,
)
_INSERT = re.compile(r"\b(INSERT|MERGE)\s+INTO\b", re.IGNORECASE)
_PERFORM = re.compile(r"\bPERFORM\b", re.IGNORECASE)
_LANGUAGE = re.compile(
    r"\bLANGUAGE\s+'?(c|internal|javascript|java|python\w*|pl(?:python\w*|perlu?|v8|tclu?|java\w*|lua\w*|r|sh|rust))\b",
    re.IGNORECASE,
)
"""Languages of which nothing is read."""

_DOLLARS = re.compile(r"\$(\w*)\$.*?(?:\$\1\$|\Z)", re.DOTALL)
_TEMPORARY = re.compile(r"\bTEMP(?:ORARY)?\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?[\"`]?(\w+)", re.IGNORECASE)


class Body(NamedTuple):
    """``does``: operations with their tables (``insert audit``); ``names``: what it calls, also what no schema knows; ``hidden``: why
    not all is known, or empty.
    """

    does: tuple[str, ...]
    names: tuple[str, ...]
    hidden: str

    @property
    def reads(self) -> tuple[str, ...]:
        """The tables that it reads."""
        return tuple(sorted({each.partition(" ")[2] for each in self.does if each.startswith("read ")}))

    @property
    def writes(self) -> tuple[str, ...]:
        """The tables that it writes."""
        return tuple(sorted({each.partition(" ")[2] for each in self.does if not each.startswith("read ")}))


def read_body(body: str) -> Body:
    """What a body does; one in another language than SQL's own hides all of it."""
    language = _LANGUAGE.search(_DOLLARS.sub("", _COMMENT.sub(" ", body)))
    if language is not None:
        return Body((), (), f"its body is written in {language[1].lower()}")
    text = _COMMENT.sub(" ", body)
    hidden = _PUT_TOGETHER.search(text) is not None
    # what a string says is no statement, unless it is run
    text = _TEXT.sub(_without_texts, text)
    temporary = {name.lower() for name in _TEMPORARY.findall(text)}
    does: set[str] = set()
    plain = _INTO_VARIABLES.sub(" ", _INSERT.sub(lambda found: f"{found[1]} INTO", _PERFORM.sub("SELECT", text)))
    for statement in _STATEMENT.findall(plain):
        for access in read_statement(statement):
            hidden = hidden or not access.table
            if access.table and access.table.lower() not in _OLD_AND_NEW | temporary:
                does.add(f"{access.operation} {plain_name(*access.table.split('.'))}")
    return Body(tuple(sorted(does)), names_called(text), "it runs SQL that is put together" if hidden else "")


def _without_texts(found: re.Match[str]) -> str:
    if not found["run"]:
        return "''"
    text = _PUT_IN.sub(HOLE, _COMMENT.sub(" ", found["text"].replace("''", "'")))
    return f"; {text}{HOLE if found['more'] else ''} ;" if found["run"][:2].upper() == "EX" else f" {text} "


def tables_in(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tables that a statement reads, and those that it writes, each sorted."""
    accesses = [a for a in read_statement(text) if a.table and a.table.lower() not in _OLD_AND_NEW]
    names = [(a.operation, plain_name(*a.table.split("."))) for a in accesses]
    return (
        tuple(sorted({name for operation, name in names if operation == "read"})),
        tuple(sorted({name for operation, name in names if operation != "read"})),
    )
