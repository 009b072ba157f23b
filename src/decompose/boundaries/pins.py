"""What the owners of an application settled about its split: resolved against the units and tables, and kept exactly."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, NamedTuple

from decompose.boundaries.clustering import SHARED_LABEL, UNPLACED, Edges
from decompose.boundaries.graph import TABLE, EvidenceGraph
from decompose.errors import ConfigurationError

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Pair

PULL = 50.0
"""The weight of a tie between what is pinned together: more than any evidence."""


class Pin(NamedTuple):
    """A pattern and where it stands. It is the id of a unit, ``table:NAME``, a module or package, or a glob over ids."""

    pattern: str
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {self.pattern!r}"


class Pins(NamedTuple):
    """Groups that stay ``together``, things that stay ``apart``, named ``services`` with their members, and so on.

    ``ignored`` units tie nobody to anybody, and go to the shared library. ``max_size``: the most units of a service.
    """

    together: tuple[tuple[Pin, ...], ...] = ()
    apart: tuple[tuple[Pin, ...], ...] = ()
    services: tuple[tuple[str, tuple[Pin, ...]], ...] = ()
    shared: tuple[Pin, ...] = ()
    ignored: tuple[Pin, ...] = ()
    max_size: int | None = None


class Settled:
    """Pins of one application. ``group[node]`` is the same for what stays together.

    Raises `ConfigurationError` with every pattern that matches nothing and every contradiction, both lines named.
    """

    def __init__(self, graph: EvidenceGraph, pins: Pins) -> None:
        self.graph, self.pins = graph, pins
        self._problems: list[str] = []
        self.group = list(range(len(graph.members)))
        self._tied: dict[int, Pin] = {}
        self.service: dict[int, tuple[str, Pin]] = {}
        self.shared: dict[int, Pin] = {}
        self.ignored = {node for pin in pins.ignored for node in self._nodes(pin) if not self._tables(node)}
        self.apart: list[list[tuple[int, Pin]]] = []
        for pinned in pins.together:
            found = [(node, pin) for pin in pinned for node in self._nodes(pin)]
            for node, pin in found:
                self._join(found[0][0], node, pin)
        for name, listed in pins.services:
            for pin in listed:
                for node in self._nodes(pin):
                    self._claim(node, name, pin)
        for pin in pins.shared:
            for node in self._nodes(pin):
                self._share(node, pin)
        for pinned in pins.apart:
            self.apart.append([(node, pin) for pin in pinned for node in self._nodes(pin)])
        self._check()
        if self._problems:
            raise ConfigurationError("\n".join(self._problems))

    def __bool__(self) -> bool:
        return bool(self.service or self.shared or self.ignored or self.apart or self._tied or self.pins.max_size)

    @property
    def held(self) -> frozenset[int]:
        """The nodes that a pin speaks of by itself."""
        named = {
            node
            for node in range(len(self.group))
            if self._root(node) in self.service or self._root(node) in self._tied
        }
        return frozenset(
            named | self.shared.keys() | self.ignored | {node for listed in self.apart for node, _ in listed}
        )

    def pulled(self, edges: Edges) -> Edges:
        """The edges with strong ties between what is pinned together, and none of what is ignored."""
        members: dict[object, list[int]] = defaultdict(list)
        for node in range(len(self.group)):
            held = self.service.get(self._root(node))
            members[held[0] if held else self._root(node)].append(node)
        ties = {(a, b): PULL for nodes in members.values() for a, b in pairwise(nodes)}
        kept = edges.without(self.ignored)
        return kept.plus(Edges.of(ties)) if ties else kept

    def kept(self, labels: Labels, edges: Edges) -> tuple[Labels, dict[int, str]]:
        """The labels changed so that every pin holds, and the names of labels that are pinned."""
        made = labels.copy()
        made[sorted(self.ignored | self.shared.keys())] = SHARED_LABEL
        groups: dict[int, list[int]] = defaultdict(list)
        for node in range(len(made)):
            groups[self._root(node)].append(node)
        for root, nodes in groups.items():
            if root in self._tied and root not in self.shared:
                own = [int(made[node]) for node in nodes if made[node] >= 0]
                made[nodes] = min(own, key=lambda label: (-own.count(label), label)) if own else _fresh(made)
        names = self._name(made, groups)
        self._part(made, groups, edges)
        if self.pins.max_size:
            self._divide(made, groups, edges, self.pins.max_size, names)
        return made, names

    def parted(self, labels: Labels) -> set[Pair]:
        """Pairs of labels that pins keep apart: of services with different names, and of what is to be apart."""
        held = {
            node: self.service[root][0] for node in range(len(labels)) if (root := self._root(node)) in self.service
        }
        claims: list[set[tuple[int, object]]] = [{(int(labels[node]), name) for node, name in held.items()}]
        claims += [{(int(labels[node]), pin) for node, pin in listed} for listed in self.apart]
        return {
            (one, other)
            for claimed in claims
            for (one, first), (other, second) in combinations(claimed, 2)
            if first != second and one != other and min(one, other) >= 0
        }

    # Resolving

    def _nodes(self, pin: Pin) -> list[int]:
        graph, pattern = self.graph, pin.pattern
        unit = graph.unit_of.get(pattern, pattern)
        if unit in graph.unit_node:
            return [graph.unit_node[unit]]
        if pattern.removeprefix(TABLE) in graph.table_node and pattern.startswith(TABLE):
            return [graph.table_node[pattern.removeprefix(TABLE)]]
        found = [
            node
            for node, members in enumerate(graph.members)
            if pattern in graph.places[node] or any(fnmatchcase(member, pattern) for member in members)
        ]
        if not found:
            self._problems.append(
                f"{pin} is a table that each service's database has of its own: it is in no service."
                if pattern in graph.had_by_each
                else f"{pin} matches no unit, table, module or package."
            )
        return found

    def _tables(self, node: int) -> list[str]:
        return [member for member in self.graph.members[node] if member.startswith(TABLE)]

    def _root(self, node: int) -> int:
        while self.group[node] != node:
            node = self.group[node]
        return node

    def _join(self, first: int, second: int, pin: Pin) -> None:
        one, other = self._root(first), self._root(second)
        self.group[max(one, other)] = min(one, other)
        self._tied.pop(max(one, other), None)
        self._tied.setdefault(min(one, other), pin)

    def _claim(self, node: int, name: str, pin: Pin) -> None:
        root = self._root(node)
        before = self.service.setdefault(root, (name, pin))
        if before[0] != name:
            self._problems.append(
                f"{pin} puts {self.graph.members[node][0]} into {name}, but {before[1]} puts it{self._because(root)} into {before[0]}."
            )

    def _because(self, root: int) -> str:
        return f" (by {self._tied[root]})" if root in self._tied else ""

    def _share(self, node: int, pin: Pin) -> None:
        if self._tables(node):
            self._problems.append(
                f"{pin} shares {self.graph.members[node][0]}, which owns {', '.join(self._tables(node))}; "
                "the shared library holds no data."
            )
        root = self._root(node)
        if root in self.service:
            name, claimed = self.service[root]
            self._problems.append(f"{pin} shares {self.graph.members[node][0]}, but {claimed} puts it into {name}.")
        self.shared[node] = pin
        if root in self._tied:
            for other in range(len(self.group)):
                if self._root(other) == root and not self._tables(other):
                    self.shared.setdefault(other, pin)

    def _check(self) -> None:
        left_out = self.ignored | self.shared.keys()
        if left_out and all(node in left_out or self._tables(node) for node in range(len(self.group))):
            pins = ", ".join(str(pin) for pin in (*self.pins.ignored, *self.pins.shared))
            self._problems.append(f"{pins}: every unit is ignored or shared, so nothing is left to be split.")
        for listed in self.apart:
            seen: dict[object, tuple[int, Pin]] = {}
            told: set[tuple[Pin, Pin, Pin]] = set()
            for node, pin in listed:
                root = self._root(node)
                place: object = self.service[root][0] if root in self.service else root
                node_before, before = seen.setdefault(place, (node, pin))
                reason = self.service[root][1] if root in self.service else self._tied.get(root, pin)
                if before is not pin and (pin, before, reason) not in told:
                    told.add((pin, before, reason))
                    self._problems.append(
                        f"{pin} and {before} are to be apart, but {reason} puts {self.graph.members[node_before][0]} "
                        f"and {self.graph.members[node][0]} together."
                    )
        most = self.pins.max_size
        if most:
            sizes = Counter(
                self._root(node) for node, members in enumerate(self.graph.members) if not members[0].startswith(TABLE)
            )
            for root, pin in sorted(self._tied.items()):
                if sizes[root] > most:
                    self._problems.append(f"{pin} keeps {sizes[root]} units together, more than max_size = {most}.")

    # Keeping

    def _name(self, made: Labels, groups: dict[int, list[int]]) -> dict[int, str]:
        """Give each named service the label that most of its members have, and all of its members that label."""
        members: dict[str, list[int]] = defaultdict(list)
        for root, (name, _) in sorted(self.service.items()):
            members[name] += groups[root]
        overlap = Counter(
            (name, int(made[node])) for name, nodes in members.items() for node in nodes if made[node] >= 0
        )
        names: dict[int, str] = {}
        given: dict[str, int] = {}
        for (name, label), _ in sorted(overlap.items(), key=lambda item: (-item[1], item[0])):
            if name not in given and label not in names:
                given[name], names[label] = label, name
        for name in sorted(members):
            if name not in given:
                given[name] = _fresh(made, names)
                names[given[name]] = name
            made[members[name]] = given[name]
        return names

    def _part(self, made: Labels, groups: dict[int, list[int]], edges: Edges) -> None:
        for listed in self.apart:
            by_pin: dict[Pin, list[int]] = defaultdict(list)
            for node, pin in listed:
                by_pin[pin].append(self._root(node))
            taken: dict[int, Pin] = {}
            # What is pinned to a service stays; the others give way.
            for pin, roots in sorted(
                by_pin.items(), key=lambda item: not any(root in self.service for root in item[1])
            ):
                for root in dict.fromkeys(roots):
                    label = int(made[groups[root][0]])
                    if taken.get(label, pin) is not pin and label >= 0:
                        label = self._elsewhere(made, groups[root], edges, set(taken) | {label})
                        made[groups[root]] = label
                    if label >= 0:
                        taken[label] = pin

    def _elsewhere(self, made: Labels, nodes: list[int], edges: Edges, barred: set[int]) -> int:
        ties: Counter[int] = Counter()
        inside = set(nodes)
        for (a, b), weight in zip(edges.ends.tolist(), edges.weights.tolist(), strict=True):
            if (a in inside) != (b in inside):
                label = int(made[b if a in inside else a])
                if label >= 0 and label not in barred:
                    ties[label] += weight
        return max(sorted(ties), key=lambda label: ties[label]) if ties else _fresh(made)

    def _divide(
        self, made: Labels, groups: dict[int, list[int]], edges: Edges, most: int, names: dict[int, str]
    ) -> None:
        """Divide services that are too large, along their weakest ties."""
        import numpy as np

        is_unit = np.array([not members[0].startswith(TABLE) for members in self.graph.members])
        for label in sorted(set(made[made >= 0].tolist())):
            inside = np.flatnonzero(made == label).tolist()
            if int(is_unit[inside].sum()) <= most:
                continue
            wholes = [[n for n in groups[root] if made[n] == label] for root in dict.fromkeys(map(self._root, inside))]
            pinned = [w for w in wholes if self._root(w[0]) in self.service]
            order = _near_order(wholes, edges)
            parts: list[list[int]] = [[n for w in pinned for n in w]] if pinned else []
            size = sum(bool(is_unit[n]) for part in parts for n in part)
            if not parts:
                parts, size = [[]], 0
            for whole in order:
                if whole in pinned:
                    continue
                add = sum(bool(is_unit[n]) for n in whole)
                if size + add > most and parts[-1]:
                    parts.append([])
                    size = 0
                parts[-1] += whole
                size += add
            for part in parts[1:]:
                made[part] = _fresh(made, names)


def _near_order(wholes: list[list[int]], edges: Edges) -> Iterator[list[int]]:
    """Wholes in an order in which each is the one most tied to those before it."""
    import heapq

    number = {node: index for index, whole in enumerate(wholes) for node in whole}
    ties: dict[int, Counter[int]] = defaultdict(Counter)
    for (a, b), weight in zip(edges.ends.tolist(), edges.weights.tolist(), strict=True):
        if a in number and b in number and number[a] != number[b]:
            ties[number[a]][number[b]] += weight
            ties[number[b]][number[a]] += weight
    waiting = dict.fromkeys(range(len(wholes)), 0.0)
    heap = [(0.0, index) for index in waiting]
    while waiting:
        pull, index = heapq.heappop(heap)
        if index not in waiting or -pull != waiting[index]:
            continue
        del waiting[index]
        yield wholes[index]
        for other, weight in sorted(ties[index].items()):
            if other in waiting:
                waiting[other] += weight
                heapq.heappush(heap, (-waiting[other], other))


def _fresh(made: Labels, names: dict[int, str] | None = None) -> int:
    highest: int = max([int(made.max(initial=UNPLACED)), -1, *(names or ())])
    return highest + 1


def check_count(pins: Pins, services: tuple[int, int] | None, where: str = "services") -> None:
    """Raise `ConfigurationError` where more services are named than there may be."""
    named: Sequence[str] = [name for name, _ in pins.services]
    if services and len(named) > services[1]:
        raise ConfigurationError(
            f"{where} asks for at most {services[1]}, but {len(named)} are named by pins: {', '.join(sorted(named))}."
        )
