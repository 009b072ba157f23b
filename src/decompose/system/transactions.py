"""Transactions: what commits or rolls back together, with everything that it reaches through calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

import msgspec

from decompose.facts import Op, ScopeKind
from decompose.linking import Linked
from decompose.linking.libraries import methods_in_transactions, requests_in_transactions, views_outside_of_transactions
from decompose.linking.program import Scope
from decompose.linking.transaction_scopes import TransactionScope, transaction_scopes
from decompose.system.callbacks import Callbacks, Handed
from decompose.system.commits import Actor, Commits, Lines, Touched, touched
from decompose.system.model import AFTER_COMMIT, RUNS_DECORATED, Access, Dependency, EntryPoint, System, Transaction
from decompose.system.paths import Paths
from decompose.system.placement import Placement
from decompose.system.unit_of_work import MADE

ATOMIC = "atomic"
_JOINING = frozenset({ATOMIC})
"""Kinds of transaction that one inside of another is part of: a savepoint."""

REQUEST = "request"
"""The scope of a transaction that a framework opens around each request."""


class Inside(NamedTuple):
    """What a transaction comprises besides its tables: the definitions that run in it, and the entry points that lead to it."""

    definitions: tuple[str, ...]
    entry_points: tuple[str, ...]


class _Reach:
    """Who runs whom, as far as it is not guessed and happens at once."""

    def __init__(self, dependencies: Iterable[Dependency], *, after_commit: bool = False) -> None:
        self.following: dict[Actor, set[tuple[int, Actor]]] = {}
        self.before: dict[Actor, set[Actor]] = {}
        self._homes: dict[str, str] = {}
        self.wrappers: set[str] = set()
        """Definitions that run what they decorate."""
        for d in dependencies:
            if d.rule == RUNS_DECORATED:
                self.wrappers.add(d.source)
            if d.runs and d.resolution != "guessed" and d.kind != "task" and (after_commit or d.rule != AFTER_COMMIT):
                source, target = (d.source, d.source_unit), (d.target, d.target_unit)
                self.following.setdefault(source, set()).add((d.line, target))
                self.before.setdefault(target, set()).add(source)

    def home(self, actor: Actor) -> Actor:
        """The actor for the class that defines a method: what it does for every class stands there."""
        definition = actor[0]
        unit = self._homes.get(definition)
        if unit is None:
            module, _, name = definition.partition(":")
            unit = self._homes[definition] = f"{module}:{name.partition('.')[0]}"
        return definition, unit

    def places(self, actor: Actor) -> set[Actor]:
        """Where what an actor does stands."""
        return {actor, self.home(actor)}

    def _runs(self, actor: Actor) -> Iterator[tuple[int, Actor]]:
        """Whom an actor runs, with the line. What a method asks of its own class, it asks of the class that acts."""
        for place in self.places(actor):
            for line, target in self.following.get(place, ()):
                yield line, (target[0], actor[1]) if target[1] == place[1] else target

    def called(self, actor: Actor, lines: Lines = ()) -> set[Actor]:
        """Whom an actor calls itself, in all of its lines or in some."""
        return {target for line, target in self._runs(actor) if not lines or is_within(line, lines)}

    def inside(self, actors: Iterable[Actor]) -> set[Actor]:
        """All that runs when some actors do, with the places where what they do stands."""
        stack = list(actors)
        known = set(stack)
        while stack:
            for _, target in self._runs(stack.pop()):
                if target not in known:
                    known.add(target)
                    stack.append(target)
        return {place for actor in known for place in self.places(actor)}

    def paths(self, actor: Actor) -> dict[Actor, Actor | None]:
        """All that runs when an actor does, nearest first, each with what runs it; the actor itself has nothing."""
        known: dict[Actor, Actor | None] = {actor: None}
        level = [actor]
        while level:
            following = []
            for current in level:
                for target in sorted(self.called(current)):
                    if target not in known:
                        known[target] = current
                        following.append(target)
            level = following
        return known

    def leading_to(self, actor: Actor) -> set[str]:
        """The definitions that lead to an actor, itself included."""
        return {definition for definition, _ in self.all_leading_to([actor])}

    def all_leading_to(self, actors: Iterable[Actor]) -> set[Actor]:
        """Who leads to some actors, with these."""
        stack = list(actors)
        seen = set(stack)
        while stack:
            for before in self.before.get(stack.pop(), ()):
                if before not in seen:
                    seen.add(before)
                    stack.append(before)
        return seen


def transactions_of(
    linked: Linked,
    placement: Placement,
    callbacks: Callbacks,
    dependencies: Iterable[Dependency],
    accesses: Iterable[Access],
    locks: Mapping[Actor, set[str]],
    entry_points: Iterable[EntryPoint],
    put_off: Mapping[str, Lines],
) -> list[Transaction]:
    """The transactions with the tables that they reach through calls, and those whose rows they lock.

    ``put_off``: definition -> lines in it that run after the transaction only.
    """
    accesses = [a for a in accesses if not is_within(a.line, put_off.get(a.definition, ()))]
    dependencies = list(dependencies)
    reach = _Reach(callbacks.told_of_givers(dependencies))
    found = _Transactions(linked, placement, reach, accesses, locks)
    found.add_handed(callbacks)
    found.add_scopes()
    found.add_commits()
    found.add_wrapped()
    if requests_in_transactions(linked):
        found.add_requests(entry_points)
    given: dict[str, set[Actor | None]] = {}
    for handed in callbacks.handed:
        given.setdefault(handed.helper, set()).add(handed.target)
    several = {helper for helper, targets in given.items() if len(targets) > 1}
    helpers = {(d.source, d.source_unit) for d in dependencies if d.source in several}
    leading = _Reach(dependencies).all_leading_to(helpers)
    return [found.with_inside(t) if found.is_apart(t, leading) else t for t in found.sorted()]


class _Transactions:
    """Collects transactions; one line of a definition opens or ends at most one of a kind."""

    def __init__(
        self,
        linked: Linked,
        placement: Placement,
        reach: _Reach,
        accesses: Iterable[Access],
        locks: Mapping[Actor, set[str]],
    ) -> None:
        self.linked = linked
        self.reach = reach
        self.found: dict[tuple[str, str, str, int], Transaction] = {}
        self._beside: dict[tuple[str, str, str, int], tuple[str, list[Actor]]] = {}
        """Of what is told of who gives functions to a helper: the helper, and what runs in its transaction."""
        self.accesses: dict[Actor, list[tuple[Access, bool]]] = {}
        for access in accesses:
            # What is made is written where it is added or flushed; made alone it may be for something else.
            if access.resolution != "guessed" and access.rule != MADE:
                actor = (access.definition, access.unit)
                locking = access.operation == "read" and access.table in locks.get(actor, ())
                self.accesses.setdefault(actor, []).append((access, locking))
        self.scopes: dict[str, Scope] = {}
        for scope in linked.program.scopes:
            if not scope.library and scope.facts.kind != ScopeKind.LAMBDA:
                self.scopes.setdefault(scope.definition, scope)
        self.places: list[tuple[Actor, TransactionScope]] = []
        for found in transaction_scopes(linked.engine):
            scope = linked.program.scopes[found.scope]
            # What a wrapper opens and ends is told of the functions that it wraps.
            if not scope.library and (found.extent == "whole" or scope.definition not in reach.wrappers):
                actor = (scope.definition, placement.acting_unit(scope, found.receiver))
                self.places.append((actor, found))
        for scope, line in methods_in_transactions(linked):
            actor = (scope.definition, placement.unit_of(scope))
            self.places.append((actor, TransactionScope(scope.index, -1, ATOMIC, line, "whole")))
        self.commits = self._commits()

    def _commits(self) -> Commits:
        ends: dict[Actor, list[tuple[int, str]]] = {}
        blocks: dict[Actor, list[tuple[int, int]]] = {}
        for actor, found in self.places:
            if found.extent in ("commit", "rollback"):
                ends.setdefault(actor, []).append((found.line, found.kind if found.extent == "commit" else ""))
            elif found.extent == "block" and found.kind not in _JOINING:
                blocks.setdefault(actor, []).append((found.first, found.last))
        calls = {actor: sorted(targets) for actor, targets in self.reach.following.items()}
        return Commits(
            ends,
            calls,
            self.accesses,
            blocks,
            partial(_paths, self.scopes),
            self.reach.home,
            partial(_lone_calls, self.scopes),
        )

    def add_scopes(self) -> None:
        """Functions and blocks that are a transaction; a block inside of another one that it joins is none."""
        opened: dict[tuple[Actor, str], list[Lines]] = {}
        for actor, found in self.places:
            if found.extent in ("whole", "block", "rest"):
                lines = () if found.extent == "whole" else ((found.first, found.last),)
                opened.setdefault((actor, found.kind), []).append(lines)
        for actor, found in self.places:
            if found.extent in ("commit", "rollback"):
                continue
            lines = () if found.extent == "whole" else ((found.first, found.last),)
            around = opened[actor, found.kind]
            if found.kind in _JOINING and any(_holds(other, lines) for other in around):
                continue
            if found.extent == "rest" and any(self.commits.ends.get(place) for place in self.reach.places(actor)):
                continue  # it is told by its commit
            self._add(actor, found.kind, found.line, lines)

    def add_handed(self, callbacks: Callbacks) -> None:
        """Functions that are given to a helper which runs them in a transaction: it is that of who gives them."""
        opened: dict[str, list[tuple[Actor, str, Lines]]] = {}
        for actor, found in self.places:
            if found.extent in ("whole", "block", "rest"):
                around_it: Lines = () if found.extent == "whole" else ((found.first, found.last),)
                opened.setdefault(actor[0], []).append((actor, found.kind, around_it))
        ending = {actor[0] for actor in self.commits.kinds if self.commits.is_near(actor)}
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
            around = opened.get(giver[0], ())
            if kind in _JOINING and any(k == kind and (not of or is_within(at, of)) for _, k, of in around):
                continue  # a savepoint
            own = tuple(sorted({h.inside for h in all_handed if h.target is None}))
            targets = [h.target for h in all_handed if h.target is not None]
            called = self.reach.called(giver, own) if own else set[Actor]()
            self._add(actor, kind, at, lines, teller=giver, beside=[*targets, *called], own=own)

    def add_commits(self) -> None:
        """What is open until somebody commits."""
        for committed in self.commits.all():
            self._keep(committed.actor, committed.kind, committed.line, committed.touched, committed.lines)

    def add_wrapped(self) -> None:
        """Blocks and functions around which the application's own context managers put a transaction."""
        wrapping = self._wrapping()
        callers: dict[Actor, list[tuple[int, Actor]]] = {}
        for source, targets in self.reach.following.items():
            for line, target in targets:
                callers.setdefault(target, []).append((line, source))
        whole: dict[Actor, str] = {}
        stack = sorted(wrapping.items())
        seen = {actor for actor, _ in stack}
        while stack:
            manager, kind = stack.pop()
            for line, actor in sorted(callers.get(manager, ())):
                scope = self.scopes.get(actor[0])
                if scope is None:
                    continue
                if line == scope.facts.line and manager not in whole and self._is_generator(manager):
                    whole.setdefault(actor, kind)
                for block in scope.module.facts.blocks:
                    if block[0] == line or block[0] <= line < block[1]:
                        lines = ((block[1], block[2]),)
                        self._add(actor, kind, block[0], lines, beside=[manager])
                        if actor not in seen and any(is_within(at, lines) for at in self._yields(actor)):
                            seen.add(actor)
                            stack.append((actor, kind))
        self._add_whole(whole, callers)

    def _add_whole(self, whole: dict[Actor, str], callers: Mapping[Actor, list[tuple[int, Actor]]]) -> None:
        """Functions that a framework runs inside of a generator, or that take something from one that it does that for."""
        stack = sorted(whole)
        inner: set[Actor] = set()
        while stack:
            actor = stack.pop()
            for line, caller in sorted(callers.get(actor, ())):
                scope = self.scopes.get(caller[0])
                if scope is not None and line == scope.facts.line:
                    inner.add(actor)
                    if caller not in whole:
                        whole[caller] = whole[actor]
                        stack.append(caller)
        for actor, kind in sorted(whole.items()):
            if actor not in inner:
                self._add(actor, kind, self.scopes[actor[0]].facts.line, ())

    def _wrapping(self) -> dict[Actor, str]:
        """The application's own context managers that commit when they are left, with the kind of transaction."""
        found: dict[Actor, str] = {}
        for actor, place in self.places:
            lines = ((place.first, place.last),)
            if place.extent in ("block", "rest") and any(is_within(line, lines) for line in self._yields(actor)):
                found.setdefault(actor, place.kind)
        for actor in sorted(self.commits.kinds):
            if actor[0].rpartition(".")[2] in ("__exit__", "__aexit__"):
                found.setdefault(actor, self.commits.kind(actor))
            for line in self._yields(actor):
                kind = self.commits.wraps(actor, line)
                if kind:
                    found.setdefault(actor, kind)
        return found

    def _is_generator(self, actor: Actor) -> bool:
        scope = self.scopes.get(actor[0])
        return scope is not None and bool(scope.facts.yields or self._yields(actor))

    def _yields(self, actor: Actor) -> list[int]:
        scope = self.scopes.get(actor[0])
        if scope is None or not scope.is_function:
            return []
        return [at for at in scope.module.facts.yielding if scope.facts.line <= at <= scope.facts.end_line]

    def add_requests(self, entry_points: Iterable[EntryPoint]) -> None:
        """Each request to a view, where a framework opens a transaction around it."""
        apart = views_outside_of_transactions(self.linked)
        for entry in entry_points:
            # A class that is asked is entered by the method of that name.
            method = f"{entry.handler}.{entry.name.partition(' ')[0].lower()}"
            handler = method if method in self.scopes else entry.handler
            actor = self.reach.home((handler, ""))
            if entry.kind == "http" and handler not in apart and not self._has(actor, REQUEST):
                self._add(actor, REQUEST, entry.line, (), file=entry.file)

    def _has(self, actor: Actor, kind: str) -> bool:
        return any(key[:3] == (*actor, kind) for key in self.found)

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
        inside = self.reach.inside([*called, *beside])
        found = {
            item
            for holder, ranges in ((actor, lines), (told, own))
            for place in (self.reach.places(holder) if ranges else ())
            for access, locking in self.accesses.get(place, ())
            if is_within(access.line, ranges)
            for item in touched(access, locks=locking)
        }
        for place in inside:
            for access, locking in self.accesses.get(place, ()):
                found |= touched(access, locks=locking)
        if teller is None:
            self._keep(actor, kind, line, found, lines, file=file)
        else:
            self._beside[*teller, kind, line] = (actor[0], [*called, *beside])
            self._keep(teller, kind, line, found, own or ((line, line),))

    def _keep(
        self, actor: Actor, kind: str, line: int, found: Iterable[Touched], lines: Lines, *, file: str = ""
    ) -> None:
        tables = {how: tuple(sorted({t.table for t in found if t.how == how})) for how in ("write", "read", "lock")}
        if tables["write"] or tables["read"]:
            transaction = Transaction(
                definition=actor[0],
                scope=kind,
                tables_written=tables["write"],
                tables_read=tables["read"],
                locked=tables["lock"],
                file=file or self.scopes[actor[0]].module.file,
                line=line,
                unit=actor[1],
                lines=lines,
            )
            self.found.setdefault((*actor, kind, line), transaction)

    def is_apart(self, transaction: Transaction, leading: set[Actor]) -> bool:
        """Whether the calls alone would not tell what is inside: it is told of who gives, or leads to who is given several."""
        actor = (transaction.definition, transaction.unit)
        return (*actor, transaction.scope, transaction.line) in self._beside or bool(leading & self.reach.places(actor))

    def with_inside(self, transaction: Transaction) -> Transaction:
        """A transaction with the definitions inside, of which the calls alone would name those that others have given."""
        actor = (transaction.definition, transaction.unit)
        beside = self._beside.get((*actor, transaction.scope, transaction.line))
        called = self.reach.called(actor, transaction.lines) if transaction.lines else {actor}
        helper, actors = beside or (transaction.definition, called)
        inside = {definition for definition, _ in self.reach.inside(actors)}
        return msgspec.structs.replace(transaction, inside=tuple(sorted({transaction.definition, helper} | inside)))

    def sorted(self) -> list[Transaction]:
        """All of them, without what a subclass inherits as it is."""
        at_home = {key: self.found.get((*self.reach.home((key[0], "")), *key[2:])) for key in self.found}
        own = [t for key, t in self.found.items() if not _like_at_home(t, at_home[key])]
        return sorted(own, key=lambda t: (t.definition, t.unit, t.scope, t.line))


