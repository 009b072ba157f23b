"""The database first: code follows its data, and then tables are put together with the code that follows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries.clustering import UNPLACED, Edges
from decompose.boundaries.generators.follow import Following
from decompose.boundaries.generators.generator import Material, Sweep

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels
    from decompose.boundaries.graph import EvidenceGraph


class TablesFirst:
    """Each table with the code that follows it is an atom; Leiden on the atoms, tied by keys, transactions, calls, accesses, words.

    What ties a table to its own code says nothing about which tables belong together, and is not looked at.
    """

    name = "tables-first"
    about = "tables with the code that follows them"
    evidence = 3.0

    def sweep(self, material: Material) -> Sweep:
        """Communities of atoms."""
        return material.sweep(material.with_terms, material.atoms)


def atoms_of(graph: EvidenceGraph, edges: Edges) -> Labels:
    """For each node the number of its atom: the table that it follows, or itself where it follows none."""
    import numpy as np

    seeds = np.full(len(graph.members), UNPLACED)
    tables = sorted(set(graph.table_node.values()))
    seeds[tables] = tables
    followed = Following(edges).followed(seeds)
    lone = followed == UNPLACED
    followed[lone] = np.flatnonzero(lone)
    atoms: Labels = np.unique(followed, return_inverse=True)[1]
    return atoms
