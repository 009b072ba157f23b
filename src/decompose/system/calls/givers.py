"""Who gives a function another one to call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from decompose.linking import Linked
from decompose.linking.effects import effect_names
from decompose.linking.frames import Site
from decompose.linking.program import Scope
from decompose.linking.solver import MANY_VALUES
from decompose.linking.values import Value
from decompose.system.calls.arguments import Arguments
from decompose.system.calls.handed_parameters import parameter_behind
from decompose.system.calls.placement import Placement

Giver = tuple[str, str, str, int]
"""Definition, unit, file, line."""


class Givers:
    """Answers for one linked program, each found once."""

    def __init__(self, linked: Linked, placement: Placement, arguments: Arguments) -> None:
        self.linked = linked
        self.placement = placement
        self.arguments = arguments
        self.storing: set[Giver] = set()
        """Those who only keep a function together with what they give it, to be called later: ``partial(run, hook)``."""
        self._known: dict[tuple[int, str], dict[int, set[Giver]]] = {}
        self._bound: dict[tuple[Giver, int], set[str]] = {}
        """The units for which a giver gives a method of an object or a class; empty for one that it gives by itself."""

    def of(self, helper: Scope, name: str) -> dict[int, set[Giver]]:
        """Function that is given for a parameter -> the calls that give it and do not have it from their own callers.

        Without the wrapper of a decorator that gives on what it decorates.
        """
        key = (helper.index, name)
        if key not in self._known:
            self._known[key] = {}  # for a helper that calls itself
            self._known[key] = self._find(helper, name)
        return self._known[key]

    def gives_for(self, giver: Giver, function: int, unit: str) -> bool:
        """Whether a function that somebody gives acts for a unit."""
        units = self._bound.get((giver, function), set())
        return not units or "" in units or unit in units

    def _find(self, helper: Scope, name: str) -> dict[int, set[Giver]]:
        found: dict[int, set[Giver]] = {}
        for given in self.arguments.given(helper):
            site, ref = given.site, given.argument(helper, name)
            if type(ref) is not int or ref < 0:
                continue
            caller = site.frame.scope
            unit = self.placement.acting_in(site.frame)
            giver = (caller.definition, unit, caller.module.file, site.line)
            if _stores(self.linked, site):
                self.storing.add(giver)
            outer = parameter_behind(caller, ref)
            before = self.of(*outer) if outer is not None else {}
            for index, givers in before.items():
                found.setdefault(index, set()).update(givers)
            decorated = {
                # Also what a decorator hands on to a function that makes the wrapper.
                f.index
                for frame in (site.frame, site.frame.parent)
                for f in self.linked.engine.decorated(frame, between=True)
            }
            values = self.linked.argument_values(site, ref)
            brought = {f.index: f for f in self._functions_behind(values) if f.is_function and f.index not in before}
            if len(brought.keys() - decorated) > MANY_VALUES and self._are_mixed(values):
                continue
            for function in brought.values():
                found.setdefault(function.index, set()).update(() if function.index in decorated else (giver,))
            for value in values:
                bound, acting = self._bound_by(value)
                if bound is not None and bound.index in found and bound.index not in before:
                    self._bound.setdefault((giver, bound.index), set()).add(acting)
        return found

    def _are_mixed(self, values: Iterable[Value]) -> bool:
        """Whether there are also objects or containers of the application: functions that come along are not given to be called."""
        described = (self.linked.values[value] for value in values)
        scopes = self.linked.program.scopes
        return any(d[0] == "O" or (d[0] == "I" and not scopes[d[1]].library) for d in described)

    def _functions_behind(self, values: Iterable[Value]) -> Iterator[Scope]:
        """The functions among values, and those that wrappers among them are put around."""
        yield from self.linked.functions_among(values)
        engine = self.linked.engine
        for value in sorted(values):
            described = self.linked.values[value]
            if described[0] == "F" and described[2] >= 0:
                yield from engine.decorated(engine.frames[described[2]], between=True)

    def _bound_by(self, value: Value) -> tuple[Scope | None, str]:
        """The function that a value is, and the unit that acts if it is a method of something."""
        described = self.linked.values[value]
        receiver = described[2] if described[0] == "B" else -1
        if described[0] == "B":
            described = self.linked.values[described[1]]
        if described[0] != "F":
            return None, ""
        function = self.linked.program.scopes[described[1]]
        return function, self.placement.acting_unit(function, receiver) if receiver >= 0 else ""


def _stores(linked: Linked, site: Site) -> bool:
    """Whether a call only keeps a function with its arguments."""
    scopes = linked.program.scopes
    return any(
        "supplies" in effect_names(linked.engine, scopes[index]) for index, _, kind in site.targets if kind == "library"
    )
