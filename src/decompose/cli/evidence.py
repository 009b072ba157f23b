"""The evidence of ``explain`` in lines of text: what stands at one line of code and does one kind of thing is told once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from decompose.api import Join, Tie
from decompose.system.model import Access, Dependency, ForeignKey, Transaction
from decompose.wording import counted


def by_line(ties: Iterable[Tie]) -> list[list[Tie]]:
    """The ties, those of one definition at one line together that are all calls, joins, or the same operation on tables; what is exact first."""
    found: dict[tuple[object, ...], list[Tie]] = {}
    for number, tie in enumerate(ties):
        key: tuple[object, ...] = (number,)
        if isinstance(tie, Dependency):
            key = (tie.source, "" if tie.runs else tie.kind, tie.file, tie.line)
        elif isinstance(tie, Access):
            key = (tie.definition, tie.operation, tie.file, tie.line)
        elif isinstance(tie, Join):
            key = (tie.definition, Join, tie.file, tie.line)
        found.setdefault(key, []).append(tie)
    return [sorted(ties, key=lambda tie: getattr(tie, "resolution", "exact") != "exact") for ties in found.values()]


def described(ties: Sequence[Tie], *, whole: bool) -> str:
    """One line of evidence: its first tie, and how many others it has, or with ``whole`` which ones."""
    others = list(dict.fromkeys(name for tie in ties[1:] if (name := _end(tie)) != _end(ties[0])))
    if not others:
        return _told(ties[0])
    more = ", ".join(others) if whole else counted(len(others), "other")
    return f"{_told(ties[0])}; on this line also {more}"


def _end(tie: Tie) -> str:
    if isinstance(tie, Join):
        return " and ".join(tie.tables)
    return tie.target if isinstance(tie, Dependency) else tie.table if isinstance(tie, Access) else ""


def _told(tie: Tie) -> str:
    place = f"{tie.file}:{tie.line}"
    if isinstance(tie, ForeignKey):
        columns, target = ", ".join(tie.columns), ", ".join(tie.target_columns)
        return f"foreign key {tie.table}({columns}) -> {tie.target_table}({target}) ({place})"
    if isinstance(tie, Transaction):
        return f"{tie.definition} writes {', '.join(tie.tables_written)} in one transaction ({tie.scope}, {place})"
    if isinstance(tie, Join):
        return f"{tie.definition} joins {' and '.join(tie.tables)} in one statement ({tie.resolution}, {place})"
    return str(tie)
