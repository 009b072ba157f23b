"""What the outside world asks for, first."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

from decompose.boundaries.clustering import Edges, Pair
from decompose.boundaries.generators.generator import Material, Sweep
from decompose.boundaries.graph import EvidenceGraph
from decompose.system.gathered import positions

_REACH_DEPTH = 12
_DECAY = 0.6


class EntryPointsFirst:
    """Entry points are clustered with the tables that they reach, rare tables counting more; then code follows.

    What an entry point reaches stands for the trace of a functionality (Nunes, Santos and Rito Silva, From a monolith to a
    microservices architecture, 2019), without running it.
    """

    name = "entry-points-first"
    about = "entry points by the tables that they reach"
    evidence = 2.0

    def sweep(self, material: Material) -> Sweep:
        """Communities of entry points and tables."""
        sweep = material.sweep(_reached(material.graph))
        sweep.finish = material.following.followed
        return sweep


def _reached(graph: EvidenceGraph) -> Edges:
    reached = _tables_reached(graph, sorted(graph.enters))
    spread = Counter(table for tables in reached.values() for table in tables)
    bipartite: dict[Pair, float] = {}
    for entry, tables in reached.items():
        norm = math.sqrt(math.fsum(weight * weight for weight in tables.values())) or 1.0
        for table, weight in tables.items():
            if table != entry:
                rarity = math.log((1 + len(reached)) / spread[table]) + 0.1
                pair = (entry, table) if entry < table else (table, entry)
                bipartite[pair] = bipartite.get(pair, 0.0) + rarity * weight / norm
    for pair, weight in graph.layers["foreign keys"].items():
        bipartite[pair] = bipartite.get(pair, 0.0) + 0.3 * weight
    return Edges.of(bipartite)


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


def _tables_reached(graph: EvidenceGraph, entries: list[int]) -> dict[int, dict[int, float]]:
    """Entry point -> the tables that the code behind it reaches, nearer ones weighing more.

    All entry points go on at once, call by call: a set of them is an integer with one bit for each.
    """
    touched = sorted(_touched_tables(graph).items())
    reached: dict[int, dict[int, float]] = {entry: {} for entry in entries}
    arriving = {entry: 1 << number for number, entry in enumerate(entries)}
    seen = [arriving.get(node, 0) for node in range(len(graph.members))]
    strength = 1.0
    for _ in range(_REACH_DEPTH):
        for node, tables in touched:
            for number in positions(arriving.get(node, 0)):
                found = reached[entries[number]]
                for table, weight in tables.items():
                    found[table] = found.get(table, 0.0) + strength * min(weight, 3.0)
        following: dict[int, int] = {}
        for node, who in arriving.items():
            for used in graph.uses[node]:
                new = who & ~seen[used]
                if new:
                    following[used] = following.get(used, 0) | new
        for node, who in following.items():
            seen[node] |= who
        arriving = following
        strength *= _DECAY
    return reached
