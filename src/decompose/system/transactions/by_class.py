"""What a transaction writes whatever the classes of its objects are, and what only where an object is of one of several classes.

Of a method that an object of several classes is asked for, or a row of several tables, what all of them do is sure, and no more. What is
done in a loop is done for each, and an object of every class may come.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import reduce
from operator import and_
from typing import NamedTuple

from decompose.facts import Op
from decompose.facts.records import Ref
from decompose.linking.program import Scope
from decompose.system.accesses.unit_of_work import FLUSHED
from decompose.system.gathered import Bits, union
from decompose.system.model import BY_ATTRIBUTE, DECLARED_TYPE, ONE_OF, REACH_LINE, Access, Dependency
from decompose.system.transactions.events import WRITTEN, Actor, Lines, Touched, is_within, touched
from decompose.system.transactions.reach import Reach

CHOICE = Touched("", "choice")
"""What an actor touches besides if it asks one of several classes, or touches one of several tables."""

_MAX_STEPS = 12
_MAX_ROUNDS = 30
"""Circles in circles that need more are not told apart: all that they come to counts as sure."""

_CALLS = frozenset({"call", "property"})
_OF_OBJECTS = frozenset({BY_ATTRIBUTE, DECLARED_TYPE})


class Begun(NamedTuple):
    """Where a transaction begins: lines of an actor (none: all of it), if it is an actor's, and others that run in it."""

    actor: Actor | None
    lines: Lines = ()
    beside: tuple[Actor, ...] = ()


class _Does(NamedTuple):
    """What something does itself, what of that is sure, what it only flushes, whom it calls, and of whom it calls one, by the class that acts."""

    own: int
    sure: int
    flushed: int
    called: list[Actor]
    choices: list[list[list[Actor]]]

    def targets(self) -> Iterator[Actor]:
        yield from self.called
        yield from (target for choice in self.choices for one in choice for target in one)


def asking_one_of(dependencies: Iterable[Dependency]) -> dict[Actor, set[tuple[int, str]]]:
    """Who asks an object for a method -> where that may be of one of several classes: lines, each with the method's name."""
    first: dict[tuple[str, str, int, str], str] = {}
    found: dict[Actor, set[tuple[int, str]]] = {}
    for d in dependencies:
        if (d.rule in _OF_OBJECTS or d.rule.startswith(ONE_OF)) and d.kind in _CALLS and d.resolution != "guessed":
            method = d.target.rpartition(".")[2]
            if first.setdefault((d.source, d.source_unit, d.line, method), d.target_unit) != d.target_unit:
                found.setdefault((d.source, d.source_unit), set()).add((d.line, method))
    return found


