"""SQL text -> the tables that it reads and writes, through sqlglot."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from decompose.facts import HOLE
from decompose.system.sql.of_the_database import is_of_the_database

MAX_SQL = 20_000
_HOLE_NAME = "__hole__"
_TEMPLATE = re.compile(r"\{\{.*?\}\}|(?<!['\"])\{\w*\}(?!['\"])", re.DOTALL)
"""What a template engine, or ``format``, puts into the text."""

_TEMPLATE_CODE = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_EXPLAIN = re.compile(r"^\s*EXPLAIN\s+(?:\([^)]*\)\s*|ANALYZE\s+|VERBOSE\s+|QUERY\s+PLAN\s+)*", re.IGNORECASE)
_WORKS_ON_TABLES = re.compile(
    r"^\s*(?:SELECT\b.*\bFROM|INSERT\b|UPDATE\b|DELETE\b|MERGE\b|REPLACE\b)", re.IGNORECASE | re.DOTALL
)
_RENAMES_COLUMN = re.compile(
    r"\bRENAME\s+(?!(?:TO|AS|COLUMN|CONSTRAINT|INDEX|KEY)\b)(?=(?:\w+|\"[^\"]+\"|`[^`]+`)\s+TO\b)", re.IGNORECASE
)
_ONE_NAME = re.compile(r"\w+(?:\.\w+)*")
_OF_SQLITE = re.compile(
    r"\b(?:NOT\s+INDEXED|INDEXED\s+BY\s+[\"`\[]?\w+[\"`\]]?)|(?<=\bUPDATE)\s+OR\s+(?:ROLLBACK|ABORT|REPLACE|FAIL|IGNORE)\b",
    re.IGNORECASE,
)
"""Words of SQLite that say how a statement is carried out; a parser may take the name of an index for a table's."""

