"""What follows from a split of a run: what the run holds of it, and the rest worked out from the system that it holds."""

from __future__ import annotations

from decompose.boundaries.split import Split
from decompose.plan.consequences import Consequences, consequences
from decompose.plan.order import By
from decompose.plan.step import EffortUnits
from decompose.runs.analysis import Analysis


def consequences_of(analysis: Analysis, split: Split, by: By = "risk") -> Consequences:
    """The database side and the plan of one split of a run, with all detail."""
    database = next((d for d in analysis.databases if d.split == split.name), None)
    plan = next((p for p in analysis.plans if p.split == split.name), None)
    detailed = plan is not None and any(step.detail is not None for step in plan.steps)
    if database is not None and database.design is not None and plan is not None and detailed and by == plan.by:
        return Consequences(database, plan)
    units = next((p.units for p in analysis.plans), EffortUnits())
    return consequences(analysis.system, split, by=by, units=units)
