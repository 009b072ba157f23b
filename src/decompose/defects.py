"""A defect of this program at one place does not take the whole answer with it: the place is told, counted and left out.

A bug stays a bug: it is named as one wherever it is told, and with ``DECOMPOSE_STRICT`` set, as in the tests, it ends the run.
"""

from __future__ import annotations

import os
from pathlib import PurePath

STRICT = "DECOMPOSE_STRICT"
"""The variable of the environment that lets a defect end the run, with its traceback."""

KIND = "defect"
"""The kind of its blind spots."""


def told_defect(problem: Exception) -> str:
    """What failed and where in this program; raises ``problem`` again where `STRICT` is set, and if the memory is used up."""
    if os.environ.get(STRICT) or isinstance(problem, MemoryError):
        raise problem
    step = problem.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    code = step.tb_frame.f_code if step is not None else None
    where = f" in {PurePath(code.co_filename).stem}.{code.co_name}" if code is not None else ""
    problem.__traceback__ = None  # by its frames it would hold whatever was at hand
    return f"decompose itself failed here ({type(problem).__name__}{where}): please report it"
