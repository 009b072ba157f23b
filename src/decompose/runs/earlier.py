"""The split of an earlier run, to be kept."""

from __future__ import annotations

from pathlib import Path

from decompose.boundaries import Earlier
from decompose.runs.analysis import named_split
from decompose.runs.document import load
from decompose.runs.place import run_named


def earlier_of(given: Path) -> Earlier | None:
    """What ``RUN`` or ``RUN:SPLIT`` means; None where that is no folder. Raises `RunError`, `UnknownNameError`."""
    named = run_named(given)
    if named is None:
        return None
    analysis = load(named.folder)
    split = named_split(analysis, named.split)
    steps = next((plan.steps for plan in analysis.plans if plan.split == split.name), ())
    return Earlier(str(named.folder), analysis.system, split, tuple(step.service for step in steps if step.service))
