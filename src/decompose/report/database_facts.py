"""What a schema or a live database that was given beside the code adds: rows, differences, how often statements ran."""

from __future__ import annotations

from typing import NamedTuple

from decompose.boundaries.split import Split
from decompose.plan.criticality import owners_of
from decompose.system.model import SchemaDifference, StatementCount, System

_SHOWN = 60
_SAID = {"code": "only the code has it", "database": "only the database has it", "": "they differ"}


class Executed(NamedTuple):
    """A statement that the database counted: how often it ran, its share of all runs, and the owners of its tables."""

    statement: StatementCount
    share: float
    services: tuple[str, ...]


class Executions(NamedTuple):
    """All counted statements; ``crossing`` is the share of runs of those that touch tables of several services.

    ``listed`` are the most frequent of them, those that cross first.
    """

    statements: int
    runs: int
    crossing_statements: int
    crossing: float
    listed: list[Executed]


class Difference(NamedTuple):
    """What the code and the database say differently, with the service that owns the table."""

    found: SchemaDifference
    said: str
    owner: str


def differences(system: System, split: Split) -> list[Difference]:
    """Every difference, in the order of the system."""
    owner = split.service_of_table()
    return [Difference(d, d.detail or _SAID[d.only_in], owner.get(d.table, "")) for d in system.schema_differences]


def executions(system: System, split: Split) -> Executions | None:
    """What the database counted, laid beside the split; None where nothing was counted."""
    if not system.statement_counts:
        return None
    owner = split.service_of_table()
    runs = sum(count.calls for count in system.statement_counts) or 1
    found = [Executed(count, count.calls / runs, owners_of(count, owner)) for count in system.statement_counts]
    crossing = [one for one in found if len(one.services) > 1]
    order = sorted(found, key=lambda one: (len(one.services) < 2, -one.statement.calls, one.statement.statement))
    return Executions(
        len(found), runs, len(crossing), sum(one.statement.calls for one in crossing) / runs, order[:_SHOWN]
    )
