"""Two matrices: tables by services (who reads and writes), and services by services (who needs whom)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from decompose.boundaries.split import SHARED
from decompose.database.split import DatabaseSplit, Ownership
from decompose.report.cards import Card
from decompose.report.cuts import Cut
from decompose.system.model import System


class Uses(NamedTuple):
    """How many places of one service write and read one table; ``asks``: code of it asks for some of the writes."""

    writes: int
    reads: int
    asks: bool


class OwnershipRow(NamedTuple):
    """One table: its owner, and its uses by each service (in the order of the cards) and by the shared library."""

    ownership: Ownership
    place: str
    cells: list[Uses]
    shared: Uses

    @property
    def conflict(self) -> int:
        """How many services besides the owner ask for writes to the table."""
        return len(self.ownership.asked_of().keys() - {SHARED, self.ownership.owner})


def ownership_rows(system: System, database: DatabaseSplit | None, cards: list[Card]) -> list[OwnershipRow]:
    """Tables grouped by their owner, in the order of the cards; within one owner the most disputed first."""
    if database is None:
        return []
    names = [card.name for card in cards]
    rank = {name: number for number, name in enumerate(names)}
    places = {table.name: table.place for table in system.tables}
    rows = [
        OwnershipRow(
            owner,
            places.get(owner.table, ""),
            [_uses(owner, name) for name in names],
            _uses(owner, SHARED),
        )
        for owner in database.owners
    ]
    return sorted(rows, key=lambda row: (rank.get(row.ownership.owner, len(rank)), -row.conflict, row.ownership.table))


def _uses(owner: Ownership, service: str) -> Uses:
    return Uses(owner.writers.get(service, 0), owner.readers.get(service, 0), service in owner.asked_of())


class MatrixCell(NamedTuple):
    """What the service of the row needs of that of the column. ``heat`` is 0 to 5, ``back`` marks the upper half."""

    cut: Cut | None
    heat: int
    back: bool


class MatrixRow(NamedTuple):
    """One service's row."""

    card: Card
    cells: list[MatrixCell]


class DependencyMatrix(NamedTuple):
    """A dependency structure matrix (Steward, 1981): a row needs its columns.

    Services that are needed come first, so that what stands above the diagonal closes a cycle; ``back`` counts that.
    """

    cards: list[Card]
    rows: list[MatrixRow]
    total: int
    back: int


def dependency_matrix(cards: list[Card], cuts: list[Cut]) -> DependencyMatrix:
    """The matrix of the cuts, ordered to leave as little as possible above the diagonal."""
    by_name = {card.name: card for card in cards}
    weights = {(cut.source, cut.target): cut.total for cut in cuts if cut.total}
    tied = {name for pair in weights for name in pair}
    order = [by_name[name] for name in feedback_order(tied, weights)]
    order += [card for card in cards if card.name not in tied]
    by_pair = {(cut.source, cut.target): cut for cut in cuts if cut.total}
    most = max(weights.values(), default=1)
    rows = []
    back = 0
    for position, row in enumerate(order):
        cells = []
        for column_position, column in enumerate(order):
            cut = by_pair.get((row.name, column.name))
            above = column_position > position
            back += cut.total if cut and above else 0
            cells.append(MatrixCell(cut, _heat(cut.total, most) if cut else 0, above))
        rows.append(MatrixRow(row, cells))
    return DependencyMatrix(order, rows, sum(weights.values()), back)


def feedback_order(names: Iterable[str], weights: dict[tuple[str, str], int]) -> list[str]:
    """Names in an order in which few of the weighted needs lead to a later one: what is needed comes first.

    The greedy heuristic of Eades, Lin and Smyth (A fast and effective heuristic for the feedback arc set problem,
    Information Processing Letters 47, 1993); then each name is put where it is best, as long as that helps.
    """
    left = sorted(names)
    first: list[str] = []
    last: list[str] = []
    while left:
        inside = set(left)
        needs = dict.fromkeys(left, 0)
        needed = dict.fromkeys(left, 0)
        for (source, target), weight in weights.items():
            if source in inside and target in inside:
                needs[source] += weight
                needed[target] += weight
        if chosen := [name for name in left if not needs[name]]:
            first += chosen
        elif chosen := [name for name in left if not needed[name]]:
            last = chosen + last
        else:
            chosen = [max(left, key=lambda name: needed[name] - needs[name])]
            first += chosen
        left = [name for name in left if name not in chosen]
    order = first + last
    return _improved(order, weights) if len(order) <= _MAX_IMPROVED else order


_MAX_IMPROVED = 60


def _improved(order: list[str], weights: dict[tuple[str, str], int]) -> list[str]:
    better = True
    while better:
        better = False
        for name in sorted(order):
            rest = [other for other in order if other != name]
            # What stands above the diagonal for `name` at the first place: all that it needs.
            above = [sum(weights.get((name, other), 0) for other in rest)]
            for other in rest:
                above.append(above[-1] - weights.get((name, other), 0) + weights.get((other, name), 0))
            best = min(range(len(above)), key=lambda place: (above[place], place))
            if above[best] < above[order.index(name)]:
                order = [*rest[:best], name, *rest[best:]]
                better = True
    return order


def _heat(count: int, most: int) -> int:
    """1 to 5, by the logarithm: the heaviest cell is often a hundred times the lightest."""
    import math

    return 1 + min(4, int(5 * math.log(count) / math.log(most + 1))) if most > 1 else 1
