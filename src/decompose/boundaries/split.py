"""A candidate split: every unit and every table placed once, in a service or in the shared library."""

from __future__ import annotations

import msgspec

from decompose.system.model import Record

SHARED = "shared"
"""The name that stands for the shared library wherever a service name is expected."""


class Service(Record, frozen=True):
    """One part of a split. ``terms`` are the words that its name was made from, most telling first."""

    name: str
    units: tuple[str, ...]
    tables: tuple[str, ...]
    terms: tuple[str, ...] = ()


class Alike(Record, frozen=True):
    """Two services between which no line of code runs, though nothing ties ``service`` more than ``other`` does: ``by`` layers of
    evidence that are likeness, the heaviest first.
    """

    service: str
    other: str
    by: tuple[str, ...]


class Score(Record, frozen=True):
    """One measure of a split: ``value``, and ``z`` against splits of the same sizes with shuffled labels."""

    name: str
    value: float
    z: float | None = None


class Split(Record, frozen=True):
    """One complete proposal. ``generator`` says how it was made; a trivial split is there for comparison only.

    ``confidence`` maps a unit id, or ``table:NAME``, to 0..1: which share of an ensemble of other partitions puts it there.
    ``runners_up`` maps it to the service that most of the others put it in; what all agree on has none. What is shared, and
    what the ensemble does not place, is in neither. ``because`` says of what none of the ensemble puts where it is what puts it there.
    ``alike`` are services that stay apart because nothing but likeness ties them.
    """

    name: str
    generator: str
    trivial: bool
    services: tuple[Service, ...]
    shared: tuple[str, ...]
    scores: tuple[Score, ...] = ()
    confidence: dict[str, float] = msgspec.field(default_factory=dict)
    runners_up: dict[str, str] = msgspec.field(default_factory=dict)
    because: dict[str, str] = msgspec.field(default_factory=dict)
    alike: tuple[Alike, ...] = ()

    def score(self, name: str) -> float:
        """The value of the score ``name``; ``KeyError`` if it was not computed."""
        for score in self.scores:
            if score.name == name:
                return score.value
        raise KeyError(name)

    def confidence_in(self, service: Service) -> float | None:
        """The mean confidence of what is in a service; None where the ensemble places nothing of it."""
        members = (*service.units, *(f"table:{table}" for table in service.tables))
        shares = [self.confidence[member] for member in members if member in self.confidence]
        return sum(shares) / len(shares) if shares else None

    def services_of(self) -> dict[str, str]:
        """The service of each unit, and of each table as ``table:NAME``."""
        return {**self.service_of_unit(), **{f"table:{name}": at for name, at in self.service_of_table().items()}}

    def service_of_unit(self) -> dict[str, str]:
        """Unit id -> service name, ``shared`` for the shared library."""
        placed = dict.fromkeys(self.shared, SHARED)
        for service in self.services:
            placed.update(dict.fromkeys(service.units, service.name))
        return placed

    def service_of_table(self) -> dict[str, str]:
        """Table name -> the service that owns it."""
        return {table: service.name for service in self.services for table in service.tables}


class Recommendation(Record, frozen=True):
    """The verdict: ``split`` is the name of the recommended split, or empty for "do not split".

    ``nearest`` is then the candidate that comes nearest to being sound, which the sentence speaks of.
    """

    split: str
    sentence: str
    reasons: tuple[str, ...] = ()
    confidence: float = 0.0
    nearest: str = ""

    @property
    def shown(self) -> str:
        """The name of the split to show when no other is asked for; may be empty."""
        return self.split or self.nearest
