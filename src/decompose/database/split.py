"""What a split does to the database: owners, what used to be local and now crosses, and what takes its place."""

from __future__ import annotations

from typing import Literal

import msgspec

from decompose.system.model import Access, ForeignKey, Record, StoreKind, Transaction, acting, answered
from decompose.wording import counted


class Ownership(Record, frozen=True):
    """Who owns a table and why; ``writers`` and ``readers`` count access sites for each service.

    ``following`` counts those of the writers that no code asks for: rows go along with others that are deleted or changed.
    """

    table: str
    owner: str
    reason: str
    contested: bool
    writers: dict[str, int]
    readers: dict[str, int]
    following: dict[str, int] = msgspec.field(default_factory=dict)

    def asked_of(self) -> dict[str, int]:
        """The services whose code asks for writes, with how many."""
        asked = {service: count - self.following.get(service, 0) for service, count in self.writers.items()}
        return {service: count for service, count in asked.items() if count}

    def __str__(self) -> str:
        return f"{self.owner} owns {self.table}: {self.reason}"


class CutForeignKey(Record, frozen=True):
    """A foreign key whose two tables have different owners."""

    key: ForeignKey
    service: str
    target_service: str


class ForeignAccess(Record, frozen=True):
    """Code of one service touches a table that another service owns."""

    access: Access
    service: str
    owner: str


class SpanningTransaction(Record, frozen=True):
    """A transaction that writes tables of more than one service: it cannot stay one transaction."""

    transaction: Transaction
    services: tuple[str, ...]


class StoreOwnership(Record, frozen=True):
    """Who would own a store outside of the tables; ``writers`` and ``readers`` count places for each service.

    ``shared``: services other than the owner touch it; then ``way_out`` says what to do, and ``evidence`` are the places outside
    of the owner, ``file:line``, the first few.
    """

    kind: StoreKind
    name: str
    owner: str
    shared: bool
    writers: dict[str, int]
    readers: dict[str, int]
    way_out: str
    evidence: tuple[str, ...]

    @property
    def services(self) -> tuple[str, ...]:
        """All that touch it, the owner first."""
        return (self.owner, *sorted((self.writers.keys() | self.readers.keys()) - {self.owner}))

    def __str__(self) -> str:
        return f"{self.kind} {self.name} of {self.owner}"


# What to do about it


OptionKind = Literal["owner with an API", "read model", "reference data", "split by columns"]


class ColumnGroup(Record, frozen=True):
    """Columns of one table that belong together because ``service`` is the one that uses them.

    ``uses`` counts places in that service, ``others`` in all others; ``evidence`` are ``file:line``.
    """

    service: str
    columns: tuple[str, ...]
    uses: int
    others: int
    evidence: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.service}: {', '.join(self.columns)} ({self.uses} uses, {self.others} elsewhere)"


class Option(Record, frozen=True):
    """One way in which several services can go on using a table; ``services`` are those that it serves."""

    kind: OptionKind
    services: tuple[str, ...]
    reason: str
    groups: tuple[ColumnGroup, ...] = ()
    evidence: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} for {', '.join(self.services)}: {self.reason}"


class SharedTable(Record, frozen=True):
    """A table that other services than its owner touch, and the ways to share it; the first is recommended."""

    table: str
    owner: str
    options: tuple[Option, ...]

    def __str__(self) -> str:
        return f"{self.table} of {self.owner}: {self.options[0]}"


class CutKey(Record, frozen=True):
    """A cut foreign key with what takes its place.

    ``kind``: ``foreign key``; ``many-to-many`` for a key of a table that only ties two others; ``generic foreign key`` for a
    pair of a type and an identifier that may point anywhere (``key.target_table`` is then empty). ``reference`` says what
    stays of the column, ``existence`` who checks that the row is there, ``on_delete`` what the database did and who has to do
    it now, ``constraints`` which indexes and constraints go with it.
    """

    kind: Literal["foreign key", "many-to-many", "generic foreign key"]
    key: ForeignKey
    service: str
    target_service: str
    reference: str
    existence: str
    on_delete: str
    constraints: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.key.table}({', '.join(self.key.columns)}) of {self.service}: {self.reference}"


