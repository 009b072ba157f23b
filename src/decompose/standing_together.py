"""What stays of much that was needed, moved together: while a little of it stands in each part of the memory, none goes back."""

from __future__ import annotations

import gc
import pickle
from collections.abc import Callable
from typing import TypeVar

Made = TypeVar("Made")


def standing_together(make: Callable[[], Made], *, worth_it: Callable[[Made], bool]) -> Made:
    """What ``make`` makes; where that is ``worth_it``, a copy of it that is made when all else is gone."""
    made = make()
    if not worth_it(made):
        return made
    content = pickle.dumps(made, pickle.HIGHEST_PROTOCOL)
    del made
    gc.collect()  # also gives back what the interpreter keeps for new tuples and lists
    copy: Made = pickle.loads(content)  # noqa: S301 - what this process wrote a moment ago
    return copy
