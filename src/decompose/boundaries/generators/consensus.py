"""What most ways of looking agree on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from decompose.boundaries.clustering import Compared, Edges, clusterings, explained
from decompose.boundaries.generators.generator import Generator, Material, Sweep
from decompose.boundaries.generators.packages import PackageStructure
from decompose.boundaries.generators.tables import TablesFirst
from decompose.boundaries.generators.whole_graph import WholeGraph
from decompose.boundaries.grains import GOLDEN

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights

SPREAD = 0.1
"""The standard deviation of the logarithm of a perturbed weight."""

_FEWEST = 6
_MOST = 24
_EDGES = 60_000
"""Over how many edges all turns together go at one resolution, but for the fewest turns."""

_AGAIN = 12
_EDGES_AGAIN = 24_000
"""The same of the generators that are asked throughout: a single look of one would count with all of its chance."""

_ASKED = 12
"""With how many partitions of each other generator one is compared, to know how far it is to be trusted."""

_RESOLUTIONS = (0.6, 1.0, 1.6)
_PLAIN = 1.0
RANGE = tuple(round(_PLAIN * 2 ** (third / 3), 3) for third in range(-6, 4))
_HALF = 0.5
"""The resolutions at which it is tried how well the ensemble agrees and the evidence is explained, and what is taken in doubt."""

_STEP, _STEPS = 1.25, 10
"""By how much the resolution is changed where a number of services is asked for and what it gives will not do, and how often."""

_FINER = (1, 2, 4)
"""By how much it is changed where a service would hold most: as far as that what comes out is the same with other seeds."""

TRIALS = 6
"""Runs of the consensus, of which the best is kept."""

CLEARLY = 0.03
"""Within so much of the most, the ensemble agrees about equally with partitions of very different numbers of services."""

LAYERED = 0.15
"""The share of units in divided modules at which code is about as much laid out by layer as by domain: then a unit of weight tells half
as much, and less beyond that. Calls, file and name of one relation between two single units are not independent of each other.
"""

BETTER_TOLD = 0.15
"""A partition that saves so many nats for each grain against that of modularity has the likelier number of services."""

ALIKE = 0.95
"""Where single nodes give so nearly the same as grains at the same resolution (adjusted Rand index), nothing needs to be divided: no other
resolution is asked. Of drawn applications, of those that are better divided none has more than 0.90.
"""

_AS_WELL = 0.1
"""What a partition takes more than the shortest, in nats for each grain, at which its resolution counts 1/e."""

_GRADUAL = 0.5
"""How gradually one ground gives way to the other around its margin, as a share of that."""

_THROUGHOUT = (TablesFirst.name, PackageStructure.name)
"""Generators of which every resolution counts: how many services there are is what they are asked as well."""


class Ensemble:
    """Partitions made in different ways, and how much each counts.

    That is the square of its mean agreement with those that other generators made, divided among those of the same generator: a way
    of looking does not count more because it was tried more often.
    """

    def __init__(self, members: tuple[Labels, ...], weights: Weights) -> None:
        self.members, self.weights = members, weights
        self._compared = [*map(Compared.of, members)]

    def support(self, labels: Labels) -> float:
        """The weighted mean agreement (adjusted Rand index) of a partition with the members."""
        own = Compared.of(labels)
        found = math.fsum(
            w * own.agreement(member) for member, w in zip(self._compared, self.weights.tolist(), strict=True)
        )
        return float(found / (self.weights.sum() or 1.0))

    def halves(self) -> tuple[Ensemble, Ensemble]:
        """Every second member, and the others: what each of them says tells how far chance decides."""
        return Ensemble(self.members[::2], self.weights[::2]), Ensemble(self.members[1::2], self.weights[1::2])


def gather(material: Material, sweeps: Mapping[str, Sweep], generators: Iterable[Generator]) -> Ensemble:
    """Partitions of grains by all evidence, with perturbed weights, many seeds and several resolutions; and those of the other generators."""
    found = _of_grains(material, _scale(material, sweeps[WholeGraph.name]))
    families = [0] * len(found)
    for family, generator in enumerate(generators, start=1):
        sweep = sweeps[generator.name]
        best = sweep.best(generator.evidence)
        if generator.name in _THROUGHOUT:
            found += sweep.tried()
            seeds = range(material.seed + 1, material.seed + turns(sweep.edges, _EDGES_AGAIN, _AGAIN))
            found += sweep.again(seeds, SPREAD)
        elif best is not None and generator.name != WholeGraph.name:
            found.append(sweep.partition(best))
        families += [family] * (len(found) - len(families))
    return Ensemble(tuple(found), trusted(found, families))


def turns(edges: Edges, over: int, most: int = _MOST) -> int:
    """How often to go over the edges with other seeds: the fewer there are the more often, for then chance decides more."""
    return min(most, max(1, over // max(1, len(edges.weights))))


def _scale(material: Material, whole: Sweep) -> float:
    """The resolution around which grains are looked at: that of modularity, but the more code is laid out by layer the nearer to that which
    explains all evidence best. In a sparse graph of single units modularity divides what belongs together (Guimerà, Sales-Pardo and
    Amaral, Modularity from fluctuations in random graphs, 2004).
    """
    nearer: float = min(1.0, material.layered / LAYERED)
    return round(math.exp(math.log(whole.likely(WholeGraph.evidence)) * nearer), 3)


def _of_grains(material: Material, scale: float) -> list[Labels]:
    pending = []
    for turn in range(max(_FEWEST, turns(material.edges.contracted(material.grains), _EDGES))):
        seed, grains = material.seed + turn, material.turns.grains(turn)
        runs = [(scale * resolution, seed) for resolution in _RESOLUTIONS]
        edges = material.edges.contracted(grains).perturbed(seed, SPREAD, material.marks(grains))
        pending.append((grains, clusterings(material.executor, edges, int(grains.max(initial=-1)) + 1, runs)))
    return [material.of_nodes(labels, grains) for grains, made in pending for labels in made]


def trusted(found: list[Labels], families: list[int]) -> Weights:
    """The square of the mean agreement with other families, of each with some members; what divides nothing agrees with nothing."""
    import numpy as np

    telling = np.array([one.max(initial=-1) > 0 for one in found], dtype=bool)
    family = np.array(families)
    compared = [*map(Compared.of, found)]
    # Evenly spread, but in step with neither turns nor resolutions, which follow each other.
    spread = np.arange(_ASKED) * GOLDEN % 1
    asked = [np.flatnonzero(family == one) for one in np.unique(family)]
    asked = [members[np.unique((spread * len(members)).astype(np.int64))] for members in asked]
    trust = np.zeros(len(found))
    for number, one in enumerate(compared):
        with_others = [
            sum(one.agreement(compared[other]) for other in others[telling[others]].tolist()) / len(others)
            for others in asked
            if family[others[0]] != family[number]
        ]
        trust[number] = fmean(with_others) if with_others else 1.0
    counts = np.bincount(family)[family] if len(found) else family
    weights: Weights = np.round(np.clip(trust * telling, 0.01, None) ** 2 / np.maximum(counts, 1), 6)
    return weights


class Agreed:
    """What an ensemble says of a material: its edges, each weighted by how often its ends are together, and their partitions, each of
    which is found once.
    """

    def __init__(self, material: Material, ensemble: Ensemble) -> None:
        import numpy as np

        self.material, self.ensemble = material, ensemble
        self.nodes = np.arange(len(material.grains))
        self._found: dict[tuple[bytes, tuple[float, ...], int], list[Supported]] = {}

    @cached_property
    def edges(self) -> Edges:
        """The edges with their weights."""
        import numpy as np

        ends, weights = self.material.edges
        together = np.zeros(len(weights))
        for member, trust in zip(self.ensemble.members, self.ensemble.weights.tolist(), strict=True):
            together += trust * ((member[ends[:, 0]] == member[ends[:, 1]]) & (member[ends[:, 0]] >= 0))
        return Edges(ends, weights * together / self.ensemble.weights.sum()).rounded()

    def over_range(self, grains: Labels) -> list[Supported]:
        """Partitions of grains at each resolution of `RANGE`."""
        return self.supported(grains, RANGE)

    def supported(self, grains: Labels, resolutions: Sequence[float], trials: int = 1) -> list[Supported]:
        """Partitions of grains at each resolution."""
        key = (grains.tobytes(), tuple(resolutions), trials)
        if key not in self._found:
            self._found[key] = _supported(self, grains, resolutions, trials)
        return self._found[key]


def consensus(
    agreed: Agreed, trials: int = TRIALS, *, single: bool = False, any_number: bool = False
) -> Iterator[Labels]:
    """Leiden on grains, with edges weighted by how often their ends are together (Lancichinetti and Fortunato, Consensus clustering in
    complex networks, 2012): at the resolution that is told by `resolution_of`, then at higher ones, for when one service would hold most.
    ``single``: on single nodes. ``any_number``: also at lower ones, and when none of these will do, as where more services are asked for than
    there are whole modules with data, the same on single nodes.
    """
    if not agreed.ensemble.members:
        return
    steps = sorted(range(-_STEPS, _STEPS + 1), key=lambda step: (abs(step), -step))
    changes = [_STEP**step for step in steps] if any_number else _FINER
    for grains in (agreed.nodes if single else agreed.material.grains, agreed.nodes):
        found = agreed.over_range(grains)
        if found:
            start = resolution_of(found)
            for change in changes:
                made = agreed.supported(grains, [round(start * change, 3)], trials)
                yield from (one.labels for one in made)
        if not any_number:
            break


def divides_modules(agreed: Agreed) -> bool:
    """Whether the consensus of single nodes tells more than that of grains, where enough modules are divided for others to be in doubt: two
    services of which a small module holds something would else be one.

    The ensemble has to agree with it more, by at least half of what it may differ by and still agree about equally, and by that and by fewer
    words that it takes to tell the edges between nodes it has to be clearly better: where that is not clear, another seed would decide
    otherwise. Where it gives nearly the same from the start, no more is asked.
    """
    material = agreed.material
    if material.layered < LAYERED / 2 or not agreed.ensemble.members:
        return False
    tried = agreed.over_range(material.grains)
    if not tried:
        return False
    resolution = resolution_of(tried)
    [whole] = agreed.supported(material.grains, [resolution], TRIALS)
    [alike] = agreed.supported(agreed.nodes, [resolution])
    if Compared.of(whole.labels).agreement(Compared.of(alike.labels)) > ALIKE:
        return False
    [single] = agreed.supported(agreed.nodes, [resolution_of(agreed.over_range(agreed.nodes))], TRIALS)
    longer = explained(whole.labels, material.edges).length(_evidence(material)) / len(agreed.nodes)
    return clearly_better(single.support - whole.support, longer - single.length)


def clearly_better(more: float, fewer: float) -> bool:
    """Whether an ensemble that agrees so much ``more`` with a partition, and so many ``fewer`` nats for each node, tell that it is better in
    spite of chance. Fewer words alone do not: they also come of pieces that the ensemble does not know.
    """
    return more > CLEARLY / 2 and more / CLEARLY + fewer / BETTER_TOLD > 1


def resolution_of(found: Sequence[Supported]) -> float:
    """The resolution to divide at, from partitions over `RANGE`: that of modularity, unless lower ones explain the edges in clearly fewer
    words or the ensemble clearly agrees more with them; then half or a quarter of it.

    At how many services the ensemble agrees most is nearly always a plateau, and so is the length: the mean over what is about as good
    is taken, each with its neighbours, and one ground gives way to the other gradually. To take the highest point, or to ask whether a
    margin is passed, would let the smallest change of the code, or chance, decide. What comes out is still known only to some tens of
    percent, while partitions at resolutions a tenth apart differ in whole services: so it is one of three, in doubt half.
    """
    import numpy as np

    tried, plain = np.log(RANGE), RANGE.index(_PLAIN)
    lost = np.array([(one.length, -one.support) for one in found])
    lost = np.array([lost[max(0, at - 1) : at + 2].mean(axis=0) for at in range(len(lost))])
    longer, fewer = (lost - lost.min(axis=0)).T
    shortest, most_agreed = (
        float((weights * tried).sum() / weights.sum())
        for weights in (np.exp(-longer / _AS_WELL), np.exp(-fewer / (_GRADUAL * CLEARLY)))
    )
    by_length, by_support = (
        1 / (1 + math.exp((1 - float(more[plain]) / margin) / _GRADUAL))
        for more, margin in ((longer, BETTER_TOLD), (fewer, CLEARLY))
    )
    logarithm = by_length * shortest + (1 - by_length) * by_support * most_agreed
    told = round(math.exp(logarithm), 3)
    return _PLAIN if told > RANGE[plain - 1] else _HALF if told > RANGE[1] else RANGE[0]


class Supported(NamedTuple):
    """A partition, how far the ensemble agrees with it, and for each grain what it takes to tell it and the edges by it, in nats."""

    support: float
    length: float
    labels: Labels


def _supported(agreed: Agreed, grains: Labels, resolutions: Iterable[float], trials: int) -> list[Supported]:
    material = agreed.material
    runs = [(resolution, material.seed) for resolution in resolutions]
    nodes = int(grains.max(initial=-1)) + 1
    made = clusterings(material.executor, agreed.edges.contracted(grains), nodes, runs, trials=trials)
    told, evidence = material.edges.contracted(grains), _evidence(material)
    found = []
    for of_grains in made:
        labels = material.of_nodes(of_grains, grains)
        length = explained(of_grains, told).length(evidence) / max(1, nodes)
        found.append(Supported(round(agreed.ensemble.support(labels), 6), round(length, 6), labels))
    return found


def _evidence(material: Material) -> float:
    """The observations that a unit of weight stands for."""
    return 1 / (1 + (material.layered / LAYERED) ** 2)
