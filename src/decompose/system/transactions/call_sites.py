"""The calls of one function on a line of another, with what each of them brings by which parameter: worked out once for all who call."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from decompose.linking.frames import Frame
from decompose.linking.program import Scope
from decompose.system.calls.arguments import Given
from decompose.system.calls.placement import Placement
from decompose.system.transactions.brought import Brought, Sources
from decompose.system.transactions.narrowed import Actor, plain
from decompose.system.transactions.telling import SEVERAL, TellingParameters


class _Calls(NamedTuple):
    """The calls of one function on a line of another; ``of_unit``: the positions of those for which a unit acts."""

    given: list[tuple[Given, Scope]]
    of_unit: dict[str, list[int]]


class Sites(NamedTuple):
    """Calls on one line as they are for a unit that acts; ``brought``: parameter -> what each of them brings by it."""

    given: list[tuple[Given, Scope]]
    frames: list[Frame]
    brought: dict[str, list[Sources]]


class CallSites:
    """Answers for one linked program; ``definitions`` are those whose calls are asked for."""

    def __init__(
        self, placement: Placement, brought: Brought, parameters: TellingParameters, definitions: Iterable[str]
    ) -> None:
        self.placement = placement
        self.brought = brought
        self.parameters = parameters
        self.definitions = definitions
        self._known: dict[tuple[str, int, Actor, str], Sites] = {}

    def of(self, caller: Actor, line: int, target: Actor) -> Sites:
        """The calls of one function at a line of another, as they are for the unit that acts."""
        unit = plain(caller)[1]
        key = (caller[0], line, target, unit)
        known = self._known.get(key)
        if known is None:
            calls = self._calls_by_line.get((caller[0], line, target[0]), _Calls([], {}))
            # What a method asks of its own class, it asks of the class that acts.
            positions = {at for acting in {target[1], unit} for at in calls.of_unit.get(acting, ())}
            found = [calls.given[at] for at in sorted(positions)]
            acting = [item for item in found if self.placement.acting_in(item[0].site.frame) == unit]
            given = acting or found
            known = self._known[key] = Sites(given, [item[0].site.frame for item in given], {})
        return known

    def brought_by(self, target: Actor, sites: Sites, name: str) -> list[Sources]:
        """What each of some calls brings by a parameter."""
        known = sites.brought.get(name)
        if known is None:
            known = [self._brought_to(target, given, function, name) for given, function in sites.given]
            sites.brought[name] = known
        return known

    def _brought_to(self, target: Actor, given: Given, function: Scope, name: str) -> Sources:
        """The tables that a call brings by a parameter, for a unit that acts: of the objects called only those of its class."""
        found = self.parameters.brought_by(given, function, name)
        if len(found) < SEVERAL or not given.first or function.facts.parameters[0][0] != name:
            return found
        receivers = [r for index, r, _ in given.site.targets if index == function.index and r >= 0]
        acting = [r for r in receivers if self.placement.acting_unit(function, r) == target[1]]
        tables = {table for r in acting for table in self.brought.of_value(r)}
        return {table: leaves for table, leaves in found.items() if table in tables} if acting else found

    @cached_property
    def _calls_by_line(self) -> dict[tuple[str, int, str], _Calls]:
        found: dict[tuple[str, int, str], _Calls] = {}
        for definition in self.definitions:
            for given, function in self.parameters.calls(definition):
                site = given.site
                calls = found.setdefault((site.frame.scope.definition, site.line, definition), _Calls([], {}))
                receivers = [receiver for index, receiver, _ in site.targets if index == function.index]
                for unit in {self.placement.acting_unit(function, r) for r in receivers or site.wrappers.values()}:
                    calls.of_unit.setdefault(unit, []).append(len(calls.given))
                calls.given.append((given, function))
        return found
