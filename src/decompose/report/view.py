"""What a reader sees: one view of a run, made once, rendered by every writer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from decompose.boundaries import DIRECTIONS
from decompose.boundaries.scores import DESCRIPTIONS
from decompose.boundaries.split import SHARED, Service, Split
from decompose.database import design_database
from decompose.database.split import DatabaseSplit
from decompose.plan.step import Plan
from decompose.runs.analysis import Analysis
from decompose.system.model import Access, Dependency, ForeignKey, System

MAX_EVIDENCE_ROWS = 40
MAX_LISTED = 400
CONTESTED = 0.5
_FAMILIES = ("call", "inheritance", "table access", "foreign key")


def counted(count: int, noun: str) -> str:
    """``1 call``, ``2,000 calls``, ``2 accesses``."""
    if count == 1 or noun == "inheritance":
        return f"{count:,} {noun}"
    return f"{count:,} {noun}{'es' if noun.endswith('s') else 's'}"


class Evidence(NamedTuple):
    """One line of code behind a claim."""

    source: str
    target: str
    kind: str
    resolution: str
    file: str
    line: int
    text: str


class Cut(NamedTuple):
    """Everything between two services, in one direction.

    ``total`` counts what is proved or inferred, ``guessed`` the rest; ``evidence`` is the start of both.
    """

    source: str
    target: str
    total: int
    guessed: int
    counts: dict[str, int]
    evidence: list[Evidence]

    def __str__(self) -> str:
        parts = [counted(self.counts[kind], kind) for kind in _FAMILIES if self.counts.get(kind)]
        return ", ".join([*parts, *([f"{self.guessed} guessed"] if self.guessed else [])])


class Card(NamedTuple):
    """One service."""

    name: str
    number: int
    terms: tuple[str, ...]
    units: int
    lines: int
    tables: tuple[str, ...]
    entry_points: list[tuple[str, str, str]]
    needs: list[tuple[str, int]]
    needed_by: list[tuple[str, int]]
    confidence: float | None
    contested: list[tuple[str, float, str]]
    largest: list[tuple[str, int, str]]


class Figure(NamedTuple):
    """A number of the head of the report, and the section that shows what it counts."""

    value: str
    label: str
    section: str


class View(NamedTuple):
    """The whole report about one split of a run."""

    analysis: Analysis
    system: System
    split: Split
    database: DatabaseSplit | None
    plan: Plan | None
    cards: list[Card]
    cuts: list[Cut]
    shared: list[tuple[str, int, str]]
    figures: list[Figure]
    risk: str
    resolved: list[tuple[str, int, float]]
    blind_spots: list[tuple[str, int, list[Any]]]
    scores: list[dict[str, Any]]


def make_view(analysis: Analysis, split_name: str = "") -> View:
    """The view of ``split_name``; by default the recommended split, else the first candidate."""
    split = chosen_split(analysis, split_name)
    system = analysis.system
    database = next((d for d in analysis.databases if d.split == split.name), None)
    if database is not None and database.design is None:
        database = msgspec.structs.replace(database, design=design_database(system, split, database))
    cuts = _cuts(system, split)
    return View(
        analysis=analysis,
        system=system,
        split=split,
        database=database,
        plan=next((p for p in analysis.plans if p.split == split.name), None),
        cards=_cards(system, split, cuts),
        cuts=cuts,
        shared=_by_size(system, split.shared),
        figures=_figures(analysis, split, database),
        risk=_risk(split, database, cuts),
        resolved=_resolved(system),
        blind_spots=_blind_spots(system),
        scores=_scores(analysis),
    )


def chosen_split(analysis: Analysis, name: str = "") -> Split:
    """The split called ``name``, else the recommended one or that which comes nearest, else the first."""
    by_name = {split.name: split for split in analysis.splits}
    wanted = name or analysis.recommendation.shown
    return by_name.get(wanted) or (analysis.splits[0] if analysis.splits else _empty(analysis))


def _empty(analysis: Analysis) -> Split:
    units = tuple(unit.id for unit in analysis.system.units)
    tables = tuple(table.name for table in analysis.system.tables)
    one = Service(name=analysis.system.name, units=units, tables=tables)
    return Split(name="all-in-one", generator="everything in one service", trivial=True, services=(one,), shared=())


def _cuts(system: System, split: Split) -> list[Cut]:
    service_of, owner_of = split.service_of_unit(), split.service_of_table()
    unit_of = {d.id: d.unit for d in system.definitions}
    found: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def add(
        source: str, target: str, family: str, item: Dependency | Access | ForeignKey, ends: tuple[str, str, str]
    ) -> None:
        if source != target and SHARED not in (source, target):
            resolution = "exact" if isinstance(item, ForeignKey) else item.resolution
            counts[source, target]["guessed" if resolution == "guessed" else family] += 1
            text = system.source_lines.get(item.file, {}).get(item.line, "")
            found[source, target].append(Evidence(*ends, resolution, item.file, item.line, text))

    for a in system.accesses:
        service = service_of.get(a.unit or unit_of.get(a.definition, ""), SHARED)
        add(service, owner_of.get(a.table, SHARED), "table access", a, (a.definition, f"table:{a.table}", a.operation))
    for k in system.foreign_keys:
        ends = f"table:{k.table}", f"table:{k.target_table}", "foreign key"
        add(owner_of.get(k.table, SHARED), owner_of.get(k.target_table, SHARED), "foreign key", k, ends)
    for d in system.dependencies:
        if d.runs or d.kind == "inherit":
            source = service_of.get(d.source_unit or unit_of.get(d.source, ""), SHARED)
            target = service_of.get(d.target_unit or unit_of.get(d.target, ""), SHARED)
            add(source, target, "inheritance" if d.kind == "inherit" else "call", d, (d.source, d.target, d.kind))
    order = {"insert": 0, "update": 0, "delete": 0, "read": 1, "foreign key": 2}
    sure = {"exact": 0, "inferred": 1, "guessed": 2}
    cuts = []
    for (source, target), listed in found.items():
        number = counts[source, target]
        listed.sort(key=lambda e: (sure[e.resolution] == 2, order.get(e.kind, 3), sure[e.resolution], e.file, e.line))
        total = number.total() - number["guessed"]
        cuts.append(Cut(source, target, total, number["guessed"], dict(number), listed[:MAX_EVIDENCE_ROWS]))
    return sorted(cuts, key=lambda cut: (-cut.total, cut.source, cut.target))


def _cards(system: System, split: Split, cuts: list[Cut]) -> list[Card]:
    lines = {unit.id: unit.lines for unit in system.units}
    places = {unit.id: f"{unit.file}:{unit.line}" for unit in system.units}
    places |= {f"table:{table.name}": f"{table.file}:{table.line}" for table in system.tables}
    unit_of = {d.id: d.unit for d in system.definitions}
    service_of = split.service_of_unit()
    entries: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for entry in system.entry_points:
        place = f"{entry.file}:{entry.line}"
        entries[service_of.get(unit_of.get(entry.handler, ""), SHARED)].append((entry.kind, entry.name, place))
    cards = []
    ordered = sorted(split.services, key=lambda service: (-sum(lines.get(u, 0) for u in service.units), service.name))
    for number, service in enumerate(ordered, 1):
        members = [*service.units, *(f"table:{table}" for table in service.tables)]
        sure = [split.confidence[m] for m in members if m in split.confidence]
        unsure = sorted((split.confidence[m], m) for m in members if split.confidence.get(m, 1.0) <= CONTESTED)
        cards.append(
            Card(
                name=service.name,
                number=number,
                terms=service.terms,
                units=len(service.units),
                lines=sum(lines.get(unit, 0) for unit in service.units),
                tables=service.tables,
                entry_points=entries.get(service.name, []),
                needs=sorted(
                    ((c.target, c.total) for c in cuts if c.source == service.name and c.total),
                    key=lambda p: (-p[1], p[0]),
                ),
                needed_by=sorted(
                    ((c.source, c.total) for c in cuts if c.target == service.name and c.total),
                    key=lambda p: (-p[1], p[0]),
                ),
                confidence=sum(sure) / len(sure) if sure else None,
                contested=[(m, share, places.get(m, "")) for share, m in unsure],
                largest=_by_size(system, service.units),
            )
        )
    return cards


def _by_size(system: System, units: Iterable[str]) -> list[tuple[str, int, str]]:
    wanted = set(units)
    chosen = sorted((u for u in system.units if u.id in wanted), key=lambda u: (-u.lines, u.id))
    return [(u.id, u.lines, f"{u.file}:{u.line}") for u in chosen]


def _figures(analysis: Analysis, split: Split, database: DatabaseSplit | None) -> list[Figure]:
    written = [o for o in database.owners if o.writers] if database else []
    single = [o for o in written if len(o.writers.keys() - {SHARED}) <= 1]
    writing = [t for t in analysis.system.transactions if t.tables_written]
    spanning = len(database.spanning_transactions) if database else 0
    figures = [
        Figure(f"{len(single)} of {len(written)}", "written tables have a single writing service", "tables"),
        Figure(f"{spanning} of {len(writing)}", "writing transactions would span services", "transactions"),
        Figure(f"{_score(split, 'inter_call'):.0%}", "of the calls between units would cross", "cuts"),
    ]
    if analysis.recommendation.split == split.name:
        sure = f"{analysis.recommendation.confidence:.0%}"
        figures.append(Figure(sure, "mean agreement of repeated clusterings with this placement", "services"))
    return figures


def _score(split: Split, name: str) -> float:
    return next((score.value for score in split.scores if score.name == name), 0.0)


def _risk(split: Split, database: DatabaseSplit | None, cuts: list[Cut]) -> str:
    if database and database.spanning_transactions:
        worst = max(
            database.spanning_transactions,
            key=lambda s: (len(s.services), len(s.transaction.tables_written), s.transaction.definition),
        )
        t = worst.transaction
        return (
            f"{t.definition} writes {counted(len(t.tables_written), 'table')} of {len(worst.services)} services "
            f"({', '.join(worst.services)}) in one transaction ({t.file}:{t.line})."
        )
    contested = [o for o in database.owners if o.contested] if database else []
    if contested:
        worst_table = max(contested, key=lambda o: (len(o.writers), o.table))
        return f"Table {worst_table.table} belongs to {worst_table.owner} and is written by {', '.join(worst_table.writers)}."
    if cuts and cuts[0].total:
        return f"{cuts[0].source} depends on {cuts[0].target} in {counted(cuts[0].total, 'place')}."
    return "No dependency between the services was found." if len(split.services) > 1 else ""


def _resolved(system: System) -> list[tuple[str, int, float]]:
    counts = system.call_counts
    named = [(name, getattr(counts, name)) for name in ("exact", "inferred", "guessed", "external", "unresolved")]
    total = sum(count for _, count in named) or 1
    return [(name, count, count / total) for name, count in named]


def _blind_spots(system: System) -> list[tuple[str, int, list[Any]]]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for spot in system.blind_spots:
        groups[spot.kind].append(spot)
    return sorted(
        ((kind, len(spots), spots[:MAX_EVIDENCE_ROWS]) for kind, spots in groups.items()), key=lambda g: (-g[1], g[0])
    )


def _scores(analysis: Analysis) -> list[dict[str, Any]]:
    """One row for each score, one cell for each split."""
    rows = []
    for name, direction in DIRECTIONS.items():
        cells = []
        for split in analysis.splits:
            score = next((s for s in split.scores if s.name == name), None)
            cells.append((score.value if score else None, score.z if score else None))
        values = [value for value, _ in cells if value is not None]
        clever = [c[0] for c, s in zip(cells, analysis.splits, strict=True) if c[0] is not None and not s.trivial]
        best = (max(clever) if direction > 0 else min(clever)) if direction and clever else None
        if values:
            rows.append(
                {"name": name, "direction": direction, "about": DESCRIPTIONS[name], "cells": cells, "best": best}
            )
    return rows
