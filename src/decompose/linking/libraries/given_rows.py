"""Rows that a framework gives to functions of the application: where they come from, and what they have by then."""

from __future__ import annotations

from typing import Any, NamedTuple

from decompose.linking.program import Scope


class GivenRows(NamedTuple):
    """Of one way in which a function gets rows: the models of these, the application's function that makes their query, and what is
    loaded along besides.
    """

    models: tuple[Scope, ...]
    maker: Scope | None
    along: tuple[str, ...]
    within: tuple[str, ...] = ()
    """The relations that lead from the rows of the query to the rows that the function is given."""
    changed: bool = False
    """Whether the rows may have been written before, so that their collections are asked for anew."""
    source: tuple[Scope, Any] | None = None
    """What code gives instead of a query: a function and a ref in it."""
    before: tuple[tuple[Scope, int], ...] = ()
    """The functions that are given the same row before, each with the position of the parameter."""
