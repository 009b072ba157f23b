"""Communities that stand for themselves without data of their own: renderers, parsers, clients that several others call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.split import SHARED, Split
from decompose.wording import counted

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels

MIN_SIZE = 1 / 3
"""At least this share of the mean community with data, by units: what is smaller is hardly worth a process (`small`)."""

MIN_USERS = 2
"""What one other alone uses is a part of that, and what none uses puts the others together."""

MAX_TOUCHING = 0.2
"""Where more than this share of the units touch tables of others, data is what it works on."""

_NAMED = 3


def stateless(
    graph: EvidenceGraph, labels: Labels, size: Mapping[int, int], data: Mapping[int, int], touching: Labels
) -> set[int]:
    """The communities without ``data`` that are large enough, by their ``size`` in units, and have users enough to be a service.
    ``touching``: the nodes of code that touches tables.

    To merge such a one would be a throw of dice where two others pull alike, and a hundred units would go with it.
    """
    import numpy as np

    with_data = [units for label, units in size.items() if data[label]]
    least = MIN_SIZE * sum(with_data) / max(1, len(with_data))
    touched = np.bincount(labels[touching][labels[touching] >= 0], minlength=len(size)).tolist()
    large = [
        label
        for label, units in size.items()
        if with_data and not data[label] and units >= least and touched[label] <= MAX_TOUCHING * units
    ]
    return {label for label in large if len(users_of(graph, labels, label)) >= MIN_USERS}


def users_of(graph: EvidenceGraph, labels: Labels, label: int) -> set[int]:
    """The other communities whose code uses that of one."""
    import numpy as np

    inside = np.flatnonzero(labels == label).tolist()
    using = labels[sorted(set().union(*(graph.users[node] for node in inside)))]
    return set(using[using >= 0].tolist()) - {label}


def told_of_stateless(graph: EvidenceGraph, split: Split) -> str:
    """In words, which services of a split hold no table, and who uses them; empty where all hold one."""
    without = [service for service in split.services if not service.tables]
    if not without:
        return ""
    at, users = split.service_of_unit(), {}
    for service in without:
        callers = [
            at.get(graph.members[user][0], SHARED)
            for unit in service.units
            for user in graph.users[graph.unit_node[unit]]
        ]
        users[service.name] = Counter(name for name in callers if name not in (service.name, SHARED))
    named = "; ".join(
        f"{service.name} ({counted(len(service.units), 'unit')}, {_used_by(users[service.name])})"
        for service in without
    )
    one = len(without) == 1
    return (
        f"{'one service holds' if one else f'{len(without)} services hold'} no table: {named}. {'It is' if one else 'Each is'} code "
        "that others call, so a library that they share would do as well, unless it has to be scaled or released by itself"
    )


def _used_by(users: Counter[str]) -> str:
    """Who uses a service, most first."""
    if not users:
        return "used by no other"
    named = sorted(users, key=lambda name: (-users[name], name))
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return f"used by {', '.join(named[:_NAMED])}{more}"
