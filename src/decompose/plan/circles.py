"""Services that wait for each other in a circle, and where the plan breaks it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from decompose.plan.crossings import Network
from decompose.plan.step import Cycle
from decompose.wording import counted


def circles(network: Network, order: Sequence[str]) -> Iterable[Cycle]:
    """Services that wait for each other in a circle; the one that is taken out first breaks it."""
    import networkx as nx

    waits_for = network.waits_for
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from(sorted((source, target) for source, targets in waits_for.items() for target in targets))
    position = {name: number for number, name in enumerate(order)}
    groups = [
        sorted((name for name in group if name in position), key=position.__getitem__)
        for group in nx.strongly_connected_components(graph)
    ]
    for group in sorted((g for g in groups if len(g) > 1), key=lambda group: position[group[0]]):
        first = group[0]
        into = sorted((name for name in waits_for[first] if name in group), key=position.__getitem__)
        ways = (nx.shortest_path(graph.subgraph(group), name, first) for name in into)
        path = min(ways, key=lambda way: (len(way), [position[name] for name in way]))
        uses = sum(waits_for[first][name] for name in into)
        yield Cycle(
            services=tuple(group),
            broken_at=first,
            how=f"{first} goes first; its {counted(uses, 'use')} of {', '.join(into)} {'goes' if uses == 1 else 'go'} back into the monolith through an interface that stays the same when {'it follows' if len(into) == 1 else 'they follow'}",
            path=(first, *path[:-1]),
        )
