"""Why something is where it is in a split: everything that ties it to others, with its evidence."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from decompose.boundaries.clustering import Edges
from decompose.boundaries.folders import Folders, Package
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.scores import labels_of
from decompose.boundaries.split import SHARED, Alike, Split
from decompose.boundaries.toss_ups import TossUp
from decompose.errors import UnknownNameError
from decompose.runs.analysis import Analysis, named_split
from decompose.runs.names import thing_meant
from decompose.runs.ties import Line, Tie, is_line, is_proved, kind_of, line_of, places_of, ties_of
from decompose.system.divisible import EACH_ITS_OWN
from decompose.wording import counted

_NEAREST = 3


class Near(NamedTuple):
    """What something is tied to: the ``share`` of all weight at it, and the layers of evidence that this comes from, the most first.

    Of a model and its table, which are one to a split, it is the model.
    """

    thing: str
    service: str
    share: float
    layers: list[str]


class Around(NamedTuple):
    """A package around something, with the number of its units and how far they are together: 0 as often as any two, 1 always.

    ``adds`` is the share that its ties to the package's other modules have in the weight of all; None of a package around two things.
    """

    package: str
    units: int
    together: float
    adds: float | None

    def __str__(self) -> str:
        held = f"{self.package} ({counted(self.units, 'unit')}) is one thing by {max(0.0, self.together):.0%}"
        if self.adds is None:
            return held
        if not self.adds:
            return f"{held}: this adds nothing to its ties"
        return f"{held}: {self.adds:.0%} of the weight above is from that"


class Explanation(NamedTuple):
    """Why something is where it is. ``ties`` are services with the number of proved calls, accesses, keys and bases to and from it; a line
    that may lead to several counts once.

    ``runner_up`` is the service that most of the other partitions of the ensemble put it in, else that with most ties; ``to_change``
    is, for each kind of tie, how many lead into its service and how many to the runner-up: what would have to change to move it.
    ``weights`` are the services' shares of what ties it, as splits are made of it: kinds of ties do not weigh alike. ``other`` is
    the second thing that was asked about, if there was one. ``nearest`` are the things with most of the weight: it may come from
    what no line says, such as nearness in a file or words of names. ``packages`` are those around it, or around both things, the innermost
    first. ``because`` says what puts it there, where no other partition of the ensemble does. ``toss_up`` is the block around it that belongs
    as well elsewhere. ``alike`` are the pairs of services with its own, or with both, that likeness alone ties.
    """

    thing: str
    service: str
    confidence: float | None
    ties: list[tuple[str, int]]
    evidence: list[Tie]
    runner_up: str = ""
    to_change: dict[str, tuple[int, int]] | None = None
    weights: dict[str, float] | None = None
    other: str = ""
    other_service: str = ""
    nearest: list[Near] | None = None
    packages: list[Around] | None = None
    because: str = ""
    toss_up: TossUp | None = None
    alike: tuple[Alike, ...] = ()


def explain(analysis: Analysis, thing: str, other: str = "", split_name: str = "") -> Explanation:
    """Why ``thing`` (a unit, definition or table) is where it is, or everything that ties two things."""
    system, split = analysis.system, named_split(analysis, split_name)
    place = places_of(split)
    first, second = thing_meant(system, thing, split), thing_meant(system, other, split) if other else ""
    if first == second:
        raise UnknownNameError(
            f"{thing} and {other} are both {first}, which moves as a whole. Give two things, or one."
        )
    found: list[Tie] = []
    unit_of = {d.id: d.unit for d in system.definitions}
    ties: dict[str, set[Line]] = defaultdict(set)
    proved: dict[str, list[tuple[Line, set[str]]]] = defaultdict(list)
    for tie, ends in ties_of(system):
        others = ends - {first}
        if first in ends and others and (not second or second in others):
            found.append(tie)
            if is_proved(tie):
                services = {place.get(end, "") for end in others}
                line = line_of(tie, unit_of)
                for service in services if is_line(tie) else ():
                    ties[service].add(line)
                proved[kind_of(tie)].append((line, services))
    graph = EvidenceGraph(system)
    weights, nearest, packages = (
        ({}, [], _around_both(analysis, graph, first, second)) if second else _pull(analysis, graph, split, first)
    )
    # A service that no line leads to may still hold most of the weight: by names, or by what stands near in a file.
    numbers = {**dict.fromkeys(weights, 0), **{service: len(lines) for service, lines in ties.items()}}
    order = sorted(numbers.items(), key=lambda tie: (-weights.get(tie[0], 0.0), -tie[1], tie[0]))
    own = place.get(first, "")
    rivals = [service for service, number in order if number and service not in (own, SHARED, "")]
    everywhere = first in graph.had_by_each
    rival = "" if everywhere else split.runners_up.get(first) or (rivals[0] if rivals else "")
    counts = {kind: (_leading(lines, own), _leading(lines, rival)) for kind, lines in sorted(proved.items())}
    counts = {kind: sides for kind, sides in counts.items() if any(sides)}
    return Explanation(
        first,
        own,
        split.confidence.get(first),
        order,
        found,
        rival,
        counts,
        weights,
        second,
        place.get(second, ""),
        nearest,
        packages,
        EACH_ITS_OWN if everywhere else split.because.get(first, ""),
        next((block for block in analysis.toss_ups_of(split) if first in block.members), None),
        _alike(split, [own, place.get(second, "")] if second else [own]),
    )


def _alike(split: Split, services: list[str]) -> tuple[Alike, ...]:
    """The pairs with one service, or of two."""
    return tuple(
        pair
        for pair in split.alike
        if all((pair.service, pair.other).count(name) == services.count(name) for name in services)
    )


def _pull(
    analysis: Analysis, graph: EvidenceGraph, split: Split, thing: str
) -> tuple[dict[str, float], list[Near], list[Around]]:
    """For each service its share of the weight of all edges at ``thing``, those of its packages among them, the heaviest of these edges, and
    the packages around it.
    """
    names = [service.name for service in split.services]
    labels = labels_of(graph, split).tolist()
    node = _node_of(graph, thing)
    if node is None:
        return {}, [], []
    around = _packages_around(analysis.packages, graph, node)
    folders = Folders(graph)
    by_package = {package: _weights_at(node, folders.ties([package])) for package in around}
    of_packages = _weights_at(node, folders.ties(around))
    weights = Counter(_weights_at(node, graph.combined()))
    weights.update(of_packages)
    whole = math.fsum(weights.values())
    found: dict[str, float] = defaultdict(float)
    for other, weight in weights.items():
        found[names[labels[other]] if labels[other] >= 0 else SHARED] += weight
    nearest = sorted(weights.items(), key=lambda item: (-item[1], graph.members[item[0]]))[:_NEAREST]
    shares = {service: round(weight / whole, 4) for service, weight in sorted(found.items())}
    heaviest = [
        Near(
            graph.members[other][0],
            names[labels[other]] if labels[other] >= 0 else SHARED,
            round(weight / whole, 4),
            graph.layers_between(node, other, {"packages": of_packages[other]} if other in of_packages else None),
        )
        for other, weight in nearest
    ]
    told = [
        Around(
            p.name, p.units, p.together, round(math.fsum(by_package[p].values()) / whole, 4) if by_package[p] else 0.0
        )
        for p in around
    ]
    return shares, heaviest, told


def _weights_at(node: int, edges: Edges) -> dict[int, float]:
    """The other ends of a node's edges, with their weights."""
    here = (edges.ends == node).any(axis=1)
    return {
        two if one == node else one: weight
        for (one, two), weight in zip(edges.ends[here].tolist(), edges.weights[here].tolist(), strict=True)
    }


def _node_of(graph: EvidenceGraph, thing: str) -> int | None:
    table = thing.removeprefix("table:")
    return graph.table_node.get(table) if table != thing else graph.unit_node.get(thing)


def _packages_around(packages: Sequence[Package], graph: EvidenceGraph, node: int) -> list[Package]:
    """The packages around a unit, or around the model of a table, the innermost first."""
    module = graph.places[node][0]
    return [package for package in reversed(packages) if module.startswith(f"{package.name}.")]


def _around_both(analysis: Analysis, graph: EvidenceGraph, first: str, second: str) -> list[Around]:
    nodes = [_node_of(graph, thing) for thing in (first, second)]
    around = [_packages_around(analysis.packages, graph, node) for node in nodes if node is not None]
    return [
        Around(package.name, package.units, package.together, None)
        for package in (around[0] if around else [])
        if all(package in others for others in around[1:])
    ]


def _leading(lines: Iterable[tuple[Line, set[str]]], service: str) -> int:
    return len({line for line, services in lines if service in services})
