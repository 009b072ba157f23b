"""What all sections of a report look at: the shown split, its services by number, its cuts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from decompose.boundaries.split import SHARED, Service, Split
from decompose.report.cuts import Cut, find_cuts
from decompose.report.units import ActingUnits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from decompose.database.split import DatabaseSplit
    from decompose.plan.step import Plan
    from decompose.runs.analysis import Analysis

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """A line of the analysed code and its text, which is empty where it was not kept."""

    file: str
    line: int
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class ServiceRef:
    """How a service is named in the report: always by number and name, never by colour alone."""

    number: int
    name: str

    @property
    def anchor(self) -> str:
        """The id of its card in the page."""
        return f"service-{self.number}" if self.number else "shared-library"

    @property
    def hue(self) -> int:
        """Which of the palette's colours it has; 0 is the shared library's grey."""
        return (self.number - 1) % 8 + 1 if self.number else 0


@dataclass(frozen=True)
class Listed(Generic[T]):
    """The first items of a long list, and how many there are in all."""

    items: tuple[T, ...]
    total: int

    @property
    def left_out(self) -> int:
        """How many are not shown."""
        return self.total - len(self.items)


def listed(items: Sequence[T], limit: int) -> Listed[T]:
    """At most ``limit`` of ``items``. A list that is barely too long is shown whole."""
    shown = items if len(items) <= limit + limit // 10 else items[:limit]
    return Listed(tuple(shown), len(items))


class Scene:
    """One analysis seen through one split."""

    def __init__(self, analysis: Analysis, split: Split) -> None:
        self.analysis = analysis
        self.system = analysis.system
        self.split = split
        self.refs = {
            **{service.name: ServiceRef(number, service.name) for number, service in enumerate(split.services, 1)},
            SHARED: ServiceRef(0, "shared library"),
        }
        self.services: dict[str, Service] = {service.name: service for service in split.services}
        self.service_of_unit = split.service_of_unit()
        self.service_of_table = split.service_of_table()

    @cached_property
    def cuts(self) -> list[Cut]:
        """All cuts of the split."""
        return list(find_cuts(self.system, self.split))

    @cached_property
    def cuts_of_pair(self) -> dict[tuple[str, str], list[Cut]]:
        """(source service, target service) -> its cuts."""
        pairs: dict[tuple[str, str], list[Cut]] = defaultdict(list)
        for cut in self.cuts:
            pairs[cut.source_service, cut.target_service].append(cut)
        return dict(pairs)

    @cached_property
    def database(self) -> DatabaseSplit | None:
        """The database side of the split, where the analysis has it."""
        return next((item for item in self.analysis.databases if item.split == self.split.name), None)

    @cached_property
    def plan(self) -> Plan | None:
        """The extraction plan of the split, where the analysis has it."""
        return next((item for item in self.analysis.plans if item.split == self.split.name), None)

    @cached_property
    def units(self) -> ActingUnits:
        """Which unit acts in a dependency or access."""
        return ActingUnits(self.system)

    def service_of(self, definition: str) -> ServiceRef | None:
        """The service that holds ``definition``."""
        name = self.service_of_unit.get(self.units.of(definition))
        return self.refs.get(name) if name else None

    def place(self, file: str, line: int) -> Place:
        """The line with its text."""
        return Place(file, line, self.system.source_lines.get(file, {}).get(line, ""))


def shown_split(analysis: Analysis) -> Split | None:
    """The split that the report is about: the recommended one, else the best candidate for comparison's sake."""
    by_name = {split.name: split for split in analysis.splits}
    if analysis.recommendation.split in by_name:
        return by_name[analysis.recommendation.split]
    candidates: Sequence[Split] = [split for split in analysis.splits if not split.trivial] or analysis.splits
    return candidates[0] if candidates else None
