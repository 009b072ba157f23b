"""What the outside world asks for, first."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from decompose.boundaries.clustering import Edges
from decompose.boundaries.generators.generator import Material, Sweep
from decompose.boundaries.graph import EvidenceGraph
from decompose.system.gathered import positions

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights

_REACH_DEPTH = 12
_DECAY = 0.6
_MOST = 3.0
_CELLS = 8_000_000
"""Entry points go on together as long as a table of them and of all tables has no more cells."""


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


class _Reached(NamedTuple):
    """Pairs of an entry point and a table that the code behind it reaches: their nodes, and how strongly it does, beside the norm of
    all that the entry point reaches.
    """

    entries: Labels
    tables: Labels
    strengths: Weights
    norms: Weights


def _reached(graph: EvidenceGraph) -> Edges:
    import numpy as np

    entries, tables = sorted(graph.enters), np.array(sorted(set(graph.table_node.values())), dtype=np.int64)
    at_once = max(1, _CELLS // max(1, len(tables)))
    blocks = [
        _tables_reached(graph, entries[start : start + at_once], tables)
        for start in range(0, max(1, len(entries)), at_once)
    ]
    found = _Reached(*map(np.concatenate, zip(*blocks, strict=True)))
    spread = np.bincount(found.tables, minlength=len(graph.members)).tolist()
    rarity = np.array([math.log((1 + len(entries)) / often) + 0.1 if often else 0.0 for often in spread])
    weights = rarity[found.tables] * found.strengths / found.norms
    apart = found.entries != found.tables
    ends = np.sort(np.stack([found.entries, found.tables], axis=1)[apart], axis=1)
    count, (keys, of_keys) = len(graph.members), graph.arrays_of("foreign keys")
    pairs = np.concatenate([ends[:, 0] * count + ends[:, 1], keys])
    known, which = np.unique(pairs, return_inverse=True)
    weights = np.bincount(which, np.concatenate([weights[apart], 0.3 * of_keys]), len(known)).astype(np.float64)
    return Edges(np.stack([known // count, known % count], axis=1), weights).rounded()


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


def _tables_reached(graph: EvidenceGraph, entries: list[int], tables: Labels) -> _Reached:
    """What the code behind entry points reaches, nearer tables weighing more.

    All entry points go on at once, call by call: a set of them is an integer with one bit for each.
    """
    import numpy as np

    column = {table: number for number, table in enumerate(tables.tolist())}
    touched = [
        (node, [column[table] for table in found], np.minimum(list(found.values()), _MOST))
        for node, found in sorted(_touched_tables(graph).items())
    ]
    reached = np.zeros((len(entries), len(tables)))
    arriving = {entry: 1 << number for number, entry in enumerate(entries)}
    seen = [arriving.get(node, 0) for node in range(len(graph.members))]
    strength = 1.0
    for _ in range(_REACH_DEPTH):
        for node, columns, weights in touched:
            if who := arriving.get(node, 0):
                reached[np.ix_(positions(who), columns)] += strength * weights
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
    rows, places = np.nonzero(reached)
    strengths = reached[rows, places]
    ends = np.cumsum(np.bincount(rows, minlength=len(entries))).tolist()
    squares = (strengths * strengths).tolist()
    norms = [math.sqrt(math.fsum(squares[start:end])) for start, end in pairwise([0, *ends])]
    return _Reached(np.array(entries, dtype=np.int64)[rows], tables[places], strengths, np.array(norms)[rows])
