"""Leiden clustering (Traag, Waltman and van Eck, 2019) of an edge list, with a fixed seed."""

from __future__ import annotations

from collections.abc import Mapping

Labels = dict[int, int]


def leiden(edges: Mapping[tuple[int, int], float], resolution: float, seed: int) -> Labels:
    """Node -> community, for the nodes that have an edge. Communities are numbered by their smallest node."""
    import graspologic_native

    listed = [(str(a), str(b), weight) for (a, b), weight in sorted(edges.items()) if weight > 0]
    if not listed:
        return {}
    _, found = graspologic_native.leiden(listed, resolution=resolution, seed=seed, iterations=2)
    return renumbered({int(node): community for node, community in found.items()})


def renumbered(labels: Mapping[int, int]) -> Labels:
    """Equal partitions get equal numbers."""
    numbers: dict[int, int] = {}
    return {node: numbers.setdefault(labels[node], len(numbers)) for node in sorted(labels)}
