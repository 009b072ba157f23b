"""A call site as the evidence of a dependency."""

from __future__ import annotations

from decompose.linking import Linked
from decompose.linking.effects import ASKED_BY
from decompose.linking.frames import Site
from decompose.linking.values import NAMED, Value
from decompose.system.calls.placement import Placement
from decompose.system.model import DECLARED_TYPE, Dependency, Resolution

Key = tuple[str, str, str, int, str, str]


def told_by(
    placement: Placement,
    site: Site,
    target: str,
    *,
    kind: str = "call",
    resolution: Resolution = "exact",
    rule: str = "name",
    target_unit: str = "",
) -> Dependency:
    """The dependency on ``target`` that a call site shows."""
    scope = site.frame.scope
    rendered = placement.linked.program.rendered
    shown = rendered.operations.get(id(site.operation)) if rendered.operations else None
    if shown is not None:
        kind, rule = "template", f"{ASKED_BY} {shown}"
        resolution = "inferred" if resolution == "exact" else resolution
    return Dependency(
        source=scope.definition,
        target=target,
        kind=kind,
        resolution=resolution,
        rule=rule,
        file=scope.module.file,
        line=site.line,
        source_unit=placement.acting_in(site.frame),
        target_unit=target_unit,
    )


def not_certain(linked: Linked, receiver: Value) -> str:
    """How the type of a receiver is known that no value in view proves."""
    named = receiver >= 0 and linked.values[receiver][0] == "I" and linked.values[receiver][3] == NAMED
    return "named like a model" if named else DECLARED_TYPE


def in_order(dependency: Dependency) -> Key:
    """The order in which dependencies are told; those of the same place and the same units are one."""
    d = dependency
    return d.source, d.target, d.kind, d.line, d.source_unit, d.target_unit
