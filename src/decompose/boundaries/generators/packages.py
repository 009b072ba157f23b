"""The folders as they are: modules as wholes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries.generators.generator import Material, Sweep

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels
    from decompose.boundaries.graph import EvidenceGraph


class PackageStructure:
    """No module is divided: Leiden on modules, tied by all evidence. A table without a model stands for itself."""

    name = "package-structure"
    about = "modules as wholes"
    evidence = 1.0

    def sweep(self, material: Material) -> Sweep:
        """Communities of modules."""
        return material.sweep(material.edges, modules_of(material.graph))


def modules_of(graph: EvidenceGraph) -> Labels:
    """For each node the number of its module; each table without a model has a number of its own."""
    import numpy as np

    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(places[0], len(numbers)) for places in graph.places], dtype=np.int64)
