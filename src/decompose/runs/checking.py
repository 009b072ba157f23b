"""Has the code kept to a split, or gone away from it? What crosses in a later run and did not in an earlier one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from decompose.boundaries import split_from_assignment
from decompose.boundaries.crossings import Crossing, crossings
from decompose.boundaries.partition import Placement, with_their_files
from decompose.boundaries.split import Split
from decompose.database import split_database
from decompose.errors import InputError
from decompose.system.divisible import had_by_each
from decompose.system.model import Record, System
from decompose.wording import counted


class Finding(Record, frozen=True):
    """Something that crosses between services. ``kind`` is that of the crossing, or ``transaction``.

    ``source`` and ``target`` are definitions, or tables as ``table:NAME``; a transaction has no target, and ``services`` are those whose
    tables it writes. ``places`` counts the lines behind a crossing, of which ``file`` and ``line`` are the first.
    """

    kind: str
    services: tuple[str, ...]
    source: str
    target: str
    file: str
    line: int
    places: int = 1

    def __str__(self) -> str:
        if self.kind == "transaction":
            return f"transaction {self.source} writes tables of {', '.join(self.services)}"
        more = f" (and {counted(self.places - 1, 'more place')})" if self.places > 1 else ""
        return f"{' -> '.join(self.services)}: {self.kind}, {self.source} -> {self.target}{more}"


class Check(Record, frozen=True):
    """What came and what went between two runs, seen from one split.

    ``kept`` counts what crosses in both, ``placed`` the units and tables that only the later run has: a unit goes with all others of its
    file where these are together, and else, as a table does, where its ties lead.
    """

    split: str
    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]
    kept: int
    placed: int

    @property
    def passed(self) -> bool:
        """Whether nothing came."""
        return not self.new


def check(earlier: System, later: System, split: Split) -> Check:
    """Lay a split of the earlier system over the later one. What is matched by name alone is no finding.

    The same two units may tie more often than before: what counts is that a unit, or a table, is tied to one of another service in a
    way in which it was not. A transaction counts when it writes tables of a service that it did not.
    Raises `InputError` where the two have nothing in common.
    """
    divided = {table.name for table in later.tables} - had_by_each(later)
    known = {unit.id for unit in later.units} | {f"table:{table}" for table in divided}
    homes = {member: service for member, service in split.services_of().items() if member in known}
    if not homes:
        raise InputError(
            f"{split.name}: nothing that it places is in the later run. Are these two runs of one application?"
        )
    beside = with_their_files(later, homes)
    laid = split_from_assignment(later, [Placement(*home) for home in beside.items()], split.name)
    before, after = _ties(earlier, split), _ties(later, laid)
    spanned, spanning = _transactions(earlier, split), _transactions(later, laid)
    return Check(
        split=split.name,
        new=(*_missing(after, before), *_widened(spanning, spanned)),
        gone=(*_missing(before, after), *_widened(spanned, spanning)),
        kept=len(before.keys() & after.keys()) + len(spanned.keys() & spanning.keys()),
        placed=len(known) - len(homes),
    )


def _ties(system: System, split: Split) -> dict[tuple[str, ...], Finding]:
    """What crosses, by what makes it the same in another run: the two units and the kind, on whatever line."""
    found: dict[tuple[str, ...], list[Crossing]] = defaultdict(list)
    for crossing in crossings(system, split):
        if crossing.resolution != "guessed":
            found[crossing.source_unit, crossing.target_unit, crossing.kind].append(crossing)
    return {key: _of_places(places) for key, places in found.items()}


def _of_places(places: Sequence[Crossing]) -> Finding:
    first = min(places, key=lambda place: (place.file, place.line, place.source, place.target))
    return Finding(
        kind=first.kind,
        services=(first.source_service, first.target_service),
        source=first.source,
        target=first.target,
        file=first.file,
        line=first.line,
        places=len({(place.file, place.line) for place in places}),
    )


def _transactions(system: System, split: Split) -> dict[str, Finding]:
    """Who opens a transaction that spans services, and all services that it writes to, whatever it is called with."""
    found: dict[str, Finding] = {}
    for spanning in split_database(system, split).spanning_transactions:
        opened = spanning.transaction
        name = opened.name
        services = {*spanning.services, *(found[name].services if name in found else ())}
        found[name] = Finding(
            kind="transaction",
            services=tuple(sorted(services)),
            source=name,
            target="",
            file=opened.file,
            line=opened.line,
        )
    return found


def _missing(here: Mapping[tuple[str, ...], Finding], there: Mapping[tuple[str, ...], Finding]) -> list[Finding]:
    """What ties only here; an inherited method that does so for several classes is told once."""
    return sorted({here[key] for key in here.keys() - there.keys()}, key=_in_order)


def _widened(here: Mapping[str, Finding], there: Mapping[str, Finding]) -> list[Finding]:
    """Transactions that write tables of a service here to which they do not write there."""
    wider = (
        finding
        for name, finding in here.items()
        if name not in there or not set(finding.services) <= set(there[name].services)
    )
    return sorted(wider, key=_in_order)


def _in_order(finding: Finding) -> tuple[str, ...]:
    return (*finding.services, finding.file, f"{finding.line:9}", finding.kind, finding.source, finding.target)
