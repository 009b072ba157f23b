"""Candidate splits: generated in different ways, scored against chance and against trivial splits, compared."""

from decompose.boundaries.comparison import Comparison, compare_splits
from decompose.boundaries.keeping import KEPT, Earlier
from decompose.boundaries.options import SplitOptions, Start
from decompose.boundaries.partition import split_from_assignment
from decompose.boundaries.propose import Proposal, propose
from decompose.boundaries.scores import DIRECTIONS, scored
from decompose.boundaries.soundness import Smallest

__all__ = [
    "DIRECTIONS",
    "KEPT",
    "Comparison",
    "Earlier",
    "Proposal",
    "Smallest",
    "SplitOptions",
    "Start",
    "compare_splits",
    "propose",
    "scored",
    "split_from_assignment",
]
