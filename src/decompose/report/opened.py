"""Which transactions units open, or reach through calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from decompose.made_once import made_once
from decompose.report.ties import Ties
from decompose.system.gathered import Gathered, positions, union
from decompose.system.model import Transaction
from decompose.system.transactions.events import Actor
from decompose.system.transactions.narrowed import numbered, plain
from decompose.system.transactions.reach import Reach


class Opened:
    """Of some ``counted`` transactions of ``all_of_them`` those that an actor opens itself, by their positions."""

    def __init__(self, all_of_them: Iterable[Transaction], counted: Sequence[Transaction]) -> None:
        # A method that acts for a class opens the transaction of that class, if it has one of its own.
        self._bits: dict[Actor, int] = {(t.definition, t.unit): 0 for t in all_of_them}
        for position, t in enumerate(counted):
            # Who is given anything may be any of those that are told apart.
            for actor in {(t.definition, t.unit), numbered((t.definition, t.unit), t.number)}:
                self._bits[actor] = self._bits.get(actor, 0) | (1 << position)

    def by(self, reach: Reach, actor: Actor) -> int:
        """A set with one bit for each position."""
        return self._bits.get(actor if plain(actor) in self._bits else reach.home(actor), 0)


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
