"""After which step the rest is no longer worth its work."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from decompose.plan.step import Step


def where_to_stop(steps: Sequence[Step], small: Collection[str] = ()) -> tuple[int, str]:
    """The last step that gives a larger share of the benefit than it takes of the work.

    Benefit and work are compared as shares of their own totals over all extractions, so no common unit is assumed. ``small`` services
    are hardly worth a process, however little work they take.
    """
    taken = [step for step in steps if step.effort is not None]
    work = {step.order: (step.effort.low + step.effort.high) / 2 for step in taken if step.effort is not None}
    all_work, all_benefit = math.fsum(work.values()) or 1.0, math.fsum(step.benefit for step in taken) or 1.0
    worth = [
        step
        for step in taken
        if step.service not in small and step.benefit / all_benefit >= work[step.order] / all_work
    ]
    if not worth:
        return (
            0,
            "No step gives a larger share of the benefit than it takes of the work: after the seams are drawn, stop and look.",
        )
    last = worth[-1]
    after = [step for step in taken if step.order > last.order]
    if not after:
        return last.order, "Every step up to the last is worth its work by these counts."
    benefit = math.fsum(step.benefit for step in after) / all_benefit
    rest = math.fsum(work[step.order] for step in after) / all_work
    names = ", ".join(step.service for step in after)
    return (
        last.order,
        f"What comes after ({names}) takes {rest:.0%} of the work of all extractions and gives {benefit:.0%} of the independence.",
    )