def _holds(outer: Lines, inner: Lines) -> bool:
    """Whether lines are a true part of others; none stand for a whole function."""
    if outer == inner or not inner:
        return False
    return not outer or (outer[0][0] <= inner[0][0] and inner[0][1] <= outer[0][1])


def is_within(line: int, lines: Lines) -> bool:
    """Whether a line is in one of some ranges."""
    return any(first <= line <= last for first, last in lines)


def _like_at_home(transaction: Transaction, at_home: Transaction | None) -> bool:
    """Whether a subclass inherits a transaction that does the same as where it is written."""
    return (
        at_home is not None
        and at_home is not transaction
        and at_home.tables_written == transaction.tables_written
        and at_home.tables_read == transaction.tables_read
    )


def what_is_inside(system: System) -> list[Inside]:
    """For each transaction of a system, in their order, what it comprises."""
    reach = _Reach(system.dependencies)
    entries: dict[str, list[str]] = {}
    for entry in system.entry_points:
        entries.setdefault(entry.handler, []).append(f"{entry.kind} {entry.name}")
    found = []
    for t in system.transactions:
        actor = (t.definition, t.unit)
        inside = reach.inside(reach.called(actor, t.lines) if t.lines else {actor}) if not t.inside else ()
        definitions = t.inside or tuple(sorted({t.definition} | {definition for definition, _ in inside}))
        names = {name for handler in reach.leading_to(actor) for name in entries.get(handler, ())}
        found.append(Inside(definitions, tuple(sorted(names))))
    return found


