"""What is looked up once for each system or program, and forgotten with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

Owner = TypeVar("Owner")
Made = TypeVar("Made")


def made_once(make: Callable[[Owner], Made]) -> Callable[[Owner], Made]:
    """The function that does what ``make`` does the first time that it is asked for an owner, and gives the same from then on."""
    known: WeakKeyDictionary[Owner, Made] = WeakKeyDictionary()

    @wraps(make)
    def given(owner: Owner) -> Made:
        made = known.get(owner)
        if made is None:
            made = known[owner] = make(owner)
        return made

    return given
