"""What a user may ask of the splits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from decompose.boundaries.keeping import Earlier
from decompose.boundaries.partition import Placement
from decompose.boundaries.pins import Pins
from decompose.boundaries.soundness import USUAL, Smallest


class Start(NamedTuple):
    """A split by hand to begin with: its name, and where it puts units and tables."""

    name: str
    placements: tuple[Placement, ...]


class SplitOptions(NamedTuple):
    """What a user may ask for: the number of services, weights of evidence layers, pins, a split to start from, and the seed;
    and how small an application may be that is told to split. A split of an earlier run is kept, and shown.

    ``commits``: for each commit of the history the files that it changed; empty where there is no history.
    """

    services: tuple[int, int] | None = None
    weights: Mapping[str, float] | None = None
    seed: int = 1
    pins: Pins = Pins()
    start: Start | Earlier | None = None
    commits: tuple[tuple[str, ...], ...] = ()
    smallest: Smallest = USUAL
