"""The head of the report: what ten seconds are enough for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from decompose.boundaries.fewer import folds_in_short, in_short
from decompose.boundaries.ladder import Ladder
from decompose.boundaries.recommend import DATA, MERGED, standing
from decompose.boundaries.small import small_services
from decompose.boundaries.soundness import ledgers, only_by_cascade, only_by_class
from decompose.boundaries.split import SHARED, Split
from decompose.boundaries.toss_ups import toss_ups_in_short
from decompose.database.split import DatabaseSplit, SpanningTransaction
from decompose.plan.step import Plan
from decompose.report.cuts import Cut
from decompose.report.requests import RequestCost
from decompose.runs.analysis import Analysis
from decompose.system.divisible import divisible
from decompose.system.model import System, Transaction, answered
from decompose.wording import certainty, counted

SHOWN_TRANSACTIONS = 40
"""So many of the broken transactions stand on the page."""

_STARTED = {"http": "route", "signal": "signal handler", "admin": "admin page", "schedule": "scheduled job"}
"""What entry points are called where there is no room to explain them; the others by their kind."""

_BY_PACKAGE = "one-per-package"
_HALF = 0.5
_COIN_FLIP = "a coin-flip"
_SURE = {
    "nearly always together": ": the boundaries are clear",
    "firm": ": the boundaries are firm",
    "likely": ": the boundaries are likely",
    _COIN_FLIP: f", if at all: the boundaries are {_COIN_FLIP}",
}
_NAMED = 2
_AT_LEAST = {"nearly always together": "clear", "firm": "at least firm", "likely": "at least likely"}


class Figure(NamedTuple):
    """A number of the head, the section that shows what it counts, and what it is in the trivial split by packages."""

    value: str
    label: str
    section: str
    note: str = ""


class Risk(NamedTuple):
    """What may go wrong: ``subject`` with what is ``said`` of it, its ``place``, and the ``section`` that shows it.

    ``sentence`` is the same for a terminal, with what the page shows elsewhere.
    """

    subject: str
    said: str
    sentence: str
    section: str
    place: str = ""


class Headline(NamedTuple):
    """``sure`` is the share of repeated clusterings that agree, or None; ``first`` is the service to take out first.

    ``how`` says when, and why if it is too small for a process of its own; ``enough`` says how far the plan is worth its work,
    ``fewer`` what fewer services would break, ``toss_ups`` what belongs as well to another service.
    """

    verdict: str
    because: str
    sure: float | None
    certainty: str
    figures: list[Figure]
    risk: Risk | None
    first: str
    how: str = ""
    enough: str = ""
    fewer: str = ""
    toss_ups: str = ""


def make_headline(
    analysis: Analysis,
    candidates: Sequence[Split],
    split: Split,
    database: DatabaseSplit | None,
    spanning: Sequence[SpanningTransaction],
    requests: Sequence[RequestCost],
    plan: Plan | None,
    cuts: Sequence[Cut],
) -> Headline:
    """The head for ``split``, one of the ``candidates``; ``spanning`` are its broken transactions, the widest first."""
    recommendation = analysis.recommendation
    recommended = bool(recommendation.split) and recommendation.split == split.name
    first = next((step.service for step in plan.steps if step.service), "") if plan and recommendation.split else ""
    trivial = next((one for one in candidates if one.name == _BY_PACKAGE and len(one.services) > 1), None)
    claim, colon, rest = recommendation.sentence.partition(": ")
    if recommended:
        verdict = f"Split into {counted(len(split.services), 'service')}{how_sure(split, recommendation.confidence)}."
        because = _chosen_from(candidates, split, trivial)
    else:
        verdict = f"{claim}." if colon else claim
        because = rest[:1].upper() + rest[1:]
    sure = recommendation.confidence if recommended else None
    return Headline(
        verdict=verdict,
        because=because,
        sure=sure,
        certainty=certainty(sure) if sure is not None else "",
        figures=_figures(analysis.system, split, database, trivial, sum(cut.counts.get("call", 0) for cut in cuts)),
        risk=_risk(database, spanning, requests, cuts, split.service_of_table()),
        first=first,
        how=_taken_out(first, plan, small_services(analysis.system, split)) if plan and first else "",
        enough=_worth_its_work(plan) if plan and first else "",
        fewer=_fewer(analysis.ladder, split),
        toss_ups=toss_ups_in_short(analysis.toss_ups_of(split)),
    )


def how_sure(split: Split, confidence: float) -> str:
    """How sure the boundaries are in the mean, but for the services of which that is not so: a mean hides them. Of more than a reader keeps
    in mind the number counts and not the names.
    """
    said = _SURE[certainty(confidence)]
    each = [(sure, service.name) for service in split.services if (sure := split.confidence_in(service)) is not None]
    unsure = [name for sure, name in sorted(each) if certainty(sure) == _COIN_FLIP]
    if not unsure or certainty(confidence) == _COIN_FLIP:
        return said
    if len(unsure) == 1:
        return f"{said}, but that of {unsure[0]} is {_COIN_FLIP}"
    if len(unsure) <= _NAMED:
        return f"{said}, but those of {' and '.join(unsure)} are {_COIN_FLIP}"
    others = [sure for sure, name in each if name not in unsure]
    if not others:
        return _SURE[_COIN_FLIP]
    least = _AT_LEAST[certainty(min(others))]
    if len(unsure) < len(others):
        return f": the boundaries of {len(others)} are {least}, those of the other {len(unsure)} {_COIN_FLIP}"
    return f", if at all: the boundaries of {len(unsure)} are {_COIN_FLIP}, those of the other {len(others)} {least}"


def _fewer(ladder: Ladder, split: Split) -> str:
    """What fewer services would bring; of a split that is merged as far as that pays only what is fewer still."""
    if ladder.split == split.name:
        return in_short(ladder)
    return folds_in_short(ladder) if split.name == MERGED else ""


def _taken_out(first: str, plan: Plan, small: Mapping[str, int]) -> str:
    when = "once the seams are drawn inside the monolith"
    if first in plan.libraries:
        return f"{when}: as a library, for it has no data and hardly anything would run in it"
    if first not in small:
        return when
    return f"{when}: to learn how it is done, as by its size ({counted(small[first], 'line')}) it is hardly worth a process of its own"


def _worth_its_work(plan: Plan) -> str:
    steps = [step for step in plan.steps if step.effort is not None]
    last = next((step for step in steps if step.order == plan.stop_after), None)
    if last is None:
        return f"By these counts none of the {counted(len(steps), 'step')} gives more than it takes: draw the seams, then look again."
    if last is steps[-1]:
        return f"All {len(steps)} steps are worth their work." if len(steps) > 1 else "It is the only step."
    if last is steps[0]:
        return f"It is the only one of {len(steps)} steps that is worth its work."
    return f"Step {last.order} of {len(steps)} ({last.service}) is the last that is worth its work."


def _chosen_from(candidates: Sequence[Split], split: Split, trivial: Split | None) -> str:
    """Among what it was chosen, how far it is from chance, and why not simply by packages."""
    clever = [one for one in candidates if not one.trivial]
    text = f"Chosen from {counted(len(clever), 'candidate')}: “{split.name}”, {split.generator}."
    if any(score.z is not None for score in split.scores if score.name in DATA):
        stand = standing(split)
        history = any(score.name == "lockstep" for score in split.scores)
        what = "what changes together" if history else "the calls between services"
        text += (
            f" Against random services of the same sizes it is better by {stand.data:.1f} standard deviations for the data and "
            f"by {stand.change:.1f} for {what}."
        )
    largest = _score(trivial, "largest_share") if trivial else None
    if largest is not None and largest > _HALF:
        text += f" One service per package would hardly be a split: the largest would hold {largest:.0%} of the units and tables."
    return text


def _figures(
    system: System, split: Split, database: DatabaseSplit | None, trivial: Split | None, crossing: int
) -> list[Figure]:
    """The three figures; ``crossing`` are the places of calls that cross."""
    written = [asked for o in database.owners if (asked := o.asked_of())] if database else []
    single = [asked for asked in written if len(asked.keys() - {SHARED}) <= 1]
    writing = [t for t in system.transactions if t.tables_written]
    spanning = len(database.spanning_transactions) if database else 0

    def note(score: str, part: str) -> str:
        parts = [part]
        value = _score(trivial, score) if trivial else None
        if value is not None:
            parts.append(f"one service per package:\u00a0{value:.0%}")
        return " · ".join(parts)

    return [
        Figure(
            f"{len(single)} of {len(written)}",
            "written tables have a single writing service",
            "tables",
            note("single_writer_tables", f"{len(single) / len(written):.0%}"),
        )
        if written
        else Figure("No", "table was seen to be written", "tables"),
        Figure(
            f"{spanning} of {len(writing)}",
            f"writing transactions would span services{_only_by(system, split, spanning)}",
            "transactions",
            note("spanning_transactions", f"{spanning / len(writing):.0%}"),
        )
        if writing
        else Figure("No", "transaction was seen to write", "transactions"),
        Figure(
            f"{_score(split, 'inter_call') or 0.0:.0%}",
            "of the calls between units would cross",
            "cuts",
            note("inter_call", f"{crossing:,} {'place' if crossing == 1 else 'places'}"),
        ),
    ]


def _only_by(system: System, split: Split, spanning: int) -> str:
    """How many of the broken transactions are so only by ledgers, by cascades, or by the class of an object."""
    system, owner = divisible(system), split.service_of_table()
    apart = ledgers(system)
    without = sum(
        len({owner[table] for table in t.tables_written if table in owner and table not in apart}) > 1
        for t in system.transactions
    )
    appended = f", {spanning - without} only by {', '.join(apart)}" if apart and without < spanning else ""
    cascaded = only_by_cascade(system, split)
    by_class = only_by_class(system, split)
    return (
        f"{appended}{f', {cascaded} only by cascades' if cascaded else ''}"
        f"{f', {by_class} only for some classes of an object' if by_class else ''}"
    )


def _score(split: Split, name: str) -> float | None:
    return next((score.value for score in split.scores if score.name == name), None)


def acting_class(transaction: Transaction) -> str:
    """The name of the class for which an inherited method acts; empty for all other definitions."""
    definition, unit = transaction.definition, transaction.unit
    return "" if f"{definition}.".startswith(f"{unit}.") else unit.partition(":")[2]


def _writes(t: Transaction, services: Sequence[str], owner: Mapping[str, str]) -> tuple[str, Sequence[str], str]:
    """What a transaction writes for sure, of which services; and what of it by cascade only, and what more by the classes of its objects."""
    if not t.sure:
        each = ", each for some classes of an object"
        return f"writes {counted(len(t.tables_written), 'table')} of {len(services)} services", services, each
    sure = sorted({owner[table] for table in t.sure if table in owner})
    if len(sure) == 1:
        # To write tables of one service is no risk: it is that those of others may be written with them.
        besides = f", those of {sure[0]} for sure and the others for some classes of an object"
        return f"writes up to {counted(len(t.tables_written), 'table')} of {len(services)} services", services, besides
    cascade = len(set(t.tables_cascaded).intersection(t.sure))
    besides = f", {cascade} of them by cascade only" if cascade else ""
    if t.tables_by_class:
        besides += f", and up to {len(t.tables_by_class)} more for some classes of an object"
        besides += f" (then of {len(services)})" if len(sure) < len(services) else ""
    return f"writes {counted(len(t.sure), 'table')} of {counted(len(sure), 'service')}", sure, besides


def _risk(
    database: DatabaseSplit | None,
    spanning: Sequence[SpanningTransaction],
    requests: Sequence[RequestCost],
    cuts: Sequence[Cut],
    owner: Mapping[str, str],
) -> Risk | None:
    """The first transaction, which is the widest of those that run by themselves; else a table, else a cut."""
    if spanning:
        reaching = Counter(cost.kind for cost in requests if 0 in cost.breaks)
        kind, count = ("http", reaching["http"]) if reaching["http"] else next(iter(reaching.most_common(1)), ("", 0))
        t, services = spanning[0].transaction, spanning[0].services
        asked = f", reached by {counted(count, _STARTED.get(kind, kind))}" if count else ""
        done, sure, besides = _writes(t, services, owner)
        asked = f"{besides}{asked}"
        acting = acting_class(t)
        own = t.definition.partition(":")[2] or t.definition
        return Risk(
            subject=answered(f"{acting} ({own})" if acting else own, t.answering),
            said=f"{done} in one transaction{asked}.",
            sentence=f"{answered(f'{t.unit} ({t.definition})' if acting else t.definition, t.answering)} {done} ({', '.join(sure)}) in one transaction ({t.file}:{t.line}){asked}.",
            section="transaction-1",
            place=f"{t.file}:{t.line}",
        )
    contested = [o for o in database.owners if o.contested] if database else []
    if contested:
        table = max(contested, key=lambda o: (len(o.asked_of()), o.table))
        others = [writer for writer in table.asked_of() if writer != table.owner]
        said = f"belongs to {table.owner} and is written by {', '.join(others)} too."
        return Risk(table.table, said, f"Table {table.table} {said}", "tables")
    if cuts and cuts[0].total:
        said = f"depends on {cuts[0].target} in {counted(cuts[0].total, 'place')}."
        return Risk(cuts[0].source, said, f"{cuts[0].source} {said}", "cuts")
    return None
