"""All candidate splits of an application, each scored, with how sure it is where things belong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from decompose.boundaries import trivial
from decompose.boundaries.folders import Package
from decompose.boundaries.generators.refinement import Refinement
from decompose.boundaries.graph import EvidenceGraph
from decompose.boundaries.judging import Judging
from decompose.boundaries.making import REFINED, Making
from decompose.boundaries.options import SplitOptions
from decompose.boundaries.partition import Placement, split_from_assignment
from decompose.boundaries.pins import Settled
from decompose.boundaries.platform import Released
from decompose.boundaries.scattered import Scattered
from decompose.boundaries.scores import Scored, Scorer, labels_of
from decompose.boundaries.split import SHARED, Split

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels


class Candidates(NamedTuple):
    """What is proposed from: the splits, trivial ones last; the consensus made again from each half of the ensemble; what judges
    splits; how far packages are one thing; what was platform code in which split; and what of the consensus was no service.
    """

    splits: list[Split]
    remade: list[Split]
    judging: Judging
    packages: tuple[Package, ...]
    released: dict[str, tuple[Released, ...]]
    scattered: list[Scattered]


def candidates_of(
    scorer: Scorer,
    options: SplitOptions,
    settled: Settled,
    executor: Executor,
    start: Split | None,
    fewer: Split | None,
    found: Callable[[Split], None],
    trivially: Iterable[tuple[str, str, Labels, Scored]],
) -> Candidates:
    """All candidate splits, those made from ``start`` first, and ``fewer`` if that is given; ``trivially`` are scored elsewhere."""
    making = Making(scorer, options, settled, executor, found)
    (agreed, apart), again = making.agreed(), making.agreed_by_halves()
    chosen = [("consensus", "what most ways of looking agree on", agreed), *making.of_generators()]
    splits: list[Split] = []
    released: dict[str, tuple[Released, ...]] = {}
    for name, about, labels in chosen:
        if labels is not None:
            made, freed = making.finished(name, about, labels, refined=name == "consensus")
            splits += made
            released |= {split.name: freed for split in made}
    if start is not None:
        splits = [*_from_start(scorer.graph, start, making.judging, making.refinement), *splits]
    if fewer is not None:
        splits.append(making.judging.judged(fewer))
    splits += [making.trivial(*each) for each in trivially]
    remade = [making.half(labels) for labels in again if labels is not None]
    return Candidates(splits, remade, making.judging, making.packages, released, apart)


def _from_start(
    graph: EvidenceGraph,
    given: Split,
    judging: Judging,
    refinement: Refinement,
) -> list[Split]:
    """A split as it is, and refined."""
    names = [service.name for service in given.services]
    splits = [judging.judged(given)]
    before = labels_of(graph, given)
    service_of = dict(enumerate(names))
    for better in refinement.front(before):
        placements = [
            Placement(member, service_of.get(label, SHARED))
            for label, members in zip(better.labels.tolist(), graph.members, strict=True)
            for member in members
        ]
        refined = split_from_assignment(graph.system, placements, f"{given.name}-{better.name}", graph)
        refined = msgspec.structs.replace(refined, generator=REFINED.format(given.name))
        splits.append(judging.judged(refined))
    return splits


def trivial_splits(graph: EvidenceGraph) -> Iterator[tuple[str, str, Labels]]:
    """The splits that every other one is laid beside: name, what it is, and labels."""
    import numpy as np

    for name, about, labels in (
        ("one-per-package", "package structure", trivial.by_package(graph)),
        ("connected-components", "connected components", trivial.connected_components(graph)),
        ("all-in-one", "everything in one service", trivial.everything_in_one(graph)),
    ):
        yield name, about, np.array(labels, dtype=np.int64)
