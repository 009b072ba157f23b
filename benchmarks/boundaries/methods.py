"""Published algorithms on the same evidence graph: nodes are units and tables, a model and its table are one."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable

import networkx as nx

from decompose.boundaries.graph import TABLE, EvidenceGraph

SEED = 7
MAX_BETWEENNESS_NODES = 300
"""Girvan-Newman takes a time that grows with the cube of the graph's size."""

Method = Callable[[EvidenceGraph], "list[int] | None"]
"""A graph -> the label of each node, or None where the method cannot be used."""


def evidence(graph: EvidenceGraph) -> nx.Graph:
    """The evidence graph for networkx, with its weights."""
    edges = graph.combined()
    made = nx.Graph()
    made.add_nodes_from(range(len(graph.members)))
    made.add_weighted_edges_from(
        (a, b, w) for (a, b), w in zip(edges.ends.tolist(), edges.weights.tolist(), strict=True)
    )
    return made


def louvain(graph: EvidenceGraph) -> list[int]:
    """Louvain (Blondel et al., 2008), resolution 1."""
    return _labels(graph, nx.community.louvain_communities(evidence(graph), seed=SEED))


def label_propagation(graph: EvidenceGraph) -> list[int]:
    """Asynchronous label propagation (Raghavan, Albert and Kumara, 2007), the heart of CARGO (Nitin et al., 2022)."""
    return _labels(graph, nx.community.asyn_lpa_communities(evidence(graph), weight="weight", seed=SEED))


def greedy_modularity(graph: EvidenceGraph) -> list[int]:
    """Greedy modularity (Clauset, Newman and Moore, 2004)."""
    return _labels(graph, nx.community.greedy_modularity_communities(evidence(graph), weight="weight"))


def girvan_newman(graph: EvidenceGraph) -> list[int] | None:
    """Girvan and Newman, 2002: the level of best modularity among the first 40; at small sizes only."""
    made = evidence(graph)
    if len(made) > MAX_BETWEENNESS_NODES:
        return None
    best, quality = None, -1.0
    for level, groups in enumerate(nx.community.girvan_newman(made)):
        found = nx.community.modularity(made, groups)
        if found > quality:
            best, quality = groups, found
        if level >= 40:
            break
    return _labels(graph, best or [set(made)])


def infomap(graph: EvidenceGraph) -> list[int] | None:
    """Infomap (Rosvall and Bergstrom, 2008); needs the package infomap, which is for this benchmark only."""
    try:
        from infomap import Infomap
    except ImportError:
        return None
    made = Infomap(silent=True, two_level=True, seed=SEED)
    for node in range(len(graph.members)):
        made.add_node(node)
    for a, b, data in evidence(graph).edges(data=True):
        made.add_link(a, b, data["weight"])
    made.run()
    modules = made.get_modules()
    return [modules[node] for node in range(len(graph.members))]


def average_linkage(graph: EvidenceGraph) -> list[int] | None:
    """Average linkage on the entry points that reach a unit or table in common (Jaccard), as Mono2Micro does with its traces
    (Kalia et al., 2021); as many clusters as entry-point contexts would give is unknown, so: the square root of the tables, doubled.
    """
    import numpy as np
    from sklearn.cluster import AgglomerativeClustering

    count = len(graph.members)
    if count > 4000:
        return None
    reached = np.zeros((count, max(1, len(graph.enters))), dtype=np.float32)
    for column, entry in enumerate(sorted(graph.enters)):
        waiting, seen = [entry], {entry}
        while waiting:
            for used in graph.uses[waiting.pop()]:
                if used not in seen:
                    seen.add(used)
                    waiting.append(used)
        reached[list(seen), column] = 1
    touches = defaultdict(set)
    for layer in ("reads", "writes"):
        for a, b in graph.layers[layer]:
            touches[a].add(b)
            touches[b].add(a)
    for node in set(graph.table_node.values()):
        for user in touches[node]:
            reached[node] = np.maximum(reached[node], reached[user])
    common = reached @ reached.T
    sizes = reached.sum(axis=1)
    union = np.maximum(sizes[:, None] + sizes[None, :] - common, 1)
    clusters = max(2, round(2 * len(graph.table_node) ** 0.5))
    model = AgglomerativeClustering(n_clusters=min(clusters, count), metric="precomputed", linkage="average")
    return model.fit_predict(1 - common / union).tolist()


def cargo(graph: EvidenceGraph) -> list[int] | None:
    """CARGO (Nitin et al., 2022) as published: the package minerva-cargo, which is for this benchmark only. It installs with
    ``--no-deps`` beside py2neo and ipdb, which it imports; its own reader of graphs asks a database that another tool has filled from
    Java, so it is given its graphs: calls between units, accesses of tables, and one context. It labels units only: a table goes with
    most of what uses it.
    """
    try:
        from cargo import Cargo
    except ImportError:
        return None
    import random

    import numpy as np

    logging.disable(logging.INFO)
    random.seed(SEED)
    np.random.seed(SEED)  # noqa: NPY002 - what the package draws from
    units = [node for node, members in enumerate(graph.members) if not members[0].startswith(TABLE)]
    calls, accesses = Counter(), Counter()
    for _, source, target, layer in graph.steering:
        if layer in ("calls", "tasks"):
            calls[source, target] += 1
    for access in graph.system.accesses:
        source, target = graph.node_of(access.definition, access.unit), graph.table_node.get(access.table)
        if source is not None and target is not None and access.resolution != "guessed":
            accesses[source, target] += 1
    made = Cargo(use_dgi=False, dgi_neo4j_hostname="", dgi_neo4j_hostport=0, dgi_neo4j_auth="", verbose=False)
    made.full_G, made.transaction_graph, context = (nx.MultiDiGraph() for _ in range(3))
    for called in (made.full_G, context):
        called.add_nodes_from(_cargo_name(node) for node in units)
        called.add_weighted_edges_from((_cargo_name(a), _cargo_name(b), float(n)) for (a, b), n in calls.items())
    made.transaction_graph.add_weighted_edges_from(
        (_cargo_name(a), f"DATABASE_{b}", float(n)) for (a, b), n in accesses.items()
    )
    made.all_context_graphs = [context]
    found = nx.get_node_attributes(made.do_cargo(init_labels="auto"), "partition")
    labels = {node: int(found[_cargo_name(node)]) for node in units}
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for (unit, table), count in accesses.items():
        votes[table][labels[unit]] += count
    alone = max(labels.values()) + 1
    return [
        labels[node] if node in labels else votes[node].most_common(1)[0][0] if votes[node] else alone + node
        for node in range(len(graph.members))
    ]


def _cargo_name(node: int) -> str:
    return f"n{node}.unit"


def _labels(graph: EvidenceGraph, groups) -> list[int]:  # noqa: ANN001 - any iterable of sets
    labels = [0] * len(graph.members)
    for number, group in enumerate(groups):
        for node in group:
            labels[node] = number
    return labels


METHODS: dict[str, Method] = {
    "Louvain": louvain,
    "label propagation": label_propagation,
    "greedy modularity": greedy_modularity,
    "Girvan-Newman": girvan_newman,
    "Infomap": infomap,
    "average linkage": average_linkage,
    "CARGO": cargo,
}
