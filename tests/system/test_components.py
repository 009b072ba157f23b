"""Nodes of a graph that lead to each other, beside another program's answer."""

from __future__ import annotations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from decompose.system.components import components

EDGES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40)


@given(EDGES)
def test_groups_are_the_strongly_connected_components(edges: list[tuple[int, int]]) -> None:
    graph = nx.DiGraph(edges)
    graph.add_nodes_from(range(10))
    found = components([sorted(graph[node]) for node in range(10)])
    assert sorted(map(sorted, found)) == sorted(map(sorted, nx.strongly_connected_components(graph)))


@given(EDGES)
def test_what_a_group_leads_to_comes_before_it(edges: list[tuple[int, int]]) -> None:
    found = components([[target for source, target in edges if source == node] for node in range(10)])
    place = {node: number for number, group in enumerate(found) for node in group}
    assert all(place[target] <= place[source] for source, target in edges)


def test_a_long_chain_is_followed_to_its_end() -> None:
    assert components([[node + 1] for node in range(99_999)] + [[]])[0] == [99_999]
