"""Who comes to a read of which table within a request: looked up once for each system, used for every candidate."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from decompose.database.ties import Actor, Ties
from decompose.made_once import made_once
from decompose.system.model import RETURNED, Access, Dependency


class Readings:
    """Answers for one system, as far as names and types prove what is called."""

    def __init__(self, ties: Ties) -> None:
        # Not the ties themselves: by them it is known who needs these answers no more.
        self._accesses, self._done_by, self._unit_of = ties.accesses, ties.done_by, ties.unit_of
        self._readers: dict[str, dict[Actor, Access]] = {}
        self._last_read: dict[str, dict[Actor, float]] = {}
        self._done: dict[Actor, list[Actor]] = {}

    @cached_property
    def tables_read(self) -> frozenset[str]:
        """The tables of which any code asks for rows: most that are only written need not be looked for."""
        return frozenset(table for table, accesses in self._accesses.items() if any(map(reads, accesses)))

    def readers(self, table: str) -> dict[Actor, Access]:
        """Who comes to an access that reads a table within the request, with that access."""
        known = self._readers.get(table)
        if known is None:
            known = self._readers[table] = {}
            for access in self._accesses.get(table, ()):
                if access.resolution == "exact" and reads(access):
                    known.setdefault((access.definition, access.unit), access)
            reached = list(known)
            for current in reached:
                for caller, _ in self.calling(current):
                    if caller not in known:
                        known[caller] = known[current]
                        reached.append(caller)
        return known

    def last_read(self, table: str) -> dict[Actor, float]:
        """Of all who come to a read of a table by what is said of themselves, the last line in which they do; endless where it counts
        wherever it stands.
        """
        known = self._last_read.get(table)
        if known is None:
            known = self._last_read[table] = {}
            for access in self._accesses.get(table, ()):
                if reads(access):
                    line = math.inf if access.rule.startswith(RETURNED) else access.line
                    actor = access.definition, access.unit
                    known[actor] = max(known.get(actor, 0), line)
            for reader in self.readers(table):
                for caller, line in self._callers.get(reader, ()):
                    known[caller] = max(known.get(caller, 0), line)
        return known

    def proved(self, actor: Actor) -> Iterator[Access | Dependency]:
        """What an actor is proved to do; of one of several functions that may be meant, nothing follows."""
        for each in self.acting(actor):
            for item in self._done_by.get(each, ()):
                if item.resolution == "exact" or item.rule.startswith(RETURNED):
                    yield item

    def acting(self, actor: Actor) -> list[Actor]:
        """Those of whom is said what an actor does: what is said of the class that defines a method holds for whichever class acts."""
        known = self._done.get(actor)
        if known is None:
            home = self._home(actor)
            known = self._acting.get(actor[0], []) if home == actor else [actor if actor in self._done_by else home]
            self._done[actor] = known
        return known

    def _home(self, actor: Actor) -> Actor:
        return actor[0], self._unit_of.get(actor[0], actor[1])

    @cached_property
    def _acting(self) -> dict[str, list[Actor]]:
        """Definition -> all who do something by it."""
        found: dict[str, list[Actor]] = defaultdict(list)
        for actor in self._done_by:
            found[actor[0]].append(actor)
        return dict(found)

    def calling(self, actor: Actor) -> list[tuple[Actor, int]]:
        """Who calls an actor within the request, with the lines."""
        home, callers = self._home(actor), self._callers
        known = callers.get(actor, [])
        return [*known, *callers[home]] if home != actor and home in callers else known

    @cached_property
    def _callers(self) -> dict[Actor, list[tuple[Actor, int]]]:
        found: dict[Actor, list[tuple[Actor, int]]] = defaultdict(list)
        for actor, done in self._done_by.items():
            for item in done:
                if isinstance(item, Dependency) and item.resolution == "exact":
                    found[item.target, item.target_unit].append((actor, item.line))
        return dict(found)


@made_once
def readings_of(ties: Ties) -> Readings:
    """Those of a system."""
    return Readings(ties)


def reads(access: Access) -> bool:
    """Whether code asks for rows, rather than a deletion that takes rows along."""
    return access.operation == "read" and not access.comes_along
