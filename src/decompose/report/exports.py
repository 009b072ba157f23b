"""The tables that other programs read: one function for each export, columns in the contract's order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from decompose.errors import UnknownNameError
from decompose.report.cuts import find_cuts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from decompose.runs.analysis import Analysis

Row = tuple[Any, ...]
"""One value for each column: text, number, None, or a tuple of texts."""


@dataclass(frozen=True)
class ExportTable:
    """Named columns and the rows under them."""

    columns: tuple[str, ...]
    rows: list[Row]


def _definitions(analysis: Analysis) -> Iterator[Row]:
    for item in analysis.system.definitions:
        yield item.id, item.kind, item.file, item.line, item.end_line, item.unit


def _calls(analysis: Analysis, *, external: bool = False) -> Iterator[Row]:
    edges = analysis.system.dependencies
    for edge in (*edges, *analysis.system.external_calls) if external else edges:
        yield edge.source, edge.target, edge.kind, edge.resolution, edge.rule, edge.file, edge.line


def _accesses(analysis: Analysis) -> Iterator[Row]:
    for item in analysis.system.accesses:
        yield (
            *(item.definition, item.table, item.operation, item.columns, item.role),
            *(item.resolution, item.rule, item.file, item.line),
        )


def _tables(analysis: Analysis) -> Iterator[Row]:
    for table in analysis.system.tables:
        yield table.name, table.model, table.source, table.file, table.line


def _foreign_keys(analysis: Analysis) -> Iterator[Row]:
    for key in analysis.system.foreign_keys:
        yield (
            *(key.table, key.columns, key.target_table, key.target_columns),
            *(key.on_delete, key.file, key.line),
        )


def _transactions(analysis: Analysis) -> Iterator[Row]:
    for item in analysis.system.transactions:
        yield item.definition, item.scope, item.tables_written, item.tables_read, item.file, item.line


def _entry_points(analysis: Analysis) -> Iterator[Row]:
    for item in analysis.system.entry_points:
        yield item.kind, item.name, item.handler, item.file, item.line


def _assignments(analysis: Analysis) -> Iterator[Row]:
    file_of_unit = {unit.id: unit.file for unit in analysis.system.units}
    file_of_table = {table.name: table.file for table in analysis.system.tables}
    for split in analysis.splits:
        confidence = split.confidence
        for unit, service in sorted(split.service_of_unit().items()):
            yield split.name, "unit", unit, service, confidence.get(unit), file_of_unit.get(unit, "")
        for table, service in sorted(split.service_of_table().items()):
            sureness = confidence.get(f"table:{table}")
            yield split.name, "table", table, service, sureness, file_of_table.get(table, "")


def _cuts(analysis: Analysis) -> Iterator[Row]:
    for split in analysis.splits:
        for cut in find_cuts(analysis.system, split):
            yield (
                *(split.name, cut.source_service, cut.target_service, cut.kind),
                *(cut.source, cut.target, cut.resolution, cut.file, cut.line),
            )


def _blind_spots(analysis: Analysis) -> Iterator[Row]:
    for item in analysis.system.blind_spots:
        yield item.kind, item.definition, item.file, item.line, item.reason


def _splits(analysis: Analysis) -> ExportTable:
    names = list(dict.fromkeys(score.name for split in analysis.splits for score in split.scores))
    rows: list[Row] = []
    for split in analysis.splits:
        values = {score.name: score for score in split.scores}
        found = [values.get(name) for name in names]
        rows.append(
            (
                *(split.name, split.generator, len(split.services)),
                *(score and score.value for score in found),
                *(score and score.z for score in found),
            )
        )
    z_columns = [f"{name}_z" for name in names]
    return ExportTable(("split", "generator", "services", *names, *z_columns), rows)


def _steps(analysis: Analysis) -> ExportTable:
    steps = [(plan.split, step) for plan in analysis.plans for step in plan.steps]
    kinds = list(dict.fromkeys(item.kind for _, step in steps for item in step.work))
    rows: list[Row] = [
        (split, step.order, step.service, *(step.count(kind) for kind in kinds)) for split, step in steps
    ]
    return ExportTable(("split", "order", "service", *kinds), rows)


_COLUMNS: dict[str, tuple[str, Callable[[Analysis], Iterable[Row]]]] = {
    "definitions": ("id kind file line end_line unit", _definitions),
    "calls": ("caller callee kind resolution rule file line", _calls),
    "accesses": ("definition table operation columns role resolution rule file line", _accesses),
    "tables": ("table model source file line", _tables),
    "foreign_keys": ("table columns target_table target_columns on_delete file line", _foreign_keys),
    "transactions": ("definition scope tables_written tables_read file line", _transactions),
    "entry_points": ("kind name handler file line", _entry_points),
    "assignments": ("split kind id service confidence file", _assignments),
    "cuts": ("split source_service target_service kind source target resolution file line", _cuts),
    "blind_spots": ("kind definition file line reason", _blind_spots),
}
_OPEN_COLUMNS: dict[str, Callable[[Analysis], ExportTable]] = {"splits": _splits, "steps": _steps}
"""Exports whose last columns depend on the run: one for each score, one for each kind of work."""

EXPORTS: tuple[str, ...] = (
    *("definitions", "calls", "accesses", "tables", "foreign_keys", "transactions", "entry_points"),
    *("splits", "assignments", "cuts", "steps", "blind_spots"),
)
"""What can be exported, in the order in which it is found out."""


def export_table(analysis: Analysis, what: str, *, external: bool = False) -> ExportTable:
    """The export named ``what``. ``external`` adds calls that leave the application to ``calls``.

    Raises `UnknownNameError` for another name than those in `EXPORTS`.
    """
    if what == "calls":
        columns, _ = _COLUMNS[what]
        return ExportTable(tuple(columns.split()), list(_calls(analysis, external=external)))
    if what in _OPEN_COLUMNS:
        return _OPEN_COLUMNS[what](analysis)
    if what in _COLUMNS:
        columns, rows = _COLUMNS[what]
        return ExportTable(tuple(columns.split()), list(rows(analysis)))
    raise UnknownNameError(f"There is no export {what!r}. Choose one of {', '.join(EXPORTS)}.")


