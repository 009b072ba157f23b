"""What follows from an operation on rows by what their class declares."""

from __future__ import annotations

from typing import NamedTuple

from decompose.linking.program import Scope


class Consequence(NamedTuple):
    """An operation and the class, or the table without one, that it is done to.

    ``if_there``: the statement is sent only if there are rows to which it applies, which another one has looked for.
    """

    operation: str
    thing: Scope | str
    if_there: bool = False
