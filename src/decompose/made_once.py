"""What is looked up once for each system or program, and forgotten with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Owner = TypeVar("Owner")
Made = TypeVar("Made")


def made_once(make: Callable[[Owner], Made]) -> Callable[[Owner], Made]:
    """The function that does what ``make`` does the first time that it is asked for an owner, and gives the same from then on.

    The owner itself keeps it, among its attributes: what is made most often refers to its owner, so that a table with weak keys
    would keep both for ever.
    """
    name = f"{make.__module__}:{make.__qualname__}"

    @wraps(make)
    def given(owner: Owner) -> Made:
        kept = vars(owner)
        if name not in kept:
            kept[name] = make(owner)
        made: Made = kept[name]
        return made

    return given
