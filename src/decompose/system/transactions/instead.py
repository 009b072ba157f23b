"""What classes do in place of what the class does whose method they inherit.

``def post(self): self.model.objects.create()`` stands in a class whose ``model`` is one table; a class that inherits it and has
another ``model`` writes that one, and not both. What a method does for every class is told once, of the class that defines it;
here is what of that does not hold for which of the others, as far as these were looked at by themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple, TypeVar

from decompose.linking import Linked
from decompose.linking.effects import ALONG
from decompose.system.calls.placement import Placement
from decompose.system.model import Access
from decompose.system.transactions.narrowed import Actor

Untouched = tuple[int, str, bool]
"""A line, a table, and whether only what follows from a row is meant."""
Uncalled = tuple[int, str, str]
"""A line, who is called there, and the unit on whose behalf."""

_Call = tuple[int, str]
"""A line, and who is called there."""

_Done = TypeVar("_Done", bound=Hashable)


class Instead(NamedTuple):
    """Actor -> what the class that defines the method does there, and this one does not."""

    untouched: Mapping[Actor, frozenset[Untouched]]
    uncalled: Mapping[Actor, frozenset[Uncalled]]


def untouched(placement: Placement, accesses: Iterable[Access]) -> dict[Actor, frozenset[Untouched]]:
    """What inheriting classes do not touch. ``accesses`` are all, with those that are alike for several classes."""
    found: dict[str, dict[Hashable, dict[str, set[Untouched]]]] = defaultdict(lambda: defaultdict(dict))
    for access in accesses:
        # What follows from a row belongs to the call that touches the row.
        call = access.operation, access.line, access.rule.partition(",")[0]
        done = found[access.definition][call].setdefault(access.unit, set())
        done.add((access.line, access.table, access.rule.endswith(ALONG)))
        if access.unit != placement.home(access.definition):
            # What goes along with a row for the one, such as the part that it inherits, may be the other's own row.
            done.update((access.line, access.table, follows) for follows in (False, True))
    return _otherwise(placement, found)


def uncalled(linked: Linked, placement: Placement) -> dict[Actor, frozenset[Uncalled]]:
    """Whom inheriting classes do not call."""
    program = linked.program
    inherited = {
        frame.scope.index
        for frame in linked.engine.frames
        if frame.receiver >= 0
        and not frame.scope.library
        and placement.acting_in(frame) != placement.unit_of(frame.scope)
    }
    found: dict[str, dict[Hashable, dict[str, set[_Call]]]] = defaultdict(lambda: defaultdict(dict))
    # Of the class that defines the method: on whose behalf it asks, and what it is certain to call.
    asked: dict[tuple[str, _Call], set[str]] = defaultdict(set)
    certain: set[tuple[str, Hashable, _Call]] = set()
    for site in linked.engine.sites:
        scope = site.frame.scope
        if scope.index not in inherited:
            continue
        unit, call = placement.acting_in(site.frame), (scope.index, site.operation[1])
        at_home = unit == placement.unit_of(scope)
        done = found[scope.definition][call].setdefault(unit, set())
        for (index, receiver, kind), is_certain in site.targets.items():
            if kind != "library":
                target = program.scopes[index]
                made = site.line, target.definition
                done.add(made)
                if at_home:
                    asked[scope.definition, made].add(placement.acting_unit(target, receiver))
                    if is_certain:
                        certain.add((scope.definition, call, made))
    for definition, calls in found.items():
        home = placement.home(definition)
        for place, by_unit in calls.items():
            for unit in by_unit:
                # Nothing is known of what is called there. What is declared has been replaced then, as by another attribute of
                # the class; what is certain may only not be seen.
                if not by_unit[unit]:
                    by_home = by_unit.get(home, set())
                    by_unit[unit] = {made for made in by_home if (definition, place, made) in certain}
    return {
        actor: frozenset((*made, unit) for made in left for unit in {*asked[actor[0], made], actor[1]})
        for actor, left in _otherwise(placement, found).items()
    }


def _otherwise(
    placement: Placement, found: Mapping[str, Mapping[Hashable, Mapping[str, set[_Done]]]]
) -> dict[Actor, frozenset[_Done]]:
    """Actor -> what its definition's own class does in those calls that the acting class has of its own.

    ``found``: definition -> call -> acting unit -> what is done.
    """
    otherwise: dict[Actor, frozenset[_Done]] = {}
    for definition, calls in found.items():
        home = placement.home(definition)
        for unit in sorted({unit for done in calls.values() for unit in done} - {home}):
            replaced: set[_Done] = set()
            holding: set[_Done] = set()
            for done in calls.values():
                at_home = done.get(home, set())
                if unit in done:
                    replaced |= at_home
                    holding |= done[unit]
                else:
                    holding |= at_home
            if replaced - holding:
                otherwise[definition, unit] = frozenset(replaced - holding)
    return otherwise
