"""What a run says of itself when it is done, small enough to be told again without reading the run."""

from __future__ import annotations

import msgspec


class ServiceLine(msgspec.Struct, frozen=True):
    """One service in a line. ``needs`` and ``needed_by`` count the places that would cross, out and in, as `Cut` does."""

    name: str
    units: int
    tables: int
    entry_points: int
    needs: int
    needed_by: int


class Outcome(msgspec.Struct, frozen=True):
    """What was read and found, the services of the shown split, and the verdict.

    ``roots`` are the folders on the import path with their packages; ``left_out`` counts files by the reason for which they are
    kept out of the split; ``unparsed`` counts files that are not Python, ``unread`` these and all others that were found but not
    read, of which ``unread_first`` is one with its reason; ``changed`` counts files that somebody wrote to meanwhile, of which
    ``changed_first`` is one; ``defects``: places where decompose itself failed; ``calls`` and ``entry_points`` count by kind. ``recommended`` is the name of the recommended split,
    empty for "do not split"; ``split`` is the one that is shown. ``agreement`` is the share of repeated clusterings that
    agree with it, 0 where none is recommended. ``not_looked_into``: frameworks and databases of which nothing is read. ``plan`` says what to take out first, and how far the plan is worth its work;
    ``fewer`` what fewer services would break, ``toss_ups`` what belongs as well to another service. ``apart``: parts of the folder that share nothing, if there are several. ``unfitted_excludes``: patterns of files to leave out that fit none.
    """

    name: str
    files: int
    lines: int
    roots: dict[str, tuple[str, ...]]
    left_out: dict[str, int]
    unparsed: int
    unread: int
    unread_first: str
    defects: int
    units: int
    tables: int
    accesses: int
    transactions: int
    entry_points: dict[str, int]
    calls: dict[str, int]
    recommended: str
    split: str
    verdict: str
    agreement: float
    risk: str
    plan: str
    services: tuple[ServiceLine, ...]
    shared_units: int
    crossings: int
    not_looked_into: tuple[str, ...] = ()
    fewer: str = ""
    toss_ups: str = ""
    changed: int = 0
    changed_first: str = ""
    apart: tuple[str, ...] = ()
    unfitted_excludes: tuple[str, ...] = ()
