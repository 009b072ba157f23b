"""The sample as its architect would split it, read once for all tests."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from decompose import api
from decompose.boundaries import split_from_assignment
from decompose.boundaries.split import Split
from decompose.database import design_database, split_database
from decompose.database.split import DatabaseDesign, DatabaseSplit
from decompose.system.model import System

SAMPLE = Path(__file__).parents[2] / "sample_monolith"


class Drawn(NamedTuple):
    """A split with its database side."""

    system: System
    split: Split
    database: DatabaseSplit
    design: DatabaseDesign


@cache
def by_the_architect() -> Drawn:
    """The split of ``boundaries.csv``. It also names modules without code of their own, which are no units."""
    system = api.analyze(SAMPLE, cache_folder=None, jobs=1).system
    known = {unit.id for unit in system.units} | {f"table:{table.name}" for table in system.tables}
    with (SAMPLE / "boundaries.csv").open(newline="", encoding="utf-8") as stream:
        rows = {row["id"]: row["service"] for row in csv.DictReader(stream) if row["id"] in known}
    split = split_from_assignment(system, rows, "by the architect")
    database = split_database(system, split)
    return Drawn(system, split, database, design_database(system, split, database))
