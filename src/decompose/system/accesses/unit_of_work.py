"""What a session's flush or commit writes: the changes that are pending then.

Changes are pending in the function that flushes and in those it called before, as far as nothing in between writes them:
another flush, or a query, before which a session writes what has changed of the objects that it knows. Of what is deleted, a
flush looks up the rows of collections that are not deleted with it. A function that flushes and has changed nothing, such as a helper around ``commit``, writes what its callers
have changed before they call it, unless there are too many; what leaves a block, or goes on behind it, writes what was changed in
it. A decorator's wrapper that flushes, or leaves such a block, writes what the functions that it wraps have left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from decompose.linking import Linked
from decompose.linking.effects import IF_THERE
from decompose.linking.libraries import sqlalchemy_session
from decompose.linking.libraries.consequence import AT_FLUSH
from decompose.system.accesses.asked_flushes import SURELY, AskedFlushes
from decompose.system.accesses.inherited_changes import InheritedChanges
from decompose.system.accesses.pending_changes import Actor, Call, Change, Flush, Pending, Written
from decompose.system.calls.arguments import Arguments
from decompose.system.calls.blocks import is_leaving, last_lines
from decompose.system.calls.placement import Placement
from decompose.system.calls.property_bodies import PropertyBodies, name_of
from decompose.system.model import GIVEN, GIVEN_AROUND, RUNS_DECORATED, Access, Dependency

MADE = "mapped object made"
ASSIGNED = "column assigned on a mapped object"
ATTACHED = "relation of a mapped object changed"
RULES = frozenset({ASSIGNED, MADE, ATTACHED})
FLUSHED = "pending change, written by the session"
LOOKED_UP = "collection of what is deleted, looked up by the session"
MAX_TABLES = 6
"""A flush that may write more tables of its callers than this is evidence for none of them."""


_NEVER = 1 << 30
MAX_DEPTH = 3
"""Changes further away than this many calls are mostly written by a flush on the way."""


_HANDED = frozenset({RUNS_DECORATED, GIVEN_AROUND, GIVEN})


class UnitOfWork:
    """Follows pending changes to the flushes that write them."""

    def __init__(
        self,
        linked: Linked,
        placement: Placement,
        arguments: Arguments,
        accesses: Iterable[Access],
        dependencies: Collection[Dependency],
    ) -> None:
        bodies = PropertyBodies(linked)
        self.flushes: dict[Actor, list[Flush]] = {}
        lines: dict[str, set[int]] = {}
        for found in sorted(sqlalchemy_session.flushes(linked)):
            flush = Flush(*found)
            scope = linked.program.scopes[flush.scope]
            if not linked.seen.acts_unseen(scope, flush.receiver):
                part = bodies.part(scope.definition, flush.line)
                actor = (part, placement.acting_unit(scope, flush.receiver))
                self.flushes.setdefault(actor, []).append(flush)
                lines.setdefault(scope.definition, set()).add(flush.line)
        self.placement = placement
        self.generators = {
            actor for actor, found in self.flushes.items() if linked.program.scopes[found[0].scope].facts.yields
        }
        """Functions that flush when those who enter them are done."""
        self.ending = self.generators | {actor for actor in self.flushes if is_leaving(actor)}
        """These and methods that flush when a block is left: what was changed in it is written there for certain."""
        self.own: dict[Actor, list[Change]] = {}
        self.calls: dict[Actor, list[Call]] = {}
        self.callers: dict[Actor, set[Actor]] = {}
        self.wrappers: set[Actor] = set()
        self.wrapped: dict[Actor, list[Call]] = {}
        """What the wrappers of decorators run: one of them at a time, so that nothing of it is left to who calls another."""
        self.handed: dict[Actor, dict[Actor, set[int]]] = {}
        """What functions run that somebody gives them, and the lines: of those that one line calls, one runs at a time."""
        self.queries: dict[Actor, set[int]] = {}
        self._left: dict[tuple[Actor, int, bool], frozenset[Pending]] = {}
        if not self.flushes:
            return
        for a in accesses:
            actor = (bodies.part(a.definition, a.line), a.unit)
            looks_up = AT_FLUSH in a.rule and IF_THERE not in a.rule
            changes = (a.operation != "read" or looks_up) and (
                a.rule in RULES or a.rule.partition(", ")[0] in sqlalchemy_session.PENDING
            )
            if a.resolution == "guessed":
                continue
            if changes:
                known = a.rule != MADE and not a.definition.endswith(".__init__")
                pending = Pending(a.table, a.operation, known, a.by_cascade)
                self.own.setdefault(actor, []).append(Change(a.line, pending, left=False))
            elif a.role == "execute" and a.rule.startswith(sqlalchemy_session.RUNS_QUERIES):
                self.queries.setdefault(actor, set()).add(a.line)
        asked = AskedFlushes(linked, arguments, lines, dependencies)
        blocks = last_lines(linked)
        self.only_asked = {
            flush
            for found in self.flushes.values()
            for flush in found
            if asked.leaving_out(linked.program.scopes[flush.scope].definition, flush.line)
        }
        """Flushes that are made only if the function is asked to."""
        for d in dependencies:
            if d.rule in _HANDED:
                given = self.handed.setdefault((d.source, d.source_unit), {})
                given.setdefault((d.target, d.target_unit), set()).add(d.line)
            if d.rule == RUNS_DECORATED:
                self.wrappers.add((d.source, d.source_unit))
                if d.resolution != "guessed":
                    run = Call(d.line, (d.target, d.target_unit), asked.of_call(d.source, d.line, d.target))
                    self.wrapped.setdefault((d.source, d.source_unit), []).append(run)
            if d.runs and d.resolution != "guessed" and d.kind != "task":
                source = (bodies.part(d.source, d.line), d.source_unit)
                ran = bodies.run(d.source, d.line, d.target) or bodies.of.get(d.target, ())
                ways = asked.of_call(d.source, d.line, d.target)
                for part in [name_of(d.target, body) for body in ran] or [d.target]:
                    called = (part, d.target_unit)
                    leaves = is_leaving(called) and (d.file, d.line) in blocks
                    line = blocks[d.file, d.line] + 0.5 if leaves else d.line
                    self.calls.setdefault(source, []).append(Call(line, called, ways))
                    self.callers.setdefault((part, d.target_unit), set()).add(source)
        added = InheritedChanges(linked, placement, self.calls, self.callers, self.flushes).follow(sorted(self.own))
        self.only_asked |= {flush for flush, like in added.items() if like in self.only_asked}
        # What an inherited method does for every class is called of a class.
        inherited = {actor for actor in self.callers if any(place in self.flushes for place in self._places(actor))}
        self.flushing = self._reaching({*self.flushes, *inherited})
        self.asking = self._reaching(self.queries)

    def _reaching(self, actors: Iterable[Actor]) -> set[Actor]:
        """The functions that reach some through calls, and these themselves."""
        found: set[Actor] = set()
        stack = sorted(actors)
        while stack:
            current = stack.pop()
            if current not in found:
                found.add(current)
                stack.extend(self.callers.get(current, ()))
        return found

    def written(self) -> Iterator[Written]:
        """What each flush writes, and reads for it."""
        for actor, flushes in sorted(self.flushes.items()):
            pending = self._changes(actor, MAX_DEPTH, wrapped=self.wrapped)
            if not pending and actor not in self.wrappers:
                pending = self._changed_by_callers(actor, flushes)
            found = dict.fromkeys(self._written_by(actor, pending, flushes, unasked=False))
            if any(
                c.ways.asked and c.ways.left_out_by_default()
                for p in self._places(actor)
                for c in self.calls.get(p, ())
            ):
                # Where nobody asks it to, those that it calls do not flush either.
                sure = [flush for flush in flushes if flush not in self.only_asked]
                pending = self._changes(actor, MAX_DEPTH, unasked=True)
                found |= dict.fromkeys(self._written_by(actor, pending, sure, unasked=True))
            yield from found

    def _changed_by_callers(self, actor: Actor, flushes: list[Flush]) -> list[Change]:
        callers = sorted(self.callers.get(actor, ()))
        changed = {pending for caller in callers for pending in self._pending_at(caller, actor)}
        tables = {change.table for change in changed if change.operation != "read"}
        if actor not in self.ending and len(tables) > MAX_TABLES:
            return []
        ends = [flush.line if flush.at_end else 0 for flush in flushes]
        return [Change(line, pending, left=False) for pending in sorted(changed) for line in ends]

    def _written_by(
        self, actor: Actor, pending: Iterable[Change], flushes: list[Flush], *, unasked: bool
    ) -> Iterator[Written]:
        for change in pending:
            flush = _first_after(flushes, change.line)
            end = flush.line if flush is not None and not flush.at_end else _NEVER
            if flush is not None and not (change.line and self._is_written(actor, change, end, unasked=unasked)):
                table, operation, _, by_cascade = change.pending
                yield Written(flush, table, operation, by_cascade)

    def _pending_at(self, caller: Actor, flushing: Actor) -> Iterator[Pending]:
        """What a function has changed before it calls one that flushes, unless something writes it on the way there."""
        lines = {
            at
            for place in self._places(caller)
            for at, called, ways in self.calls.get(place, ())
            if called == flushing and ways.all
        }
        if flushing in self.generators:  # it goes on when its block is done
            yield from (change.pending for change in self._changes(caller, MAX_DEPTH, wrapped=self.wrapped))
            return
        own = [flush.line for flush in self.flushes.get(caller, ()) if not flush.at_end]
        instead = self._run_instead_of(flushing, caller)
        for change in self._changes(caller, MAX_DEPTH, wrapped=self.wrapped, without=instead):
            for at in sorted(at for at in lines if change.line <= at):
                if not any(change.line <= flushed < at for flushed in own) and not self._is_written(caller, change, at):
                    yield change.pending
                    break

    def _run_instead_of(self, called: Actor, caller: Actor) -> frozenset[Actor]:
        """The functions given to another that it runs where it would run this one: theirs is not pending with this one."""
        given = self.handed.get(caller, {})
        lines = given.get(called, set())
        return frozenset(other for other, at in given.items() if at & lines)

    def _changes(
        self,
        actor: Actor,
        depth: int,
        *,
        unasked: bool = False,
        wrapped: Mapping[Actor, list[Call]] | None = None,
        without: Collection[Actor] = (),
    ) -> list[Change]:
        """What a function and those it calls change, with the function's lines that make it so.

        ``unasked``: where nothing that it is given makes it flush. ``wrapped``: with what it runs as the wrapper of a decorator.
        ``without``: as if it did not call these.
        """
        found: list[Change] = []
        for place in self._places(actor):
            found += self.own.get(place, ())
            run = (wrapped or {}).get(place, ())
            for call in (*self.calls.get(place, ()), *run) if depth else ():
                if call.called in without:
                    continue
                asked = SURELY in call.ways.asked if unasked else bool(call.ways.asked)
                flushes = self._flushes(call, unasked=unasked)
                left = self._left_by(call.called, depth - 1, unasked=not asked)
                found += [Change(call.line, pending, flushes) for pending in left]
        return sorted(set(found))

    def _left_by(self, actor: Actor, depth: int, *, unasked: bool) -> frozenset[Pending]:
        """What a function leaves pending, with all that it calls."""
        own = [flush for place in self._places(actor) for flush in self.flushes.get(place, ())]
        if own and not (unasked and self.only_asked.issuperset(own)):
            return frozenset()
        left = self._left.get((actor, depth, unasked))
        if left is None:
            self._left[actor, depth, unasked] = frozenset()  # what calls itself adds nothing to itself
            left = self._left[actor, depth, unasked] = frozenset(
                change.pending
                for change in self._changes(actor, depth, unasked=unasked)
                if not self._is_written(actor, change, _NEVER, unasked=unasked)
            )
        return left

    def _flushes(self, call: Call, *, unasked: bool) -> bool:
        return call.called in self.flushing and (SURELY in call.ways.all if unasked else bool(call.ways.all))

    def _is_written(self, actor: Actor, change: Change, end: float, *, unasked: bool = False) -> bool:
        """Whether something that a function does from a change to another line writes what is pending."""
        start, known = change.line, change.pending.known
        for place in self._places(actor):
            for call in self.calls.get(place, ()):
                before = start < call.line if change.left else start <= call.line
                if not before or call.line >= end:
                    continue
                if self._flushes(call, unasked=unasked) or (known and start < call.line and call.called in self.asking):
                    return True
            if known and any(start < line < end for line in self.queries.get(place, ())):
                return True
        return False

    def _places(self, actor: Actor) -> tuple[Actor, ...]:
        """What an inherited method does for every class stands with the class that defines it."""
        home = (actor[0], self.placement.home(actor[0]))
        return (actor,) if home == actor else (actor, home)


def _first_after(flushes: list[Flush], line: float) -> Flush | None:
    """The flush that writes what a line made pending."""
    for flush in flushes:
        if flush.line <= line if flush.at_end else flush.line >= line:
            return flush
    return None
