"""Why something is where no partition of the ensemble puts it: the rules that come after the partitions put it there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from decompose.boundaries.clustering import GRAIN
from decompose.boundaries.graph import TABLE
from decompose.boundaries.ownership import joined_tables
from decompose.boundaries.scores import Scorer

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels

NONE = 0.005
"""Less than this is shown as 0 %."""

MOST = 0.5


class Placing:
    """Answers for one split: its ``labels`` and the nodes that are ``pinned``."""

    def __init__(self, scorer: Scorer, labels: Labels, pinned: Collection[int]) -> None:
        self._scorer, self._graph, self._pinned = scorer, scorer.graph, pinned
        self._labels: list[int] = labels.tolist()

    @cached_property
    def _joined(self) -> dict[str, list[str]]:
        return joined_tables(self._graph.system)

    @cached_property
    def _in_module(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for node, places in enumerate(self._graph.places):
            found[places[0]].append(node)
        return found

    def reasons(self, shares: Mapping[str, float]) -> dict[str, str]:
        """For each unit and ``table:NAME`` that none of the ensemble puts where it is, what puts it there; ``shares`` are those that do."""
        doubtful = [member for member, share in shares.items() if share < NONE]
        touching = self._touching({member.removeprefix(TABLE) for member in doubtful if member.startswith(TABLE)})
        nodes = {self._node(member) for member in doubtful}
        return {member: self._reason(member, nodes, touching) for member in doubtful}

    def _node(self, member: str) -> int:
        table = member.removeprefix(TABLE)
        return self._graph.unit_node[member] if table == member else self._graph.table_node[table]

    def _reason(self, member: str, doubtful: Collection[int], touching: Mapping[str, Counter[int]]) -> str:
        graph, table, node = self._graph, member.removeprefix(TABLE), self._node(member)
        own = self._labels[node]
        if node in self._pinned:
            return "it is pinned"
        if touching.get(table) and touching[table][own] == max(touching[table].values()):
            return "most of the code that touches it is there"
        if any(self._labels[graph.table_node[end]] == own for end in self._joined.get(table, ())):
            return "it only joins tables, of which one is there"
        ties = self._ties(node)
        if not self._hangs_on(node, doubtful):
            what = "it, and what it is tied to," if ties else "it"
            return f"nothing ties {what} to any service: it goes with what stands around it, else to the smallest"
        around = Counter(self._in_module[graph.places[node][0]])
        if member.endswith(":") and self._share(around, node) > MOST:
            return "most of its module is there"
        if self._share(ties, node) > MOST:
            return "most of its ties lead there"
        if self._share(around, node) > MOST:
            return "most of its module is there"
        return "what it hangs together with was too small, or without data of its own, and was joined to that service"

    def _hangs_on(self, node: int, doubtful: Collection[int]) -> bool:
        """Whether its ties lead, over others that none puts where they are, to anything that some put where it is."""
        seen, waiting = {node}, [node]
        while waiting:
            for other in self._ties(waiting.pop()):
                if other not in doubtful:
                    return True
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return False

    def _share(self, weights: Counter[int], node: int) -> float:
        """Which part of the weights of other nodes is in the node's own service."""
        own = self._labels[node]
        found = [(weight, self._labels[other] == own) for other, weight in sorted(weights.items()) if other != node]
        return sum(weight for weight, is_there in found if is_there) / (sum(weight for weight, _ in found) or 1)

    def _ties(self, node: int) -> Counter[int]:
        one, other = self._scorer.edges
        found: Counter[int] = Counter()
        for ends, others in ((one, other), (other, one)):
            for at in (ends == node).nonzero()[0].tolist():
                found[int(others[at])] += int(self._scorer.weights[at] * GRAIN)
        return found

    def _touching(self, tables: Collection[str]) -> dict[str, Counter[int]]:
        """For each table how often the code of each service touches it, where no class declares it."""
        graph = self._graph
        found = {
            table: Counter[int]() for table in tables if graph.members[graph.table_node[table]][0].startswith(TABLE)
        }
        for access in graph.system.accesses if found else ():
            node = graph.node_of(access.definition, access.unit)
            if (
                access.table in found
                and access.resolution != "guessed"
                and node is not None
                and self._labels[node] >= 0
            ):
                found[access.table][self._labels[node]] += 1
        return found
