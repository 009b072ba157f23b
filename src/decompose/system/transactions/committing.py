"""Who commits: functions that do so themselves, or call others that do, and for which lines they have connections of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from decompose.system.transactions.events import SHARED, Actor, End, Lines, is_within

MAX_DISTANCE = 1
_FAR = 1 << 30


class Switching(Protocol):
    """Who knows which lines of a function run with what it is given."""

    def runs(self, actor: Actor, line: int) -> bool:
        """Whether a line runs."""

    def is_switched(self, actor: Actor) -> bool:
        """Whether what an actor is given says which lines run."""


class Committing:
    """Asked of every function that calls others, or commits.

    ``ends``: actor -> its commits, and what ends a transaction otherwise. ``connections``: actor -> the blocks for which it
    makes a connection. ``actors``: all that call others, or commit. ``calls``: whom an actor calls at which lines. ``own_blocks``:
    actor -> lines that are a transaction of their own. ``places``: where what an actor does stands, itself first. ``switching``:
    which lines run with what an actor is given.
    """

    def __init__(
        self,
        ends: Mapping[Actor, Sequence[End]],
        connections: Mapping[Actor, Sequence[tuple[int, int]]],
        actors: Iterable[Actor],
        calls: Callable[[Actor], Sequence[tuple[int, Actor]]],
        own_blocks: Mapping[Actor, Sequence[tuple[int, int]]],
        places: Callable[[Actor], Sequence[Actor]],
        switching: Switching,
    ) -> None:
        self.ends = ends
        self.connections = connections
        self.actors = actors
        self.calls = calls
        self.own_blocks = own_blocks
        self.places = places
        self.switching = switching
        self._blocks: dict[Actor, list[tuple[int, int]]] = {}
        self._distance: dict[Actor, int] = {}
        self.kinds = self._kinds()
        """Who may commit what others have left open, with the kind of the commit that is nearest."""
        self.ending = {*self.kinds, *(a for a, own in self.ends.items() if any(end.kind for end in own))}
        """Who may commit, itself or through calls, be it only on connections of its own."""
        self._add_ending_on_own()

    def kind(self, actor: Actor) -> str:
        """The kind of commit that an actor may make; empty for none."""
        return next((self.kinds[place] for place in self._committing(actor) if place in self.kinds), "")

    def is_near(self, actor: Actor) -> bool:
        """Whether a function commits itself, or calls one that does: what is further away hardly commits for its callers."""
        return self.distance(actor) <= MAX_DISTANCE

    def distance(self, actor: Actor) -> int:
        """How many calls the nearest commit is away."""
        return min(self._distance.get(place, _FAR) for place in self._committing(actor))

    def _kinds(self) -> dict[Actor, str]:
        """Who may commit what others have left open, itself or through calls, with the kind of the commit that is nearest."""
        callers: dict[Actor, set[Actor]] = {}
        level: dict[Actor, str] = {}
        for source in self.actors:
            blocks = (*self.own_blocks.get(source, ()), *self.blocks_of(source))
            for line, target in self.calls(source):
                if not is_within(line, blocks):
                    for place in self._committing(target):
                        callers.setdefault(place, set()).add(source)
            switched = self.switching.is_switched(source)
            ends = self.ends_of(source) if switched else self._on_blocks(source, self.ends.get(source, ()))
            kinds = [end.kind for end in ends if end.kind and end.own == SHARED]
            if kinds:
                level[source] = min(kinds)
        found: dict[Actor, str] = {}
        away = 0
        while level:
            found.update(level)
            self._distance.update(dict.fromkeys(level, away))
            away += 1
            following: dict[Actor, str] = {}
            for actor in sorted(level):
                for caller in sorted(callers.get(actor, ())):
                    if caller not in found:
                        following.setdefault(caller, level[actor])
            level = following
        return found

    def _add_ending_on_own(self) -> None:
        for source in self.actors:
            blocks = self.blocks_of(source)
            if any(
                is_within(line, blocks) and self.kind(target) for line, target in (self.calls(source) if blocks else ())
            ):
                self.ending.add(source)

    def blocks_of(self, actor: Actor) -> list[tuple[int, int]]:
        """The blocks for which an actor makes a connection, the smallest first."""
        known = self._blocks.get(actor)
        if known is None:
            found = {block for place in self.places(actor) for block in self.connections.get(place, ())}
            known = self._blocks[actor] = sorted(found, key=lambda block: (block[1] - block[0], block))
        return known

    def ends_of(self, actor: Actor) -> list[End]:
        """The ends of transactions in an actor that are there with what it is given."""
        ends = [end for place in self.places(actor) for end in self.ends.get(place, ())]
        return self._on_blocks(actor, [end for end in ends if self.switching.runs(actor, end.line)]) if ends else ends

    def _on_blocks(self, actor: Actor, ends: Sequence[End]) -> list[End]:
        """Some ends, each on the connection that is made for the block from which it has its own."""
        blocks = self.blocks_of(actor) if ends else ()
        return [end._replace(own=end.entered) if end.entered in blocks else end for end in ends]

    def _committing(self, actor: Actor) -> Sequence[Actor]:
        """Of whom it is asked whether an actor commits: what others are given says nothing of who is given which lines run."""
        return (actor,) if self.switching.is_switched(actor) else self.places(actor)

    def on_its_own(self, actor: Actor) -> Lines:
        """The lines at which a function works on connections that it has made, and of which its callers commit nothing."""
        own = {end.own for end in self.ends_of(actor)} - {SHARED}
        return tuple(sorted(own.union(self.blocks_of(actor))))

    def connection_at(self, actor: Actor, line: int) -> tuple[int, int]:
        """The lines of the connection on which something is done at a line."""
        return next((block for block in self.blocks_of(actor) if is_within(line, [block])), SHARED)

    def is_on(self, actor: Actor, line: int, own: tuple[int, int]) -> bool:
        """Whether what is done at a line is done on a connection."""
        at = self.connection_at(actor, line)
        return at == own or (at == SHARED and is_within(line, [own]))
