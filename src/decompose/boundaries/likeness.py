"""Likeness of things by the words that they use."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from decompose.boundaries.clustering import Pair

MAX_SPREAD = 14
"""A word that more things use than this tells too little about any two of them to be compared for."""

_NEAREST = 6


def likeness(words: Sequence[Sequence[str]]) -> dict[Pair, float]:
    """For each thing, by its number, and those most like it: the cosine of their words, weighted by TF-IDF.

    Salton and Buckley, Term-weighting approaches in automatic text retrieval, 1988. Only words that few things use are compared,
    so that the work grows with the number of things, not with its square.
    """
    users: dict[str, list[int]] = defaultdict(list)
    for thing, own in enumerate(words):
        for word in sorted(set(own)):
            users[word].append(thing)
    rarity = {word: math.log(len(words) / len(using)) for word, using in users.items()}
    lengths = [math.sqrt(math.fsum(rarity[word] ** 2 for word in sorted(set(own)))) or 1.0 for own in words]
    alike: dict[Pair, float] = defaultdict(float)
    for word, using in sorted(users.items()):
        if 1 < len(using) <= MAX_SPREAD:
            for one, other in combinations(using, 2):
                alike[one, other] += rarity[word] ** 2 / (lengths[one] * lengths[other])
    near: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for (one, other), cosine in alike.items():
        rounded = round(cosine, 6)
        near[one].append((-rounded, other))
        near[other].append((-rounded, one))
    return {
        (min(one, other), max(one, other)): -negative
        for one, found in near.items()
        for negative, other in sorted(found)[:_NEAREST]
    }
