"""Why a unit or table is where it is, and everything that ties two of them together."""

from __future__ import annotations

import difflib
from collections import defaultdict
from typing import TYPE_CHECKING

from decompose.boundaries.split import SHARED
from decompose.errors import UnknownNameError
from decompose.report.units import ActingUnits
from decompose.system.model import Access, Dependency, ForeignKey, Record, Resolution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.boundaries.split import Split
    from decompose.runs.analysis import Analysis
    from decompose.system.model import System


class Tie(Record):
    """One dependency, seen from the explained thing: ``other`` is the unit or table at its far end."""

    outgoing: bool
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
    units = ActingUnits(system)
    for edge in system.dependencies:
        yield from _tie(system, edge, thing, units.ends(edge), (edge.source, edge.target), edge.kind)
    for access in system.accesses:
        table = f"table:{access.table}"
        yield from _tie(
            system, access, thing, (units.accessing(access), table), (access.definition, table), access.operation
        )
    for key in system.foreign_keys:
        ends = f"table:{key.table}", f"table:{key.target_table}"
        yield from _tie(system, key, thing, ends, ends, "foreign key")


def _tie(
    system: System,
    record: Dependency | Access | ForeignKey,
    thing: str,
    ends: tuple[str, str],
    definitions: tuple[str, str],
    kind: str,
) -> Iterator[Tie]:
    """The tie that ``record`` is, if it has ``thing`` at one of its ``ends`` and something else at the other."""
    if thing not in ends or ends[0] == ends[1]:
        return
    yield Tie(
        source=definitions[0],
        target=definitions[1],
        outgoing=ends[0] == thing,
        kind=kind,
        resolution="exact" if isinstance(record, ForeignKey) else record.resolution,
        rule="declared" if isinstance(record, ForeignKey) else record.rule,
        file=record.file,
        line=record.line,
        text=system.source_lines.get(record.file, {}).get(record.line, ""),
        other=ends[1] if ends[0] == thing else ends[0],
    )


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
