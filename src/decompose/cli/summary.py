"""What a run says on the terminal when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from decompose.runs.outcome import Outcome


def summary(outcome: Outcome, run: Path) -> Iterator[str]:
    """The lines: what was read, what was found, the verdict, where the report is."""
    yield from outcome.read
    if outcome.unparsed:
        files = "1 file" if outcome.unparsed == 1 else f"{outcome.unparsed:,} files"
        yield f"{files} could not be parsed: decompose export {run} blind_spots"
    yield ""
    yield from outcome.services
    yield ""
    yield from outcome.verdict
    yield ""
    yield f"Report: {run / 'report.html'}"
