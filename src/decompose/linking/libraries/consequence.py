"""What follows from an operation on rows by what their class declares."""

from __future__ import annotations

from typing import NamedTuple

from decompose.linking.effects import ALONG, IF_THERE
from decompose.linking.program import Scope

BY_CASCADE = ", by cascade"
"""Rows of others are deleted or changed because a row is deleted."""

BY_COPY = ", by copy"
"""A change of a row is copied to its history."""


AT_FLUSH = ", when it is flushed"
"""Rows are looked up only where the session writes what is pending, by whoever makes it do so."""

APART = ", in a statement of its own"
"""Rows are looked up by themselves, whatever else stands on the line: nothing is joined with them."""


class Consequence(NamedTuple):
    """An operation and the class, or the table without one, that it is done to.

    ``how`` it comes to that: `BY_CASCADE`, `BY_COPY`, `APART`, or empty where it belongs to the operation itself. ``if_there``: the statement is sent only if there are rows to which it applies, which another one has looked for. ``at_flush``: it is sent where the session is flushed.
    """

    operation: str
    thing: Scope | str
    if_there: bool = False
    how: str = ""
    at_flush: bool = False

    def rule(self, cause: str) -> str:
        """The rule of the access, for the rule of the access that causes it."""
        return f"{cause}{self.how}{AT_FLUSH if self.at_flush else ''}{IF_THERE if self.if_there else ''}{ALONG}"