_PROCEDURE = re.compile(r"\s*(?:CALL|EXEC(?:UTE)?(?:\s+PROCEDURE)?)\s+[\"`\[]?(\w[\w.]*)", re.IGNORECASE)
_WORD = re.compile(r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*([A-Za-z]+)", re.DOTALL)
_WITHOUT_ROWS = frozenset(
    """abort alter analyze attach begin checkpoint close cluster comment commit create deallocate declare describe desc detach
    discard do drop end explain fetch flush grant kill listen load lock move notify open optimize pragma prepare reassign refresh
    reindex release rename reset revoke rollback savepoint security select set show start unlisten unlock use vacuum values with
    xa""".split()
)
"""Verbs of SQL that work on no rows of a table of their own, or that are told elsewhere."""
_PARAMETER_VALUE = "NULL"
_PATH = re.compile(r"[\w.*:-]*(?:/[\w.*:-]*)+")
"""A file in the place of a table, as DuckDB reads it; a quoted name of a table may have a slash too."""
_PARAMETER = re.compile(r"%\((\w+)\)s|%s|(?<!:):(\w+)\b|\?")
_PART_OF_A_NAME = re.compile(rf"(?<=[\w][_.]){HOLE}|{HOLE}(?=[_.]\w)")
_BY_PATTERN = (
    ("insert", re.compile(r"\b(?:INSERT|REPLACE|COPY)\s+(?:OR\s+\w+\s+)?INTO\s+[\"`\[]?([\w.]+)", re.IGNORECASE)),
    (
        "update",
        re.compile(r"\bUPDATE\s+(?:ONLY\s+)?[\"`\[]?([\w.]+)[\"`\]]?\s+(?:AS\s+)?(?:\w+\s+)?SET\b", re.IGNORECASE),
    ),
    ("delete", re.compile(r"\bDELETE\s+FROM\s+[\"`\[]?([\w.]+)", re.IGNORECASE)),
    ("read", re.compile(r"(?<!DELETE )\b(?:FROM|JOIN)\s+[\"`\[]?([\w.]++)(?!\s*\()", re.IGNORECASE)),
)
_NO_NAMES = frozenset(
    """cross group having inner join lateral left limit natural null offset on order outer right select set union unnest using
    values where""".split()
)
"""Words that stand where a table would, if that is put in and empty: ``FROM  WHERE``."""
_BESIDE_TABLES = re.compile(rf"\b(INTO|FROM|JOIN|UPDATE|TABLE|ONLY)\s+{_HOLE_NAME}\b| {_HOLE_NAME} ", re.IGNORECASE)
"""What is spliced in, with the word before it if that makes it a table."""

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_OF_A_VALUE = re.compile(r"\b(?:EXTRACT|SUBSTRING|TRIM|OVERLAY)\s*\([^()]*\)", re.IGNORECASE)
"""Functions with a FROM between their arguments."""

_DEFINED_HERE = re.compile(
    r"(?:\bWITH|\bRECURSIVE|,)\s+(\w+)\s*(?:\([^()]*\)\s*)?AS\s+(?:(?:NOT\s+)?MATERIALIZED\s*)?\(", re.IGNORECASE
)
"""A table that the statement itself makes, for itself."""

_STANDARD_VIEWS = frozenset(
    {"columns", "tables", "views", "schemata", "routines", "table_constraints", "key_column_usage"}
)
_STANDARD_COLUMNS = re.compile(
    r"\b(?:table_(?:catalog|schema|name|type)|column_(?:name|default)|ordinal_position|is_nullable|schema_name|constraint_name)\b",
    re.IGNORECASE,
)
"""The views of the information schema (ISO/IEC 9075-11), which some databases find without its name, and columns that only they have."""


class SqlAccess(NamedTuple):
    """One table in a statement. ``table`` is empty when its name is spliced in; ``apart``: the text has other statements, and this one
    touches no other table.
    """

    operation: str
    table: str
    columns: tuple[str, ...]
    by_pattern: bool
    apart: bool = False


_DEFINES_VIEW = re.compile(r"\s*CREATE\b(?:\s+(?:OR\s+REPLACE|TEMP|TEMPORARY|RECURSIVE))*\s+VIEW\b", re.IGNORECASE)
"""A definition of a view; a materialized one reads at once, and is left to the patterns."""


_DEFINES_ROUTINE = re.compile(
    r"\s*CREATE\b(?:\s+(?:OR\s+REPLACE|CONSTRAINT|TEMP|TEMPORARY|DEFINER\s*=\s*\S+))*\s+(?:TRIGGER|FUNCTION|PROCEDURE)\b",
    re.IGNORECASE,
)
"""A definition of code that the database runs later."""


@lru_cache(maxsize=8192)
def read_statement(text: str) -> tuple[SqlAccess, ...]:
    """The accesses of one or more statements; by pattern where no dialect parses them."""
    if _DEFINES_ROUTINE.match(text):
        return ()
    text = _EXPLAIN.sub("", text[:MAX_SQL])
    if "{" in text:
        text = _TEMPLATE.sub(HOLE, _TEMPLATE_CODE.sub(" ", text))
    text = _OF_SQLITE.sub(" ", text)
    text = _PART_OF_A_NAME.sub(_HOLE_NAME, _PARAMETER.sub(_PARAMETER_VALUE, text)).replace(HOLE, f" {_HOLE_NAME} ")
    text = re.sub(rf"(['\"`])\s*{_HOLE_NAME}\s*\1", _HOLE_NAME, text)
    found = _parsed(text)
    if found is None and _HOLE_NAME in text:
        # ``FROM orders {join}``: what is spliced in may be any part of a statement, or nothing
        cleared = _parsed(_BESIDE_TABLES.sub(lambda hole: hole[0] if hole[1] else " ", text))
        found = [access._replace(by_pattern=True) for access in cleared] if cleared else None
    if found is None:
        found = _by_pattern(text)
    return tuple(access for access in found if not _is_standard_view(access, text))


def _parsed(text: str) -> list[SqlAccess] | None:
    """The accesses of one or more statements; None where no dialect understands them."""
    statements = _parse(text)
    each = list(map(_accesses, statements or ()))
    told = map(_told_apart, each) if len(each) > 1 else each
    found = list(dict.fromkeys(access for accesses in told for access in accesses))
    return found if statements is not None and (found or all(map(_is_query, statements))) else None


def _told_apart(accesses: list[SqlAccess]) -> list[SqlAccess]:
    """The accesses of one statement of several."""
    return [access._replace(apart=True) for access in accesses] if len({a.table for a in accesses}) == 1 else accesses


def _is_standard_view(access: SqlAccess, text: str) -> bool:
    """Whether a name without a schema is a view of the information schema, by the columns that are asked for."""
    if access.operation != "read" or access.table.lower() not in _STANDARD_VIEWS:
        return False
    return len({found.lower() for found in _STANDARD_COLUMNS.findall(text)}) > 1


@lru_cache(maxsize=8192)
def is_broken(text: str) -> bool:
    """Whether a statement must work on a table, and is understood neither by a parser nor by pattern, such as half a statement."""
    if _WORKS_ON_TABLES.match(text) is None or read_statement(text) or next(_named(text), None):
        return False
    return _parse(text[:MAX_SQL]) is None


def procedure_called(text: str) -> str:
    """The procedure that a statement calls, or that is given by its name alone; empty for anything else."""
    if _ONE_NAME.fullmatch(text) and text.lower() not in _WITHOUT_ROWS:
        return text
    found = _PROCEDURE.match(text)
    return found[1] if found is not None else ""


def is_foreign(text: str) -> bool:
    """Whether text that is run begins with no verb that is known: then nothing is known of what it does."""
    word = _WORD.match(text)
    return word is not None and word[1].lower() not in _WITHOUT_ROWS and not read_statement(text)


def _is_query(statement: Any) -> bool:
    from sqlglot import exp

    return isinstance(statement, exp.Query)


def statements_as(dialect: str, text: str) -> list[Any]:
    """The statements that one of sqlglot's dialects reads in ``text``; none where it cannot, or does not know what they say."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    # RENAME old TO new, without the word that may be left out: the parser would take old for a table's new name
    text = _RENAMES_COLUMN.sub("RENAME COLUMN ", text)
    try:
        parsed = [statement for statement in sqlglot.parse(text, read=dialect) if statement is not None]
    except (SqlglotError, RecursionError, ValueError) as problem:
        problem.__traceback__ = None  # it refers to itself, and by that would keep all that the callers hold
        return []
    return [] if any(type(statement).__name__ == "Command" for statement in parsed) else parsed


def _parse(text: str) -> list[Any] | None:
    for dialect in ("postgres", "mysql", "sqlite"):
        if parsed := statements_as(dialect, text):
            return parsed
    return None


def _accesses(statement: Any) -> list[SqlAccess]:
    from sqlglot import exp

    written: dict[int, str] = {}
    for node in statement.find_all(exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.TruncateTable, exp.Copy):
        operation = {exp.Insert: "insert", exp.Update: "update", exp.Merge: "update", exp.Copy: "insert"}.get(
            type(node), "delete"
        )
        if isinstance(node, exp.Copy) and not node.args.get("kind"):
            operation = "read"  # ``COPY ... TO``
        targets = node.expressions if isinstance(node, exp.TruncateTable) else [node.this]
        for target in targets:
            table = target.this if isinstance(target, exp.Schema) else target
            if isinstance(table, exp.Table):
                written[id(table)] = operation
    merged = {
        id(node.this): sorted({kind for clause in node.find_all(exp.When) if (kind := _merges(clause))})
        for node in statement.find_all(exp.Merge)
    }
    upserts = {
        id(target.this if isinstance(target, exp.Schema) else target)
        for node in statement.find_all(exp.Insert)
        for target in [node.this]
        if _updates_on_conflict(node)
    }
    temporary = {cte.alias_or_name.lower() for cte in statement.find_all(exp.CTE)}
    if isinstance(statement, exp.Create | exp.Drop | exp.Alter):
        return []
    found = []
    for table in statement.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            continue  # a function in FROM
        name = ".".join(part for part in (table.db, table.name) if part)
        if _HOLE_NAME in name or name == _PARAMETER_VALUE:
            found.append(SqlAccess(written.get(id(table), "read"), "", (), by_pattern=False))
        elif name and not _PATH.fullmatch(name) and name.lower() not in temporary and not is_of_the_database(name):
            columns = _columns(statement, table)
            if id(table) in merged:
                found += [SqlAccess(kind, name, columns, by_pattern=False) for kind in merged[id(table)]]
                continue
            found.append(SqlAccess(written.get(id(table), "read"), name, columns, by_pattern=False))
            if id(table) in upserts:
                found.append(SqlAccess("update", name, columns, by_pattern=False))
    return found


def _merges(clause: Any) -> str:
    """What a ``WHEN`` clause of a ``MERGE`` does to its target."""
    then = clause.args.get("then")
    name = type(then).__name__.lower()
    if name in ("insert", "update", "delete"):
        return name
    return str(then).lower() if str(then).lower() in ("insert", "update", "delete") else ""


def _updates_on_conflict(insert: Any) -> bool:
    """Whether an insert changes the row that is there: ``ON CONFLICT ... DO UPDATE``, ``ON DUPLICATE KEY UPDATE``."""
    conflict = insert.args.get("conflict")
    return conflict is not None and bool(conflict.expressions)


def _columns(statement: Any, table: Any) -> tuple[str, ...]:
    """The columns of a table that a statement names: those with its alias, or all if there is just one table."""
    from sqlglot import exp

    single = len(list(statement.find_all(exp.Table))) == 1
    alias = table.alias_or_name
    names = {
        column.name
        for column in statement.find_all(exp.Column)
        if (column.table == alias if column.table else single) and _HOLE_NAME not in column.name
    }
    return tuple(sorted(name for name in names if name))


def _by_pattern(text: str) -> list[SqlAccess]:
    if _DEFINES_VIEW.match(text):
        return []  # what it is about is read when the view is
    found: dict[SqlAccess, None] = {}
    for operation, name in _named(text):
        if _HOLE_NAME in name:
            found[SqlAccess(operation, "", (), by_pattern=True)] = None
        elif not is_of_the_database(name):
            found[SqlAccess(operation, name, (), by_pattern=True)] = None
    return list(found)


def _named(text: str) -> Iterator[tuple[str, str]]:
    """What stands where a statement names its tables."""
    text = _OF_A_VALUE.sub(" ", _COMMENT.sub(" ", text))
    apart = _NO_NAMES | {n.lower() for n in _DEFINED_HERE.findall(text)}
    for operation, pattern in _BY_PATTERN:
        for name in pattern.findall(text):
            if name.lower() not in apart:
                yield operation, name


def read_changes(text: str) -> list[tuple[str, str, str]]:
    """What DDL does to whole tables, in order: ``create``, ``drop`` or ``rename``, the table, and its new name."""
    from sqlglot import exp

    changes = []
    for statement in _parse(text) or ():
        kind = str(statement.args.get("kind") or "").upper()
        if not isinstance(statement, exp.Create | exp.Drop | exp.Alter) or kind != "TABLE":
            continue
        temporary = statement.find(exp.TemporaryProperty) is not None
        if isinstance(statement, exp.Drop):
            changes += [("drop", _full_name(t), "") for t in statement.args.get("tables") or [statement.this]]
            continue
        name = _full_name(statement.this.this if isinstance(statement.this, exp.Schema) else statement.this)
        if isinstance(statement, exp.Alter):
            renames = (a for a in statement.args.get("actions") or () if isinstance(a, exp.AlterRename))
            changes += [("rename", name, action.this.name) for action in renames]
        elif name and not temporary:
            changes.append(("create", name, ""))
    return changes


def _full_name(table: Any) -> str:
    return ".".join(part for part in (table.db, table.name) if part)
