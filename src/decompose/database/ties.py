"""What does what in the system: who accesses which table, who calls whom, and the way of each transaction through that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from decompose.linking.libraries.surroundings import acts_outside, leaves_process
from decompose.system.divisible import divisible
from decompose.system.model import AFTER_COMMIT, Access, Dependency, System, Table
from decompose.system.transactions.narrowed import Recorded
from decompose.system.transactions.reach import at_run_time
from decompose.system.transactions.reached import followed

if TYPE_CHECKING:
    from decompose.boundaries.clustering import Labels

Actor = tuple[str, str]
"""A definition, and the unit on whose behalf it runs."""


class Step(NamedTuple):
    """One actor on the way of a transaction: how it was come to first.

    ``parent`` is the position of the caller, or -1, and ``line`` that of the call there.
    """

    actor: Actor
    parent: int
    by_event: bool
    line: int = 0


class Walk(NamedTuple):
    """What a transaction passes and writes, in the order in which it first comes there: depth first, by line.

    That is the order of calls as they are written, which is that of running code without branches. ``by_event`` of a
    step: only through signals, whose sender does not wait for anything. Writes come with the position of their step.
    ``harmless``: the steps that are over before anything is written: who refuses there leaves nothing to undo. ``telling``: those
    that act outside of the process, or may refuse what is asked, and that are waited for.
    """

    steps: list[Step]
    writes: list[tuple[Access, int]]
    harmless: frozenset[int]
    telling: list[int]

    def begins(self) -> dict[int, int]:
        """Position -> the line from which on something is written, for the first write and all that lead to it."""
        found: dict[int, int] = {}
        for access, position in self.writes[:1]:
            line, here = access.line, position
            while here >= 0:
                found[here] = line
                line, here = self.steps[here].line, self.steps[here].parent
        return found


class Ties:
    """What does what in a system, whatever the split: made once, used for every candidate. ``system`` is what of the ``whole`` is divided."""

    def __init__(self, system: System) -> None:
        self.whole = system
        self.system = system = divisible(system)
        self.unit_of = {definition.id: definition.unit for definition in system.definitions}
        self.tables: dict[str, Table] = {table.name: table for table in system.tables}
        self.raising = frozenset(system.surroundings.raising)

    @cached_property
    def accesses(self) -> dict[str, list[Access]]:
        """Table -> its accesses, without guesses."""
        found: dict[str, list[Access]] = defaultdict(list)
        for access in self.system.accesses:
            if access.resolution != "guessed":
                found[access.table].append(access)
        return dict(found)

    @cached_property
    def done_by(self) -> dict[Actor, list[Access | Dependency]]:
        """Actor -> what it does itself, in the order of the lines: accesses, and calls within the process."""
        found: dict[Actor, list[Access | Dependency]] = defaultdict(list)
        for access in self.system.accesses:
            if access.resolution != "guessed":
                found[access.definition, access.unit].append(access)
        for dependency in at_run_time(followed(self.system), self.system.classes, self.system.entry_points):
            if dependency.runs and dependency.resolution != "guessed" and _runs_at_once(dependency):
                found[dependency.source, dependency.source_unit].append(dependency)
        for done in found.values():
            if len(done) > 1:
                done.sort(key=_by_line)
        return dict(found)

    @cached_property
    def leaving(self) -> frozenset[str]:
        """Definitions that leave the process."""
        return frozenset(call.source for call in self.system.external_calls if leaves_process(call.target))

    @cached_property
    def acting_outside(self) -> frozenset[str]:
        """Those of them that may change something there: what they did cannot be rolled back."""
        return frozenset(call.source for call in self.system.external_calls if acts_outside(call.target))

    @cached_property
    def append_only(self) -> frozenset[str]:
        """Tables that only grow."""
        done = {table: {access.operation for access in accesses} for table, accesses in self.accesses.items()}
        return frozenset(table for table, found in done.items() if "insert" in found and found <= {"insert", "read"})

    @cached_property
    def checks(self) -> dict[Actor, list[tuple[int, Actor]]]:
        """Actor -> what it calls that raises exceptions of its own, with the lines, in their order."""
        found: dict[Actor, list[tuple[int, Actor]]] = {}
        for actor, done in self.done_by.items():
            asked = [
                (item.line, (item.target, item.target_unit))
                for item in done
                if isinstance(item, Dependency) and item.target in self.raising and item.kind != "signal"
            ]
            if asked:
                found[actor] = asked
        return found

    @cached_property
    def calls(self) -> list[tuple[Dependency, str, str]]:
        """All proved calls, with the unit that calls and the one that is called."""
        unit_of = self.unit_of
        return [
            (d, d.source_unit or unit_of.get(d.source, ""), d.target_unit or unit_of.get(d.target, ""))
            for d in self.system.dependencies
            if d.resolution != "guessed" and d.runs
        ]

    @cached_property
    def ends(self) -> tuple[dict[str, int], Labels, Labels]:
        """The numbers of the units that call or are called, and for each of the `calls` the numbers of both."""
        import numpy as np

        number: dict[str, int] = {}
        callers = [number.setdefault(caller, len(number)) for _, caller, _ in self.calls]
        called = [number.setdefault(called, len(number)) for _, _, called in self.calls]
        return number, np.array(callers, dtype=np.int64), np.array(called, dtype=np.int64)

    @cached_property
    def bases(self) -> dict[str, set[str]]:
        """Class -> the classes of the application that it inherits from directly."""
        found: dict[str, set[str]] = defaultdict(set)
        for d in self.system.dependencies:
            if d.kind == "inherit":
                found[d.source].add(d.target)
        return dict(found)

    @cached_property
    def _touching(self) -> frozenset[Actor]:
        """The actors from which any access is reached: all others need not be followed."""
        callers: dict[Actor, list[Actor]] = defaultdict(list)
        for d, _, _ in self.calls:
            callers[d.target, d.target_unit].append((d.source, d.source_unit))
        stack = [(access.definition, access.unit) for accesses in self.accesses.values() for access in accesses]
        # What an inherited method does stands with the class that defines it.
        homes: dict[Actor, list[Actor]] = defaultdict(list)
        for actor in callers:
            home = (actor[0], self.unit_of.get(actor[0], actor[1]))
            if home != actor:
                homes[home].append(actor)
        seen = set(stack)
        while stack:
            current = stack.pop()
            home = (current[0], self.unit_of.get(current[0], current[1]))
            for before in (home, *callers.get(current, ()), *homes.get(current, ())):
                if before not in seen:
                    seen.add(before)
                    stack.append(before)
        return frozenset(seen)

    def touches(self, actor: Actor) -> bool:
        """Whether any table is touched by an actor or by what it calls within the process."""
        return actor in self._touching

    def walk(self, root: Actor, lines: tuple[tuple[int, int], ...] = ()) -> Walk:
        """What is reached from an actor within the process, from all of its lines or from some."""
        known = self._walks.get((root, lines))
        if known is None:
            known = self._walks[root, lines] = self._walk(root, lines)
        return known

    @cached_property
    def _walks(self) -> dict[tuple[Actor, tuple[tuple[int, int], ...]], Walk]:
        return {}

    def _walk(self, root: Actor, lines: tuple[tuple[int, int], ...]) -> Walk:
        steps: list[Step] = []
        writes: list[tuple[Access, int]] = []
        before = 0
        position_of: dict[Actor, int] = {}
        stack: list[tuple[list[Access | Dependency], int, int]] = []
        done_by, touching, unit_of = self.done_by, self._touching, self.unit_of

        def enter(actor: Actor, parent: int, by_event: bool, line: int = 0) -> None:
            known = position_of.get(actor)
            if known is not None and (by_event or not steps[known].by_event):
                return
            done = done_by.get(actor, [])
            home = (actor[0], unit_of.get(actor[0], actor[1]))
            if home != actor and home in done_by:
                done = sorted([*done, *self._inherited(actor, done_by[home])], key=_by_line)
            if parent < 0 and lines:
                done = [item for item in done if any(first <= item.line <= last for first, last in lines)]
            if known is None:
                position_of[actor] = len(steps)
                steps.append(Step(actor, parent, by_event, line))
            else:
                steps[known] = steps[known]._replace(by_event=False)
                done = [item for item in done if isinstance(item, Dependency)]
            if done:
                stack.append((done, 0, position_of[actor]))

        enter(root, -1, by_event=False)
        while stack:
            done, next_one, here = stack.pop()
            (_, acting), _, by_event, _ = steps[here]
            for number in range(next_one, len(done)):
                item = done[number]
                if isinstance(item, Access):
                    if item.operation != "read":
                        before = before if writes else len(steps)
                        writes.append((item, here))
                    continue
                # What a method asks of its own class, it asks of the class that acts.
                own = item.source_unit and item.source_unit == item.target_unit
                target = (item.target, acting if own else item.target_unit)
                # What an inherited method does may stand with the class that defines it alone.
                if target in touching or (target[0], unit_of.get(target[0], "")) in touching:
                    height = len(stack)
                    stack.append((done, number + 1, here))
                    enter(target, here, by_event=by_event or item.kind == "signal", line=item.line)
                    if len(stack) > height + 1:
                        break
                    stack.pop()
        harmless = frozenset(range(before)) - _leading_to_writes(steps, writes)
        telling = [
            position
            for position, (actor, _, by_event, _) in enumerate(steps)
            if not by_event
            and (
                actor[0] in self.acting_outside
                or (position not in harmless and (actor[0] in self.raising or actor in self.checks))
            )
        ]
        return Walk(steps, writes, harmless, telling)

    def _inherited(self, actor: Actor, at_home: Iterable[Access | Dependency]) -> Iterator[Access | Dependency]:
        """What the class that defines a method does in it, without what the class that acts does otherwise."""
        recorded, unit = self._recorded, actor[1]
        for item in at_home:
            if isinstance(item, Access):
                holds = recorded.touches(actor, item)
            else:
                asked = unit if item.target_unit == item.source_unit else item.target_unit
                holds = recorded.calls(actor, item.line, (item.target, asked))
            if holds:
                yield item

    @cached_property
    def _recorded(self) -> Recorded:
        return Recorded(self.system)


def _leading_to_writes(steps: Sequence[Step], writes: Iterable[tuple[Access, int]]) -> set[int]:
    """The steps that write, and those through which these were come to."""
    found: set[int] = set()
    for _, position in writes:
        here = position
        while here >= 0 and here not in found:
            found.add(here)
            here = steps[here].parent
    return found


def _runs_at_once(dependency: Dependency) -> bool:
    """Whether a call happens within the transaction around it: neither a task, nor what waits for the commit."""
    return dependency.kind != "task" and dependency.rule != AFTER_COMMIT


def _by_line(item: Access | Dependency) -> int:
    return item.line
