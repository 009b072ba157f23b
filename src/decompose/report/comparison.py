"""Splits side by side: their scores, which services match, what moved, and what ties the moved things to either side."""

from __future__ import annotations

import csv
from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from decompose.boundaries import DIRECTIONS, compare_splits, scored, split_from_assignment
from decompose.boundaries.comparison import Match
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.scores import Scorer
from decompose.boundaries.split import Score, Split
from decompose.errors import ConfigurationError, InputError, UnknownNameError
from decompose.report.graphml import unit_edges
from decompose.system.model import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from decompose.runs import Analysis
    from decompose.system.model import System


class ComparedSplit(Record):
    """One column: a split under the name that it has in this comparison."""

    name: str
    generator: str
    trivial: bool
    services: int
    shared: int
    scores: tuple[Score, ...]


class MovedThing(Record):
    """A unit or ``table:NAME`` that is elsewhere in the second split.

    ``ties_first`` and ``ties_second`` count its proven dependencies with the rest of either service: why it is there.
    """

    id: str
    first: str
    second: str
    ties_first: int
    ties_second: int


class SplitDifference(Record):
    """How ``second`` differs from ``first``; agreements are adjusted Rand indices, 1 is equal and 0 is chance."""

    first: str
    second: str
    agreement_units: float
    agreement_tables: float
    matches: tuple[Match, ...]
    moved: tuple[MovedThing, ...]


class SideBySide(Record):
    """Several splits; every ``difference`` is to the first of them. ``directions``: 1 higher is better, -1 lower."""

    splits: tuple[ComparedSplit, ...]
    differences: tuple[SplitDifference, ...]
    directions: dict[str, int]


def side_by_side(
    analysis: Analysis,
    names: Sequence[str] = (),
    *,
    others: Sequence[Analysis] = (),
    assignment: Path | None = None,
) -> SideBySide:
    """Compare splits of ``analysis``, of ``others``, and a hand-made one.

    Without ``names``: all splits of the run, or the one that its report shows where there is something else to compare.
    """
    from decompose.report import shown_split  # noqa: PLC0415 - this module belongs to that package

    by_name = {split.name: split for split in analysis.splits}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise UnknownNameError(f"This run has no split {', '.join(map(repr, unknown))}. It has {', '.join(by_name)}.")
    shown = shown_split(analysis)
    if names:
        chosen = [by_name[name] for name in dict.fromkeys(names)]
    elif shown is not None and (others or assignment):
        chosen = [shown]
    else:
        # The recommended one first, so that the others are compared with it.
        chosen = sorted(analysis.splits, key=lambda split: split is not shown)
    for number, other in enumerate(others, 2):
        theirs = shown_split(other)
        if theirs is not None:
            chosen.append(msgspec.structs.replace(theirs, name=f"run {number}: {theirs.name}"))
    if assignment is not None:
        chosen.append(_by_hand(analysis.system, assignment))
    if len(chosen) < 2:
        raise ConfigurationError("There is nothing to compare: name at least two splits, a second run, or --with FILE.")
    neighbours = _neighbours(analysis.system)
    first, *rest = chosen
    return SideBySide(
        splits=tuple(_column(split) for split in chosen),
        differences=tuple(_difference(first, second, neighbours) for second in rest),
        directions=DIRECTIONS,
    )


def read_assignment(path: Path, system: System) -> dict[str, str]:
    """Read a hand-made ``id,service`` file: ids of units or definitions, table names, or ``table:NAME``.

    A column ``kind`` with ``unit`` or ``table`` settles what an id is. Raises `InputError` with every wrong line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"Cannot read the assignment {path}: {reason}.") from error
    reader = csv.DictReader(text.splitlines())
    missing = {"id", "service"} - set(reader.fieldnames or ())
    if missing:
        raise InputError(
            f"{path}: the first line has to name the columns `id` and `service`; {' and '.join(sorted(missing))} "
            f"{'is' if len(missing) == 1 else 'are'} missing."
        )
    units = {unit.id for unit in system.units}
    unit_of = {definition.id: definition.unit for definition in system.definitions}
    tables = {table.name for table in system.tables}
    assignment: dict[str, str] = {}
    mistakes = []
    for row in reader:
        name, service = (row["id"] or "").strip(), (row["service"] or "").strip()
        if not name or not service:
            mistakes.append(f"line {reader.line_num}: both id and service are needed")
        elif row.get("kind") != "table" and (name in units or name in unit_of):
            assignment.setdefault(name if name in units else unit_of[name], service)
        elif name.removeprefix("table:") in tables:
            assignment[f"table:{name.removeprefix('table:')}"] = service
        else:
            mistakes.append(f"line {reader.line_num}: this run has no unit or table {name!r}")
    if mistakes:
        shown = "\n".join(f"  {mistake}" for mistake in mistakes[:10])
        more = f"\n  and {len(mistakes) - 10} more" if len(mistakes) > 10 else ""
        raise InputError(f"{path} has {len(mistakes)} lines that cannot be used:\n{shown}{more}")
    if not assignment:
        raise InputError(f"{path} assigns nothing: it has no line below its columns.")
    return assignment


def _by_hand(system: System, path: Path) -> Split:
    split = split_from_assignment(system, read_assignment(path, system), path.name)
    return scored(Scorer(EvidenceGraph(system)), split)


def _column(split: Split) -> ComparedSplit:
    return ComparedSplit(
        name=split.name,
        generator=split.generator,
        trivial=split.trivial,
        services=len(split.services),
        shared=len(split.shared),
        scores=split.scores,
    )


def _difference(first: Split, second: Split, neighbours: Mapping[str, Mapping[str, int]]) -> SplitDifference:
    comparison = compare_splits(first, second)
    here, there = _places(first), _places(second)
    moved = [
        MovedThing(
            id=move.id,
            first=move.first,
            second=move.second,
            ties_first=_ties(neighbours, move.id, here, move.first),
            ties_second=_ties(neighbours, move.id, there, move.second),
        )
        for move in comparison.moved
    ]
    return SplitDifference(
        first=first.name,
        second=second.name,
        agreement_units=comparison.agreement_units,
        agreement_tables=comparison.agreement_tables,
        matches=comparison.matches,
        moved=tuple(sorted(moved, key=lambda move: (-max(move.ties_first, move.ties_second), move.id))),
    )


def _neighbours(system: System) -> Mapping[str, Mapping[str, int]]:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (source, target, _), (sites, guessed) in unit_edges(system).items():
        counts[source][target] += sites - guessed
        counts[target][source] += sites - guessed
    return counts


def _ties(neighbours: Mapping[str, Mapping[str, int]], thing: str, places: Mapping[str, str], service: str) -> int:
    return sum(count for other, count in neighbours.get(thing, {}).items() if places.get(other) == service)


def _places(split: Split) -> dict[str, str]:
    tables = {f"table:{table}": service for table, service in split.service_of_table().items()}
    return {**split.service_of_unit(), **tables}
