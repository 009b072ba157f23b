"""What most ways of looking agree on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from decompose.boundaries.clustering import UNPLACED, Edges, agreement, clusterings
from decompose.boundaries.generators.generator import Generator, Material, Sweep
from decompose.boundaries.generators.packages import PackageStructure
from decompose.boundaries.generators.tables import TablesFirst
from decompose.boundaries.generators.whole_graph import WholeGraph

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights

SPREAD = 0.1
"""The standard deviation of the logarithm of a perturbed weight."""

_TURNS = (6, 24)
_EDGES = 100_000
"""Over how many edges all turns together go at one resolution: the smaller the graph, the more turns."""

_RESOLUTIONS = (0.6, 1.0, 1.6)
_RANGE = (0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8)
_TRIALS = 10
_THROUGHOUT = (TablesFirst.name, PackageStructure.name)
"""Generators of which every resolution counts: how many services there are is what they are asked as well."""


class Ensemble(NamedTuple):
    """Partitions made in different ways, and how much each counts.

    That is the square of its mean agreement with those that other generators made, divided among those of the same generator: a way
    of looking does not count more because it was tried more often.
    """

    members: tuple[Labels, ...]
    weights: Weights

    def support(self, labels: Labels) -> float:
        """The weighted mean agreement (adjusted Rand index) of a partition with the members."""
        found = sum(
            w * agreement(labels, member) for member, w in zip(self.members, self.weights.tolist(), strict=True)
        )
        return float(found / (self.weights.sum() or 1.0))


def gather(material: Material, sweeps: Mapping[str, Sweep], generators: Iterable[Generator]) -> Ensemble:
    """Partitions of grains by all evidence, with perturbed weights, many seeds and several resolutions; and those of the other generators."""
    found = _of_grains(material)
    families = [0] * len(found)
    for family, generator in enumerate(generators, start=1):
        sweep = sweeps[generator.name]
        best = sweep.best(generator.evidence)
        if generator.name in _THROUGHOUT:
            found += sweep.tried()
        elif best is not None and generator.name != WholeGraph.name:
            found.append(sweep.partition(best))
        families += [family] * (len(found) - len(families))
    return Ensemble(tuple(found), _weights(found, families))


def _of_grains(material: Material) -> list[Labels]:
    edges, grains = material.edges.contracted(material.grains), material.grains
    fewest, most = _TURNS
    found: list[Labels] = []
    pending = []
    for turn in range(min(most, max(fewest, _EDGES // max(1, len(edges.weights))))):
        seed = material.seed + turn
        runs = [(resolution, seed) for resolution in _RESOLUTIONS]
        pending.append(
            clusterings(material.executor, edges.perturbed(seed, SPREAD), int(grains.max(initial=-1)) + 1, runs)
        )
    for made in pending:
        for labels in made:
            found.append(labels[grains])
            found[-1][list(material.hubs)] = UNPLACED
    return found


def _weights(found: list[Labels], families: list[int]) -> Weights:
    """The square of the mean agreement with other families; what divides nothing agrees with nothing."""
    import numpy as np

    between = np.array([[agreement(one, other) for other in found] for one in found]).reshape(len(found), -1)
    telling = np.array([one.max(initial=-1) > 0 for one in found], dtype=bool)
    family = np.array(families)
    foreign = family[:, None] != family[None, :]
    counts = np.bincount(family)[family] if len(found) else family
    share = foreign / np.maximum(counts[None, :], 1)
    trust = (
        (between * share * telling).sum(axis=1) / np.maximum(share.sum(axis=1), 1e-9)
        if foreign.any()
        else np.ones(len(found))
    )
    weights: Weights = np.round(np.clip(trust * telling, 0.01, None) ** 2 / np.maximum(counts, 1), 6)
    return weights


def consensus(material: Material, ensemble: Ensemble) -> list[Labels]:
    """Leiden on grains, with edges weighted by how often their ends are together (Lancichinetti and Fortunato, Consensus clustering in
    complex networks, 2012), over resolutions; first that which the ensemble agrees with most.
    """
    import numpy as np

    if not ensemble.members:
        return []
    ends, weights = material.edges
    together = np.zeros(len(weights))
    for member, trust in zip(ensemble.members, ensemble.weights.tolist(), strict=True):
        together += trust * ((member[ends[:, 0]] == member[ends[:, 1]]) & (member[ends[:, 0]] >= 0))
    grains = material.grains
    edges = Edges(ends, weights * together / ensemble.weights.sum()).rounded().contracted(grains)
    runs = [(resolution, material.seed) for resolution in _RANGE]
    found = []
    for labels in clusterings(material.executor, edges, int(grains.max(initial=-1)) + 1, runs, trials=_TRIALS):
        found.append(labels[grains])
        found[-1][list(material.hubs)] = UNPLACED
    return sorted(found, key=lambda labels: -round(ensemble.support(labels), 6))
