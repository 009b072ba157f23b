"""Splits that anybody could draw without a tool: what a clever one must beat."""

from __future__ import annotations

from collections import Counter, defaultdict

from decompose.boundaries.graph import EvidenceGraph

DOMINANT = 0.9
"""A package with more of the units than this is the application itself; its inner packages are looked at."""


def everything_in_one(graph: EvidenceGraph) -> list[int]:
    """One service with all the code."""
    return [0] * len(graph.members)


def by_package(graph: EvidenceGraph) -> list[int]:
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
    labels: dict[int, int] = {}
    for node, parts in sorted(modules.items()):
        labels[node] = numbers.setdefault(tuple(parts[: depth + 1]), len(numbers))
    return _with_tables(graph, labels)


def connected_components(graph: EvidenceGraph) -> list[int]:
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
    numbers: dict[int, int] = {}
    return [numbers.setdefault(find(node), len(numbers)) for node in range(len(graph.members))]


def _with_tables(graph: EvidenceGraph, labels: dict[int, int]) -> list[int]:
    """Tables without a model go where most of their accesses are."""
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for access in graph.system.accesses:
        node = graph.table_node.get(access.table)
        if node is None or node in labels or access.resolution == "guessed":
            continue
        unit = graph.node_of(access.definition, access.unit)
        if unit is not None and unit in labels:
            votes[node][labels[unit]] += 1 if access.operation == "read" else 3
    least = min(labels.values(), default=0)
    for node in range(len(graph.members)):
        if node not in labels:
            found = votes[node]
            labels[node] = max(found, key=lambda label: (found[label], -label)) if found else least
    return [labels[node] for node in range(len(graph.members))]
