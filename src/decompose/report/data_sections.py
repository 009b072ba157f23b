"""The database in the report: who owns what, who reaches across, and which guarantees are lost."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decompose.report.scene import Listed, Place, Scene, ServiceRef, listed

if TYPE_CHECKING:
    from decompose.database.split import ForeignAccess, SpanningTransaction

_MOST_TABLES = 250
_MOST_KEYS = 200
_MOST_GROUPS = 200
_MOST_SITES = 6
_MOST_TRANSACTIONS = 100


@dataclass(frozen=True)
class Usage:
    """How often one service reads and writes one table."""

    ref: ServiceRef
    reads: int
    writes: int
    owner: bool


@dataclass(frozen=True)
class TableRow:
    """One table, its owner, and its use by each service (None where there is none)."""

    name: str
    anchor: str
    owner: ServiceRef | None
    reason: str
    contested: bool
    usages: tuple[Usage | None, ...]
    place: Place


@dataclass(frozen=True)
class KeyRow:
    """A foreign key that crosses a boundary."""

    table: str
    columns: tuple[str, ...]
    target_table: str
    target_columns: tuple[str, ...]
    on_delete: str
    service: ServiceRef
    target_service: ServiceRef
    place: Place


@dataclass(frozen=True)
class AccessSite:
    """One place that touches another service's table."""

    definition: str
    operation: str
    resolution: str
    place: Place


@dataclass(frozen=True)
class AccessGroup:
    """All places where one service touches one table of another."""

    table: str
    service: ServiceRef
    owner: ServiceRef
    operations: tuple[tuple[str, int], ...]
    sites: Listed[AccessSite]


@dataclass(frozen=True)
class TransactionRow:
    """A transaction that writes tables of several services."""

    definition: str
    scope: str
    written: tuple[tuple[ServiceRef | None, tuple[str, ...]], ...]
    place: Place


@dataclass(frozen=True)
class DataSections:
    """Everything about the database; ``columns`` are the services of the ownership matrix."""

    columns: tuple[ServiceRef, ...]
    tables: Listed[TableRow]
    keys: Listed[KeyRow]
    accesses: Listed[AccessGroup]
    transactions: Listed[TransactionRow]


def data_sections(scene: Scene) -> DataSections:
    """The database side of the scene's split; empty lists where the analysis has none."""
    columns = tuple(ref for ref in scene.refs.values() if ref.number)
    database = scene.database
    if database is None:
        return DataSections(columns, listed([], 1), listed([], 1), listed([], 1), listed([], 1))
    keys = [
        KeyRow(
            *(item.key.table, item.key.columns, item.key.target_table, item.key.target_columns, item.key.on_delete),
            *(scene.refs[item.service], scene.refs[item.target_service], scene.place(item.key.file, item.key.line)),
        )
        for item in database.cut_foreign_keys
        if item.service in scene.refs and item.target_service in scene.refs
    ]
    spanning = sorted(database.spanning_transactions, key=lambda item: -len(item.services))
    return DataSections(
        columns=columns,
        tables=_ownership(scene, columns),
        keys=listed(keys, _MOST_KEYS),
        accesses=_groups(scene, database.foreign_accesses),
        transactions=listed([_transaction(scene, item) for item in spanning], _MOST_TRANSACTIONS),
    )


def _ownership(scene: Scene, columns: tuple[ServiceRef, ...]) -> Listed[TableRow]:
    owners = scene.database.owners if scene.database else ()
    places = {table.name: Place(table.file, table.line) for table in scene.system.tables}
    numbers = {name: number for number, name in enumerate(sorted(places))}
    rows = []
    for item in owners:
        owner = scene.refs.get(item.owner)
        usages = []
        for ref in columns:
            reads, writes = item.readers.get(ref.name, 0), item.writers.get(ref.name, 0)
            used = reads or writes or ref == owner
            usages.append(Usage(ref, reads, writes, ref == owner) if used else None)
        place = places.get(item.table, Place("", 0))
        anchor = f"table-{numbers.get(item.table, 0)}"
        rows.append(TableRow(item.table, anchor, owner, item.reason, item.contested, tuple(usages), place))
    order = sorted(rows, key=lambda row: (row.owner.number if row.owner else 0, row.name))
    if len(order) > _MOST_TABLES:
        # Where not all can be shown, the disputed ones matter most.
        order.sort(key=lambda row: (not row.contested, sum(usage is not None for usage in row.usages) < 2))
    return listed(order, _MOST_TABLES)


def _groups(scene: Scene, accesses: tuple[ForeignAccess, ...]) -> Listed[AccessGroup]:
    groups: dict[tuple[str, str, str], list[ForeignAccess]] = defaultdict(list)
    for item in accesses:
        if item.service in scene.refs and item.owner in scene.refs:
            groups[item.access.table, item.service, item.owner].append(item)
    rows = []
    for (table, service, owner), items in groups.items():
        operations = Counter(item.access.operation for item in items)
        items.sort(key=lambda item: (item.access.operation == "read", item.access.file, item.access.line))
        shown = listed(items, _MOST_SITES)
        sites = tuple(
            AccessSite(
                *(item.access.definition, item.access.operation, item.access.resolution),
                scene.place(item.access.file, item.access.line),
            )
            for item in shown.items
        )
        rows.append(
            AccessGroup(
                *(table, scene.refs[service], scene.refs[owner]),
                tuple((name, operations[name]) for name in ("insert", "update", "delete", "read") if operations[name]),
                Listed(sites, shown.total),
            )
        )
    rows.sort(key=lambda row: (row.operations[0][0] == "read", -row.sites.total, row.table, row.service.number))
    return listed(rows, _MOST_GROUPS)


def _transaction(scene: Scene, item: SpanningTransaction) -> TransactionRow:
    written: dict[str, list[str]] = defaultdict(list)
    for table in item.transaction.tables_written:
        written[scene.service_of_table.get(table, "")].append(table)
    return TransactionRow(
        item.transaction.definition,
        item.transaction.scope,
        tuple((scene.refs.get(name), tuple(tables)) for name, tables in sorted(written.items())),
        scene.place(item.transaction.file, item.transaction.line),
    )
