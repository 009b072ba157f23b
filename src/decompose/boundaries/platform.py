"""Platform code: a community with hardly any data of its own, most of which stands for itself and is used by most of the others.

Loggers, settings, clients and plug-ins hang together like a service, and as a service has to own a table they are given one that happens
to be near: then there is a service that all others call for what they could as well have in a library.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from decompose.boundaries.clustering import SHARED_LABEL, Edges, renumbered
from decompose.boundaries.graph import TABLE, EvidenceGraph
from decompose.boundaries.sharing import MIN_SHARED_SERVICES, closed
from decompose.boundaries.small import is_small
from decompose.boundaries.split import Split
from decompose.wording import counted

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels

MAX_TOUCHING = 0.05
"""Less than this share of its units touch a table that it owns."""

MIN_LIBRARY = 0.5
"""At least this share of it, by units and by lines, could stand in a library."""

MIN_USERS = 0.5
"""At least this share of the other services use that; where it has no data and no entry point at all, it is enough that several do."""

_NAMED = 3


class Released(NamedTuple):
    """What was found of a community of platform code, as nodes: its ``units``, the ``library`` among them that is shared, those that are
    ``touching`` its tables, and the ``rest``; how many ``users`` the library has among the ``others``, which are services.
    """

    units: frozenset[int]
    library: frozenset[int]
    touching: frozenset[int]
    rest: frozenset[int]
    users: int
    others: int


class Platform:
    """Finds platform code in splits of one graph; ``edges`` say where what is left of it goes. What is ``fixed`` is left as it is."""

    def __init__(self, graph: EvidenceGraph, edges: Edges, fixed: Collection[int] = ()) -> None:
        import numpy as np

        self._graph, self._edges, self._fixed = graph, edges, frozenset(fixed)
        self._serving = graph.holds_data | graph.enters
        self._lines = np.array(graph.lines, dtype=np.int64)
        self._tables_of: dict[int, set[int]] = defaultdict(set)
        for access in graph.system.accesses:
            user = graph.node_of(access.definition, access.unit)
            if access.resolution != "guessed" and access.table in graph.table_node and user is not None:
                self._tables_of[user].add(graph.table_node[access.table])

    def released(self, labels: Labels, least: int = 2) -> tuple[Labels, tuple[Released, ...]]:
        """The labels with platform code in the shared library, and what it was.

        What else such a community holds stays a service, unless that is a small one or none of its code touches its tables: then it goes to
        the one that it is tied to most, as long as ``least`` services are left.
        """
        made, placed = labels.copy(), labels.tolist()
        groups: dict[int, set[int]] = defaultdict(set)
        for node, label in enumerate(placed):
            groups[label].add(node)
        services = sorted(label for label in groups if label >= 0)
        found = [one for label in services if (one := self._examined(groups[label], placed, len(services) - 1))]
        for one in found:
            made[sorted(one.library)] = SHARED_LABEL
        for one in found:
            self._keep_or_join(made, one, least)
        return (renumbered(made) if found else made), tuple(found)

    def _examined(self, inside: set[int], placed: Sequence[int], others: int) -> Released | None:
        units = frozenset(node for node in inside if not self._graph.members[node][0].startswith(TABLE))
        touching = frozenset(n for n in units if n in self._tables_of and not self._tables_of[n].isdisjoint(inside))
        if not units or len(touching) >= MAX_TOUCHING * len(units) or not self._fixed.isdisjoint(inside):
            return None
        library = self._library(units, touching, placed)
        if len(library) < MIN_LIBRARY * len(units) or self._sum(library) < MIN_LIBRARY * self._sum(units):
            return None
        users = {placed[user] for node in library for user in self._graph.users[node] - inside} - {SHARED_LABEL}
        serves = not self._serving.isdisjoint(inside)
        if len(users) < max(MIN_SHARED_SERVICES, MIN_USERS * others if serves else 0):
            return None
        return Released(units, library, touching, frozenset(inside - library), len(users), others)

    def _library(self, units: Collection[int], touching: frozenset[int], placed: Sequence[int]) -> frozenset[int]:
        """Those of the units without data and entry points that use nothing but each other and what is shared; without what is there only
        for code that comes to the tables, or for entry points, and without packages in which code touches the tables.
        """
        uses, users = self._graph.uses, self._graph.users
        own = {package for node in touching for package in self._graph.places[node][1:2]}
        found = {node for node in units if own.isdisjoint(self._graph.places[node])} - self._serving
        waiting = [n for n in sorted(found) if any(placed[u] != SHARED_LABEL and u not in found for u in uses[n])]
        while waiting:
            node = waiting.pop()
            if node in found:
                found.remove(node)
                waiting += sorted(users[node] & found)
        subject = closed(touching | self._graph.enters.intersection(units), users, units)
        theirs = closed(subject, uses, found | subject) & found
        needed = closed({node for node in found if users[node] - theirs - subject}, uses, found)
        return frozenset(found - (theirs - needed))

    def _sum(self, nodes: Iterable[int]) -> int:
        return int(self._lines[sorted(nodes)].sum())

    def _keep_or_join(self, made: Labels, one: Released, least: int) -> None:
        import numpy as np

        rest = sorted(one.rest)
        if not rest:
            return
        own, is_placed = int(made[rest[0]]), made >= 0
        sizes = np.bincount(made[is_placed], self._lines[is_placed]).astype(int).tolist()
        services = [sizes[label] for label in np.unique(made[is_placed])]
        if len(services) <= least or (one.touching and not is_small(sizes[own], services)):
            return
        ends = made[self._edges.ends]
        crossing = (ends >= 0).all(axis=1) & ((ends == own).sum(axis=1) == 1)
        if crossing.any():
            made[rest] = int(np.bincount(ends[crossing].sum(axis=1) - own, self._edges.weights[crossing]).argmax())


def told_of_platform(graph: EvidenceGraph, split: Split, found: Iterable[Released]) -> Iterator[str]:
    """In words, what of a split was platform code, by which evidence, and what became of the rest."""
    at = split.services_of()
    for one in found:
        packages = Counter(graph.places[node][-2:][0] for node in one.library)
        named = sorted(packages, key=lambda name: (-packages[name], name))[:_NAMED]
        kept = sorted(member for node in one.rest for member in graph.members[node])
        yield (
            f"{counted(len(one.library), 'unit')} of platform code are in the shared library, most of them in {', '.join(named)}: "
            f"{one.users} of {one.others} other services use them, they hold no data and no entry point, and need nothing of any service; "
            f"of the {len(one.units)} units that hang together there {len(one.touching)} touch a table of their own"
            f"{_became(kept, at)}"
        )


def _became(kept: Sequence[str], at: Mapping[str, str]) -> str:
    if not kept:
        return ""
    homes = Counter(at.get(member, "") for member in kept)
    tables = ", ".join(member.removeprefix(TABLE) for member in kept if member.startswith(TABLE))
    home = min(homes, key=lambda name: (-homes[name], name))
    return f"; the rest, with {tables}, is in {home}" if tables else f"; the rest is in {home}"
