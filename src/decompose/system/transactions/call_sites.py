"""The calls of one function on a line of another, with what each of them brings by which parameter: worked out once for all who call."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from decompose.linking.program import Scope
from decompose.linking.values import Value
from decompose.system.calls.arguments import Given
from decompose.system.calls.placement import Placement
from decompose.system.transactions.brought import Brought, Sources
from decompose.system.transactions.narrowed import Actor, plain
from decompose.system.transactions.telling import SEVERAL, TellingParameters


class Calls:
    """The calls of one function on a line of another, by their positions."""

    def __init__(self) -> None:
        self.given: list[tuple[Given, Scope]] = []
        self.of_unit: dict[str, set[int]] = {}
        """Unit -> the calls for which it is who acts in what is called."""
        self.by_unit: dict[str, set[int]] = {}
        """Unit -> the calls that are made on its behalf."""
        self.brought: dict[tuple[int, str], Sources] = {}
        """Call and parameter -> what it brings by it, as far as that was asked."""
        self.of_objects: dict[tuple[int, str], Sources] = {}
        """Call and unit -> what the objects called bring that are of this unit's class."""


_NONE = Calls()


class CallSites:
    """Answers for one linked program; ``definitions`` are those whose calls are asked for."""

    def __init__(
        self, placement: Placement, brought: Brought, parameters: TellingParameters, definitions: Iterable[str]
    ) -> None:
        self.placement = placement
        self.brought = brought
        self.parameters = parameters
        self.definitions = definitions

    def of(self, caller: Actor, line: int, target: Actor) -> tuple[Calls, list[int]]:
        """The calls of one function at a line of another, and which of them hold for the units that act."""
        calls = self._by_line.get((caller[0], line, target[0]), _NONE)
        unit = plain(caller)[1]
        # What a method asks of its own class, it asks of the class that acts.
        found = calls.of_unit.get(unit, set()) | calls.of_unit.get(target[1], set())
        # A function that is given no object, and what is asked of a class by its name, acts for no class below it.
        found = found or calls.of_unit.get(self.placement.home(target[0]), set())
        # Where nothing differs for a class, or too much was looked at to look again, the frame of all who inherit tells.
        home = self.placement.home(caller[0])
        own = found & calls.by_unit.get(unit, set()) or found & calls.by_unit.get(home, set())
        return calls, sorted(own or found)

    def brought_by(self, target: Actor, calls: Calls, at: int, name: str) -> Sources:
        """The tables that a call brings by a parameter, for a unit that acts: of the objects called only those of its class."""
        given, function = calls.given[at]
        found = calls.brought.get((at, name))
        if found is None:
            found = calls.brought[at, name] = self.parameters.brought_by(given, function, name)
        if len(found) < SEVERAL or not given.first or function.facts.parameters[0][0] != name:
            return found
        known = calls.of_objects.get((at, target[1]))
        if known is None:
            known = calls.of_objects[at, target[1]] = self._of_objects(target, given, function, found)
        return known

    def _of_objects(self, target: Actor, given: Given, function: Scope, found: Sources) -> Sources:
        receivers = [r for index, r, _ in given.site.targets if index == function.index and r >= 0]
        acting = [r for r in receivers if self.placement.acting_unit(function, r) == target[1]]
        tables = {table for r in acting for table in self.brought.tables.of_value(r)}
        return {table: leaves for table, leaves in found.items() if table in tables} if acting else found

    def tables_called(self, definition: str, line: int, target: Actor) -> frozenset[str]:
        """The tables of the objects whose method a line calls, as far as they have one: rows, queries, managers."""
        return self._called.get((definition, line, *target), frozenset())

    @cached_property
    def _called(self) -> dict[tuple[str, int, str, str], frozenset[str]]:
        linked = self.parameters.linked
        scopes, several = linked.program.scopes, self.parameters.calls_of_several
        lines = {
            s.index: several[s.definition]
            for s in scopes
            if s.definition in several and s.definition in self.definitions
        }
        found: dict[tuple[str, int, str, str], frozenset[str]] = {}

        def add(caller: int, line: int, index: int, receiver: Value) -> None:
            called, tables = (
                scopes[index],
                self.brought.tables.of_value(receiver) if receiver >= 0 else frozenset[str](),
            )
            key = (scopes[caller].definition, line, called.definition, self.placement.acting_unit(called, receiver))
            found[key] = found.get(key, tables) | tables

        for site in linked.engine.sites:
            caller = site.frame.scope.index
            if site.line in lines.get(caller, ()):
                for index, receiver, kind in site.targets:
                    if kind != "library":
                        add(caller, site.line, index, receiver)
        for caller, _, line, _, called, receiver in linked.engine.implicit_calls:
            if line in lines.get(caller, ()):
                add(caller, line, called, receiver)
        return found

    @cached_property
    def _by_line(self) -> dict[tuple[str, int, str], Calls]:
        """Who calls, on which line, and who is called -> the calls."""
        found: dict[tuple[str, int, str], Calls] = {}
        for definition in self.definitions:
            for given, function in self.parameters.calls(definition):
                site = given.site
                key = (site.frame.scope.definition, site.line, definition)
                calls = found.get(key)
                if calls is None:
                    calls = found[key] = Calls()
                at = len(calls.given)
                receivers = [receiver for index, receiver, _ in site.targets if index == function.index]
                for unit in {self.placement.acting_unit(function, r) for r in receivers or site.wrappers.values()}:
                    calls.of_unit.setdefault(unit, set()).add(at)
                calls.by_unit.setdefault(self.placement.acting_in(site.frame), set()).add(at)
                calls.given.append((given, function))
        return found
