"""Transactions that the application's own context managers put around blocks and functions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from decompose.facts import Op
from decompose.linking.program import Scope
from decompose.linking.transaction_scopes import TransactionScope
from decompose.system.calls.blocks import is_entering, is_leaving
from decompose.system.transactions.commits import Commits
from decompose.system.transactions.events import Actor, Lines, is_within
from decompose.system.transactions.narrowed import plain
from decompose.system.transactions.reach import Reach


class Around(NamedTuple):
    """A transaction around ``lines`` of an actor, or around all of it; what is ``beside`` runs inside as well."""

    actor: Actor
    kind: str
    line: int
    lines: Lines
    beside: tuple[Actor, ...]


class Wrapped:
    """Who is wrapped by whom: by ``following``, each actor's calls with their lines."""

    def __init__(
        self,
        scopes: Mapping[str, Scope],
        places: Iterable[tuple[Actor, TransactionScope]],
        commits: Commits,
        following: Mapping[Actor, Iterable[tuple[int, Actor]]],
    ) -> None:
        self.scopes = scopes
        self.places = places
        self.commits = commits
        self.following = following
        self.managers: dict[Actor, str] = {}
        """What `found` has seen to put a transaction around a block, with the kind of it."""

    def found(self) -> Iterator[Around]:
        """Blocks and functions around which the application's own context managers put a transaction."""
        wrapping = self._wrapping()
        callers: dict[Actor, list[tuple[int, Actor]]] = {}
        for source, targets in self.following.items():
            for line, target in targets:
                callers.setdefault(target, []).append((line, source))
        whole: dict[Actor, str] = {}
        stack = sorted(wrapping.items())
        seen = {actor for actor, _ in stack}
        while stack:
            manager, kind = stack.pop()
            self.managers[manager] = kind
            for line, actor in sorted(callers.get(manager, ())):
                scope = self.scopes.get(actor[0])
                if scope is None:
                    continue
                if line == scope.facts.line and manager not in whole and self._is_generator(manager):
                    whole.setdefault(actor, kind)
                if actor not in seen and _hands_out(scope, line):
                    seen.add(actor)
                    stack.append((actor, kind))
                later = _entered_later(scope, line)
                for block in scope.module.facts.blocks:
                    if block[0] == line or block[0] <= line < block[1] or block[0] in later:
                        lines = ((block[1], block[2]),)
                        yield Around(actor, kind, block[0], lines, (manager, *self._leaving(manager, actor, line)))
                        if actor not in seen and any(is_within(at, lines) for at in self._yields(actor)):
                            seen.add(actor)
                            stack.append((actor, kind))
        yield from self._whole(whole, callers)

    def _leaving(self, manager: Actor, actor: Actor, line: int) -> list[Actor]:
        """What runs inside of a transaction that ``__enter__`` opens when the block is left that enters it."""
        if not is_entering(manager):
            return []
        called = (target for at, target in self.following.get(actor, ()) if at == line and target[1] == manager[1])
        return sorted({target for target in called if is_leaving(target)})

    def tells(self, manager: Actor, lines: Lines, entered: Collection[Actor]) -> bool:
        """Whether a block of a manager is told of those who enter it: what they do there runs where the manager yields."""
        return manager in entered and any(is_within(line, lines) for line in self._yields(manager))

    def _whole(self, whole: dict[Actor, str], callers: Mapping[Actor, list[tuple[int, Actor]]]) -> Iterator[Around]:
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
                yield Around(actor, kind, self.scopes[actor[0]].facts.line, (), ())

    def _wrapping(self) -> dict[Actor, str]:
        """The application's own context managers that commit when they are left, with the kind of transaction."""
        found: dict[Actor, str] = {}
        for actor, place in self.places:
            lines = ((place.first, place.last),)
            if place.extent in ("block", "rest") and any(is_within(line, lines) for line in self._yields(actor)):
                found.setdefault(actor, place.kind)
        for actor in sorted(self.commits.who.ending):
            if is_leaving(actor) and self.commits.who.is_near(actor):
                found.setdefault(actor, self.commits.who.kind(actor))
            for line in self._yields(actor):
                kind = self.commits.ends_after(actor, line, going_on=True)
                if kind:
                    found.setdefault(actor, kind)
        leaving = {_manager(actor) for actor in found}
        for actor, place in self.places:
            if place.extent == "rest" and is_entering(actor) and _manager(actor) not in leaving:
                found.setdefault(actor, place.kind)
        return found

    def _is_generator(self, actor: Actor) -> bool:
        scope = self.scopes.get(actor[0])
        return scope is not None and bool(scope.facts.yields or self._yields(actor))

    def _yields(self, actor: Actor) -> list[int]:
        return yields(self.scopes.get(actor[0]))


