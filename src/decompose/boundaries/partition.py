"""Labels of nodes -> a `Split`, and an assignment by hand -> a `Split`."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Mapping

from decompose.boundaries.clustering import Labels
from decompose.boundaries.graph import TABLE, EvidenceGraph
from decompose.boundaries.naming import names_of
from decompose.boundaries.shaping import SHARED_LABEL
from decompose.boundaries.split import SHARED, Service, Split
from decompose.errors import UnknownNameError
from decompose.system.model import System

_SHOWN = 5


def split_from_labels(graph: EvidenceGraph, labels: Labels, *, name: str, generator: str, trivial: bool = False) -> Split:
    """The split that puts nodes of one label into one service; the label `SHARED_LABEL` is the shared library."""
    groups: dict[int, list[int]] = defaultdict(list)
    for node in range(len(graph.members)):
        groups[labels.get(node, SHARED_LABEL)].append(node)
    shared = groups.pop(SHARED_LABEL, [])
    ordered = sorted(groups.values(), key=lambda nodes: (-len(nodes), nodes))
    services = []
    for (service, terms), nodes in zip(names_of(graph, ordered), ordered, strict=True):
        members = sorted(member for node in nodes for member in graph.members[node])
        services.append(
            Service(
                name=service,
                units=tuple(member for member in members if not member.startswith(TABLE)),
                tables=tuple(member.removeprefix(TABLE) for member in members if member.startswith(TABLE)),
                terms=terms,
            )
        )
    return Split(
        name=name,
        generator=generator,
        trivial=trivial,
        services=tuple(sorted(services, key=lambda service: service.name)),
        shared=tuple(sorted(member for node in shared for member in graph.members[node] if not member.startswith(TABLE))),
    )


def split_from_assignment(system: System, assignment: Mapping[str, str], name: str) -> Split:
    """The split that ``assignment`` (unit id or ``table:NAME`` -> service, or ``shared``) describes.

    Units and tables that it leaves out go to the shared library, tables to the service of their model.
    Raises `UnknownNameError` for ids that the system does not have.
    """
    units = {unit.id: unit for unit in system.units}
    tables = {table.name for table in system.tables}
    known = set(units) | {f"{TABLE}{table}" for table in tables} | {d.id for d in system.definitions}
    unknown = [identifier for identifier in assignment if identifier not in known]
    if unknown:
        shown = ", ".join(f"{name}{_near(name, known)}" for name in unknown[:_SHOWN])
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        raise UnknownNameError(f"{len(unknown)} ids are not in this run: {shown}{more}.")
    members: dict[str, list[str]] = defaultdict(list)
    owned: dict[str, list[str]] = defaultdict(list)
    for unit in units:
        members[assignment.get(unit, SHARED)].append(unit)
    for table in tables:
        service = assignment.get(f"{TABLE}{table}")
        if service is None:
            service = next((assignment.get(u.id) for u in units.values() if u.model_of == table), None)
        owned[service or SHARED].append(table)
    names = sorted((set(members) | set(owned)) - {SHARED})
    return Split(
        name=name,
        generator="by hand",
        trivial=False,
        services=tuple(
            Service(name=service, units=tuple(sorted(members[service])), tables=tuple(sorted(owned[service])))
            for service in names
        ),
        shared=tuple(sorted(members[SHARED])),
    )


def _near(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f" (near: {near[0]})" if near else ""
