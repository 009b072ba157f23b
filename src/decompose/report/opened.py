"""Which transactions units open, or reach through calls."""

from __future__ import annotations

from collections import defaultdict

from decompose.made_once import made_once
from decompose.report.ties import Ties
from decompose.system.gathered import Gathered, positions, union
from decompose.system.transactions.events import Actor
from decompose.system.transactions.reached import Opened


@made_once
def transactions_of_units(ties: Ties) -> list[tuple[int, ...]]:
    """For each unit the positions of the transactions that its code opens, or reaches within the process."""
    system, reach = ties.system, ties.reach
    opened = Opened(system.transactions, system.transactions)
    reached = Gathered(reach.called_in_order, lambda actor: opened.by(reach, actor))
    actors: dict[str, list[Actor]] = defaultdict(list)
    for definition in system.definitions:
        actors[definition.unit].append(reach.home((definition.id, "")))
    for actor in sorted(reach.following):
        # Inherited methods act for the unit as well.
        actors[actor[1]].append(actor)
    return [tuple(positions(union(map(reached.of, actors[unit.id])))) for unit in system.units]
