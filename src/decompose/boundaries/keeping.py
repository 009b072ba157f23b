"""A split that was decided on in an earlier run, kept on the code as it is now.

What was placed stays where it is. What is new goes with its file where all of that is together, and else where its ties lead. A
unit goes elsewhere only if it has lost all that tied it to its service, and most of what ties it now leads to one other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from decompose.boundaries.graph import TABLE, EvidenceGraph
from decompose.boundaries.partition import Placement, split_from_assignment, with_their_files
from decompose.boundaries.scores import labels_of
from decompose.boundaries.split import Split
from decompose.errors import InputError
from decompose.system.model import System
from decompose.wording import counted

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Weights

KEPT = "kept"
"""The name of a split that is kept."""

MOST = 0.5
"""The share of its ties that another service must have for a unit that has none to its own to go there."""

_LINES = ("calls", "writes", "reads", "foreign keys", "transactions", "inheritance", "references")
"""The layers of evidence that stand in lines of code, rather than in where something stands or how it is called."""

_NAMED = 3


class Earlier(NamedTuple):
    """A split of an earlier run: the name of that run, the system that it was made of, the split, and the order of its services in the plan."""

    run: str
    system: System
    split: Split
    order: tuple[str, ...] = ()


class Kept(NamedTuple):
    """The split on the code as it is now, and what became of it: in a sentence, and one by one."""

    split: Split
    summary: str
    changes: tuple[str, ...]


def keep(graph: EvidenceGraph, earlier: Earlier) -> Kept:
    """Lay an earlier split over a system. Raises `InputError` where the two have nothing in common."""
    known = {member for members in graph.members for member in members}
    before = {m: service for m, service in earlier.split.services_of().items() if m not in graph.had_by_each}
    homes = {member: service for member, service in before.items() if member in known}
    if not any(unit.id in homes for unit in graph.system.units):
        raise InputError(
            f"{earlier.run}: no unit that {earlier.split.name} places is in this code. Is it a run of the same application?"
        )
    beside = with_their_files(graph.system, homes)
    laid = split_from_assignment(graph.system, beside, KEPT, graph)
    moved = _moved(graph, laid, earlier, homes)
    places = {**laid.services_of(), **{member: there for member, (_, there, _) in moved.items()}}
    split = split_from_assignment(graph.system, [Placement(*item) for item in places.items()], KEPT, graph)
    terms = {service.name: service.terms for service in earlier.split.services}
    split = msgspec.structs.replace(
        split,
        generator=f"{earlier.split.name} of {earlier.run}, kept",
        services=tuple(msgspec.structs.replace(s, terms=terms.get(s.name, ())) for s in split.services),
    )
    new, gone = sorted(known - homes.keys()), sorted(before.keys() - homes.keys())
    changes = [
        *_told("new", [f"{member} goes to {places[member]}" for member in new]),
        *_told("moved", [f"{unit} goes from {here} to {there} ({why})" for unit, (here, there, why) in moved.items()]),
        *_told("gone", gone),
        *_told("nothing is left of", sorted(terms.keys() - {service.name for service in split.services})),
    ]  # fmt: skip
    return Kept(split, _summary(earlier, homes.keys() - moved.keys(), new, moved, gone), tuple(changes))


def _moved(
    graph: EvidenceGraph, laid: Split, earlier: Earlier, homes: Mapping[str, str]
) -> dict[str, tuple[str, str, str]]:
    """Unit -> where it was, where it goes, and why."""
    names = [service.name for service in laid.services]
    labels, pulls = labels_of(graph, laid), _pulls(graph, laid)
    found = {}
    for node, members in enumerate(graph.members):
        label, pull = int(labels[node]), pulls[node]
        whole, best = float(pull.sum()), int(pull.argmax())
        if label >= 0 and whole and not pull[label] and best < len(names) and pull[best] >= MOST * whole:
            for unit in members:
                if unit in homes and not any(member.startswith(TABLE) for member in members):
                    why = f"nothing in the code ties it to {names[label]} any more, {pull[best] / whole:.0%} of what does to {names[best]}"
                    found[unit] = (names[label], names[best], why)
    return _that_were_tied(found, earlier)


def _that_were_tied(found: dict[str, tuple[str, str, str]], earlier: Earlier) -> dict[str, tuple[str, str, str]]:
    """Those of the units that were tied to where they were: what never was stays where it was put."""
    if not found:
        return found
    graph = EvidenceGraph(earlier.system)
    labels, pulls = labels_of(graph, earlier.split), _pulls(graph, earlier.split)
    nodes = {unit: graph.unit_node[unit] for unit in found}
    return {unit: found[unit] for unit, node in sorted(nodes.items()) if pulls[node, labels[node]]}


def _pulls(graph: EvidenceGraph, split: Split) -> Weights:
    """For each node the weight that ties it to each service by lines of code, and in a last column to the shared library."""
    import numpy as np

    labels, edges = labels_of(graph, split), graph.combined(layers=_LINES)
    pulls = np.zeros((len(graph.members), len(split.services) + 1))
    for here, there in ((0, 1), (1, 0)):
        np.add.at(pulls, (edges.ends[:, here], labels[edges.ends[:, there]]), edges.weights)
    return pulls


def _summary(
    earlier: Earlier, stayed: Iterable[str], new: list[str], moved: Mapping[str, tuple[str, str, str]], gone: list[str]
) -> str:
    what = [f"{_counted(stayed)} where they were", f"{_counted(new)} new" if new else "nothing new"]
    what += [f"{counted(len(moved), 'unit')} moved"] if moved else ["nothing moved"]
    what += [f"{_counted(gone)} gone"] if gone else []
    return f"The boundaries are those of {earlier.run} ({earlier.split.name}): {', '.join(what)}."


def _counted(members: Iterable[str]) -> str:
    count = Counter("table" if member.startswith(TABLE) else "unit" for member in members)
    return " and ".join(counted(count[kind], kind) for kind in ("unit", "table") if count[kind]) or "nothing"


def _told(what: str, listed: Sequence[str]) -> list[str]:
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    return [f"{what}: {', '.join(listed[:_NAMED])}{more}"] if listed else []
