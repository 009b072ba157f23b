"""What of a monolith a split divides: all of it but the tables that each service's database has of its own.

A framework keeps its own books in the database: which models are installed, who has a session. After a split each service's framework
keeps them in that service's database, and nobody asks anybody for their rows. As one table with one owner they would tie together
everything that ever looks up such a row.
"""

from __future__ import annotations

import msgspec

from decompose.system.model import System

EACH_ITS_OWN = "each service's database has its own"
NUMBERED_ANEW = (
    "Keys to it are cut: where rows that move point to one of its rows by a number, that is the number in the old database, "
    "and in the new one another row may have it."
)


def had_by_each(system: System) -> frozenset[str]:
    """The tables that each service's database has of its own."""
    return frozenset(table.name for table in system.tables if table.each_has_its_own)


def divisible(system: System) -> System:
    """The system without such tables and what is done to them.

    Its keys and transactions are those of the whole, equal to them one by one: of the tables that they name only those count that it has.
    """
    apart = had_by_each(system)
    if not apart:
        return system
    return msgspec.structs.replace(
        system,
        tables=tuple(table for table in system.tables if table.name not in apart),
        accesses=tuple(access for access in system.accesses if access.table not in apart),
        flushes=tuple(access for access in system.flushes if access.table not in apart),
        alternatives=tuple(access for access in system.alternatives if access.table not in apart),
    )
