"""Labels of nodes -> a `Split`, and an assignment by hand -> a `Split`."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from decompose.boundaries.clustering import SHARED_LABEL, UNPLACED
from decompose.boundaries.graph import TABLE, EvidenceGraph
from decompose.boundaries.naming import Vocabulary
from decompose.boundaries.shaping import Shaper
from decompose.boundaries.sharing import hubs
from decompose.boundaries.split import SHARED, Service, Split
from decompose.errors import InputError, UnknownNameError
from decompose.system.model import System

_SHOWN = 5


def split_from_labels(
    graph: EvidenceGraph,
    vocabulary: Vocabulary,
    labels: Sequence[int],
    *,
    name: str,
    generator: str,
    trivial: bool = False,
    names: Mapping[int, str] | None = None,
) -> Split:
    """The split that puts nodes of one label into one service; the label `SHARED_LABEL` is the shared library.

    ``names`` are of labels whose names are settled; the others are named by the words of what is in them.
    """
    groups: dict[int, list[int]] = defaultdict(list)
    for node, label in enumerate(labels):
        groups[label].append(node)
    shared = groups.pop(SHARED_LABEL, [])
    by_size = sorted(groups.items(), key=lambda group: (-len(group[1]), group[1]))
    ordered = [nodes for _, nodes in by_size]
    settled = [(names or {}).get(label, "") for label, _ in by_size]
    services = []
    for (service, terms), nodes in zip(vocabulary.names_of(ordered, settled), ordered, strict=True):
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
        shared=tuple(
            sorted(member for node in shared for member in graph.members[node] if not member.startswith(TABLE))
        ),
    )


class Placement(NamedTuple):
    """One line of a partition by hand: a unit, definition or ``table:NAME`` and its service, or ``shared``."""

    id: str
    service: str
    where: str = ""


def split_from_assignment(
    system: System, assignment: Mapping[str, str] | Iterable[Placement], name: str, graph: EvidenceGraph | None = None
) -> Split:
    """The split that ``assignment`` (id -> service, or placements) describes; a definition stands for its unit.

    What it leaves out is placed: a table with its model, else with most of its writers, else of its readers;
    everything else by its ties. The split's ``generator`` counts it. Raises `UnknownNameError` for ids that the system
    does not have, `InputError` for placements that contradict each other.
    """
    placements = [Placement(*item) for item in assignment.items()] if isinstance(assignment, Mapping) else assignment
    graph = graph or EvidenceGraph(system)
    system = graph.system
    given = _given(graph, placements)
    names = sorted(set(given.values()) - {SHARED})
    if not names:
        raise InputError(f"{name}: names no service. Everything in it is {SHARED}.")
    left_out = [member for members in graph.members if given.keys().isdisjoint(members) for member in members]
    placed = {**_by_ties(graph, given, names), **given}
    for table in sorted(table.name for table in system.tables if f"{TABLE}{table.name}" not in given):
        placed[f"{TABLE}{table}"] = _owner(graph, placed, given, table, names)
    tables = sum(member.startswith(TABLE) for member in left_out)
    generator = "by hand"
    if left_out:
        generator += f"; {len(left_out) - tables} units and {tables} tables that it leaves out are placed by their ties"
    members: dict[str, list[str]] = defaultdict(list)
    for member, service in sorted(placed.items()):
        members[service].append(member)
    return Split(
        name=name,
        generator=generator,
        trivial=False,
        services=tuple(
            Service(
                name=service,
                units=tuple(member for member in members[service] if not member.startswith(TABLE)),
                tables=tuple(member.removeprefix(TABLE) for member in members[service] if member.startswith(TABLE)),
            )
            for service in names
        ),
        shared=tuple(members[SHARED]),
    )


def with_their_files(system: System, homes: Mapping[str, str]) -> dict[str, str]:
    """The homes, and those of new units in files of which everything known has one home."""
    in_file: dict[str, set[str]] = defaultdict(set)
    for unit in system.units:
        if unit.id in homes:
            in_file[unit.file].add(homes[unit.id])
    found = dict(homes)
    for unit in system.units:
        around = in_file[unit.file]
        if len(around) == 1 and not unit.model_of:  # a model goes with its table
            found.setdefault(unit.id, *around)
    return found


def _given(graph: EvidenceGraph, placements: Iterable[Placement]) -> dict[str, str]:
    """Unit or ``table:NAME`` -> service, as the placements say; nothing for a table that each service's database has of its own."""
    system = graph.system
    tables = {f"{TABLE}{table.name}" for table in system.tables}
    unit_of = {**{d.id: d.unit for d in system.definitions}, **{unit.id: unit.id for unit in system.units}}
    units = {unit.id for unit in system.units}
    known = {identifier for identifier, unit in unit_of.items() if unit in units} | tables
    # A module without code of its own is there, and nothing moves with it.
    empty = {d.id for d in system.definitions if d.kind == "module"} - units
    given: dict[str, str] = {}
    unknown: list[Placement] = []
    first: dict[str, Placement] = {}
    for written in placements:
        # In a file by hand a table often stands by its name alone, which no unit has: those have a colon.
        bare = written.id not in known and f"{TABLE}{written.id}" in tables | graph.had_by_each
        placement = written._replace(id=f"{TABLE}{written.id}") if bare else written
        if placement.id in empty or placement.id in graph.had_by_each:
            continue
        if placement.id not in known:
            unknown.append(placement)
            continue
        member = unit_of.get(placement.id, placement.id)
        if member in tables and placement.service == SHARED:
            raise InputError(
                f"{_at(placement)}: a table needs a service that owns it; the shared library holds no data."
            )
        before = first.setdefault(member, placement)
        if before.service != placement.service:
            whole = "" if placement.id == before.id else f" Both belong to {member}, which moves as a whole."
            raise InputError(
                f"{_at(placement)} goes to {placement.service}, but {_at(before)} to {before.service}.{whole}"
            )
        given[member] = placement.service
    if unknown:
        shown = ", ".join(f"{_at(placement)}{_near(placement.id, known)}" for placement in unknown[:_SHOWN])
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        count = "1 id is" if len(unknown) == 1 else f"{len(unknown)} ids are"
        raise UnknownNameError(f"{count} not in this run: {shown}{more}.")
    return given


