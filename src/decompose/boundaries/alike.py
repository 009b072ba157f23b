"""Services between which no line of code runs, though one is tied to the other most: by likeness alone, which makes no service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.boundaries.graph import DEFAULT_WEIGHTS
from decompose.boundaries.split import Alike, Split
from decompose.boundaries.unlinked import LINES

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels, Weights
    from decompose.boundaries.scores import Scorer

_NAMED = 4


def alike_services(scorer: Scorer, labels: Labels, names: list[str]) -> tuple[Alike, ...]:
    """Each service that no line ties to the one that it is tied to most, of two that is so for the first of them in ``names``."""
    import numpy as np

    graph, count = scorer.graph, len(names)

    def between(ends: Labels, weights: Weights) -> Weights:
        """The weight between each two services."""
        one, other = labels[ends]
        kept = (one >= 0) & (other >= 0) & (one != other)
        told: Weights = np.zeros((count, count))
        np.add.at(told, (one[kept], other[kept]), weights[kept])
        return told + told.T

    def of_layer(name: str) -> Weights:
        pairs, weights = graph.arrays_of(name)
        return between(np.stack([pairs // len(labels), pairs % len(labels)]), weights)

    if count < 2:
        return ()
    ties = between(scorer.edges, scorer.weights)
    most = ties.argmax(axis=1)
    alone = ties[np.arange(count), most] > 0
    for name in LINES:
        if name in graph.layers:
            alone &= of_layer(name)[np.arange(count), most] == 0
    pairs = [(one, int(most[one])) for one in np.flatnonzero(alone).tolist()]
    pairs = [pair for pair in pairs if pair[::-1] not in pairs or pair[0] < pair[1]]
    layers = {name: DEFAULT_WEIGHTS.get(name, 0.0) * of_layer(name) for name in graph.layers if pairs}
    found = []
    for one, other in pairs:
        by = {name: float(weights[one, other]) for name, weights in layers.items() if weights[one, other] > 0}
        found.append(Alike(names[one], names[other], tuple(sorted(by, key=lambda name: (-round(by[name], 6), name)))))
    return tuple(found)


def told_of_alike(split: Split) -> str:
    """In words, which services of a split likeness alone ties; empty where there are none."""
    if not split.alike:
        return ""
    shown = "; ".join(f"{pair.service} and {pair.other} ({', '.join(pair.by)})" for pair in split.alike[:_NAMED])
    more = f"; and {len(split.alike) - _NAMED} more" if len(split.alike) > _NAMED else ""
    return (
        "no call, access, key, common transaction or reference runs between these, though nothing ties the first of them more than the other "
        f"does: {shown}{more}. Likeness alone makes no service, so they stay apart; whoever knows them as one thing can pin them together"
    )
