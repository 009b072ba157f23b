"""Which unit code belongs to, and on whose behalf it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from decompose.linking import Linked
from decompose.linking.frames import Frame
from decompose.linking.program import Scope
from decompose.linking.values import Value

Item = TypeVar("Item")
_Place = tuple[str, str, int]


class Placement:
    """Which unit a scope belongs to, and which unit acts when an inherited method runs."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._units: dict[int, str] = {}
        self._homes: dict[str, str] = {}
        self._acting: dict[int, str] = {}
        """Unit of a scope with its receiver; both are one number, for there are many of them."""
        self._acting_in: dict[int, str] = {}

    def unit_of(self, scope: Scope) -> str:
        """The unit that a scope is in: its module's top-level class or function, or the module's own code."""
        unit = self._units.get(scope.index)
        if unit is None:
            name = scope.facts.qualname.partition(".")[0]
            unit = self._units[scope.index] = f"{scope.module.name}:{name}"
        return unit

    def home(self, definition: str) -> str:
        """The unit that a definition is written in."""
        unit = self._homes.get(definition)
        if unit is None:
            module, _, name = definition.partition(":")
            unit = self._homes[definition] = f"{module}:{name.partition('.')[0]}"
        return unit

    def acting_unit(self, scope: Scope, receiver: Value) -> str:
        """The unit on whose behalf a scope runs: the receiver's class where a method is inherited."""
        if receiver < 0:
            return self.unit_of(scope)
        key = scope.index << 32 | receiver
        unit = self._acting.get(key)
        if unit is None:
            unit = self._acting[key] = self._unit_behind(scope, receiver)
        return unit

    def acting_in(self, frame: Frame) -> str:
        """The unit on whose behalf the scope of a frame runs there."""
        unit = self._acting_in.get(frame.index)
        if unit is None:
            unit = self._acting_in[frame.index] = self.acting_unit(frame.scope, frame.acting)
        return unit

    def _unit_behind(self, scope: Scope, receiver: Value) -> str:
        holder = scope
        while not holder.is_method and holder.parent is not None:
            holder = holder.parent
        description = self.linked.values[receiver]
        if holder.parent is not None and holder.is_method and description[0] in ("I", "C"):
            cls = self.linked.program.scopes[description[1]]
            if cls is not holder.parent and not cls.library:
                return self.unit_of(cls)
        return self.unit_of(scope)


def without_inherited_copies(
    items: Iterable[Item], placement: Placement, site: Callable[[Item], tuple[_Place, str, str]]
) -> list[Item]:
    """Leave out what a method does for a subclass just as it does it for the class that defines it.

    ``site`` gives the place of an item (with its definition first), the unit that acts, and what it leads to.
    A subclass keeps what it adds, and everything where it does something else.
    """
    listed = [(item, *site(item)) for item in items]
    inherited = {place for _, place, unit, _ in listed if unit != placement.home(place[0])}
    effects: dict[_Place, dict[str, set[str]]] = {place: {} for place in inherited}
    for _, place, unit, effect in listed:
        if place in inherited:
            effects[place].setdefault(unit, set()).add(effect)
    kept = []
    for item, place, unit, effect in listed:
        home = placement.home(place[0])
        at_home = effects[place].get(home) if unit != home else None
        if at_home is None or not (at_home <= effects[place][unit] and effect in at_home):
            kept.append(item)
    return kept
