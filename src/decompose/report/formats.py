"""Rows -> CSV, JSON or Parquet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import msgspec

from decompose.errors import OutputError
from decompose.report.exports import Row

FORMATS = ("csv", "json", "parquet")


def write_table(columns: Sequence[str], rows: Sequence[Row], form: str) -> bytes:
    """The table in the format ``form``; lists inside a CSV cell are joined by ``;``."""
    if form == "csv":
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_csv_cell(cell) for cell in row])
        return text.getvalue().encode("utf-8", errors="backslashreplace")
    if form == "json":
        return msgspec.json.encode([dict(zip(columns, row, strict=True)) for row in rows]) + b"\n"
    try:
        import pandas as pd
        import pyarrow as pa  # noqa: F401 - pandas needs it to write the format
    except ImportError as problem:
        raise OutputError(
            "Parquet needs pyarrow, which is not installed. Install it with: pip install 'decompose[parquet]'"
        ) from problem
    listed = [[list(cell) if isinstance(cell, tuple) else cell for cell in row] for row in rows]
    buffer = io.BytesIO()
    pd.DataFrame(listed, columns=list(columns)).to_parquet(buffer, index=False)
    return buffer.getvalue()


def _csv_cell(cell: object) -> object:
    if isinstance(cell, tuple):
        return ";".join(cell)
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else cell
