"""Everything that a split cuts in the database, with what to do about each."""

from __future__ import annotations

from collections.abc import Collection

from decompose.boundaries.split import SHARED, Split
from decompose.database.joins import crossing_joins
from decompose.database.keys import cut_keys
from decompose.database.options import shared_tables
from decompose.database.places import Places
from decompose.database.sagas import sagas_of
from decompose.database.split import DatabaseDesign, DatabaseSplit
from decompose.system.divisible import EACH_ITS_OWN, NUMBERED_ANEW, had_by_each
from decompose.system.model import System


def design_database(
    system: System, split: Split, database: DatabaseSplit, places: Places | None = None
) -> DatabaseDesign:
    """What to do about everything that ``database`` says ``split`` cuts; ``places`` are those of the split, if they are known."""
    places = places or Places(system, split)
    shared = shared_tables(places, database.foreign_accesses)
    groups = {item.table: option.groups for item in shared for option in item.options if option.groups}
    return DatabaseDesign(
        shared_tables=tuple(shared),
        cut_keys=tuple(cut_keys(places, database.cut_foreign_keys)),
        joins=tuple(crossing_joins(places, shared)),
        sagas=tuple(sagas_of(places, database.spanning_transactions, groups)),
        warnings=tuple(_warnings(places, had_by_each(places.ties.whole))),
    )


def _warnings(places: Places, everywhere: Collection[str]) -> list[str]:
    """What the database side of the split does not cover."""
    found = [
        f"{table.name} has no owner in this split: it stays in the old database until somebody takes it"
        for table in places.system.tables
        if places.owner(table.name) == SHARED
    ]
    pointed_to = {key.target_table for key in places.system.foreign_keys}
    found += [f"{table}: {EACH_ITS_OWN}. {NUMBERED_ANEW}" for table in sorted(pointed_to.intersection(everywhere))]
    if places.system.tables and not places.system.foreign_keys:
        found.append(
            "no foreign key was found: what the code joins by is not checked by the database, or the schema was not seen"
        )
    return found
