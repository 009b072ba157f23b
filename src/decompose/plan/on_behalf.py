"""What generic code does for whom calls it: a repository that is written once for all models touches the rows of the caller's model."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from decompose.database.ties import Ties
from decompose.made_once import made_once
from decompose.system.gathered import Bits, Gathered, union
from decompose.system.model import Access, Dependency
from decompose.system.transactions.events import Actor
from decompose.system.transactions.narrowed import Recorded, plain
from decompose.system.transactions.reached import running


class OnBehalf:
    """The tables that a call touches with what its caller gives, where that is told; looked up once for each system."""

    def __init__(self, ties: Ties) -> None:
        self._recorded = Recorded(ties.system)
        self._system = ties.system
        self._known: dict[tuple[Actor, int, Actor], frozenset[str]] = {}
        self._tables: Bits[str] = Bits()

    @property
    def telling(self) -> frozenset[str]:
        """The definitions of which what they are given tells what they do."""
        return self._recorded.telling

    def tables(self, call: Dependency) -> frozenset[str]:
        """What a call touches; empty where it touches nothing, or what it is given may be anything."""
        if call.target not in self.telling:
            return frozenset()
        key = (call.source, call.source_unit), call.line, (call.target, call.target_unit)
        known = self._known.get(key)
        if known is None:
            entered = self._recorded.enter(*key)
            told = bool(entered) and all(plain(actor) != actor for actor in entered)
            known = self._known[key] = self._touched(entered) if told else frozenset()
        return known

    def _touched(self, entered: tuple[Actor, ...]) -> frozenset[str]:
        return frozenset(self._tables.things(union(map(self._gathered.of, entered))))

    @cached_property
    def _gathered(self) -> Gathered[Actor]:
        reach = running(self._system, self._recorded)

        def own(actor: Actor) -> int:
            return self._tables.of(
                access.table
                for place in reach.places(actor)
                for access in self._done.get(place, ())
                if self._recorded.touches(actor, access)
            )

        return Gathered(reach.called_in_order, own)

    @cached_property
    def _done(self) -> dict[Actor, list[Access]]:
        found: dict[Actor, list[Access]] = defaultdict(list)
        for access in self._system.accesses:
            if access.resolution != "guessed":
                found[access.definition, access.unit].append(access)
        return dict(found)


@made_once
def on_behalf(ties: Ties) -> OnBehalf:
    """That of a system."""
    return OnBehalf(ties)
