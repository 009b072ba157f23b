"""Tables that other programs read: what ``decompose export`` offers, with its columns in order."""

from __future__ import annotations

from decompose.report.exports.consequences import CONSEQUENCES
from decompose.report.exports.monolith import MONOLITH, external_calls
from decompose.report.exports.splits import SPLITS
from decompose.report.exports.table import Export, Row
from decompose.runs.analysis import Analysis

__all__ = ["EXPORTS", "Export", "Row", "export_rows"]

EXPORTS: dict[str, Export] = {**MONOLITH, **SPLITS, **CONSEQUENCES}


def export_rows(analysis: Analysis, what: str, *, external: bool = False) -> tuple[tuple[str, ...], list[Row]]:
    """Columns and rows of the export ``what``; ``external``: with the calls that leave the application."""
    export = EXPORTS[what]
    rows = list(export.rows(analysis))
    if what == "calls" and external:
        rows += external_calls(analysis)
    return export.columns, rows