def _paths(scopes: Mapping[str, Scope], actor: Actor) -> Paths:
    scope = scopes.get(actor[0])
    if scope is None:
        return Paths((), (), 0, 0)
    facts = scope.module.facts
    return Paths(facts.arms, facts.loops, scope.facts.line, scope.facts.end_line)


def _lone_calls(scopes: Mapping[str, Scope], actor: Actor) -> frozenset[int]:
    """The lines of a function on which there is one call only: of several functions that it may be of, it is of one."""
    scope = scopes.get(actor[0])
    lines = (
        Counter(operation[-1] for operation in scope.facts.ops if operation[0] == Op.CALL) if scope is not None else {}
    )
    return frozenset(line for line, count in lines.items() if count == 1)


class Reached(NamedTuple):
    """An access that an entry point leads to; ``via`` are the definitions on the shortest way, the accessing one included."""

    entry: EntryPoint
    access: Access
    via: tuple[str, ...]


def reached_accesses(system: System) -> Iterator[Reached]:
    """What each entry point does to which table through calls; each definition, table and operation once."""
    reach = _Reach(system.dependencies, after_commit=True)
    by_place: dict[Actor, list[Access]] = {}
    for access in system.accesses:
        if access.resolution != "guessed":
            by_place.setdefault((access.definition, access.unit), []).append(access)
    for entry in system.entry_points:
        known = reach.paths(reach.home((entry.handler, "")))
        seen = set()
        for actor in known:
            for place in dict.fromkeys((actor, reach.home(actor))):
                for access in by_place.get(place, ()):
                    key = (access.definition, access.table, access.operation)
                    if key not in seen:
                        seen.add(key)
                        way = [actor[0]]
                        before = known[actor]
                        while before is not None:
                            way.append(before[0])
                            before = known[before]
                        yield Reached(entry, access, tuple(reversed(way)))
