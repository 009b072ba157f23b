"""Views, triggers and functions, by their shape: no two databases agree on a grammar for them."""

from __future__ import annotations

import re

import msgspec

from decompose.system.model import Column, Routine, RoutineKind, Table
from decompose.system.schema.ddl.bodies import Place
from decompose.system.schema.ddl.parsing import Parser, unquoted
from decompose.system.schema.ddl.routine_bodies import read_body, tables_in

NAME = r'((?:[\w$]+|"[^"]+"|`[^`]+`|\[[^\]]+\])(?:\s*\.\s*(?:[\w$]+|"[^"]+"|`[^`]+`|\[[^\]]+\]))*)'
"""A name with its quotes, as a group."""
_VIEW_OPTIONS = re.compile(
    r"\b(?:ALGORITHM\s*=\s*\w+|DEFINER\s*=\s*\S+|SQL\s+SECURITY\s+\w+)|\bWITH\s+(?:NO\s+)?DATA\s*$|\bWITH\s+(?:CASCADED\s+|LOCAL\s+)?CHECK\s+OPTION\s*$",
    re.IGNORECASE,
)
_VIEW = re.compile(
    rf"CREATE\b[^(]*?\bVIEW\s+(?:IF\s+NOT\s+EXISTS\s+)?{NAME}\s*(?:\((?P<columns>[^)]*)\))?.*?\bAS\b(?P<query>.*)",
    re.IGNORECASE | re.DOTALL,
)
_TRIGGER = re.compile(
    rf"CREATE\b.{{0,200}}?\bTRIGGER\s+(?:IF\s+NOT\s+EXISTS\s+)?{NAME}\s+(?P<event>.{{0,200}}?)\bON\s+(?P<table>{NAME[1:-1]})"
    r"(?P<body>.*)",
    re.IGNORECASE | re.DOTALL,
)
_CALLED = re.compile(rf"\bEXECUTE\s+(?:FUNCTION|PROCEDURE)\s+{NAME}\s*\(", re.IGNORECASE)
_FUNCTION = re.compile(
    rf"CREATE\b.{{0,200}}?\b(?P<kind>FUNCTION|PROCEDURE)\s+(?:IF\s+NOT\s+EXISTS\s+)?{NAME}\s*(?P<body>.*)",
    re.IGNORECASE | re.DOTALL,
)


def view_in(text: str, line: int, place: Place, parser: Parser) -> Table | None:
    """The view that a statement makes, with the tables it reads; None if it has another shape."""
    found = _VIEW.match(_VIEW_OPTIONS.sub("", text))
    if found is None:
        return None
    query = found["query"].strip()
    reads, _ = tables_in(query)
    columns = [
        Column(name=column, source=place.source, file=place.file, line=line) for column in _selected(query, parser)
    ]
    return msgspec.structs.replace(
        place.table(unquoted(found[1]), line), kind="view", reads=reads, columns=tuple(columns)
    )


def _selected(query: str, parser: Parser) -> list[str]:
    from sqlglot import exp

    statement = parser.statement(query)
    names = statement.named_selects if isinstance(statement, exp.Query) else []
    return [] if "*" in names else list(dict.fromkeys(name for name in names if name))


def trigger_in(text: str, line: int, place: Place) -> Routine | None:
    """The trigger that a statement makes; None if it has another shape."""
    found = _TRIGGER.match(text)
    if found is None:
        return None
    called = _CALLED.search(found["body"])
    body = read_body(found["body"] if called is None else "")
    return Routine(
        kind="trigger", name=unquoted(found[1]), table=unquoted(found["table"]),
        event=" ".join(found["event"].upper().split()), calls=unquoted(called[1]) if called is not None else "",
        tables_read=body.reads, tables_written=body.writes, source=place.source, file=place.file, line=line,
        does=body.does, runs=body.names, hidden=body.hidden,
    )  # fmt: skip


def function_in(text: str, line: int, place: Place) -> Routine | None:
    """The function or procedure that a statement makes; None if it has another shape."""
    found = _FUNCTION.match(text)
    if found is None:
        return None
    kind: RoutineKind = "function" if found["kind"].upper() == "FUNCTION" else "procedure"
    body = read_body(found["body"])
    return Routine(
        kind=kind, name=unquoted(found[2]), table="", event="", calls="", tables_read=body.reads, tables_written=body.writes,
        source=place.source, file=place.file, line=line, does=body.does, runs=body.names, hidden=body.hidden,
    )  # fmt: skip
