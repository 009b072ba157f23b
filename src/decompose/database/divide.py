"""Owners explained, and every key, access and transaction that a split cuts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from decompose.boundaries.split import SHARED, Split
from decompose.database.split import CutForeignKey, DatabaseSplit, ForeignAccess, Ownership, SpanningTransaction
from decompose.database.stores import store_ownerships
from decompose.system.divisible import EACH_ITS_OWN, divisible
from decompose.system.model import Access, StoreAccess, System


def split_database(system: System, split: Split) -> DatabaseSplit:
    """The database side of ``split``: nothing is decided here, the split says who owns what."""
    whole, system = system, divisible(system)
    service_of_unit = split.service_of_unit()
    owner_of = split.service_of_table()
    unit_of = {definition.id: definition.unit for definition in system.definitions}

    def service_of(access: Access | StoreAccess) -> str:
        return service_of_unit.get(access.unit or unit_of.get(access.definition, ""), SHARED)

    writers: dict[str, Counter[str]] = defaultdict(Counter)
    readers: dict[str, Counter[str]] = defaultdict(Counter)
    following: dict[str, Counter[str]] = defaultdict(Counter)
    foreign = []
    for access in system.accesses:
        if access.resolution == "guessed":
            continue
        service = service_of(access)
        (readers if access.operation == "read" else writers)[access.table][service] += 1
        following[access.table][service] += access.follows
        owner = owner_of.get(access.table, SHARED)
        if service not in (owner, SHARED):
            foreign.append(ForeignAccess(access=access, service=service, owner=owner))
    models = {unit.model_of: unit.id for unit in system.units if unit.model_of}
    ties = _ties_to_owners(system, owner_of)
    owners = [
        _ownership(
            table.name,
            owner_of.get(table.name, SHARED),
            writers[table.name],
            following[table.name],
            readers[table.name],
            models.get(table.name, ""),
            ties[table.name],
        )
        for table in system.tables
    ]
    keys = [
        CutForeignKey(key=key, service=owner_of[key.table], target_service=owner_of[key.target_table])
        for key in system.foreign_keys
        if key.table in owner_of and key.target_table in owner_of and owner_of[key.table] != owner_of[key.target_table]
    ]
    spanning = []
    for transaction in system.transactions:
        services = sorted({owner_of[table] for table in transaction.tables_written if table in owner_of})
        if len(services) > 1:
            spanning.append(SpanningTransaction(transaction=transaction, services=tuple(services)))
    return DatabaseSplit(
        split=split.name,
        owners=tuple(sorted([*owners, *_had_by_each(whole)], key=lambda ownership: ownership.table)),
        cut_foreign_keys=tuple(keys),
        foreign_accesses=tuple(foreign),
        spanning_transactions=tuple(spanning),
        stores=tuple(store_ownerships(system, owner_of, service_of)),
    )


_NAMED = 2
"""How many of those that write another's table are told by name; all are counted in ``writers``."""


class _Ties:
    """How many transactions write a table, and how many keys are to or from it; of these, those that stay with its owner."""

    def __init__(self) -> None:
        self.transactions = self.own_transactions = self.keys = self.own_keys = 0

    def __str__(self) -> str:
        parts = []
        if self.transactions:
            parts.append(f"of its transactions {self.own_transactions} of {self.transactions} stay whole")
        if self.keys:
            parts.append(f"of its keys {self.own_keys} of {self.keys} stay")
        return "; ".join(parts)


def _ties_to_owners(system: System, owner_of: Mapping[str, str]) -> dict[str, _Ties]:
    found: dict[str, _Ties] = defaultdict(_Ties)
    known = {table.name for table in system.tables}
    for transaction in system.transactions:
        written = [table for table in transaction.tables_written if table in known]
        owners = {owner_of.get(table, SHARED) for table in written}
        for table in written:
            found[table].transactions += 1
            found[table].own_transactions += len(owners) == 1
    for key in system.foreign_keys:
        if key.table != key.target_table and {key.table, key.target_table} <= owner_of.keys():
            same = owner_of[key.table] == owner_of[key.target_table]
            for table in (key.table, key.target_table):
                found[table].keys += 1
                found[table].own_keys += same
    return found


def _had_by_each(system: System) -> Iterator[Ownership]:
    """What is told in the place of an owner where each service's database has a table of its own; who touches it crosses nothing."""
    for table in system.tables:
        if table.each_has_its_own:
            kinds = Counter(
                "read" if access.operation == "read" else "written"
                for access in system.accesses
                if access.table == table.name and access.resolution != "guessed"
            )
            seen = (
                " and ".join(f"{kind} {_times(count)}" for kind, count in sorted(kinds.items())) or "no access was seen"
            )
            brought = f", {table.place}" if table.package else ""
            yield Ownership(
                table=table.name, owner=SHARED, reason=f"{EACH_ITS_OWN}{brought}: {seen} in the whole application",
                contested=False, writers={}, readers={},
            )  # fmt: skip


def _ownership(
    table: str,
    owner: str,
    writers: Counter[str],
    following: Mapping[str, int],
    readers: Counter[str],
    model: str,
    ties: _Ties,
) -> Ownership:
    """``following``: how many of the ``writers`` are no writes that code asks for: rows go along with others."""
    asking = {service: count - following.get(service, 0) for service, count in sorted(writers.items())}
    writing = {service: count for service, count in asking.items() if service != SHARED and count}
    others = [service for service in writing if service != owner]
    if owner in writing and not others:
        reason = f"the only service that writes it ({_times(writing[owner])})"
    elif owner in writing:
        most = sorted(others, key=lambda service: (-writing[service], service))
        rivals = _few([f"{service} {_times(writing[service])}" for service in most])
        reason = f"writes it {_times(writing[owner])}; also written by {rivals}"
    elif others:
        reason = f"its model is here, but it is written by {', '.join(others)}"
    elif readers.get(owner):
        reason = f"reads it ({_times(readers[owner])}); nothing was seen to write it"
    else:
        why = "its model is here" if model else "nearest by keys and names"
        reading = [service for service in sorted(readers) if service != SHARED]
        seen = (
            f"only {', '.join(reading)} read{'s' if len(reading) == 1 else ''} it" if reading else "no access was seen"
        )
        reason = f"{why}; {seen}"
    most_along = sorted((-count, service) for service, count in following.items() if count and service != SHARED)
    along = [f"{service} {_times(-count)}" for count, service in most_along]
    told = f"its rows go along with others that are deleted or changed: {_few(along)}" if along else ""
    reason = "; ".join(filter(None, (reason, told, str(ties))))
    return Ownership(
        table=table,
        owner=owner,
        reason=reason,
        contested=bool(others),
        writers=dict(sorted(writers.items())),
        readers=dict(sorted(readers.items())),
        following={service: count for service, count in sorted(following.items()) if count},
    )


def _few(services: list[str]) -> str:
    if len(services) <= _NAMED + 1:
        return ", ".join(services)
    return f"{', '.join(services[:_NAMED])} and {len(services) - _NAMED} more services"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
