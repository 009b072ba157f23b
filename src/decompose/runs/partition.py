"""A partition that somebody made by hand, or that `decompose export assignments` wrote: a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from decompose.boundaries.partition import Placement
from decompose.errors import InputError
from decompose.runs.place import partition_file
from decompose.wording import counted


class Partition(NamedTuple):
    """What a file says of one split: its name where the file tells it, and those of the ``others`` that the file holds as well."""

    file: Path
    split: str
    others: tuple[str, ...]
    placements: list[Placement]

    @property
    def choice(self) -> str:
        """In words, which of several splits was taken, and how another one is; empty where there is one."""
        if not self.others:
            return ""
        return f"; of the {len(self.others) + 1} splits in the file {self.split} was taken; another one: {_chosen(Path(self.file.name), self.others)}"


def _chosen(file: Path, splits: Sequence[str]) -> str:
    """How the first of the splits that has a name is asked for."""
    name = next(filter(None, splits), "")
    return f"{file}:{name}" if name else str(file)


def read_partition(given: Path, recommended: str = "") -> Partition:
    """The rows of a CSV file with at least the columns ``id`` and ``service``; raises `InputError`.

    Columns are separated as they are in its first line: by commas, or by semicolons or tabs, as spreadsheets do in some languages.
    Further columns as in the export ``assignments``: ``kind`` (``unit`` or ``table``), and ``split``. Of several splits
    in one file that is taken which is ``given`` with it, as ``FILE:SPLIT``, else the ``recommended`` one.
    """
    file, named = given, ""
    try:
        file, named = partition_file(given)
        content = file.read_bytes()
        rows = list(_rows(content.decode("utf-8-sig"), file))
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise InputError(f"{file}:{line}: is not UTF-8. Save the file with that encoding.") from problem
    except OSError as problem:
        raise InputError(f"{file}: cannot be read ({problem.strerror or problem}).") from problem
    columns = rows[0][1] if rows else []
    if not {"id", "service"} <= set(columns):
        found = ", ".join(columns) or "nothing"
        raise InputError(f"{file}: needs a header line with the columns id,service (found: {found}).")
    listed = [(line, dict(zip(columns, cells, strict=False))) for line, cells in rows[1:] if any(cells)]
    if not listed:
        raise InputError(f"{file}: has no rows.")
    splits = list(dict.fromkeys(row.get("split", "") for _, row in listed))
    taken = named or (recommended if len(splits) > 1 else splits[0])
    if taken not in splits:
        held = f"holds {counted(len(splits), 'split')} ({', '.join(filter(None, splits)) or 'without a name'})"
        wanted = f", and not {named}" if named else ""
        raise InputError(f"{file}: {held}{wanted}. Take one: {_chosen(file, splits)}.")
    placements = [_placement(file, line, row) for line, row in listed if row.get("split", "") == taken]
    return Partition(file, taken, tuple(split for split in splits if split != taken), placements)


def _rows(text: str, file: Path) -> Iterator[tuple[int, Sequence[str]]]:
    header = text.lstrip().partition("\n")[0]
    separator = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
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
