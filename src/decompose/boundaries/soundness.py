"""Whether a split is sound, and why not; and whether an application is worth splitting at all."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import NamedTuple

from decompose.boundaries.ownership import joined_tables
from decompose.boundaries.split import Split
from decompose.system.model import System
from decompose.wording import counted

MIN_UNITS = 20
MAX_LARGEST_SHARE = 0.5
MIN_MODULARITY_Z = 2.0
MAX_SPANNING = 0.6
MAX_CROSSING = 0.4
MIN_SINGLE_WRITER = 0.25
MIN_WRITTEN = 4
MIN_TRANSACTIONS = 5
ENOUGH_TRANSACTIONS = 20
"""From so many on the share that spans services is judged as it is; of fewer it must surely be too large."""

_ONE_SIDED = 1.645
"""The standard deviations beyond which 5 % of a normal distribution lie."""

ROOM = 0.03
"""How far from its limit a share has to be to be clear of it: three times what another seed moves that of the calls that cross by where merging
stops paying (0.01).
"""

LEDGER_SHARE = 0.25
"""A table that at least this share of the writing transactions writes, and that is appended to rather than changed, is a ledger."""


class Smallest(NamedTuple):
    """How small an application may be that is told to split, in lines of code and in tables.

    What a split costs (a network between, a saga for a transaction, one more thing to deploy and watch) does not depend on size,
    while what it brings does: below this a few people can change all of it.
    """

    lines: int = 3000
    tables: int = 4


USUAL = Smallest()


def ledgers(system: System) -> tuple[str, ...]:
    """Tables that everything appends to and no key leads to, such as event and audit logs: an outbox carries their rows,
    whoever owns them. What only joins two tables is none: its rows are about what they join.
    """
    between = joined_tables(system)
    referred = {key.target_table for key in system.foreign_keys if key.table != key.target_table}
    writing = [t for t in system.transactions if t.tables_written]
    written = Counter(table for transaction in writing for table in set(transaction.tables_written))
    operations: dict[str, Counter[str]] = defaultdict(Counter)
    for access in system.accesses:
        if access.resolution != "guessed":
            operations[access.table][access.operation] += 1
    return tuple(
        sorted(
            table
            for table, count in written.items()
            if table not in referred
            and table not in between
            and count >= max(MIN_TRANSACTIONS, LEDGER_SHARE * len(writing))
            and operations[table]["insert"] >= max(1, operations[table]["update"] + operations[table]["delete"])
        )
    )


def value_of(split: Split, name: str) -> float:
    """The value of one score of a split; 0 where it was not computed."""
    return next((score.value for score in split.scores if score.name == name), 0.0)


def reasons_against(system: System, smallest: Smallest) -> list[str]:
    """Why an application is not to be split, however it is done."""
    reasons = []
    if system.lines < smallest.lines:
        reasons.append(
            f"it has only {system.lines:,} lines of code, and below {smallest.lines:,} (`min_lines`) a split costs more than it brings"
        )
    if len(system.units) < MIN_UNITS:
        reasons.append(f"it has only {len(system.units)} units (classes and functions), fewer than {MIN_UNITS}")
    if len(system.tables) < smallest.tables:
        reasons.append(
            f"{_tables_found(system)}, fewer than {smallest.tables} (`min_tables`), and a split divides data first of all"
        )
    elif not written_tables(system):
        reasons.append(
            f"{_tables_found(system)}, but nothing was seen to write any of them, so who should own which cannot be told"
        )
    return reasons


def _tables_found(system: System) -> str:
    tables = len(system.tables)
    return f"{counted(tables, 'database table')} {'was' if tables == 1 else 'were'} found"


def surely(count: int, of: int) -> float:
    """The share that is at least there, however few were counted: the lower bound of Wilson's interval (1927), one-sided 95 %."""
    share, factor = count / of, _ONE_SIDED**2 / of
    return (share + factor / 2 - math.sqrt(factor * share * (1 - share) + factor**2 / 4)) / (1 + factor)