def _by_ties(graph: EvidenceGraph, given: Mapping[str, str], names: list[str]) -> dict[str, str]:
    """A service for every unit and table: that of the node it is most tied to."""
    import numpy as np

    number = {SHARED: SHARED_LABEL, **{service: index for index, service in enumerate(names)}}
    labels: dict[int, int] = {}
    for node, members in enumerate(graph.members):
        for member in members:
            if member in given:
                labels.setdefault(node, number[given[member]])
    known = np.array([labels.get(node, UNPLACED) for node in range(len(graph.members))], dtype=np.int64)
    placed = Shaper(graph, graph.combined(), hubs(graph) - labels.keys()).place_rest(known)
    service_of = dict(enumerate(names))
    return {
        member: service_of.get(label, SHARED)
        for label, members in zip(placed.tolist(), graph.members, strict=True)
        for member in members
    }


def _owner(
    graph: EvidenceGraph, placed: Mapping[str, str], given: Mapping[str, str], table: str, names: list[str]
) -> str:
    """Where a table goes that the partition leaves out."""
    votes: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for access in graph.system.accesses:
        if access.table == table and access.resolution != "guessed":
            service = placed.get(access.unit or graph.unit_of.get(access.definition, ""), SHARED)
            votes[access.operation != "read"][service] += service != SHARED
    model = next((given[m] for m in graph.members[graph.table_node[table]] if m in given), SHARED)
    if model != SHARED:
        return model
    for counted in (votes[True], votes[False]):
        if counted.total():
            return max(sorted(counted), key=lambda service: counted[service])
    tied = placed.get(f"{TABLE}{table}", SHARED)
    return tied if tied != SHARED else names[0]


def _at(placement: Placement) -> str:
    return f"{placement.where}: {placement.id}" if placement.where else placement.id


def _near(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f" (near: {near[0]})" if near else ""
