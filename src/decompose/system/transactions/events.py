"""What functions do in transactions, line by line: they touch tables, call others, commit, or end a transaction otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from decompose.system.model import Access

Actor = tuple[str, str]
"""A definition, and the unit on whose behalf it runs."""

Lines = tuple[tuple[int, int], ...]

Locks = Mapping[Actor, Mapping[str, Collection[int]]]
"""Who asks for the rows of which tables to be locked, at which lines."""

WRITTEN = ("write", "cascade")

SHARED = (0, 0)
"""The lines of a connection that others have as well."""


class Touched(NamedTuple):
    """A table, and how: ``read``, ``write``, ``cascade`` (written by a cascade) or ``lock``."""

    table: str
    how: str


class End(NamedTuple):
    """A commit at a line, or another end of a transaction (``kind`` is empty then).

    ``own``: the lines for which the function has the connection that it ends, if it has made that itself; ``entered``: the block
    that it has it from otherwise; ``apart``: lines that are on other connections.
    """

    line: int
    kind: str
    own: tuple[int, int] = SHARED
    entered: tuple[int, int] = SHARED
    apart: tuple[int, ...] = ()


class Event(NamedTuple):
    """Something that a function does at a line: it touches tables, calls another (``target``), or commits (``commit``: the kind).

    ``own``: the lines for which it has the connection that it does it on, if it has made that itself; ``apart`` as in `End`.
    """

    line: int
    touched: frozenset[Touched] = frozenset()
    target: Actor | None = None
    commit: str = ""
    own: tuple[int, int] = SHARED
    apart: tuple[int, ...] = ()


class Committed(NamedTuple):
    """What a commit at ``line`` commits: the tables, and the lines of the function itself that are inside."""

    actor: Actor
    kind: str
    line: int
    touched: frozenset[Touched]
    lines: Lines


def touched(access: Access, *, locks: bool) -> frozenset[Touched]:
    """What an access touches; ``locks`` says that it keeps the rows from others."""
    if access.operation != "read":
        return frozenset({Touched(access.table, "cascade" if access.by_cascade else "write")})
    return frozenset({Touched(access.table, "read")} | ({Touched(access.table, "lock")} if locks else set()))


def without(first: int, last: int, apart: Iterable[int]) -> Lines:
    """Lines without some of them, which are sorted."""
    found = []
    for line in (*apart, last + 1):
        if first <= line <= last + 1:
            if first < line:
                found.append((first, line - 1))
            first = line + 1
    return tuple(found)


def is_within(line: int, lines: Iterable[tuple[int, int]]) -> bool:
    """Whether a line is in one of some ranges."""
    return any(first <= line <= last for first, last in lines)
