"""In which order to extract the services, and the work in each step.

`make_plan` orders the services of a split and counts the work of each step, for every candidate; `detail_plan` then says for one
plan what a team does in each step: what moves, what crosses and in which style, the operations that the new service offers,
data, sagas, what it relies on, what to watch, how to go back, and when the step is done. Styles and operations come from
`Network`, which looks at every crossing of the split once. `contracts` are the seams of phase 0 for import-linter and tach.
"""

from decompose.plan.detail import detail_plan
from decompose.plan.order import make_plan

__all__ = ["detail_plan", "make_plan"]
