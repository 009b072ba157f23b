"""All evidence at once."""

from __future__ import annotations

from decompose.boundaries.generators.generator import Material, Sweep


class WholeGraph:
    """Leiden (Traag, Waltman and van Eck, 2019) on all evidence at once."""

    name = "whole-graph"
    about = "all evidence at once"
    # Calls, the file and the name of one relation are not independent of each other.
    evidence = 0.5

    def sweep(self, material: Material) -> Sweep:
        """Communities of units and tables."""
        return material.sweep(material.edges)
