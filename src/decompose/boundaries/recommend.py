"""Which split to recommend, or none, with the reason."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from statistics import mean
from typing import NamedTuple

from decompose.boundaries.agreement import adjusted_rand_index
from decompose.boundaries.generators.refinement import TRADED
from decompose.boundaries.ownership import joined_tables
from decompose.boundaries.scores import DIRECTIONS
from decompose.boundaries.split import Recommendation, Split
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

MERGED = "merged"
"""The name of the split that is made of another by merging its services."""

LEDGER_SHARE = 0.25
"""A table that at least this share of the writing transactions writes, and that is appended to rather than changed, is a ledger."""

FINEST = 0.5
"""Differences of less than this share say nothing: other seeds, or 1 % of the calls and accesses put elsewhere, move each score by
about a seventh, and so their difference by a fifth; twice that and a little more is hardly chance.
"""

EQUAL_TRUST = 0.1
"""Agreement with the ensemble differs by nearly as much from one seed to another (of modules as wholes by 0.09 on one application)."""

DATA = (
    "spanning_transactions",
    "foreign_writes",
    "single_writer_tables",
    "foreign_reads",
    "cut_foreign_keys",
    "crossing_joins",
)
CHANGE = ("lockstep", "inter_call")
"""The first of these that was computed stands for what changes together."""

_TOLD = (*DATA, "lockstep", "inter_call", "remote_calls", "independence", "seed_agreement")
_NAMED = 2


class Smallest(NamedTuple):
    """How small an application may be that is told to split, in lines of code and in tables.

    What a split costs (a network between, a saga for a transaction, one more thing to deploy and watch) does not depend on size,
    while what it brings does: below this a few people can change all of it.
    """

    lines: int = 3000
    tables: int = 4


USUAL = Smallest()


class Standing(NamedTuple):
    """How far a split is from chance, in standard deviations: more is better. ``trust`` is its agreement with the ensemble."""

    data: float
    change: float
    trust: float

    def beats(self, other: Standing) -> bool:
        """Whether it is clearly better by data or by change, and by neither of them clearly worse."""
        pairs = ((self.data, other.data), (self.change, other.change))
        better = any(a - b > FINEST * abs(a) for a, b in pairs)
        return better and not any(b - a > FINEST * abs(b) for a, b in pairs)


def standing(split: Split) -> Standing:
    """Where a split stands: the mean z of what it does to the data, and the z of what it does to change.

    Against shuffles of its own sizes, for every count of broken things is best where little is split.
    """
    z = {score.name: score.z * DIRECTIONS[score.name] for score in split.scores if score.z is not None}
    data = [z[name] for name in DATA if name in z]
    change = next((z[name] for name in CHANGE if name in z), 0.0)
    return Standing(round(sum(data) / len(data), 2) if data else 0.0, change, value_of(split, "seed_agreement"))


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


def recommend(
    system: System,
    splits: Sequence[Split],
    services: tuple[int, int] | None = None,
    smallest: Smallest = USUAL,
) -> Recommendation:
    """The best candidate by what it does to data and change, or none when splitting would not help.

    Of the sound candidates that no other clearly beats (`Standing.beats`), that which the ensemble agrees with most. A range of
    ``services`` that was asked for is kept if any sound candidate keeps it.
    """
    reasons = reasons_against(system, smallest)
    best = _best(system, splits, services)
    if reasons:
        return Recommendation(
            split="", sentence=f"Do not split: {reasons[0]}.", reasons=tuple(reasons), nearest=best.shown
        )
    return best


def kept_to(system: System, split: Split, summary: str, changes: Sequence[str]) -> Recommendation:
    """What is said of a split that was decided on before: it is shown, whatever else would be proposed now.

    ``summary`` and ``changes`` say what became of it.
    """
    apart = ledgers(system)
    flaws = flaws_of(system, split, apart)
    told = (f"proposed anew, it would not be recommended: {'; '.join(flaws)}",) if flaws else ()
    return Recommendation(
        split=split.name,
        sentence=f"{sentence_of(system, split, apart)} {summary}",
        reasons=(*changes, *told),
        confidence=round(mean_confidence(split), 3),
    )


def _best(system: System, splits: Sequence[Split], services: tuple[int, int] | None) -> Recommendation:
    # What was bought for one score with others is for looking at: judged by that score it would win over everything.
    candidates = [s for s in splits if not s.trivial and len(s.services) > 1 and not s.name.endswith(TRADED)]
    apart = ledgers(system)
    flaws = {s.name: flaws_of(system, s, apart) for s in candidates}
    sound = [s for s in candidates if not flaws[s.name]]
    if not sound:
        return _none(candidates, flaws)
    least, most = services or (1, len(system.units))
    off = {s.name: max(least - len(s.services), len(s.services) - most, 0) for s in sound}
    fitting = [s for s in sound if off[s.name] == min(off.values())]
    stands = {s.name: standing(s) for s in splits}
    front = [s for s in fitting if not any(stands[o.name].beats(stands[s.name]) for o in fitting)]
    # Who asks for fewer services is told what fewer would bring, and gets that.
    asked = next((s for s in fitting if services and s.name == MERGED), None)
    best = asked or _trusted(front)
    equal = [s.name for s in candidates if s is not best and _parts(s) == _parts(best)]
    rivals = sorted(
        (s for s in candidates if s is not best and s.name not in equal),
        key=lambda s: (s not in fitting, s not in front, -stands[s.name].trust, splits.index(s)),
    )
    rivals = rivals[: _NAMED - 1] + [s for s in splits if s.name == "one-per-package"] + rivals[_NAMED - 1 :]
    agreement = (f"{' and '.join(equal)} arrived at the same split by another way",) if equal else ()
    return Recommendation(
        split=best.name,
        sentence=sentence_of(system, best, apart),
        reasons=(*agreement, *(_against(best, other) for other in rivals[:_NAMED]), _why(best, front, stands)),
        confidence=round(mean_confidence(best), 3),
    )


def how_sure(system: System, verdict: Recommendation, remade: Sequence[Split]) -> str:
    """In words, how far a verdict holds where the consensus is ``remade`` from parts of the ensemble."""
    apart = ledgers(system)
    flaws = [flaws_of(system, split, apart) for split in remade]
    counts = " and ".join(str(len(split.services)) for split in remade)
    parts = f"made again from each half of the clusterings, the consensus has {counts} services"
    agree = mean(
        adjusted_rand_index([(place, other[thing]) for thing, place in one.items()])
        for one, other in combinations((split.services_of() for split in remade), 2)
    )
    parts += f", which agree with each other by {agree:.2f} (adjusted Rand index)"
    against = next((found[0] for found in flaws if found), "")
    if verdict.split:
        return f"{parts}; one of them would not be recommended: {against}" if against else f"{parts}; both are sound"
    return f"{parts}; neither is sound" if all(flaws) else f"{parts}; not both of them have to be rejected"


def _none(candidates: Sequence[Split], flaws: dict[str, list[str]]) -> Recommendation:
    if not candidates:
        return Recommendation(split="", sentence="Do not split: no candidate divides this application.")
    fewest = min(len(flaws[s.name]) for s in candidates)
    nearest = _trusted([s for s in candidates if len(flaws[s.name]) == fewest])
    return Recommendation(
        split="",
        sentence=f"Do not split: even in the best candidate ({nearest.name}) {' and '.join(flaws[nearest.name])}.",
        reasons=tuple(f"{s.name}: {'; '.join(flaws[s.name])}" for s in candidates),
        nearest=nearest.name,
    )


def _trusted(splits: Sequence[Split]) -> Split:
    """Of those that the ensemble agrees with about equally the first, which is the consensus if it is among them."""
    most = max(standing(s).trust for s in splits)
    return next(s for s in splits if standing(s).trust >= most - EQUAL_TRUST)


def value_of(split: Split, name: str) -> float:
    """The value of one score of a split; 0 where it was not computed."""
    return next((score.value for score in split.scores if score.name == name), 0.0)


def mean_confidence(split: Split) -> float:
    """How sure it is where things belong, in the mean over all."""
    return sum(split.confidence.values()) / len(split.confidence) if split.confidence else 0.0


def _parts(split: Split) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    return {(service.units, service.tables) for service in split.services}


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
    elif not _written(system):
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


def spanning_in(system: System, split: Split, apart: tuple[str, ...] = ()) -> tuple[int, int]:
    """How many transactions would span services, and how many write at all; ``apart`` are tables that do not count."""
    owner = split.service_of_table()
    writing = [
        {owner.get(t) for t in x.tables_written if t not in apart} for x in system.transactions if x.tables_written
    ]
    return sum(len(owners) > 1 for owners in writing), len(writing)


def only_by_cascade(system: System, split: Split) -> int:
    """How many transactions would span services only because rows of others go with those that are deleted."""
    owner = split.service_of_table()
    return sum(
        len({owner.get(t) for t in x.tables_written})
        > 1
        >= len({owner.get(t) for t in x.tables_written if t not in x.tables_cascaded})
        for x in system.transactions
        if x.tables_cascaded
    )


def _written(system: System) -> set[str]:
    """The tables that code asks to write, as the score counts them: rows that only go along with others make no writer."""
    return {a.table for a in system.accesses if a.operation != "read" and a.resolution != "guessed" and not a.follows}


def flaws_of(system: System, split: Split, apart: tuple[str, ...]) -> list[str]:
    """Why a split is not sound, in words; ``apart`` are ledgers."""
    return [*flaws_of_shape(system, split), *flaws_of_crossing(system, split, apart)]


def flaws_of_shape(system: System, split: Split) -> list[str]:
    """What is wrong with how it is divided, whatever crosses."""
    flaws = []
    largest = value_of(split, "largest_share")
    if largest >= MAX_LARGEST_SHARE:
        flaws.append(
            f"one service holds {largest:.0%} of the units and tables (less than {MAX_LARGEST_SHARE:.0%} is accepted)"
        )
    z = next((score.z for score in split.scores if score.name == "modularity"), None)
    if z is not None and z < MIN_MODULARITY_Z:
        flaws.append(f"it is hardly better than chance (modularity {z} standard deviations from shuffled labels)")
    single, written = value_of(split, "single_writer_tables"), len(_written(system))
    if written >= MIN_WRITTEN and single < MIN_SINGLE_WRITER:
        flaws.append(
            f"{single:.0%} of the written tables have a single writing service (at least {MIN_SINGLE_WRITER:.0%} is asked for)"
        )
    return flaws


def flaws_of_crossing(system: System, split: Split, apart: tuple[str, ...]) -> list[str]:
    """What is wrong by the calls and transactions that cross."""
    flaws = []
    crossing = value_of(split, "inter_call")
    if crossing > MAX_CROSSING:
        flaws.append(f"{crossing:.0%} of the calls would cross (at most {MAX_CROSSING:.0%} is accepted)")
    spanning, writing = spanning_in(system, split, apart)
    share = spanning / writing if writing >= ENOUGH_TRANSACTIONS else surely(spanning, writing) if writing else 0.0
    if writing >= MIN_TRANSACTIONS and share > MAX_SPANNING:
        besides = f", not counting the tables that everything appends to ({', '.join(apart)})" if apart else ""
        flaws.append(
            f"{spanning / writing:.0%} of the writing transactions would span services{besides} (at most {MAX_SPANNING:.0%} is accepted)"
        )
    return flaws


def sentence_of(system: System, split: Split, apart: tuple[str, ...]) -> str:
    """The verdict for a split in a sentence."""
    written = _written(system)
    single = round(value_of(split, "single_writer_tables") * len(written))
    spanning, writing = spanning_in(system, split)
    without = spanning - spanning_in(system, split, apart)[0]
    only = [f"{without} of them only by {', '.join(apart)}, which everything appends to"] if without else []
    if writing >= MIN_TRANSACTIONS and (spanning - without) / writing > MAX_SPANNING:
        only.append(f"more than the {MAX_SPANNING:.0%} that is accepted, but too few are seen to be sure")
    cascaded = only_by_cascade(system, split)
    only += [f"{cascaded} of them only by cascades of deleted rows"] if cascaded else []
    besides = f" ({'; '.join(only)})" if only else ""
    spans = f"{spanning} of {writing} writing transactions would span services{besides}"
    return (
        f"Split into {len(split.services)} services ({split.name}): "
        f"{single} of {len(written)} written tables have a single writing service, "
        f"{spans if writing else 'no transaction was seen to write'}, "
        f"and {value_of(split, 'inter_call'):.0%} of the calls would cross."
    )


def _why(best: Split, front: Sequence[Split], stands: dict[str, Standing]) -> str:
    mine = stands[best.name]
    where = f"{best.name} lies {mine.data:.1f} standard deviations from chance by data and {mine.change:.1f} by change"
    if best.name == MERGED:
        return f"{where}; it is {best.generator}"
    if len(front) == 1:
        return f"{where}; no other sound candidate is clearly better by either without being clearly worse by the other"
    others = ", ".join(s.name for s in front if s is not best)
    return f"{where}; {others} could not be ruled out by these, but other seeds and weights agree less with it ({mine.trust:.2f} here)"


def _against(best: Split, other: Split) -> str:
    """What an alternative does better and worse."""
    better: list[str] = []
    worse: list[str] = []
    ours, theirs = ({score.name: score.value for score in split.scores} for split in (best, other))
    for name in _TOLD:
        if name in ours and name in theirs and f"{theirs[name]:.2f}" != f"{ours[name]:.2f}":
            text = f"{name.replace('_', ' ')} {theirs[name]:.2f} against {ours[name]:.2f}"
            (better if DIRECTIONS[name] * (theirs[name] - ours[name]) > 0 else worse).append(text)
    parts = [f"{other.name} ({len(other.services)} services)"]
    parts.append(f"is better in {', '.join(better)}" if better else "is better in nothing")
    parts.append(f"and worse in {', '.join(worse)}" if worse else "and worse in nothing")
    return " ".join(parts)
