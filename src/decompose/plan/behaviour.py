"""What definitions do, in one split: whether calling them changes anything, may be refused, needs data, or is waited for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from decompose.boundaries.split import SHARED
from decompose.database.places import Places
from decompose.linking.libraries.surroundings import may_keep
from decompose.system.model import GIVEN

_BACKGROUND = frozenset({"task", "schedule", "command", "consumer", "signal"})


class Behaviour:
    """What the definitions do by themselves and through what they call in their own service and the shared library."""

    def __init__(self, places: Places) -> None:
        self.places = places

    @cached_property
    def _does(self) -> tuple[frozenset[str], frozenset[str]]:
        """Definitions that write or read a table or another store themselves."""
        system = self.places.system
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
    def _callees(self) -> dict[str, set[str]]:
        """Definition -> what it calls in its own service or the shared library."""
        found: dict[str, set[str]] = defaultdict(set)
        service_of = self.places.service_of_unit
        for d, caller, called in self.places.ties.calls:
            target = service_of.get(called, SHARED)
            # What its caller gives it is the caller's.
            if target in (SHARED, service_of.get(caller, SHARED)) and d.rule != GIVEN:
                found[d.source].add(d.target)
        return dict(found)

    def _leading_to(self, wanted: Iterable[str]) -> set[str]:
        """The definitions that do something, themselves or through what they call in their own service."""
        callers: dict[str, list[str]] = defaultdict(list)
        for caller, called in self._callees.items():
            for definition in called:
                callers[definition].append(caller)
        return _closure(callers, wanted)

    def reached(self, definition: str) -> Iterator[str]:
        """A definition and what it reaches in its own service and the shared library."""
        seen, stack = {definition}, [definition]
        while stack:
            current = stack.pop()
            yield current
            for following in self._callees.get(current, ()):
                if following not in seen:
                    seen.add(following)
                    stack.append(following)

    def shared_by(self, service: str) -> frozenset[str]:
        """The units of the shared library that code of a service comes to."""
        unit_of, home = self.places.unit_of, self.places.service_of_unit
        starts = [definition for definition, unit in unit_of.items() if home.get(unit) == service]
        reached = {unit_of.get(definition, "") for definition in _closure(self._callees, starts)}
        return frozenset(unit for unit in reached if home.get(unit, SHARED) == SHARED)

    @cached_property
    def asking(self) -> dict[str, set[str]]:
        """Definition -> the spellings by which it asks who is asking."""
        found: dict[str, set[str]] = defaultdict(set)
        for need in self.places.system.surroundings.needs:
            if need.kind == "identity":
                found[need.definition].add(need.name)
        return dict(found)

    def writes(self, definition: str) -> bool:
        """Whether calling a definition changes something."""
        return definition in self._writing

    @cached_property
    def _writing(self) -> set[str]:
        return self._leading_to(self._does[0])

    def changes(self, definition: str) -> str:
        """``file:line`` where calling a definition changes an object of the caller in memory, and no table; empty if nowhere."""
        return "" if self.writes(definition) else self.places.system.surroundings.changing.get(definition, "")

    def refuses(self, definition: str) -> str:
        """What raises when a definition refuses: itself or what it calls directly; empty if nothing does."""
        for candidate in (definition, *sorted(self._callees.get(definition, ()))):
            if candidate in self.places.raising:
                return candidate
        return ""

    def is_pure(self, definition: str) -> bool:
        """Whether a definition was seen to touch no table and to leave the process nowhere: it needs no data of its service."""
        return definition not in self._impure

    @cached_property
    def _impure(self) -> set[str]:
        return self._leading_to([*self._does[0], *self._does[1], *self.places.ties.leaving, *self.asking])

    def keeps_nothing(self, definition: str) -> bool:
        """Whether neither a definition nor anything that it comes to, in whatever service, touches a table or another store.

        Where it comes to a call that could not be told, it may.
        """
        return _closure(self._following, [definition]).isdisjoint(self._does[0] | self._does[1] | self._unsure)

    @cached_property
    def _unsure(self) -> frozenset[str]:
        """Definitions with calls of which it is not known what they do."""
        system = self.places.system
        return frozenset(
            [
                *(spot.definition for spot in system.blind_spots),
                *(call.source for call in system.external_calls if may_keep(call.target)),
            ]
        )

    @cached_property
    def _following(self) -> dict[str, set[str]]:
        """Definition -> what it makes run at once; a class makes its methods run."""
        following: dict[str, set[str]] = defaultdict(set)
        for d, _, _ in self.places.ties.calls:
            if d.kind != "task":
                following[d.source].add(d.target)
        # A view that is a class runs by its methods.
        classes = {entry.handler for entry in self.places.system.entry_points}
        for definition in self.places.system.definitions:
            if definition.unit in classes and definition.id != definition.unit:
                following[definition.unit].add(definition.id)
        return dict(following)

    @cached_property
    def in_background(self) -> frozenset[str]:
        """Definitions that only tasks, jobs, commands and messages come to: no request of a person waits for them.

        A signal between two services is a message.
        """
        entries = self.places.system.entry_points
        messages = {
            (d.source, d.target)
            for d in self.places.system.dependencies
            if d.kind == "signal"
            and self.places.service_of(d.source, d.source_unit) != self.places.service_of(d.target, d.target_unit)
        }
        following = {
            source: {target for target in targets if (source, target) not in messages}
            for source, targets in self._following.items()
        }
        by_people = _closure(following, (entry.handler for entry in entries if entry.kind not in _BACKGROUND))
        by_machines = _closure(following, (entry.handler for entry in entries if entry.kind in _BACKGROUND))
        return frozenset(by_machines - by_people)


def _closure(following: Mapping[str, Iterable[str]], starts: Iterable[str]) -> set[str]:
    """Everything that is reached from ``starts``, and they themselves."""
    seen = set(starts)
    stack = list(seen)
    while stack:
        for target in following.get(stack.pop(), ()):
            if target not in seen:
                seen.add(target)
                stack.append(target)
    return seen
