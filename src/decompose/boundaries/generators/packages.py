"""The folders as they are: modules as wholes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries.generators.generator import Material, Sweep
from decompose.boundaries.graph import TABLE, EvidenceGraph

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels


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
    names = [
        members[0] if members[0].startswith(TABLE) else places[0]
        for members, places in zip(graph.members, graph.places, strict=True)
    ]
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)
