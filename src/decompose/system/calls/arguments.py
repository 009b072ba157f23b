"""What the application's own calls give for a parameter, also where others pass the arguments on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from decompose.facts import Op
from decompose.facts.records import ParameterKind, Ref
from decompose.linking import Linked
from decompose.linking.frames import Site
from decompose.linking.program import Scope

_MAX_STEPS = 6
_MAX_NODES = 40
"""A name that loops and blocks hand on is so many nodes at most."""


class Given(NamedTuple):
    """A call that gives a function its arguments, itself or through who passes them on.

    ``shift`` is added to the position of a parameter to get that of its argument; parameters before ``first`` are not
    given here by position.
    """

    site: Site
    shift: int
    first: int

    def argument(self, function: Scope, name: str) -> Ref:
        """The ref that is given for a parameter; -1 where there is none, or its position is not known."""
        by_name = self.site.argument(-1, name)
        if by_name != -1:
            return by_name
        parameter = next(p for p in function.facts.parameters if p[0] == name)
        if parameter[4] != ParameterKind.POSITIONAL:
            return -1
        position = function.facts.parameters.index(parameter)
        place = position + self.shift
        if position < self.first or not 0 <= place < len(self.site.arguments):
            return -1
        if any(_is_starred(ref) for ref in self.site.arguments[: place + 1]):
            return -1
        return self.site.arguments[place]


class _Hand(NamedTuple):
    """A call that a function is an argument of."""

    site: Site
    position: int
    bound: bool


def _is_starred(ref: Ref) -> bool:
    return isinstance(ref, list) and ref[0] == "*"


def parameter_of(function: Scope, ref: Ref) -> str:
    """The parameter of ``function`` that a ref is, and nothing else; empty if it is none."""
    names = function.parameter_names()
    if type(ref) is not int or ref < 0 or not names:
        return ""
    if ref in names:
        return names[ref]
    found, seen, waiting = "", set[int](), [ref]
    while waiting and len(seen) <= _MAX_NODES:
        node = waiting.pop()
        if type(node) is not int or node < 0:
            return ""
        if node in seen:
            continue  # a loop hands the name on to its next turn
        seen.add(node)
        if node in names:
            if found not in ("", names[node]):
                return ""
            found = names[node]
            continue
        producers = function.operations_producing(node)
        if not producers or any(producer[0] != Op.COPY for producer in producers):
            return ""
        waiting += (producer[2] for producer in producers)
    return found if not waiting else ""


class Arguments:
    """Answers for one linked program."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self._rests: dict[int, frozenset[int]] = {}

    def find_calls(self) -> None:
        """Find out now what is asked of many."""
        _ = self._calls, self._makings

    def calls(self, function: Scope) -> list[Site]:
        """The calls of a function in the application."""
        return list(self._calls.get(function.index, ()))

    def sites_of_calls(self) -> Iterator[Site]:
        """The calls in the application of its own functions, each once."""
        scopes, seen = self.linked.program.scopes, set[int]()
        for target, calls in self._calls.items():
            for site in calls if not scopes[target].library else ():
                if id(site) not in seen:
                    seen.add(id(site))
                    yield site

    def given_directly(self, function: Scope) -> Iterator[Given]:
        """The calls in the application that give ``function`` its arguments themselves."""
        target, before = function.index, None
        for site in self._calls.get(target, ()):
            if site is not before:
                before = site
                for other, of, kind in site.targets:
                    if other == target and kind == "call":
                        yield Given(site, -(of >= 0), int(of >= 0))

    def given_when_made(self, initialiser: Scope) -> Iterator[Given]:
        """The calls in the application that make an object with this ``__init__``."""
        for site in self._makings.get(initialiser.index, ()):
            yield Given(site, -1, 1)

    def given(self, function: Scope) -> Iterator[Given]:
        """All calls in the application that give ``function`` arguments."""
        yield from self.given_directly(function)
        # ``pass_on(function, a, b)`` where somebody calls ``function(own, *rest)``: a and b are the rest.
        for hand in self._handed.get(function.index, ()):
            before = self._before(function, hand)
            if before is not None:
                yield Given(hand.site, hand.position + 1 - hand.bound - before, hand.bound + before)
            else:
                yield Given(hand.site, 0, len(function.facts.parameters))

    def given_or_made(self, function: Scope) -> Iterator[Given]:
        """All calls that give ``function`` arguments, and those that make an object with it."""
        yield from self.given(function)
        yield from self.given_when_made(function)

    def _before(self, function: Scope, hand: _Hand) -> int | None:
        """How many arguments whoever is handed a function gives it before those that follow it; None if nothing tells.

        Told by parameters of the same name that are handed on, by a call of it with ``*rest``, or by how many are missing.
        """
        positional = [p for p in function.facts.parameters if p[4] == ParameterKind.POSITIONAL][hand.bound :]
        names = [p[0] for p in positional]
        rest = hand.site.arguments[hand.position + 1 :]
        same = {
            names.index(name) - place
            for place, ref in enumerate(rest)
            if (name := parameter_of(hand.site.frame.scope, ref)) in names
        }
        called = same or self._before_rest(function.index)
        if called:
            return next(iter(called)) if len(called) == 1 and min(called) >= 0 else None
        by_name = {name for name, _ in hand.site.keywords}
        needed = [p[0] for p in positional if p[3] is None and p[0] not in by_name]
        missing = len(needed) - len(rest)
        return missing if missing >= 0 and not any(_is_starred(ref) for ref in rest) else None

    def _before_rest(self, function: int) -> frozenset[int]:
        """How many arguments come before ``*rest`` where the function is called with such."""
        known = self._rests.get(function)
        if known is None:
            calls = self._calls.get(function, ())
            firsts = (next((i for i, ref in enumerate(s.arguments) if _is_starred(ref)), None) for s in calls)
            known = self._rests[function] = frozenset(first for first in firsts if first is not None)
        return known

    @cached_property
    def _calls(self) -> dict[int, list[Site]]:
        """Function -> the calls of it in the application; one that may be bound or not stands twice."""
        calls: dict[int, list[Site]] = {}
        for site in self.linked.engine.sites:
            if not site.frame.scope.library:
                for target, _, kind in site.targets:
                    if kind == "call":
                        calls.setdefault(target, []).append(site)
        return calls

    @cached_property
    def _makings(self) -> dict[int, list[Site]]:
        """``__init__`` -> where the application makes objects with it."""
        makings: dict[int, list[Site]] = {}
        for site in self.linked.engine.sites:
            for target, of, kind in site.targets if not site.frame.scope.library else ():
                if kind == "construct" and of >= 0:
                    makings.setdefault(target, []).append(site)
        return makings

    @cached_property
    def _handed(self) -> dict[int, list[_Hand]]:
        """Function -> where it is an argument of a call in the application that has more arguments."""
        values = self.linked.values
        handed: dict[int, list[_Hand]] = {}
        for site in self.linked.engine.sites:
            if site.frame.scope.library or len(site.arguments) + len(site.keywords) < 2:
                continue
            for position, ref in enumerate(site.arguments):
                if type(ref) is not int or ref < 0:
                    continue
                for value in self.linked.argument_values(site, ref):
                    described = values[value]
                    bound = described[0] == "B"
                    if bound:
                        described = values[described[1]]
                    if described[0] == "F" and not self.linked.program.scopes[described[1]].library:
                        handed.setdefault(described[1], []).append(_Hand(site, position, bound))
        return handed
