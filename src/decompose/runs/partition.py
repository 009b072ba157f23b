"""A partition that somebody made by hand, or that `decompose export assignments` wrote: a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from decompose.boundaries.partition import Placement
from decompose.errors import InputError


def read_partition(file: Path, recommended: str = "") -> list[Placement]:
    """The rows of a CSV file with at least the columns ``id`` and ``service``; raises `InputError`.

    Further columns as in the export ``assignments``: ``kind`` (``unit`` or ``table``), and ``split``. Of several splits
    in one file the ``recommended`` one is taken.
    """
    try:
        rows = list(_rows(file.read_text(encoding="utf-8-sig"), file))
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(f"{file}: cannot be read ({getattr(problem, 'strerror', None) or problem}).") from problem
    columns = rows[0][1] if rows else []
    if not {"id", "service"} <= set(columns):
        found = ", ".join(columns) or "nothing"
        raise InputError(f"{file}: needs a header line with the columns id,service (found: {found}).")
    listed = [(line, dict(zip(columns, cells, strict=False))) for line, cells in rows[1:] if any(cells)]
    splits = list(dict.fromkeys(row.get("split", "") for _, row in listed))
    if len(splits) > 1:
        if recommended not in splits:
            raise InputError(f"{file}: holds {len(splits)} splits ({', '.join(splits)}). Keep the rows of one of them.")
        listed = [(line, row) for line, row in listed if row.get("split") == recommended]
    if not listed:
        raise InputError(f"{file}: has no rows.")
    return [_placement(file, line, row) for line, row in listed]


def _rows(text: str, file: Path) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as problem:
        raise InputError(f"{file}:{reader.line_num}: is no CSV ({problem}).") from problem


def _placement(file: Path, line: int, row: dict[str, str]) -> Placement:
    where = f"{file}:{line}"
    for column in ("id", "service"):
        if not row.get(column):
            raise InputError(
                f"{where}: the cell {column} is empty. Give every row an id and a service, or leave it out."
            )
    kind = row.get("kind") or "unit"
    if kind not in ("unit", "table"):
        raise InputError(f"{where}: kind is {kind!r}; it must be unit or table.")
    identifier = row["id"]
    if kind == "table" and not identifier.startswith("table:"):
        identifier = f"table:{identifier}"
    return Placement(identifier, row["service"], where)
