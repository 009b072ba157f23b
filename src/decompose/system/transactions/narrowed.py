"""Definitions as their callers have them run, told apart by a number; and what was found of that, read from a finished system."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from decompose.linking.effects import ALONG
from decompose.system.model import Access, System

Actor = tuple[str, str]
"""A definition, and the unit on whose behalf it runs, with the number of what it is given behind it, where that is told."""

_MARK = "\x00"


def plain(actor: Actor) -> Actor:
    """An actor whatever it is given."""
    return (actor[0], actor[1].partition(_MARK)[0]) if _MARK in actor[1] else actor


def number_of(actor: Actor) -> int:
    """The number of what an actor is given; -1 where that may be anything."""
    _, mark, number = actor[1].partition(_MARK)
    return int(number) if mark else -1


def numbered(actor: Actor, number: int) -> Actor:
    """An actor with what it is given; itself for -1."""
    return (actor[0], f"{actor[1]}{_MARK}{number}") if number >= 0 else actor


class Narrowing(Protocol):
    """Who knows what an actor does with what it is given."""

    @property
    def telling(self) -> Collection[str]:
        """The definitions of which what they are given tells what they do."""

    def enter(self, caller: Actor, line: int, target: Actor) -> tuple[Actor, ...]:
        """Whom a call at a line is of, with what it is given there."""

    def touches(self, actor: Actor, access: Access) -> bool:
        """Whether an actor does what its definition may do."""

    def calls(self, actor: Actor, line: int, target: Actor) -> bool:
        """Whether an actor makes a call that its definition may make."""

    def uncalled(self, actor: Actor) -> Collection[tuple[int, str, str]]:
        """What of the calls in an inherited method does not hold for the class that acts: lines with who is not called."""

    def each(self, actor: Actor) -> list[Actor]:
        """An actor of which nobody says what it is given: once for each object that it is seen to act for."""


class Asked(Narrowing, Protocol):
    """Who can tell it for requests as well."""

    def enter_by_request(self, caller: Actor, line: int, target: Actor) -> tuple[Actor, ...]:
        """Whom a call at a line is of, where what is not known to be given stands for nothing."""


class ByRequest:
    """What is asked of ``contexts`` for who follows what a request leads to."""

    def __init__(self, contexts: Asked) -> None:
        self.enter = contexts.enter_by_request
        self.telling, self.touches, self.calls = contexts.telling, contexts.touches, contexts.calls
        self.uncalled, self.each = contexts.uncalled, contexts.each


class Recorded:
    """What a finished system has kept of it; ``by_request``: for who follows what a request leads to."""

    def __init__(self, system: System, *, by_request: bool = False) -> None:
        self._entered = {
            (numbered((e.definition, e.unit), e.number), e.line, (e.target, e.target_unit)): tuple(
                numbered((e.target, e.target_unit), number) for number in e.numbers
            )
            for e in system.entered
            if by_request or not e.by_request
        }
        self.telling = frozenset(e.target for e in system.entered)
        self._untouched: dict[Actor, frozenset[tuple[int, str, bool]]] = {}
        self._uncalled: dict[Actor, frozenset[tuple[int, str, str]]] = {}
        for n in system.narrowed:
            actor = numbered((n.definition, n.unit), n.number)
            self._untouched[actor], self._uncalled[actor] = frozenset(n.untouched), frozenset(n.uncalled)

    def enter(self, caller: Actor, line: int, target: Actor) -> tuple[Actor, ...]:
        """Whom a call at a line is of, with what it is given there."""
        return self._entered.get((caller, line, target), (target,))

    def touches(self, actor: Actor, access: Access) -> bool:
        """Whether an actor does what its definition may do."""
        known = self._untouched
        done = access.line, access.table, access.rule.endswith(ALONG)
        return done not in known.get(actor, ()) and done not in known.get(plain(actor), ())

    def calls(self, actor: Actor, line: int, target: Actor) -> bool:
        """Whether an actor makes a call that its definition may make."""
        done = (line, *target)
        return done not in self._uncalled.get(actor, ()) and done not in self.uncalled(actor)

    def uncalled(self, actor: Actor) -> Collection[tuple[int, str, str]]:
        """What of the calls in an inherited method does not hold for the class that acts."""
        return self._uncalled.get(plain(actor), ())

    def each(self, actor: Actor) -> list[Actor]:
        """Nobody asks more of a finished system than it has kept."""
        return [actor]
