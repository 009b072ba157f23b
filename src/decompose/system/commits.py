"""What each commit commits: all that was done since the commit before, in the function itself and through calls.

A unit of work is open until somebody commits: what a function has changed is committed by the next commit on the way, its
own or that of a function that it calls. So a function is followed along its paths. Blocks that are a transaction of their own are
none of this, and what a function does that is called inside of such a block is not either.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from decompose.system.model import Access
from decompose.system.paths import Paths

Actor = tuple[str, str]
"""A definition, and the unit on whose behalf it runs."""

Lines = tuple[tuple[int, int], ...]


MAX_DISTANCE = 1
_FAR = 1 << 30


class Touched(NamedTuple):
    """A table, and how: ``read``, ``write`` or ``lock``."""

    table: str
    how: str


class Event(NamedTuple):
    """Something that a function does at a line: it touches tables, calls another (``target``), or commits (``commit``: the kind)."""

    line: int
    touched: frozenset[Touched] = frozenset()
    target: Actor | None = None
    commit: str = ""


class Committed(NamedTuple):
    """What a commit at ``line`` commits: the tables, and the lines of the function itself that are inside."""

    actor: Actor
    kind: str
    line: int
    touched: frozenset[Touched]
    lines: Lines


class Commits:
    """Follows what is open to the commits that end it.

    ``ends``: actor -> line and kind of its commits; the kind is empty for what ends a transaction otherwise. ``actors``: all that call
    others, or commit. ``calls``: whom an actor calls at which lines. ``done``: what it does itself. ``own_blocks``: actor -> lines that
    are a transaction of their own. ``places``: where what an actor does stands, itself first. ``lone_calls``: the lines of an
    actor that have one call only.
    """

    def __init__(
        self,
        ends: Mapping[Actor, Sequence[tuple[int, str]]],
        actors: Iterable[Actor],
        calls: Callable[[Actor], Sequence[tuple[int, Actor]]],
        done: Callable[[Actor], Iterable[tuple[Access, bool]]],
        own_blocks: Mapping[Actor, Sequence[tuple[int, int]]],
        paths: Callable[[Actor], Paths],
        places: Callable[[Actor], Sequence[Actor]],
        lone_calls: Callable[[Actor], Collection[int]],
    ) -> None:
        self.ends = ends
        self.actors = actors
        self.calls = calls
        self.done = done
        self.own_blocks = own_blocks
        self.make_paths = paths
        self.places = places
        self.lone_calls = lone_calls
        self._alone: dict[Actor, Collection[int]] = {}
        self.distance: dict[Actor, int] = {}
        """How many calls the nearest commit is away."""
        self.kinds = self._kinds()
        self._events: dict[Actor, list[Event]] = {}
        self._contents: dict[tuple[Actor, Event, bool], tuple[frozenset[Touched], Lines]] = {}
        self._paths: dict[Actor, Paths] = {}
        self._always: dict[Actor, bool] = {}
        self._heads: dict[Actor, frozenset[Touched]] = {}
        self._tails: dict[Actor, frozenset[Touched]] = {}

    def _kinds(self) -> dict[Actor, str]:
        """Who may commit, itself or through calls, with the kind of the commit that is nearest."""
        callers: dict[Actor, set[Actor]] = {}
        level: dict[Actor, str] = {}
        for source in self.actors:
            blocks = self.own_blocks.get(source, ())
            for line, target in self.calls(source):
                if not _is_in(line, blocks):
                    for place in self.places(target):
                        callers.setdefault(place, set()).add(source)
            kinds = [kind for _, kind in self.ends.get(source, ()) if kind]
            if kinds:
                level[source] = min(kinds)
        found: dict[Actor, str] = {}
        away = 0
        while level:
            found.update(level)
            self.distance.update(dict.fromkeys(level, away))
            away += 1
            following: dict[Actor, str] = {}
            for actor in sorted(level):
                for caller in sorted(callers.get(actor, ())):
                    if caller not in found:
                        following.setdefault(caller, level[actor])
            level = following
        return found

    def kind(self, actor: Actor) -> str:
        """The kind of commit that an actor may make; empty for none."""
        return next((self.kinds[place] for place in self.places(actor) if place in self.kinds), "")

    def all(self) -> Iterator[Committed]:
        """What is committed by each commit, and by each call of what commits where something was open before.

        Of several calls in a function only those are told that commit what no other transaction of the function has all of.
        """
        for actor in sorted(self.kinds):
            own: list[Committed] = []
            called: list[Committed] = []
            for event in self._commits(actor):
                if event.commit:
                    found, lines = self._content(actor, event)
                    own.append(Committed(actor, event.commit, event.line, found, lines))
                elif event.target is not None and self.is_near(event.target):
                    near, lines = self._content(actor, event, near=True)
                    if any(item.how == "write" for item in near):
                        found = near | self._head(event.target)
                        called.append(Committed(actor, self.kind(event.target), event.line, found, lines))
            yield from own
            told = [_written(committed) for committed in own]
            for committed in sorted(called, key=lambda c: (-len(_written(c)), c.line)):
                written = _written(committed)
                if not any(written <= other for other in told):
                    told.append(written)
                    yield committed

    def is_near(self, actor: Actor) -> bool:
        """Whether a function commits itself, or calls one that does: what is further away hardly commits for its callers."""
        return self._distance_of(actor) <= MAX_DISTANCE

    def _distance_of(self, actor: Actor) -> int:
        return min(self.distance.get(place, _FAR) for place in self.places(actor))

    def wraps(self, actor: Actor, line: int) -> str:
        """The kind of the commit that follows a line of a function, such as that of a ``yield``; empty for none."""
        paths = self._paths_of(actor)
        for event in self._commits(actor):
            if paths.reaches(line, event.line):
                return event.commit or self.kind(event.target or actor)
        return ""

    def ends_after(self, actor: Actor, line: int) -> str:
        """The kind of the commit behind a line that a function makes itself, or by a call of what does; empty for none."""
        paths = self._paths_of(actor)
        for event in self._commits(actor):
            if self._is_instead(actor, event, line):
                continue
            own = event.commit or (event.target is not None and self._distance_of(event.target) == 0)
            if own and paths.reaches(line, event.line):
                return event.commit or self.kind(event.target or actor)
        return ""

    def _is_instead(self, actor: Actor, event: Event, line: int) -> bool:
        """Whether an event is a call in place of the call on a line: both are what the one call there may be of."""
        if event.target is None or event.line != line:
            return False
        if actor not in self._alone:
            self._alone[actor] = self.lone_calls(actor)
        return line in self._alone[actor]

    def _commits(self, actor: Actor) -> list[Event]:
        return [e for e in self._events_of(actor) if e.commit or (e.target is not None and self.kind(e.target))]

    def _events_of(self, actor: Actor) -> list[Event]:
        known = self._events.get(actor)
        if known is None:
            found = set()
            blocks = [block for place in self.places(actor) for block in self.own_blocks.get(place, ())]
            for access, locks in self.done(actor):
                if not _is_in(access.line, blocks):
                    found.add(Event(access.line, touched(access, locks=locks)))
            for line, target in self.calls(actor):
                if not _is_in(line, blocks):
                    found.add(Event(line, target=target))
            for place in self.places(actor):
                found |= {Event(line, commit=kind) for line, kind in self.ends.get(place, ()) if kind}
            known = self._events[actor] = sorted(
                found, key=lambda e: (e.line, sorted(e.touched), e.target or ("", ""), e.commit)
            )
        return known

    def _paths_of(self, actor: Actor) -> Paths:
        paths = self._paths.get(actor)
        if paths is None:
            paths = self._paths[actor] = self.make_paths(actor)
            own = [line for place in self.places(actor) for line, _ in self.ends.get(place, ())]
            called = [e.line for e in self._events_of(actor) if e.target is not None and self._always_commits(e.target)]
            paths.mark([*own, *called])
        return paths

    def _always_commits(self, actor: Actor) -> bool:
        """Whether every path through a function commits, or ends what is open otherwise; early returns apart."""
        known = self._always.get(actor)
        if known is None:
            self._always[actor] = False  # what calls itself proves nothing
            if self.kind(actor):
                known = not self._paths_of(actor).leaves(0)
            self._always[actor] = bool(known)
        return bool(known)

    def _content(self, actor: Actor, end: Event, *, near: bool = False) -> tuple[frozenset[Touched], Lines]:
        """What is open when ``end`` commits, and the lines inside.

        ``near``: only what the function does itself, or a function that it calls, and nothing of what ``end`` calls.
        """
        known = self._contents.get((actor, end, near))
        if known is not None:
            return known
        paths = self._paths_of(actor)
        found: set[Touched] = set()
        inside, outside = set(), set()
        for line, events in groupby(self._events_of(actor), key=_line_of):
            if not paths.reaches(line, end.line):
                outside.add(line)
                continue
            inside.add(line)
            for event in events:
                if event is not end and not (end.target is not None and self._is_instead(actor, event, end.line)):
                    found |= event.touched
                    if event.target is not None:
                        found |= self._left(event.target, deep=False) if near else self._tail(event.target)
        inside.add(end.line)
        if end.target is not None and not near:
            found |= self._head(end.target)
        known = self._contents[actor, end, near] = frozenset(found), _ranges(inside, outside)
        return known

    def _head(self, actor: Actor) -> frozenset[Touched]:
        """What a function does before the first commit on its way."""
        known = self._heads.get(actor)
        if known is None:
            self._heads[actor] = frozenset()
            paths, found = self._paths_of(actor), set[Touched]()
            for event in self._commits(actor):
                if paths.reaches(0, event.line):
                    found |= self._content(actor, event)[0]
            known = self._heads[actor] = frozenset(found)
        return known

    def _tail(self, actor: Actor) -> frozenset[Touched]:
        """What a function leaves open: all that it does, where it does not commit."""
        known = self._tails.get(actor)
        if known is None:
            self._tails[actor] = frozenset()
            known = self._tails[actor] = self._left(actor, deep=True) if self.kind(actor) else self._all_open(actor)
        return known

    def _left(self, actor: Actor, *, deep: bool) -> frozenset[Touched]:
        paths, found = self._paths_of(actor), set[Touched]()
        for event in self._events_of(actor):
            if paths.leaves(event.line):
                found |= event.touched
                if event.target is not None and deep:
                    found |= self._tail(event.target)
        return frozenset(found)

    def _all_open(self, actor: Actor) -> frozenset[Touched]:
        found: set[Touched] = set()
        seen, stack = {actor}, [actor]
        while stack:
            for event in self._events_of(stack.pop()):
                found |= event.touched
                if event.target is not None and event.target not in seen:
                    seen.add(event.target)
                    stack.append(event.target)
        return frozenset(found)


def touched(access: Access, *, locks: bool) -> frozenset[Touched]:
    """What an access touches; ``locks`` says that it keeps the rows from others."""
    if access.operation != "read":
        return frozenset({Touched(access.table, "write")})
    return frozenset({Touched(access.table, "read")} | ({Touched(access.table, "lock")} if locks else set()))


def _line_of(event: Event) -> int:
    return event.line


def _written(committed: Committed) -> set[str]:
    return {item.table for item in committed.touched if item.how == "write"}


def _is_in(line: int, blocks: Iterable[tuple[int, int]]) -> bool:
    return any(first <= line <= last for first, last in blocks)


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
