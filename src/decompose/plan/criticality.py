"""How critical a service is: what of the traffic would feel a step that goes wrong, where the traffic is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from decompose.boundaries.split import Split
from decompose.system.model import StatementCount, System
from decompose.wording import counted


class Criticality(NamedTuple):
    """Service -> share of all statements that the database counted, by runs, which touch its tables.

    ``runs`` is 0 where nothing was counted: then every service is as critical as any other.
    """

    runs: int
    shares: Mapping[str, float]

    def weight(self, service: str) -> float:
        """By what the work on a service is multiplied to get its risk: 1 for what nobody asks for, 2 for what every statement touches."""
        return 1 + self.shares.get(service, 0.0)

    def said_of(self, service: str) -> str:
        """The share of a service, for its reason; empty where nothing was counted."""
        return f", with {self.shares.get(service, 0.0):.0%} of the statements on its tables" if self.runs else ""

    def __str__(self) -> str:
        if self.runs:
            return f"How critical a service is, is the share of the {counted(self.runs, 'statement')} counted by the database that touch its tables: what crosses weighs so much more."
        return "How critical a service is, is judged by its entry points, transactions and callers alone: no traffic was counted (`analyze --database` reads what the database counts)."


def criticality_of(system: System, split: Split) -> Criticality:
    """What the database counted, by the services of a split."""
    owner = split.service_of_table()
    touching: Counter[str] = Counter()
    for count in system.statement_counts:
        for service in owners_of(count, owner):
            touching[service] += count.calls
    runs = sum(count.calls for count in system.statement_counts)
    return Criticality(runs, {service: count / runs for service, count in sorted(touching.items())} if runs else {})


def owners_of(count: StatementCount, owner: Mapping[str, str]) -> tuple[str, ...]:
    """The services whose tables a counted statement touches; ``owner``: table -> service."""
    tables = sorted({*count.tables_read, *count.tables_written})
    return tuple(dict.fromkeys(owner[table] for table in tables if table in owner))
