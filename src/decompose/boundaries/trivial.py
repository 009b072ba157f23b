"""Splits that anybody could draw without a tool: what a clever one must beat."""

from __future__ import annotations

from collections import Counter

from decompose.boundaries.clustering import Labels, renumbered
from decompose.boundaries.graph import EvidenceGraph

DOMINANT = 0.9
"""A package with more of the units than this is the application itself; its inner packages are looked at."""


def everything_in_one(graph: EvidenceGraph) -> Labels:
    """One service with all the code."""
    return dict.fromkeys(range(len(graph.members)), 0)


def by_package(graph: EvidenceGraph) -> Labels:
    """One service for each package at the first level where none holds nearly everything; tables follow their code."""
    modules = {node: unit.partition(":")[0].split(".") for unit, node in graph.unit_node.items()}
    deepest = max((len(parts) for parts in modules.values()), default=1)
    depth = 0
    while depth < deepest:
        sizes = Counter(tuple(parts[: depth + 1]) for parts in modules.values())
        if max(sizes.values()) <= DOMINANT * len(modules):
            break
        depth += 1
    numbers: dict[tuple[str, ...], int] = {}
    labels: Labels = {}
    for node, parts in sorted(modules.items()):
        labels[node] = numbers.setdefault(tuple(parts[: depth + 1]), len(numbers))
    return _with_tables(graph, labels)


def connected_components(graph: EvidenceGraph) -> Labels:
    """One service for each group of units and tables that nothing ties to another group."""
    parent = list(range(len(graph.members)))

    def find(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for layer in ("calls", "writes", "reads", "foreign keys", "inheritance", "references"):
        for a, b in graph.layers.get(layer, ()):
            parent[find(a)] = find(b)
    return renumbered({node: find(node) for node in range(len(graph.members))})


def _with_tables(graph: EvidenceGraph, labels: Labels) -> Labels:
    """Tables without a model go where most of their accesses are."""
    for table, node in sorted(graph.table_node.items()):
        if node in labels:
            continue
        votes: Counter[int] = Counter()
        for access in graph.system.accesses:
            if access.table != table or access.resolution == "guessed":
                continue
            unit = graph.node_of(access.definition, access.unit)
            if unit is not None and unit in labels:
                votes[labels[unit]] += 1 if access.operation == "read" else 3
        labels[node] = (
            max(votes, key=lambda label: (votes[label], -label)) if votes else min(labels.values(), default=0)
        )
    return labels
