"""What definitions do whatever the split: looked up once for each system, used for every candidate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from decompose.database.ties import Actor, Ties
from decompose.linking.libraries.surroundings import may_keep
from decompose.made_once import made_once
from decompose.system.model import GIVEN, RUNS_DECORATED


class Deeds:
    """Who writes, reads, asks who is asking, runs when a process starts, and makes what run."""

    def __init__(self, ties: Ties) -> None:
        self.system = ties.system
        self._calls = ties.calls
        self._definitions = ties.unit_of.keys()
        self.leaving = ties.leaving
        self._at_once_touching: dict[str, bool] = {}

    @cached_property
    def does(self) -> tuple[frozenset[str], frozenset[str]]:
        """Definitions that write or read a table or another store themselves."""
        system = self.system
        done: list[tuple[str, str]] = [
            *((a.definition, a.operation) for a in system.accesses if a.resolution != "guessed"),
            # What is put into a cache can be made again: that changes nothing.
            *(
                (a.definition, "read" if (a.kind, a.operation) == ("cache", "write") else a.operation)
                for a in system.store_accesses
                if a.resolution != "guessed"
            ),
        ]
        return (
            frozenset(definition for definition, operation in done if operation != "read"),
            frozenset(definition for definition, operation in done if operation == "read"),
        )

    @cached_property
    def touching(self) -> frozenset[str]:
        """Definitions that do either."""
        return self.does[0] | self.does[1]

    @cached_property
    def asking(self) -> dict[str, set[str]]:
        """Definition -> the spellings by which it asks who is asking."""
        found: dict[str, set[str]] = defaultdict(set)
        for need in self.system.surroundings.needs:
            if need.kind == "identity":
                found[need.definition].add(need.name)
        return dict(found)

    @cached_property
    def in_session(self) -> frozenset[str]:
        """Definitions that work on the session of the request."""
        kept = {a.definition for a in self.system.store_accesses if a.kind == "session"}
        asked = {d for d, names in self.asking.items() if any(n.rpartition(".")[2] == "session" for n in names)}
        return frozenset(kept | asked)

    def keeps_nothing(self, definition: str) -> bool:
        """Whether neither a definition nor anything that it comes to, in whatever service, touches a table or another store.

        Where it comes to a call that could not be told, it may.
        """
        return closure(self.following, [definition]).isdisjoint(self.touching | self._unsure)

    @cached_property
    def _unsure(self) -> frozenset[str]:
        """Definitions with calls of which it is not known what they do."""
        system = self.system
        return frozenset(
            [
                *(spot.definition for spot in system.blind_spots),
                *(call.source for call in system.external_calls if may_keep(call.target)),
            ]
        )

    @cached_property
    def following(self) -> dict[str, set[str]]:
        """Definition -> what it makes run at once; a class makes its methods run."""
        following: dict[str, set[str]] = defaultdict(set)
        for d, _, _ in self._calls:
            if d.kind != "task":
                following[d.source].add(d.target)
        # A view that is a class runs by its methods.
        classes = {entry.handler for entry in self.system.entry_points}
        for definition in self.system.definitions:
            if definition.unit in classes and definition.id != definition.unit:
                following[definition.unit].add(definition.id)
        return dict(following)

    @cached_property
    def callees(self) -> dict[str, set[str]]:
        """Definition -> what it calls, but for what its own caller gives it: that is the caller's."""
        found: dict[str, set[str]] = defaultdict(set)
        for d, _, _ in self._calls:
            if d.rule != GIVEN:
                found[d.source].add(d.target)
        return dict(found)

    @cached_property
    def callers(self) -> dict[str, set[str]]:
        """The same the other way round."""
        found: dict[str, set[str]] = defaultdict(set)
        for caller, callees in self.callees.items():
            for called in callees:
                found[called].add(caller)
        return dict(found)

    @cached_property
    def calls_of(self) -> dict[str, list[int]]:
        """Definition -> the positions of these calls among all."""
        found: dict[str, list[int]] = defaultdict(list)
        for position, (d, _, _) in enumerate(self._calls):
            if d.rule != GIVEN:
                found[d.source].append(position)
        return dict(found)

    @cached_property
    def at_start(self) -> frozenset[str]:
        """Definitions that run when a process starts and never afterwards: top-level code, and what it calls.

        Such as a factory of an application, and what that calls; no entry point comes to any of it.
        """
        called = {d.target for d, _, _ in self._calls if d.kind == "call" and is_top_level(d.source)}
        later = closure(self.following, (entry.handler for entry in self.system.entry_points))
        starting = closure(self.at_once, called - later, without=later)
        return frozenset(starting) | frozenset(filter(is_top_level, self._definitions))

    def touches_at_once(self, definition: str) -> bool:
        """Whether calling a definition touches tables or leaves the process, other than by what it only registers."""
        known = self._at_once_touching.get(definition)
        if known is None:
            reached = closure(self.at_once, [definition])
            known = not (reached.isdisjoint(self.touching) and reached.isdisjoint(self.leaving))
            self._at_once_touching[definition] = known
        return known

    @cached_property
    def at_once(self) -> dict[str, set[str]]:
        """Definition -> what it calls itself, without what it gives to others to be called."""
        found: dict[str, set[str]] = defaultdict(set)
        for d, _, _ in self._calls:
            if d.kind not in ("callback", "task", "signal"):
                found[d.source].add(d.target)
        return dict(found)

    @cached_property
    def wrappers(self) -> frozenset[str]:
        """Functions inside decorators that run what they decorate."""
        return frozenset(d.source for d in self.system.dependencies if d.rule == RUNS_DECORATED)

    @cached_property
    def heard_at(self) -> dict[Actor, list[tuple[str, int]]]:
        """What reacts to signals -> (sender, line)."""
        found: dict[Actor, list[tuple[str, int]]] = defaultdict(list)
        for d in self.system.dependencies:
            if d.kind == "signal" and d.resolution != "guessed":
                found[d.target, d.target_unit].append((d.source, d.line))
        return dict(found)

    @cached_property
    def reacting(self) -> dict[tuple[str, int], set[Actor]]:
        """(sender, line) -> what reacts to signals there."""
        found: dict[tuple[str, int], set[Actor]] = defaultdict(set)
        for method, places in self.heard_at.items():
            for place in places:
                found[place].add(method)
        return dict(found)


@made_once
def deeds_of(ties: Ties) -> Deeds:
    """Those of a system."""
    return Deeds(ties)


def is_top_level(definition: str) -> bool:
    """Whether code stands at the top of a module: it runs when that is loaded."""
    return definition.endswith(":")


def closure(
    following: Mapping[str, Iterable[str]], starts: Iterable[str], without: frozenset[str] | set[str] = frozenset()
) -> set[str]:
    """Everything that is reached from ``starts``, and they themselves; what is in ``without`` is not come to."""
    seen = set(starts)
    stack = list(seen)
    while stack:
        for target in following.get(stack.pop(), ()):
            if target not in seen and target not in without:
                seen.add(target)
                stack.append(target)
    return seen
