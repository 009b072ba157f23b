"""What a run says of itself when it is done, small enough to be told again without reading the run."""

from __future__ import annotations

import msgspec


class Outcome(msgspec.Struct, array_like=True, frozen=True):
    """The parts of the summary on the terminal, each as lines. ``unparsed`` counts the files that could not be parsed."""

    read: tuple[str, ...]
    unparsed: int
    services: tuple[str, ...]
    verdict: tuple[str, ...]
