"""Which of several classes of one table is its model: scripts keep copies of models that state the few columns that they need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from decompose.linking.found import FoundTable

if TYPE_CHECKING:
    from decompose.linking.hierarchy import Hierarchy


def fullest_first(found: Sequence[FoundTable], hierarchy: Hierarchy) -> list[FoundTable]:
    """The same in the same order, but that the class with the most columns comes before those of the same table that have nothing to do with it."""
    named: dict[str, list[int]] = {}
    for place, one in enumerate(found):
        if one.cls is not None and one.file:
            named.setdefault(one.name, []).append(place)
    ordered = list(found)
    for places in named.values():
        first = _model(places, found, hierarchy)
        if first != places[0] and not _are_related(found[first], found[places[0]], hierarchy):
            moved = [first, *(place for place in places if place != first)]
            for place, origin in zip(places, moved, strict=True):
                ordered[place] = found[origin]
    return ordered


def _model(places: Sequence[int], found: Sequence[FoundTable], hierarchy: Hierarchy) -> int:
    """The place of the class with the most columns, or of what it inherits the table from."""
    if len(places) == 1:
        return places[0]
    fullest = max(places, key=lambda place: (len(found[place].columns), -place))
    cls = found[fullest].cls
    above = hierarchy.order(cls) if cls is not None else ()
    return max((p for p in places if found[p].cls in above), key=lambda p: above.index(found[p].cls), default=fullest)


def _are_related(one: FoundTable, other: FoundTable, hierarchy: Hierarchy) -> bool:
    if one.cls is None or other.cls is None:
        return True
    return one.cls in hierarchy.order(other.cls) or other.cls in hierarchy.order(one.cls)
