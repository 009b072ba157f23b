"""What crosses between the services of a split, one line of code at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from decompose.boundaries.split import SHARED, Split
from decompose.system.model import System


class Crossing(NamedTuple):
    """A dependency, an access or a foreign key between two services.

    ``source`` and ``target`` are definitions, or tables as ``table:NAME``; ``source_unit`` and ``target_unit`` what would have to move.
    """

    source_service: str
    target_service: str
    kind: str
    source: str
    target: str
    resolution: str
    file: str
    line: int
    source_unit: str
    target_unit: str

    def __str__(self) -> str:
        return f"{self.source_service} -> {self.target_service}: {self.kind}, {self.source} -> {self.target}"


def crossings(system: System, split: Split) -> Iterator[Crossing]:
    """All crossings, in the order of the system: dependencies, accesses, foreign keys. What is shared crosses nothing.

    Imports and references to a name are left out: nothing goes over the network for them. So is what a wrapper calls: who
    calls the decorated function runs it.
    """
    service_of = split.services_of()
    unit_of = {definition.id: definition.unit for definition in system.definitions}
    for source_unit, target_unit, kind, source, target, resolution, file, line in _ties(system, unit_of):
        home, away = service_of.get(source_unit, SHARED), service_of.get(target_unit, SHARED)
        if home != away and SHARED not in (home, away):
            yield Crossing(home, away, kind, source, target, resolution, file, line, source_unit, target_unit)


def _ties(system: System, unit_of: dict[str, str]) -> Iterator[tuple[str, str, str, str, str, str, str, int]]:
    for d in system.dependencies:
        if d.runs or d.kind == "inherit":
            ends = d.source_unit or unit_of.get(d.source, ""), d.target_unit or unit_of.get(d.target, "")
            yield *ends, d.kind, d.source, d.target, d.resolution, d.file, d.line
    for a in system.accesses:
        table = f"table:{a.table}"
        unit = a.unit or unit_of.get(a.definition, "")
        yield unit, table, a.operation, a.definition, table, a.resolution, a.file, a.line
    for k in system.foreign_keys:
        ends = f"table:{k.table}", f"table:{k.target_table}"
        yield *ends, "foreign key", *ends, "exact", k.file, k.line
