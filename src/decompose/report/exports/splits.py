"""The candidate splits: their scores, what goes where, and what they cut."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from decompose.boundaries import DIRECTIONS
from decompose.boundaries.crossings import Crossing, crossings
from decompose.boundaries.graph import CALL_LAYERS, EvidenceGraph
from decompose.boundaries.ladder import Rung
from decompose.boundaries.split import SHARED
from decompose.boundaries.unreached import unreached
from decompose.report.exports.table import Export, Row
from decompose.runs.analysis import Analysis
from decompose.system.divisible import had_by_each

_SCORES = tuple(name for name in DIRECTIONS if name != "services")


def _unreached(analysis: Analysis) -> Iterator[Row]:
    shown = next((split for split in analysis.splits if split.name == analysis.recommendation.shown), None)
    placed = shown.service_of_unit() if shown else {}
    for unit in unreached(EvidenceGraph(analysis.system)):
        yield unit.id, unit.kind, unit.file, unit.line, unit.lines, placed.get(unit.id, "")


def _unit_calls(analysis: Analysis) -> Iterator[Row]:
    graph = EvidenceGraph(analysis.system)
    for (d, source, target, layer), share in zip(graph.steering, graph.shares, strict=True):
        if layer in CALL_LAYERS:
            units = (graph.members[node][0] for node in (source, target))
            yield *units, d.source, d.target, d.kind, d.resolution, d.rule, d.file, d.line, round(share, 4)


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
        everywhere = dict.fromkeys(had_by_each(analysis.system), SHARED)
        for table, service in sorted((split.service_of_table() | everywhere).items()):
            confidence = split.confidence.get(f"table:{table}")
            rival = split.runners_up.get(f"table:{table}", "")
            yield split.name, "table", table, service, confidence, table_files.get(table, ""), rival


def _cuts(analysis: Analysis) -> Iterator[Row]:
    for split in analysis.splits:
        for crossing in crossings(analysis.system, split):
            yield split.name, *crossing


def _ladder(analysis: Analysis) -> Iterator[Row]:
    for rung in analysis.ladder.rungs:
        yield analysis.ladder.split, *msgspec.structs.astuple(rung)


_OF_BLOCK = ("service", "rival", "share", "agree", "rival_agree", "ties", "rival_ties")


def _toss_ups(analysis: Analysis) -> Iterator[Row]:
    for number, block in enumerate(analysis.toss_ups, start=1):
        told = analysis.recommendation.shown, number, *(getattr(block, column) for column in _OF_BLOCK)
        for kind, things in (("table", block.tables), ("unit", block.units)):
            for thing in things:
                yield *told, kind, thing


SPLITS: dict[str, Export] = {
    "toss_ups": Export(
        ("split", "block", *_OF_BLOCK, "kind", "id"),
        _toss_ups,
        "units and tables of the shown split that belong as well to another service, block by block",
    ),
    "ladder": Export(
        ("split", *Rung.__struct_fields__),
        _ladder,
        "what fewer services than the shown split has would break, one merge of two services after another",
    ),
    "unreached": Export(
        ("unit", "kind", "file", "line", "lines", "service"),
        _unreached,
        "units that nothing in view enters, calls or names, and where the recommended split puts them",
    ),
    "unit_calls": Export(
        ("source_unit", "target_unit", "caller", "callee", "kind", "resolution", "rule", "file", "line", "share"),
        _unit_calls,
        "calls between units, once for each class on whose behalf they are made: what scores count",
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
        ("split", *Crossing._fields),
        _cuts,
        "dependencies between services",
    ),
}
