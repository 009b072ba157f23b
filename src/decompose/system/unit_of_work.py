"""What a session's flush or commit writes: the changes that are pending then.

Changes are pending in the function that flushes and in those it called before, as far as these do not flush
themselves. A function that flushes and has changed nothing, such as a helper around ``commit``, writes what its callers
have changed, unless there are too many. What a decorator's wrapper commits is told of the function that it wraps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from decompose.linking import Linked
from decompose.linking.libraries import sqlalchemy_session
from decompose.system.model import RUNS_DECORATED, Access, Dependency
from decompose.system.placement import Placement

Actor = tuple[str, str]
Pending = tuple[str, str]
"""A table and an operation."""

RULES = frozenset({"column assigned on a mapped object", "mapped object made", "relation of a mapped object changed"})
FLUSHED = "pending change, written by the session"
MAX_TABLES = 6
"""A flush that may write more tables of its callers than this is evidence for none of them."""


MAX_DEPTH = 3
"""Changes further away than this many calls are mostly written by a flush on the way."""


class Flush(NamedTuple):
    """A scope that writes what is pending, for a receiver; ``at_end`` where a block that begins at ``line`` ends."""

    scope: int
    receiver: int
    line: int
    at_end: bool


class Written(NamedTuple):
    """A table that a flush writes."""

    flush: Flush
    table: str
    operation: str


class UnitOfWork:
    """Follows pending changes to the flushes that write them."""

    def __init__(
        self, linked: Linked, placement: Placement, accesses: Iterable[Access], dependencies: Iterable[Dependency]
    ) -> None:
        self.flushes: dict[Actor, list[Flush]] = {}
        for found in sorted(sqlalchemy_session.flushes(linked)):
            flush = Flush(*found)
            scope = linked.program.scopes[flush.scope]
            if not linked.seen.acts_unseen(scope, flush.receiver):
                actor = (scope.definition, placement.acting_unit(scope, flush.receiver))
                self.flushes.setdefault(actor, []).append(flush)
        self.placement = placement
        self.own: dict[Actor, list[tuple[int, Pending]]] = {}
        self.calls: dict[Actor, list[tuple[int, Actor]]] = {}
        self.callers: dict[Actor, set[Actor]] = {}
        self.wrappers: set[Actor] = set()
        self._left: dict[Actor, frozenset[Pending]] = {}
        if not self.flushes:
            return
        for a in accesses:
            pending = a.operation != "read" and (a.rule in RULES or a.rule in sqlalchemy_session.PENDING)
            if pending and a.resolution != "guessed":
                self.own.setdefault((a.definition, a.unit), []).append((a.line, (a.table, a.operation)))
        for d in dependencies:
            if d.rule == RUNS_DECORATED:
                self.wrappers.add((d.source, d.source_unit))
            if d.runs and d.resolution != "guessed" and d.kind != "task":
                source, target = (d.source, d.source_unit), (d.target, d.target_unit)
                self.calls.setdefault(source, []).append((d.line, target))
                self.callers.setdefault(target, set()).add(source)

    def written(self) -> Iterator[Written]:
        """What each flush writes."""
        for actor, flushes in sorted(self.flushes.items()):
            pending = self._changes(actor)
            if not pending and actor not in self.wrappers:
                changed = {p for caller in self.callers.get(actor, ()) for p in self._left_by(caller)}
                if len({table for table, _ in changed}) <= MAX_TABLES:
                    pending = [(0 if not flush.at_end else flush.line, p) for p in sorted(changed) for flush in flushes]
            for line, (table, operation) in pending:
                flush = _first_after(flushes, line)
                if flush is not None:
                    yield Written(flush, table, operation)

    def _changes(self, actor: Actor) -> list[tuple[int, Pending]]:
        """What a function and those it calls change, with the function's lines that make it so."""
        found: list[tuple[int, Pending]] = []
        for place in self._places(actor):
            found += self.own.get(place, ())
            for line, called in self.calls.get(place, ()):
                if called not in self.flushes:
                    found += [(line, pending) for pending in self._left_by(called)]
        return sorted(set(found))

    def _left_by(self, actor: Actor) -> frozenset[Pending]:
        """What a function leaves pending, with all that it calls, as far as these do not flush."""
        known = self._left.get(actor)
        if known is None:
            found: set[Pending] = set()
            seen, level = {actor}, [actor]
            for _ in range(MAX_DEPTH):
                following = []
                for place in (place for current in level for place in self._places(current)):
                    found.update(pending for _, pending in self.own.get(place, ()))
                    for _, called in self.calls.get(place, ()):
                        if called not in seen and called not in self.flushes:
                            seen.add(called)
                            following.append(called)
                level = following
            known = self._left[actor] = frozenset(found)
        return known

    def _places(self, actor: Actor) -> tuple[Actor, ...]:
        """What an inherited method does for every class stands with the class that defines it."""
        home = (actor[0], self.placement.home(actor[0]))
        return (actor,) if home == actor else (actor, home)


def _first_after(flushes: list[Flush], line: int) -> Flush | None:
    """The flush that writes what a line made pending."""
    for flush in flushes:
        if flush.line <= line if flush.at_end else flush.line >= line:
            return flush
    return None
