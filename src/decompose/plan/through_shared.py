"""Calls that code of the shared library makes of a service: whoever comes to that code makes them from its own process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from decompose.boundaries.split import SHARED
from decompose.database.places import Places
from decompose.plan.behaviour import Behaviour
from decompose.plan.dispatch import Crossing
from decompose.system.model import GIVEN, GIVEN_AROUND, RUNS_DECORATED, Dependency

_GIVEN = frozenset({GIVEN, GIVEN_AROUND, RUNS_DECORATED})
"""What code of others gives to shared code runs where it was given."""
_NO_CALL = frozenset({"construct", "decorate"})


class ThroughShared:
    """Answers for one split, of calls that are proved: where the object decides what runs, it may be the caller's own."""

    def __init__(self, places: Places, behaviour: Behaviour) -> None:
        self.places = places
        self.deeds = behaviour.deeds

    def crossings(self) -> Iterator[Crossing]:
        """Each such call, once for each service that comes to it and is not the one that it leads to."""
        for target, d in self._calls():
            yield from (Crossing(source, target, d) for source in sorted(self._coming_to(d.source) - {target}))

    def _calls(self) -> Iterator[tuple[str, Dependency]]:
        """The calls of shared code, each with the service that it leads to."""
        calls, (services, callers, called) = self.places.ties.calls, self.places.ends
        numbers = ((callers == 0) & (called > 0)).nonzero()[0].tolist()
        alternatives = Counter(asked for asked, _ in {(_asked(d), d.target) for d in (calls[n][0] for n in numbers)})
        for number in numbers:
            d = calls[number][0]
            proved = d.resolution == "exact" and d.kind not in _NO_CALL and d.rule not in _GIVEN
            if proved and alternatives[_asked(d)] == 1 and d.source not in self.deeds.at_start:
                yield services[called[number]], d

    def _coming_to(self, definition: str) -> set[str]:
        """The services whose code comes to a definition of the shared library through nothing but shared code."""
        seen, stack, found = {definition}, [definition], set[str]()
        while stack:
            for caller in self.deeds.callers.get(stack.pop(), set()) - self.deeds.at_start:
                service = self.places.service_of(caller)
                if service != SHARED:
                    found.add(service)
                elif caller not in seen:
                    seen.add(caller)
                    stack.append(caller)
        return found


def _asked(d: Dependency) -> tuple[str, str, int, str]:
    """What a line asks for: of the same name it may come to several methods, and which of them its object decides."""
    return d.source, d.file, d.line, d.target.rpartition(".")[2]
