"""The services of a split, each as a reader meets it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from decompose.boundaries.split import SHARED, Split
from decompose.report.cuts import Cut
from decompose.system.model import EntryPointKind, System
from decompose.wording import counted

CONTESTED = 0.5
_SUBJECTS = 3
_KINDS: Mapping[EntryPointKind, str] = {
    "http": "route",
    "command": "command",
    "task": "task",
    "schedule": "scheduled job",
    "consumer": "consumer",
    "signal": "signal handler",
    "admin": "admin page",
}


class Entry(NamedTuple):
    """An entry point and where it is."""

    kind: EntryPointKind
    name: str
    file: str
    line: int


class Contested(NamedTuple):
    """A unit, or ``table:NAME``, that at most half of the repeated clusterings put where it is."""

    id: str
    share: float
    place: str


class Sized(NamedTuple):
    """A unit with its lines."""

    id: str
    lines: int
    place: str


class Card(NamedTuple):
    """One service. ``number`` is its rank by size, from 1; ``share`` its part of all lines that are in services; ``touching`` how many of
    its units touch its tables. ``alike`` are services that no line ties to it, with what likeness does.
    """

    name: str
    number: int
    terms: tuple[str, ...]
    units: int
    lines: int
    share: float
    tables: tuple[str, ...]
    entry_points: list[Entry]
    needs: list[tuple[str, int]]
    needed_by: list[tuple[str, int]]
    confidence: float | None
    contested: list[Contested]
    largest: list[Sized]
    touching: int
    alike: list[tuple[str, str]]

    @property
    def about(self) -> str:
        """What the service is about and how large that is: ``Order, cart and coupon: 6 tables, 17 routes, 2 tasks``."""
        named = self.name.split("-")
        others = [term for term in self.terms if not any(term in part for part in named)]
        subjects = [" ".join(named), *others[: _SUBJECTS - 1]]
        listed = " and ".join(filter(None, (", ".join(subjects[:-1]), subjects[-1])))
        kinds = Counter(entry.kind for entry in self.entry_points)
        sizes = [counted(len(self.tables), "table")] if self.tables else ["no table"]
        sizes += [counted(kinds[kind], noun) for kind, noun in _KINDS.items() if kinds[kind]]
        return f"{listed[0].upper()}{listed[1:]}: {', '.join(sizes)}"


def by_size(split: Split, lines: Mapping[str, int]) -> Split:
    """The same split with its largest service first, by lines of code: the order in which services are numbered."""
    ordered = sorted(split.services, key=lambda service: (-sum(lines.get(u, 0) for u in service.units), service.name))
    return msgspec.structs.replace(split, services=tuple(ordered))


def make_cards(system: System, split: Split, cuts: list[Cut]) -> list[Card]:
    """A card for each service, in the order of ``split`` (see `by_size`)."""
    lines = {unit.id: unit.lines for unit in system.units}
    places = {unit.id: f"{unit.file}:{unit.line}" for unit in system.units}
    places |= {f"table:{table.name}": table.place for table in system.tables}
    unit_of = {d.id: d.unit for d in system.definitions}
    service_of = split.service_of_unit()
    entries: dict[str, list[Entry]] = defaultdict(list)
    for entry in system.entry_points:
        entries[service_of.get(unit_of.get(entry.handler, ""), SHARED)].append(
            Entry(entry.kind, entry.name, entry.file, entry.line)
        )
    owner = split.service_of_table()
    touching: dict[str, set[str]] = defaultdict(set)
    for access in system.accesses:
        unit = access.unit or unit_of.get(access.definition, "")
        if access.resolution != "guessed" and owner.get(access.table) == service_of.get(unit, SHARED):
            touching[owner[access.table]].add(unit)
    sizes = [sum(lines.get(unit, 0) for unit in service.units) for service in split.services]
    all_lines = sum(sizes) or 1
    cards = []
    for number, (service, size) in enumerate(zip(split.services, sizes, strict=True), 1):
        members = [*service.units, *(f"table:{table}" for table in service.tables)]
        unsure = sorted(
            (split.confidence[m], m) for m in members if round(split.confidence.get(m, 1.0), 2) <= CONTESTED
        )
        needs = [(cut.target, cut.total) for cut in cuts if cut.source == service.name and cut.total]
        needed_by = [(cut.source, cut.total) for cut in cuts if cut.target == service.name and cut.total]
        cards.append(
            Card(
                name=service.name,
                number=number,
                terms=service.terms,
                units=len(service.units),
                lines=size,
                share=size / all_lines,
                tables=service.tables,
                entry_points=entries.get(service.name, []),
                needs=needs,
                needed_by=needed_by,
                confidence=split.confidence_in(service),
                contested=[Contested(m, share, places.get(m, "")) for share, m in unsure],
                largest=units_by_size(system, service.units),
                touching=len(touching[service.name]),
                alike=_alike(split, service.name),
            )
        )
    return cards


def _alike(split: Split, service: str) -> list[tuple[str, str]]:
    """The other services that likeness alone ties to one, and by what."""
    return [
        (pair.other if pair.service == service else pair.service, ", ".join(pair.by))
        for pair in split.alike
        if service in (pair.service, pair.other)
    ]


def units_by_size(system: System, units: Iterable[str]) -> list[Sized]:
    """The units with their lines, the largest first."""
    wanted = set(units)
    chosen = sorted((u for u in system.units if u.id in wanted), key=lambda u: (-u.lines, u.id))
    return [Sized(u.id, u.lines, f"{u.file}:{u.line}") for u in chosen]
