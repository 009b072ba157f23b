"""Ways to make a split, different in kind. Each yields raw labels for some nodes; shaping does the rest."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from decompose.boundaries.clustering import UNPLACED, Pair, clusterings
from decompose.boundaries.graph import EvidenceGraph

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels

RESOLUTIONS = (0.4, 0.6, 0.8, 1.0, 1.3, 1.7, 2.2, 3.0, 4.0, 6.0)
_REACH_DEPTH = 12
_DECAY = 0.6
_FOLLOW_ROUNDS = 20

Generator = Callable[[EvidenceGraph, Mapping[Pair, float], int, Executor], Iterator["Labels"]]
"""A graph, its edges, a seed, and who does the clustering -> labels, over a range of resolutions."""


def whole_graph(graph: EvidenceGraph, edges: Mapping[Pair, float], seed: int, executor: Executor) -> Iterator[Labels]:
    """Leiden on all evidence at once."""
    return _sweep(graph, edges, seed, executor)


def tables_first(graph: EvidenceGraph, edges: Mapping[Pair, float], seed: int, executor: Executor) -> Iterator[Labels]:
    """Cluster the tables by what is done to them together; then code follows the data it touches."""
    between: dict[Pair, float] = {}
    for layer, factor in (("foreign keys", 1.0), ("transactions", 2.0)):
        for pair, weight in graph.layers[layer].items():
            between[pair] = between.get(pair, 0.0) + factor * weight
    for touched in _touched_tables(graph).values():
        nodes = sorted(touched)
        for position, first in enumerate(nodes):
            for second in nodes[position + 1 :]:
                together = math.sqrt(touched[first] * touched[second]) / (len(nodes) - 1)
                between[first, second] = between.get((first, second), 0.0) + together
    for node in set(graph.table_node.values()):
        between.setdefault((node, node), 0.1)  # a table that nothing ties to another is its own cluster
    return _followed(edges, _sweep(graph, between, seed, executor))


def entry_points_first(
    graph: EvidenceGraph, edges: Mapping[Pair, float], seed: int, executor: Executor
) -> Iterator[Labels]:
    """Cluster the entry points with the tables that they reach, rare tables counting more; then code follows."""
    touched = {node: [*tables.items()] for node, tables in _touched_tables(graph).items()}
    uses = [sorted(used) for used in graph.uses]
    reached = {entry: _reach(uses, touched, entry) for entry in sorted(graph.enters)}
    spread = Counter(table for tables in reached.values() for table in tables)
    bipartite: dict[Pair, float] = {}
    for entry, tables in reached.items():
        norm = math.sqrt(sum(weight * weight for weight in tables.values())) or 1.0
        for table, weight in tables.items():
            if table != entry:
                rarity = math.log((1 + len(reached)) / spread[table]) + 0.1
                pair = (entry, table) if entry < table else (table, entry)
                bipartite[pair] = bipartite.get(pair, 0.0) + rarity * weight / norm
    for pair, weight in graph.layers["foreign keys"].items():
        bipartite[pair] = bipartite.get(pair, 0.0) + 0.3 * weight
    return _followed(edges, _sweep(graph, bipartite, seed, executor))


GENERATORS: dict[str, Generator] = {
    "whole-graph": whole_graph,
    "tables-first": tables_first,
    "entry-points-first": entry_points_first,
}


def _sweep(graph: EvidenceGraph, edges: Mapping[Pair, float], seed: int, executor: Executor) -> Iterator[Labels]:
    return clusterings(executor, edges, len(graph.members), [(resolution, seed) for resolution in RESOLUTIONS])


def _touched_tables(graph: EvidenceGraph) -> dict[int, dict[int, float]]:
    """Unit -> table -> how much it touches it: writes count more than reads."""
    touched: dict[int, dict[int, float]] = defaultdict(dict)
    tables = set(graph.table_node.values())
    for layer, factor in (("writes", 2.0), ("reads", 1.0)):
        for (a, b), weight in graph.layers[layer].items():
            for unit, table in ((a, b), (b, a)):
                if table in tables and unit != table:
                    touched[unit][table] = touched[unit].get(table, 0.0) + factor * weight
    return touched


def _reach(uses: list[list[int]], touched: Mapping[int, list[tuple[int, float]]], start: int) -> dict[int, float]:
    """Tables that the code behind an entry point reaches, nearer ones weighing more."""
    found: dict[int, float] = {}
    seen = {start}
    level = [start]
    strength = 1.0
    for _ in range(_REACH_DEPTH):
        following: list[int] = []
        for node in level:
            if node in touched:
                for table, weight in touched[node]:
                    found[table] = found.get(table, 0.0) + strength * min(weight, 3.0)
            for used in uses[node]:
                if used not in seen:
                    seen.add(used)
                    following.append(used)
        if not following:
            break
        level = following
        strength *= _DECAY
    return found


def _followed(edges: Mapping[Pair, float], clustered: Iterator[Labels]) -> Iterator[Labels]:
    """Spread labels from the nodes that have one along the edges; these keep theirs (Zhu and Ghahramani, 2002)."""
    import numpy as np

    ties: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for (a, b), weight in edges.items():
        ties[a].append((b, weight))
        ties[b].append((a, weight))
    others = {node: [other for other, _ in tied] for node, tied in ties.items()}
    for seeds in clustered:
        labels: list[int] = seeds.tolist()
        _follow(ties, others, labels, {node for node, label in enumerate(labels) if label != UNPLACED})
        yield np.array(labels, dtype=np.int64)


def _follow(
    ties: Mapping[int, list[tuple[int, float]]], others: Mapping[int, list[int]], labels: list[int], seeds: set[int]
) -> None:
    waiting = {other for node in seeds for other in others.get(node, ())} - seeds
    stale = set(waiting)
    for _ in range(_FOLLOW_ROUNDS):
        changed: list[int] = []
        for node in sorted(waiting):
            if node not in stale:  # a change that it saw when it came later in the same round
                continue
            stale.remove(node)
            votes: dict[int, float] = {}
            for other, weight in ties[node]:
                label = labels[other]
                if label in votes:
                    votes[label] += weight
                elif label != UNPLACED:
                    votes[label] = weight
            best, most = UNPLACED, 0.0
            for label, weight in votes.items():
                if weight > most or (weight == most and label < best):
                    best, most = label, weight
            if labels[node] != best:
                labels[node] = best
                changed.append(node)
                stale.update(others[node])
        if not changed:
            break
        waiting = {other for node in changed for other in others[node]} - seeds
