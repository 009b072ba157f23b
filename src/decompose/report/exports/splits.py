"""The candidate splits: their scores, what goes where, and what they cut."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.boundaries import DIRECTIONS
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.split import SHARED
from decompose.boundaries.unreached import unreached
from decompose.report.exports.table import Export, Row
from decompose.runs.analysis import Analysis

_SCORES = tuple(name for name in DIRECTIONS if name != "services")


def _unreached(analysis: Analysis) -> Iterator[Row]:
    shown = next((split for split in analysis.splits if split.name == analysis.recommendation.shown), None)
    placed = shown.service_of_unit() if shown else {}
    for unit in unreached(EvidenceGraph(analysis.system)):
        yield unit.id, unit.kind, unit.file, unit.line, unit.lines, placed.get(unit.id, "")


def _splits(analysis: Analysis) -> Iterator[Row]:
    for split in analysis.splits:
        values = {score.name: score.value for score in split.scores}
        yield (split.name, split.generator, len(split.services), *(values.get(name) for name in _SCORES))


def _assignments(analysis: Analysis) -> Iterator[Row]:
    files = {unit.id: unit.file for unit in analysis.system.units}
    table_files = {table.name: table.file for table in analysis.system.tables}
    for split in analysis.splits:
        for unit, service in sorted(split.service_of_unit().items()):
            sure, rival = split.confidence.get(unit), split.runners_up.get(unit, "")
            yield split.name, "unit", unit, service, sure, files.get(unit, ""), rival
        for table, service in sorted(split.service_of_table().items()):
            confidence = split.confidence.get(f"table:{table}")
            rival = split.runners_up.get(f"table:{table}", "")
            yield split.name, "table", table, service, confidence, table_files.get(table, ""), rival


def _cuts(analysis: Analysis) -> Iterator[Row]:
    unit_of = {d.id: d.unit for d in analysis.system.definitions}
    for split in analysis.splits:
        service_of = split.service_of_unit()
        owner_of = split.service_of_table()
        for d in analysis.system.dependencies:
            source = service_of.get(d.source_unit or unit_of.get(d.source, ""), SHARED)
            target = service_of.get(d.target_unit or unit_of.get(d.target, ""), SHARED)
            if (
                source != target
                and SHARED not in (source, target)
                and d.kind not in ("import", "type-import", "reference")
            ):
                yield split.name, source, target, d.kind, d.source, d.target, d.resolution, d.file, d.line
        for a in analysis.system.accesses:
            source = service_of.get(a.unit or unit_of.get(a.definition, ""), SHARED)
            target = owner_of.get(a.table, SHARED)
            if source != target and SHARED not in (source, target):
                yield (
                    split.name,
                    source,
                    target,
                    a.operation,
                    a.definition,
                    f"table:{a.table}",
                    a.resolution,
                    a.file,
                    a.line,
                )
        for k in analysis.system.foreign_keys:
            source, target = owner_of.get(k.table, SHARED), owner_of.get(k.target_table, SHARED)
            if source != target and SHARED not in (source, target):
                yield (
                    split.name, source, target, "foreign key", f"table:{k.table}", f"table:{k.target_table}", "exact",
                    k.file, k.line,
                )  # fmt: skip


SPLITS: dict[str, Export] = {
    "unreached": Export(
        ("unit", "kind", "file", "line", "lines", "service"),
        _unreached,
        "units that nothing in view enters, calls or names, and where the recommended split puts them",
    ),
    "splits": Export(
        ("split", "generator", "services", *_SCORES),
        _splits,
        "candidate splits and their scores",
    ),
    "assignments": Export(
        ("split", "kind", "id", "service", "confidence", "file", "runner_up"),
        _assignments,
        "where each unit and table goes",
    ),
    "cuts": Export(
        ("split", "source_service", "target_service", "kind", "source", "target", "resolution", "file", "line"),
        _cuts,
        "dependencies between services",
    ),
}
