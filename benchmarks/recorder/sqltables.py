"""The tables that a statement reads and writes, by sqlglot."""

import functools
import logging
import re

import sqlglot
from sqlglot import exp

logging.getLogger("sqlglot").setLevel(logging.ERROR)

IGNORED = re.compile(
    r"\s*(--[^\n]*\n\s*)*(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|START|SET|SHOW|PRAGMA|EXPLAIN|LISTEN|NOTIFY|ANALYZE|VACUUM|CREATE|DROP|ALTER|COMMENT|"
    r"GRANT|REVOKE|DO\b|DECLARE|FETCH|CLOSE|LOCK|ATTACH|DETACH|REINDEX|END)\b",
    re.I,
)
DEFAULT_SCHEMAS = {"", "public", "main", "dbo"}
WRITES = (exp.Insert, exp.Update, exp.Delete, exp.Merge)
# In a script of several statements; one that stands alone is ignored by its first word.
DEFINITIONS = (exp.Create, exp.Drop, exp.Alter)
NAME = r"[\"`\[]?(?:[\w$]+[\"`\]]?\.[\"`\[]?)?([\w$]+)"
FALLBACK = (
    (re.compile(r"\b(?:INSERT(?:\s+OR\s+\w+)?|REPLACE)\s+INTO\s+" + NAME, re.I), "write", "insert"),
    (
        re.compile(r"\bUPDATE\s+(?:OR\s+\w+\s+|ONLY\s+)?" + NAME + r"[\"`\]]?(?:\s+(?:AS\s+)?\w+)?\s+SET\b", re.I),
        "write",
        "update",
    ),
    (re.compile(r"\bDELETE\s+FROM\s+(?:ONLY\s+)?" + NAME, re.I), "write", "delete"),
    (re.compile(r"\bTRUNCATE\s+(?:TABLE\s+)?" + NAME, re.I), "write", "truncate"),
    (re.compile(r"(?<!DELETE )\b(?:FROM|JOIN)\s+(?:ONLY\s+|LATERAL\s+)?" + NAME, re.I), "read", "select"),
)


def placeholders(sql):
    """The statement with each driver's placeholders as '?', which every dialect takes."""
    sql = re.sub(r"%\(\w+\)s(::\w+)?", "?", sql)
    sql = re.sub(r"%[sbt](?!\w)", "?", sql)
    sql = re.sub(r"(?<![\w:$])\$\d+", "?", sql)
    return sql.replace("%%", "%")


@functools.lru_cache(maxsize=None)
def accesses(sql, dialect):
    """A sorted tuple of (table, 'read' or 'write', verb), and how it was found: 'parsed', 'matched' or 'ignored'."""
    if IGNORED.match(sql):
        return (), "ignored"
    text = placeholders(sql)
    found = None
    if len(text) < 100_000:
        for form in dict.fromkeys((dialect, None)):
            try:
                found = set()
                for statement in sqlglot.parse(text, dialect=form):
                    if statement is not None and not isinstance(statement, DEFINITIONS):
                        if isinstance(statement, exp.Command):
                            raise sqlglot.errors.ParseError(statement.name)
                        found |= _of_tree(statement)
                break
            except (sqlglot.errors.SqlglotError, RecursionError, AttributeError):
                found = None
    how = "parsed"
    if found is None:
        how = "matched"
        bare = re.sub(r"'(?:[^']|'')*'", "''", text)
        found = {(m.group(1), op, verb) for pattern, op, verb in FALLBACK for m in pattern.finditer(bare)}
        ctes = {
            m.group(1).lower()
            for m in re.finditer(
                r"(?:\bWITH(?:\s+RECURSIVE)?|,)\s+(\w+)\s*(?:\([^)]*\))?\s+AS\s+(?:NOT\s+)?(?:MATERIALIZED\s+)?\(",
                bare,
                re.I,
            )
        }
        found = {f for f in found if f[0].lower() not in ctes}
    return tuple(sorted(found)), how


def _of_tree(tree):
    targets, out = {}, set()
    for node in tree.walk():
        if isinstance(node, WRITES):
            target = (
                node.this
                if isinstance(node.this, exp.Table)
                else node.this.find(exp.Table)
                if node.this is not None
                else None
            )
            if target is not None:
                targets[id(target)] = node.key
        elif isinstance(node, exp.TruncateTable):
            for target in node.expressions:
                targets[id(target)] = "truncate"
        elif isinstance(node, exp.Copy) and isinstance(node.this, exp.Table):
            targets[id(node.this)] = "copy"
    ctes = {c.alias.lower() for c in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or (not table.db and table.name.lower() in ctes):
            continue
        name = table.name if table.db.lower() in DEFAULT_SCHEMAS else table.db + "." + table.name
        verb = targets.get(id(table))
        out.add((name, "write", verb) if verb else (name, "read", "select"))
    return out
