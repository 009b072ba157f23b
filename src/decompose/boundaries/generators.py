"""Ways to make a split, different in kind. Each yields raw labels for some nodes; shaping does the rest."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping

from decompose.boundaries.clustering import Labels, leiden
from decompose.boundaries.graph import EvidenceGraph, Pair
from decompose.boundaries.shaping import neighbours, strongest

RESOLUTIONS = (0.4, 0.6, 0.8, 1.0, 1.3, 1.7, 2.2, 3.0, 4.0, 6.0)
_REACH_DEPTH = 12
_DECAY = 0.6
_FOLLOW_ROUNDS = 20

Generator = Callable[[EvidenceGraph, Mapping[Pair, float], int], Iterator[Labels]]


def whole_graph(graph: EvidenceGraph, edges: Mapping[Pair, float], seed: int) -> Iterator[Labels]:  # noqa: ARG001
    """Leiden on all evidence at once, over a range of resolutions."""
    for resolution in RESOLUTIONS:
        yield leiden(edges, resolution, seed)


def tables_first(graph: EvidenceGraph, edges: Mapping[Pair, float], seed: int) -> Iterator[Labels]:
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
    adjacency = neighbours(edges)
    for resolution in RESOLUTIONS:
        yield _follow(adjacency, leiden(between, resolution, seed))


def entry_points_first(graph: EvidenceGraph, edges: Mapping[Pair, float], seed: int) -> Iterator[Labels]:
    """Cluster the entry points with the tables that they reach, rare tables counting more; then code follows."""
    touched = _touched_tables(graph)
    reached = {entry: _reach(graph, touched, entry) for entry in sorted(graph.enters)}
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
    adjacency = neighbours(edges)
    for resolution in RESOLUTIONS:
        yield _follow(adjacency, leiden(bipartite, resolution, seed))


GENERATORS: dict[str, Generator] = {
    "whole-graph": whole_graph,
    "tables-first": tables_first,
    "entry-points-first": entry_points_first,
}


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


def _reach(graph: EvidenceGraph, touched: Mapping[int, Mapping[int, float]], start: int) -> dict[int, float]:
    """Tables that the code behind an entry point reaches, nearer ones weighing more."""
    found: dict[int, float] = {}
    seen = {start}
    level = [start]
    strength = 1.0
    for _ in range(_REACH_DEPTH):
        following: list[int] = []
        for node in level:
            for table, weight in touched.get(node, {}).items():
                found[table] = found.get(table, 0.0) + strength * min(weight, 3.0)
            for used in sorted(graph.uses[node]):
                if used not in seen:
                    seen.add(used)
                    following.append(used)
        if not following:
            break
        level = following
        strength *= _DECAY
    return found


def _follow(adjacency: Mapping[int, list[tuple[int, float]]], seeds: Labels) -> Labels:
    """Spread labels from the seeds along the evidence; seeds keep theirs (Zhu and Ghahramani, 2002)."""
    labels = dict(seeds)
    waiting = {other for node in seeds for other, _ in adjacency.get(node, ())} - seeds.keys()
    for _ in range(_FOLLOW_ROUNDS):
        changed: list[int] = []
        for node in sorted(waiting):
            votes: dict[int, float] = {}
            for other, weight in adjacency[node]:
                label = labels.get(other)
                if label is not None:
                    votes[label] = votes.get(label, 0.0) + weight
            best = strongest(votes)
            if labels.get(node) != best:
                labels[node] = best
                changed.append(node)
        if not changed:
            break
        waiting = {other for node in changed for other, _ in adjacency[node]} - seeds.keys()
    return labels
