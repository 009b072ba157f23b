"""What the outside world asks for, first."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping

from decompose.boundaries.clustering import Edges, Pair
from decompose.boundaries.generators.generator import Material, Sweep
from decompose.boundaries.graph import EvidenceGraph

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
