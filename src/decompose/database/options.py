"""Tables that several services need: the ways to share each, with the evidence for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from decompose.boundaries.split import SHARED
from decompose.database.places import Places, place
from decompose.database.split import ColumnGroup, ForeignAccess, Option, SharedTable
from decompose.system.model import Access

MAX_EVIDENCE = 10
REFERENCE_WRITES = 4
"""Reference data is written in at most so many places, ..."""
REFERENCE_COLUMNS = 8
"""... and has at most so many columns."""
MIN_GROUP = 2
"""So many columns make a group that is worth a table of its own."""
MANY_READERS = 2
"""From so many other services on that only read, a read model is worth its machinery."""


def shared_tables(places: Places, foreign: Iterable[ForeignAccess]) -> list[SharedTable]:
    """Every table that others than its owner touch, with the ways to share it, the recommended first."""
    by_table: dict[str, list[ForeignAccess]] = defaultdict(list)
    for item in foreign:
        by_table[item.access.table].append(item)
    columns = _column_groups(places, frozenset(by_table))
    in_writing = _read_while_writing(places)
    found = []
    for table, items in sorted(by_table.items()):
        owner = places.owner(table)
        if owner == SHARED:
            continue
        options = list(_options(places, table, owner, items, columns.get(table, []), in_writing))
        found.append(SharedTable(table=table, owner=owner, options=tuple(options)))
    return found


def _options(
    places: Places,
    table: str,
    owner: str,
    items: Sequence[ForeignAccess],
    groups: Sequence[ColumnGroup],
    in_writing: frozenset[tuple[str, str]],
) -> Iterator[Option]:
    asked = [item for item in items if not item.access.comes_along]
    reads = [item for item in asked if item.access.operation == "read"]
    writes = [item for item in asked if item.access.operation != "read"]
    readers, writers = (sorted({item.service for item in side}) for side in (reads, writes))
    only_reading = [service for service in readers if service not in writers]
    if groups:
        told = "; ".join(str(group) for group in groups)
        yield Option(
            kind="split by columns",
            services=tuple(group.service for group in groups),
            reason=f"other services use columns that {owner} hardly does: {told}. Each group becomes a table keyed by the identifier of {table}{_divided(places, table, groups)}",
            groups=tuple(groups),
            evidence=_evidence(group.evidence for group in groups),
        )
    reference = _reference(places, table, owner, only_reading) if not writers else None
    if reference is not None:
        yield reference
    tolerant = [service for service in only_reading if (service, table) not in in_writing]
    replicated = _read_model(table, tolerant, reads) if len(tolerant) >= MANY_READERS and reference is None else None
    if replicated is not None and not writers:
        yield replicated
    yield Option(
        kind="owner with an API",
        services=tuple(sorted({item.service for item in items})),
        reason=_api_reason(owner, reads, writes, [item for item in items if item.access.follows]),
        evidence=_places([*writes, *reads]) or _places(items),
    )
    if replicated is not None and writers:
        yield replicated


def _divided(places: Places, table: str, groups: Sequence[ColumnGroup]) -> str:
    """The unique constraints over columns that would come to different services: nothing can check them any more."""
    home = {column: group.service for group in groups for column in group.columns}
    known = places.tables.get(table)
    unique = [i.columns for i in known.indexes if i.unique and len(i.columns) > 1] if known is not None else []
    spanning = sorted({c for c in unique if len({home.get(column, "") for column in c}) > 1})
    if not spanning:
        return ""
    listed = ", ".join(f"unique({', '.join(columns)})" for columns in spanning)
    return f". {listed} would span services: keep these columns together, or let the owner of the rows decide"


def _api_reason(
    owner: str, reads: Sequence[ForeignAccess], writes: Sequence[ForeignAccess], follows: Sequence[ForeignAccess]
) -> str:
    parts = []
    if writes:
        who, one = _services(writes)
        parts.append(
            f"{who} write{'s' if one else ''} it in {_times(len(writes))}: {owner} has to do that for {'it' if one else 'them'}"
        )
    if reads:
        who, one = _services(reads)
        parts.append(f"{who} read{'s' if one else ''} it in {_times(len(reads))}")
    if follows:
        who, one = _services(follows)
        parts.append(
            f"{who} change{'s' if one else ''} rows that those here follow, in {_times(len(follows))}: {owner} hears of it by an event"
        )
    return "; ".join(parts)


def _services(items: Iterable[ForeignAccess]) -> tuple[str, bool]:
    """The services, by name, and whether it is one."""
    names = sorted({item.service for item in items})
    return ", ".join(names), len(names) == 1


def _read_model(table: str, tolerant: list[str], reads: Sequence[ForeignAccess]) -> Option:
    of_these = [item for item in reads if item.service in tolerant]
    return Option(
        kind="read model",
        services=tuple(tolerant),
        reason=f"{', '.join(tolerant)} only read {table} ({_times(len(of_these))}), and never in a transaction that writes: a copy that is a moment late will do",
        evidence=_places(of_these),
    )


def _reference(places: Places, table: str, owner: str, readers: list[str]) -> Option | None:
    """Small and rarely written: each reader keeps a copy."""
    known = places.tables.get(table)
    writes = [a for a in places.accesses.get(table, ()) if a.operation != "read"]
    columns = len(known.columns) if known is not None else 0
    points = [k for k in places.system.foreign_keys if k.table == table and k.target_table != table]
    if not readers or not 0 < len(writes) <= REFERENCE_WRITES or not 0 < columns <= REFERENCE_COLUMNS or points:
        return None
    if any(places.service_of(a.definition, a.unit) != owner for a in writes):
        return None  # also where everybody writes it through shared code
    if {a.operation for a in writes} == {"insert"} and not any(
        k.target_table == table for k in places.system.foreign_keys
    ):
        return None  # rows that are only added, and that nothing points to, are a log: it grows with use
    said = (
        f"it has {columns} columns, points to no other table, and is written in {_times(len(writes))}, by {owner} only"
    )
    return Option(
        kind="reference data",
        services=tuple(readers),
        reason=f"{said}: each reader keeps a copy that is refreshed when it changes",
        evidence=_evidence([[place(a) for a in writes]]),
    )


def _read_while_writing(places: Places) -> frozenset[tuple[str, str]]:
    """(service, table) where a transaction of the service reads the table and writes something."""
    found: set[tuple[str, str]] = set()
    for transaction in places.system.transactions:
        if transaction.tables_written:
            service = places.service_of(transaction.definition, transaction.unit)
            found.update((service, table) for table in transaction.tables_read)
    return frozenset(found)


# Columns


def _column_groups(places: Places, tables: frozenset[str]) -> dict[str, list[ColumnGroup]]:
    """Groups of columns that another service uses more than the owner does, not counting what only hands them through."""
    uses: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    where: dict[tuple[str, str, str], list[str]] = defaultdict(list)

    def count(table: str, column: str, service: str, evidence: str) -> None:
        if service != SHARED:
            uses[table][column][service] += 1
            where[table, column, service].append(evidence)

    for use in places.system.surroundings.columns:
        if use.table in tables and not use.handed_through:
            count(use.table, use.column, places.service_of(use.definition, use.unit), f"{use.file}:{use.line}")
    wide = set(uses)
    written = {
        (u.table, u.column, places.service_of(u.definition, u.unit))
        for u in places.system.surroundings.columns
        if u.operation != "read"
    }
    for access in places.system.accesses:
        # What is assigned to attributes has been counted.
        if access.table in wide and access.columns and access.rule.startswith("SQL"):
            service = places.service_of(access.definition, access.unit)
            for column in access.columns:
                count(access.table, column, service, place(access))
    keys = {(key.table, column) for key in places.system.foreign_keys for column in key.columns}
    found: dict[str, list[ColumnGroup]] = {}
    for table, columns in uses.items():
        owner = places.owner(table)
        primary = {c.name for c in places.tables[table].columns if c.primary_key}
        groups: dict[str, list[str]] = defaultdict(list)
        for column, services in sorted(columns.items()):
            others = [(number, service) for service, number in services.items() if service != owner]
            if column in primary or (table, column) in keys or not others:
                continue
            most, service = min((-number, service) for number, service in others)
            rivals = sum(number for number, other in others if other != service)
            if -most > services[owner] and rivals <= -most:
                groups[service].append(column)
        made = [
            ColumnGroup(
                service=service,
                columns=tuple(listed),
                uses=sum(columns[column][service] for column in listed),
                others=sum(columns[column].total() - columns[column][service] for column in listed),
                evidence=tuple(dict.fromkeys(p for column in listed for p in where[table, column, service]))[
                    :MAX_EVIDENCE
                ],
            )
            for service, listed in sorted(groups.items())
            # Who only reads needs a copy, not the columns.
            if len(listed) >= MIN_GROUP and any((table, column, service) in written for column in listed)
        ]
        if made and owner != SHARED:
            found[table] = made
    return found


def _evidence(lists: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for listed in lists for item in listed))[:MAX_EVIDENCE]


def _places(items: Iterable[ForeignAccess]) -> tuple[str, ...]:
    accesses: list[Access] = [item.access for item in items]
    return tuple(dict.fromkeys(place(access) for access in accesses))[:MAX_EVIDENCE]


def _times(count: int) -> str:
    return "one place" if count == 1 else f"{count} places"
