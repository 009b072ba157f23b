"""Services that nobody else would draw: without a table, and of units that the ways of looking put here and there.

Code that many use and that uses many gathers in a community by being left over from all others. As a service it would be asked by all
of them for what has nothing to do with each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from decompose.boundaries.certainty import Certainty
from decompose.boundaries.clustering import UNPLACED
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.split import SHARED, Split
from decompose.wording import counted

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels

MIN_HELD = 0.25
"""With a smaller share of the votes for where its units are, in the mean, three of four ways of looking would make no such service."""

_NAMED = 3


class Scattered(NamedTuple):
    """A service that is none: its units, as nodes, and the mean share of votes for them there."""

    units: frozenset[int]
    held: float


def without_scattered(
    graph: EvidenceGraph, certainty: Certainty, labels: Labels, fixed: Collection[int] = (), least: int = 2
) -> tuple[Labels, list[Scattered]]:
    """The labels with each unit of such a service where most of the other votes put it, `UNPLACED` where there are none; and what it was.

    Services with something ``fixed`` stay, and as many as make ``least`` in all.
    """
    import numpy as np

    count = int(labels.max(initial=-1)) + 1
    votes, everyone = certainty.votes(labels, count), np.arange(len(labels))
    own, total = votes[everyone, labels], votes.sum(axis=1)
    kept = {int(labels[node]) for node in (*graph.table_node.values(), *fixed)}
    found: dict[int, Scattered] = {}
    for label in range(count):
        nodes = np.flatnonzero(labels == label)
        told = nodes[total[nodes] > 0]
        if label not in kept and len(told) and (held := float((own[told] / total[told]).mean())) < MIN_HELD:
            found[label] = Scattered(frozenset(nodes.tolist()), held)
    gone = sorted(found, key=lambda label: (found[label].held, label))[: max(0, count - least)]
    if not gone:
        return labels, []
    votes[:, [*gone, count]] = 0
    moved = np.isin(labels, gone)
    placed = labels.copy()
    placed[moved] = np.where(votes[moved].max(axis=1) > 0, votes[moved].argmax(axis=1), UNPLACED)
    return placed, [found[label] for label in gone]


def told_of_scattered(graph: EvidenceGraph, split: Split, found: Iterable[Scattered]) -> Iterator[str]:
    """In words, what hung together by too little to be a service of a split, and where it went."""
    at = split.service_of_unit()
    for one in found:
        went = Counter(at.get(member, SHARED) for node in one.units for member in graph.members[node])
        named = sorted(went, key=lambda name: (-went[name], name))
        shown = ", ".join(f"{name} ({went[name]})" for name in named[:_NAMED])
        more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
        yield (
            f"{counted(len(one.units), 'unit')} that own no table hung together only by {one.held:.0%} of the votes, so they are no "
            f"service: each went where most of the others put it, {shown}{more}"
        )
