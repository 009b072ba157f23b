"""Which unit acts: the one that holds a definition, or the concrete class that an inherited method runs for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decompose.system.model import Access, Dependency, System


class ActingUnits:
    """Looks up units for the records of one system."""

    def __init__(self, system: System) -> None:
        self._unit_of = {definition.id: definition.unit for definition in system.definitions}

    def of(self, definition: str) -> str:
        """The unit that holds ``definition``; an unknown id stands for itself."""
        return self._unit_of.get(definition, definition)

    def ends(self, edge: Dependency) -> tuple[str, str]:
        """The units that act at the source and the target of ``edge``."""
        return edge.source_unit or self.of(edge.source), edge.target_unit or self.of(edge.target)

    def accessing(self, access: Access) -> str:
        """The unit that reads or writes."""
        return access.unit or self.of(access.definition)
