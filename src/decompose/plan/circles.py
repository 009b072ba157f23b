"""Services that wait for each other in a circle, and where the plan breaks it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from decompose.plan.crossings import Network
from decompose.plan.step import Cycle
from decompose.system.components import components
from decompose.wording import counted


def circles(network: Network, order: Sequence[str]) -> Iterable[Cycle]:
    """Services that wait for each other in a circle; the one that is taken out first breaks it."""
    waits_for = network.waits_for
    position = {name: number for number, name in enumerate(order)}
    below = [[position[other] for other in waits_for.get(name, ()) if other in position] for name in order]
    groups = [sorted(group) for group in components(below) if len(group) > 1]
    for numbers in sorted(groups):
        group = [order[number] for number in numbers]
        first = group[0]
        into = [name for name in group if name in waits_for[first]]
        path = min((_shortest(below, position[name], numbers) for name in into), key=lambda way: (len(way), way))
        uses = sum(waits_for[first][name] for name in into)
        yield Cycle(
            services=tuple(group),
            broken_at=first,
            how=f"{first} goes first; its {counted(uses, 'use')} of {', '.join(into)} {'goes' if uses == 1 else 'go'} back into the monolith through an interface that stays the same when {'it follows' if len(into) == 1 else 'they follow'}",
            path=(first, *(order[number] for number in path[:-1])),
        )


def _shortest(below: Sequence[Sequence[int]], start: int, group: Sequence[int]) -> list[int]:
    """The shortest way from ``start`` to the first of a group inside of it; of several the one that comes first."""
    ways = {start: [start]}
    waiting = deque([start])
    while group[0] not in ways:
        here = waiting.popleft()
        for following in sorted(below[here]):
            if following in group and following not in ways:
                ways[following] = [*ways[here], following]
                waiting.append(following)
    return ways[group[0]]
