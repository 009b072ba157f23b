"""What follows from each split: the database side and the extraction plan."""

from __future__ import annotations

from collections.abc import Iterator

from decompose.database.split import DatabaseDesign
from decompose.plan.step import Plan
from decompose.report.exports.table import Export, Row
from decompose.runs.analysis import Analysis
from decompose.runs.consequences import consequences_of

_WORK = (
    "units", "tables", "entry points", "operations", "inbound calls", "outbound calls", "foreign accesses", "foreign keys",
    "transactions", "messages", "followed transactions", "copied calls",
)  # fmt: skip
_LATER_WORK = ("stores", "shared stores", "rows")


def _followed(analysis: Analysis) -> Iterator[tuple[str, DatabaseDesign, Plan]]:
    """What follows from every split that is not trivial; what the run does not hold is worked out."""
    for split in analysis.splits:
        if not split.trivial:
            database, plan = consequences_of(analysis, split)
            if database.design is not None:
                yield split.name, database.design, plan


def _steps(analysis: Analysis) -> Iterator[Row]:
    for plan in analysis.plans:
        for step in plan.steps:
            counts = (step.count(kind) for kind in _WORK)
            low, high, unit = (
                (step.effort.low, step.effort.high, step.effort.unit) if step.effort else (None, None, None)
            )
            later = (step.count(kind) for kind in _LATER_WORK)
            yield (plan.split, step.order, step.service, *counts, low, high, unit, step.benefit, *later)


def _options(analysis: Analysis) -> Iterator[Row]:
    for split, design, _ in _followed(analysis):
        for table in design.shared_tables:
            for rank, option in enumerate(table.options, 1):
                groups = tuple(f"{group.service}: {', '.join(group.columns)}" for group in option.groups)
                yield (
                    split, table.table, table.owner, rank, option.kind, option.services, option.reason, groups,
                    option.evidence,
                )  # fmt: skip


def _cut_keys(analysis: Analysis) -> Iterator[Row]:
    for split, design, _ in _followed(analysis):
        for cut in design.cut_keys:
            yield (
                split, cut.kind, cut.key.table, cut.key.columns, cut.key.target_table, cut.service, cut.target_service,
                cut.key.on_delete, cut.reference, cut.existence, cut.on_delete, cut.constraints, cut.key.file, cut.key.line,
            )  # fmt: skip


def _shared_stores(analysis: Analysis) -> Iterator[Row]:
    for split in analysis.splits:
        if split.trivial:
            continue
        for s in consequences_of(analysis, split).database.stores:
            if s.shared:
                yield (
                    split.name, s.kind, s.name, s.owner, s.services, tuple(s.writers), tuple(s.readers), s.way_out, s.evidence
                )  # fmt: skip


def _joins(analysis: Analysis) -> Iterator[Row]:
    for split, design, _ in _followed(analysis):
        for join in design.joins:
            tables = tuple(f"{owner}: {', '.join(listed)}" for owner, listed in join.tables.items())
            yield (
                split, join.definition, join.service, join.part_of, tables, join.way_out, join.reason, join.resolution,
                join.file, join.line,
            )  # fmt: skip


def _sagas(analysis: Analysis) -> Iterator[Row]:
    for split, design, _ in _followed(analysis):
        for saga in design.sagas:
            for step in saga.steps:
                yield (
                    split, saga.definition, saga.style, saga.coordinator, step.order, step.service, step.kind, step.writes,
                    step.compensations, step.reason, saga.file, saga.line, step.cascaded,
                )  # fmt: skip


def _operations(analysis: Analysis) -> Iterator[Row]:
    for split, _, plan in _followed(analysis):
        for step in plan.steps:
            for operation in step.detail.operations if step.detail else ():
                callers = tuple(f"{service}: {count}" for service, count in operation.callers.items())
                yield (
                    split, step.order, step.service, operation.name, operation.definition, operation.parameters,
                    operation.does, operation.style, callers, len(operation.in_loops), operation.evidence,
                    operation.returns, operation.changes, operation.alternatives, operation.entered, operation.file, operation.line,
                )  # fmt: skip


def _crossings(analysis: Analysis) -> Iterator[Row]:
    for split, _, plan in _followed(analysis):
        for step in plan.steps:
            for call in step.detail.calls_in if step.detail else ():
                yield (
                    split, call.source, call.target, call.definition, call.style, call.reason, call.sites, call.resilience,
                    call.without_answer, call.evidence, call.identity, call.alternatives, call.through,
                )  # fmt: skip


def _requirements(analysis: Analysis) -> Iterator[Row]:
    for split, _, plan in _followed(analysis):
        for step in plan.steps:
            for kind in ("packages", "settings", "identity"):
                for found in getattr(step.detail, kind, ()):
                    yield split, step.order, step.service, kind, found.name, found.places, found.evidence


CONSEQUENCES: dict[str, Export] = {
    "steps": Export(
        (
            "split",
            "order",
            "service",
            *(k.replace(" ", "_") for k in _WORK),
            "effort_low",
            "effort_high",
            "unit",
            "benefit",
            *(k.replace(" ", "_") for k in _LATER_WORK),
        ),
        _steps,
        "the extraction plan, counted",
    ),
    "options": Export(
        ("split", "table", "owner", "rank", "option", "services", "reason", "columns", "evidence"),
        _options,
        "ways to share the tables that several services need",
    ),
    "cut_keys": Export(
        (
            "split",
            "kind",
            "table",
            "columns",
            "target_table",
            "service",
            "target_service",
            "on_delete",
            "reference",
            "existence",
            "instead_of_on_delete",
            "constraints",
            "file",
            "line",
        ),
        _cut_keys,
        "what replaces each cut key",
    ),
    "shared_stores": Export(
        ("split", "kind", "store", "owner", "services", "written_by", "read_by", "way_out", "evidence"),
        _shared_stores,
        "stores that several services of a split touch, and what to do about them",
    ),
    "joins": Export(
        ("split", "definition", "service", "part_of", "tables", "way_out", "reason", "resolution", "file", "line"),
        _joins,
        "statements over tables of several services, and the way out",
    ),
    "sagas": Export(
        (
            "split",
            "definition",
            "style",
            "coordinator",
            "order",
            "service",
            "kind",
            "writes",
            "compensations",
            "reason",
            "file",
            "line",
            "cascaded",
        ),
        _sagas,
        "the local transactions of every saga",
    ),
    "operations": Export(
        (
            "split",
            "order",
            "service",
            "name",
            "definition",
            "parameters",
            "does",
            "style",
            "callers",
            "in_loops",
            "evidence",
            "returns",
            "changes",
            "alternatives",
            "entered",
            "file",
            "line",
        ),
        _operations,
        "what each new service must offer",
    ),
    "crossings": Export(
        (
            "split",
            "source_service",
            "target_service",
            "definition",
            "style",
            "reason",
            "sites",
            "resilience",
            "without_answer",
            "evidence",
            "identity",
            "alternatives",
            "through",
        ),
        _crossings,
        "how each call goes over the network",
    ),
    "requirements": Export(
        ("split", "order", "service", "kind", "name", "places", "evidence"),
        _requirements,
        "packages, settings and identities that the code of a service relies on",
    ),
}