def spanning_in(system: System, split: Split, apart: tuple[str, ...] = (), *, sure: bool = False) -> tuple[int, int]:
    """How many transactions would span services, and how many write at all; ``apart`` are tables that do not count.

    ``sure``: only those that do whatever the classes of their objects are.
    """
    owner = split.service_of_table()
    writing = [
        {owner[t] for t in (x.sure if sure else x.tables_written) if t in owner and t not in apart}
        for x in system.transactions
        if x.tables_written
    ]
    return sum(len(owners) > 1 for owners in writing), len(writing)


def only_by_class(system: System, split: Split) -> int:
    """How many transactions would span services only where an object is of one of several classes."""
    return spanning_in(system, split)[0] - spanning_in(system, split, sure=True)[0]


def only_by_cascade(system: System, split: Split) -> int:
    """How many transactions would span services only because rows of others go with those that are deleted."""
    owner = split.service_of_table()
    return sum(
        len({owner[t] for t in x.tables_written if t in owner})
        > 1
        >= len({owner[t] for t in x.tables_written if t in owner and t not in x.tables_cascaded})
        for x in system.transactions
        if x.tables_cascaded
    )


def written_tables(system: System) -> set[str]:
    """The tables that code asks to write, as the score counts them: rows that only go along with others make no writer."""
    return {a.table for a in system.accesses if a.operation != "read" and a.resolution != "guessed" and not a.follows}


def flaws_of(system: System, split: Split, apart: tuple[str, ...], room: float = 0.0) -> list[str]:
    """Why a split is not sound, in words; ``apart`` are ledgers. Of one that is: within how much ``room`` of a limit it lies, and of which."""
    return [*flaws_of_shape(system, split, room), *flaws_of_crossing(system, split, apart, room)]


def flaws_of_shape(system: System, split: Split, room: float = 0.0) -> list[str]:
    """What is wrong with how it is divided, whatever crosses."""
    flaws = []
    largest = value_of(split, "largest_share")
    if largest >= MAX_LARGEST_SHARE - room:
        flaws.append(
            f"one service holds {largest:.0%} of the units and tables (less than {MAX_LARGEST_SHARE:.0%} is accepted)"
        )
    z = next((score.z for score in split.scores if score.name == "modularity"), None)
    if z is not None and z < MIN_MODULARITY_Z:
        flaws.append(f"it is hardly better than chance (modularity {z} standard deviations from shuffled labels)")
    single, written = value_of(split, "single_writer_tables"), len(written_tables(system))
    if written >= MIN_WRITTEN and single < MIN_SINGLE_WRITER + room:
        flaws.append(
            f"{single:.0%} of the written tables have a single writing service (at least {MIN_SINGLE_WRITER:.0%} is asked for)"
        )
    return flaws


def flaws_of_crossing(system: System, split: Split, apart: tuple[str, ...], room: float = 0.0) -> list[str]:
    """What is wrong by the calls and transactions that cross; with ``room``, also by what is written only for some classes of objects."""
    flaws = []
    crossing = value_of(split, "inter_call")
    if crossing > MAX_CROSSING - room:
        flaws.append(f"{crossing:.0%} of the calls would cross (at most {MAX_CROSSING:.0%} is accepted)")
    spanning, writing = spanning_in(system, split, apart, sure=not room)
    share = spanning / writing if writing >= ENOUGH_TRANSACTIONS else surely(spanning, writing) if writing else 0.0
    if writing >= MIN_TRANSACTIONS and share > MAX_SPANNING - room:
        besides = f", not counting the tables that everything appends to ({', '.join(apart)})" if apart else ""
        flaws.append(
            f"{spanning / writing:.0%} of the writing transactions would span services{besides} (at most {MAX_SPANNING:.0%} is accepted)"
        )
    return flaws


def has_room(system: System, split: Split, apart: tuple[str, ...]) -> bool:
    """Whether a split would be sound with another seed or a little more code as well: it is by `ROOM`, and of the transactions, which are few,
    it is sure that no more than are accepted break.
    """
    spanning, writing = spanning_in(system, split, apart)
    surely_whole = surely(writing - spanning, writing) if writing >= MIN_TRANSACTIONS else 1.0
    return surely_whole >= 1 - MAX_SPANNING and not flaws_of(system, split, apart, ROOM)
