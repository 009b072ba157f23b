"""Which nodes of a graph lead to each other in a circle (Tarjan, 1972)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def components(below: Sequence[Iterable[int]]) -> list[list[int]]:
    """The groups of nodes that lead to each other, a node alone where none does; those that a group leads to come before it.

    ``below[node]`` are the nodes that a node leads to, and the nodes are 0 to ``len(below) - 1``.
    """
    index = [-1] * len(below)
    low = [0] * len(below)
    count = 0
    found: list[list[int]] = []
    open_nodes: list[int] = []
    done = [False] * len(below)
    for start in range(len(below)):
        if index[start] >= 0:
            continue
        index[start] = low[start] = count
        count += 1
        open_nodes.append(start)
        work = [(start, iter(below[start]))]
        while work:
            node, remaining = work[-1]
            for target in remaining:
                if index[target] < 0:
                    index[target] = low[target] = count
                    count += 1
                    open_nodes.append(target)
                    work.append((target, iter(below[target])))
                    break
                if not done[target] and index[target] < low[node]:
                    low[node] = index[target]
            else:
                work.pop()
                if work and low[node] < low[work[-1][0]]:
                    low[work[-1][0]] = low[node]
                if low[node] == index[node]:
                    group = [open_nodes.pop()]
                    while group[-1] != node:
                        group.append(open_nodes.pop())
                    for member in group:
                        done[member] = True
                    found.append(group)
    return found
