"""Transactions: what commits or rolls back together, with everything that it reaches through calls."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from decompose.facts import ScopeKind
from decompose.linking import Linked
from decompose.linking.named_transactions import named_transactions
from decompose.linking.transaction_scopes import transaction_scopes
from decompose.linking.written_transactions import written_transactions
from decompose.system.calls.callbacks import Callbacks
from decompose.system.calls.listeners import Heard
from decompose.system.calls.placement import Placement
from decompose.system.model import Access, Dependency, Entered, EntryPoint, HandedOver, Narrowed, Transaction
from decompose.system.schema.tables import Schema
from decompose.system.transactions.around_requests import AroundRequests
from decompose.system.transactions.asked import asked_heirs
from decompose.system.transactions.collected import CollectedTransactions
from decompose.system.transactions.contexts import Contexts
from decompose.system.transactions.decorated import Decorated
from decompose.system.transactions.events import Actor, Lines, Locks, is_within
from decompose.system.transactions.instead import Instead
from decompose.system.transactions.listening import Listeners
from decompose.system.transactions.narrowed import ByRequest, number_of
from decompose.system.transactions.opened import lines_of_scopes
from decompose.system.transactions.reach import Reach, at_run_time
from decompose.system.transactions.switches import Switches


class Done(NamedTuple):
    """What the system is known to do before its transactions are."""

    dependencies: Iterable[Dependency]
    accesses: Iterable[Access]
    locks: Locks
    """The tables whose rows somebody locks."""
    entry_points: Iterable[EntryPoint]
    put_off: Mapping[str, Lines]
    """Definition -> lines in it that run after the transaction only."""
    heard: Iterable[Heard]
    """Who listens to rows that are written."""


class Found(NamedTuple):
    """All transactions; shared code as its callers have it run, with the calls that do; and calls of what callers give."""

    transactions: Sequence[Transaction]
    narrowed: tuple[Narrowed, ...]
    entered: tuple[Entered, ...]
    handed_over: tuple[HandedOver, ...]


def transactions_of(
    linked: Linked,
    placement: Placement,
    callbacks: Callbacks,
    schema: Schema,
    done: Done,
    instead: Instead,
) -> Found:
    """The transactions with the tables that they reach through calls, and those whose rows they lock."""
    accesses = [a for a in done.accesses if not is_within(a.line, done.put_off.get(a.definition, ()))]
    classes = {scope.definition for scope in linked.program.scopes if scope.facts.kind == ScopeKind.CLASS}
    written = list(done.dependencies)
    entry_points = list(done.entry_points)
    dependencies = at_run_time(written, classes, entry_points)
    told = callbacks.told_of_givers(dependencies)
    opening = transaction_scopes(linked.engine, written_transactions(linked))
    opening = sorted({*opening, *named_transactions(linked.engine, opening)})
    switches = Switches(linked, accesses, told, lines_of_scopes(linked, opening, done.locks))
    listeners = Listeners(linked, placement, schema, done.heard)
    contexts = Contexts(linked, placement, schema, callbacks.arguments, accesses, told, instead, switches, listeners)
    reach = Reach(told, contexts, accesses=accesses)
    handlers = {entry.handler for entry in entry_points}
    found = CollectedTransactions(linked, opening, placement, reach, contexts, accesses, done.locks, handlers, told)
    found.asked = asked_heirs(reach, written)
    found.add_handed(callbacks)
    found.add_decorated(Decorated(found.scopes, written))
    found.add_scopes()
    found.add_commits()
    found.add_wrapped()
    found.add_requests(AroundRequests(linked, told, written, entry_points, reach))
    transactions = found.distinct()
    by_request = Reach(told, ByRequest(contexts), after_commit=True, accesses=accesses)
    _ask_for_requests(by_request, found, entry_points, classes)
    finished = Found(transactions, *contexts.recorded(), tuple(callbacks.handed_over))
    for part in (found, found.commits, reach, by_request):
        vars(part).clear()  # they ask each other, and would keep the whole program in memory
    return finished


def _ask_for_requests(
    reach: Reach, found: CollectedTransactions, entry_points: Iterable[EntryPoint], classes: Collection[str]
) -> None:
    """Ask what all that entry points lead to does with what it is given, so that it is kept with the system."""
    first: set[Actor] = set()
    for entry in entry_points:
        handler, unit = reach.home((entry.handler, ""))
        first.update({*reach.starting(handler), (entry.method or handler, unit)})
        if unit in classes:
            first |= reach.called_by_class(unit)
    for actor in reach.paths(*sorted(first)):
        if number_of(actor) >= 0:
            found.done(actor)
