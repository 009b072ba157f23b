"""Statements that touch tables of several services, and the way out of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from decompose.boundaries.split import SHARED
from decompose.database.places import Places
from decompose.database.split import CrossingJoin, SharedTable
from decompose.system.model import ALONG, APART, Access, System

MANY_SERVICES = 3
"""A statement over so many services is a report: nobody's API should be made for it."""
FEW_COLUMNS = 2
_Statement = tuple[str, int, str, str]
_LAZY = ".__get__"
_RANK = {"exact": 0, "inferred": 1, "guessed": 2}


def crossing_joins(places: Places, shared: list[SharedTable]) -> list[CrossingJoin]:
    """Every statement that touches tables of several owners, sorted by place."""
    reference = {item.table for item in shared if item.options and item.options[0].kind == "reference data"}
    found: dict[tuple[str, str, frozenset[str]], CrossingJoin] = {}
    asking = {a.definition for a in places.system.accesses if a.role == "build" and "join" in a.rule.lower()}
    # A function may also run the query that another one has built.
    asking_lines = {(d.source, d.line) for d, _, _ in places.ties.calls if d.target in asking}
    for (file, line, definition, unit), accesses in joining_statements(places.system):
        by_owner: dict[str, dict[str, set[str]]] = defaultdict(dict)
        for access in accesses:
            owner = places.owner(access.table)
            if owner != SHARED:
                by_owner[owner].setdefault(access.table, set()).update(access.columns)
        if len(by_owner) < 2:
            continue
        asked = (
            definition in asking
            or (definition, line) in asking_lines
            or any(access.rule.startswith("SQL") for access in accesses)
        )
        way_out, reason = _way_out(places.service_of(definition, unit), by_owner, reference, asked=asked)
        # A query that is built on one line and run on another is one query.
        key = (definition, unit, frozenset(access.table for access in accesses))
        found.setdefault(
            key,
            CrossingJoin(
                definition=definition,
                service=places.service_of(definition, unit),
                tables={owner: tuple(sorted(tables)) for owner, tables in sorted(by_owner.items())},
                way_out=way_out,
                reason=reason,
                file=file,
                line=line,
                resolution=max((a.resolution for a in accesses), key=_RANK.__getitem__),
                unit=unit,
            ),
        )
    return [*found.values(), *_in_the_database(places)]


def joining_statements(system: System) -> Iterator[tuple[_Statement, list[Access]]]:
    """The statements that join tables, each with its accesses, sorted by place."""
    statements: dict[_Statement, list[Access]] = defaultdict(list)
    for access in system.accesses:
        # A related row that an attribute loads is a query of its own, as is a choice that a form looks up.
        if access.resolution != "guessed" and not access.rule.endswith(_LAZY) and APART not in access.rule:
            statements[access.file, access.line, access.definition, access.unit].append(access)
    helpers = _helpers(statements)
    for place, accesses in sorted(statements.items()):
        if len({access.table for access in accesses}) > 1 and place not in helpers and not _alternatives(accesses):
            yield place, accesses


def _in_the_database(places: Places) -> Iterator[CrossingJoin]:
    """Views, triggers and functions that touch tables of several services."""
    views = [(t.name, "view", t.reads, t.file, t.line) for t in places.system.tables if t.kind == "view"]
    routines = [
        (r.name, r.kind, sorted({*r.tables_read, *r.tables_written, *([r.table] if r.table else [])}), r.file, r.line)
        for r in places.system.routines
    ]
    for name, kind, tables, file, line in [*views, *routines]:
        by_owner: dict[str, list[str]] = defaultdict(list)
        for table in tables:
            if places.owner(table) != SHARED:
                by_owner[places.owner(table)].append(table)
        if len(by_owner) < 2:
            continue
        reading = kind == "view"
        yield CrossingJoin(
            definition=name,
            service=places.owner(name) if reading else "",
            tables={owner: tuple(sorted(listed)) for owner, listed in sorted(by_owner.items())},
            way_out="read model" if reading else "API composition",
            reason="a view over several services becomes a table of its own that is filled from their events"
            if reading
            else "what the database did by itself becomes code: the service whose rows change sends an event, the others react",
            file=file,
            line=line,
            resolution="exact",
            part_of=kind,
        )


def _alternatives(accesses: list[Access]) -> bool:
    """Whether the tables are no join: alternatives of one statement, or rows that change along with a row that is written.

    A join by a mapper starts at one table and takes others along; several starts are several queries through shared code.
    """
    if any(access.rule.startswith("SQL") for access in accesses):
        return False
    starts = {access.table for access in accesses if not access.rule.endswith(ALONG)}
    return len(starts) != 1 or any(access.operation != "read" for access in accesses)


def _helpers(statements: dict[_Statement, list[Access]]) -> set[_Statement]:
    """Places that run the SQL of several others: each of those is a statement, all of them together are none."""
    texts = {
        place: {access.table for access in accesses}
        for place, accesses in statements.items()
        if all(access.rule.startswith("SQL") for access in accesses)
    }
    found = set()
    for place, tables in texts.items():
        parts = [other for (*_, definition, _unit), other in texts.items() if definition != place[2] and other < tables]
        if len(parts) > 1 and set().union(*parts) == tables:
            found.add(place)
    return found


def _way_out(
    service: str, by_owner: dict[str, dict[str, set[str]]], reference: set[str], *, asked: bool
) -> tuple[str, str]:
    """The way out and why; ``asked``: the code asks for a join, rather than the mapper loading related rows along."""
    foreign = {owner: tables for owner, tables in by_owner.items() if owner != service}
    others = {table for tables in foreign.values() for table in tables}
    if others <= reference:
        return "reference data", f"{', '.join(sorted(others))} is small and rarely written: join with the local copy"
    if not asked:
        who = ", ".join(sorted(foreign))
        return (
            "API composition",
            f"the mapper joins related rows, or loads them along: ask {who} for those of {', '.join(sorted(others))} by their identifiers, all of a page in one call",
        )
    if len(by_owner) >= MANY_SERVICES:
        return (
            "read model",
            f"the tables of {len(by_owner)} services in one statement make a report: fill a reporting store from their events, a few minutes late",
        )
    if service not in by_owner:
        return "read model", f"{service} owns none of these tables: it keeps what it needs of them, filled from events"
    columns = {
        f"{table}.{column}" for tables in foreign.values() for table, named in tables.items() for column in named
    }
    known = all(named for tables in foreign.values() for named in tables.values())
    whom = ", ".join(sorted(foreign))
    if known and 0 < len(columns) <= FEW_COLUMNS:
        return (
            "copy of columns",
            f"only {', '.join(sorted(columns))} of {whom} is used: keep a copy beside the own rows, changed by events",
        )
    return (
        "API composition",
        f"ask {whom} for the rows of {', '.join(sorted(others))} by their identifiers, all of a page in one call, and put them together in {service}",
    )
