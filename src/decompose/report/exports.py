"""Tables that other programs read: what ``decompose export`` offers, with its columns in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from decompose.boundaries import DIRECTIONS
from decompose.boundaries.split import SHARED
from decompose.runs import Analysis
from decompose.system.model import CALL_KINDS

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
    for a in analysis.system.accesses:
        yield a.definition, a.table, a.operation, a.columns, a.role, a.resolution, a.rule, a.file, a.line, a.unit


def _tables(analysis: Analysis) -> Iterator[Row]:
    for t in analysis.system.tables:
        yield t.name, t.model, t.source, t.file, t.line


def _foreign_keys(analysis: Analysis) -> Iterator[Row]:
    for k in analysis.system.foreign_keys:
        yield k.table, k.columns, k.target_table, k.target_columns, k.on_delete, k.file, k.line


def _transactions(analysis: Analysis) -> Iterator[Row]:
    for t in analysis.system.transactions:
        yield t.definition, t.scope, t.tables_written, t.tables_read, t.file, t.line, t.unit


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
            yield split.name, "unit", unit, service, split.confidence.get(unit), files.get(unit, "")
        for table, service in sorted(split.service_of_table().items()):
            confidence = split.confidence.get(f"table:{table}")
            yield split.name, "table", table, service, confidence, table_files.get(table, "")


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
    "units", "tables", "entry points", "operations", "inbound calls", "outbound calls", "foreign accesses",
    "foreign keys", "transactions",
)  # fmt: skip


def _steps(analysis: Analysis) -> Iterator[Row]:
    for plan in analysis.plans:
        for step in plan.steps:
            yield (plan.split, step.order, step.service, *(step.count(kind) for kind in _WORK))


def _blind_spots(analysis: Analysis) -> Iterator[Row]:
    for b in analysis.system.blind_spots:
        yield b.kind, b.definition, b.file, b.line, b.reason


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
    "tables": Export(("table", "model", "source", "file", "line"), _tables, "database tables"),
    "foreign_keys": Export(
        ("table", "columns", "target_table", "target_columns", "on_delete", "file", "line"),
        _foreign_keys,
        "foreign keys",
    ),
    "transactions": Export(
        ("definition", "scope", "tables_written", "tables_read", "file", "line", "unit"),
        _transactions,
        "transactions and what they reach",
    ),
    "entry_points": Export(
        ("kind", "name", "handler", "file", "line"), _entry_points, "routes, commands, tasks, handlers"
    ),
    "splits": Export(("split", "generator", "services", *_SCORES), _splits, "candidate splits and their scores"),
    "assignments": Export(
        ("split", "kind", "id", "service", "confidence", "file"), _assignments, "where each unit and table goes"
    ),
    "cuts": Export(
        ("split", "source_service", "target_service", "kind", "source", "target", "resolution", "file", "line"),
        _cuts,
        "dependencies between services",
    ),
    "steps": Export(
        ("split", "order", "service", *(kind.replace(" ", "_") for kind in _WORK)),
        _steps,
        "the extraction plan, counted",
    ),
    "blind_spots": Export(("kind", "definition", "file", "line", "reason"), _blind_spots, "what is not known, and why"),
}
