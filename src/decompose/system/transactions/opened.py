"""Where transactions are opened and ended, for each who acts there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from decompose.linking import Linked
from decompose.linking.libraries import methods_in_transactions
from decompose.linking.named_transactions import NAMED
from decompose.linking.transaction_scopes import TransactionScope
from decompose.linking.written_transactions import SAVEPOINT
from decompose.system.calls.placement import Placement
from decompose.system.transactions.events import Actor, Locks
from decompose.system.transactions.reach import Reach

ATOMIC = "atomic"

JOINING = frozenset({ATOMIC, NAMED, SAVEPOINT})
"""Kinds of transaction that one inside of another is part of: a savepoint."""

Place = tuple[Actor, TransactionScope]


def opened(
    linked: Linked,
    scopes: Iterable[TransactionScope],
    placement: Placement,
    reach: Reach,
    acting: Iterable[Actor],
) -> list[Place]:
    """All places, also for the classes that inherit them, of which ``acting`` do something themselves."""
    places = list(_written(linked, scopes, placement, reach))
    return [*places, *_inherited(places, reach, (*acting, *reach.following))]


def _written(linked: Linked, scopes: Iterable[TransactionScope], placement: Placement, reach: Reach) -> Iterator[Place]:
    for found in scopes:
        scope = linked.program.scopes[found.scope]
        # What a wrapper opens and ends is told of the functions that it wraps.
        if not scope.library and (found.extent == "whole" or scope.definition not in reach.wrappers):
            yield (scope.definition, placement.acting_unit(scope, found.receiver)), found
    for scope, line in methods_in_transactions(linked):
        actor = (scope.definition, placement.unit_of(scope))
        yield actor, TransactionScope(scope.index, -1, ATOMIC, line, "whole")


def _inherited(places: list[Place], reach: Reach, acting: Iterable[Actor]) -> Iterator[Place]:
    """What a decorator makes a transaction of, for those who inherit it: a decorator runs once, where the method is written."""
    of_definition: dict[str, set[Actor]] = {}
    for actor in acting:
        of_definition.setdefault(actor[0], set()).add(actor)
    known = {(actor, found.kind, found.line) for actor, found in places}
    for actor, found in places:
        if found.extent == "whole" and actor == reach.home(actor):
            for other in sorted(of_definition.get(actor[0], ())):
                if (other, found.kind, found.line) not in known:
                    yield other, found


def lines_of_scopes(linked: Linked, scopes: Iterable[TransactionScope], locks: Locks) -> dict[str, set[int]]:
    """Definition -> its lines that open or end a transaction, or ask for rows to be locked."""
    found: dict[str, set[int]] = {}
    for scope in scopes:
        found.setdefault(linked.program.scopes[scope.scope].definition, set()).add(scope.line)
    for (definition, _), tables in locks.items():
        found.setdefault(definition, set()).update(line for lines in tables.values() for line in lines)
    return found
