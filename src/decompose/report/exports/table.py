"""What one exported table is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from decompose.runs.analysis import Analysis

Row = tuple[str | int | float | tuple[str, ...] | None, ...]


class Export(NamedTuple):
    """One table: its columns, how its rows are made, and what it is about."""

    columns: tuple[str, ...]
    rows: Callable[[Analysis], Iterator[Row]]
    about: str
