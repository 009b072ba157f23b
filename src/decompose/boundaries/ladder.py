"""Fewer, larger services: which two to make one, step by step, and what each such merge heals.

Services that are few, and of which few transactions are broken, are not those that are nearest to how the code is drawn by domain.
So the split stays as fine as it was found, and what fewer would bring is told beside it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from decompose.boundaries.graph import TABLE
from decompose.boundaries.recommend import MAX_LARGEST_SHARE, MERGED, ledgers
from decompose.boundaries.scores import Scorer, labels_of
from decompose.boundaries.split import Service, Split
from decompose.system.model import Record
from decompose.wording import counted

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Pair
    from decompose.boundaries.scores.layout import Values

PAYS = 1.0
"""A merge pays where of the transactions, writes and calls of the application a larger share lies between the two services than
of all pairs of code: where any two parts are tied less.
"""

_FEWEST = 2
"""Services, and the owners of a transaction that a merge of two heals."""

_NAMED = 6


class Rung(Record, frozen=True):
    """A split with so many ``services``, in which ``joined`` was made one with ``kept``, the larger, whose name stays.

    What is still broken is counted as in the scores; ``largest_share`` is that of the largest service. ``pays``: whether the two are tied
    more than two parts of the application are in the mean, and do not hold half of it together. The first rung is the split itself.
    """

    services: int
    kept: str
    joined: str
    spanning_transactions: int
    foreign_writes: int
    crossing_calls: int
    single_writer_tables: int
    largest_share: float
    pays: bool


class Ladder(Record, frozen=True):
    """The rungs from a ``split`` down to two services, and how many writing transactions, writes, calls and written tables there are."""

    split: str = ""
    transactions: int = 0
    writes: int = 0
    calls: int = 0
    written_tables: int = 0
    rungs: tuple[Rung, ...] = ()

    @property
    def stop(self) -> Rung | None:
        """The last rung to which every merge pays; None where none does."""
        paying = 0
        while paying + 1 < len(self.rungs) and self.rungs[paying + 1].pays:
            paying += 1
        return self.rungs[paying] if paying else None


def ladder_of(scorer: Scorer, split: Split, parted: Collection[Pair] = (), most_units: int | None = None) -> Ladder:
    """The ladder of a split. ``parted`` are pairs of its services, by number, that stay apart; ``most_units`` is the largest a service may be."""
    climb = Climb(scorer, split, parted, most_units)
    rungs = [climb.rung()]
    while climb.step():
        rungs.append(climb.rung())
    return Ladder(
        split=split.name,
        transactions=len(climb.spans),
        writes=scorer.writes.shape[1],
        calls=round(float(scorer.call_shares.sum())),
        written_tables=len(climb.writers),
        rungs=tuple(rungs),
    )


def merged(
    scorer: Scorer, split: Split, wanted: tuple[int, int], parted: Collection[Pair] = (), most_units: int | None = None
) -> Split | None:
    """The rung with as many services as are ``wanted``, of a range that to which every merge pays; None where the split has no more than that, or
    no ties that lead there.
    """
    least, most = wanted
    if len(split.services) <= most:
        return None
    climb = Climb(scorer, split, parted, most_units)
    while len(climb.names) > most and climb.step():
        pass
    if len(climb.names) > most:
        return None
    while len(climb.names) > least and climb.step(paying=True):
        pass
    terms = {service.name: service.terms for service in split.services}
    services = [
        Service(
            name=name,
            units=tuple(sorted(unit for part in parts for unit in split.services[part].units)),
            tables=tuple(sorted(table for part in parts for table in split.services[part].tables)),
            terms=terms[name],
        )
        for name, parts in zip(climb.names, climb.parts, strict=True)
    ]
    about = f"the {len(split.services)} services of {split.name}, made fewer by what each merge heals"
    return Split(
        name=MERGED,
        generator=about,
        trivial=False,
        services=tuple(sorted(services, key=lambda service: service.name)),
        shared=split.shared,
    )


class Climb:
    """Merges two services of a split at each step: those that are tied most for their size. ``parts`` are the services of the split, by
    number, that each service now is made of.
    """

    def __init__(
        self, scorer: Scorer, split: Split, parted: Collection[Pair] = (), most_units: int | None = None
    ) -> None:
        import numpy as np

        self._np, self._most_units = np, most_units
        labels = labels_of(scorer.graph, split)
        self.names = [service.name for service in split.services]
        self.parts = [[number] for number in range(len(self.names))]
        self._sizes = np.bincount(labels[labels >= 0], minlength=len(self.names)).astype(np.float64)
        is_unit = np.array([not members[0].startswith(TABLE) for members in scorer.graph.members], dtype=bool)
        self._units = np.bincount(labels[(labels >= 0) & is_unit], minlength=len(self.names))
        self._calls = self._between(labels, scorer.calls, scorer.call_shares)
        self._writes = self._between(labels, scorer.writes)
        number = np.repeat(
            np.arange(len(scorer.transactions)), np.diff([*scorer.transactions, len(scorer.in_transactions)])
        )
        self.spans = self._touching(labels, number, scorer.in_transactions, len(scorer.transactions))
        # Who owns what everything appends to decides nothing: an outbox carries its rows.
        told = [scorer.graph.table_node[table] for table in ledgers(scorer.graph.system)]
        steers = ~np.isin(scorer.in_transactions, told)
        self._steering = self._touching(
            labels, number[steers], scorer.in_transactions[steers], len(scorer.transactions)
        )
        written, which = np.unique(scorer.writes[1], return_inverse=True)
        self.writers = self._touching(labels, which, scorer.writes[0], len(written))
        self._steering_writes = self._between(labels, scorer.writes[:, ~np.isin(scorer.writes[1], told)])
        self._totals = [
            max(1, len(self.spans)),
            max(1, scorer.writes.shape[1]),
            max(1.0, float(scorer.call_shares.sum())),
        ]
        self._parted = np.eye(len(self.names), dtype=bool)
        for one, other in parted:
            self._parted[one, other] = self._parted[other, one] = True
        self._last = ("", "", True)

    def rung(self) -> Rung:
        """What the split is now."""
        kept, joined, pays = self._last
        return Rung(
            services=len(self.names),
            kept=kept,
            joined=joined,
            spanning_transactions=int((self.spans.sum(axis=1) > 1).sum()),
            foreign_writes=int(self._writes.sum()) // 2,
            crossing_calls=round(float(self._calls.sum()) / 2),
            single_writer_tables=int((self.writers.sum(axis=1) <= 1).sum()),
            largest_share=round(float(self._sizes.max(initial=0) / max(1.0, self._sizes.sum())), 6),
            pays=pays,
        )

    def step(self, *, paying: bool = False) -> bool:
        """Merge the two services that are tied most for their size; False where there are none, or, if asked, it does not pay."""
        if len(self.names) <= _FEWEST:
            return False
        np = self._np
        shares = self._sizes / max(1.0, self._sizes.sum())
        tied = np.round(self._tied() / np.maximum(2 * np.outer(shares, shares), 1e-9), 6)
        tied[self._parted] = 0
        if self._most_units:
            tied[self._units[:, None] + self._units[None, :] > self._most_units] = 0
        small = np.where(shares[:, None] + shares[None, :] < MAX_LARGEST_SHARE, tied, 0)
        found = small if small.any() else tied
        one, other = sorted(int(number) for number in np.unravel_index(int(found.argmax()), found.shape))
        pays = bool(small[one, other] >= PAYS)
        if not found.any() or (paying and not pays):
            return False
        self._merge(one, other, pays=pays)
        return True

    def _tied(self) -> Values:
        """The mean share of all transactions, writes and calls that would be healed by making two services one."""
        np = self._np
        alone = self._steering[self._steering.sum(axis=1) == _FEWEST]
        together = np.zeros((len(self.names), len(self.names)))
        np.add.at(together, (alone.argmax(axis=1), len(self.names) - 1 - alone[:, ::-1].argmax(axis=1)), 1)
        together += together.T
        kinds = zip((together, self._steering_writes, self._calls), self._totals, strict=True)
        return sum(counts / total for counts, total in kinds) / len(self._totals)

    def _merge(self, one: int, other: int, *, pays: bool) -> None:
        np = self._np
        kept, joined = sorted((one, other), key=lambda number: (-self._sizes[number], number))
        self._last = self.names[kept], self.names[joined], pays
        self.names[one] = self.names[kept]
        self.parts[one] += self.parts[other]
        del self.names[other], self.parts[other]
        self._sizes[one] += self._sizes[other]
        self._units[one] += self._units[other]
        self._sizes, self._units = np.delete(self._sizes, other), np.delete(self._units, other)
        self._calls, self._writes, self._steering_writes = (
            self._as_one(pairs, one, other) for pairs in (self._calls, self._writes, self._steering_writes)
        )
        self._parted = self._as_one(self._parted, one, other) > 0
        np.fill_diagonal(self._parted, val=True)
        for groups in (self.spans, self._steering, self.writers):
            np.maximum(groups[:, one], groups[:, other], out=groups[:, one])
        self.spans, self._steering, self.writers = (
            np.delete(groups, other, axis=1) for groups in (self.spans, self._steering, self.writers)
        )

    def _as_one(self, pairs: Values, one: int, other: int) -> Values:
        np = self._np
        made = pairs.astype(np.float64)
        made[one] += made[other]
        made[:, one] += made[:, other]
        made[one, one] = 0
        return np.delete(np.delete(made, other, axis=0), other, axis=1)

    def _between(self, labels: Labels, pairs: Labels, shares: Values | None = None) -> Values:
        """How many pairs of nodes lie between two services, in both directions; ``shares`` are what each counts."""
        np = self._np
        found = np.zeros((len(self.names), len(self.names)))
        ends = labels[pairs]
        apart = (ends >= 0).all(axis=0) & (ends[0] != ends[1])
        np.add.at(found, tuple(ends[:, apart]), 1 if shares is None else shares[apart])
        return found + found.T

    def _touching(self, labels: Labels, groups: Labels, nodes: Labels, count: int) -> Values:
        """Which groups of nodes have one of which service."""
        np = self._np
        found = np.zeros((count, len(self.names)), dtype=bool)
        placed = labels[nodes] >= 0
        found[groups[placed], labels[nodes][placed]] = True
        return found


def told_of_ladder(ladder: Ladder) -> str:
    """In words, what fewer services would bring; empty where the split has no more than two."""
    if len(ladder.rungs) < _FEWEST:
        return ""
    start, stop = ladder.rungs[0], ladder.stop
    if stop is None:
        return "no two of these services are tied so much that to merge them would pay (`decompose export RUN ladder`)"
    return (
        f"with fewer services less would be broken: {stop.services} in place of {start.services} (`--services {stop.services}`) "
        f"{_what_is_left(ladder, start, stop)}. {steps_to(ladder, stop)}. Each two of these are tied more than two parts of this "
        "application are in the mean; to merge further would pay less (`decompose export RUN ladder`)"
    )


def steps_to(ladder: Ladder, last: Rung) -> str:
    """In words, the merges on the way to a rung, each with what it heals."""
    steps = ladder.rungs[1 : ladder.rungs.index(last) + 1]
    said = [_step(one, other) for one, other in zip(ladder.rungs, steps, strict=False)]
    more = f"; and {len(said) - _NAMED} more" if len(said) > _NAMED else ""
    return f"{'; '.join(said[:_NAMED])}{more}"


def in_short(ladder: Ladder) -> str:
    """The same in a line; empty where no merge pays."""
    start, stop = ladder.rungs[0] if ladder.rungs else None, ladder.stop
    if start is None or stop is None:
        return ""
    broken = [
        f"{one} of {of} {noun} ({other} with {start.services})"
        for one, other, of, noun in (
            (stop.spanning_transactions, start.spanning_transactions, ladder.transactions, "writing transactions"),
            (stop.foreign_writes, start.foreign_writes, ladder.writes, "writes"),
        )
        if one < other
    ]
    crossing = f"{stop.crossing_calls / ladder.calls:.0%} of the calls" if ladder.calls and not broken else ""
    return f"{stop.services} would break {', '.join(broken) or crossing} (`--services {stop.services}`)"


def _step(before: Rung, after: Rung) -> str:
    healed = [
        counted(number, noun)
        for number, noun in (
            (before.spanning_transactions - after.spanning_transactions, "transaction"),
            (before.foreign_writes - after.foreign_writes, "write"),
            (before.crossing_calls - after.crossing_calls, "call"),
        )
        if number
    ]
    return f"{after.kept} with {after.joined} heals {', '.join(healed) or 'nothing'}"


def _what_is_left(ladder: Ladder, start: Rung, stop: Rung) -> str:
    parts = []
    if ladder.transactions:
        parts.append(
            f"would break {stop.spanning_transactions} of {ladder.transactions} writing transactions ({start.spanning_transactions} now)"
        )
    if ladder.written_tables:
        parts.append(
            f"leave {stop.single_writer_tables} of {ladder.written_tables} written tables with a single writer ({start.single_writer_tables})"
        )
    if ladder.calls:
        parts.append(
            f"let {stop.crossing_calls / ladder.calls:.0%} of the calls cross ({start.crossing_calls / ladder.calls:.0%})"
        )
    return f"{', '.join(parts)}; the largest would hold {stop.largest_share:.0%} of the code and tables ({start.largest_share:.0%})"
