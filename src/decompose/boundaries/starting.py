"""What only runs when a process starts: it sets up every service that it comes to, so it is shared where these are several."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from decompose.boundaries.clustering import SHARED_LABEL

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from decompose.boundaries.graph import EvidenceGraph

SEVERAL = 2
"""Code that runs only at the start sets up one service if it comes to that alone, and every process if it comes to more."""


class Starting:
    """Tells what of one graph only runs at the start; ``serving`` are the nodes with data or an entry point, ``tops`` those of top-level code."""

    def __init__(self, graph: EvidenceGraph, serving: AbstractSet[int], tops: AbstractSet[int]) -> None:
        self._graph, self._serving, self._tops = graph, serving, tops
        self._uses, self._users = graph.uses, graph.users

    def share(self, placed: list[int]) -> None:
        """What only runs when a process starts and comes to several services, and what that alone uses and comes to none."""
        comes_to: dict[int, set[int]] = {node: set() for node in sorted(self.nodes)}
        for node, services in comes_to.items():
            services.update(placed[used] for used in self._uses[node] - self.nodes if placed[used] != SHARED_LABEL)
        waiting = [node for node, services in comes_to.items() if services]
        while waiting:
            node = waiting.pop()
            for user in sorted(self._users[node] & self.nodes):
                # Which they are does not matter beyond the second: so every user is asked three times at most.
                if len(comes_to[user]) < SEVERAL and not comes_to[node] <= comes_to[user]:
                    comes_to[user] |= comes_to[node]
                    waiting.append(user)
        for node, services in comes_to.items():
            if len(services) >= SEVERAL:
                placed[node] = SHARED_LABEL
        waiting = [node for node in comes_to if placed[node] == SHARED_LABEL]
        while waiting:
            for used in sorted(self._uses[waiting.pop()] & comes_to.keys()):
                if placed[used] != SHARED_LABEL and not comes_to[used]:
                    placed[used] = SHARED_LABEL
                    waiting.append(used)

    @cached_property
    def nodes(self) -> set[int]:
        """What only runs when a process starts, or is registered then, without data: functions that top-level code calls, what these call or
        give to a library to be called, and what that calls, as long as nothing else uses it but what a library is given to start with.
        """
        functions, classes = (
            {self._graph.unit_node[unit.id] for unit in self._graph.system.units if unit.kind == kind}
            for kind in ("function", "class")
        )
        run: dict[int, set[int]] = defaultdict(set)
        given: set[int] = set()
        for dependency, source, target, layer in self._graph.steering:
            # Where one call may run several, as in a loop over jobs that were handed over, these are what the process works on.
            runs = layer == "calls" and (dependency.kind == "callback" or dependency.resolution == "exact")
            if source in self._tops:
                # Decorators and tags of templates are put in place at the start, and run later.
                if dependency.kind == "callback":
                    given.add(target)
                elif dependency.kind == "call" and runs:
                    run[source].add(target)
            elif runs or (layer == "references" and target in classes):
                run[source].add(target)
        called = functions & set().union(*(run[top] for top in self._tops))
        called |= {node for node in given & functions if run[node] & called}
        found = called - self._serving
        waiting = sorted(found)
        while waiting:
            for used in run[waiting.pop()] - found - self._serving - self._tops:
                found.add(used)
                waiting.append(used)
        later = sorted(
            node for node in found if not self._users[node] <= (found | self._tops if node in called else found)
        )
        while later:
            node = later.pop()
            if node in found:
                found.remove(node)
                later += sorted(self._uses[node] & found)
        return found
