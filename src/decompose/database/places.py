"""Where everything is: in which service of one split each unit, definition and table of the system is."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from decompose.boundaries.split import SHARED, Split
from decompose.database.ties import Ties
from decompose.system.model import Access, Dependency, System

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels


class Places:
    """The services of units, definitions and tables in one split."""

    def __init__(self, system: System, split: Split, ties: Ties | None = None) -> None:
        self.split = split
        self.ties = ties or Ties(system)
        self.system = self.ties.system
        self.service_of_unit = split.service_of_unit()
        self.owner_of = split.service_of_table()
        self.unit_of = self.ties.unit_of
        self.tables = self.ties.tables
        self.raising = self.ties.raising
        """Definitions that raise an exception of their own: they may refuse."""

    @property
    def accesses(self) -> dict[str, list[Access]]:
        """Table -> its accesses, without guesses."""
        return self.ties.accesses

    @cached_property
    def ends(self) -> tuple[list[str], Labels, Labels]:
        """The services, the shared library first, and for each of the calls of the system the numbers of that which calls and of that
        which is called.
        """
        import numpy as np

        number = {SHARED: 0}
        units, callers, called = self.ties.ends
        services = [number.setdefault(self.service_of_unit.get(unit, SHARED), len(number)) for unit in units]
        of_units = np.array(services, dtype=np.int64)
        return list(number), of_units[callers], of_units[called]

    def service_of(self, definition: str, unit: str = "") -> str:
        """The service of a definition, or of the unit on whose behalf it runs."""
        return self.service_of_unit.get(unit or self.unit_of.get(definition, ""), SHARED)

    def owner(self, table: str) -> str:
        """The service that owns a table; ``shared`` where none does."""
        return self.owner_of.get(table, SHARED)


def place(item: Access | Dependency) -> str:
    """``file:line``."""
    return f"{item.file}:{item.line}"