class ByClass:
    """Answers for one program.

    ``several``: by `asking_one_of`; ``scopes``: by definition; ``done``: what an actor does itself; ``apart``: the lines at which it
    works on connections of its own, which are in no transaction of who calls it.
    """

    def __init__(
        self,
        reach: Reach,
        several: Mapping[Actor, Collection[tuple[int, str]]],
        scopes: Mapping[str, Scope],
        done: Callable[[Actor], Iterable[tuple[Access, bool]]],
        apart: Callable[[Actor], Lines],
        bits: Bits[Touched],
    ) -> None:
        self._reach = reach
        self._asking = several
        self._scopes = scopes
        self._done = done
        self._apart = apart
        self._bits = bits
        self._choice = bits.of([CHOICE])
        self._known: dict[tuple[str, int, str], bool] = {}
        self._does: dict[Actor, _Does] = {}
        self._sure: dict[Actor, int] = {}

    def chooses(self, actor: Actor, done: Iterable[tuple[Access, bool]]) -> bool:
        """Whether an actor itself asks one of several classes, or touches one of several tables, by what it has ``done``."""
        return any(place in self._asking for place in self._reach.places(actor)) or any(
            REACH_LINE in access.rule for access, _ in done
        )

    def of(self, starts: Iterable[Begun], touching: Callable[[Actor], int]) -> list[frozenset[str]]:
        """For each start the tables that are written only where an object is of one of several classes; ``touching``: all that an actor comes to."""
        begun = [self._flushing(self._beginning(start), touching) for start in starts]
        self._settle([target for does in begun for target in does.targets()], touching)
        found = []
        for does in begun:
            every = union((does.own, *map(touching, does.targets())))
            found.append(self._written(every) - self._written(self._value(does)))
        return found

    def _written(self, bits: int) -> frozenset[str]:
        return frozenset(item.table for item in self._bits.things(bits) if item.how in WRITTEN)

    def _beginning(self, start: Begun) -> _Does:
        does = self._doing(start.actor, start.lines) if start.actor else _Does(0, 0, 0, [], [])
        return does._replace(called=[*does.called, *start.beside])

    def _doing(self, actor: Actor, lines: Lines = (), apart: Lines = ()) -> _Does:
        several = self._several(actor)
        called: list[Actor] = []
        choices: dict[tuple[int, str], dict[str, list[Actor]]] = {}

        def is_inside(line: int) -> bool:
            return (not lines or is_within(line, lines)) and not is_within(line, apart)

        for line, target in self._reach.runs(actor):
            if is_inside(line):
                place = (line, _name(target))
                if place in several and self._is_of_one_object(actor[0], *place):
                    choices.setdefault(place, {}).setdefault(target[1], []).append(target)
                else:
                    called.append(target)
        own = [a for a, _ in self._done(actor) if a.operation != "read" and is_inside(a.line)]
        flushes = [a for a in own if a.rule.startswith(FLUSHED)]
        own = [a for a in own if not a.rule.startswith(FLUSHED)]
        of_several = {a.line for a in own if REACH_LINE in a.rule and self._is_of_one_row(actor[0], a.line)}
        sure = [a for a in own if a.resolution == "exact" or a.line not in of_several]
        changed, flushed = self._touched(own), self._touched(flushes)
        return _Does(changed, self._touched(sure), flushed, called, [list(each.values()) for each in choices.values()])

    def _flushing(self, does: _Does, touching: Callable[[Actor], int]) -> _Does:
        """The same, with what it flushes that is changed nowhere in it: whether the rest is sure, those changes say."""
        every = union((does.own, *map(touching, does.targets()))) if does.flushed else 0
        return does._replace(own=does.own | does.flushed, sure=does.sure | (does.flushed & ~every))

    def _touched(self, accesses: Iterable[Access]) -> int:
        return self._bits.of(item for access in accesses for item in touched(access, locks=False))

    def _several(self, actor: Actor) -> frozenset[tuple[int, str]]:
        asking = self._asking
        return frozenset(place for one in self._reach.places(actor) for place in asking.get(one, ()))

    def _settle(self, starts: Iterable[Actor], touching: Callable[[Actor], int]) -> None:
        """What all below some actors do for sure: of circles, what is sure without going round."""
        order: list[Actor] = []
        for actor in starts:
            self._add_below(actor, touching, order)
        for _ in range(_MAX_ROUNDS):
            changed = False
            for actor in order:
                value = self._value(self._does[actor])
                if value != self._sure[actor]:
                    self._sure[actor] = value
                    changed = True
            if not changed:
                return
        self._sure.update((actor, touching(actor)) for actor in order)

    def _add_below(self, start: Actor, touching: Callable[[Actor], int], order: list[Actor]) -> None:
        """Put what is below an actor in order, what is called first; where nothing is chosen, all that is come to is sure."""
        work: list[tuple[Actor, Iterator[Actor]]] = []

        def enter(actor: Actor) -> None:
            if actor in self._sure:
                return
            every = touching(actor)
            self._sure[actor] = 0 if every & self._choice else every
            if every & self._choice:
                does = self._does[actor] = self._flushing(self._doing(actor, apart=self._apart(actor)), touching)
                work.append((actor, does.targets()))

        enter(start)
        while work:
            actor, remaining = work[-1]
            following = next(remaining, None)
            if following is None:
                order.append(actor)
                work.pop()
            else:
                enter(following)

    def _value(self, does: _Does) -> int:
        sure = self._sure
        bits = does.sure
        for target in does.called:
            bits |= sure[target]
        for choice in does.choices:
            bits |= reduce(and_, (union(sure[target] for target in one) for one in choice))
        return bits

    def _is_of_one_object(self, definition: str, line: int, method: str) -> bool:
        """Whether a line asks one object for a method, once, and not each of a loop."""
        known = self._known.get((definition, line, method))
        if known is None:
            scope = self._scopes.get(definition)
            asked = scope.facts.ops if scope is not None else ()
            bases = [op[2] for op in asked if op[0] == Op.ATTRIBUTE and op[3:] == [method, line]]
            one = scope is not None and len(bases) == 1 and not _comes_from_loop(scope, bases[0])
            known = self._known[definition, line, method] = one
        return known

    def _is_of_one_row(self, definition: str, line: int) -> bool:
        """Whether what is given and asked by the calls of a line comes out of no loop."""
        known = self._known.get((definition, line, ""))
        if known is None:
            scope = self._scopes.get(definition)
            calls = [op for op in scope.facts.ops if op[0] == Op.CALL and op[-1] == line] if scope is not None else []
            looped = scope is None or any(_comes_from_loop(scope, ref) for op in calls for ref in (op[2], *op[3]))
            known = self._known[definition, line, ""] = bool(calls) and not looped
        return known


def _comes_from_loop(scope: Scope, ref: Ref) -> bool:
    waiting, steps = [ref], 0
    while waiting and steps < _MAX_STEPS:
        steps += 1
        for operation in scope.operations_producing(waiting.pop()):
            if operation[0] == Op.ITERATE:
                return True
            if operation[0] in (Op.COPY, Op.NARROW, Op.ATTRIBUTE, Op.CALL):
                waiting.append(operation[2])
    return False


def _name(actor: Actor) -> str:
    return actor[0].rpartition(".")[2]
