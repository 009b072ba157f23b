"""Services that are an API layer rather than a domain: what enters there works on the tables of others.

Views that share a framework, or a package, lie together in the graph of the code, and an architect would deal them out to the domains that they
serve, or call what they lie in a gateway. Which of the two, the code does not decide; that it is so, and whose tables they work on,
it does.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import NamedTuple

from decompose.database.places import Places
from decompose.database.ties import Ties
from decompose.made_once import made_once
from decompose.plan.step import Layer
from decompose.system.gathered import Gathered, positions, union
from decompose.system.model import Access, EntryPoint
from decompose.system.transactions.entered import Entered, does_answer
from decompose.system.transactions.events import Actor
from decompose.system.transactions.narrowed import Recorded
from decompose.system.transactions.reached import running

FEWEST = 10
"""Entry points that tell anything of a service: of fewer it is chance what they touch."""

_MOST_OF_IT = 0.75
"""From this share of entry points on that touch no table of their service, it is called an API layer."""

_EVERYWHERE = 1 / 3
"""What more of all entry points touch than this, such as who is asking and a log of all that is done, tells nothing of any of them."""


class _Touched(NamedTuple):
    """An entry point, and the tables that it comes to."""

    entry: EntryPoint
    touched: frozenset[str]


def layers(places: Places) -> tuple[Layer, ...]:
    """The services of a split that are an API layer, in the order of the split."""
    found = [one for one in _touched(places.ties) if one.touched]
    most = len(found) * _EVERYWHERE
    touching = Counter(table for one in found for table in one.touched)
    common = {table for table, count in touching.items() if count > most}
    named: list[Layer] = []
    for service in places.split.services:
        own = set(service.tables)
        here = [one for one in found if places.service_of(one.entry.handler) == service.name]
        here = [one for one in here if one.touched - common or one.touched & own]
        elsewhere = [one for one in here if not one.touched & own]
        if len(here) >= FEWEST and len(elsewhere) >= _MOST_OF_IT * len(here):
            routes = sum(one.entry.kind == "http" for one in elsewhere) > len(elsewhere) / 2
            named.append(Layer(service.name, len(here), len(elsewhere), _worked_on(elsewhere, common, places), routes))
    return tuple(named)


def _worked_on(entries: list[_Touched], common: set[str], places: Places) -> dict[str, int]:
    """Owner -> how many of some entry points touch tables of it that not everybody touches, the most first."""
    owners = ({places.owner_of[t] for t in one.touched - common if t in places.owner_of} for one in entries)
    counts = Counter(owner for found in owners for owner in found)
    return {owner: counts[owner] for owner in sorted(counts, key=lambda owner: (-counts[owner], owner))}


@made_once
def _touched(ties: Ties) -> list[_Touched]:
    """What each entry point comes to through calls, over all branches; what it sends off as a task is the task's."""
    system, recorded = ties.system, Recorded(ties.system)
    reach = running(system, recorded, after_commit=True, dispatching=False)
    names = sorted({access.table for access in system.accesses})
    bits = {table: 1 << number for number, table in enumerate(names)}
    done: dict[Actor, list[tuple[int, Access]]] = {}
    led_on: dict[str, list[tuple[int, Access]]] = {}
    for access in system.accesses:
        if access.resolution != "guessed":
            bit = bits[access.table]
            if access.is_led_on:
                led_on.setdefault(access.unit, []).append((bit, access))
            else:
                done.setdefault((access.definition, access.unit), []).append((bit, access))

    def own(actor: Actor, method: str = "") -> int:
        return union(
            bit
            for place in reach.places(actor)
            for bit, access in done.get(place, ())
            if does_answer(method, access) and recorded.touches(actor, access) and not reach.only_begins(access)
        )

    entered = Entered(system.classes, system.dependencies, system.entry_points, reach)
    reached = Gathered(reach.called_in_order, own)
    touched = []
    for entry in system.entry_points:
        found = entered.start(entry).gather(reached, partial(own, method=entry.method))
        unit = reach.home((entry.handler, ""))[1]
        found |= union(bit for bit, access in led_on.get(unit, ()) if does_answer(entry.method, access))
        touched.append(_Touched(entry, frozenset(names[at] for at in positions(found))))
    return touched
