"""What each commit commits: all that was done since the commit before, in the function itself and through calls.

A unit of work is open until somebody commits: what a function has changed is committed by the next commit on the way, its
own or that of a function that it calls. So a function is followed along its paths. Blocks that are a transaction of their own are
none of this, and what a function does that is called inside of such a block is not either.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from decompose.system.calls.paths import Paths
from decompose.system.gathered import Bits, Gathered, union
from decompose.system.model import Access
from decompose.system.transactions.committing import Committing
from decompose.system.transactions.events import (
    SHARED,
    WRITTEN,
    Actor,
    Committed,
    Event,
    Lines,
    Touched,
    is_within,
    touched,
)


class _Line(NamedTuple):
    """A line of a function with all that happens there; ``touched``: what it does itself."""

    line: int
    touched: int
    events: list[Event]


class Commits:
    """Follows what is open to the commits that end it.

    ``who``: who commits. ``done``: what an actor does itself, and whether it locks the rows. ``lone_calls``: the lines of an actor
    that have one call only.
    """

    def __init__(
        self,
        who: Committing,
        done: Callable[[Actor], Iterable[tuple[Access, bool]]],
        paths: Callable[[Actor], Paths],
        lone_calls: Callable[[Actor], Collection[int]],
    ) -> None:
        self.who = who
        self.done = done
        self.make_paths = paths
        self.lone_calls = lone_calls
        self._alone: dict[Actor, Collection[int]] = {}
        self._events: dict[Actor, list[Event]] = {}
        self._lines: dict[Actor, list[_Line]] = {}
        self._paths: dict[tuple[Actor, tuple[int, int], tuple[int, ...]], Paths] = {}
        self._always: dict[Actor, bool] = {}
        self._above: dict[tuple[Actor, int, tuple[int, int], tuple[int, ...], bool], tuple[int, Lines]] = {}
        self._bits: Bits[Touched] = Bits()
        self._tails = Gathered(self._open_calls, self._done_in_open)
        self._heads = Gathered(self._ended_by, self._done_first)

    def all(self) -> Iterator[Committed]:
        """What is committed by each commit, and by each call of what commits where something was open before.

        Of several calls in a function only those are told that commit what no other transaction of the function has all of. What
        is called and commits on some of its ways only is held against what was done nearby.
        """
        for actor in sorted(self.who.ending):
            own: list[Committed] = []
            called: list[Committed] = []
            for event in self._commits(actor):
                if event.commit:
                    found, lines = self._content(actor, event)
                    own.append(self._committed(actor, event, event.commit, found, lines))
                elif event.target is not None and self.who.is_near(event.target):
                    sure = self._always_commits(event.target)
                    open_before, lines = self._done_before(actor, event, near=not sure)
                    if any(item.how in WRITTEN for item in self._bits.things(open_before)):
                        found = open_before | self._heads.of(event.target)
                        called.append(self._committed(actor, event, self.who.kind(event.target), found, lines))
            yield from own
            told = [_written(committed) for committed in own]
            for committed in sorted(called, key=lambda c: (-len(_written(c)), c.line)):
                written = _written(committed)
                if not any(written <= other for other in told):
                    told.append(written)
                    yield committed

    def _committed(self, actor: Actor, event: Event, kind: str, found: int, lines: Lines) -> Committed:
        return Committed(actor, kind, event.line, frozenset(self._bits.things(found)), lines)

    def ends_after(self, actor: Actor, line: int, *, going_on: bool = False) -> str:
        """The kind of the commit behind a line that a function makes itself, or by a call of what does; empty for none.

        ``going_on``: not one on a way that breaks the function off, such as that of a handler of an exception.
        """
        for event in self._commits(actor):
            paths = self._paths_of(actor, event.own, event.apart)
            if self._is_instead(actor, event, line):
                continue
            own = event.commit or (event.target is not None and self.who.distance(event.target) == 0)
            if own and paths.reaches(line, event.line) and not (going_on and paths.breaks_off(line, event.line)):
                return event.commit or self.who.kind(event.target or actor)
        return ""

    def _is_instead(self, actor: Actor, event: Event, line: int) -> bool:
        """Whether an event is a call in place of the call on a line: both are what the one call there may be of."""
        if event.target is None or event.line != line:
            return False
        if actor not in self._alone:
            self._alone[actor] = self.lone_calls(actor)
        return line in self._alone[actor]

    def _commits(self, actor: Actor) -> list[Event]:
        return [e for e in self._events_of(actor) if e.commit or (e.target is not None and self.who.kind(e.target))]

    def _events_of(self, actor: Actor) -> list[Event]:
        known = self._events.get(actor)
        if known is None:
            found = set()
            blocks = [block for place in self.who.places(actor) for block in self.who.own_blocks.get(place, ())]
            for access, locks in self.done(actor):
                if not is_within(access.line, blocks):
                    found.add(Event(access.line, touched(access, locks=locks)))
            for line, target in self.who.calls(actor):
                if not is_within(line, blocks):
                    found.add(Event(line, target=target, own=self.who.connection_at(actor, line)))
            found |= {
                Event(end.line, commit=end.kind, own=end.own, apart=end.apart)
                for end in self.who.ends_of(actor)
                if end.kind
            }
            known = self._events[actor] = sorted(
                found, key=lambda e: (e.line, sorted(e.touched), e.target or ("", ""), e.commit)
            )
        return known

    def _paths_of(self, actor: Actor, own: tuple[int, int] = SHARED, apart: tuple[int, ...] = ()) -> Paths:
        """The paths through a function with the ends of what is done on one connection, to which the lines ``apart`` do nothing.

        Only of a block it is certain that what is done there, and nothing else, is done on the connection that it is for.
        """
        blocks = self.who.blocks_of(actor)
        own = own if own in blocks else SHARED
        paths = self._paths.get((actor, own, apart))
        if paths is None:
            paths = self._paths[actor, own, apart] = self.make_paths(actor)
            ends = [end for end in self.who.ends_of(actor) if end.line not in apart]
            called = [
                e for e in self._events_of(actor) if e.target is not None and e.own == own and e.line not in apart
            ]
            paths.mark(
                [
                    *(end.line for end in ends if own == (end.own if end.own in blocks else SHARED)),
                    *(e.line for e in called if e.target is not None and self._always_commits(e.target)),
                ]
            )
        return paths

    def _always_commits(self, actor: Actor) -> bool:
        """Whether every path through a function commits, or ends what is open otherwise; early returns apart."""
        known = self._always.get(actor)
        if known is None:
            self._always[actor] = False  # what calls itself proves nothing
            if self.who.kind(actor):
                known = not self._paths_of(actor).leaves(0)
            self._always[actor] = bool(known)
        return bool(known)

    def _lines_of(self, actor: Actor) -> list[_Line]:
        known = self._lines.get(actor)
        if known is None:
            known = self._lines[actor] = [
                _Line(line, self._bits.of(item for event in events for item in event.touched), events)
                for line, events in ((line, list(events)) for line, events in groupby(self._events_of(actor), _line_of))
            ]
        return known

    # What is done before a commit

    def _content(self, actor: Actor, end: Event) -> tuple[int, Lines]:
        """What is open when ``end`` commits, with what it calls, and the lines inside."""
        found, lines = self._done_before(actor, end, near=False)
        return found | (self._heads.of(end.target) if end.target is not None else 0), lines

    def _done_before(self, actor: Actor, end: Event, *, near: bool) -> tuple[int, Lines]:
        """The same without what ``end`` calls; ``near``: only what the function does itself, or a function that it calls."""
        found, lines = self._done_above(actor, end, near=near)
        if self._paths_of(actor, end.own, end.apart).reaches(end.line, end.line):
            for event in next((on.events for on in self._lines_of(actor) if on.line == end.line), ()):
                if event is not end and not (end.target is not None and self._is_instead(actor, event, end.line)):
                    found |= self._bits.of(event.touched) | self._left_open([event], near=near)
        return found, lines

    def _done_above(self, actor: Actor, end: Event, *, near: bool) -> tuple[int, Lines]:
        """What is done on other lines from which that of the commit is reached, and all lines inside."""
        key = (actor, end.line, end.own, end.apart, near)
        known = self._above.get(key)
        if known is None:
            paths, found = self._paths_of(actor, end.own, end.apart), 0
            inside, outside = {end.line}, set()
            for on in self._lines_of(actor):
                if on.line in end.apart or not (
                    self.who.is_on(actor, on.line, end.own) and paths.reaches(on.line, end.line)
                ):
                    outside.add(on.line)
                elif on.line != end.line:
                    inside.add(on.line)
                    found |= self._left_on(on, paths, near=near)
            known = self._above[key] = found, _ranges(inside, outside - inside)
        return known

    def _left_on(self, on: _Line, paths: Paths, *, near: bool) -> int:
        """What a line leaves open: what is done on the line of a commit itself, the commit comes after."""
        return (0 if paths.is_mark(on.line) else on.touched) | self._left_open(on.events, near=near)

    def _left_open(self, events: Iterable[Event], *, near: bool) -> int:
        """What calls leave open; ``near``: only of what is done there, and not in what it calls again."""
        left = self._done_in_open if near else self._tails.of
        return union(left(event.target) for event in events if event.target is not None)

    def _open_lines(self, actor: Actor) -> list[_Line]:
        """The lines of which something is left open: all of them, where a function does not commit.

        What it does on a connection of its own it leaves to nobody.
        """
        apart = self.who.on_its_own(actor)
        lines = [on for on in self._lines_of(actor) if not is_within(on.line, apart)]
        return [on for on in lines if self._paths_of(actor).leaves(on.line)] if self.who.kind(actor) else lines

    def _open_calls(self, actor: Actor) -> list[Actor]:
        return [event.target for on in self._open_lines(actor) for event in on.events if event.target is not None]

    def _done_in_open(self, actor: Actor) -> int:
        committing = bool(self.who.kind(actor))
        lines = self._open_lines(actor)
        return union(on.touched for on in lines if not (committing and self._paths_of(actor).is_mark(on.line)))

    def commits_in(self, actor: Actor, lines: Lines) -> bool:
        """Whether something is committed inside of some lines of a function, or anywhere in it."""
        return any(not lines or is_within(event.line, lines) for event in self._commits(actor))

    def left_to(self, actor: Actor, lines: Lines) -> frozenset[Touched]:
        """What is open at the end of some lines of a function, or of all of it: what was done there and nobody has committed."""
        if not lines:
            return frozenset(self._bits.things(self._tails.of(actor)))
        paths, (first, last) = self._paths_of(actor, lines[0]), lines[0]
        left = [on for on in self._lines_of(actor) if first <= on.line <= last and paths.leaves(on.line, last)]
        return frozenset(self._bits.things(union(self._left_on(on, paths, near=False) for on in left)))

    def _first_commits(self, actor: Actor) -> list[Event]:
        paths = self._paths_of(actor)
        return [event for event in self._commits(actor) if event.own == SHARED and paths.reaches(0, event.line)]

    def _ended_by(self, actor: Actor) -> list[Actor]:
        """Whom a function calls for the first commit on its way."""
        return [event.target for event in self._first_commits(actor) if event.target is not None]

    def _done_first(self, actor: Actor) -> int:
        """What a function does before these calls, or before it commits itself."""
        return union(self._done_before(actor, event, near=False)[0] for event in self._first_commits(actor))


def _line_of(event: Event) -> int:
    return event.line


def _written(committed: Committed) -> set[str]:
    return {item.table for item in committed.touched if item.how in WRITTEN}


def _ranges(inside: set[int], outside: set[int]) -> Lines:
    """Lines as ranges, interrupted by those that are not inside."""
    found: list[tuple[int, int]] = []
    run: list[int] = []
    for line in sorted(inside | outside):
        if line in inside:
            run.append(line)
        elif run:
            found.append((run[0], run[-1]))
            run = []
    if run:
        found.append((run[0], run[-1]))
    return tuple(found)
