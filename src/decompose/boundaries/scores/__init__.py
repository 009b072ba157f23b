"""Scores of a split, each against splits of the same sizes with shuffled labels (the null model).

Shares lie between 0 and 1. What a nonsense split would win is told in the documentation, for every score has such a split.
"""

from decompose.boundaries.scores.chance import SHUFFLES
from decompose.boundaries.scores.measures import DESCRIPTIONS, DIRECTIONS
from decompose.boundaries.scores.scorer import Scored, Scorer, labels_of, scored, with_told

__all__ = ["DESCRIPTIONS", "DIRECTIONS", "SHUFFLES", "Scored", "Scorer", "labels_of", "scored", "with_told"]