class CrossingJoin(Record, frozen=True):
    """A statement that touches tables of several services; ``tables`` by owner, ``unit`` is the class that acts.

    ``way_out``: ``API composition``, ``read model``, ``copy of columns`` or ``reference data``. ``part_of`` is ``query``, or
    ``view``, ``trigger`` or ``function`` for what stands in the database itself.
    """

    definition: str
    service: str
    tables: dict[str, tuple[str, ...]]
    way_out: str
    reason: str
    file: str
    line: int
    resolution: str
    part_of: str = "query"
    unit: str = ""

    @property
    def name(self) -> str:
        """The definition, under the class on whose behalf it runs."""
        return acting(self.definition, self.unit)

    def __str__(self) -> str:
        sides = "; ".join(f"{owner}: {', '.join(tables)}" for owner, tables in self.tables.items())
        return f"{self.name} joins {sides} ({self.file}:{self.line}). Way out: {self.way_out}, {self.reason}"


class LocalTransaction(Record, frozen=True):
    """One step of a saga: what one service does in a transaction of its own.

    ``kind``: ``compensatable`` (can be undone), ``pivot`` (after it there is no way back), ``retriable`` (cannot refuse, so it
    is repeated until it is done). ``writes`` are ``operation table``, with ``insert or update`` where a row is saved that may be there, ``cascaded`` those of them that no code asks for: rows that
    go with others that are deleted; ``compensations`` say how each is undone, in the order
    in which to do it; ``evidence`` are ``file:line`` of the writes.
    """

    order: int
    service: str
    kind: Literal["compensatable", "pivot", "retriable"]
    writes: tuple[str, ...]
    compensations: tuple[str, ...]
    reason: str
    evidence: tuple[str, ...]
    cascaded: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """The writes that code asks for."""
        return tuple(write for write in self.writes if write not in self.cascaded)

    def __str__(self) -> str:
        done = [", ".join(self.asked)] if self.asked else []
        done += [f"by cascade: {', '.join(self.cascaded)}"] if self.cascaded else []
        return f"{self.order}. {self.service} ({self.kind}): {'; '.join(done)}"


class Anomaly(Record, frozen=True):
    """What others may see while a saga is under way; ``countermeasure`` says what helps.

    ``dirty read``: a row is read that may still be undone; ``lost update``: somebody else writes it in between. ``places`` counts
    them, ``evidence`` are ``definition (file:line)``, the first few.
    """

    kind: Literal["dirty read", "lost update"]
    table: str
    places: int
    evidence: tuple[str, ...]
    countermeasure: str

    def __str__(self) -> str:
        return f"{self.kind} of {self.table} in {counted(self.places, 'place')}; {self.countermeasure}"


class Saga(Record, frozen=True):
    """What takes the place of a transaction that spans services (Garcia-Molina and Salem, 1987; Richardson, 2018, ch. 4).

    ``pivot`` is the order of the step after which there is no way back. ``outbox``: the services that need an outbox, a table of
    messages that is written in the same local transaction as the data and sent afterwards.
    """

    definition: str
    unit: str
    file: str
    line: int
    services: tuple[str, ...]
    coordinator: str
    style: Literal["orchestration", "choreography"]
    style_reason: str
    steps: tuple[LocalTransaction, ...]
    pivot: int
    anomalies: tuple[Anomaly, ...]
    idempotency: str
    outbox: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    answering: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The definition, under the class on whose behalf it runs, and what answers in it."""
        return answered(acting(self.definition, self.unit), self.answering)

    def __str__(self) -> str:
        steps = ", ".join(f"{step.service} ({step.kind})" for step in self.steps)
        return f"{self.name} ({self.file}:{self.line}) becomes a saga by {self.style}: {steps}"


class DatabaseDesign(Record, frozen=True):
    """What to do about everything that the split cuts in the database."""

    shared_tables: tuple[SharedTable, ...]
    cut_keys: tuple[CutKey, ...]
    joins: tuple[CrossingJoin, ...]
    sagas: tuple[Saga, ...]
    warnings: tuple[str, ...] = ()


class DatabaseSplit(Record, frozen=True):
    """The database side of the split named ``split``. ``design`` is there where it was asked for."""

    split: str
    owners: tuple[Ownership, ...]
    cut_foreign_keys: tuple[CutForeignKey, ...]
    foreign_accesses: tuple[ForeignAccess, ...]
    spanning_transactions: tuple[SpanningTransaction, ...]
    stores: tuple[StoreOwnership, ...] = ()
    design: DatabaseDesign | None = None
