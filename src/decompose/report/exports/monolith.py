"""What the analysis saw: definitions, calls, tables and their accesses, transactions, stores, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.report.exports.table import Export, Row
from decompose.runs.analysis import Analysis
from decompose.system.model import CALL_KINDS
from decompose.system.transactions.reached import reached_accesses, what_is_inside


def external_calls(analysis: Analysis) -> Iterator[Row]:
    """Calls of what stands outside of the application."""
    for d in analysis.system.external_calls:
        yield d.source, d.target, d.kind, d.resolution, d.rule, d.file, d.line


def _definitions(analysis: Analysis) -> Iterator[Row]:
    for d in analysis.system.definitions:
        yield d.id, d.kind, d.file, d.line, d.end_line, d.unit


def _calls(analysis: Analysis) -> Iterator[Row]:
    seen = set()
    for d in analysis.system.dependencies:
        row = (d.source, d.target, d.kind, d.resolution, d.rule, d.file, d.line)
        # The same call on behalf of several concrete classes is one call.
        if d.kind in CALL_KINDS and row not in seen:
            seen.add(row)
            yield row


def _accesses(analysis: Analysis) -> Iterator[Row]:
    system = analysis.system
    every = [(a, True) for a in system.accesses]
    every += [(a, False) for a in (*system.flushes, *system.alternatives)]
    for a, counts in sorted(every, key=lambda one: (one[0].definition, one[0].table, one[0].operation, one[0].line)):
        yield (
            a.definition, a.table, a.operation, a.columns, a.role, a.resolution, a.rule, a.file, a.line, a.unit,
            counts and a.resolution != "guessed",
        )  # fmt: skip


def _reached(analysis: Analysis) -> Iterator[Row]:
    for entry, a, via in reached_accesses(analysis.system):
        yield (
            entry.kind,
            entry.name,
            entry.handler,
            a.table,
            a.operation,
            a.definition,
            via,
            a.resolution,
            a.file,
            a.line,
        )


def _tables(analysis: Analysis) -> Iterator[Row]:
    for t in analysis.system.tables:
        yield (
            t.name, t.model, t.source, t.file, t.line, t.kind, t.known_from, t.primary_key, t.reads, t.rows,
            t.rows_estimated if t.rows is not None else None, t.package,
            t.unseen_base if t.may_miss_columns else "", t.each_has_its_own,
        )  # fmt: skip


def _columns(analysis: Analysis) -> Iterator[Row]:
    for t in analysis.system.tables:
        for c in t.columns:
            yield (
                t.name, c.name, c.type, c.sql_type, c.nullable, c.primary_key, c.generated, c.source, c.file, c.line
            )  # fmt: skip


def _indexes(analysis: Analysis) -> Iterator[Row]:
    for t in analysis.system.tables:
        for i in t.indexes:
            yield t.name, i.name, i.columns, i.unique, i.partial, i.source, i.file, i.line


def _routines(analysis: Analysis) -> Iterator[Row]:
    for r in analysis.system.routines:
        yield (
            r.kind, r.name, r.table, r.event, r.calls, r.tables_read, r.tables_written, r.source, r.file, r.line, r.does, r.runs,
            r.hidden,
        )  # fmt: skip


def _schema_differences(analysis: Analysis) -> Iterator[Row]:
    for d in analysis.system.schema_differences:
        yield d.kind, d.table, d.name, d.only_in, d.detail, d.file, d.line


def _statement_counts(analysis: Analysis) -> Iterator[Row]:
    for s in analysis.system.statement_counts:
        yield s.calls, s.tables_read, s.tables_written, s.statement


def _foreign_keys(analysis: Analysis) -> Iterator[Row]:
    for k in analysis.system.foreign_keys:
        yield (
            k.table, k.columns, k.target_table, k.target_columns, k.on_delete, k.file, k.line, k.source, k.known_from,
            k.enforced,
        )  # fmt: skip


def _transactions(analysis: Analysis) -> Iterator[Row]:
    inside = what_is_inside(analysis.system)
    for t, found in zip(analysis.system.transactions, inside, strict=True):
        lines = tuple(f"{first}-{last}" for first, last in t.lines)
        yield (
            t.definition, t.scope, t.tables_written, t.tables_read, t.file, t.line, t.unit, t.locked, found.entry_points,
            found.definitions, lines, t.tables_cascaded, t.answering, t.tables_by_class,
        )  # fmt: skip


def _stores(analysis: Analysis) -> Iterator[Row]:
    for s in analysis.system.stores:
        yield s.kind, s.name, s.table, s.file, s.line


def _store_accesses(analysis: Analysis) -> Iterator[Row]:
    for a in analysis.system.store_accesses:
        yield a.definition, a.kind, a.store, a.operation, a.resolution, a.rule, a.file, a.line, a.unit


def _entry_points(analysis: Analysis) -> Iterator[Row]:
    for e in analysis.system.entry_points:
        yield e.kind, e.name, e.handler, e.file, e.line, e.method


def _blind_spots(analysis: Analysis) -> Iterator[Row]:
    for b in analysis.system.blind_spots:
        yield b.kind, b.definition, b.file, b.line, b.reason, b.cause


MONOLITH: dict[str, Export] = {
    "definitions": Export(
        ("id", "kind", "file", "line", "end_line", "unit"),
        _definitions,
        "modules, classes and functions",
    ),
    "calls": Export(
        ("caller", "callee", "kind", "resolution", "rule", "file", "line"),
        _calls,
        "calls between definitions",
    ),
    "accesses": Export(
        (
            "definition",
            "table",
            "operation",
            "columns",
            "role",
            "resolution",
            "rule",
            "file",
            "line",
            "unit",
            "counted",
        ),
        _accesses,
        "reads and writes of tables",
    ),
    "reached": Export(
        ("kind", "name", "handler", "table", "operation", "definition", "via", "resolution", "file", "line"),
        _reached,
        "what each entry point does to which table through calls, and the calls",
    ),
    "tables": Export(
        (
            "table",
            "model",
            "source",
            "file",
            "line",
            "kind",
            "known_from",
            "primary_key",
            "reads",
            "rows",
            "rows_estimated",
            "package",
            "unseen_base",
            "each_has_its_own",
        ),
        _tables,
        "database tables and views",
    ),
    "columns": Export(
        ("table", "column", "type", "sql_type", "nullable", "primary_key", "generated", "source", "file", "line"),
        _columns,
        "columns of tables and views",
    ),
    "indexes": Export(
        ("table", "name", "columns", "unique", "partial", "source", "file", "line"),
        _indexes,
        "indexes and unique constraints",
    ),
    "routines": Export(
        (
            "kind",
            "name",
            "table",
            "event",
            "calls",
            "tables_read",
            "tables_written",
            "source",
            "file",
            "line",
            "does",
            "runs",
            "hidden",
        ),
        _routines,
        "triggers, functions and procedures of the database",
    ),
    "schema_differences": Export(
        ("kind", "table", "name", "only_in", "detail", "file", "line"),
        _schema_differences,
        "what only the code or only the database has",
    ),
    "statement_counts": Export(
        ("calls", "tables_read", "tables_written", "statement"),
        _statement_counts,
        "how often the database ran which statement",
    ),
    "foreign_keys": Export(
        (
            "table",
            "columns",
            "target_table",
            "target_columns",
            "on_delete",
            "file",
            "line",
            "source",
            "known_from",
            "enforced",
        ),
        _foreign_keys,
        "foreign keys",
    ),
    "transactions": Export(
        (
            "definition",
            "scope",
            "tables_written",
            "tables_read",
            "file",
            "line",
            "unit",
            "locked",
            "entry_points",
            "definitions",
            "lines",
            "tables_cascaded",
            "answering",
            "tables_by_class",
        ),
        _transactions,
        "transactions and what they reach",
    ),
    "stores": Export(
        ("kind", "store", "table", "file", "line"),
        _stores,
        "caches, files, search indexes, sessions, queues, settings, directories, other databases",
    ),
    "store_accesses": Export(
        ("definition", "kind", "store", "operation", "resolution", "rule", "file", "line", "unit"),
        _store_accesses,
        "who reads, writes and deletes in which store",
    ),
    "entry_points": Export(
        ("kind", "name", "handler", "file", "line", "method"),
        _entry_points,
        "routes, commands, tasks, handlers",
    ),
    "blind_spots": Export(
        ("kind", "definition", "file", "line", "reason", "cause"),
        _blind_spots,
        "what is not known, and why",
    ),
}
