"""What definitions do, in one split: whether calling them changes anything, may be refused, needs data, or is waited for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from decompose.boundaries.split import SHARED
from decompose.database.places import Places
from decompose.plan.deeds import closure, deeds_of

_BACKGROUND = frozenset({"task", "schedule", "command", "consumer", "signal"})


class Behaviour:
    """What the definitions do by themselves and through what they call in their own service and the shared library."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.deeds = deeds_of(places.ties)

    @cached_property
    def _callees(self) -> dict[str, set[str]]:
        """Definition -> what it calls in its own service or the shared library."""
        calls, (_, callers, called) = self.places.ties.calls, self.places.ends
        leaving = (called > 0) & (called != callers)
        found = dict(self.deeds.callees)
        for definition in {calls[position][0].source for position in leaving.nonzero()[0].tolist()} & found.keys():
            staying = (position for position in self.deeds.calls_of[definition] if not leaving[position])
            found[definition] = {calls[position][0].target for position in staying}
        return found

    @cached_property
    def _callers(self) -> dict[str, set[str]]:
        """The same the other way round."""
        found = dict(self.deeds.callers)
        lost: dict[str, set[str]] = defaultdict(set)
        for caller, before in self.deeds.callees.items():
            if (now := self._callees[caller]) is not before:
                for definition in before - now:
                    lost[definition].add(caller)
        for definition, callers in lost.items():
            found[definition] = found[definition] - callers
        return found

    def leading_to(self, wanted: Iterable[str]) -> set[str]:
        """The definitions that do something, themselves or through what they call in their own service."""
        return closure(self._callers, wanted)

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
        reached = {unit_of.get(d, "") for d in closure(self._callees, self._definitions.get(service, ()))}
        return frozenset(unit for unit in reached if home.get(unit, SHARED) == SHARED)

    @cached_property
    def _definitions(self) -> dict[str, list[str]]:
        """Service -> the definitions in it."""
        found: dict[str, list[str]] = defaultdict(list)
        home = self.places.service_of_unit
        for definition, unit in self.places.unit_of.items():
            if unit in home:
                found[home[unit]].append(definition)
        return dict(found)

    def writes(self, definition: str) -> bool:
        """Whether calling a definition changes something."""
        return definition in self._writing

    @cached_property
    def _writing(self) -> set[str]:
        return self.leading_to(self.deeds.does[0])

    def acts_outside(self, definition: str) -> str:
        """What changes something beyond the process when a definition is called; empty if nothing is seen to."""
        if definition not in self._acting_outside:
            return ""
        acting = self.places.ties.acting_outside
        return min((reached for reached in self.reached(definition) if reached in acting), default="")

    @cached_property
    def _acting_outside(self) -> set[str]:
        return self.leading_to(self.places.ties.acting_outside)

    def changes(self, definition: str) -> str:
        """``file:line`` where calling a definition changes an object of the caller in memory, and no table; empty if nowhere."""
        return "" if self.writes(definition) else self.places.system.surroundings.changing.get(definition, "")

    def refuses(self, definition: str) -> str:
        """What raises when a definition refuses: itself or what it calls directly; empty if nothing does."""
        called = self._callees.get(definition, set()) & self.deeds.at_once.get(definition, set())
        for candidate in (definition, *sorted(called)):
            if candidate in self.places.raising:
                return candidate
        return ""

    def session_of(self, definition: str) -> str:
        """What works on the session of the request when a definition is called; empty if nothing does."""
        if definition not in self._leading_to_session:
            return ""
        return min((reached for reached in self.reached(definition) if reached in self.deeds.in_session), default="")

    @cached_property
    def _leading_to_session(self) -> set[str]:
        return self.leading_to(self.deeds.in_session)

    def asks(self, definition: str) -> set[str]:
        """The spellings by which a definition asks who is asking, itself or through what it calls in its own service."""
        if definition not in self._leading_to_asking:
            return set()
        asking = self.deeds.asking
        return {name for reached in self.reached(definition) for name in asking.get(reached, ())}

    @cached_property
    def _leading_to_asking(self) -> set[str]:
        return self.leading_to(self.deeds.asking)

    def is_pure(self, definition: str) -> bool:
        """Whether a definition was seen to touch no table and to leave the process nowhere: it needs no data of its service."""
        return definition not in self._impure

    @cached_property
    def _impure(self) -> set[str]:
        return self.leading_to([*self.deeds.touching, *self.deeds.leaving, *self.deeds.asking])

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
        following = dict(self.deeds.following)
        for sender in {source for source, _ in messages}:
            following[sender] = {t for t in following.get(sender, ()) if (sender, t) not in messages}
        by_people = closure(following, (entry.handler for entry in entries if entry.kind not in _BACKGROUND))
        by_machines = closure(following, (entry.handler for entry in entries if entry.kind in _BACKGROUND))
        return frozenset(by_machines - by_people)
