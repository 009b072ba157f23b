"""Changes of mapped objects that a session has not written yet, and what writes them."""

from __future__ import annotations

from typing import NamedTuple

from decompose.system.accesses.asked_flushes import Ways

Actor = tuple[str, str]
"""A definition, and the unit for which it runs."""


class Pending(NamedTuple):
    """A change to be written, or rows to be looked up for one. ``known``: the session knows the object, so that a query makes it write; ``by_cascade`` as in `Access`."""

    table: str
    operation: str
    known: bool
    by_cascade: bool


class Flush(NamedTuple):
    """A scope that writes what is pending, for a receiver; ``at_end`` where a block that begins at ``line`` ends."""

    scope: int
    receiver: int
    line: int
    at_end: bool


class Change(NamedTuple):
    """What is pending since a line of a function; ``left`` by a call on it, that itself flushes what was pending before."""

    line: float
    pending: Pending
    left: bool


class Call(NamedTuple):
    """A call that a function makes, and the ways from it to a flush by the function's own arguments; half a line behind the block that it leaves."""

    line: float
    called: Actor
    ways: Ways


class Written(NamedTuple):
    """A table that a flush writes, or reads for what it writes."""

    flush: Flush
    table: str
    operation: str
    by_cascade: bool
