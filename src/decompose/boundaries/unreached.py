"""Code that nothing in view enters, calls or names."""

from __future__ import annotations

from decompose.boundaries.graph import EvidenceGraph
from decompose.system.model import Unit


def unreached(graph: EvidenceGraph) -> tuple[Unit, ...]:
    """The units that no entry point, mapped class or module's top-level code leads to, through anything but imports.

    They may be dead, used by tests alone, or found by a framework by their name or place: that is not in the code.
    """
    units = graph.system.units
    tops = {graph.unit_node[unit.id] for unit in units if unit.kind == "module"}
    waiting = sorted(graph.enters | set(graph.table_node.values()) | tops)
    seen = set(waiting)
    while waiting:
        for used in graph.uses[waiting.pop()]:
            if used not in seen:
                seen.add(used)
                waiting.append(used)
    return tuple(unit for unit in units if graph.unit_node[unit.id] not in seen)
