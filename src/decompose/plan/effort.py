"""Counted work -> a range of effort, by assumptions that are written down and can be changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from decompose.plan.step import Effort, EffortUnits, WorkItem

DEFAULT_RANGES: dict[str, tuple[float, float]] = {
    "units": (0.05, 0.2),
    "tables": (1.0, 3.0),
    "entry points": (0.2, 0.5),
    "operations": (1.0, 2.0),
    "inbound calls": (0.2, 1.0),
    "outbound calls": (0.2, 1.0),
    "foreign accesses": (0.5, 2.0),
    "foreign keys": (0.5, 1.0),
    "transactions": (3.0, 8.0),
    "rows": (0.0, 0.000002),
}
"""Points for one item of each kind, low and high. One point is the work on one call site whose result is used, once the operation
that it is to call exists; all else is an assumption in proportion to that, to be replaced by a team's own experience. Rows count where
they are known, two points for a million: so many are copied in parts and compared while they change."""


def units_of(effort: Mapping[str, str | tuple[float, float]]) -> EffortUnits:
    """The assumptions of a configuration: ``unit``, and kinds of work with their ranges."""
    ranges = {kind: value for kind, value in sorted(effort.items()) if not isinstance(value, str)}
    return EffortUnits(unit=str(effort.get("unit", "points")), ranges=ranges)


def range_of(units: EffortUnits, kind: str) -> tuple[float, float]:
    """Low and high for one item; nothing for kinds that are no work of their own."""
    return units.ranges.get(kind) or DEFAULT_RANGES.get(kind) or (0.0, 0.0)


def assumptions(units: EffortUnits) -> str:
    """What one item of each kind is taken to be worth: ``tables 1 to 3; rows 0 to 0.000002``."""
    ranges = ((kind, range_of(units, kind)) for kind in DEFAULT_RANGES)
    return "; ".join(f"{kind} {_written(low)} to {_written(high)}" for kind, (low, high) in ranges if high)


def _written(number: float) -> str:
    """A number as people write it, such as ``0.000002``."""
    return f"{number:.9f}".rstrip("0").rstrip(".")


def effort_of(units: EffortUnits, work: Iterable[WorkItem]) -> Effort:
    """The range for some work."""
    low = high = 0.0
    for item in work:
        least, most = range_of(units, item.kind)
        low += least * item.count
        high += most * item.count
    return Effort(low=round(low, 1), high=round(high, 1), unit=units.unit)
