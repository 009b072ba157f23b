"""Why a unit or table is where it is, and everything that ties two of them together."""

from __future__ import annotations

import difflib
from collections import defaultdict
from typing import TYPE_CHECKING

from decompose.boundaries.split import SHARED
from decompose.errors import UnknownNameError
from decompose.system.model import Record, Resolution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.boundaries.split import Split
    from decompose.runs.analysis import Analysis
    from decompose.system.model import System


class Tie(Record):
    """One dependency, seen from the explained thing: ``other`` is the unit or table at its far end."""

    source: str
    target: str
    kind: str
    resolution: Resolution
    rule: str
    file: str
    line: int
    text: str
    other: str


class ServiceTies(Record):
    """All ties to the members of one service; guessed ones are listed but not counted in ``weight``."""

    service: str
    weight: int
    ties: tuple[Tie, ...]


class Explanation(Record):
    """Where one thing is and what holds it there. ``services`` come strongest first."""

    thing: str
    kind: str
    split: str
    service: str
    confidence: float | None
    file: str
    line: int
    runner_up: str
    services: tuple[ServiceTies, ...]


class Connection(Record):
    """Every dependency between two things, in both directions, and the transactions that write both tables."""

    first: str
    second: str
    split: str
    first_service: str
    second_service: str
    ties: tuple[Tie, ...]
    transactions: tuple[str, ...]


def find_thing(analysis: Analysis, name: str) -> str:
    """The unit id or ``table:NAME`` that ``name`` means: a full id, a table, a definition, or an unambiguous ending.

    Raises `UnknownNameError` with suggestions.
    """
    system = analysis.system
    tables = {table.name for table in system.tables}
    if name.removeprefix("table:") in tables:
        return f"table:{name.removeprefix('table:')}"
    unit_of = {definition.id: definition.unit for definition in system.definitions}
    units = {unit.id for unit in system.units}
    if name in units:
        return name
    if name in unit_of:
        return unit_of[name]
    endings = sorted({unit for identity, unit in unit_of.items() if _ends_with(identity, name)})
    if len(endings) == 1:
        return endings[0]
    if endings:
        listed = "\n".join(f"  {unit}" for unit in endings[:10])
        raise UnknownNameError(f"{name!r} can mean {len(endings)} units; write one of them in full:\n{listed}")
    raise UnknownNameError(f"This run has no unit or table {name!r}.{_suggestions(name, units, tables)}")


def explain(analysis: Analysis, split: Split, thing: str) -> Explanation:
    """Explain the place of ``thing`` (as `find_thing` names it) in ``split``."""
    system = analysis.system
    place = _places(split)
    by_service: dict[str, list[Tie]] = defaultdict(list)
    for tie in _ties(system, thing):
        by_service[place.get(tie.other, "")].append(tie)
    ranked = sorted(
        (
            ServiceTies(
                service=service,
                weight=sum(tie.resolution != "guessed" for tie in ties),
                ties=tuple(sorted(ties, key=lambda tie: (tie.other, tie.file, tie.line))),
            )
            for service, ties in by_service.items()
        ),
        key=lambda item: (-item.weight, item.service),
    )
    service = place.get(thing, "")
    others = [item.service for item in ranked if item.service not in {service, SHARED, ""} and item.weight]
    kind, file, line = _origin(system, thing)
    return Explanation(
        thing=thing,
        kind=kind,
        split=split.name,
        service=service,
        confidence=split.confidence.get(thing),
        file=file,
        line=line,
        runner_up=others[0] if others else "",
        services=tuple(ranked),
    )


def connect(analysis: Analysis, split: Split, first: str, second: str) -> Connection:
    """Everything that ties ``first`` to ``second``."""
    place = _places(split)
    tables = [name.removeprefix("table:") for name in (first, second)]
    transactions = [
        f"{item.definition} ({item.file}:{item.line})"
        for item in analysis.system.transactions
        if first.startswith("table:") and second.startswith("table:") and set(tables) <= set(item.tables_written)
    ]
    return Connection(
        first=first,
        second=second,
        split=split.name,
        first_service=place.get(first, ""),
        second_service=place.get(second, ""),
        ties=tuple(tie for tie in _ties(analysis.system, first) if tie.other == second),
        transactions=tuple(transactions),
    )


def _ties(system: System, thing: str) -> Iterator[Tie]:
    unit_of = {definition.id: definition.unit for definition in system.definitions}

    def text(file: str, line: int) -> str:
        return system.source_lines.get(file, {}).get(line, "")

    for edge in system.dependencies:
        ends = unit_of.get(edge.source, edge.source), unit_of.get(edge.target, edge.target)
        if ends[0] != ends[1] and thing in ends:
            yield Tie(
                **_evidence(edge.kind, edge.resolution, edge.rule, edge.file, edge.line),
                source=edge.source,
                target=edge.target,
                text=text(edge.file, edge.line),
                other=ends[1] if ends[0] == thing else ends[0],
            )
    for access in system.accesses:
        ends = unit_of.get(access.definition, access.definition), f"table:{access.table}"
        if thing in ends:
            yield Tie(
                **_evidence(access.operation, access.resolution, access.rule, access.file, access.line),
                source=access.definition,
                target=ends[1],
                text=text(access.file, access.line),
                other=ends[1] if ends[0] == thing else ends[0],
            )
    for key in system.foreign_keys:
        ends = f"table:{key.table}", f"table:{key.target_table}"
        if ends[0] != ends[1] and thing in ends:
            yield Tie(
                **_evidence("foreign key", "exact", "declared", key.file, key.line),
                source=ends[0],
                target=ends[1],
                text=text(key.file, key.line),
                other=ends[1] if ends[0] == thing else ends[0],
            )


def _evidence(kind: str, resolution: Resolution, rule: str, file: str, line: int) -> dict[str, object]:
    return {"kind": kind, "resolution": resolution, "rule": rule, "file": file, "line": line}


def _places(split: Split) -> dict[str, str]:
    tables = {f"table:{table}": service for table, service in split.service_of_table().items()}
    return {**split.service_of_unit(), **tables}


def _origin(system: System, thing: str) -> tuple[str, str, int]:
    for table in system.tables:
        if f"table:{table.name}" == thing:
            return "table", table.file, table.line
    for unit in system.units:
        if unit.id == thing:
            return unit.kind, unit.file, unit.line
    return "", "", 0


def _ends_with(identity: str, ending: str) -> bool:
    return bool(ending) and (identity.endswith((f":{ending}", f".{ending}")))


def _suggestions(name: str, units: set[str], tables: set[str]) -> str:
    short = {unit.rpartition(":")[2]: unit for unit in sorted(units, reverse=True)}
    likely = [short.get(match, match) for match in difflib.get_close_matches(name, [*short, *tables], n=3, cutoff=0.5)]
    likely += difflib.get_close_matches(name, sorted(units), n=3) if len(units) < 20_000 else []
    if not likely:
        return "\n`decompose export RUN definitions` and `decompose export RUN tables` list them."
    return "\nDid you mean:\n" + "\n".join(f"  {match}" for match in dict.fromkeys(likely))
