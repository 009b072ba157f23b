"""What fewer services would bring, in words."""

from __future__ import annotations

from decompose.boundaries.ladder import SMALL, Ladder, Rung
from decompose.boundaries.soundness import USUAL
from decompose.wording import counted

_NAMED = 6


def told_of_ladder(ladder: Ladder) -> str:
    """In words, what fewer services would bring; empty where the split has no more than two."""
    if len(ladder.rungs) == 1 or not ladder.rungs:
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
    fold = folds_in_short(ladder)
    if start is None or stop is None:
        return fold
    broken = [
        f"{one} of {of} {noun} ({other} with {start.services})"
        for one, other, of, noun in (
            (stop.spanning_transactions, start.spanning_transactions, ladder.transactions, "writing transactions"),
            (stop.foreign_writes, start.foreign_writes, ladder.writes, "writes"),
        )
        if one < other
    ]
    crossing = f"{stop.crossing_calls / ladder.calls:.0%} of the calls" if ladder.calls and not broken else ""
    healed = f"{stop.services} would break {', '.join(broken) or crossing} (`--services {stop.services}`)"
    return f"{healed}; {fold}" if fold else healed


def folds_in_short(ladder: Ladder) -> str:
    """How many services are left once what is hardly worth a process joins others; empty where there is nothing of that kind."""
    count = ladder.folds[-1].services if ladder.folds else 0
    joined = "are left once what is hardly worth a process joins others"
    return f"{count} {joined} (`--services {count}`)" if count else ""


def told_of_folds(ladder: Ladder) -> str:
    """In words, which services could join others as they are hardly worth a process, whatever that heals; empty where there are none."""
    folds = ladder.folds
    if not folds:
        return ""
    before, last = ladder.stop or ladder.rungs[0], folds[-1]
    said = [f"{one.joined} ({_slight(one)}) into {one.kept}" for one in folds]
    more = f"; and {len(said) - _NAMED} more" if len(said) > _NAMED else ""
    left = [
        f"{one} of {of} {noun} ({other} before)"
        for one, other, of, noun in (
            (last.spanning_transactions, before.spanning_transactions, ladder.transactions, "writing transactions"),
            (last.crossing_calls, before.crossing_calls, ladder.calls, "calls"),
        )
        if of
    ]
    return (
        f"fewer still, {last.services} (`--services {last.services}`), are left where what is hardly worth a process joins what it is tied to most: "
        f"{'; '.join(said[:_NAMED])}{more}. Each has fewer than {USUAL.lines:,} lines, and less than a third of the lines of the mean service or no table. "
        f"That saves processes; broken or crossing would be {' and '.join(left) or 'nothing'}, and the largest would hold {last.largest_share:.0%} of "
        "the code and tables"
    )


def _slight(rung: Rung) -> str:
    lines = counted(rung.lines, "line")
    return lines if rung.folded == SMALL else f"{lines}, no table"


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
