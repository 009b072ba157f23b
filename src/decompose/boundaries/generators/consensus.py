"""What most ways of looking agree on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from decompose.boundaries.clustering import Edges, agreement, clusterings
from decompose.boundaries.generators.generator import Generator, Material, Sweep
from decompose.boundaries.generators.tables import TablesFirst
from decompose.boundaries.generators.whole_graph import WholeGraph

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights

PERTURBED = 2
SPREAD = 0.25
"""The standard deviation of the logarithm of a perturbed weight."""

_WHOLE = (0.4, 0.5, 0.6)
_ATOMS = (2.0, 3.0)
_NEAR = 1
_RESOLUTIONS = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)


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
    """The best partitions of all generators, and of the whole graph and the atoms with perturbed weights and other seeds.

    How much evidence a unit of weight is, nobody knows; so each is asked for several values.
    """
    found: list[Labels] = []
    families: list[int] = []
    for family, generator in enumerate(generators):
        families += [family] * (len(found) - len(families))
        sweep = sweeps[generator.name]
        graded = {WholeGraph.name: _WHOLE, TablesFirst.name: _ATOMS}.get(generator.name, (generator.evidence,))
        best = [number for evidence in graded if (number := sweep.best(evidence)) is not None]
        found += map(sweep.partition, best)
        if len(graded) == 1 or not best:
            continue
        near = material.resolutions[max(0, min(best) - _NEAR) : max(best) + _NEAR + 1]
        for turn in range(1, PERTURBED + 1):
            other = generator.sweep(material.perturbed(material.seed + turn, SPREAD)._replace(resolutions=near))
            found += [other.partition(n) for evidence in graded if (n := other.best(evidence)) is not None]
        if generator.name == TablesFirst.name:
            bare = material._replace(resolutions=near).sweep(material.edges, material.atoms)
            found += [bare.partition(n) for evidence in graded if (n := bare.best(evidence)) is not None]
    families += [families[-1] + 1 if families else 0] * (len(found) - len(families))
    return Ensemble(tuple(found), _weights(found, families))


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
    """Leiden on the edges weighted by how often their ends are together (Lancichinetti and Fortunato, Consensus clustering in
    complex networks, 2012), over resolutions; first that which the ensemble agrees with most.
    """
    import numpy as np

    if not ensemble.members:
        return []
    ends, weights = material.edges
    together = np.zeros(len(weights))
    for member, trust in zip(ensemble.members, ensemble.weights.tolist(), strict=True):
        together += trust * ((member[ends[:, 0]] == member[ends[:, 1]]) & (member[ends[:, 0]] >= 0))
    edges = Edges(ends, weights * together / ensemble.weights.sum()).rounded()
    runs = [(resolution, material.seed) for resolution in _RESOLUTIONS]
    found = list(clusterings(material.executor, edges, len(material.graph.members), runs))
    return sorted(found, key=lambda labels: -round(ensemble.support(labels), 6))
