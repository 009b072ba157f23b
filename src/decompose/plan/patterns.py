"""The patterns of the field, each where evidence calls for it and nowhere else. One page in ``docs/patterns/`` for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from decompose.database.places import Places
from decompose.database.split import DatabaseDesign
from decompose.plan.step_detail import Pattern, Route, StepDetail
from decompose.system.model import EntryPoint
from decompose.wording import counted

UNKNOWN_PART = "<dynamic>"
"""What stands in a path for a part that only configuration tells."""
MANY_CALLERS = 3
"""From so many calling services on, an address in a setting of each is no longer enough."""
_SERVED = frozenset({"http", "graphql"})
_HISTORY = re.compile(
    r"(?:^|_)(?:history|histories|log|logs|events?|audit|changes?|movements?|journal|ledger|trail)(?:_|$)"
)


def patterns_of(
    places: Places,
    design: DatabaseDesign,
    service: str,
    detail: StepDetail,
    asked: Sequence[str],
    stateless: Sequence[EntryPoint],
) -> Iterator[Pattern]:
    """The patterns that a service needs, each with what calls for it.

    ``asked``: tables of others that it asks for; ``stateless``: jobs that run by the clock and keep nothing.
    """
    tables = next((s.tables for s in places.split.services if s.name == service), ())
    clients = list(_told_of_clients(detail.routes))
    if clients:
        yield _pattern("API gateway", "; ".join(clients))
    if tables:
        yield _pattern("database per service", f"it owns {counted(len(tables), 'table')}")
    yield from _of_writing(detail.sagas)
    yield from _of_reading(design, service)
    yield from _event_sourcing(places, tables)
    yield from _of_calls(detail, asked)
    if detail.identity:
        most = max(detail.identity, key=lambda asked: asked.places)
        others = f", most often by {most.name}" if len(detail.identity) > 1 else f" by {most.name}"
        asking = counted(sum(r.places for r in detail.identity), "place")
        yield _pattern("central authentication", f"its code asks who is asking in {asking}{others}")
    yield from _of_crossings(detail, asked)
    if detail.tests or clients:
        tests, routes = len(detail.tests), sum(route.kind in _SERVED for route in detail.routes)
        covered = f"{counted(tests, 'test file')} cover{'s' if tests == 1 else ''} it"
        covered = covered if tests else f"{counted(routes, 'route')} can be tested by themselves"
        yield _pattern("pipeline per service", f"it can be built, tested and released by itself: {covered}")
    if stateless:
        verb = "runs by the clock and touches" if len(stateless) == 1 else "run by the clock and touch"
        jobs = counted(len(stateless), "job")
        yield _pattern("serverless", f"{jobs} {verb} neither table nor store, such as {stateless[0].name}")


def _told_of_clients(routes: Sequence[Route]) -> Iterator[str]:
    """What clients from outside have to be told when the service has a process of its own."""
    paths = [route for route in routes if route.kind == "http"]
    fields = [route for route in routes if route.kind == "graphql"]
    if paths:
        yield _switching(paths)
    if fields:
        yield _composed(fields)


def _of_writing(sagas: Sequence[str]) -> Iterator[Pattern]:
    if sagas:
        spans = "spans" if len(sagas) == 1 else "span"
        taken = f"{counted(len(sagas), 'transaction')} that it takes part in {spans} services"
        yield _pattern("saga", f"{taken}, such as {sagas[0]}")


def _of_reading(design: DatabaseDesign, service: str) -> Iterator[Pattern]:
    """A model of its own for what is only read, of tables of several services or of one that others read."""
    reports = [
        join for join in design.joins if join.way_out == "read model" and service in (*join.tables, join.service)
    ]
    models = [
        table
        for table in design.shared_tables
        for option in table.options
        if option.kind == "read model" and (table.owner == service or service in option.services)
    ]
    if reports:
        statements = counted(len(reports), "statement")
        yield _pattern("CQRS", f"{statements} over tables of several services, such as {reports[0].name}")
    elif models:
        yield _pattern("CQRS", f"readers of {models[0].table} that only read")


def _of_calls(detail: StepDetail, asked: Sequence[str]) -> Iterator[Pattern]:
    """What it needs to wait for others, and what others need to find it."""
    out = [call for call in detail.calls_out if call.style == "synchronous"]
    waited = [
        *([f"{counted(len(out), 'operation')} of other services, such as {out[0].definition}"] if out else []),
        *([f"{counted(len(asked), 'table')} of others, such as {asked[0]}"] if asked else []),
    ]
    if waited:
        yield _pattern("circuit breaker", f"it waits for {', and for rows of '.join(waited)}")
    callers = sorted(
        {call.source for call in detail.calls_in if call.style == "synchronous"}.union(
            *(set(o.callers) for o in detail.operations if o.style == "synchronous")
        )
    )
    if len(callers) >= MANY_CALLERS:
        yield _pattern("service discovery", f"{', '.join(callers)} have to find it")


def _of_crossings(detail: StepDetail, asked: Sequence[str]) -> Iterator[Pattern]:
    waiting = [call for call in (*detail.calls_out, *detail.calls_in) if call.style == "synchronous"]
    crossing = [
        *([counted(len(waiting), "call")] if waiting else []),
        *([f"the use of {counted(len(asked), 'table')} of others"] if asked else []),
    ]
    if crossing:
        what = f"what was within one process goes over the network: {' and '.join(crossing)}"
        yield _pattern("tracing and central logs", what)


def _switching(routes: Sequence[Route]) -> str:
    """How many routes a gateway sends elsewhere, and how many of them cannot be written down yet."""
    told = f"{counted(len(routes), 'route')} of clients switch over, such as {routes[0].pattern}"
    unknown = [route for route in routes if UNKNOWN_PART in route.pattern]
    if not unknown:
        return told
    first = f"{unknown[0].file}:{unknown[0].line}"
    return f"{told}; of {len(unknown)} a part is not in the code ({UNKNOWN_PART}, first at {first}): look it up before the gateway gets them"


def _composed(fields: Sequence[Route]) -> str:
    """What becomes of fields of a schema: one path serves them all, so a gateway cannot tell them apart by it."""
    one = len(fields) == 1
    return (
        f"{counted(len(fields), 'field')} of the GraphQL schema, such as {fields[0].pattern.rpartition('/')[2]}, {'is' if one else 'are'} behind one path: "
        "the gateway composes the schema of those of the services (federation)"
    )


def _event_sourcing(places: Places, tables: Sequence[str]) -> Iterator[Pattern]:
    """A history beside the state: rows that are only added, in the transactions that change the state."""
    for table in tables:
        accesses = places.accesses.get(table, ())
        operations = {access.operation for access in accesses}
        if not _HISTORY.search(table) or "insert" not in operations or operations & {"update", "delete"}:
            continue
        keys = {k.target_table for k in places.system.foreign_keys if k.table == table}
        state = [other for other in tables if other in keys and _changes(places, other)]
        together = [
            t for t in places.system.transactions if table in t.tables_written and set(state) & set(t.tables_written)
        ]
        if together:
            yield _pattern(
                "event sourcing",
                f"{table} records every change of {state[0]} in the same transaction ({counted(len(together), 'transaction')}, such as {together[0].definition}): the history is kept already, beside the state",
            )
            return


def _changes(places: Places, table: str) -> bool:
    return any(access.operation == "update" for access in places.accesses.get(table, ()))


def _pattern(name: str, because: str) -> Pattern:
    return Pattern(name=name, because=because, page=f"docs/patterns/{name.lower().replace(' ', '-')}.md")
