"""Fewer, larger services: which two to make one, step by step, and what each such merge heals.

Services that are few, and of which few transactions are broken, are not those that are nearest to how the code is drawn by domain.
So the split stays as fine as it was found, and what fewer would bring is told beside it: first the merges that heal, as long as they pay, then what is
hardly worth a process joins what it is tied to most, and then whatever is tied most is merged down to two.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from decompose.boundaries.graph import TABLE
from decompose.boundaries.recommend import MERGED
from decompose.boundaries.scores import Scorer, labels_of
from decompose.boundaries.small import is_slight
from decompose.boundaries.soundness import MAX_LARGEST_SHARE, ledgers
from decompose.boundaries.split import Service, Split
from decompose.system.model import Record

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Pair
    from decompose.boundaries.scores.layout import Values

PAYS = 1.0
"""A merge pays where of the transactions, writes and calls of the application a larger share lies between the two services than
of all pairs of code: where any two parts are tied less.
"""

_FEWEST = 2
"""Services, and the owners of a transaction that a merge of two heals."""

NO_TABLE, SMALL = "no table", "small"
"""Why a service is hardly worth a process: it holds no table, or is small beside the others (`small.is_slight`)."""


class Rung(Record, frozen=True):
    """A split with so many ``services``, in which ``joined`` was made one with ``kept``, the larger, whose name stays.

    The first rung is the split itself. What is still broken is counted as in the scores.

    ``largest_share`` is that of the largest service. ``pays``: whether the two are tied more than two parts of the application
    are in the mean, and do not hold half of it together. ``folded`` says why what was joined is hardly worth a process:
    ``no table``, or ``small`` beside the others; empty where it was merged for what that heals. ``lines``: so many it had.
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
    folded: str = ""
    lines: int = 0


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

    @property
    def folds(self) -> tuple[Rung, ...]:
        """The rungs on which something that is hardly worth a process joins another."""
        return tuple(rung for rung in self.rungs if rung.folded)


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
        self._evidence = self._between(labels, scorer.edges, scorer.weights)
        lines = {unit.id: unit.lines for unit in scorer.graph.system.units}
        self._lines = np.array([sum(lines[unit] for unit in service.units) for service in split.services])
        self._tables = np.array([len(service.tables) for service in split.services])
        self._parted = np.eye(len(self.names), dtype=bool)
        for one, other in parted:
            self._parted[one, other] = self._parted[other, one] = True
        self._last, self._healing, self._folding = ("", "", True, "", 0), True, True

    def rung(self) -> Rung:
        """What the split is now."""
        kept, joined, pays, folded, lines = self._last
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
            folded=folded,
            lines=lines,
        )

    def step(self, *, paying: bool = False) -> bool:
        """Merge the two services that are tied most for their size, once no such merge pays what is hardly worth a process with what it is tied to
        most; False where there are none, or, if asked, it does not pay.
        """
        if len(self.names) <= _FEWEST:
            return False
        np = self._np
        shares = self._sizes / max(1.0, self._sizes.sum())
        tied = np.round(self._tied() / np.maximum(2 * np.outer(shares, shares), 1e-9), 6)
        tied[self._parted] = 0
        if self._most_units:
            tied[self._units[:, None] + self._units[None, :] > self._most_units] = 0
        below = shares[:, None] + shares[None, :] < MAX_LARGEST_SHARE
        small = np.where(below, tied, 0)
        self._healing = self._healing and bool(small.max() >= PAYS)
        if paying and not small.max() >= PAYS:
            return False
        if not self._healing and self._folding and not paying:
            fold = self._next_fold(below)
            self._folding = fold is not None
            if fold is not None:
                self._merge(*fold, pays=bool(small[fold[:2]] >= PAYS))
                return True
        found = small if small.any() else tied
        one, other = (int(number) for number in np.unravel_index(int(found.argmax()), found.shape))
        if not found.any():
            return False
        self._merge(one, other, "", pays=bool(small[one, other] >= PAYS))
        return True

    def _next_fold(self, below: Labels) -> tuple[int, int, str] | None:
        """The smallest service that is hardly worth a process and tied to another, that other, and why; rather one that is worth it. ``below``: which
        two do not hold half of the code together.
        """
        np = self._np
        allowed = below & ~self._parted
        if self._most_units:
            allowed &= self._units[:, None] + self._units[None, :] <= self._most_units
        sizes = self._lines.tolist()
        slight = np.array([is_slight(size, tables, sizes) for size, tables in zip(sizes, self._tables, strict=True)])
        for number in sorted(np.flatnonzero(slight).tolist(), key=lambda number: (sizes[number], self.names[number])):
            ties = np.round(np.where(allowed[number], self._evidence[number], 0), 6)
            ties = ties * ~slight if (ties * ~slight).any() else ties
            if ties.any():
                return number, int(ties.argmax()), SMALL if self._tables[number] else NO_TABLE
        return None

    def _tied(self) -> Values:
        """The mean share of all transactions, writes and calls that would be healed by making two services one."""
        np = self._np
        alone = self._steering[self._steering.sum(axis=1) == _FEWEST]
        together = np.zeros((len(self.names), len(self.names)))
        np.add.at(together, (alone.argmax(axis=1), len(self.names) - 1 - alone[:, ::-1].argmax(axis=1)), 1)
        together += together.T
        kinds = zip((together, self._steering_writes, self._calls), self._totals, strict=True)
        return sum(counts / total for counts, total in kinds) / len(self._totals)

    def _merge(self, one: int, other: int, folded: str, *, pays: bool) -> None:
        np = self._np
        by_size = sorted((one, other), key=lambda number: (-self._sizes[number], number))
        kept, joined = (other, one) if folded else by_size
        self._last = self.names[kept], self.names[joined], pays, folded, int(self._lines[joined])
        name, one, other = self.names[kept], *sorted((one, other))
        self.names[one] = name
        self.parts[one] += self.parts[other]
        del self.names[other], self.parts[other]
        self._sizes[one] += self._sizes[other]
        self._units[one] += self._units[other]
        self._lines[one] += self._lines[other]
        self._tables[one] += self._tables[other]
        self._sizes, self._units, self._lines, self._tables = (
            np.delete(counts, other) for counts in (self._sizes, self._units, self._lines, self._tables)
        )
        self._calls, self._writes, self._steering_writes, self._evidence = (
            self._as_one(pairs, one, other)
            for pairs in (self._calls, self._writes, self._steering_writes, self._evidence)
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