def yields_beside_blocks(scope: Scope, entering: Collection[int]) -> list[int]:
    """The lines at which a function yields outside of the blocks that are entered at some lines, if it also yields inside of those."""
    yielding = yields(scope)
    blocks = (
        tuple((block[1], block[2]) for block in scope.module.facts.blocks if block[0] in entering) if yielding else ()
    )
    outside = [at for at in yielding if not is_within(at, blocks)]
    return outside if len(outside) < len(yielding) else []


def yields(scope: Scope | None) -> list[int]:
    """The lines of a function at which it yields."""
    if scope is None or not scope.is_function:
        return []
    own = ((scope.facts.line, scope.facts.end_line),)
    yielding = [at for at in scope.module.facts.yielding if is_within(at, own)]
    if yielding:
        inner = [(s.facts.line, s.facts.end_line) for s in scope.module.scopes if s.is_function and s is not scope]
        nested = tuple(lines for lines in inner if scope.facts.line < lines[0] <= scope.facts.end_line)
        yielding = [at for at in yielding if not is_within(at, nested)]
    return yielding


def add_blocks_of_managers(
    connections: dict[Actor, list[tuple[int, int]]],
    scopes: Mapping[str, Scope],
    actors: Iterable[Actor],
    reach: Reach,
    runs: Callable[[Actor, int], bool],
) -> None:
    """To the blocks for which connections are made those around which a context manager of the application's own makes one.

    It is a generator that yields in such a block, or in one around which another manager of this kind makes it. One that yields
    the connection that it is given, if it is given one, makes one for who gives none: ``runs`` says which lines then run.
    """
    callers: dict[Actor, list[tuple[int, Actor]]] = {}
    told_apart: dict[Actor, set[Actor]] = {}
    for source in actors if connections else ():
        for line, target in reach.runs(source):
            callers.setdefault(target, []).append((line, source))
            told_apart.setdefault(plain(target), set()).add(target)
    waiting, seen = sorted(connections), set[Actor]()
    while waiting:
        manager = waiting.pop()
        lines = [at for at in yields(scopes.get(manager[0])) if runs(manager, at)]
        made = tuple(block for place in reach.places(manager) for block in connections.get(place, ()))
        if manager in seen or not lines or not all(is_within(at, made) for at in lines):
            continue
        seen.add(manager)
        for line, actor in sorted(callers.get(manager, ())):
            scope = scopes.get(actor[0])
            for block in (
                scope.module.facts.blocks if scope is not None and not _enters_one_of_several(scope, line) else ()
            ):
                if block[0] == line:
                    connections.setdefault(actor, []).append((block[1], block[2]))
                    waiting += sorted({actor} | (told_apart.get(actor, set()) - seen))


def _enters_one_of_several(scope: Scope, line: int) -> bool:
    """Whether a statement enters what stands on either side of a condition: ``with given if given else made():``."""
    entered = (operation[2] for operation in scope.facts.ops if operation[0] == Op.ENTER and operation[-1] == line)
    return any(len(scope.operations_producing(ref)) > 1 for ref in entered)


def _entered_later(scope: Scope, line: int) -> set[int]:
    """The lines that enter by its name what a call on a line gives: ``manager = kept()``, ``with manager:``."""
    found = set()
    for operation in scope.facts.ops:
        if operation[0] == Op.ENTER and operation[-1] > line:
            made = scope.operations_producing(operation[2])
            made = [m for one in made for m in (scope.operations_producing(one[2]) if one[0] == Op.COPY else [one])]
            if any(one[0] == Op.CALL and one[-1] == line for one in made):
                found.add(operation[-1])
    return found


def _manager(actor: Actor) -> tuple[str, str]:
    """The class whose method this is, and who acts."""
    return actor[0].rpartition(".")[0], actor[1]


def _hands_out(scope: Scope, line: int) -> bool:
    """Whether a function returns what a call on this line gives, such as a context manager."""
    made = (operation for ref in scope.facts.returns for operation in scope.operations_producing(ref))
    return not scope.facts.yields and any(operation[0] == Op.CALL and operation[-1] == line for operation in made)
