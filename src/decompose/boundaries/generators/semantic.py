"""What things are called."""

from __future__ import annotations

from decompose.boundaries.clustering import Edges
from decompose.boundaries.generators.generator import Material, Sweep


class Semantic:
    """Leiden on likeness of identifiers and comments (TF-IDF); what shares no rare word follows its ties."""

    name = "semantic"
    about = "words of identifiers and comments"
    evidence = 1.0

    def sweep(self, material: Material) -> Sweep:
        """Communities of things that are called alike."""
        alike = Edges.of({**material.graph.terms, **material.graph.layers["names"]}).without(material.hubs)
        sweep = material.sweep(alike)
        sweep.finish = material.following.followed
        return sweep
