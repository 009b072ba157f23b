"""The cuts of a split: every dependency, table access and foreign key that crosses a service boundary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from decompose.boundaries.split import SHARED
from decompose.report.units import ActingUnits
from decompose.system.model import CALL_KINDS, Record, Resolution

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from decompose.boundaries.split import Split
    from decompose.system.model import System

Family = Literal["calls", "data", "keys", "code"]
"""``calls`` become remote calls, ``data`` is access to another service's tables, ``keys`` are foreign keys, and
``code`` is what ties source files together without running: imports, inheritance, references."""

FAMILIES: tuple[Family, ...] = ("calls", "data", "keys", "code")


def amounts(counts: Mapping[Family, int]) -> str:
    """``12 calls, 1 key``: what is there, in words."""
    singular = {"calls": "call", "keys": "key"}
    return ", ".join(
        f"{counts[family]:,} {singular.get(family, family) if counts[family] == 1 else family}"
        for family in FAMILIES
        if counts.get(family)
    )


class Cut(Record):
    """One dependency from ``source_service`` to ``target_service``; ``source`` and ``target`` are ids or tables."""

    source_service: str
    target_service: str
    kind: str
    family: Family
    source: str
    target: str
    resolution: Resolution
    file: str
    line: int


def find_cuts(system: System, split: Split) -> Iterator[Cut]:
    """Yield the cuts of ``split``, in the order of the system's records.

    Use of the shared library is no cut, because every service carries a copy; the library's use of a service is one.
    """
    units = ActingUnits(system)
    service_of = split.service_of_unit()
    owner_of = split.service_of_table()

    for edge in system.dependencies:
        acting, reached = units.ends(edge)
        source, target = service_of.get(acting), service_of.get(reached)
        if source is None or target is None or source == target or target == SHARED:
            continue
        yield Cut(
            source_service=source,
            target_service=target,
            kind=edge.kind,
            family="calls" if edge.kind in CALL_KINDS else "code",
            source=edge.source,
            target=edge.target,
            resolution=edge.resolution,
            file=edge.file,
            line=edge.line,
        )
    for access in system.accesses:
        source, target = service_of.get(units.accessing(access)), owner_of.get(access.table)
        if source is None or target is None or source == target:
            continue
        yield Cut(
            source_service=source,
            target_service=target,
            kind=access.operation,
            family="data",
            source=access.definition,
            target=access.table,
            resolution=access.resolution,
            file=access.file,
            line=access.line,
        )
    for key in system.foreign_keys:
        source, target = owner_of.get(key.table), owner_of.get(key.target_table)
        if source is None or target is None or source == target:
            continue
        yield Cut(
            source_service=source,
            target_service=target,
            kind="foreign key",
            family="keys",
            source=key.table,
            target=key.target_table,
            resolution="exact",
            file=key.file,
            line=key.line,
        )
