"""Tables as CSV, JSON or Parquet bytes."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Literal

import msgspec

from decompose.errors import OutputError

if TYPE_CHECKING:
    from decompose.report.exports import ExportTable

TableFormat = Literal["csv", "json", "parquet"]


def encode_table(table: ExportTable, file_format: TableFormat) -> bytes:
    """The bytes of ``table``. Values are never altered: an id is the same in every format.

    Raises `OutputError` for Parquet where pyarrow is not installed.
    """
    return {"csv": as_csv, "json": as_json, "parquet": as_parquet}[file_format](table)


def as_csv(table: ExportTable) -> bytes:
    """UTF-8, comma-separated, one header line; a list becomes its items separated by ``;``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(
        [";".join(value) if isinstance(value, tuple) else value for value in row] for row in table.rows
    )
    return text.getvalue().encode()


def as_json(table: ExportTable) -> bytes:
    """A list of objects, one on each line; lists stay lists."""
    lines = [msgspec.json.encode(dict(zip(table.columns, row, strict=True))) for row in table.rows]
    return b"[\n" + b",\n".join(lines) + b"\n]\n" if lines else b"[]\n"


def as_parquet(table: ExportTable) -> bytes:
    """Apache Parquet through pandas and pyarrow, which the ``parquet`` extra installs."""
    try:
        import pyarrow as pa  # noqa: F401, PLC0415 - optional, and slow to import
    except ImportError as error:
        raise OutputError(
            "Parquet needs pyarrow, which is not installed. "
            "Install it with `pip install 'decompose[parquet]'`, or choose --format csv or json."
        ) from error
    import pandas as pd  # noqa: PLC0415 - a third of a second that only Parquet needs

    rows = [[list(value) if isinstance(value, tuple) else value for value in row] for row in table.rows]
    content: bytes = pd.DataFrame(rows, columns=list(table.columns)).to_parquet(engine="pyarrow", index=False)
    return content
