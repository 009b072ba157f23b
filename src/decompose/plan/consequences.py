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


class Outlined(NamedTuple):
    """What follows from a split, without what to do about each cut and in each step."""

    database: DatabaseSplit
    plan: Plan
    network: Network


def outlined(
    split: Split, ties: Ties, *, by: By = "risk", units: EffortUnits | None = None, before: Sequence[str] = ()
) -> Outlined:
    """The database side of ``split`` and the order of its plan. ``before``: the order that was decided on earlier."""
    system = ties.system
    database = split_database(ties.whole, split)
    network = Network(Places(system, split, ties), database.foreign_accesses)
    plan = make_plan(system, split, database, by=by, units=units, network=network, before=before)
    return Outlined(database, plan, network)


def in_detail(outline: Outlined) -> Consequences:
    """The same with what to do about each cut and in each step."""
    database, plan, network = outline
    places = network.places
    database = msgspec.structs.replace(database, design=design_database(places.system, places.split, database, places))
    return Consequences(database, detail_plan(places.system, database, plan, network))


def consequences(
    system: System,
    split: Split,
    *,
    by: By = "risk",
    units: EffortUnits | None = None,
    detail: bool = True,
    before: Sequence[str] = (),
) -> Consequences:
    """What follows from ``split``. ``detail``: also what to do about each cut and in each step; without it only the order, which is
    the same. ``before``: the order that was decided on earlier.
    """
    outline = outlined(split, Ties(system), by=by, units=units, before=before)
    return in_detail(outline) if detail else Consequences(outline.database, outline.plan)
