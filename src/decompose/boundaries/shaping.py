"""From raw communities to services: shared library apart, crumbs merged, everything placed."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from decompose.boundaries.clustering import SHARED_LABEL, UNPLACED, Edges, majority, renumbered, strongest
from decompose.boundaries.graph import TABLE, EvidenceGraph
from decompose.boundaries.sharing import MAX_SHARED_USER_SHARE, Sharing
from decompose.boundaries.stateless import stateless, users_of
from decompose.boundaries.unlinked import Unlinked
from decompose.system.words import singular

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels

_ROUNDS = 12
_JOINS = 2
_TELLING = 4
"""A name of fewer letters is in others by accident."""


class Shaper:
    """Shapes partitions of one graph; everything that does not depend on the partition is laid out once.

    ``edges`` tie the nodes; those in ``held_back`` are placed last, by their users, and may become shared.
    """

    def __init__(self, graph: EvidenceGraph, edges: Edges, held_back: set[int]) -> None:
        import numpy as np

        self.graph = graph
        self.held_back = {node: np.array(sorted(graph.users[node]), dtype=np.int64) for node in sorted(held_back)}
        self._compact: list[tuple[str, int]] = []
        self._alike: dict[int, list[int]] = {}
        self.is_unit = np.array([not members[0].startswith(TABLE) for members in graph.members])
        self.table_nodes = np.array(sorted(set(graph.table_node.values())), dtype=np.int64)
        self.accessed = self._accessed()
        ends, weights = edges
        inner = ~np.isin(ends, list(held_back)).any(axis=1)
        self.inner, self.inner_weights = ends[inner], weights[inner]
        # Both directions of every edge, those of one node together.
        order = np.argsort(ends.reshape(-1), kind="stable")
        self.ends, self.others = ends.reshape(-1)[order], ends[:, ::-1].reshape(-1)[order]
        self.weights = np.repeat(weights, 2)[order]
        self.in_place: dict[str, list[int]] = defaultdict(list)
        for node, places in enumerate(graph.places):
            for place in places:
                self.in_place[place].append(node)
        self._sharing = Sharing(graph)
        self._unlinked = Unlinked(graph, self.accessed, self.in_place)
        self._serving = graph.holds_data | graph.enters

    def _accessed(self) -> Labels:
        """Tables and the nodes of code that uses them, in two rows. A table that only joins others, and has no class of its own, is
        no reason for a service.
        """
        import numpy as np

        system, graph = self.graph.system, self.graph
        keys = Counter(key.table for key in system.foreign_keys)
        joining = {table.name for table in system.tables if not table.model and keys[table.name] >= _JOINS}
        found = {
            (graph.table_node[access.table], user)
            for access in system.accesses
            if access.resolution != "guessed" and access.table in graph.table_node and access.table not in joining
            if (user := graph.node_of(access.definition, access.unit)) is not None
        }
        return np.array(sorted(found), dtype=np.int64).reshape(-1, 2).T

    def shaped(self, labels: Labels, most: int, least: int = 1) -> Labels:
        """Services made of communities: crumbs merged, everything placed, what is left that none needs beside its user, and each part by
        itself that no line ties to the others of its service.
        """
        whole = self._join_unused(self.place_rest(self.merge_crumbs(labels, most, least)), least)
        divided = self._unlinked.divided(whole, most, (self.ends, self.others, self.weights))
        return whole if divided is whole else self.shared_again(divided)

    # Crumbs

    def merge_crumbs(self, labels: Labels, most: int, least: int = 1) -> Labels:
        """Merge communities that are too small, or own no table or use none that they own and are not `stateless` services, smallest first,
        into the one they are tied to most.

        Continues until at most ``most`` are left, and stops at ``least``: a number of services that a user asked for
        matters more than their size. A community without any tie is left to `place_rest`.
        """
        import numpy as np

        count = int(labels.max(initial=-1)) + 1
        size = self._sizes(labels[self.is_unit], count)
        tables = self._sizes(labels[self.table_nodes], count)
        between = self._between(labels, count)
        accesses, across = self._accesses(labels)
        data = accesses if self.accessed.size else tables
        small = max(3, len(labels) // 150)
        standing = stateless(self.graph, labels, size, data, np.unique(self.accessed[1]))

        def is_sound(label: int) -> bool:
            return size[label] >= small and (label in standing or data[label] > 0 or not len(self.table_nodes))

        sound = sum(map(is_sound, size))
        parent = {label: label for label in size}
        waiting = [(is_sound(label), size[label], label) for label in size if between[label]]
        heapq.heapify(waiting)
        while waiting and len(size) > least:
            entry = was_sound, smallest, crumbled = heapq.heappop(waiting)
            if crumbled not in size or entry[:2] != (is_sound(crumbled), size[crumbled]) or not between[crumbled]:
                continue
            # Islands that nothing ties to the rest are placed later; they are no reason to merge others.
            if was_sound and sound <= most:
                break
            ties = between.pop(crumbled)
            # Relative to size, so that the largest does not swallow everything.
            into = max(ties, key=lambda other: (ties[other] / (1 + size[other]), -other))
            sound -= was_sound + is_sound(into)
            size[into] += smallest
            del size[crumbled]
            tables[into] += tables[crumbled]
            accesses[into] += accesses[crumbled] + across[crumbled][into]
            for other, often in across.pop(crumbled, Counter()).items():
                del across[other][crumbled]
                if other != into:
                    across[into][other] += often
                    across[other][into] += often
            sound += is_sound(into)
            for other, weight in ties.items():
                del between[other][crumbled]
                if other != into:
                    between[into][other] += weight
                    between[other][into] += weight
            parent[crumbled] = into
            if crumbled in standing:
                standing.add(into)
            heapq.heappush(waiting, (is_sound(into), size[into], into))

        def root(label: int) -> int:
            while parent[label] != label:
                label = parent[label]
            return label

        # Islands without any tie: only those with data and code of their own stand for themselves.
        whole = [label for label in size if is_sound(label)]
        largest = sorted(
            whole if len(whole) >= least else size, key=lambda label: (-tables[label], -size[label], label)
        )
        kept = set(largest[:most])
        merged = np.full(count - UNPLACED, UNPLACED)  # the last ones stand for the labels below zero
        merged[:count] = [root(label) if root(label) in kept else UNPLACED for label in range(count)]
        return renumbered(merged[labels])

    def _join_unused(self, labels: Labels, least: int) -> Labels:
        """With what has no data, and no user once shared code is apart, in the service that it is tied to most."""
        import numpy as np

        count = int(labels.max(initial=-1)) + 1
        data = self._accesses(labels)[0] if self.accessed.size else self._sizes(labels[self.table_nodes], count)
        unused = [label for label in range(count) if not data[label] and not users_of(self.graph, labels, label)]
        if not unused or not len(self.table_nodes) or count - len(unused) < least:
            return labels
        between, made = self._between(labels, count), np.arange(count)
        for label in unused:
            ties = {other: weight for other, weight in between[label].items() if other not in unused}
            if ties:
                made[label] = max(ties, key=lambda other: (ties[other], -other))
        joined = labels.copy()
        joined[labels >= 0] = made[labels[labels >= 0]]
        return self.shared_again(renumbered(joined))

    @staticmethod
    def _sizes(labels: Labels, count: int) -> dict[int, int]:
        import numpy as np

        return dict(enumerate(np.bincount(labels[labels >= 0], minlength=count).tolist()))

    def _between(self, labels: Labels, count: int) -> dict[int, dict[int, float]]:
        """The ties between communities."""
        import numpy as np

        ends = np.sort(labels[self.inner], axis=1)
        crossing = (ends[:, 0] >= 0) & (ends[:, 0] != ends[:, 1])
        first, second = ends[crossing].T
        pairs, which = np.unique(first * count + second, return_inverse=True)
        weights = np.bincount(which, self.inner_weights[crossing], len(pairs)).tolist()
        between: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        for pair, weight in zip(pairs.tolist(), weights, strict=True):
            one, other = divmod(pair, count)
            between[one][other] = between[other][one] = weight
        return between

    def _accesses(self, labels: Labels) -> tuple[Counter[int], dict[int, Counter[int]]]:
        """How many accesses of its own tables each community has, and how many there are between two of them."""
        tables, users = labels[self.accessed]
        placed = (tables >= 0) & (users >= 0)
        inside: Counter[int] = Counter()
        across: dict[int, Counter[int]] = defaultdict(Counter)
        for one, other in zip(tables[placed].tolist(), users[placed].tolist(), strict=True):
            if one == other:
                inside[one] += 1
            else:
                across[one][other] += 1
                across[other][one] += 1
        return inside, across

    # The rest

    def place_rest(self, labels: Labels) -> Labels:
        """Give every node a label: by its ties, else by its file's and folder's majority. Hubs may become shared."""
        import numpy as np

        placed = labels.copy()
        waits = placed == UNPLACED
        waits[list(self.held_back)] = False
        for _ in range(_ROUNDS):
            telling = waits[self.ends] & (placed[self.others] != UNPLACED)
            if not telling.any():
                break
            nodes, decided = strongest(self.ends[telling], placed[self.others[telling]], self.weights[telling])
            placed[nodes] = decided
            waits[nodes] = False
        if waits.any():
            self._place_by_folder(placed, np.flatnonzero(waits).tolist())
        self._place_hubs(placed)
        return self.shared_again(placed)

    def shared_again(self, labels: Labels) -> Labels:
        """The same with everything shared that is so by what is shared already."""
        import numpy as np

        listed: list[int] = labels.tolist()
        self._sharing.apply(listed)
        return np.array(listed, dtype=np.int64)

    def _place_by_folder(self, placed: Labels, waiting: list[int]) -> None:
        """What nothing is tied to: beside what is around it; a table that no code touches and no key leads to also by its name."""
        import numpy as np

        before = placed.copy()
        bare = self._islands_of_no_service(waiting)
        sizes = np.bincount(before[before >= 0])
        fallback = int(np.where(sizes, sizes, len(before)).argmin()) if len(sizes) else 0
        owners = before[self.table_nodes]
        owners = owners[owners >= 0]
        owner = majority(owners) if len(owners) else None
        inside: dict[str, tuple[int, bool] | None] = {}

        def told_by(place: str) -> tuple[int, bool] | None:
            """Where most of what lies there is, and whether that is hardly more than may use something shared."""
            around = before[self.in_place.get(place, [])]
            around = around[around >= 0]
            if not len(around):
                return None
            label = majority(around)
            return label, bool((around == label).mean() <= MAX_SHARED_USER_SHARE)

        for node in waiting:
            placed[node] = fallback
            is_table = self.graph.members[node][0].startswith(TABLE)
            if is_table and owner is not None:
                placed[node] = owner
                alike = next((other for other in self._named_alike(node) if before[other] >= 0), None)
                if alike is not None:
                    placed[node] = before[alike]
            for place in self.graph.declared.get(node, ()) if is_table else self.graph.places[node]:
                if place not in inside:
                    inside[place] = told_by(place)
                told = inside[place]
                if told is not None:
                    placed[node] = SHARED_LABEL if node in bare and told[1] else told[0]
                    break
            else:
                if node in bare:
                    placed[node] = SHARED_LABEL

    def _islands_of_no_service(self, waiting: list[int]) -> set[int]:
        """Of what nothing ties to any service, the code without data and entry points, nor ties to code that has them."""
        left = set(waiting)
        serving = [node for node in waiting if node in self._serving or not self.is_unit[node]]
        while serving:
            node = serving.pop()
            if node in left:
                left.remove(node)
                serving += self.others[slice(*self._places_of(node))].tolist()
        return left

    def _places_of(self, node: int) -> tuple[int, int]:
        import numpy as np

        first, end = np.searchsorted(self.ends, [node, node + 1])
        return int(first), int(end)

    def _named_alike(self, table: int) -> list[int]:
        """Tables whose whole name is a part of this one's, as ``product`` of ``historicalproduct``, the longest first."""
        if not self._compact:
            for name, node in sorted(self.graph.table_node.items()):
                self._compact.append((singular(name.rpartition(".")[2].replace("_", "").lower()), node))
            self._compact.sort(key=lambda item: (-len(item[0]), item))
        known = self._alike.get(table)
        if known is None:
            own = {name for name, node in self._compact if node == table}
            known = self._alike[table] = [
                node
                for name, node in self._compact
                if node != table and len(name) >= _TELLING and any(name in longer for longer in own)
            ]
        return known

    def _place_hubs(self, placed: Labels) -> None:
        """What everybody uses is shared, unless most of its users are in one service."""
        for _ in range(3):
            for node, users in self.held_back.items():
                votes = placed[users]
                votes = votes[votes >= 0]
                if len(votes):
                    label = majority(votes)
                    most = (votes == label).sum()
                    placed[node] = label if most > MAX_SHARED_USER_SHARE * len(votes) else SHARED_LABEL
                elif placed[node] == UNPLACED:
                    placed[node] = SHARED_LABEL
