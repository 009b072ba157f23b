"""Tables that other programs read: what ``decompose export`` offers, with its columns in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from decompose.boundaries import DIRECTIONS
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.split import SHARED
from decompose.boundaries.unreached import unreached
from decompose.database.split import DatabaseDesign
from decompose.plan.step import Plan
from decompose.runs.analysis import Analysis
from decompose.runs.consequences import consequences_of
from decompose.system.model import CALL_KINDS
from decompose.system.transactions import reached_accesses, what_is_inside

Row = tuple[str | int | float | tuple[str, ...] | None, ...]


class Export(NamedTuple):
    """One table: its columns, and how its rows are made."""

    columns: tuple[str, ...]
    rows: Callable[[Analysis], Iterator[Row]]
    about: str


def export_rows(analysis: Analysis, what: str, *, external: bool = False) -> tuple[tuple[str, ...], list[Row]]:
    """Columns and rows of the export ``what``."""
    export = EXPORTS[what]
    rows = list(export.rows(analysis))
    if what == "calls" and external:
        rows += _external_calls(analysis)
    return export.columns, rows


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


def _external_calls(analysis: Analysis) -> Iterator[Row]:
    for d in analysis.system.external_calls:
        yield d.source, d.target, d.kind, d.resolution, d.rule, d.file, d.line


def _accesses(analysis: Analysis) -> Iterator[Row]:
    system = analysis.system
    every = (*system.accesses, *system.flushes, *system.alternatives)
    for a in sorted(every, key=lambda a: (a.definition, a.table, a.operation, a.line)):
        yield a.definition, a.table, a.operation, a.columns, a.role, a.resolution, a.rule, a.file, a.line, a.unit


def _unreached(analysis: Analysis) -> Iterator[Row]:
    shown = next((split for split in analysis.splits if split.name == analysis.recommendation.shown), None)
    placed = shown.service_of_unit() if shown else {}
    for unit in unreached(EvidenceGraph(analysis.system)):
        yield unit.id, unit.kind, unit.file, unit.line, unit.lines, placed.get(unit.id, "")


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
            t.rows_estimated if t.rows is not None else None,
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
            r.kind, r.name, r.table, r.event, r.calls, r.tables_read, r.tables_written, r.source, r.file, r.line
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
            found.definitions, lines,
        )  # fmt: skip


def _stores(analysis: Analysis) -> Iterator[Row]:
    for s in analysis.system.stores:
        yield s.kind, s.name, s.table, s.file, s.line


def _store_accesses(analysis: Analysis) -> Iterator[Row]:
    for a in analysis.system.store_accesses:
        yield a.definition, a.kind, a.store, a.operation, a.resolution, a.rule, a.file, a.line, a.unit


def _entry_points(analysis: Analysis) -> Iterator[Row]:
    for e in analysis.system.entry_points:
        yield e.kind, e.name, e.handler, e.file, e.line


def _splits(analysis: Analysis) -> Iterator[Row]:
    for split in analysis.splits:
        values = {score.name: score.value for score in split.scores}
        yield (split.name, split.generator, len(split.services), *(values.get(name) for name in _SCORES))


def _assignments(analysis: Analysis) -> Iterator[Row]:
    files = {unit.id: unit.file for unit in analysis.system.units}
    table_files = {table.name: table.file for table in analysis.system.tables}
    for split in analysis.splits:
        for unit, service in sorted(split.service_of_unit().items()):
            sure, rival = split.confidence.get(unit), split.runners_up.get(unit, "")
            yield split.name, "unit", unit, service, sure, files.get(unit, ""), rival
        for table, service in sorted(split.service_of_table().items()):
            confidence = split.confidence.get(f"table:{table}")
            rival = split.runners_up.get(f"table:{table}", "")
            yield split.name, "table", table, service, confidence, table_files.get(table, ""), rival


def _cuts(analysis: Analysis) -> Iterator[Row]:
    unit_of = {d.id: d.unit for d in analysis.system.definitions}
    for split in analysis.splits:
        service_of = split.service_of_unit()
        owner_of = split.service_of_table()
        for d in analysis.system.dependencies:
            source = service_of.get(d.source_unit or unit_of.get(d.source, ""), SHARED)
            target = service_of.get(d.target_unit or unit_of.get(d.target, ""), SHARED)
            if (
                source != target
                and SHARED not in (source, target)
                and d.kind not in ("import", "type-import", "reference")
            ):
                yield split.name, source, target, d.kind, d.source, d.target, d.resolution, d.file, d.line
        for a in analysis.system.accesses:
            source = service_of.get(a.unit or unit_of.get(a.definition, ""), SHARED)
            target = owner_of.get(a.table, SHARED)
            if source != target and SHARED not in (source, target):
                yield (
                    split.name,
                    source,
                    target,
                    a.operation,
                    a.definition,
                    f"table:{a.table}",
                    a.resolution,
                    a.file,
                    a.line,
                )
        for k in analysis.system.foreign_keys:
            source, target = owner_of.get(k.table, SHARED), owner_of.get(k.target_table, SHARED)
            if source != target and SHARED not in (source, target):
                yield (
                    split.name, source, target, "foreign key", f"table:{k.table}", f"table:{k.target_table}", "exact",
                    k.file, k.line,
                )  # fmt: skip


_WORK = (
    "units",
    "tables",
    "entry points",
    "operations",
    "inbound calls",
    "outbound calls",
    "foreign accesses",
    "foreign keys",
    "transactions",
    "messages",
    "followed transactions",
    "copied calls",
)
_LATER_WORK = ("stores", "shared stores", "rows")


def _steps(analysis: Analysis) -> Iterator[Row]:
    for plan in analysis.plans:
        for step in plan.steps:
            counts = (step.count(kind) for kind in _WORK)
            low, high, unit = (
                (step.effort.low, step.effort.high, step.effort.unit) if step.effort else (None, None, None)
            )
            later = (step.count(kind) for kind in _LATER_WORK)
            yield (plan.split, step.order, step.service, *counts, low, high, unit, step.benefit, *later)


def _followed(analysis: Analysis) -> Iterator[tuple[str, DatabaseDesign, Plan]]:
    """What follows from every split that is not trivial; what the run does not hold is worked out."""
    for split in analysis.splits:
        if not split.trivial:
            database, plan = consequences_of(analysis, split)
            if database.design is not None:
                yield split.name, database.design, plan


def _options(analysis: Analysis) -> Iterator[Row]:
    for split, design, _ in _followed(analysis):
        for table in design.shared_tables:
            for rank, option in enumerate(table.options, 1):
                groups = tuple(f"{group.service}: {', '.join(group.columns)}" for group in option.groups)
                yield (
                    split, table.table, table.owner, rank, option.kind, option.services, option.reason, groups,
                    option.evidence,
                )  # fmt: skip


def _cut_keys(analysis: Analysis) -> Iterator[Row]:
    for split, design, _ in _followed(analysis):
        for cut in design.cut_keys:
            yield (
                split, cut.kind, cut.key.table, cut.key.columns, cut.key.target_table, cut.service, cut.target_service,
                cut.key.on_delete, cut.reference, cut.existence, cut.on_delete, cut.constraints, cut.key.file, cut.key.line,
            )  # fmt: skip


def _shared_stores(analysis: Analysis) -> Iterator[Row]:
    for split in analysis.splits:
        if split.trivial:
            continue
        for s in consequences_of(analysis, split).database.stores:
            if s.shared:
                yield (
                    split.name, s.kind, s.name, s.owner, s.services, tuple(s.writers), tuple(s.readers), s.way_out, s.evidence
                )  # fmt: skip


def _joins(analysis: Analysis) -> Iterator[Row]:
    for split, design, _ in _followed(analysis):
        for join in design.joins:
            tables = tuple(f"{owner}: {', '.join(listed)}" for owner, listed in join.tables.items())
            yield (
                split, join.definition, join.service, join.part_of, tables, join.way_out, join.reason, join.resolution,
                join.file, join.line,
            )  # fmt: skip


def _sagas(analysis: Analysis) -> Iterator[Row]:
    for split, design, _ in _followed(analysis):
        for saga in design.sagas:
            for step in saga.steps:
                yield (
                    split, saga.definition, saga.style, saga.coordinator, step.order, step.service, step.kind, step.writes,
                    step.compensations, step.reason, saga.file, saga.line,
                )  # fmt: skip


def _operations(analysis: Analysis) -> Iterator[Row]:
    for split, _, plan in _followed(analysis):
        for step in plan.steps:
            for operation in step.detail.operations if step.detail else ():
                callers = tuple(f"{service}: {count}" for service, count in operation.callers.items())
                yield (
                    split, step.order, step.service, operation.name, operation.definition, operation.parameters,
                    operation.does, operation.style, callers, len(operation.in_loops), operation.evidence,
                    operation.returns, operation.changes,
                )  # fmt: skip


def _crossings(analysis: Analysis) -> Iterator[Row]:
    for split, _, plan in _followed(analysis):
        for step in plan.steps:
            for call in step.detail.calls_in if step.detail else ():
                yield (
                    split, call.source, call.target, call.definition, call.style, call.reason, call.sites, call.resilience,
                    call.without_answer, call.evidence, call.identity,
                )  # fmt: skip


def _requirements(analysis: Analysis) -> Iterator[Row]:
    for split, _, plan in _followed(analysis):
        for step in plan.steps:
            for kind in ("packages", "settings", "identity"):
                for found in getattr(step.detail, kind, ()):
                    yield split, step.order, step.service, kind, found.name, found.places, found.evidence


def _blind_spots(analysis: Analysis) -> Iterator[Row]:
    for b in analysis.system.blind_spots:
        yield b.kind, b.definition, b.file, b.line, b.reason, b.cause


_SCORES = tuple(name for name in DIRECTIONS if name != "services")

EXPORTS: dict[str, Export] = {
    "definitions": Export(
        ("id", "kind", "file", "line", "end_line", "unit"), _definitions, "modules, classes and functions"
    ),
    "calls": Export(
        ("caller", "callee", "kind", "resolution", "rule", "file", "line"), _calls, "calls between definitions"
    ),
    "accesses": Export(
        ("definition", "table", "operation", "columns", "role", "resolution", "rule", "file", "line", "unit"),
        _accesses,
        "reads and writes of tables",
    ),
    "reached": Export(
        ("kind", "name", "handler", "table", "operation", "definition", "via", "resolution", "file", "line"),
        _reached,
        "what each entry point does to which table through calls, and the calls",
    ),
    "unreached": Export(
        ("unit", "kind", "file", "line", "lines", "service"),
        _unreached,
        "units that nothing in view enters, calls or names, and where the recommended split puts them",
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
        ("kind", "name", "table", "event", "calls", "tables_read", "tables_written", "source", "file", "line"),
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
        ),
        _transactions,
        "transactions and what they reach",
    ),
    "stores": Export(
        ("kind", "store", "table", "file", "line"), _stores, "caches, files, search indexes, sessions, queues"
    ),
    "store_accesses": Export(
        ("definition", "kind", "store", "operation", "resolution", "rule", "file", "line", "unit"),
        _store_accesses,
        "who reads, writes and deletes in which store",
    ),
    "entry_points": Export(
        ("kind", "name", "handler", "file", "line"), _entry_points, "routes, commands, tasks, handlers"
    ),
    "splits": Export(("split", "generator", "services", *_SCORES), _splits, "candidate splits and their scores"),
    "assignments": Export(
        ("split", "kind", "id", "service", "confidence", "file", "runner_up"),
        _assignments,
        "where each unit and table goes",
    ),
    "cuts": Export(
        ("split", "source_service", "target_service", "kind", "source", "target", "resolution", "file", "line"),
        _cuts,
        "dependencies between services",
    ),
    "steps": Export(
        (
            "split",
            "order",
            "service",
            *(k.replace(" ", "_") for k in _WORK),
            "effort_low",
            "effort_high",
            "unit",
            "benefit",
            *(k.replace(" ", "_") for k in _LATER_WORK),
        ),
        _steps,
        "the extraction plan, counted",
    ),
    "options": Export(
        ("split", "table", "owner", "rank", "option", "services", "reason", "columns", "evidence"),
        _options,
        "ways to share the tables that several services need",
    ),
    "cut_keys": Export(
        (
            "split",
            "kind",
            "table",
            "columns",
            "target_table",
            "service",
            "target_service",
            "on_delete",
            "reference",
            "existence",
            "instead_of_on_delete",
            "constraints",
            "file",
            "line",
        ),
        _cut_keys,
        "what replaces each cut key",
    ),
    "shared_stores": Export(
        ("split", "kind", "store", "owner", "services", "written_by", "read_by", "way_out", "evidence"),
        _shared_stores,
        "stores that several services of a split touch, and what to do about them",
    ),
    "joins": Export(
        ("split", "definition", "service", "part_of", "tables", "way_out", "reason", "resolution", "file", "line"),
        _joins,
        "statements over tables of several services, and the way out",
    ),
    "sagas": Export(
        (
            "split",
            "definition",
            "style",
            "coordinator",
            "order",
            "service",
            "kind",
            "writes",
            "compensations",
            "reason",
            "file",
            "line",
        ),
        _sagas,
        "the local transactions of every saga",
    ),
    "operations": Export(
        (
            "split",
            "order",
            "service",
            "name",
            "definition",
            "parameters",
            "does",
            "style",
            "callers",
            "in_loops",
            "evidence",
            "returns",
            "changes",
        ),
        _operations,
        "what each new service must offer",
    ),
    "crossings": Export(
        (
            "split",
            "source_service",
            "target_service",
            "definition",
            "style",
            "reason",
            "sites",
            "resilience",
            "without_answer",
            "evidence",
            "identity",
        ),
        _crossings,
        "how each call goes over the network",
    ),
    "requirements": Export(
        ("split", "order", "service", "kind", "name", "places", "evidence"),
        _requirements,
        "packages, settings and identities that the code of a service relies on",
    ),
    "blind_spots": Export(
        ("kind", "definition", "file", "line", "reason", "cause"), _blind_spots, "what is not known, and why"
    ),
}
