"""Transactions as they are found: what opens, ends, wraps or is given one, each told of those who are inside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

import msgspec

from decompose.facts import ScopeKind
from decompose.linking import Linked
from decompose.linking.libraries import views_outside_of_transactions
from decompose.linking.program import Scope
from decompose.linking.transaction_scopes import TransactionScope
from decompose.system.accesses.unit_of_work import MADE
from decompose.system.calls.blocks import is_entering
from decompose.system.calls.callbacks import Callbacks, Handed
from decompose.system.calls.placement import Placement
from decompose.system.gathered import Bits, Gathered, union
from decompose.system.model import REQUEST, Access, Dependency, Transaction
from decompose.system.transactions.around_requests import AroundRequests
from decompose.system.transactions.by_class import CHOICE, Begun, ByClass, asking_one_of
from decompose.system.transactions.contexts import Contexts
from decompose.system.transactions.decorated import Decorated
from decompose.system.transactions.distinct import Distinct
from decompose.system.transactions.ends import commits_of
from decompose.system.transactions.entered import does_answer
from decompose.system.transactions.events import Actor, Lines, Locks, Touched, is_within, touched, without
from decompose.system.transactions.narrowed import number_of, plain
from decompose.system.transactions.opened import JOINING, opened
from decompose.system.transactions.reach import Reach
from decompose.system.transactions.wrapped import Wrapped


class CollectedTransactions:
    """Collects transactions; one line of a definition opens or ends at most one of a kind."""

    def __init__(
        self,
        linked: Linked,
        opening: Iterable[TransactionScope],
        placement: Placement,
        reach: Reach,
        contexts: Contexts,
        accesses: Iterable[Access],
        locks: Locks,
        handlers: Collection[str],
        dependencies: Iterable[Dependency],
    ) -> None:
        self.linked = linked
        self.reach = reach
        self.contexts = contexts
        self.found: dict[tuple[str, str, str, int], Transaction] = {}
        self._beside: dict[tuple[str, str, str, int], tuple[str, list[Actor]]] = {}
        """Of what is told of who gives functions to a helper: the helper, and what runs in its transaction."""
        self.asked: Mapping[str, Collection[str]] = {}
        """Method -> the inheriting classes that are asked for it; of methods that are not there, any may be."""
        self._starts: dict[tuple[str, str, str, int], Begun] = {}
        self._touched_bits: Bits[Touched] = Bits()
        self.scopes: dict[str, Scope] = {}
        for scope in linked.program.scopes:
            if not scope.library and scope.facts.kind != ScopeKind.LAMBDA:
                self.scopes.setdefault(scope.definition, scope)
        self._asking = asking_one_of(dependencies)
        self._by_class = self._classes_told_apart(reach)
        self._touching = Gathered(partial(self._called_for_all, reach), self._touched_by)
        self.accesses: dict[Actor, list[tuple[Access, Collection[int]]]] = {}
        """What each actor does, with the lines at which it asks for the rows to be locked."""
        for access in accesses:
            # What is made is written where it is added or flushed; made alone it may be for something else.
            if access.rule != MADE and not reach.only_begins(access):
                actor = (access.definition, access.unit)
                locking = locks.get(actor, {}).get(access.table, ()) if access.operation == "read" else ()
                self.accesses.setdefault(actor, []).append((access, locking))
        called = reach.called_ones
        # Nothing is seen to tell them which of their lines run.
        self.started = {d for d in contexts.switches.names if d in handlers or d not in called}
        self.chosen = reach.chosen(self.started - contexts.told_tables)
        self.places = [
            (actor, found)
            for anyhow, found in opened(linked, opening, placement, reach, self.accesses)
            for actor in self._acting(anyhow)
            if found.extent == "whole" or contexts.runs(actor, found.line)
        ]
        self.commits = commits_of(self.places, self.scopes, reach, contexts, self.chosen, self.done)
        self.wrapped = Wrapped(self.scopes, self.places, self.commits, self.reach.following)
        self.around = list(self.wrapped.found())

    def _classes_told_apart(self, reach: Reach) -> ByClass:
        return ByClass(reach, self._asking, self.scopes, self.done, self._apart, self._touched_bits)

    def _apart(self, actor: Actor) -> Lines:
        """The lines at which an actor works on connections of its own, in no transaction of who calls it."""
        return self.commits.who.on_its_own(actor)

    def _acting(self, anyhow: Actor) -> list[Actor]:
        """An actor with all that it is given; what the outside starts as well is also itself, as nothing tells what that gives."""
        chosen = self.chosen.get(anyhow)
        if not chosen:
            return self.contexts.each(anyhow)
        apart = anyhow[0] in self.started and all(map(self.contexts.is_switched, chosen))
        return [*chosen, anyhow] if apart else chosen

    def done(self, actor: Actor) -> list[tuple[Access, bool]]:
        """What an actor does itself, and whether it locks the rows."""
        return [
            (access, any(self.contexts.runs(actor, line) for line in locking))
            for place in self.reach.places(actor)
            for access, locking in self.accesses.get(place, ())
            if self.contexts.touches(actor, access)
        ]

    def _touched_by(self, actor: Actor, *, led_on: bool = True) -> int:
        apart = self.commits.who.on_its_own(actor)
        done = self.done(actor)
        found = self._touched_bits.of(
            item
            for access, locking in done
            if not is_within(access.line, apart) and (led_on or not access.is_led_on)
            for item in touched(access, locks=locking)
        )
        return found | self._touched_bits.of([CHOICE]) if self._by_class.chooses(actor, done) else found

    def _called_for_all(self, reach: Reach, actor: Actor) -> list[Actor]:
        """Whom an actor calls in the transaction that it is part of, if there is one: not on connections of its own."""
        apart = self.commits.who.on_its_own(actor)
        if not apart:
            return reach.called_in_order(actor)
        return list(dict.fromkeys(t for line, t in reach.runs(actor) if not is_within(line, apart)))

    def add_scopes(self) -> None:
        """Functions and blocks that are a transaction; a block inside of another one that it joins is none."""
        opened: dict[tuple[Actor, str], list[Lines]] = {}
        entered = {manager for around in self.around for manager in around.beside}
        for actor, found in self.places:
            if found.extent in ("whole", "block", "rest"):
                lines = () if found.extent == "whole" else without(found.first, found.last, found.apart)
                opened.setdefault((actor, found.kind), []).append(lines)
        for actor, found in self.places:
            if found.extent in ("commit", "rollback", "connection"):
                continue
            lines = () if found.extent == "whole" else without(found.first, found.last, found.apart)
            around = opened[actor, found.kind]
            if found.kind in JOINING and any(_holds(other, lines) for other in around):
                continue
            if found.extent == "rest" and any(self.commits.who.ends.get(place) for place in self.reach.places(actor)):
                continue  # it is told by its commit
            if (found.extent == "rest" and is_entering(actor)) or (lines and self.wrapped.tells(actor, lines, entered)):
                continue  # it is told of the blocks that are entered
            self._add(actor, found.kind, found.line, lines)

    def add_handed(self, callbacks: Callbacks) -> None:
        """Functions that are given to a helper which runs them in a transaction: it is that of who gives them."""
        opened: dict[str, list[tuple[Actor, str, Lines]]] = {}
        for actor, found in self.places:
            if found.extent in ("whole", "block", "rest"):
                around_it: Lines = () if found.extent == "whole" else ((found.first, found.last),)
                opened.setdefault(actor[0], []).append((actor, found.kind, around_it))
        for around in self.around:
            opened.setdefault(around.actor[0], []).append((around.actor, around.kind, around.lines))
        who = self.commits.who
        ending = {a[0] for a in who.ending if a not in who.kinds or who.is_near(a)}
        together: dict[tuple[Actor, int, Actor, str, Lines], list[Handed]] = {}
        helpers = [self.scopes[definition] for definition in sorted({*opened, *ending}) if definition in self.scopes]
        seen = {(h.helper, h.line, h.giver[0], h.at, h.target and h.target[0]) for h in callbacks.handed}
        given = [h for helper in helpers for h in callbacks.given_to(helper)]
        given = [h for h in given if (h.helper, h.line, h.giver[0], h.at, h.target and h.target[0]) not in seen]
        for handed in (*callbacks.handed, *given):
            places = [p for p in opened.get(handed.helper, ()) if not p[2] or is_within(handed.line, p[2])]
            helper = self.reach.home((handed.helper, ""))
            kind = self.commits.ends_after(helper, handed.line) if not places and handed.helper in ending else ""
            for actor, opening, lines in places or ([(helper, kind, ())] if kind else []):
                together.setdefault((handed.giver, handed.at, actor, opening, lines), []).append(handed)
        for (giver, at, actor, kind, lines), all_handed in sorted(together.items(), key=lambda item: item[0]):
            outer = opened.get(giver[0], ())
            if kind in JOINING and any(k == kind and (not of or is_within(at, of)) for _, k, of in outer):
                continue  # a savepoint
            own = tuple(sorted({h.inside for h in all_handed if h.target is None}))
            targets = [h.target for h in all_handed if h.target is not None]
            called = self.reach.called(giver, own) if own else set[Actor]()
            self._add(actor, kind, at, lines, teller=giver, beside=[*targets, *called], own=own)

    def add_decorated(self, decorated: Decorated) -> None:
        """Functions around which the application's own decorators, and its context managers used as such, put a transaction."""
        blocks = {(a.actor[0], a.kind, a.lines): a.beside for a in self.around}
        blocks |= {
            (actor[0], found.kind, ((found.first, found.last),)): ()
            for actor, found in self.places
            if found.extent == "block"
        }
        for (definition, kind, lines), beside in sorted(blocks.items()):
            for function in decorated.within(definition, lines):
                self._add_whole(function, kind, beside)
        for manager, kind in sorted(self.wrapped.managers.items()):
            for function in decorated.by(self._decorating(manager)):
                self._add_whole(function, kind, (manager,))

    def _decorating(self, manager: Actor) -> str:
        """What a manager is used as a decorator by: itself, or the class of which objects also decorate and then enter it."""
        unit = plain(manager)[1]
        scope = self.scopes.get(unit) if is_entering(manager) else None
        cls = scope if scope is not None and scope.facts.kind == ScopeKind.CLASS else None
        called = self.linked.hierarchy.member(cls, "__call__") if cls is not None else None
        return unit if called is not None and called.owner.library else manager[0]

    def _add_whole(self, function: Scope, kind: str, beside: Iterable[Actor]) -> None:
        self._add(self.reach.home((function.definition, "")), kind, function.facts.line, (), beside=beside)

    def add_commits(self) -> None:
        """What is open until somebody commits."""
        for committed in self.commits.all():
            self._keep(committed.actor, committed.kind, committed.line, committed.touched, committed.lines)

    def add_wrapped(self) -> None:
        """Blocks and functions around which the application's own context managers put a transaction."""
        for around in self.around:
            if around.actor[0] in self.reach.wrappers:
                continue  # it is told of the functions that it wraps
            for actor in self._acting(around.actor):
                if around.kind not in JOINING and self.commits.commits_in(actor, around.lines):
                    left = self.commits.left_to(actor, around.lines)
                    beside = self._touched_bits.things(union(map(self._touching.of, around.beside)))
                    start = Begun(actor, around.lines, tuple(around.beside))
                    self._keep(actor, around.kind, around.line, {*left, *beside}, around.lines, start=start)
                else:
                    self._add(actor, around.kind, around.line, around.lines, beside=around.beside)

    def add_requests(self, around: AroundRequests) -> None:
        """Each request to a view, where a framework opens a transaction around it; a page that writes one table has none of its own."""
        asked = around.asked()
        if not asked:
            return
        apart = views_outside_of_transactions(self.linked)
        touching = Gathered(partial(self._called_for_all, around.reach), partial(self._touched_by, led_on=False))
        led_on: dict[str, list[tuple[Access, bool]]] = {}
        for done in (one for several in self.accesses.values() for one in several if one[0].is_led_on):
            led_on.setdefault(done[0].unit, []).append((done[0], bool(done[1])))
        places: dict[Actor, tuple[str, int]] = {}
        # A class that shows rows by one inherited method and makes them by another has two transactions; by two that
        # come to the same tables it has one.
        answering: dict[tuple[Actor, frozenset[Touched]], list[str]] = {}
        begun: dict[tuple[Actor, frozenset[Touched]], set[Actor]] = {}
        for (actor, name), requests in asked.items():
            if actor[0] in apart or requests[0].entry.handler in apart:
                continue
            found: set[Touched] = set()
            actors: set[Actor] = set()
            for entry, start, method, _ in requests:
                actors.update(start.actors)
                # What a view commits itself is not in what is committed behind it.
                committing = {a for a in start.actors if self.commits.commits_in(a, ())}
                found.update(left for a in sorted(committing) for left in self.commits.left_to(a, ()))
                open_ones = [a for a in start.actors if a not in committing]
                found.update(self._touched_bits.things(union(map(touching.of, open_ones))))
                beside = led_on.get(around.reach.home((entry.handler, ""))[1], ())
                for access, locking in (*(one for alone in start.alone for one in self.done(alone)), *beside):
                    if does_answer(method, access):
                        found.update(touched(access, locks=locking))
            if requests[0].page and len({t.table for t in found if t.how == "write"}) < 2:
                continue
            places.setdefault(actor, (requests[0].entry.file, requests[0].entry.line))
            answering.setdefault((actor, frozenset(found)), []).append(name)
            begun.setdefault((actor, frozenset(found)), set()).update(actors)
        before = self._starts
        self._starts = {}
        for key, names in answering.items():
            actor, touching_them = key
            file, line = places[actor]
            begins = Begun(None, beside=tuple(sorted(begun[key])))
            said = sorted(filter(None, names))
            self._keep(actor, REQUEST, line, touching_them, (), file=file, answering=said, start=begins)
        self._tell_by_class(self._classes_told_apart(around.reach), touching.of)
        self._starts = before

    def _add(
        self, actor: Actor, kind: str, line: int, lines: Lines, *, file: str = "", beside: Iterable[Actor] = (),
        teller: Actor | None = None, own: Lines = (),
    ) -> None:  # fmt: skip
        """A transaction around these lines of a definition, with all that they call; ``beside`` runs inside as well.

        It is told of the actor itself or of a ``teller``, of whom the lines ``own`` are inside too.
        """
        told = teller or actor
        if (*told, kind, line) in self.found:
            return
        called = self.reach.called(actor, lines) if lines else {actor}
        found = {
            item
            for holder, ranges in ((actor, lines), (told, own))
            for access, locking in (self.done(holder) if ranges else ())
            if is_within(access.line, ranges)
            for item in touched(access, locks=locking)
        }
        found.update(self._touched_bits.things(union(map(self._touching.of, (*called, *beside)))))
        start = Begun(actor, lines, tuple(beside))
        if teller is None:
            self._keep(actor, kind, line, found, lines, file=file, start=start)
        else:
            self._beside[*teller, kind, line] = (actor[0], [*called, *beside])
            self._keep(teller, kind, line, found, own or ((line, line),), start=start)

    def _keep(
        self, actor: Actor, kind: str, line: int, found: Iterable[Touched], lines: Lines, *, file: str = "",
        answering: Iterable[str] = (), start: Begun | None = None,
    ) -> None:  # fmt: skip
        found = list(found)
        tables = {how: {t.table for t in found if t.how == how} for how in ("write", "cascade", "read", "lock")}
        written = tables["write"] | tables["cascade"]
        if written or tables["read"]:
            transaction = Transaction(
                definition=actor[0],
                scope=kind,
                tables_written=tuple(sorted(written)),
                tables_read=tuple(sorted(tables["read"])),
                locked=tuple(sorted(tables["lock"])),
                file=file or self.scopes[actor[0]].module.file,
                line=line,
                unit=plain(actor)[1],
                lines=lines,
                number=number_of(actor),
                tables_cascaded=tuple(sorted(tables["cascade"] - tables["write"])),
                answering=tuple(answering),
            )
            key = (*actor, " ".join((kind, *transaction.answering)), line)
            if self.found.setdefault(key, transaction) is transaction and len(written) > 1:
                self._starts[key] = start or Begun(actor, lines)

    def _tell_by_class(self, by_class: ByClass, touching: Callable[[Actor], int]) -> None:
        """Tell of the transactions that were begun which tables they write only where an object is of one of several classes."""
        for key, tables in zip(self._starts, by_class.of(self._starts.values(), touching), strict=True):
            told = self.found[key]
            some = tuple(table for table in told.tables_written if table in tables)
            if some:
                self.found[key] = msgspec.structs.replace(told, tables_by_class=some)

    def distinct(self) -> list[Transaction]:
        """All of them, sorted, without what a subclass inherits as it is, or inherits and is not asked for."""
        self._tell_by_class(self._by_class, self._touching.of)
        return Distinct(self.found, self._beside, self.asked, self.reach, self.contexts, self._acting).all()


def _holds(outer: Lines, inner: Lines) -> bool:
    """Whether lines are a true part of others; none stand for a whole function."""
    if outer == inner or not inner:
        return False
    return not outer or (outer[0][0] <= inner[0][0] and inner[0][1] <= outer[0][1])
