"""What a reader sees: one view of a run, made once, rendered by every writer."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

from decompose.boundaries import DIRECTIONS
from decompose.boundaries.scores import DESCRIPTIONS, Scorer
from decompose.boundaries.split import Service, Split
from decompose.database import split_database
from decompose.database.split import DatabaseSplit, SpanningTransaction
from decompose.plan.step import Plan
from decompose.report.cards import CONTESTED, Card, Sized, by_size, make_cards, units_by_size
from decompose.report.cuts import Cut, find_cuts
from decompose.report.headline import Figure, Headline, make_headline
from decompose.report.matrices import DependencyMatrix, OwnershipRow, dependency_matrix, ownership_rows
from decompose.report.opened import transactions_of_units
from decompose.report.requests import RequestCost, request_costs, running_first, widest_first
from decompose.report.ties import Ties
from decompose.runs.analysis import Analysis
from decompose.runs.consequences import consequences_of
from decompose.system.apart import parts_apart
from decompose.system.model import BlindSpot, System
from decompose.system.model.monolith import CHANGED
from decompose.wording import counted

MAX_LISTED = 400
MAX_SPOTS = 25
MAX_FOLLOWED = 40
"""Of a split into more services than this, only the database is divided: nobody would carry out its plan."""


__all__ = ["CONTESTED", "MAX_LISTED", "Card", "Cut", "Figure", "View", "chosen_split", "counted", "make_view"]


class ScoreCell(NamedTuple):
    """One score of one candidate."""

    value: float | None
    z: float | None
    best: bool


class ScoreRow(NamedTuple):
    """One score of every candidate, in their order."""

    name: str
    direction: int
    about: str
    cells: list[ScoreCell]


class SpotGroup(NamedTuple):
    """Blind spots of one kind; ``spots`` is the start of them."""

    kind: str
    number: int
    spots: list[BlindSpot]


_UNREAD = ("unread routes", "unread entry points", "unread data")
"""Kinds of blind spots that a whole framework or database is."""


class View(NamedTuple):
    """The whole report about one split of a run.

    ``candidates`` are all splits of the run, each with its largest service first; ``split`` is the first of them.
    """

    analysis: Analysis
    system: System
    ties: Ties
    candidates: list[Split]
    split: Split
    database: DatabaseSplit | None
    plan: Plan | None
    headline: Headline
    cards: list[Card]
    cuts: list[Cut]
    ownership: list[OwnershipRow]
    matrix: DependencyMatrix
    spanning: list[SpanningTransaction]
    requests: list[RequestCost]
    shared: list[Sized]
    resolved: list[tuple[str, int, float]]
    blind_spots: list[SpotGroup]
    scores: list[ScoreRow]
    scorer: Scorer | None = None

    @property
    def figures(self) -> list[Figure]:
        """The figures of the headline."""
        return self.headline.figures

    @property
    def risk(self) -> str:
        """The biggest risk, as a sentence."""
        return self.headline.risk.sentence if self.headline.risk else ""

    @property
    def not_looked_into(self) -> list[str]:
        """Frameworks and databases that the application uses and of which nothing is read, each in a few words."""
        found = (s.reason.partition(" not read") for s in self.system.blind_spots if s.kind in _UNREAD)
        return [words.rpartition(" ")[0] for words, said, _ in found if said]

    @property
    def changed(self) -> list[str]:
        """Files that somebody wrote to while they were read."""
        return [spot.file for spot in self.system.blind_spots if spot.kind == CHANGED]

    @property
    def apart(self) -> list[str]:
        """The parts of the folder that share nothing, each with its lines; empty where it is one application."""
        return [str(part) for part in parts_apart(self.system)]


class Known:
    """What pages say of a system whatever the split: its ties, and its ``scorer``."""

    def __init__(self, system: System, scorer: Scorer) -> None:
        self._system = system
        self.scorer = scorer

    @cached_property
    def ties(self) -> Ties:
        """Everything that ties two things to each other."""
        return Ties(self._system)

    def look_up(self) -> None:
        """Look up what takes long, for when there is nothing else to do."""
        transactions_of_units(self.ties)


def make_view(analysis: Analysis, split_name: str = "", known: Known | None = None) -> View:
    """The view of ``split_name``; by default the recommended split, or that which comes nearest, else the first.

    ``known``: of the analysed system, where it is at hand.
    """
    system = analysis.system
    lines = {unit.id: unit.lines for unit in system.units}
    candidates = [by_size(split, lines) for split in analysis.splits] or [by_size(_undivided(analysis), lines)]
    split = _chosen(candidates, split_name or analysis.recommendation.shown)
    candidates.sort(key=lambda candidate: candidate is not split)
    plan: Plan | None = None
    if len(split.services) <= MAX_FOLLOWED:
        database, plan = consequences_of(analysis, split)
    else:
        database = split_database(system, split)
    ties = known.ties if known is not None else Ties(system)
    cuts = find_cuts(ties, split)
    cards = make_cards(system, split, cuts)
    owner = split.service_of_table()
    spanning = widest_first(database.spanning_transactions if database else (), owner)
    requests = request_costs(ties, split, spanning)
    spanning, requests = running_first(spanning, requests, owner)
    return View(
        analysis=analysis,
        system=system,
        ties=ties,
        candidates=candidates,
        split=split,
        database=database,
        plan=plan,
        headline=make_headline(analysis, candidates, split, database, spanning, requests, plan, cuts),
        cards=cards,
        cuts=cuts,
        ownership=ownership_rows(system, database, cards),
        matrix=dependency_matrix(cards, cuts),
        spanning=spanning,
        requests=requests,
        shared=units_by_size(system, split.shared),
        resolved=_resolved(system),
        blind_spots=_blind_spots(system),
        scores=_scores(candidates),
        scorer=known.scorer if known is not None else None,
    )


def chosen_split(analysis: Analysis, name: str = "") -> Split:
    """The split called ``name``, else the recommended one or that which comes nearest, else the first."""
    return _chosen(list(analysis.splits) or [_undivided(analysis)], name or analysis.recommendation.shown)


def _chosen(splits: list[Split], name: str) -> Split:
    return next((split for split in splits if split.name == name), splits[0])


def _undivided(analysis: Analysis) -> Split:
    units = tuple(unit.id for unit in analysis.system.units)
    tables = tuple(table.name for table in analysis.system.tables)
    one = Service(name=analysis.system.name, units=units, tables=tables)
    return Split(name="all-in-one", generator="everything in one service", trivial=True, services=(one,), shared=())


def _resolved(system: System) -> list[tuple[str, int, float]]:
    counts = system.call_counts
    named = [(name, getattr(counts, name)) for name in ("exact", "inferred", "guessed", "external", "unresolved")]
    total = sum(count for _, count in named) or 1
    return [(name, count, count / total) for name, count in named]


_OF_CALLS = ("unresolved call", "too many values", "dynamic attribute")
"""Blind spots that hide a call or two, where others hide files, routes, tables or stores."""


def _blind_spots(system: System) -> list[SpotGroup]:
    groups: dict[str, list[BlindSpot]] = defaultdict(list)
    for spot in system.blind_spots:
        groups[f"{spot.kind}: {spot.cause}" if spot.cause else spot.kind].append(spot)
    found = [SpotGroup(kind, len(spots), spots[:MAX_SPOTS]) for kind, spots in groups.items()]
    return sorted(found, key=lambda group: (group.kind.startswith(_OF_CALLS), -group.number, group.kind))


def _scores(candidates: list[Split]) -> list[ScoreRow]:
    """One row for each score that some candidate has; the best of those that are not trivial is marked."""
    rows = []
    for name, direction in DIRECTIONS.items():
        found = [next((score for score in split.scores if score.name == name), None) for split in candidates]
        clever = [
            round(score.value, 2)
            for score, split in zip(found, candidates, strict=True)
            if score is not None and not split.trivial
        ]
        best = (max(clever) if direction > 0 else min(clever)) if direction and clever else None
        if any(found):
            cells = [
                ScoreCell(
                    score.value if score else None,
                    score.z if score else None,
                    score is not None and not split.trivial and round(score.value, 2) == best,
                )
                for score, split in zip(found, candidates, strict=True)
            ]
            rows.append(ScoreRow(name, direction, DESCRIPTIONS[name], cells))
    return rows
