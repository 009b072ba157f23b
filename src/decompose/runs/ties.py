"""What ties units and tables of a run to each other, with its evidence; and what of it counts once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import msgspec

from decompose.boundaries.comparison import Move
from decompose.boundaries.split import Split
from decompose.database.joins import joining_statements
from decompose.runs.analysis import Analysis
from decompose.system.model import Access, Dependency, ForeignKey, System, Transaction


def ties_of_moved(analysis: Analysis, first: Split, second: Split, moved: Sequence[Move]) -> dict[str, tuple[int, int]]:
    """Why two splits differ: for each id that moved, its ties to what either split puts beside it, counted as `explain` does."""
    target = {move.id: (move.first, move.second) for move in moved}
    places = places_of(first), places_of(second)
    lines: dict[str, tuple[set[Line], set[Line]]] = {identifier: (set(), set()) for identifier in target}
    unit_of = {d.id: d.unit for d in analysis.system.definitions}
    for tie, ends in ties_of(analysis.system):
        for end in ends & target.keys() if is_proved(tie) and is_line(tie) else ():
            for side in (0, 1):
                if target[end][side] in {places[side].get(other) for other in ends - {end}}:
                    lines[end][side].add(line_of(tie, unit_of))
    return {identifier: (len(before), len(after)) for identifier, (before, after) in lines.items()}


class Join(msgspec.Struct, frozen=True):
    """A definition that touches two tables in one statement."""

    definition: str
    tables: tuple[str, str]
    resolution: str
    file: str
    line: int


Tie = Dependency | Access | ForeignKey | Transaction | Join


def kind_of(tie: Tie) -> str:
    """What kinds of ties a reader is told apart."""
    if isinstance(tie, Access):
        return "read" if tie.operation == "read" else "write"
    if isinstance(tie, Dependency):
        return "call" if tie.runs else tie.kind
    return {ForeignKey: "foreign key", Transaction: "transaction", Join: "join"}[type(tie)]


Line = tuple[str, str, int, tuple[str, ...]]
"""What counts once: the family of a tie, file, line, and on whose behalf it runs."""


def line_of(tie: Tie, unit_of: Mapping[str, str]) -> Line:
    """The line that a tie is of; ``unit_of``: definition -> its unit."""
    source: tuple[str, ...]
    if isinstance(tie, Dependency):
        family, source = "call" if tie.runs else tie.kind, (tie.source_unit or unit_of.get(tie.source, ""),)
    elif isinstance(tie, Access):
        family, source = "access", (tie.unit or unit_of.get(tie.definition, ""),)
    elif isinstance(tie, ForeignKey):
        family, source = "foreign key", (tie.table,)
    elif isinstance(tie, Join):
        family, source = "join", (tie.definition, *tie.tables)
    else:
        family, source = "transaction", (tie.definition, tie.unit, *tie.tables_written)
    return family, tie.file, tie.line, source


def places_of(split: Split) -> dict[str, str]:
    """Unit or ``table:NAME`` -> service."""
    return {**split.service_of_unit(), **{f"table:{table}": name for table, name in split.service_of_table().items()}}


def is_line(tie: Tie) -> bool:
    """Whether it is a line of code that a split would cut, as the report counts them."""
    return isinstance(tie, (Access, ForeignKey)) or (
        isinstance(tie, Dependency) and (tie.runs or tie.kind == "inherit")
    )


def is_proved(tie: Tie) -> bool:
    """Whether it is more than a guess."""
    return isinstance(tie, (ForeignKey, Transaction)) or tie.resolution != "guessed"


def ties_of(system: System) -> Iterator[tuple[Tie, set[str]]]:
    """Everything that ties units and tables, with what it ties."""
    unit_of = {d.id: d.unit for d in system.definitions}
    for key in system.foreign_keys:
        yield key, {f"table:{key.table}", f"table:{key.target_table}"}
    for transaction in system.transactions:
        yield transaction, {f"table:{table}" for table in transaction.tables_written}
    for access in system.accesses:
        yield access, {access.unit or unit_of.get(access.definition, ""), f"table:{access.table}"}
    joins: dict[tuple[str, str, int, str, str], str] = {}
    for (file, line, definition, _), accesses in joining_statements(system):
        resolution = {access.table: access.resolution for access in accesses}
        for one, two in combinations(sorted(resolution), 2):
            weaker = "inferred" if "inferred" in (resolution[one], resolution[two]) else "exact"
            joins.setdefault((definition, file, line, one, two), weaker)
    for (definition, file, line, one, two), weaker in sorted(joins.items()):
        yield Join(definition, (one, two), weaker, file, line), {f"table:{one}", f"table:{two}"}
    for dependency in system.dependencies:
        source = dependency.source_unit or unit_of.get(dependency.source, "")
        yield dependency, {source, dependency.target_unit or unit_of.get(dependency.target, "")}
