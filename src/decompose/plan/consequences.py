"""Everything that follows from one split: its database side and its plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from decompose.boundaries.split import Split
from decompose.database import design_database, split_database
from decompose.database.places import Places
from decompose.database.split import DatabaseSplit
from decompose.database.ties import Ties
from decompose.plan.crossings import Network
from decompose.plan.detail import detail_plan
from decompose.plan.order import By, make_plan
from decompose.plan.step import EffortUnits, Plan
from decompose.system.model import System


class Consequences(NamedTuple):
    """What a split means for the database, and in which steps to get there."""

    database: DatabaseSplit
    plan: Plan


def consequences(
    system: System,
    split: Split,
    *,
    by: By = "risk",
    units: EffortUnits | None = None,
    detail: bool = True,
    ties: Ties | None = None,
    before: Sequence[str] = (),
) -> Consequences:
    """What follows from ``split``. ``detail``: also what to do about each cut and in each step; without it only the
    order, which is the same. ``ties`` of the system, where they are known already. ``before``: the order that was decided on earlier.
    """
    database = split_database(system, split)
    places = Places(system, split, ties)
    network = Network(places, database.foreign_accesses)
    if not detail:
        # What to do about each cut is worked out when somebody looks at this split.
        return Consequences(
            database, make_plan(system, split, database, by=by, units=units, network=network, before=before)
        )
    database = msgspec.structs.replace(database, design=design_database(system, split, database, places))
    plan = make_plan(system, split, database, by=by, units=units, network=network, before=before)
    return Consequences(database, detail_plan(system, database, plan, network))
