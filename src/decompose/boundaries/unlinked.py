"""Parts of a service between which no line of code runs: likeness of words, a file or a package alone had put them together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from decompose.boundaries.clustering import UNPLACED, renumbered, strongest
from decompose.boundaries.graph import TABLE, EvidenceGraph
from decompose.boundaries.small import is_small

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights

LINES = ("calls", "writes", "reads", "foreign keys", "transactions", "references")
"""The layers that make one part of what they tie. A base class that two parts have in common is copied, or shared."""

_LINES_OF_PACKAGE = 200
"""A small part stands for itself from so many lines where it is a package by itself: whoever drew it has said that it is one thing."""


class Unlinked:
    """Divides services of one graph. ``accessed``: tables and the nodes of code that uses them, in two rows; ``in_place``: the nodes of
    each module and package.
    """

    def __init__(self, graph: EvidenceGraph, accessed: Labels, in_place: Mapping[str, Sequence[int]]) -> None:
        import numpy as np

        count = len(graph.members)
        pairs = np.unique(np.concatenate([graph.arrays_of(name)[0] for name in LINES if name in graph.layers]))
        self._ends: Labels = np.stack([pairs // count, pairs % count])
        self._lines, self._accessed = np.array(graph.lines), accessed
        self._graph, self._in_place = graph, in_place

    def divided(self, labels: Labels, most: int, ties: tuple[Labels, Labels, Weights]) -> Labels:
        """The same labels, but that a service is several where it has several parts that each use tables of their own and are not
        `small <decompose.boundaries.small>`, or a package by themselves, the largest first, up to ``most`` services.

        Its other parts go, each as a whole, to the one whose package they are in, else where they are tied to most; ``ties`` are both
        directions of all edges: nodes, others, weights.
        """
        import numpy as np

        parts = self._parts(labels)
        home: Labels = np.full(int(parts.max(initial=-1)) + 1, UNPLACED)
        home[parts[labels >= 0]] = labels[labels >= 0]
        made = self._standing(labels, parts, home, most)
        if (made == home).all():
            return labels
        nodes, others, weights = ties
        inside = (labels[nodes] >= 0) & (labels[nodes] == labels[others]) & (parts[nodes] != parts[others])
        ones, those, weights = parts[nodes[inside]], parts[others[inside]], weights[inside]
        while (telling := (made[ones] == UNPLACED) & (made[those] != UNPLACED)).any():
            which, decided = strongest(ones[telling], made[those[telling]], weights[telling])
            made[which] = decided
        divided = labels.copy()
        divided[labels >= 0] = np.where(made == UNPLACED, home, made)[parts[labels >= 0]]
        return renumbered(divided)

    def _parts(self, labels: Labels) -> Labels:
        """For each node the number of the part of its service that it is in: what lines inside of the service tie together."""
        import numpy as np

        one, other = self._ends[:, (labels[self._ends[0]] == labels[self._ends[1]]) & (labels[self._ends[0]] >= 0)]
        least = np.arange(len(labels))
        while True:
            before = least.copy()
            low = np.minimum(least[one], least[other])
            np.minimum.at(least, least[one], low)
            np.minimum.at(least, least[other], low)
            while (least != least[least]).any():
                least = least[least]
            if (before == least).all():
                break
        parts: Labels = np.full(len(labels), UNPLACED)
        parts[labels >= 0] = np.unique(least[labels >= 0], return_inverse=True)[1]
        return parts

    def _standing(self, labels: Labels, parts: Labels, home: Labels, most: int) -> Labels:
        """For each part its service, which is a new one where it is to stand for itself; `UNPLACED` where it goes with others."""
        import numpy as np

        count, placed = int(labels.max(initial=-1)) + 1, labels >= 0
        lines = np.bincount(parts[placed], self._lines[placed], len(home)).tolist()
        services = np.bincount(labels[placed], self._lines[placed], count).tolist()
        tables, users = parts[self._accessed]
        holding = np.unique(tables[(tables == users) & (tables >= 0)]).tolist()
        together = Counter(home[holding].tolist())
        packages: dict[int, str] = {}
        worth: dict[int, list[int]] = defaultdict(list)
        for part in holding:
            small = is_small(lines[part], services)
            if together[int(home[part])] > 1 and not (small and lines[part] < _LINES_OF_PACKAGE):
                packages[part] = self._package_of(part, labels, parts, holding)
                if packages[part] or not small:
                    worth[int(home[part])].append(part)
        ranked = [sorted(found, key=lambda part: (-lines[part], part)) for found in worth.values()]
        further = sorted((part for found in ranked for part in found[1:]), key=lambda part: (-lines[part], part))
        made = home.copy()
        alone = further[: max(0, most - count)]
        made[np.isin(home, home[alone])] = UNPLACED
        first = [found[0] for found in ranked if made[found[0]] == UNPLACED]
        made[first] = home[first]
        made[alone] = count + np.arange(len(alone))
        for part in (*first, *alone):
            inside = parts[[node for node in self._in_place.get(packages[part], ()) if labels[node] == home[part]]]
            made[inside[made[inside] == UNPLACED]] = made[part]
        return made

    def _package_of(self, part: int, labels: Labels, parts: Labels, holding: Collection[int]) -> str:
        """The package that a part is by itself, or nothing: the outermost that holds half of its units or more, and half of which or
        more is in its service, if no other part of that service that uses tables has any of it.
        """
        import numpy as np

        nodes = np.flatnonzero(parts == part).tolist()
        units = [node for node in nodes if not self._graph.members[node][0].startswith(TABLE)]
        around = Counter(package for node in units for package in self._graph.places[node][1:])
        for package in sorted((name for name, often in around.items() if 2 * often >= len(units)), key=len):
            inside = self._in_place[package]
            here = labels[inside] == labels[nodes[0]]
            if 2 * here.sum() >= (labels[inside] >= 0).sum():
                return package if set(parts[inside][here].tolist()).intersection(holding) == {part} else ""
        return ""
